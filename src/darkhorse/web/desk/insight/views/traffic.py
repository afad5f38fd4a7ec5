"""Generations as they come, and any list of them with its filters."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from darkhorse.storage.insight import Now
from darkhorse.storage.launch_view import Window
from darkhorse.storage.traits import FacetSum
from darkhorse.web.desk.insight.views.chips import Chip
from darkhorse.web.desk.insight.views.overview import Tile
from darkhorse.web.desk.insight.views.rows import RowList
from darkhorse.web.desk.insight.views.words import OUTCOMES, TROUBLES, language
from darkhorse.web.numbers import brief, ms, speed
from darkhorse.web.views.topics import category_name

__all__ = ["Field", "ListPage", "fields_of", "now_tiles"]

_MOST_OPTIONS = 60


class Field(Struct, frozen=True, kw_only=True):
    """A <select> of the form of filters: pairs of value and words."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]


class ListPage(Struct, frozen=True, kw_only=True):
    """`live` is the address of its stream; empty where it is not followed."""

    rows: RowList
    chips: tuple[Chip, ...]
    fields: tuple[Field, ...]
    tiles: tuple[Tile, ...] = ()
    live: str = ""
    pause: str = ""
    go_on: str = ""
    csv: str = ""
    json: str = ""
    behind: int | None = 0


def now_tiles(now: Now) -> tuple[Tile, ...]:
    """The last minute, with the last five beside it."""
    minute, five = now.minute, now.five_minutes
    return (
        Tile("Running", f"{now.running:,}"),
        Tile(
            "Requests a minute",
            f"{minute.requests:,}",
            f"{five.requests / 5:.1f} over five minutes",
        ),
        Tile(
            "Tokens a minute",
            brief(_tokens(minute)),
            f"{brief(_tokens(five))} over five minutes",
        ),
        Tile("People", f"{minute.people:,}", f"in a minute, {five.people:,} in five"),
        Tile("Failed", f"{_failed(minute):,}", f"in a minute, {_failed(five):,} in five"),
        Tile(
            "First token",
            ms(minute.first_token_ms.p50),
            f"p90 {ms(minute.first_token_ms.p90)}",
        ),
        Tile(
            "Speed of a stream",
            speed(minute.tokens_per_second.p50),
            f"{speed(five.tokens_per_second.p50)} over five minutes",
        ),
    )


def _tokens(window: Window) -> float:
    return window.prompt_tokens_per_minute + window.completion_tokens_per_minute


def _failed(window: Window) -> int:
    return sum(window.outcomes.get(each, 0) for each in ("failed", "interrupted"))


def fields_of(
    asked: Mapping[str, str],
    categories: Sequence[FacetSum],
    languages: Sequence[FacetSum],
    apps: Mapping[int, str],
) -> tuple[Field, ...]:
    """What there is to choose from: values that were met, and the one that is chosen."""
    topics = [(each.value, category_name(each.value)) for each in categories]
    tongues = [(each.value or "none", language(each.value)) for each in languages]
    named = [(str(number), name) for number, name in apps.items()]
    return (
        _field("category", "Category", asked, topics),
        _field("language", "Language", asked, tongues),
        _field("app", "App", asked, [("0", "named no app"), *named]),
        _field("outcome", "Outcome", asked, [(each, each) for each in OUTCOMES]),
        _field("trouble", "Trouble", asked, [(name, said[0]) for name, said in TROUBLES.items()]),
        _field("tools", "Tools", asked, [("yes", "offered"), ("no", "none")]),
    )


def _field(
    name: str, label: str, asked: Mapping[str, str], options: Iterable[tuple[str, str]]
) -> Field:
    value = asked.get(name, "")
    shown = list(options)[:_MOST_OPTIONS]
    if value and value not in {each for each, _ in shown}:
        shown.append((value, value))
    return Field(name=name, label=label, value=value, options=tuple(shown))
