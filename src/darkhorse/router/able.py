"""Which endpoints can do what a request asks for. Pure."""

from darkhorse.base.errors import UnsupportedByListing
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.wire.conversation import goes_on
from darkhorse.wire.request import GenerationRequest

__all__ = ["able"]


def able(request: GenerationRequest, endpoints: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    """Those that can answer it. Raises UnsupportedByListing where there are none.

    An engine that cannot go on from the assistant's own words would take them for a past turn and
    say something else: an answer that the client then glues to its words. So it is not asked.
    """
    if request.kind != "chat" or all(each.quirks.prefill != "none" for each in endpoints):
        return endpoints
    if not goes_on(request):
        return endpoints
    able = tuple(each for each in endpoints if each.quirks.prefill != "none")
    if not able:
        raise UnsupportedByListing(
            "This model cannot go on from an assistant's message; let `messages` end with a user's."
        )
    return able
