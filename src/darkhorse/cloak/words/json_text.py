"""JSON as it streams, taken apart: structure, and strings character by character.

What is no JSON after all is noticed at the first character that cannot be; from there on it is
plain text.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

__all__ = ["JsonText", "Piece", "escaped"]

Sort = Literal["structure", "key", "value", "end", "plain"]

_STRUCTURE = re.compile(r"[ \t\r\n{}\[\],:0-9+\-.eEtrufalsn]*")
_MARKS = re.compile(r"[{}\[\],:]")
_RUN = re.compile(r'[^"\\]*')
_PAIR = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = re.compile(rf'\\(?:{_PAIR}|u[0-9a-fA-F]{{4}}|["\\/bfnrt])')
_CUT_ESCAPE = re.compile(
    r"\\(?:u[0-9a-fA-F]{0,3}|u[dD][89abAB][0-9a-fA-F]{2}(?:\\(?:u(?:[dD][c-fC-F]?[0-9a-fA-F]?)?)?)?)?"
)
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Piece(NamedTuple):
    """What came next: `raw` as it stands in the JSON, `read` as a string's characters."""

    sort: Sort
    raw: list[str]
    read: str = ""


class JsonText:
    """Where in a JSON document the stream is."""

    def __init__(self) -> None:
        self._cut = ""  # an escape of which more must come
        self._in: Literal["structure", "key", "value", "plain"] = "structure"
        self._is_key_next = False
        self._objects: list[bool] = []  # open containers: is it an object?

    def feed(self, text: str, *, final: bool = False) -> Iterator[Piece]:
        """Pieces of `text`; "end" is the quote that ends a string."""
        text = self._cut + text
        self._cut = ""
        at = 0
        while at < len(text):
            if self._in == "plain":
                yield Piece("plain", [text[at:]])
                return
            if self._in == "structure":
                piece, at = self._structure(text, at)
            else:
                piece, at = self._string(text, at, final=final)
            if piece:
                yield piece

    def _structure(self, text: str, at: int) -> tuple[Piece | None, int]:
        run = _STRUCTURE.match(text, at)
        end = run.end() if run else at
        for mark in _MARKS.findall(text, at, end):
            self._note(mark)
        if text[end : end + 1] == '"':
            self._in = "key" if self._is_key_next else "value"
            end += 1
        elif end < len(text):
            self._in = "plain"
        return (Piece("structure", [text[at:end]]) if end > at else None), end

    def _note(self, mark: str) -> None:
        if mark in "{[":
            self._objects.append(mark == "{")
        elif mark in "}]" and self._objects:
            self._objects.pop()
        in_object = bool(self._objects and self._objects[-1])
        self._is_key_next = in_object and mark in "{,"

    def _string(self, text: str, at: int, *, final: bool) -> tuple[Piece | None, int]:
        sort = self._in
        run = _RUN.match(text, at)
        if run and run[0]:
            return Piece(sort, list(run[0]), run[0]), run.end()
        if text[at] == '"':
            self._in = "structure"
            return Piece("end", ['"']), at + 1
        if not final and _CUT_ESCAPE.fullmatch(text, at):
            self._cut = text[at:]
            return None, len(text)
        escape = _ESCAPE.match(text, at)
        end = escape.end() if escape else at + 1
        return Piece(sort, [text[at:end]], _unescaped(text[at:end])), end


def _unescaped(raw: str) -> str:
    """The one character that an escape stands for."""
    if len(raw) == 2:
        return _SHORT.get(raw[1], raw[1])
    if len(raw) < 6:
        return "\\"  # none of JSON's
    if len(raw) > 6:
        return bytes.fromhex(raw[2:6] + raw[8:]).decode("utf-16-be")
    return bytes.fromhex(raw[2:]).decode("utf-16-be", "replace")


def escaped(text: str) -> str:
    """`text` as it stands between quotes."""
    return msgspec.json.encode(text).decode()[1:-1]
