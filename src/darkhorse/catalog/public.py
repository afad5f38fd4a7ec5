"""What `/models` and its kin may say of a launch: a projection that has no endpoint in it.

Everything that would tell of the engine is null or "Other".
"""

from datetime import UTC, datetime
from decimal import Decimal

from msgspec import UNSET, UnsetType

from darkhorse.catalog import notices
from darkhorse.catalog.cards import (
    Architecture,
    EndpointCard,
    EndpointsData,
    EndpointsPage,
    ModelCard,
    ModelLinks,
    ModelReasoning,
    Pricing,
    ToolChoices,
    TopProvider,
)
from darkhorse.catalog.launch import PublicLaunch
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.price import Price
from darkhorse.catalog.profile import EFFORTS

__all__ = ["endpoints_page", "model_card"]

_MILLION = 1_000_000


def model_card(launch: PublicLaunch, now_us: int) -> ModelCard:
    """One listing as OpenRouter's `Model`."""
    listing = launch.listing
    return ModelCard(
        id=listing.slug,
        owned_by=listing.slug.partition("/")[0],
        canonical_slug=listing.slug,
        name=listing.title,
        created=_created(launch),
        description=_description(launch, now_us),
        context_length=listing.context,
        architecture=_architecture(listing),
        pricing=_pricing(listing.price),
        top_provider=TopProvider(
            context_length=listing.context,
            max_completion_tokens=listing.max_output,
            is_moderated=listing.moderated,
        ),
        supported_parameters=tuple(sorted(listing.parameters)),
        structured_outputs=listing.structured,
        reasoning=_reasoning(listing),
        expiration_date=_expiration(launch),
        links=ModelLinks(details=f"/api/v1/models/{listing.slug}/endpoints"),
    )


def endpoints_page(launch: PublicLaunch, now_us: int) -> EndpointsPage:
    """The body of GET /models/{author}/{slug}/endpoints: one, whatever is behind it; none after."""
    listing = launch.listing
    live = launch.life.state_at(now_us) == "live"
    data = EndpointsData(
        id=listing.slug,
        name=listing.title,
        created=_created(launch),
        description=_description(launch, now_us),
        architecture=_architecture(listing),
        endpoints=(_endpoint(listing),) if live else (),
    )
    return EndpointsPage(data=data)


def _created(launch: PublicLaunch) -> int:
    """Fixed for its life: the moment it went live, in seconds."""
    return (launch.life.live_us or launch.life.created_us) // _MILLION


def _expiration(launch: PublicLaunch) -> str | None:
    closes = launch.life.closes_us
    if closes is None:
        return None
    return datetime.fromtimestamp(closes / _MILLION, UTC).strftime("%Y-%m-%d")


def _description(launch: PublicLaunch, now_us: int) -> str:
    """The disclosure goes wherever the description goes, and its end goes before both."""
    listing = launch.listing
    if launch.life.state_at(now_us) != "live":
        return notices.farewell(launch, now_us)
    notice = notices.ending(launch) if notices.is_ending(launch, now_us) else ""
    return "\n\n".join(filter(None, (notice, listing.description, listing.told)))


def _architecture(listing: Listing) -> Architecture:
    return Architecture(
        modality=f"{'+'.join(listing.input)}->{'+'.join(listing.output)}",
        input_modalities=listing.input,
        output_modalities=listing.output,
    )


def _pricing(price: Price) -> Pricing:
    return Pricing(
        prompt=_plain(price.prompt / _MILLION),
        completion=_plain(price.completion / _MILLION),
        request=_plain(price.request),
        image="0",
    )


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _endpoint(listing: Listing) -> EndpointCard:
    return EndpointCard(
        name=f"Stealth | {listing.slug}",
        model_id=listing.slug,
        model_name=listing.title,
        context_length=listing.context,
        max_completion_tokens=listing.max_output,
        pricing=_pricing(listing.price),
        supported_parameters=tuple(sorted(listing.parameters)),
        supports_tool_choice=_tool_choices(listing),
    )


def _tool_choices(listing: Listing) -> ToolChoices:
    """`auto` is what an engine does unasked; the others have to be asked for."""
    tools = "tools" in listing.parameters
    asked = listing.tool_choice if tools and "tool_choice" in listing.parameters else ()
    return ToolChoices(
        none="none" in asked, auto=tools, required="required" in asked, function="function" in asked
    )


def _reasoning(listing: Listing) -> ModelReasoning | UnsetType:
    if "reasoning" not in listing.honoured:
        return UNSET
    efforts = [word for word in reversed(EFFORTS) if word in listing.efforts]
    off = () if listing.reasoning_always else ("none",)
    return ModelReasoning(mandatory=listing.reasoning_always, supported_efforts=(*efforts, *off))
