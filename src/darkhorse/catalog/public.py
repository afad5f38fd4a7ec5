"""What `/models` and its kin may say of a listing: a projection that has no endpoint in it.

Every key is one the SDKs of OpenRouter refuse to do without (their 1.3, November 2026), or one
that says something true and public. Everything that would tell of the engine is null or "Other".
"""

from collections.abc import Iterable
from typing import Any

from darkhorse.catalog.listing import Listing

__all__ = ["endpoints_page", "model_card", "models_page"]

_FREE = {"prompt": "0", "completion": "0", "request": "0", "image": "0"}


def models_page(listings: Iterable[Listing]) -> dict[str, Any]:
    """The body of GET /models."""
    cards = [model_card(listing) for listing in listings]
    return {"object": "list", "data": cards, "total_count": len(cards), "links": {"next": None}}


def model_card(listing: Listing) -> dict[str, Any]:
    """One listing as OpenRouter's `Model`; `object` and `owned_by` are for OpenAI's clients."""
    return {
        "id": listing.slug,
        "object": "model",
        "owned_by": listing.slug.partition("/")[0],
        "canonical_slug": listing.slug,
        "hugging_face_id": None,
        "name": listing.name,
        "created": listing.created,
        "description": _description(listing),
        "context_length": listing.context,
        "architecture": _architecture(),
        "pricing": dict(_FREE),
        "top_provider": {
            "context_length": listing.context,
            "max_completion_tokens": listing.max_output,
            "is_moderated": False,
        },
        "per_request_limits": None,
        "supported_parameters": sorted(listing.parameters),
        "default_parameters": None,
        "supported_voices": None,
        "knowledge_cutoff": None,
        "expiration_date": None,
        "links": {"details": f"/api/v1/models/{listing.slug}/endpoints"},
    }


def endpoints_page(listing: Listing) -> dict[str, Any]:
    """The body of GET /models/{author}/{slug}/endpoints: one endpoint, whatever is behind it."""
    data = {
        "id": listing.slug,
        "name": listing.name,
        "created": listing.created,
        "description": _description(listing),
        "architecture": _architecture(),
        "endpoints": [_endpoint(listing)],
    }
    return {"data": data}


def _description(listing: Listing) -> str:
    """The disclosure goes wherever the description goes."""
    return f"{listing.description}\n\n{listing.disclosure}".strip()


def _architecture() -> dict[str, Any]:
    return {
        "modality": "text->text",
        "input_modalities": ["text"],
        "output_modalities": ["text"],
        "tokenizer": "Other",
        "instruct_type": None,
    }


def _endpoint(listing: Listing) -> dict[str, Any]:
    return {
        "name": f"Stealth | {listing.slug}",
        "model_id": listing.slug,
        "model_name": listing.name,
        "provider_name": "Stealth",
        "tag": "stealth",
        "context_length": listing.context,
        "max_completion_tokens": listing.max_output,
        "max_prompt_tokens": None,
        "pricing": dict(_FREE),
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
