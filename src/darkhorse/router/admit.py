"""What is decided before anything is asked of an engine: listing, limits, endpoints. Pure."""

from msgspec import Raw, Struct, structs

from darkhorse.accounts.subjects import Who
from darkhorse.base.errors import ContextExceeded, UnsupportedByListing
from darkhorse.catalog import media
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.catalog.launch import Launch
from darkhorse.catalog.listing import Listing
from darkhorse.cloak import tokens
from darkhorse.cloak.telling import told
from darkhorse.cloak.words.watch import Watch
from darkhorse.router import profile
from darkhorse.router.able import able
from darkhorse.router.promises import NOTHING, Promise, promise_of
from darkhorse.router.watching import watch_over
from darkhorse.router.wishes import check_wish
from darkhorse.wire.conversation import instructed
from darkhorse.wire.request import EngineRequest, GenerationRequest

__all__ = ["Plan", "admit", "engine_request", "prompt_tokens", "within"]


class Plan(Struct, frozen=True):
    """A request that may go on. Counts are public tokens."""

    listing: Listing
    endpoints: tuple[Endpoint, ...]
    prompt_tokens: int
    limit: int
    closes_us: int | None  # when the listing's window ends
    watch: Watch  # over names that its answer must not say
    promise: Promise = NOTHING  # what the answer must be


def within(plan: Plan, who: Who, *, named: bool) -> Plan:
    """The plan under limits of tokens a minute.

    An answer whose length the client has not `named` is set aside at its longest, so it must not
    be longer than a whole minute's tokens: it could never begin.
    """
    minutes = [limits.tokens_per_minute for _, limits in who.limited if limits.tokens_per_minute]
    if named or not minutes:
        return plan
    return structs.replace(plan, limit=max(1, min(plan.limit, min(minutes) - plan.prompt_tokens)))


def admit(request: GenerationRequest, launch: Launch) -> Plan:
    """Raises UnsupportedByListing, NoEndpoints, PrivacyRestricted, ContextExceeded.

    And InvalidRequest, where what is asked of the answer makes no sense.
    """
    listing = launch.listing
    check_wish(request, listing)
    _check_kind(request, listing)
    _check_support(request, listing)
    media.check(request.media, listing)
    prompt = prompt_tokens(request)
    limit = _limit(request, listing, prompt)
    promise = promise_of(request, listing)
    closes = launch.life.closes_us
    endpoints = able(request, launch.private.endpoint)
    watch = watch_over(launch)
    return Plan(listing, endpoints, prompt, limit, closes, watch, promise)


def _limit(request: GenerationRequest, listing: Listing, prompt: int) -> int:
    """The longest answer that fits. Each input of an embedding has the context to itself."""
    if request.kind == "embedding":
        longest = tokens.prompt_tokens(1, [max(request.text_bytes, default=0)])
        if longest > listing.context:
            raise ContextExceeded(
                f"An input has {longest} tokens; this model's context is {listing.context}. "
                "Split it."
            )
        return 0
    room = listing.context - prompt
    if room < 1:
        raise ContextExceeded(
            f"The prompt has {prompt} tokens; this model's context is {listing.context}. "
            "Shorten the conversation."
        )
    return min(room, listing.max_output, request.max_tokens or listing.max_output)


def prompt_tokens(request: GenerationRequest) -> int:
    """How long the prompt is, in public tokens."""
    return tokens.prompt_tokens(request.message_count, request.text_bytes, len(request.media))


def _check_kind(request: GenerationRequest, listing: Listing) -> None:
    """Vectors of a model that writes none, or words of one that only gives vectors."""
    gives_vectors = "embeddings" in listing.output
    if request.kind == "embedding" and not gives_vectors:
        raise UnsupportedByListing(
            "This model gives no embeddings; ask one with `embeddings` among its output modalities."
        )
    if request.kind != "embedding" and gives_vectors and len(listing.output) == 1:
        raise UnsupportedByListing("This model gives embeddings only; ask it at /embeddings.")


def _check_support(request: GenerationRequest, listing: Listing) -> None:
    """What changes what the answer is about is never ignored in silence."""
    if "tools" in request.parameters and "tools" not in listing.parameters:
        raise UnsupportedByListing("This model does not take `tools`; leave it out.")
    if request.kind != "embedding":
        profile.check(request, listing)


_NONE = Raw(b'"none"')
_UNSEEN = 64
"""Native tokens that an engine may spend on what stands around an answer: names of channels, tags
of thoughts and calls. Without room for them a short answer would be shorter than another engine's.
Also, some engines refuse limits under 16; ours cuts anyway."""
_DROPPED = 2048
"""Native tokens that an engine may spend on what is dropped from an answer (blanks around thoughts,
wire/think.py) or shrinks in it (names between hidden characters): where it is cut must be seen by
our count alone."""


def engine_request(
    request: GenerationRequest, plan: Plan, endpoint: Endpoint, *, bounded: bool = True
) -> EngineRequest:
    """What to ask of `endpoint`. Only parameters that the listing promises go on.

    Those of an embedding all do: a vector of another length than was asked for is of no use.

    A limit set by the client is ours to keep, in public tokens of four bytes. A native token holds
    at least one byte, so four times the limit is always enough for the engine to reach the cut,
    and one more tells an answer that ends there from one that goes on. It is read as a stream
    then, so that it can be stopped; as at a stop, which is ours to find. Not `bounded`, the engine
    is told no limit but its endpoint's: as where thoughts are turned off, since one that thinks all
    the same would spend it on them, or where calls after the first are dropped.
    """
    limited = request.max_tokens is not None
    if request.kind == "chat" and _drops(request, plan.listing, endpoint):
        bounded = False
    enough = plan.limit * tokens.BYTES + 1 + _UNSEEN + _DROPPED
    native = enough if limited and bounded else None
    most = [limit for limit in (native, endpoint.quirks.max_output) if limit is not None]
    asked = (
        request.parameters if request.kind == "embedding" else profile.told(request, plan.listing)
    )
    parameters = {name: value for name, value in asked.items() if name not in endpoint.quirks.drop}
    if request.parameters.get("tool_choice") == _NONE and "tool_choice" not in parameters:
        parameters.pop("tools", None)  # it cannot be told to leave them alone
    if "tools" not in parameters:  # engines refuse a choice among none
        for name in ("tool_choice", "parallel_tool_calls"):
            parameters.pop(name, None)
    return EngineRequest(
        messages=_messages(request, plan, endpoint),
        stream=request.stream or limited or bool(profile.stops(request, plan.listing)),
        max_tokens=min(most, default=None),
        parameters=parameters,
        kind=request.kind,
        goes_on=request.goes_on,
        has_thoughts=request.has_thoughts,
    )


def _drops(request: GenerationRequest, listing: Listing, endpoint: Endpoint) -> bool:
    """May what is dropped of an answer be longer than any bound allows for?"""
    if profile.drops_reasoning(request, listing):
        return True
    has_calls = "tools" in request.parameters and endpoint.quirks.tools == "native"
    return has_calls and profile.one_call(request, listing)  # else its schema has room for one


def _messages(request: GenerationRequest, plan: Plan, endpoint: Endpoint) -> Raw:
    """The conversation, under what the listing's model is told. A bare text is nobody's words."""
    if request.kind != "chat" or endpoint.quirks.told == "none":
        return request.messages
    return instructed(request.messages, told(plan.listing))
