"""A request for a generation, whatever dialect it came in, and the one that goes to an engine."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Raw, Struct, structs

from darkhorse.wire.media import MediaPart

__all__ = ["ANY_PROVIDER", "EngineRequest", "GenerationRequest", "Kind", "ProviderWish", "Thoughts"]

Thoughts = Literal["auto", "open", "off"]
"""Where an answer's text may hold thoughts. auto: between tags at its beginning. open: up to a
closing tag. off: nowhere."""
Kind = Literal["chat", "text", "embedding"]
"""chat: messages in, a message out. text: a bare prompt goes on. embedding: vectors come out."""


class ProviderWish(Struct, frozen=True, kw_only=True):
    """What of OpenRouter's `provider` object decides whether a listing may answer.

    The rest of it (sort, throughput, latency, options, …) chooses among several providers: a
    listing shows one, so it is accepted and changes nothing.
    """

    only: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    allow_fallbacks: bool = True
    require_parameters: bool = False
    denies_logging: bool = False  # data_collection "deny", or zdr
    quantizations: tuple[str, ...] = ()
    max_prompt_usd: float | None = None  # per million tokens, like the next
    max_completion_usd: float | None = None
    distillable: bool = False


ANY_PROVIDER = ProviderWish()


class GenerationRequest(Struct, frozen=True, kw_only=True):
    """What a client asks, checked for form and not yet for whether the listing takes it.

    `messages` is the conversation in the shape of chat completions (wire/conversation.py),
    whatever it came in; for a bare text, one user message that holds it, and for an embedding one
    for each input. `text_bytes` holds the UTF-8 length of each text part, the stuff of public token
    counts. `parameters` holds what the client set, as raw JSON, by OpenRouter's parameter names.
    """

    dialect: str
    kind: Kind = "chat"
    model: str
    models: tuple[str, ...] = ()  # to be tried after it, in order
    stream: bool
    body: bytes  # as it came: this is what the ledger keeps
    messages: Raw
    message_count: int
    text_bytes: tuple[int, ...]
    media: tuple[MediaPart, ...] = ()
    max_tokens: int | None = None  # public tokens
    parameters: Mapping[str, Raw] = {}
    provider: ProviderWish = ANY_PROVIDER
    goes_on: bool | None = None  # see EngineRequest
    has_thoughts: bool | None = None
    shows_reasoning: bool = True  # False: it is thought and counted, and not sent
    session: str = ""  # the client's word for a conversation: it stays with one endpoint
    user: str = ""  # the client's word for whom it asks; kept as a hash only


class EngineRequest(Struct, frozen=True, kw_only=True):
    """What an upstream is asked: the conversation and the parameters its listing supports."""

    messages: Raw
    stream: bool
    max_tokens: int | None  # native tokens
    parameters: Mapping[str, Raw] = {}
    kind: Kind = "chat"
    thoughts: Thoughts | None = None  # None: as the engine's answers are anyway
    goes_on: bool | None = None  # from words of the assistant's own; None: nobody has looked
    has_thoughts: bool | None = None  # of past turns

    def retold(self, messages: Raw) -> "EngineRequest":
        """The same with another conversation, of which nothing is known yet."""
        return structs.replace(self, messages=messages, goes_on=None, has_thoughts=None)
