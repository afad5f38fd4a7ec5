"""An engine's own limits, as far as it says what they are."""

from typing import Any

from msgspec import Struct

from darkhorse.launches.inquiry import Inquiry
from darkhorse.wire.faults import UpstreamFault

__all__ = ["NativeContext", "engine_context", "native_context"]

_MODEL_FIELDS = (
    "max_model_len",  # vLLM, SGLang
    "context_length",  # OpenRouter, Together
    "context_window",  # Groq
    "max_context_length",  # LM Studio, Mistral
)


_NONSENSE = 10**12  # native tokens


class NativeContext(Struct, frozen=True, kw_only=True):
    """Native tokens for prompt and answer, None where nobody knows; and who says so."""

    tokens: int | None = None
    source: str = ""


async def native_context(inquiry: Inquiry) -> NativeContext:
    """What the operator says in quirks.context, else what the engine says."""
    if inquiry.target.quirks.context is not None:
        return NativeContext(tokens=inquiry.target.quirks.context, source="quirks.context")
    return await engine_context(inquiry)


async def engine_context(inquiry: Inquiry) -> NativeContext:
    """llama.cpp's /props has what a slot holds; other engines have a field at the model."""
    if tokens := await _props_context(inquiry):
        return NativeContext(tokens=tokens, source="its /props")
    entry = await _entry(inquiry)
    for name in _MODEL_FIELDS:
        if tokens := _count(entry.get(name)):
            return NativeContext(tokens=tokens, source=f"its {name}")
    meta = entry.get("meta")
    for name in ("n_ctx", "n_ctx_train"):
        if isinstance(meta, dict) and (tokens := _count(meta.get(name))):
            return NativeContext(tokens=tokens, source=f"its {name}")
    return NativeContext()


async def _props_context(inquiry: Inquiry) -> int | None:
    try:
        reply = await inquiry.get_root("props")
    except UpstreamFault:
        return None
    page = reply.json() if reply.status == 200 else None
    settings = page.get("default_generation_settings") if isinstance(page, dict) else None
    return _count(settings.get("n_ctx")) if isinstance(settings, dict) else None


async def _entry(inquiry: Inquiry) -> dict[str, Any]:
    """The model's own entry, or the only one there is."""
    entries = await inquiry.models()
    named = [entry for entry in entries if entry.get("id") == inquiry.target.model]
    chosen = named or (entries if len(entries) == 1 else [])
    return chosen[0] if chosen else {}


def _count(value: Any) -> int | None:
    counted = isinstance(value, int) and not isinstance(value, bool) and 0 < value < _NONSENSE
    return value if counted else None
