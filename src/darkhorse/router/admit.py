"""What is decided before anything is asked of an engine: listing, limits, endpoints. Pure."""

from msgspec import Raw, Struct, structs

from darkhorse.accounts.subjects import Who
from darkhorse.base.errors import ContextExceeded, UnsupportedByListing
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.catalog.launch import Launch
from darkhorse.catalog.listing import Listing, Modality
from darkhorse.cloak import tokens
from darkhorse.wire.request import EngineRequest, GenerationRequest

__all__ = ["Plan", "admit", "engine_request", "within"]


class Plan(Struct, frozen=True):
    """A request that may go on. Counts are public tokens."""

    listing: Listing
    endpoints: tuple[Endpoint, ...]
    prompt_tokens: int
    limit: int
    closes_us: int | None  # when the listing's window ends


def within(plan: Plan, who: Who, *, named: bool) -> Plan:
    """The plan under limits of tokens a minute.

    An answer whose length the client has not `named` is set aside at its longest, so it must not
    be longer than a whole minute's tokens: it could never begin.
    """
    minutes = [limits.tokens_per_minute for _, limits in who.limited if limits.tokens_per_minute]
    if named or not minutes:
        return plan
    return structs.replace(plan, limit=max(1, min(plan.limit, min(minutes) - plan.prompt_tokens)))


_MODALITY: dict[str, Modality] = {
    "image_url": "image",
    "input_audio": "audio",
    "video_url": "video",
    "file": "file",
}
"""Content part types, and what each is to a listing."""


def admit(request: GenerationRequest, launch: Launch) -> Plan:
    """Raises UnsupportedByListing, ContextExceeded."""
    listing = launch.listing
    _check_support(request, listing)
    prompt = tokens.prompt_tokens(request.message_count, request.text_bytes, request.media_parts)
    room = listing.context - prompt
    if room < 1:
        raise ContextExceeded(
            f"The prompt has {prompt} tokens; this model's context is {listing.context}. "
            "Shorten the conversation."
        )
    limit = min(room, listing.max_output, request.max_tokens or listing.max_output)
    return Plan(listing, launch.private.endpoint, prompt, limit, launch.life.closes_us)


def _check_support(request: GenerationRequest, listing: Listing) -> None:
    """Tools and media change what the answer is about, so they are never ignored in silence."""
    if "tools" in request.parameters and "tools" not in listing.parameters:
        raise UnsupportedByListing("This model does not take tools; leave out `tools`.")
    if not request.media:
        return
    refused = sorted(kind for kind in request.media if _MODALITY.get(kind) not in listing.input)
    if refused:
        kinds = ", ".join(f"`{kind}`" for kind in refused[:4])
        taken = " and ".join(listing.input)
        raise UnsupportedByListing(
            f"This model takes {taken} only; leave out the {kinds[:120]} parts."
        )


def engine_request(
    request: GenerationRequest, plan: Plan, endpoint: Endpoint, *, bounded: bool = True
) -> EngineRequest:
    """What to ask of `endpoint`. Only parameters that the listing promises go on.

    A limit set by the client is ours to keep, in public tokens of four bytes. A native token holds
    at least one byte, so four times the limit is always enough for the engine to reach the cut,
    and one more tells an answer that ends there from one that goes on. It is read as a stream
    then, so that it can be stopped. Not `bounded`, the engine is told no limit but its endpoint's.
    """
    limited = request.max_tokens is not None
    native = plan.limit * tokens.BYTES + 1 if limited and bounded else None
    most = [limit for limit in (native, endpoint.quirks.max_output) if limit is not None]
    parameters: dict[str, Raw] = {
        name: value
        for name, value in request.parameters.items()
        if name in plan.listing.parameters and name not in endpoint.quirks.drop
    }
    return EngineRequest(
        messages=request.messages,
        stream=request.stream or limited,
        max_tokens=min(most, default=None),
        parameters=parameters,
    )
