"""What anybody may know of the traffic: listings and apps by day, and what conversations cost."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from darkhorse.storage.accounting import (
    AppRow,
    AppSort,
    Period,
    RankingRow,
    SessionCost,
    TurnRange,
)
from darkhorse.storage.figures import TopicDay
from darkhorse.storage.ledger.account import date_of, day_of
from darkhorse.storage.ledger.facts import FactsFile
from darkhorse.storage.ledger.tables import app, app_day, conversation, listing_day

__all__ = ["LedgerDatasets", "Topics", "most_used_apps"]

Topics = Callable[[date, date, str | None], list[TopicDay]]
"""What was asked about from a day to another, of one listing or of all: `traits.topics`."""

_TOP = 50  # listings of a period that are named
_MOST_APPS = 200
_MOST_CELLS = 5500
_LEAST_KEYS = 5  # in a cell: of fewer, the median says what somebody in particular paid


def _no_topics(_first: date, _last: date, _listing: str | None) -> list[TopicDay]:
    return []


class LedgerDatasets:
    """`storage.accounting.Datasets` over the keeper's files; `topics` say what a category has."""

    def __init__(self, facts: Path, topics: Topics = _no_topics) -> None:
        self._facts = FactsFile(facts)
        self._topics = topics

    def rankings(
        self, first: date, last: date, period: Period = "day", category: str | None = None
    ) -> list[RankingRow]:
        """The 50 most used of each period, then one row `other` if there are more."""
        periods: defaultdict[date, Counter[str]] = defaultdict(Counter)
        counted = self._all(first, last) if category is None else self._of(category, first, last)
        for day, listing, tokens in counted:
            periods[_first_of(day, period)][listing] += tokens
        return [row for day in sorted(periods) for row in _ranked(day, periods[day])]

    def _all(self, first: date, last: date) -> list[tuple[date, str, int]]:
        tokens = listing_day.c.prompt_tokens + listing_day.c.completion_tokens
        span = listing_day.c.day.between(day_of(first), day_of(last))
        query = select(listing_day.c.day, listing_day.c.listing, tokens).where(span)
        with self._facts.read() as connection:
            if connection is None:
                return []
            return [(date_of(day), *rest) for day, *rest in connection.execute(query)]

    def _of(self, category: str, first: date, last: date) -> list[tuple[date, str, int]]:
        return [
            (date_of(topic.day), topic.listing, topic.tokens)
            for topic in self._topics(first, last, None)
            if topic.category == category
        ]

    def apps(self, first: date, last: date, sort: AppSort = "popular") -> list[AppRow]:
        """The first 200 by tokens, or by how much more than the mean of the three spans before."""
        with self._facts.read() as connection:
            if connection is None:
                return []
            return _named(connection, _apps(day_of(first), day_of(last), sort))

    def session_costs(self, last: date, days: int) -> list[SessionCost]:
        """Of conversations whose newest turn began in the `days` up to and with `last`."""
        with self._facts.read() as connection:
            if connection is None:
                return []
            recent = _recent(connection, day_of(last) - days + 1, day_of(last))
            cells = list(_session_costs(connection, recent))
        cells.sort(key=lambda cell: (cell.app_slug, cell.listing, _RANGES.index(cell.turns)))
        return cells[:_MOST_CELLS]

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._facts.close()


def _first_of(day: date, period: Period) -> date:
    if period == "week":
        return date.fromordinal(day.toordinal() - day.weekday())
    return day.replace(day=1) if period == "month" else day


def _ranked(day: date, tokens: Counter[str]) -> Iterator[RankingRow]:
    ordered = sorted(tokens.items(), key=lambda each: (-each[1], each[0]))
    for listing, count in ordered[:_TOP]:
        yield RankingRow(day=day, listing=listing, tokens=count)
    if rest := ordered[_TOP:]:
        yield RankingRow(day=day, listing="other", tokens=sum(count for _, count in rest))


def most_used_apps(
    connection: Connection, first: int, last: int, listing: str | None, limit: int
) -> list[AppRow]:
    """By tokens, of days since the epoch, both counted; of one listing, or of all together."""
    query = _apps(first, last, "popular", listing).limit(limit)
    return _named(connection, query)


def _named(connection: Connection, query: Select[Any]) -> list[AppRow]:
    return [
        AppRow(rank=rank, **{**row, "name": row["name"] or row["slug"]})
        for rank, row in enumerate(connection.execute(query).mappings(), 1)
    ]


def _apps(first: int, last: int, sort: AppSort, listing: str | None = None) -> Select[Any]:
    """Tokens and requests of the span, and for a trend the tokens of the three before it.

    Names come after the sums: there are few apps, and very many rows.
    """
    since = first if sort == "popular" else first - 3 * (last - first + 1)
    now = app_day.c.day >= first
    tokens = func.sum(case((now, app_day.c.tokens), else_=0))
    before = func.sum(case((now, 0), else_=app_day.c.tokens))
    requests = func.sum(case((now, app_day.c.requests), else_=0))
    weight = 3 * tokens - before  # of a popular one, nothing was before
    sums = (
        select(
            app_day.c.app,
            tokens.label("tokens"),
            requests.label("requests"),
            weight.label("weight"),
        )
        .where(app_day.c.day.between(since, last) if listing is None else _of(listing, since, last))
        .group_by(app_day.c.app)
        .subquery()
    )
    return (
        select(app.c.app, app.c.slug, app.c.name, sums.c.tokens, sums.c.requests)
        .join(sums, app.c.app == sums.c.app)
        .where(sums.c.weight > 0)
        .order_by(sums.c.weight.desc(), app.c.slug)
        .limit(_MOST_APPS)
    )


def _of(listing: str, first: int, last: int) -> ColumnElement[bool]:
    """Day by day, so that rows of other listings are not looked at."""
    return and_(app_day.c.day.in_(range(first, last + 1)), app_day.c.listing == listing)


# --- what conversations cost ---

_RANGES: tuple[TurnRange, ...] = ("1-turn", "2-9-turns", "10-49-turns", "50-plus-turns")
_TURNS = case(
    (conversation.c.turns == 1, _RANGES[0]),
    (conversation.c.turns < 10, _RANGES[1]),
    (conversation.c.turns < 50, _RANGES[2]),
    else_=_RANGES[3],
)


def _recent(connection: Connection, first: int, last: int) -> ColumnElement[bool]:
    """Conversations of these days; without the index where it would lead to most of them."""
    day = conversation.c.last_day
    indexed = day.between(first, last)
    many = connection.execute(select(func.count()).where(indexed)).scalar_one()
    of_all = connection.execute(select(func.count()).select_from(conversation)).scalar_one()
    return indexed if many * 4 < of_all else (day + 0).between(first, last)


def _session_costs(connection: Connection, recent: ColumnElement[bool]) -> Iterator[SessionCost]:
    """Medians of the cells that are wide enough; the others are not looked into."""
    wide: defaultdict[tuple[int, str], set[TurnRange]] = defaultdict(set)
    for number, listing, turns in connection.execute(_wide_cells(recent)):
        wide[number, listing].add(turns)
    for (number, listing), ranges in wide.items():
        named = connection.execute(
            select(app.c.slug, app.c.name).where(app.c.app == number)
        ).first()
        if named is None:
            continue
        for turns, costs in _costs(connection, recent, number, listing):
            if turns in ranges:
                yield SessionCost(
                    app_slug=named.slug,
                    app_name=named.name or named.slug,
                    listing=listing,
                    turns=turns,
                    median_micro_usd=_median(costs),
                )


def _wide_cells(recent: ColumnElement[bool]) -> Select[Any]:
    """Those in which enough keys have a conversation."""
    talk = conversation.c
    return (
        select(talk.app, talk.listing, _TURNS.label("turns"))
        .where(recent)
        .group_by(talk.app, talk.listing, _TURNS)
        .having(func.count(talk.key.distinct()) >= _LEAST_KEYS)
    )


def _costs(
    connection: Connection, recent: ColumnElement[bool], number: int, listing: str
) -> Iterator[tuple[TurnRange, list[tuple[int, int]]]]:
    """How often each cost occurs, by range."""
    talk = conversation.c
    query = (
        select(_TURNS.label("turns"), talk.micro_usd, func.count().label("times"))
        .where(recent, talk.app == number, talk.listing == listing)
        .group_by(_TURNS, talk.micro_usd)
        .order_by(_TURNS, talk.micro_usd)
    )
    for turns, rows in groupby(connection.execute(query), key=lambda row: row.turns):
        yield turns, [(row.micro_usd, row.times) for row in rows]


def _median(costs: Sequence[tuple[int, int]]) -> float:
    """Of values and how often each occurs, ascending: the middle one, or the mean of two."""
    many = sum(times for _, times in costs)
    ends = list(accumulate(times for _, times in costs))
    lower, upper = (costs[bisect_right(ends, at)][0] for at in ((many - 1) // 2, many // 2))
    return (lower + upper) / 2
