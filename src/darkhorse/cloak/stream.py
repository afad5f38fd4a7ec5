"""One generation's cloak: an upstream's Chunks in, PublicChunks out.

Nothing passes but text, tool calls under our own ids, vectors of an embedding, and a finish in our
own words; counts are public tokens, and the answer is cut where the public limit falls, whatever
the upstream counts. What its words say of the maker is replaced (cloak/words/), and a stream comes
in pieces of one length, so `feed` may give fewer or more chunks than it took.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import structs

from darkhorse.catalog.price import FREE, Price
from darkhorse.cloak import tokens
from darkhorse.cloak.mint import mint
from darkhorse.cloak.parts import Call, Part, Pieces
from darkhorse.cloak.stops import Stops
from darkhorse.cloak.words.watch import Filter, Watch
from darkhorse.wire.chunks import (
    Chunk,
    Finish,
    NativeUsage,
    PublicChunk,
    ToolDelta,
    Usage,
    Withheld,
)
from darkhorse.wire.embeddings.vectors import checked_vectors

__all__ = ["Cloak"]


_Text = Literal["reasoning", "text", "refusal"]
_TEXTS: tuple[_Text, ...] = ("reasoning", "text", "refusal")
_Kind = _Text | Literal["tools"]
_KINDS: tuple[_Kind, ...] = (*_TEXTS, "tools")
_Open = _Text | Call | None


class Cloak:
    """Covers one attempt's answer. `limit` and `prompt_tokens` are public tokens.

    Of several tool calls, `one_call` lets the first pass alone. `vectors` is how many an embedding
    owes; an answer with another number of them is none. `watch` finds words that name somebody,
    `asked` gives it what the user asked. A stream is cut at every `piece` characters; 0: anywhere.
    The answer's text ends in front of the first of `stops`, whatever the engine makes of them.
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
        watch: Watch | None = None,
        asked: Callable[[], str] = str,
        piece: int = 0,
        stops: Sequence[str] = (),
    ) -> None:
        self._prompt_tokens = prompt_tokens
        self._limit = limit
        self._call_id = call_id
        self._price = None if price.is_free else price
        self._parts = {kind: Part() for kind in _TEXTS}
        self._called = Part()  # names and arguments of all calls
        self._calls: list[Call] = []
        self._newest: dict[int, Call] = {}  # by the upstream's index, which may come again
        self._one_call = one_call
        self._owed = vectors
        self._watch = watch
        self._asked = asked
        self._stops = Stops(stops) if stops else None
        self._open: _Open = None  # the part that flows just now
        self._filter: Filter | None = None  # of that part
        self._taken_up = 0  # characters of the open part before that filter
        self._pieces = Pieces(piece)
        self._withheld: list[Withheld] = []
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
            if self.is_stopped:
                break
            if kind == "tools":
                self._take_calls(pieces, public)
            else:
                self._turn_to(kind, public)
                self._pass("".join(pieces), public)
        for chunk in chunks:
            if chunk.vectors:
                self.vectors = checked_vectors(chunk.vectors, self._owed)
                public.append(mint(vectors=self.vectors))
            self._note(chunk)
        if self.full:
            self._flush(public)
        return public

    def flush(self) -> list[PublicChunk]:
        """What is left where an answer breaks off."""
        public: list[PublicChunk] = []
        self._turn_to(None, public)
        return public

    def close(self) -> list[PublicChunk]:
        """What is left at the end; and a call without arguments has an empty object of them."""
        public = self.flush()
        for call in self._calls:
            if not self.full and call.name and not any(call.arguments):
                call.arguments.append(self._take("{}", self._called))
                empty = ToolDelta(call.index, arguments=call.arguments[-1])
                public.append(mint(tools=(empty,)))
        return public

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

    @property
    def is_stopped(self) -> bool:
        """Has a stop ended it? Nothing more is wanted then."""
        return self._stops is not None and self._stops.found

    @property
    def withheld(self) -> tuple[Withheld, ...]:
        """What was replaced so far. Private."""
        return (*self._withheld, *self._newly_withheld())

    def _final_finish(self) -> Finish:
        if self.full:
            return "length"
        if self.is_stopped:
            return "stop"
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

    def _room(self, part: Part) -> int:
        """UTF-8 bytes that the limit leaves for more of `part`."""
        return (self._limit - self._spent() + part.tokens) * tokens.BYTES - part.size

    def _take(self, text: str, part: Part) -> str:
        """As much of `text` as the limit still holds."""
        if not text or self.full:
            return ""
        passed = tokens.cut(text, self._room(part))
        part.count(passed)
        self.full = len(passed) < len(text)
        return passed

    # --- one part after the other ---

    def _turn_to(self, part: _Open, public: list[PublicChunk]) -> None:
        """The part that flows from here on; what is left of another one goes first."""
        if part == self._open:
            return
        if self._stops and self._open == "text":
            self._cover(self._stops.close(), public)
        if self._filter:
            self._deliver(self._filter.close(), public)
            self._withheld += self._newly_withheld()
            self._filter = None
        self._flush(public)
        self._open = part
        if self._watch and part:
            kind = "arguments" if isinstance(part, Call) else part
            self._filter = self._watch.filter(kind, self._asked)
            self._taken_up = sum(map(len, self._kept()[1]))

    def _newly_withheld(self) -> Iterator[Withheld]:
        """Of the part that is open; its filter counts from where the part was taken up again."""
        for each in self._filter.withheld if self._filter else ():
            yield structs.replace(each, at=each.at + self._taken_up)

    def _kept(self) -> tuple[Part, list[str]]:
        """Where the open part is counted, and where it is kept."""
        if isinstance(self._open, Call):
            return self._called, self._open.arguments
        assert self._open
        part = self._parts[self._open]
        return part, part.pieces

    def _pass(self, text: str, public: list[PublicChunk]) -> None:
        """More of the open part."""
        if self._stops and self._open == "text":
            text = self._stops.feed(text)
        self._cover(text, public)

    def _cover(self, text: str, public: list[PublicChunk]) -> None:
        """What its words say of anybody is replaced."""
        self._deliver(self._filter.feed(text) if self._filter else text, public)

    def _deliver(self, text: str, public: list[PublicChunk]) -> None:
        """Words that may be shown: counted, kept, and in pieces on their way."""
        if not text:
            return
        part, kept = self._kept()
        if passed := self._take(text, part):
            kept.append(passed)
            public.extend(map(self._minted, self._pieces.feed(passed)))

    def _flush(self, public: list[PublicChunk]) -> None:
        if rest := self._pieces.close():
            public.append(self._minted(rest))

    def _minted(self, piece: str) -> PublicChunk:
        if isinstance(self._open, Call):
            return mint(tools=(ToolDelta(self._open.index, arguments=piece),))
        shown: dict[str, Any] = {self._open or "text": piece}
        return mint(**shown)

    # --- tool calls ---

    def _take_calls(self, deltas: Sequence[ToolDelta], public: list[PublicChunk]) -> None:
        for delta in deltas:
            if not self.full:
                self._take_call(delta, public)

    def _take_call(self, delta: ToolDelta, public: list[PublicChunk]) -> None:
        """A name passes whole or not at all: half of one may be another tool's."""
        call = self._newest.get(delta.index)
        if call and call.is_over(delta):
            call = None
        if call is None and self._calls and self._one_call:
            self._newest.pop(delta.index, None)  # nor do its pieces belong to the first
            return
        self._turn_to(call, public)
        name = "" if call and call.name == delta.name else delta.name  # some engines repeat it
        if tokens.size(name) > self._room(self._called):
            self.full = True
            return
        opening = ""
        if call is None:
            call = self._newest[delta.index] = Call(len(self._calls), self._call_id(), delta.id)
            self._calls.append(call)
            opening = call.id
        call.name += self._take(name, self._called)
        if opening or name:
            public.append(mint(tools=(ToolDelta(call.index, opening, name),)))
        self._turn_to(call, public)
        call.said.append(delta.arguments)
        self._pass(delta.arguments, public)


def _runs(chunks: Sequence[Chunk]) -> Iterator[tuple[_Kind, list[Any]]]:
    """Neighbouring pieces of one kind, together and in order."""
    pieces: list[Any] = []
    current: _Kind = "text"
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
