"""From any JSON Schema to a shape. Pure.

Where the two differ the shape is the narrower one if there is one: what fits it then fits the
schema too. So an object with properties gets no others, what is nested too deep is left out where
it may be, and lengths have an end. These are passed over, and what they forbid may come: `not`,
`if`, `uniqueItems`, `contains`, `dependent…`, `patternProperties`, `propertyNames`, lengths beside
a `pattern`, and what machines.py makes nothing of. Whoever promised a schema checks the answer.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from msgspec import Struct

from darkhorse.upstream.emulation.machines import machine_of
from darkhorse.upstream.emulation.merging import merge
from darkhorse.upstream.emulation.multiples import multiples_of
from darkhorse.upstream.emulation.numerals import whole_bounds
from darkhorse.upstream.emulation.shape import (
    Anything,
    Field,
    Fixed,
    Items,
    Number,
    Record,
    Shape,
    Table,
    Text,
    one_of,
)
from darkhorse.upstream.emulation.ways import choice_within

__all__ = ["NARROW", "WIDE", "Bounds", "Room", "shape_of"]

_encode = msgspec.json.Encoder().encode


class Bounds(Struct, frozen=True, kw_only=True):
    """Ends for what a schema leaves open; None leaves it open."""

    text: int | None
    items: int | None
    ways: int | None  # to read it at once (ways.py)


NARROW = Bounds(text=1000, items=16, ways=64)
"""For a small model, which may never come to an end by itself."""
WIDE = Bounds(text=None, items=None, ways=None)

_LONGEST = 2000  # more repetitions than that, llama.cpp does not take
_DEEPEST = 24
_NODES = 2000
_PATTERNS = 100
_REPEATED = 2  # how often a schema may stand inside itself
_FINEST = 1e-15  # a step that is smaller says nothing
_VALUES = 5000  # of an enum
_TYPES = ("string", "integer", "number", "boolean", "null", "array", "object")
_HINTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("object", ("properties", "required", "additionalProperties", "patternProperties")),
    ("array", ("items", "prefixItems", "minItems", "maxItems", "contains")),
    ("string", ("minLength", "maxLength", "pattern", "format")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)
"""What a schema speaks of that names no type."""


class Room(Struct):
    """What may still be made of the schemas of one request."""

    nodes: int = _NODES
    patterns: int = _PATTERNS


def shape_of(schema: Any, bounds: Bounds, room: Room | None = None) -> Shape | None:
    """The shape of a schema; None where nothing we can make fits it, or there is no `room`."""
    return _Reader(schema, bounds, room or Room()).read(schema)


class _Reader:
    """Reads one document. None stands for: nothing fits, or it would be too deep."""

    def __init__(self, root: Any, bounds: Bounds, room: Room) -> None:
        self._root = root
        self._bounds = bounds
        self._room = room
        self._depth = 0
        self._inside: list[str] = []  # the references that lead here

    def read(self, schema: Any) -> Shape | None:
        self._room.nodes -= 1
        if schema is True or schema == {}:
            return Anything()
        if not isinstance(schema, dict) or self._room.nodes < 0 or self._depth >= _DEEPEST:
            return None
        self._depth += 1
        try:
            return self._read(schema)
        finally:
            self._depth -= 1

    def _read(self, schema: Mapping[str, Any]) -> Shape | None:
        if isinstance(reference := schema.get("$ref"), str):
            return self._follow(reference, schema)
        if parts := _list(schema, "allOf"):
            plain = [self._dereferenced(part) for part in parts]
            return self.read(merge(_without(schema, "allOf"), *plain))
        for name in ("anyOf", "oneOf"):
            if options := _list(schema, name):
                rest = _without(schema, name)
                shapes = self._all(merge(rest, option) for option in options)
                return choice_within(shapes, self._bounds.ways)
        if "const" in schema:
            return _fixed([schema["const"]], schema)
        if isinstance(values := schema.get("enum"), list):
            return _fixed(values, schema)
        return self._typed(schema)

    def _all(self, schemas: Iterator[Any]) -> list[Shape]:
        return [shape for schema in schemas if (shape := self.read(schema)) is not None]

    def _follow(self, reference: str, schema: Mapping[str, Any]) -> Shape | None:
        if self._inside.count(reference) >= _REPEATED:
            return None
        target = _resolve(self._root, reference)
        with self._within(reference):
            return self.read(merge(_without(schema, "$ref"), target))

    def _dereferenced(self, schema: Any) -> Any:
        """Itself, or what it points to: two references cannot be merged."""
        for _ in range(_REPEATED):
            if isinstance(schema, dict) and isinstance(reference := schema.get("$ref"), str):
                schema = merge(_without(schema, "$ref"), _resolve(self._root, reference))
        return schema

    @contextmanager
    def _within(self, reference: str) -> Iterator[None]:
        self._inside.append(reference)
        try:
            yield
        finally:
            self._inside.pop()

    def _typed(self, schema: Mapping[str, Any]) -> Shape | None:
        kind = schema.get("type")
        if isinstance(kind, list):
            return one_of(self._all({**schema, "type": each} for each in kind))
        if kind is None:
            kind = next((kind for kind, names in _HINTS if any(n in schema for n in names)), None)
            if kind is None:
                return Anything()
        if kind not in _TYPES:
            return None
        read: Shape | None = getattr(self, f"_{kind}")(schema)
        return read

    def _boolean(self, _: Mapping[str, Any]) -> Shape | None:
        return Fixed((b"true", b"false"))

    def _null(self, _: Mapping[str, Any]) -> Shape | None:
        return Fixed((b"null",))

    def _string(self, schema: Mapping[str, Any]) -> Shape | None:
        least, most = _count(schema, "minLength") or 0, _count(schema, "maxLength")
        if most is not None and most < least:
            return None
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and self._is_for_us(pattern):
            return Text(least, most, pattern=pattern)
        style = schema.get("format")
        if isinstance(style, str) and not least and most is None:
            return Text(most=self._bounds.text, format=style)
        if most is None and self._bounds.text is not None:
            most = max(self._bounds.text, least)
        if self._bounds.text is not None and most is not None:
            most = max(min(most, _LONGEST), min(least, _LONGEST))
        return Text(min(least, _LONGEST), most)

    def _is_for_us(self, pattern: str) -> bool:
        """Is there a machine for it, and may there be another?"""
        self._room.patterns -= 1
        return self._room.patterns >= 0 and machine_of(pattern) is not None

    def _integer(self, schema: Mapping[str, Any]) -> Shape | None:
        return self._number(schema, is_whole=True)

    def _number(self, schema: Mapping[str, Any], *, is_whole: bool = False) -> Shape | None:
        low, is_over = _bound(schema, "minimum", "exclusiveMinimum", max)
        high, is_under = _bound(schema, "maximum", "exclusiveMaximum", min)
        number = Number(is_whole, low, high, is_over, is_under)
        if _is_empty(number):
            return None
        step = _real(schema.get("multipleOf"))
        return multiples_of(step, number) if step and step > _FINEST else number

    def _array(self, schema: Mapping[str, Any]) -> Shape | None:
        least, most = _count(schema, "minItems") or 0, _count(schema, "maxItems")
        items = schema.get("items", True)
        given = schema.get("prefixItems") or (items if isinstance(items, list) else [])
        first = [self.read(each) for each in given] if isinstance(given, list) else []
        if isinstance(items, list):
            items = schema.get("additionalItems", True)
        if given and not least:
            items = False  # a tuple: the narrower reading
        rest = self.read(items)
        if None in first:
            first = first[: first.index(None)]
            rest = None
        if most is not None:
            first = first[:most]
        more = None if most is None else most - len(first)
        return self._items(first, rest, max(0, least - len(first)), more)

    def _items(
        self, first: "list[Shape | None]", rest: Shape | None, least: int, most: int | None
    ) -> Shape | None:
        if (most is not None and most < least) or (rest is None and least) or least > _LONGEST:
            return None
        if most is None and self._bounds.items is not None:
            most = max(self._bounds.items, least)
        if most == 0:
            rest = None
        most = most if most is None else min(most, _LONGEST)
        return Items(rest, least, most, tuple(shape for shape in first if shape is not None))

    def _object(self, schema: Mapping[str, Any]) -> Shape | None:
        properties = schema.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        needed = [name for name in _list(schema, "required") if isinstance(name, str)]
        others = schema.get("additionalProperties", True)
        if not properties and not needed and others is not False:
            return self._table(schema, others)
        given = {**properties, **{name: others for name in needed if name not in properties}}
        fields = []
        for name, each in given.items():
            shape = self.read(each)
            if shape is not None:
                fields.append(Field(name, shape, name in needed))
            elif name in needed:
                return None
        return Record(_within_count(self._few(fields), schema))

    def _few(self, fields: list[Field]) -> list[Field]:
        """Without those that may be left out, where there are more than can be told apart."""
        left = self._bounds.ways or len(fields)
        kept = []
        for field in fields:
            left -= not field.is_required
            if field.is_required or left >= 0:
                kept.append(field)
        return kept

    def _table(self, schema: Mapping[str, Any], others: Any) -> Shape | None:
        least, most = _count(schema, "minProperties") or 0, _count(schema, "maxProperties")
        if least > _LONGEST:
            return None
        if "patternProperties" in schema and not others:
            return Record()
        if (value := self.read(others)) is None:
            return None if least else Record()
        if most is None and self._bounds.items is not None:
            most = max(self._bounds.items, least)
        if most is not None and most < least:
            return None
        return Table(value, least, most if most is None else min(most, _LONGEST))


def _within_count(fields: list[Field], schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """As few or as many of the optional ones as the schema counts."""
    needed = sum(field.is_required for field in fields)
    missing = (_count(schema, "minProperties") or 0) - needed
    most = _count(schema, "maxProperties")
    room = len(fields) if most is None else max(0, most - needed)
    kept = []
    for field in fields:
        if not field.is_required:
            if room <= 0:
                continue
            room -= 1
            if missing > 0:
                missing -= 1
                field = Field(field.name, field.shape)  # noqa: PLW2901 the same one, now needed
        kept.append(field)
    return tuple(kept)


def _fixed(values: list[Any], schema: Mapping[str, Any]) -> Shape | None:
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    fitting = [
        value for value in values[:_VALUES] if not isinstance(kinds, list) or _is_of(value, kinds)
    ]
    written = dict.fromkeys(filter(None, map(_written, fitting)))
    return Fixed(tuple(written)) if written else None


def _written(value: Any) -> bytes | None:
    """None for what we could not write as it came: half a pair, a number beyond 64 bits."""
    try:
        return _encode(value)
    except (OverflowError, UnicodeError):
        return None


def _is_of(value: Any, kinds: list[Any]) -> bool:
    if isinstance(value, bool):
        return "boolean" in kinds
    if isinstance(value, int | float):
        is_whole = isinstance(value, int) or value.is_integer()
        return "number" in kinds or ("integer" in kinds and is_whole)
    names = {str: "string", type(None): "null", list: "array", dict: "object"}
    return names[type(value)] in kinds


def _is_empty(number: Number) -> bool:
    if number.low is None or number.high is None:
        return False
    if number.is_whole:
        first, last = whole_bounds(number, number.low, number.high)
        return first > last
    is_point = number.low == number.high
    return number.low > number.high or (is_point and (number.is_over or number.is_under))


def _bound(
    schema: Mapping[str, Any], name: str, exclusive: str, pick: Any
) -> tuple[float | None, bool]:
    """The tighter of two bounds, and whether it is itself outside. Both drafts' spellings."""
    inner, outer = _real(schema.get(name)), _real(schema.get(exclusive))
    if outer is None:
        return inner, inner is not None and schema.get(exclusive) is True
    if inner is None or pick(inner, outer) == outer:
        return outer, True
    return inner, False


def _real(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 2**53:
        return None
    return value


def _count(schema: Mapping[str, Any], name: str) -> int | None:
    value = _real(schema.get(name))
    return int(value) if value is not None and value >= 0 else None


def _list(schema: Mapping[str, Any], name: str) -> list[Any]:
    value = schema.get(name)
    return value if isinstance(value, list) else []


def _without(schema: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != name}


def _resolve(root: Any, reference: str) -> Any:
    """What `#/a/b` points to; False where there is no such thing, or not here."""
    if not reference.startswith("#"):
        return False
    found = root
    for word in reference[1:].split("/")[1:]:
        key = word.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        else:
            return False
    return found
