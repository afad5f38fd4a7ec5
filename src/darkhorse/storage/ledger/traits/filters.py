"""Which index answers which question about rows.

SQLite is told: one filter, the one that leaves fewest rows, is asked of an index; the others stand
behind a `+`, which keeps the planner from choosing theirs. All of these indexes go by time, so that
the newest rows are found without sorting.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, or_, select

from darkhorse.storage.ledger.traits.tables import listing, trait
from darkhorse.storage.ledger.traits.tally import TROUBLES
from darkhorse.storage.traits import TraitFilters

__all__ = ["conditions", "of_key", "unindexed"]

_FEWEST_FIRST = ("session", "signature", "key", "person", "odd", "app", "category", "language")
_WITH_LISTING = ("listing", "category", "language", "tools")
_TIMES = ("since_us", "until_us")
_KEY = 16  # characters of a hash that are indexed

_Condition = ColumnElement[bool]


def conditions(filters: TraitFilters, before: tuple[int, str] | None) -> list[_Condition]:
    """What rows of `trait` have to be, to go behind `before` too."""
    driver = _driver(filters)
    asked = {
        name: value
        for name in TraitFilters.__struct_fields__
        if name not in _TIMES and (value := getattr(filters, name)) is not None
    }
    if not filters.is_amiss:
        del asked["is_amiss"]
    found = [_condition(name, value, driver) for name, value in asked.items()]
    if driver == "odd":  # in these words SQLite sees that its index holds all that is asked for
        found.append(literal_column("is_plain = 0"))
    return [*found, *_time(filters, before)]


def _driver(filters: TraitFilters) -> str:
    """The filter whose index is read; "listing" where there is none."""
    for name in _FEWEST_FIRST:
        if name == "odd":
            if _is_odd(filters):
                return name
        elif getattr(filters, name) not in (None, ""):
            return name
    return "tools" if filters.tools is not None else "listing"


def _is_odd(filters: TraitFilters) -> bool:
    """Does it ask for such as are in the index of those that are not done and well?"""
    is_asked = bool(filters.trouble or filters.error_type or filters.is_amiss)
    return is_asked or filters.outcome not in (None, "done")


def _time(filters: TraitFilters, before: tuple[int, str] | None) -> list[_Condition]:
    at_us = trait.c.at_us
    bounds: list[_Condition] = []
    if filters.since_us is not None:
        bounds.append(at_us >= filters.since_us)
    if filters.until_us is not None:
        bounds.append(at_us < filters.until_us)
    if before is not None:
        bounds.append(at_us <= before[0])
        bounds.append(or_(unindexed("at_us") < before[0], trait.c.id < before[1]))
    return bounds


def _condition(name: str, value: Any, driver: str) -> _Condition:
    """What one filter asks for."""
    found: _Condition
    match name:
        case "listing":
            found = _column(name, name if driver in _WITH_LISTING else driver) == _number(value)
        case "key" if driver == name:
            found = of_key(value)
        case "session" | "signature" if driver == name:
            found = and_(trait.c[name] == value, literal_column(f"{name} <> ''"))
        case "outcome" if value == "running":
            found = unindexed("outcome").is_(None)
        case "trouble":
            found = unindexed("troubles").op("&")(1 << TROUBLES.index(value)) != 0
        case _:
            found = _column(name, driver) == value
    return found


def of_key(key: str) -> _Condition:
    """Which rows are of a key's hash."""
    return and_(_key_begins == key[:_KEY], unindexed("key") == key)


_key_begins: ColumnElement[str] = literal_column(f"substr(trait.key, 1, {_KEY})")
"""As the index has it, letter by letter: with bound numbers SQLite would not know it again."""


def _number(slug: str) -> Any:
    return select(listing.c.number).where(listing.c.slug == slug).scalar_subquery()


def _column(name: str, driver: str) -> ColumnElement[Any]:
    return trait.c[name] if name == driver else unindexed(name)


def unindexed(name: str) -> ColumnElement[Any]:
    """A column of `trait` for whose sake no index is chosen."""
    return literal_column(f"+trait.{name}")
