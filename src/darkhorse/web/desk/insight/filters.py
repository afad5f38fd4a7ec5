"""Which generations a list shows: `?category=programming&outcome=failed`."""

from collections.abc import Mapping
from typing import Any, get_args

from darkhorse.base.errors import ConfigError
from darkhorse.storage.traits import TraitFilters, Trouble
from darkhorse.web.desk.frame import Place
from darkhorse.web.desk.insight.views.times import whole
from darkhorse.web.desk.insight.views.words import OUTCOMES

__all__ = ["NAMES", "read_before", "read_filters"]

NAMES = (
    *("category", "language", "app", "outcome", "trouble", "tools"),
    *("error", "signature", "key", "person", "session", "amiss"),
)
"""What a query may say, beside launch and span."""

_LONGEST = 300
_DIGITS = 18


def read_filters(place: Place, asked: Mapping[str, str]) -> TraitFilters:
    """Raises ConfigError for a value that none can have."""
    span = whole(place.span)
    given = {name: asked[name][:_LONGEST] for name in NAMES if asked.get(name)}
    taken: dict[str, Any] = {
        name: given[name] for name in ("category", "key", "person", "session") if name in given
    }
    if "language" in given:
        taken["language"] = "" if given["language"] == "none" else given["language"]
    if "error" in given:
        taken["error_type"] = given["error"]
    if "signature" in given:
        taken["signature"] = given["signature"]
    if "app" in given:
        taken["app"] = _app(given["app"])
    if "outcome" in given:
        taken["outcome"] = _one_of("outcome", given["outcome"], OUTCOMES)
    if "trouble" in given:
        taken["trouble"] = _one_of("trouble", given["trouble"], get_args(Trouble))
    if "tools" in given:
        taken["tools"] = _one_of("tools", given["tools"], ("yes", "no")) == "yes"
    return TraitFilters(
        listing=place.listing,
        since_us=span.since_us,
        until_us=span.until_us,
        is_amiss="amiss" in given,
        **taken,
    )


def read_before(text: str) -> tuple[int, str] | None:
    """`at_us,id` of the last one shown; None where it is empty, or none."""
    at_us, comma, name = text[:_LONGEST].partition(",")
    if not (comma and at_us.isascii() and at_us.isdecimal() and len(at_us) <= _DIGITS):
        return None
    return int(at_us), name


def _one_of(name: str, value: str, those: tuple[Any, ...]) -> Any:
    if value not in those:
        raise ConfigError(f"`{value[:40]}` is no {name}; choose {', '.join(those)}.")
    return value


def _app(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) <= _DIGITS):
        raise ConfigError(f"`{value[:40]}` is no app's number; choose one from the list.")
    return int(value)
