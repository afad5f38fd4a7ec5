"""One generation's cloak: an upstream's Chunks in, PublicChunks out.

Nothing passes but text, tool calls under our own ids, vectors of an embedding, and a finish in our
own words; counts are public tokens, and the answer is cut where the public limit falls, whatever
the upstream counts.
`feed` may give fewer or more chunks than it took: text can be held back while it could still
become a leak (the filter for words that name the maker takes its place in `_take`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from darkhorse.catalog.price import FREE, Price
from darkhorse.cloak import tokens
from darkhorse.cloak.mint import mint
from darkhorse.wire.chunks import Chunk, Finish, NativeUsage, PublicChunk, ToolDelta, Usage
from darkhorse.wire.embeddings.vectors import checked_vectors

__all__ = ["Cloak"]


_TEXTS = ("reasoning", "text", "refusal")
_KINDS = (*_TEXTS, "tools")


class Cloak:
    """Covers one attempt's answer. `limit` and `prompt_tokens` are public tokens.

    Of several tool calls, `one_call` lets the first pass alone. `vectors` is how many an embedding
    owes; an answer with another number of them is none.
    """

    def __init__(
        self,
        *,
        prompt_tokens: int,
        limit: int,
        call_id: Callable[[], str],
        price: Price = FREE,
        one_call: bool = False,
        vectors: int = 0,
    ) -> None:
        self._prompt_tokens = prompt_tokens
        self._limit = limit
        self._call_id = call_id
        self._price = None if price.is_free else price
        self._parts = {kind: _Part() for kind in _TEXTS}
        self._called = _Part()  # names and arguments of all calls
        self._calls: list[_Call] = []
        self._newest: dict[int, _Call] = {}  # by the upstream's index, which may come again
        self._one_call = one_call
        self._owed = vectors
        self.vectors: tuple[bytes, ...] = ()
        self.full = False
        self.finish: Finish | None = None
        self.native_finish = ""
        self.native: NativeUsage | None = None
        self.upstream_id = ""
        self.upstream_model = ""

    def feed(self, chunks: Sequence[Chunk]) -> list[PublicChunk]:
        """Cover what came in one read; may hold some of it back. After `full`, no more is wanted.

        Deltas that came together leave together: fewer events, and borders that tell less of
        the upstream's tokens. Raises UpstreamFault for vectors that are no answer.
        """
        public: list[PublicChunk] = []
        for kind, pieces in _runs(chunks):
            if kind == "tools":
                if calls := self._take_calls(pieces):
                    public.append(mint(tools=calls))
            elif passed := self._take("".join(pieces), self._parts[kind]):
                self._parts[kind].pieces.append(passed)
                shown: dict[str, Any] = {kind: passed}
                public.append(mint(**shown))
        for chunk in chunks:
            if chunk.vectors:
                self.vectors = checked_vectors(chunk.vectors, self._owed)
                public.append(mint(vectors=self.vectors))
            self._note(chunk)
        return public

    def close(self) -> list[PublicChunk]:
        """What is missing at the end: a call without arguments has an empty object of them."""
        bare = [call for call in self._calls if call.name and not any(call.arguments)]
        if self.full or not bare:
            return []
        empty: list[ToolDelta] = []
        for call in bare:
            call.arguments.append(self._take("{}", self._called))
            empty.append(ToolDelta(call.index, arguments=call.arguments[-1]))
        return [mint(tools=tuple(empty))]

    def last(self) -> PublicChunk:
        """The final chunk: finish and usage. For when the upstream is done."""
        return mint(finish=self._final_finish(), usage=self.usage())

    def usage(self) -> Usage:
        """Public counts so far, at the listing's price."""
        prompt, completion = self._prompt_tokens, self._spent()
        cost = self._price.micro_usd(prompt, completion) if self._price else 0
        return Usage(prompt, completion, self._parts["reasoning"].tokens, cost)

    @property
    def texts(self) -> Mapping[str, str]:
        """Each kind of text so far, as delivered."""
        return {kind: "".join(part.pieces) for kind, part in self._parts.items()}

    @property
    def calls(self) -> tuple[ToolDelta, ...]:
        """Tool calls so far, as delivered."""
        return tuple(
            ToolDelta(call.index, call.id, call.name, "".join(call.arguments))
            for call in self._calls
        )

    def _final_finish(self) -> Finish:
        if self.full:
            return "length"
        if self.finish in ("stop", "tool_calls", None):  # engines mix these two up
            return "tool_calls" if self._calls else "stop"
        return self.finish

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

    def _spent(self) -> int:
        return sum(part.tokens for part in self._parts.values()) + self._called.tokens

    def _room(self, part: "_Part") -> int:
        """UTF-8 bytes that the limit leaves for more of `part`."""
        return (self._limit - self._spent() + part.tokens) * tokens.BYTES - part.size

    def _take(self, text: str, part: "_Part") -> str:
        """As much of `text` as the limit still holds."""
        if not text or self.full:
            return ""
        passed = tokens.cut(text, self._room(part))
        part.count(passed)
        self.full = len(passed) < len(text)
        return passed

    def _take_calls(self, deltas: Sequence[ToolDelta]) -> tuple[ToolDelta, ...]:
        taken = (self._take_call(delta) for delta in deltas if not self.full)
        return tuple(delta for delta in taken if delta)

    def _take_call(self, delta: ToolDelta) -> ToolDelta | None:
        """A name passes whole or not at all: half of one may be another tool's."""
        call = self._newest.get(delta.index)
        if call and call.is_over(delta):
            call = None
        if call is None and self._calls and self._one_call:
            self._newest.pop(delta.index, None)  # nor do its pieces belong to the first
            return None
        name = "" if call and call.name == delta.name else delta.name  # some engines repeat it
        if tokens.size(name) > self._room(self._called):
            self.full = True
            return None
        opening = ""
        if call is None:
            call = self._newest[delta.index] = _Call(len(self._calls), self._call_id(), delta.id)
            self._calls.append(call)
            opening = call.id
        call.name += self._take(name, self._called)
        arguments = self._take(delta.arguments, self._called)
        call.arguments.append(arguments)
        return ToolDelta(call.index, opening, name, arguments)


def _runs(chunks: Sequence[Chunk]) -> Iterator[tuple[str, list[Any]]]:
    """Neighbouring pieces of one kind, together and in order."""
    pieces: list[Any] = []
    current = ""
    for chunk in chunks:
        for kind in _KINDS:
            piece = getattr(chunk, kind)
            if not piece:
                continue
            if kind != current and pieces:
                yield current, pieces
                pieces = []
            current = kind
            if kind == "tools":
                pieces.extend(piece)
            else:
                pieces.append(piece)
    if pieces:
        yield current, pieces


class _Part:
    """One text part of the answer, as delivered."""

    __slots__ = ("pieces", "size", "tokens")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.size = 0  # UTF-8 bytes
        self.tokens = 0  # public tokens

    def count(self, text: str) -> None:
        self.size += tokens.size(text)
        self.tokens = tokens.count(self.size)


class _Call:
    """A tool call under our own id and index."""

    def __init__(self, index: int, call_id: str, native_id: str) -> None:
        self.index = index
        self.id = call_id
        self._native_id = native_id
        self.name = ""
        self.arguments: list[str] = []

    def is_over(self, delta: ToolDelta) -> bool:
        """Does `delta`, under the same index, begin another call?

        Ollama and others give every call the index 0, or none. A piece of this one has its id or
        none, and its name or none; some engines make up an id for each piece, but then no name.
        """
        if not delta.name or not self.name:
            return False
        if delta.id and self._native_id:
            return delta.id != self._native_id
        if not any(self.arguments):
            return False
        return delta.name != self.name or (bool(delta.arguments) and self._is_whole())

    def _is_whole(self) -> bool:
        """Are its arguments an object from beginning to end?"""
        try:
            msgspec.json.decode("".join(self.arguments), type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, RecursionError, ValueError):
            return False
        return True
