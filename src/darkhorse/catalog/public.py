"""What `/models` and its kin may say of a launch: a projection that has no endpoint in it.

Every key is one the SDKs of OpenRouter refuse to do without (their 1.3, November 2026), or one
that says something true and public. Everything that would tell of the engine is null or "Other".
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from darkhorse.catalog import notices
from darkhorse.catalog.launch import PublicLaunch
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.price import Price

__all__ = ["endpoints_page", "model_card", "models_page"]

_MILLION = 1_000_000


def models_page(launches: Iterable[PublicLaunch], now_us: int) -> dict[str, Any]:
    """The body of GET /models."""
    cards = [model_card(launch, now_us) for launch in launches]
    return {"object": "list", "data": cards, "total_count": len(cards), "links": {"next": None}}


def model_card(launch: PublicLaunch, now_us: int) -> dict[str, Any]:
    """One listing as OpenRouter's `Model`; `object` and `owned_by` are for OpenAI's clients."""
    listing = launch.listing
    return {
        "id": listing.slug,
        "object": "model",
        "owned_by": listing.slug.partition("/")[0],
        "canonical_slug": listing.slug,
        "hugging_face_id": None,
        "name": listing.title,
        "created": _created(launch),
        "description": _description(launch, now_us),
        "context_length": listing.context,
        "architecture": _architecture(listing),
        "pricing": _pricing(listing.price),
        "top_provider": {
            "context_length": listing.context,
            "max_completion_tokens": listing.max_output,
            "is_moderated": listing.moderated,
        },
        "per_request_limits": None,
        "supported_parameters": sorted(listing.parameters),
        "default_parameters": None,
        "supported_voices": None,
        "knowledge_cutoff": None,
        "expiration_date": _expiration(launch),
        "links": {"details": f"/api/v1/models/{listing.slug}/endpoints"},
    }


def endpoints_page(launch: PublicLaunch, now_us: int) -> dict[str, Any]:
    """The body of GET /models/{author}/{slug}/endpoints: one, whatever is behind it; none after."""
    listing = launch.listing
    live = launch.life.state_at(now_us) == "live"
    data = {
        "id": listing.slug,
        "name": listing.title,
        "created": _created(launch),
        "description": _description(launch, now_us),
        "architecture": _architecture(listing),
        "endpoints": [_endpoint(listing)] if live else [],
    }
    return {"data": data}


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
    return "\n\n".join(filter(None, (notice, listing.description, listing.disclosure)))


def _architecture(listing: Listing) -> dict[str, Any]:
    return {
        "modality": f"{'+'.join(listing.input)}->{'+'.join(listing.output)}",
        "input_modalities": list(listing.input),
        "output_modalities": list(listing.output),
        "tokenizer": "Other",
        "instruct_type": None,
    }


def _pricing(price: Price) -> dict[str, str]:
    """US dollars for one token or one request, as strings."""
    return {
        "prompt": _plain(price.prompt / _MILLION),
        "completion": _plain(price.completion / _MILLION),
        "request": _plain(price.request),
        "image": "0",
    }


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _endpoint(listing: Listing) -> dict[str, Any]:
    return {
        "name": f"Stealth | {listing.slug}",
        "model_id": listing.slug,
        "model_name": listing.title,
        "provider_name": "Stealth",
        "tag": "stealth",
        "context_length": listing.context,
        "max_completion_tokens": listing.max_output,
        "max_prompt_tokens": None,
        "pricing": _pricing(listing.price),
        "quantization": None,
        "supported_parameters": sorted(listing.parameters),
        "supports_implicit_caching": False,
        "supports_tool_choice": dict.fromkeys(("none", "auto", "required", "function"), False),
        "native_tools": {},
        "service_tier": None,
        "supports_diarization": False,
        "status": 0,
        "uptime_last_5m": None,
        "uptime_last_30m": None,
        "uptime_last_1d": None,
        "latency_last_30m": None,
        "throughput_last_30m": None,
    }
