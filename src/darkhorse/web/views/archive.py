"""`/archive`: every launch that is over."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from darkhorse.catalog.launch import PublicLaunch
from darkhorse.storage.figures import DayFigures
from darkhorse.web.numbers import brief
from darkhorse.web.views.days import peak
from darkhorse.web.views.known import Known
from darkhorse.web.views.moments import Moment, short_days
from darkhorse.web.views.past import PastLaunch, ended_us, past_launch

__all__ = ["ORDERS", "ArchivePage", "ArchiveRow", "Order", "archive_page"]


class Order(Struct, frozen=True):
    """A column that the table can be ordered by."""

    name: str  # in the address
    title: str


ORDERS = (
    Order("title", "Trial"),
    Order("who", "Who it was"),
    Order("ended", "Live"),
    Order("length", "For"),
    Order("requests", "Requests"),
    Order("tokens", "Tokens"),
)


class ArchiveRow(Struct, frozen=True, kw_only=True):
    """`requests` and `tokens` are None while they cannot be had, `peak` where there is none."""

    past: PastLaunch
    live: tuple[Moment, ...]  # its first and its last day, or the only one
    requests: int | None
    tokens: int | None
    tokens_told: str
    peak: Moment | None
    peak_told: str
    ended_us: int
    length_us: int


class ArchivePage(Struct, frozen=True, kw_only=True):
    """`rows` is None while it has never been read."""

    rows: tuple[ArchiveRow, ...] | None
    order: str
    is_figured: bool
    orders: tuple[Order, ...] = ORDERS


_KEYS: dict[str, Callable[[ArchiveRow], tuple[object, ...]]] = {
    "title": lambda row: (row.past.title.casefold(),),
    "who": lambda row: (not row.past.who, row.past.who.casefold()),
    "ended": lambda row: (-row.ended_us,),
    "length": lambda row: (-row.length_us,),
    "requests": lambda row: (-(row.requests or 0),),
    "tokens": lambda row: (-(row.tokens or 0),),
}


def archive_page(known: Known, days: Sequence[DayFigures], order: str) -> ArchivePage:
    """`days`: of all listings, ever. What is no order is the usual one: the last ended first."""
    order = order if order in _KEYS else "ended"
    if known.launches is None:
        return ArchivePage(rows=None, order=order, is_figured=False)
    peaks = peak(days)
    rows = [_row(each, known, peaks.get(each.listing.slug)) for each in known.past()]
    return ArchivePage(
        rows=tuple(sorted(rows, key=_KEYS[order])),
        order=order,
        is_figured=known.totals is not None,
    )


def _row(launch: PublicLaunch, known: Known, most: tuple[Moment, int] | None) -> ArchiveRow:
    figures = known.figures(launch.listing.slug)
    tokens = figures.prompt_tokens + figures.completion_tokens if figures else None
    began = launch.life.live_us or launch.life.created_us
    ended = ended_us(launch, known.now_us)
    return ArchiveRow(
        past=past_launch(launch, known),
        live=short_days(began, ended),
        requests=figures.requests if figures else None,
        tokens=tokens,
        tokens_told="" if tokens is None else brief(tokens),
        peak=most[0] if most else None,
        peak_told=brief(most[1]) if most else "",
        ended_us=ended,
        length_us=ended - began,
    )
