"""The one shape an answer travels in, before the cloak (`Chunk`) and after it (`PublicChunk`).

Whatever an engine speaks, streamed or whole, becomes Chunks; whatever a client speaks is rendered
from PublicChunks. Only `darkhorse.cloak` can make a PublicChunk: its constructor is handed out
once, to the first who asks, and the cloak asks when it is imported.
"""

from typing import Literal, Protocol, final

from msgspec import Struct

__all__ = [
    "Chunk",
    "Finish",
    "Mint",
    "NativeUsage",
    "PublicChunk",
    "ToolDelta",
    "Usage",
    "Withheld",
    "claim_mint",
]

Finish = Literal["stop", "length", "tool_calls", "content_filter", "error"]


class ToolDelta(Struct, frozen=True):
    """A piece of one tool call; `index` joins the pieces."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


class NativeUsage(Struct, frozen=True):
    """Counts as the upstream made them, in its own tokens. Private: they name the tokenizer."""

    prompt: int = 0
    completion: int = 0
    reasoning: int = 0
    cached: int = 0


class Usage(Struct, frozen=True):
    """Counts in public tokens, and what they cost in millionths of a dollar; may be shown."""

    prompt: int
    completion: int
    reasoning: int = 0
    micro_usd: int = 0

    @property
    def total(self) -> int:
        return self.prompt + self.completion


class Withheld(Struct, frozen=True):
    """Words of the upstream that named somebody, and what was said in their place. Private."""

    part: Literal["text", "reasoning", "refusal", "arguments"]
    at: int  # characters of the part delivered before it
    said: str
    shown: str


class Chunk(Struct, frozen=True):
    """A piece of an upstream's answer. All of it is private until the cloak has been over it."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    tools: tuple[ToolDelta, ...] = ()
    vectors: tuple[bytes, ...] = ()  # of an embedding, one for each input; wire/embeddings/
    finish: Finish | None = None
    native_finish: str = ""
    usage: NativeUsage | None = None
    upstream_id: str = ""
    upstream_model: str = ""


@final
class PublicChunk:
    """A piece of an answer that may be shown. Renderers take nothing else."""

    __slots__ = ("finish", "reasoning", "refusal", "text", "tools", "usage", "vectors")

    text: str
    reasoning: str
    refusal: str
    tools: tuple[ToolDelta, ...]
    vectors: tuple[bytes, ...]
    finish: Finish | None
    usage: Usage | None

    def __init__(self, *_: object, **__: object) -> None:
        raise TypeError("only darkhorse.cloak makes a PublicChunk")


class Mint(Protocol):
    """Makes a PublicChunk of what may be shown."""

    def __call__(
        self,
        *,
        text: str = "",
        reasoning: str = "",
        refusal: str = "",
        tools: tuple[ToolDelta, ...] = (),
        vectors: tuple[bytes, ...] = (),
        finish: Finish | None = None,
        usage: Usage | None = None,
    ) -> PublicChunk: ...


def _mint(
    *,
    text: str = "",
    reasoning: str = "",
    refusal: str = "",
    tools: tuple[ToolDelta, ...] = (),
    vectors: tuple[bytes, ...] = (),
    finish: Finish | None = None,
    usage: Usage | None = None,
) -> PublicChunk:
    chunk = object.__new__(PublicChunk)
    chunk.text = text
    chunk.reasoning = reasoning
    chunk.refusal = refusal
    chunk.tools = tools
    chunk.vectors = vectors
    chunk.finish = finish
    chunk.usage = usage
    return chunk


_unclaimed: list[Mint] = [_mint]


def claim_mint() -> Mint:
    """The maker of PublicChunks, once: the cloak claims it at import, a second claim raises."""
    if not _unclaimed:
        raise RuntimeError("the mint of PublicChunks has been claimed")
    return _unclaimed.pop()
