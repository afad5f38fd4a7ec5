"""One answer: the tokens of a sequence become thoughts, text, calls and their probabilities.

Stop strings are looked for in the text alone, neither in thoughts nor in calls: a client that stops
at a blank line does not want a model that thinks to stop there. Probabilities are given for every
token of an answer, thoughts and calls included, but the one that ended it.
"""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from msgspec import Struct, structs

from darkhorse_engine.chat.events import (
    CallArguments,
    CallStarted,
    Content,
    Event,
    Reasoning,
)
from darkhorse_engine.chat.tokenizer import Tokenizer
from darkhorse_engine.sampling import Sampled
from darkhorse_engine.sequence import Finish as Ended
from darkhorse_engine.sequence import Usage
from darkhorse_engine.server.stops import Stops

__all__ = ["Call", "Finish", "Likely", "Parsing", "Piece", "Plain", "Reader"]

Finish = Literal["stop", "length", "tool_calls"]


class Parsing(Protocol):
    """Text as it comes, to events; `chat.parser.Parser` is one."""

    def feed(self, text: str) -> list[Event]: ...

    def close(self) -> list[Event]: ...


class Plain:
    """For completions: all text is text."""

    def feed(self, text: str) -> list[Event]:
        """The text."""
        return [Content(text)]

    def close(self) -> list[Event]:
        """Nothing is ever held back."""
        return []


class Call(Struct, frozen=True, kw_only=True):
    """More of a call: its first piece has id and name, the others arguments."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


class Likely(Struct, frozen=True):
    """A token's own log-probability, and those of the likeliest in its place."""

    token: int
    logprob: float
    top: tuple[tuple[int, float], ...]
    start: int
    """Characters of text in front of it."""


class Piece(Struct, frozen=True, kw_only=True):
    """More of an answer; the last has finish and usage."""

    thoughts: str = ""
    text: str = ""
    calls: tuple[Call, ...] = ()
    likely: tuple[Likely, ...] = ()
    finish: Finish | None = None
    usage: Usage | None = None
    thought_tokens: int = 0
    """So far. The token that ends thinking counts as one."""

    @property
    def is_empty(self) -> bool:
        return not (self.thoughts or self.text or self.calls or self.likely or self.finish)


class Reader:
    """Of one answer."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        parser: Parsing,
        *,
        stops: Sequence[str],
        new_call_id: Callable[[], str],
        shows_thoughts: bool = True,
        is_thinking: bool = False,
    ) -> None:
        self._text = tokenizer.detokenizer()
        self._parser = parser
        self._stops = Stops(stops)
        self._new_call_id = new_call_id
        self._shows_thoughts = shows_thoughts
        self._is_thinking = is_thinking
        self._thought_tokens = 0
        self._likely: list[Likely] = []
        self._has_called = False

    @property
    def is_over(self) -> bool:
        """Has a stop string ended it?"""
        return self._stops.is_over

    def feed(self, tokens: Sequence[Sampled]) -> Piece:
        """What is certain now."""
        events: list[Event] = []
        for token in tokens:
            self._note(token)
            new = self._parser.feed(self._text.feed(token.token))
            self._count(new)
            events += self._stopped(new)
            if self.is_over:
                break
        return self._piece(events)

    def close(self, ended: Ended | None, usage: Usage) -> Piece:
        """The rest, once the sequence has ended (None: it has not, a stop string was found)."""
        events: list[Event] = []
        if not self.is_over:
            events = self._stopped([*self._parser.feed(self._text.close()), *self._parser.close()])
        held = Content(self._stops.close())
        piece = self._piece([*events, held])
        said: Finish = "tool_calls" if self._has_called else "stop"
        is_cut = ended == "length" and not self.is_over
        return structs.replace(piece, finish="length" if is_cut else said, usage=usage)

    def _note(self, token: Sampled) -> None:
        if token.logprob is not None:
            likely = Likely(token.token, token.logprob, tuple(token.top), self._stops.seen)
            self._likely.append(likely)

    def _count(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, Reasoning) for event in events):
            self._is_thinking = True
        self._thought_tokens += self._is_thinking
        if any(not isinstance(event, Reasoning) for event in events):
            self._is_thinking = False

    def _stopped(self, events: Sequence[Event]) -> list[Event]:
        """The same up to a stop string."""
        kept: list[Event] = []
        for event in events:
            if isinstance(event, Content):
                kept.append(Content(self._stops.feed(event.text)))
                if self.is_over:
                    break
            else:
                if isinstance(event, CallStarted):
                    kept.append(Content(self._stops.close()))
                kept.append(event)
        return kept

    def _piece(self, events: Sequence[Event]) -> Piece:
        thoughts = "".join(event.text for event in events if isinstance(event, Reasoning))
        calls = [call for event in events for call in self._call(event)]
        self._has_called |= bool(calls)
        return Piece(
            thoughts=thoughts if self._shows_thoughts else "",
            text="".join(event.text for event in events if isinstance(event, Content)),
            calls=tuple(calls),
            likely=self._due(),
            thought_tokens=self._thought_tokens,
        )

    def _call(self, event: Event) -> Sequence[Call]:
        if isinstance(event, CallStarted):
            return [Call(index=event.index, id=self._new_call_id(), name=event.name)]
        if isinstance(event, CallArguments):
            return [Call(index=event.index, arguments=event.text)]
        return []

    def _due(self) -> tuple[Likely, ...]:
        """Those of text that is out; at a stop string, those in front of it and no others."""
        due = self._likely
        if self.is_over or self._stops.seen > self._stops.passed:
            due = [each for each in due if each.start < self._stops.passed]
        self._likely = [] if self.is_over else self._likely[len(due) :]
        return tuple(due)
