"""A request for a generation, whatever dialect it came in, and the one that goes to an engine."""

from collections.abc import Mapping

from msgspec import Raw, Struct

__all__ = ["EngineRequest", "GenerationRequest"]


class GenerationRequest(Struct, frozen=True, kw_only=True):
    """What a client asks, checked for form and not yet for whether the listing takes it.

    `text_bytes` holds the UTF-8 length of each text part, the stuff of public token counts.
    `parameters` holds what the client set, as raw JSON, by OpenRouter's parameter names.
    """

    dialect: str
    model: str
    stream: bool
    body: bytes  # as it came: this is what the ledger keeps
    messages: Raw
    message_count: int
    text_bytes: tuple[int, ...]
    media: frozenset[str] = frozenset()  # content part types other than text
    media_parts: int = 0  # how many parts of those types
    max_tokens: int | None = None  # public tokens
    parameters: Mapping[str, Raw] = {}
    session: str = ""  # the client's word for a conversation: it stays with one endpoint
    user: str = ""  # the client's word for whom it asks; kept as a hash only


class EngineRequest(Struct, frozen=True, kw_only=True):
    """What an upstream is asked: the conversation and the parameters its listing supports."""

    messages: Raw
    stream: bool
    max_tokens: int | None  # native tokens
    parameters: Mapping[str, Raw] = {}
