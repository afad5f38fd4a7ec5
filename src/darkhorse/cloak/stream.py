"""One generation's cloak: an upstream's Chunks in, PublicChunks out.

Nothing passes but text, tool calls under our own ids, vectors of an embedding, and a finish in our
own words; counts are public tokens, and the answer is cut where the public limit falls, whatever
the upstream counts. What its words say of the maker is replaced (cloak/words/), and a stream comes
in pieces of one length, so `feed` may give fewer or more chunks than it took.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import chain
from typing import Any, Literal

from darkhorse.catalog.price import FREE, Price
from darkhorse.cloak import tokens
from darkhorse.cloak.mint import mint
from darkhorse.cloak.parts import Call, Lane, Part, Pieces
from darkhorse.cloak.stops import Stops
from darkhorse.cloak.words.watch import Watch
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
_WORD = 24  # and of the word that may be half of one
_PAST = 640  # characters in front of a text that a name in it is judged by


class Cloak:
    """Covers one attempt's answer. `limit` and `prompt_tokens` are public tokens.

    Of several tool calls, `one_call` lets the first pass alone. `vectors` is how many an embedding
    owes; an answer with another number of them is none. `watch` finds words that name somebody,
    `asked` gives it what the user asked. A stream is cut at every `piece` characters; 0: anywhere.
    The answer's text ends in front of the first of `stops`, whatever the engine makes of them;
    `begun` gives the words that it goes on from. A call of a function that is not among those
    `offered`, and whose name tells somebody's, is left out.
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
        begun: Callable[[], str] = str,
        offered: Callable[[], AbstractSet[str]] = frozenset,
    ) -> None:
        self._prompt_tokens = prompt_tokens
        self._limit = limit
        self._call_id = call_id
        self._price = None if price.is_free else price
        self._parts = {kind: Part() for kind in _TEXTS}
        self._called = Part()  # names and arguments of all calls
        self._calls: list[Call] = []  # as shown
        self._heard: list[Call] = []  # all of them
        self._flowing = 0  # the first of these that is not over
        self._newest: dict[int, Call] = {}  # by the upstream's index, which may come again
        self._one_call = one_call
        self._owed = vectors
        self._watch = watch
        self._asked = asked
        self._begun = begun
        self._offered = cache(offered)
        self._piece = piece
        self._stops = Stops(stops) if stops else None
        self._open: _Text | None = None  # the text that flows just now
        self._lane: Lane | None = None  # of it
        self._withheld: list[Withheld] = []
        self.is_over = False  # nothing more is wanted, though the limit is not reached
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
            if self.full or self.is_over or self.is_stopped:
                break
            if kind == "tools":
                self._take_calls(pieces, public)
                continue
            if self._open is None:
                self._let_flow(public, is_left=True)
            self._turn_to(kind, public)
            if lane := self._lane:
                self._show(lane, lane.feed("".join(pieces)), public)
        for chunk in chunks:
            if chunk.vectors:
                self.vectors = checked_vectors(chunk.vectors, self._owed)
                public.append(mint(vectors=self.vectors))
            self._note(chunk)
        if self.full:
            for lane in filter(None, (self._lane, *(call.lane for call in self._calls))):
                public.extend(lane.flush())
        return public

    def flush(self) -> list[PublicChunk]:
        """What is left where an answer breaks off."""
        public: list[PublicChunk] = []
        self._turn_to(None, public)
        self._let_flow(public, is_end=True)
        return public

    def close(self) -> list[PublicChunk]:
        """What is left at the end; and a call without arguments has an empty object of them."""
        public = self.flush()
        for call in self._calls:
            if call.lane and call.is_bare:
                self._show(call.lane, "{}", public)
                public.extend(call.lane.flush())
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
        lanes = filter(None, (self._lane, *(call.lane for call in self._calls)))
        return (*self._withheld, *chain.from_iterable(lane.withheld() for lane in lanes))

    def _final_finish(self) -> Finish:
        if self.full:
            return "length"
        if self.is_stopped:
            return "stop"
        if self.is_over:  # whatever became of what nobody wants
            return "tool_calls"
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

    # --- texts ---

    def _turn_to(self, text: _Text | None, public: list[PublicChunk]) -> None:
        """The text that flows from here on; what is left of another one goes first."""
        if text == self._open:
            return
        if lane := self._lane:
            self._show(lane, lane.close(), public)
            public.extend(lane.flush())
            self._withheld += lane.withheld()
        self._open, self._lane = text, self._taken_up(text) if text else None

    def _taken_up(self, text: _Text) -> Lane:
        """Behind what was delivered of it before, or behind what the answer goes on from."""
        part = self._parts[text]
        past = "".join(part.pieces[-_PAST:])
        if not past and text == "text":
            past = self._begun()
        begun = past[-_WORD:].split()[-1] if past[-1:].strip() else ""
        past = past[-_PAST:].removesuffix(begun)
        words = self._watch.filter(text, self._asked, past) if self._watch else None
        stops = self._stops if text == "text" else None
        return Lane(text, part, words, stops, Pieces(self._piece), begun)

    def _show(self, lane: Lane, text: str, public: list[PublicChunk]) -> None:
        """As much of it as the limit still holds."""
        if not text or self.full:
            return
        passed = tokens.cut(text, self._room(lane.counted))
        self.full = len(passed) < len(text)
        public.extend(lane.keep(passed))

    # --- tool calls: one after the other, whatever the order in which their pieces come ---

    def _take_calls(self, deltas: Sequence[ToolDelta], public: list[PublicChunk]) -> None:
        self._turn_to(None, public)
        for delta in deltas:
            if not (self.full or self.is_over):
                self._take_call(delta, public)

    def _take_call(self, delta: ToolDelta, public: list[PublicChunk]) -> None:
        call = self._newest.get(delta.index)
        if call is None or call.is_over(delta):
            if self._one_call and (first := self._first_wanted()):
                self.is_over = first.is_whole()  # nobody wants what follows
                return
            call = self._newest[delta.index] = Call(delta.id)
            self._heard.append(call)
        call.hear(delta)
        self._let_flow(public)

    def _first_wanted(self) -> Call | None:
        return next((call for call in self._heard if not self._tells(call)), None)

    def _tells(self, call: Call) -> bool:
        """Does its function's name, which the engine made up, tell somebody's?"""
        if self._watch is None or not call.name or call.name in self._offered():
            return False
        return self._watch.names_one(call.name.replace("_", " "))

    def _let_flow(
        self, public: list[PublicChunk], *, is_left: bool = False, is_end: bool = False
    ) -> None:
        """The first that is not over flows as it comes; those behind it wait for it."""
        while self._flowing < len(self._heard) and not self.full:
            call = self._heard[self._flowing]
            is_followed = is_left or self._flowing < len(self._heard) - 1
            is_done = is_end or (is_followed and call.is_whole())
            is_told = self._tells(call)
            if call.name and not is_told:
                self._flow(call, public, is_done=is_done)
            if not (is_done or is_told):
                return
            self._flowing += 1

    def _flow(self, call: Call, public: list[PublicChunk], *, is_done: bool) -> None:
        lane = call.lane or self._opened(call, public)
        if lane is None:
            return
        self._show(lane, lane.feed(call.rest()), public)
        if is_done:
            self._show(lane, lane.close(), public)
            public.extend(lane.flush())

    def _opened(self, call: Call, public: list[PublicChunk]) -> Lane | None:
        """A name passes whole or not at all: half of one may be another tool's."""
        if tokens.size(call.name) > self._room(self._called):
            self.full = True
            return None
        call.index, call.id = len(self._calls), self._call_id()
        self._calls.append(call)
        self._called.count(call.name)
        public.append(mint(tools=(ToolDelta(call.index, call.id, call.name),)))
        words = self._watch.filter("arguments", self._asked) if self._watch else None
        call.lane = Lane(call, self._called, words, None, Pieces(self._piece))
        return call.lane


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
