"""The part of JSON Schema that every grammar compiler can follow, as values.

A shape says which JSON an engine may write. It is made from a schema by `shapes.py` and becomes a
schema again, or llama.cpp's GBNF (`schema.py`, `gbnf.py`).
"""

from typing import Any

from msgspec import Struct

__all__ = [
    "Anything",
    "Either",
    "Field",
    "Fixed",
    "Items",
    "Number",
    "Record",
    "Shape",
    "Table",
    "Text",
    "one_of",
]


class Fixed(Struct, frozen=True):
    """One of a few values, each as compact JSON."""

    values: tuple[bytes, ...]


class Text(Struct, frozen=True):
    """A string of so many characters; `most` None: as many as it likes.

    With a `pattern`, its end is the pattern's.
    """

    least: int = 0
    most: int | None = None
    format: str = ""
    pattern: str = ""


class Number(Struct, frozen=True):
    """A number; `low` and `high` belong to it, unless they are said to be `over` or `under`.

    `places`: at most so many behind the point; None: as many as it likes.
    """

    is_whole: bool = False
    low: float | None = None
    high: float | None = None
    is_over: bool = False
    is_under: bool = False
    places: int | None = None


class Items(Struct, frozen=True):
    """An array: `first` in their order, then up to `most` and at least `least` of `rest`."""

    rest: "Shape | None" = None
    least: int = 0
    most: int | None = None
    first: "tuple[Shape, ...]" = ()


class Field(Struct, frozen=True):
    """A property of a record."""

    name: str
    shape: "Shape"
    is_required: bool = True


class Record(Struct, frozen=True):
    """An object with these properties, in this order, and no others."""

    fields: tuple[Field, ...] = ()


class Table(Struct, frozen=True):
    """An object with any names."""

    value: "Shape"
    least: int = 0
    most: int | None = None


class Either(Struct, frozen=True):
    """One of several shapes."""

    options: "tuple[Shape, ...]"


class Anything(Struct, frozen=True):
    """Any JSON, nested as deep as `depth` where depth can be bounded."""

    depth: int = 2


Shape = Fixed | Text | Number | Items | Record | Table | Either | Anything


def one_of(options: "list[Shape]") -> "Shape | None":
    """A choice of what there is to choose from; None where there is nothing."""
    flat: dict[Any, None] = {}
    for option in options:
        flat.update(dict.fromkeys(option.options if isinstance(option, Either) else (option,)))
    if len(flat) > 1:
        return Either(tuple(flat))
    return next(iter(flat), None)
