"""The filter of one part of one answer: text goes in as it comes, and out as it may be shown."""

from typing import Literal, Protocol

from darkhorse.cloak.words.json_text import JsonText, Piece, escaped
from darkhorse.cloak.words.scanner import Replaced, Scanner
from darkhorse.wire.chunks import Withheld

__all__ = ["Filter", "Part", "Scanning"]

Part = Literal["text", "reasoning", "refusal", "arguments"]

_AT_ONCE = 1024  # characters looked at in one go: what a name costs grows with it


class Scanning(Protocol):
    """Begins a passage; `past` stood in front of it."""

    def __call__(self, past: str = "") -> Scanner: ...


class Filter:
    """Holds at most scanner.MOST_HELD characters back, and of JSON escapes also the cut one.

    In arguments, and in a text that begins as a JSON document, each string is a passage of its own,
    but no key of arguments; the rest stays as it is.
    """

    def __init__(self, part: Part, scanning: Scanning, past: str = "") -> None:
        self.withheld: list[Withheld] = []
        self._part: Part = part
        self._scanning = scanning
        self._shown = 0  # characters
        self._passage: Scanner | None = None
        self._raw: list[str] = []  # of JSON: how the passage's held characters are written
        self._past = past
        self._json: JsonText | None = JsonText() if part == "arguments" else None
        self._is_begun = part != "text" or bool(past)

    def feed(self, text: str) -> str:
        """What may be shown now."""
        if self._passage and self._json is None:
            shown = self._passage.quick(text)
            if shown is not None:
                self._shown += len(shown)
                return shown
        if len(text) <= _AT_ONCE:
            return self._feed(text, final=False)
        pieces = (text[at : at + _AT_ONCE] for at in range(0, len(text), _AT_ONCE))
        return "".join([self._feed(piece, final=False) for piece in pieces])

    def close(self) -> str:
        """The rest, at the part's end."""
        return self._feed("", final=True)

    def _feed(self, text: str, *, final: bool) -> str:
        if not self._is_begun and text:
            return self._begin(text)
        if self._json:
            return self._feed_json(self._json, text, final=final)
        return self._plain(text, final=final)

    def _begin(self, text: str) -> str:
        """Is the text a JSON document? Blanks in front belong to neither."""
        rest = text.lstrip()
        blanks = text[: len(text) - len(rest)]
        self._shown += len(blanks)
        if not rest:
            return blanks
        self._is_begun = True
        if rest[0] in "{[":
            self._json = JsonText()
        return blanks + self._feed(rest, final=False)

    def _plain(self, text: str, *, final: bool) -> str:
        if self._passage is None:
            self._passage = self._scanning(self._past)
        shown = [self._show(each) for each in self._passage.feed(text, final=final)]
        return shown[0] if len(shown) == 1 else "".join(shown)

    def _show(self, decided: str | Replaced) -> str:
        if isinstance(decided, Replaced):
            self._note(decided)
            decided = decided.shown
        self._shown += len(decided)
        return decided

    def _note(self, replaced: Replaced) -> None:
        said, shown = replaced
        self.withheld.append(Withheld(self._part, self._shown, said, shown))

    def _feed_json(self, json: JsonText, text: str, *, final: bool) -> str:
        shown = [self._show_piece(piece) for piece in json.feed(text, final=final)]
        if final:
            shown.append(self._end_passage() if self._json else self._plain("", final=True))
        return "".join(shown)

    def _show_piece(self, piece: Piece) -> str:
        if piece.sort == "plain":
            self._json = None
            return self._plain("".join(piece.raw), final=False)
        if piece.sort == "value" or (piece.sort == "key" and self._part == "text"):
            if self._passage is None:
                self._passage = self._scanning('"' if piece.sort == "key" else "")
            self._raw += piece.raw
            passed = self._passage.quick(piece.read)
            if passed is not None:
                return self._written(passed, None)
            return self._show_cells(self._passage.feed(piece.read))
        before = self._end_passage()
        raw = "".join(piece.raw)
        self._past = (self._past + raw)[-64:] if piece.sort == "structure" else self._past
        self._shown += len(raw)
        return before + raw

    def _end_passage(self) -> str:
        passage, self._passage = self._passage, None
        return self._show_cells(passage.feed("", final=True)) if passage else ""

    def _show_cells(self, decided: list[str | Replaced]) -> str:
        """The same, written as the JSON had it; what is new is escaped."""
        shown = ""
        for each in decided:
            if isinstance(each, Replaced):
                self._note(each)
                shown += self._written(each.said, escaped(each.shown))
            else:
                shown += self._written(each, None)
        return shown

    def _written(self, said: str, instead: str | None) -> str:
        cells = self._raw[: len(said)]
        del self._raw[: len(said)]
        written = "".join(cells) if instead is None else instead
        self._shown += len(written)
        return written
