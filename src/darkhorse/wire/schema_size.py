"""How much there is to a JSON Schema, its references followed, and what a check of it costs. Pure.

A schema comes from a stranger: twenty definitions that name each other twice make a million. One
that leads back to itself counts once, since jsonschema-rs remembers what it found of it. What it
looks at again is below `unevaluatedProperties` and `unevaluatedItems`: measured, 1.6 to 2.7 times
as long at every level of them, whether one stands in the other's place or in its properties.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import unquote

from msgspec import Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.patterns import is_linear, states

__all__ = ["Size", "size_of"]

_DEEPEST: Final = 128  # levels, references followed
_MOST_NODES: Final = 100_000  # values in it, references followed
_MOST_PATTERNS: Final = 100
_MOST_STATES: Final = 40_000  # of all of them: some tenths of a second to compile
_MOST_UNEVALUATED: Final = 6  # levels of `unevaluated…`, on the way to one of its values
_AGAIN: Final = 4  # times, for each of these levels
_PER_CHARACTER: Final = 12  # of a linear pattern, and half of its states
_PER_SQUARE: Final = 2  # of any other, and a sixteenth of its states
_PER_UNIQUE: Final = 5  # `uniqueItems`: five times what other words do with an item
_REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})
_HELD_APART = frozenset({"$defs", "definitions"})  # counted where something refers to them
_UNEVALUATED = frozenset({"unevaluatedProperties", "unevaluatedItems"})


class Size(Struct, frozen=True):
    """Of a schema, or a part of it. Work is counted in steps of about 20 ns."""

    nodes: int = 1
    """Steps for each value of a text."""
    characters: int = 0
    """Steps for each character of a text."""
    squares: int = 0
    """Steps for each short string, by the square of its length."""
    height: int = 0
    """Levels below it."""
    unevaluated: int = 0
    """Levels of `unevaluated…` in it."""


def size_of(schema: dict[str, Any]) -> Size:
    """Measure it. Raises InvalidRequest where it is too large; the text follows on its place."""
    return _Measuring(schema).all()


class _Measuring:
    """Follows every reference, once."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._known: dict[str, Size] = {}  # by pointer
        self._patterns = 0
        self._states = 0

    def all(self) -> Size:
        for key, value in self._root.items():
            if key in _HELD_APART:
                self._measure(value, 1)  # what nothing refers to must be sound, too
        return self._measure(self._root, 0)

    def _measure(self, value: Any, depth: int) -> Size:
        own = self._words(value) if isinstance(value, dict) else Size()
        is_again = isinstance(value, dict) and not _UNEVALUATED.isdisjoint(value)
        size = _sum(own, self._inside(value, depth), is_again=is_again)
        if size.unevaluated > _MOST_UNEVALUATED:
            raise InvalidRequest(
                f"`unevaluated…` stands {size.unevaluated} levels deep in it; "
                f"{_MOST_UNEVALUATED} are the most."
            )
        if size.nodes > _MOST_NODES:
            raise InvalidRequest("it is too large once its references are followed.")
        return size

    def _inside(self, value: Any, depth: int) -> Iterator[Size]:
        if depth > _DEEPEST:
            raise _too_deep()
        if isinstance(value, list):
            yield from (self._measure(each, depth + 1) for each in value)
        if not isinstance(value, dict):
            return
        is_root = value is self._root
        if (
            isinstance(value.get("$id"), str) and not is_root
        ):  # it would change what references mean
            raise InvalidRequest("an `$id` is taken at its top only.")
        for key, each in value.items():
            if key in _REFERENCES and isinstance(each, str):
                yield self._follow(each, depth + 1)
            elif not is_root or key not in _HELD_APART:
                yield self._measure(each, depth + 1)

    def _words(self, schema: dict[str, Any]) -> Size:
        """What its own words cost, without what stands below them."""
        pattern, named = schema.get("pattern"), schema.get("patternProperties")
        patterns = [pattern] if isinstance(pattern, str) else []
        patterns += named if isinstance(named, dict) else []
        self._patterns += len(patterns)
        if self._patterns > _MOST_PATTERNS:
            raise InvalidRequest(f"it has too many patterns; {_MOST_PATTERNS} are the most.")
        self._states += sum(map(states, patterns))
        if self._states > _MOST_STATES:
            raise InvalidRequest("its patterns are too large once they are written out.")
        linear = [states(each) for each in patterns if is_linear(each)]
        others = [states(each) for each in patterns if not is_linear(each)]
        return Size(
            nodes=_PER_UNIQUE if schema.get("uniqueItems") is True else 1,
            characters=sum(_PER_CHARACTER + each // 2 for each in linear),
            squares=sum(_PER_SQUARE + each // 16 for each in others),
        )

    def _follow(self, reference: str, depth: int) -> Size:
        pointer = unquote(reference.removeprefix("#"))
        if not reference.startswith("#") or pointer[:1] not in ("", "/"):
            raise InvalidRequest("a reference must lead into the same schema: `#/…`.")
        if pointer in self._known:
            size = self._known[pointer]
            if depth + size.height > _DEEPEST:
                raise _too_deep()
            return size
        self._known[pointer] = Size()  # it leads back to itself, if it is met again below
        self._known[pointer] = found = self._measure(self._find(pointer), depth)
        return found

    def _find(self, pointer: str) -> Any:
        """What a JSON pointer (RFC 6901) names."""
        found: Any = self._root
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and key.isdecimal() and int(key) < len(found):
                found = found[int(key)]
            elif isinstance(found, dict) and key in found:
                found = found[key]
            else:
                raise InvalidRequest("one of its references leads nowhere.")
        return found


def _sum(own: Size, inside: Iterable[Size], *, is_again: bool) -> Size:
    nodes, characters, squares = own.nodes, own.characters, own.squares
    height = unevaluated = 0
    for size in inside:
        nodes += size.nodes
        characters += size.characters
        squares += size.squares
        height = max(height, size.height + 1)
        unevaluated = max(unevaluated, size.unevaluated)
    times = _AGAIN if is_again else 1
    return Size(nodes * times, characters * times, squares * times, height, unevaluated + is_again)


def _too_deep() -> InvalidRequest:
    return InvalidRequest(f"it is nested too deeply; {_DEEPEST} levels are the most.")
