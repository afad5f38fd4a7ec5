"""A figure that an open page keeps true: made once for the page, and again for its stream."""

from collections.abc import Iterable

from markupsafe import Markup, escape
from msgspec import Struct

from darkhorse.catalog.rhythm import Rhythm
from darkhorse.storage.figures import HourFigures
from darkhorse.web.numbers import brief, ms, percent, speed
from darkhorse.web.views.known import Figures

__all__ = ["Tile", "pace_tiles", "puts", "so_far", "use_tiles"]


class Tile(Struct, frozen=True, kw_only=True):
    """`id` is of the element that holds it."""

    id: str
    name: str
    value: str
    note: str = ""

    @property
    def html(self) -> Markup:
        """What stands inside the element."""
        note = Markup("<small>{}</small>").format(self.note) if self.note else Markup("")
        return escape(self.value) + note


def puts(tiles: Iterable[Tile]) -> dict[str, str]:
    """For static/live.js: by element."""
    return {tile.id: str(tile.html) for tile in tiles}


def so_far(rhythm: Rhythm) -> str:
    """How far a live listing's figures reach, behind their names (storage.figures.settled_day)."""
    return " on past days" if rhythm.is_paced else " so far"


def use_tiles(figures: Figures | None, slug: str, when: str = "") -> tuple[Tile, ...]:
    """How much it was used; `when` goes on with the names."""
    if figures is None:
        return ()
    asked, answered = figures.prompt_tokens, figures.completion_tokens
    return (
        Tile(id=f"requests-{slug}", name=f"Requests{when}", value=f"{figures.requests:,}"),
        Tile(
            id=f"tokens-{slug}",
            name=f"Tokens{when}",
            value=brief(asked + answered),
            note=f"{brief(asked)} prompt, {brief(answered)} answer",
        ),
    )


def pace_tiles(quality: HourFigures | None, slug: str, *, is_paced: bool) -> tuple[Tile, ...]:
    """How well it answers; no pace where an envelope makes it."""
    if quality is None:
        return ()
    first, rate = quality.first_token_ms, quality.tokens_per_second
    uptime = Tile(id=f"uptime-{slug}", name="Uptime", value=percent(quality.uptime))
    if is_paced:
        return (uptime,)
    return (
        uptime,
        Tile(id=f"first-{slug}", name="First token", value=ms(first.p50), note="median"),
        Tile(id=f"speed-{slug}", name="Throughput", value=speed(rate.p50), note="median"),
    )
