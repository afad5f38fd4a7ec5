r"""A shape as llama.cpp's GBNF. Pure.

Without blanks between tokens: a small model may fill pages with them. Strings hold no `\u…`: any
character may stand for itself, and half a pair of surrogates would be no text. The form is
llama.cpp's, grammars/README.md.
"""

import msgspec

from darkhorse.upstream.emulation.machine_rules import rules_of
from darkhorse.upstream.emulation.machines import machine_of
from darkhorse.upstream.emulation.numerals import numeral
from darkhorse.upstream.emulation.shape import (
    Anything,
    Either,
    Field,
    Fixed,
    Items,
    Number,
    Record,
    Shape,
    Table,
    Text,
)

__all__ = ["TooLarge", "grammar_of"]

_CHARACTER = r'[^"\\\x00-\x1f\x7f] | "\\" ["\\/bfnrt]'
_KEY = r'"\"" character{1,40} "\""'
_LOOSE = Text(most=200)  # a string of which nothing is known
_FEW = 8  # words that need no tree
_ENTRIES = 8  # of a collection of which nothing is known
_LARGEST = 256 * 1024  # characters of a grammar

_DATE = '[12] [0-9]{3} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])'
_TIME = '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9]'
_HEX = "[0-9a-f]"
_BYTE = '("0" | [1-9] [0-9]? | "1" [0-9] [0-9])'
_FORMATS = {
    "date": _DATE,
    "time": f'{_TIME} "Z"',
    "date-time": f'{_DATE} "T" {_TIME} "Z"',
    "uuid": f'{_HEX}{{8}} "-" {_HEX}{{4}} "-4" {_HEX}{{3}} "-a" {_HEX}{{3}} "-" {_HEX}{{12}}',
    "email": '[a-z] [a-z0-9.]{0,15} [a-z0-9] "@" [a-z] [a-z0-9]{0,15} "." [a-z]{2,3}',
    "hostname": '[a-z] [a-z0-9]{0,15} "." [a-z]{2,3}',
    "ipv4": f'{_BYTE} "." {_BYTE} "." {_BYTE} "." {_BYTE}',
    "uri": '"https://" [a-z] [a-z0-9]{0,15} "." [a-z]{2,3} "/" [a-zA-Z0-9/._-]{0,60}',
}
"""Forms of strings: some of those that each allows."""

_encode = msgspec.json.Encoder().encode


class TooLarge(Exception):
    """There would be too much of a grammar."""


def grammar_of(shape: Shape) -> str:
    """The grammar whose `root` is the shape. Raises TooLarge."""
    writer = _Writer()
    writer.define("root", writer.expression(shape))
    return writer.text


class _Writer:
    """Rules, one for each shape that is more than a word."""

    def __init__(self) -> None:
        self._rules = {"character": _CHARACTER, "key": _KEY}
        self._names: dict[Shape, str] = {}
        self._room = _LARGEST

    @property
    def text(self) -> str:
        return "".join(f"{name} ::= {body}\n" for name, body in self._rules.items())

    def define(self, name: str, body: str) -> None:
        self._room -= len(name) + len(body)
        if self._room < 0:
            raise TooLarge
        self._rules[name] = body

    def expression(self, shape: Shape) -> str:
        """The name of its rule."""
        name = self._names.get(shape)
        if name is None:
            name = self._names[shape] = f"shape{len(self._names)}"
            self.define(name, self._body(shape))
        return name

    def _body(self, shape: Shape) -> str:  # noqa: PLR0911 one for each kind of shape
        match shape:
            case Fixed(values):
                return self._words([value.decode() for value in values])
            case Text():
                return self._text(shape)
            case Number():
                return numeral(shape) or numeral(Number(shape.is_whole)) or ""
            case Items():
                return self._array(shape)
            case Record(fields):
                return self._record(fields)
            case Table(value, least, most):
                entry = f'key ":" {self.expression(value)}'
                return _listed("{", entry, least, most, "}")
            case Either(options):
                return " | ".join(self.expression(option) for option in options)
            case Anything(depth):
                return self._anything(depth)

    def _words(self, texts: list[str]) -> str:
        """One of several, as a tree: each token tried costs as much as there are ways to go on.

        A rule for each branch, since words that begin with each other make it as deep as many.
        """
        if len(texts) <= _FEW:
            return " | ".join(map(_literal, texts))
        name = f"words{len(self._rules)}"
        waiting = [(name, texts)]
        for rule, words in waiting:  # which grows
            start = _common(min(words), max(words))
            options: list[str] = []
            for branch in _branches(words, len(start)):
                if len(branch) <= _FEW:
                    options += map(_literal, branch)
                else:
                    options.append(f"{name}-{len(waiting)}")
                    waiting.append((options[-1], branch))
            self.define(rule, f"{_literal(start)} ({' | '.join(options)})")
        return name

    def _text(self, text: Text) -> str:
        if text.pattern and (machine := machine_of(text.pattern)):
            name = f"pattern{len(self._rules)}"
            for rule in rules_of(machine, name):
                self.define(*rule)
            return rf'"\"" {name} "\""'
        if form := _FORMATS.get(text.format):
            return rf'"\"" ({form}) "\""'
        most = "" if text.most is None else text.most
        return rf'"\"" character{{{text.least},{most}}} "\""'

    def _array(self, items: Items) -> str:
        if not items.first:
            if items.rest is None:
                return '"[]"'
            return _listed("[", self.expression(items.rest), items.least, items.most, "]")
        first = ' "," '.join(self.expression(shape) for shape in items.first)
        rest = ""
        if items.rest is not None:
            most = "" if items.most is None else items.most
            rest = f' ("," {self.expression(items.rest)}){{{items.least},{most}}}'
        return f'"[" {first}{rest} "]"'

    def _record(self, fields: tuple[Field, ...]) -> str:
        """Fields in their order. A rule for each place, with one field or more behind it."""
        if all(field.is_required for field in fields):
            return f'"{{" {self._pairs(fields)} "}}"' if fields else '"{}"'
        name = f"fields{len(self._rules)}"
        for at in range(len(fields), -1, -1):
            for is_first in (True, False):
                rule = self._from(fields, at, name, is_first=is_first)
                self.define(_place(name, at, is_first=is_first), rule)
        return f'"{{" {_place(name, 0, is_first=True)} "}}"'

    def _from(self, fields: tuple[Field, ...], at: int, name: str, *, is_first: bool) -> str:
        """What may come from a place on; a comma goes before all but the first."""
        if at == len(fields):
            return '""'
        comma = "" if is_first else '"," '
        taken = f"{comma}{self._pair(fields[at])} {_place(name, at + 1, is_first=False)}"
        if fields[at].is_required:
            return taken
        return f"{taken} | {_place(name, at + 1, is_first=is_first)}"

    def _pairs(self, fields: tuple[Field, ...]) -> str:
        return ' "," '.join(self._pair(field) for field in fields)

    def _pair(self, field: Field) -> str:
        return f"{_literal(_encode(field.name).decode() + ':')} {self.expression(field.shape)}"

    def _anything(self, depth: int) -> str:
        shapes: list[Shape] = [Fixed((b"true", b"false", b"null")), Number(), _LOOSE]
        if depth:
            inner = Anything(depth - 1)
            shapes += [Items(inner, most=_ENTRIES), Table(inner, most=_ENTRIES)]
        return " | ".join(self.expression(shape) for shape in shapes)


def _place(name: str, at: int, *, is_first: bool) -> str:
    return f"{name}-{'first' if is_first else 'next'}-{at}"


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _branches(words: list[str], start: int) -> list[list[str]]:
    """What comes after `start` characters, apart by how it begins."""
    branches: dict[str, list[str]] = {}
    for word in words:
        branches.setdefault(word[start : start + 1], []).append(word[start:])
    return list(branches.values())


def _common(one: str, other: str) -> str:
    """What both begin with; of the first and the last in order, what all between them do."""
    pairs = zip(one, other, strict=False)
    return one[: next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))]


def _listed(opening: str, entry: str, least: int, most: int | None, closing: str) -> str:
    """Entries with commas between them."""
    if most == 0:
        return f'"{opening}{closing}"'
    more = "" if most is None else most - 1
    some = f'{entry} ("," {entry}){{{max(0, least - 1)},{more}}}'
    return f'"{opening}" {some if least else f"({some})?"} "{closing}"'
