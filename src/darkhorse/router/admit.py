"""What is decided before anything is asked of an engine: listing, limits, endpoints. Pure."""

from msgspec import Raw, Struct

from darkhorse.base.errors import ContextExceeded, UnsupportedByListing
from darkhorse.catalog.listing import Catalogue, Endpoint, Listing
from darkhorse.cloak import tokens
from darkhorse.wire.request import EngineRequest, GenerationRequest

__all__ = ["Plan", "admit", "engine_request"]


class Plan(Struct, frozen=True):
    """A request that may go on. Counts are public tokens."""

    listing: Listing
    endpoints: tuple[Endpoint, ...]
    prompt_tokens: int
    limit: int


def admit(request: GenerationRequest, catalogue: Catalogue) -> Plan:
    """Raises UnknownModel, UnsupportedByListing, ContextExceeded."""
    listing = catalogue.find(request.model)
    _check_support(request, listing)
    prompt = tokens.prompt_tokens(request.message_count, request.text_bytes)
    room = listing.context - prompt
    if room < 1:
        raise ContextExceeded(
            f"The prompt has {prompt} tokens; this model's context is {listing.context}. "
            "Shorten the conversation."
        )
    limit = min(room, listing.max_output, request.max_tokens or listing.max_output)
    return Plan(listing, catalogue.endpoints(listing), prompt, limit)


def _check_support(request: GenerationRequest, listing: Listing) -> None:
    """Tools and media change what the answer is about, so they are never ignored in silence."""
    if "tools" in request.parameters and "tools" not in listing.parameters:
        raise UnsupportedByListing("This model does not take tools; leave out `tools`.")
    if request.media:
        kinds = ", ".join(f"`{kind}`" for kind in sorted(request.media)[:4])
        raise UnsupportedByListing(
            f"This model takes text only; leave out the {kinds[:120]} parts."
        )


def engine_request(
    request: GenerationRequest, plan: Plan, endpoint: Endpoint, *, bounded: bool = True
) -> EngineRequest:
    """What to ask of `endpoint`. Only parameters that the listing promises go on.

    A limit set by the client is ours to keep, in public tokens of four bytes. A native token holds
    at least one byte, so four times the limit is always enough for the engine to reach the cut,
    and it is read as a stream then, so that it can be stopped there. Not `bounded`, the engine is
    told no limit but its endpoint's own.
    """
    limited = request.max_tokens is not None
    native = plan.limit * tokens.BYTES if limited and bounded else None
    most = [limit for limit in (native, endpoint.max_output) if limit is not None]
    parameters: dict[str, Raw] = {
        name: value for name, value in request.parameters.items() if name in plan.listing.parameters
    }
    return EngineRequest(
        messages=request.messages,
        stream=request.stream or limited,
        max_tokens=min(most, default=None),
        parameters=parameters,
    )
