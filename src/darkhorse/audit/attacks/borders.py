"""Streams an echo of odd strings: are the pieces' borders a tokenizer's?"""

import asyncio
from collections.abc import Iterable
from itertools import accumulate

from msgspec import Struct

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door
from darkhorse.audit.attack import closed, exhibit, leaks, untested
from darkhorse.audit.attacks.answers import echo
from darkhorse.audit.known.tokenizers import PROBES
from darkhorse.audit.survey import survey
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["PieceBorders"]

_TEXT = " ".join(PROBES[:4]) + " Bridges hum in the wind because it plays them like strings."
_PARTS = ("text", "reasoning", "arguments")
_MANY = 8  # borders that tell; fewer may fall together by chance
_SHORT = 8  # characters a piece on average: below it, a piece is a token or two


class Part(Struct, frozen=True):
    """One part of one streamed answer, in its pieces."""

    title: str
    pieces: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.pieces)

    @property
    def borders(self) -> frozenset[int]:
        """Where it was cut, in characters."""
        return frozenset(accumulate(map(len, self.pieces[:-1])))

    @property
    def is_fixed(self) -> bool:
        """Has every piece but the last the same length in characters?"""
        lengths = {len(piece) for piece in self.pieces[:-1]}
        return len(lengths) == 0 or (len(lengths) == 1 and len(self.pieces[-1]) <= max(lengths))

    @property
    def is_by_token(self) -> bool:
        """Many short pieces: about as many as there are words and signs."""
        return len(self.pieces) >= _MANY and len(self.text) / len(self.pieces) < _SHORT

    @property
    def shown(self) -> Exhibit:
        """For people."""
        return exhibit("public", self.title, " | ".join(self.pieces))


class Streams(Struct, frozen=True):
    """The parts of an echo in each dialect, and of the usual questions."""

    parts: tuple[Part, ...]
    problem: str


class PieceBorders:
    """The part that one look tells; attacks on rhythm measure the rest."""

    name = "piece borders"
    channels = ("piece-borders",)
    calls = 4

    async def read(self, door: Door) -> Streams:
        """The same echo in every dialect, and the usual questions."""
        asked = ask(echo(_TEXT), stream=True, limit=128)
        usual, answers = await asyncio.gather(
            survey(door), asyncio.gather(*(door.ask(asked, words) for words in door.dialects))
        )
        told = [(f"an echo, /{each.dialect}", each) for each in answers]
        told += [(scene.title, scene.answer) for scene in usual.answered]
        reply = answers[0].reply
        parts = tuple(part for pair in told for part in _parts(*pair))
        return Streams(parts, f"no stream: {reply.problem or reply.status}")

    def judge(self, raw: Streams | None, public: Streams) -> Iterable[Finding]:
        """Are they the endpoint's own, or one token a piece?"""
        if not public.parts:
            return [untested("piece-borders", public.problem)]
        before = _lengths(raw.parts[0]) if raw and raw.parts else ""
        odd = [part for part in public.parts if not part.is_fixed]
        native = [part for part in odd if raw and any(_same(part, each) for each in raw.parts)]
        if native:
            text = f"the borders of the endpoint's own pieces: {native[0].title}"
            return [leaks("piece-borders/native", text, native[0].shown, raw=before)]
        by_token = [part for part in odd if part.is_by_token]
        if by_token:
            text = f"about a token a piece: {by_token[0].title}"
            return [leaks("piece-borders/tokens", text, by_token[0].shown, raw=before)]
        if odd:
            return [untested("piece-borders", "too few pieces to tell by one look")]
        longest = max(public.parts, key=lambda part: len(part.pieces))
        text = f"one length of pieces: {_lengths(longest)}"
        return [closed("piece-borders", text, longest.shown, raw=before)]


def _parts(title: str, answer: Answer) -> Iterable[Part]:
    """The parts of a streamed answer that have any piece; calls' arguments run together."""
    for name in _PARTS:
        pieces = tuple(piece.text for piece in answer.pieces if piece.part == name)
        if pieces and not (name == "arguments" and len(answer.calls) > 1):
            yield Part(title, pieces)


def _same(public: Part, raw: Part) -> bool:
    """Does every public border stand where the endpoint's own stand, in the same text?"""
    ours = public.borders
    return public.text == raw.text and len(ours) >= _MANY and ours <= raw.borders


def _lengths(part: Part) -> str:
    lengths = [len(piece) for piece in part.pieces]
    more = ", …" if len(lengths) > 12 else ""
    return f"{len(lengths)} pieces of {', '.join(map(str, lengths[:12]))}{more} characters"
