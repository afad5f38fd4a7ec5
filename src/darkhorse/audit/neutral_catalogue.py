"""What a catalogue that tells nothing says: OpenRouter's shapes, with nulls where an engine shows.

Written from docs/calling.md and the OpenAPI document, which any client can read.
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["CARD", "ENDPOINT", "FREE", "NEUTRAL", "PROVIDER_CARD"]

_ARCHITECTURE = frozenset(
    f"architecture.{name}"
    for name in (
        *("modality", "input_modalities", "input_modalities[]", "output_modalities"),
        *("output_modalities[]", "tokenizer", "instruct_type"),
    )
)
_PRICING = frozenset(
    f"pricing.{name}"
    for name in ("prompt", "completion", "request", "image", "discount", "internal_reasoning")
)
_SHARED = frozenset(
    {
        *("architecture", "pricing", "context_length", "supported_parameters", "name"),
        *("supported_parameters[]", "created", "description", "id"),
    }
)
CARD = frozenset(
    {
        *(*_ARCHITECTURE, *_PRICING, *_SHARED, "object", "owned_by", "canonical_slug"),
        *("hugging_face_id", "top_provider", "top_provider.context_length", "expiration_date"),
        *("top_provider.max_completion_tokens", "top_provider.is_moderated", "links"),
        *("per_request_limits", "structured_outputs", "default_parameters", "supported_voices"),
        *("knowledge_cutoff", "links.details", "reasoning", "reasoning.mandatory"),
        *("reasoning.supported_efforts", "reasoning.supported_efforts[]"),
        *("reasoning.supports_max_tokens", "reasoning.default_enabled", "reasoning.default_effort"),
    }
)
"""Paths of a model's entry."""
_TIMES = frozenset(
    f"{name}{part}"
    for name in ("latency_last_30m", "throughput_last_30m")
    for part in ("", ".p50", ".p75", ".p90", ".p99")
)
ENDPOINT = frozenset(
    {
        *(*_PRICING, *_SHARED, *_TIMES, "model_id", "model_name", "provider_name", "tag"),
        *("max_completion_tokens", "max_prompt_tokens", "quantization", "native_tools", "status"),
        *("supports_implicit_caching", "supports_tool_choice", "supports_tool_choice.none"),
        *("supports_tool_choice.auto", "supports_tool_choice.required", "service_tier"),
        *("supports_tool_choice.function", "supports_diarization", "uptime_last_5m"),
        *("uptime_last_30m", "uptime_last_1d"),
    }
)
"""Paths of an endpoint's entry."""
PROVIDER_CARD = frozenset(
    {
        *("name", "slug", "privacy_policy_url", "terms_of_service_url", "status_page_url"),
        *("headquarters", "datacenters"),
    }
)
NEUTRAL: Mapping[str, tuple[Any, ...]] = {
    "architecture.tokenizer": (None, "Other"),
    "architecture.instruct_type": (None,),
    "hugging_face_id": (None, ""),
    "knowledge_cutoff": (None,),
    "quantization": (None, "unknown"),
    "provider_name": (None, "Stealth"),
    "tag": (None, "stealth"),
    "service_tier": (None,),
    "supported_voices": (None,),
    "per_request_limits": (None,),
    "native_tools": (None, {}),
    "default_parameters": (None, {}),
    "max_prompt_tokens": (None,),
    "headquarters": (None,),
    "datacenters": (None,),
}
"""Path → values of nobody: any other tells family, size or house."""
FREE = frozenset({"id", "name", "canonical_slug", "description", "model_id", "model_name"})
"""Texts that the launch itself has chosen."""
