"""One generation's cloak: an upstream's Chunks in, PublicChunks out.

Nothing passes but text, tool calls under our own ids, and a finish in our own words; counts are
public tokens, and the answer is cut where the public limit falls, whatever the upstream counts.
`feed` may give fewer or more chunks than it took: text can be held back while it could still
become a leak (the filter for words that name the maker takes its place in `_pass`).
"""

from collections.abc import Callable, Sequence

from darkhorse.cloak import tokens
from darkhorse.cloak.mint import mint
from darkhorse.wire.chunks import Chunk, Finish, NativeUsage, PublicChunk, ToolDelta, Usage

__all__ = ["Cloak"]


class Cloak:
    """Covers one attempt's answer. `limit` and `prompt_tokens` are public tokens."""

    def __init__(self, *, prompt_tokens: int, limit: int, call_id: Callable[[], str]) -> None:
        self._prompt_tokens = prompt_tokens
        self._limit = limit
        self._call_id = call_id
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._refusal: list[str] = []
        self._calls: dict[int, _Call] = {}
        self._text_bytes = 0
        self._reasoning_bytes = 0
        self._call_bytes = 0
        self.full = False
        self.finish: Finish | None = None
        self.native_finish = ""
        self.native: NativeUsage | None = None
        self.upstream_id = ""
        self.upstream_model = ""

    def feed(self, chunks: Sequence[Chunk]) -> list[PublicChunk]:
        """Cover what came; may hold some of it back. After `full`, nothing more is wanted."""
        public: list[PublicChunk] = []
        for chunk in chunks:
            self._note(chunk)
            if not self.full:
                self._pass(chunk, public)
        return public

    def last(self) -> PublicChunk:
        """The final chunk: finish and usage. For when the upstream is done."""
        return mint("", "", "", (), self._final_finish(), self.usage())

    def usage(self) -> Usage:
        """Public counts so far."""
        reasoning = tokens.count(self._reasoning_bytes)
        rest = tokens.count(self._text_bytes) + tokens.count(self._call_bytes)
        return Usage(self._prompt_tokens, reasoning + rest, reasoning)

    @property
    def started(self) -> bool:
        """Has anything been passed on?"""
        return bool(self._text_bytes or self._reasoning_bytes or self._calls)

    @property
    def texts(self) -> tuple[str, str, str]:
        """Content, reasoning and refusal so far, as delivered."""
        return "".join(self._text), "".join(self._reasoning), "".join(self._refusal)

    @property
    def calls(self) -> tuple[ToolDelta, ...]:
        """Tool calls so far, as delivered."""
        return tuple(
            ToolDelta(call.index, call.id, call.name, "".join(call.arguments))
            for call in self._calls.values()
        )

    def _final_finish(self) -> Finish:
        if self.full:
            return "length"
        if self._calls and self.finish == "stop":
            return "tool_calls"  # some engines end a call with "stop"
        return self.finish or "stop"

    def _note(self, chunk: Chunk) -> None:
        """What the private record wants of a chunk."""
        if chunk.finish:
            self.finish = chunk.finish
            self.native_finish = chunk.native_finish[:256]
        if chunk.usage:
            self.native = chunk.usage
        if chunk.upstream_id:
            self.upstream_id = chunk.upstream_id
            self.upstream_model = chunk.upstream_model

    def _pass(self, chunk: Chunk, public: list[PublicChunk]) -> None:
        reasoning = self._take(chunk.reasoning, self._reasoning, "_reasoning_bytes")
        text = self._take(chunk.text, self._text, "_text_bytes")
        refusal = self._take(chunk.refusal, self._refusal, "_text_bytes")
        calls = self._take_calls(chunk.tools) if chunk.tools else ()
        if text or reasoning or refusal or calls:
            public.append(mint(text, reasoning, refusal, calls, None, None))

    def _take(self, text: str, kept: list[str], counter: str) -> str:
        """As much of `text` as the limit still holds."""
        if not text or self.full:
            return ""
        used: int = getattr(self, counter)
        room = self._room(used)
        passed = tokens.cut(text, room)
        size = len(passed) if passed.isascii() else len(passed.encode("utf-8", "replace"))
        setattr(self, counter, used + size)
        self.full = len(passed) < len(text)
        kept.append(passed)
        return passed

    def _room(self, used: int) -> int:
        """Bytes left for the part that has `used` so far, the other parts' tokens deducted."""
        counts = map(tokens.count, (self._text_bytes, self._reasoning_bytes, self._call_bytes))
        others = sum(counts) - tokens.count(used)
        return max(0, (self._limit - others) * tokens.BYTES - used)

    def _take_calls(self, deltas: Sequence[ToolDelta]) -> tuple[ToolDelta, ...]:
        return tuple(self._take_call(delta) for delta in deltas if not self.full)

    def _take_call(self, delta: ToolDelta) -> ToolDelta:
        call = self._calls.get(delta.index)
        if call is None:
            call = self._calls[delta.index] = _Call(len(self._calls), self._call_id())
            opening = call.id
        else:
            opening = ""
        name = self._take(delta.name, [], "_call_bytes")
        call.name += name
        arguments = self._take(delta.arguments, call.arguments, "_call_bytes")
        return ToolDelta(call.index, opening, name, arguments)


class _Call:
    """A tool call under our own id and index."""

    def __init__(self, index: int, call_id: str) -> None:
        self.index = index
        self.id = call_id
        self.name = ""
        self.arguments: list[str] = []
