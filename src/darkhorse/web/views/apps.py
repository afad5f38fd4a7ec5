"""Apps that named themselves. A name is a stranger's word: cut, escaped, and no link."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from darkhorse.storage.accounting import AppRow
from darkhorse.web.numbers import brief

__all__ = ["MOST_APPS", "AppLine", "app_lines", "shorter", "trending"]

MOST_APPS = 200
"""Apps that are read; a page shows fewer."""

_SHOWN = 10
_NAME = 60  # characters


class AppLine(Struct, frozen=True):
    """A line of a table."""

    name: str
    tokens: str
    requests: int


def app_lines(apps: Iterable[AppRow]) -> tuple[AppLine, ...]:
    """The first ten."""
    return tuple(
        AppLine(shorter(each.name, _NAME), brief(each.tokens), each.requests)
        for each, _ in zip(apps, range(_SHOWN), strict=False)
    )


def trending(now: Sequence[AppRow], before: Iterable[AppRow]) -> list[AppRow]:
    """By how much more they use than a mean span of the three before; those that use less, not."""
    used = {each.app: each.tokens for each in before}
    grown = {each.app: 3 * each.tokens - used.get(each.app, 0) for each in now}
    return sorted(
        (each for each in now if grown[each.app] > 0),
        key=lambda each: (-grown[each.app], each.rank),
    )


def shorter(text: str, most: int) -> str:
    """At most so many characters, the last of them an ellipsis where some were cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
