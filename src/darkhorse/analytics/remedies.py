"""What our errors mean to an operator, and what to do next. By fault first, then by error type."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

__all__ = ["Remedy", "remedy"]


class Remedy(Struct, frozen=True):
    """Two sentences."""

    means: str
    next: str


_BY_STATUS: Final[Mapping[str, Remedy]] = {
    "401": Remedy(
        "The endpoint does not take our key.",
        "Put a valid key into the launch file and move the launch on with it.",
    ),
    "402": Remedy(
        "Our account with the endpoint has no money left.", "Top it up, or add another endpoint."
    ),
    "403": Remedy(
        "Our key with the endpoint may not use this model.",
        "Ask its operator for access, or change the key.",
    ),
    "404": Remedy(
        "The endpoint knows no such model or address.",
        "Compare `url` and `model` in the launch file with what it serves now.",
    ),
    "413": Remedy(
        "The endpoint takes smaller bodies than the listing does.",
        "Lower the listing's context or media, or raise the limit of the endpoint's front.",
    ),
    "429": Remedy(
        "The endpoint sends us away: more was asked of it than it gives us.",
        "Ask for a higher rate, lower the listing's limits, or add an endpoint.",
    ),
    "503": Remedy(
        "The endpoint is full or starting.", "Look at its load; add an endpoint if it lasts."
    ),
    "529": Remedy("The endpoint is full.", "Look at its load; add an endpoint if it lasts."),
}
_BY_FAULT: Final[Mapping[str, Remedy]] = {
    "unusable": Remedy(
        "The endpoint has no key or no address here, so nothing was sent.",
        "Set the variable that its launch file names, and restart.",
    ),
    "connect": Remedy(
        "Nobody answered at the endpoint's address.",
        "See whether its server runs and can be reached from here.",
    ),
    "first_token_timeout": Remedy(
        "The endpoint took a request and did not begin to answer in time.",
        "Look at its queue; long prompts may need a longer `first_token_s`.",
    ),
    "idle_timeout": Remedy(
        "An answer stopped coming in the middle.",
        "Look at the endpoint's log of that moment; a worker may have died.",
    ),
    "total_timeout": Remedy(
        "An answer was not over when its time was.",
        "Lower the listing's longest answer, or raise `total_s`.",
    ),
    "context": Remedy(
        "The prompt is longer than the endpoint takes.",
        "Lower the listing's context, or measure its ratio of tokens anew.",
    ),
    "error_event": Remedy(
        "The endpoint sent an error inside its answer.",
        "Read what it said in the generation's attempts.",
    ),
    "garbage": Remedy(
        "What the endpoint sent is not its protocol.",
        "Check the endpoint's dialect, and whether a front between changes its answers.",
    ),
    "cut": Remedy(
        "The connection broke inside an answer.",
        "Look for restarts of the endpoint, and for time limits of fronts between.",
    ),
    "too_large": Remedy(
        "The endpoint sent more than an answer may hold.",
        "Lower the listing's longest answer.",
    ),
    "broken_promise": Remedy(
        "The answer twice did not keep the form or the tool that was asked for.",
        "Read such an answer; a model that fails often should not offer this parameter.",
    ),
    "interrupted": Remedy(
        "Our own process ended while it was answering.",
        "Look at the server's log for a crash or a kill at that time.",
    ),
}
_BY_TYPE: Final[Mapping[str, Remedy]] = {
    "invalid_request": Remedy(
        "The endpoint refused the body for good.",
        "Read what it said; a parameter it does not take is left out by a quirk or the listing.",
    ),
    "context_length_exceeded": _BY_FAULT["context"],
    "token_limit_exceeded": Remedy(
        "One request asked for more tokens than its limit ever allows.",
        "Nothing is broken; raise the key's or the listing's limit if it is too low.",
    ),
    "authentication": Remedy(
        "A key was not known.", "Nothing is broken here; the client needs a valid key."
    ),
    "payment_required": Remedy(
        "A key has spent what it may.", "Raise its allowance if that was not meant."
    ),
    "permission_denied": Remedy(
        "A key of the wrong kind was used.", "Nothing is broken; the client needs another key."
    ),
    "not_found": Remedy(
        "What was asked for is not there, or not taken by the listing.",
        "If many ask for it, consider adding it to the listing.",
    ),
    "timeout": Remedy(
        "The model took too long.", "Look at the endpoint's load, and at the time limits."
    ),
    "precondition_failed": Remedy(
        "It contradicted what is there already.", "Nothing is broken; the client must change it."
    ),
    "payload_too_large": Remedy(
        "A body was over the limit.", "Raise the limit of bodies if these are meant to pass."
    ),
    "unprocessable": _BY_FAULT["broken_promise"],
    "rate_limit_exceeded": _BY_STATUS["429"],
    "server": Remedy(
        "Something went wrong inside this server.",
        "Look for its id in the server's log and report what you find as a bug.",
    ),
    "provider_unavailable": Remedy(
        "The endpoint's answer made no sense.", "Read what it said in the generation's attempts."
    ),
    "provider_overloaded": Remedy(
        "No endpoint could take it: each was full, or sat out after failures of its own.",
        "Mend the other causes here first; add an endpoint if it lasts.",
    ),
    "cancelled": Remedy("The client hung up.", "Nothing is broken."),
}
_UNKNOWN: Final = Remedy(
    "An error of a kind that this page does not know.",
    "Read what was said in the generation's attempts.",
)


def remedy(error_type: str, signature: str) -> Remedy:
    """The fault behind it says more than the error that the client was told."""
    fault, _, status = signature.partition(":")[0].partition(" ")
    if fault == "status" and status in _BY_STATUS:
        return _BY_STATUS[status]
    return _BY_FAULT.get(fault) or _BY_TYPE.get(error_type, _UNKNOWN)
