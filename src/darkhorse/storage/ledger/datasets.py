"""What anybody may know of the traffic: listings and apps by day, and what conversations cost."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import structs
from sqlalchemy import ColumnElement, Select, Subquery, case, func, select

from darkhorse.storage.accounting import AppRow, AppSort, Period, RankingRow, SessionCost
from darkhorse.storage.ledger.account import date_of, day_of
from darkhorse.storage.ledger.facts import FactsFile
from darkhorse.storage.ledger.tables import app, app_day, conversation, listing_day

__all__ = ["LedgerDatasets"]

_TOP = 50  # listings of a period that are named
_MOST_APPS = 200
_MOST_CELLS = 5500
_LEAST_KEYS = 5  # in a cell: of fewer, the median says what somebody in particular paid


class LedgerDatasets:
    """`storage.accounting.Datasets` over the keeper's file."""

    def __init__(self, facts: Path) -> None:
        self._facts = FactsFile(facts)

    def rankings(self, first: date, last: date, period: Period = "day") -> list[RankingRow]:
        """The 50 most used of each period, then one row `other` if there are more."""
        tokens = listing_day.c.prompt_tokens + listing_day.c.completion_tokens
        span = listing_day.c.day.between(day_of(first), day_of(last))
        periods: defaultdict[date, Counter[str]] = defaultdict(Counter)
        with self._facts.read() as connection:
            if connection is None:
                return []
            query = select(listing_day.c.day, listing_day.c.listing, tokens).where(span)
            for day, listing, count in connection.execute(query):
                periods[_first_of(date_of(day), period)][listing] += count
        return [row for day in sorted(periods) for row in _ranked(day, periods[day])]

    def apps(self, first: date, last: date, sort: AppSort = "popular") -> list[AppRow]:
        """The first 200 by tokens, or by how much more than the mean of the three spans before."""
        with self._facts.read() as connection:
            if connection is None:
                return []
            rows = connection.execute(_apps(day_of(first), day_of(last), sort)).mappings()
            return [
                AppRow(rank=rank, **{**row, "name": row["name"] or row["slug"]})
                for rank, row in enumerate(rows, 1)
            ]

    def session_costs(self, last: date, days: int) -> list[SessionCost]:
        """Of conversations whose newest turn began in the `days` up to and with `last`."""
        query = _session_costs(day_of(last) - days + 1, day_of(last))
        with self._facts.read() as connection:
            if connection is None:
                return []
            rows = connection.execute(query).mappings()
            cells = [SessionCost(**row) for row in rows]
        return [structs.replace(each, app_name=each.app_name or each.app_slug) for each in cells]

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


def _apps(first: int, last: int, sort: AppSort) -> Select[Any]:
    """Tokens and requests of the span, and for a trend the tokens of the three before it."""
    since = first if sort == "popular" else first - 3 * (last - first + 1)
    now = app_day.c.day >= first
    tokens = func.sum(case((now, app_day.c.tokens), else_=0))
    before = func.sum(case((now, 0), else_=app_day.c.tokens))
    weight = 3 * tokens - before  # of a popular one, nothing was before
    return (
        select(
            app.c.app,
            app.c.slug,
            app.c.name,
            tokens.label("tokens"),
            func.sum(case((now, app_day.c.requests), else_=0)).label("requests"),
        )
        .join(app, app.c.app == app_day.c.app)
        .where(app_day.c.day.between(since, last))
        .group_by(app.c.app)
        .having(weight > 0)
        .order_by(weight.desc(), app.c.slug)
        .limit(_MOST_APPS)
    )


_TURNS = case(
    (conversation.c.turns == 1, "1-turn"),
    (conversation.c.turns < 10, "2-9-turns"),
    (conversation.c.turns < 50, "10-49-turns"),
    else_="50-plus-turns",
)


def _session_costs(first: int, last: int) -> Select[Any]:
    """Medians: the one or two in the middle of each cell that is wide enough."""
    talk = conversation.c
    recent = talk.last_day.between(first, last)
    cell = (talk.app, talk.listing, _TURNS)
    talks = (
        select(
            talk.app,
            talk.listing,
            _TURNS.label("turns"),
            talk.turns.label("length"),
            talk.micro_usd,
            func.row_number().over(partition_by=cell, order_by=talk.micro_usd).label("at"),
            func.count().over(partition_by=cell).label("many"),
        )
        .where(recent)
        .subquery()
    )
    each, wide = talks.c, _wide_cells(recent).c
    middle = each.at.in_((func.floor((each.many + 1) / 2), func.floor((each.many + 2) / 2)))
    return (
        select(
            app.c.slug.label("app_slug"),
            app.c.name.label("app_name"),
            each.listing,
            each.turns,
            func.avg(each.micro_usd).label("median_micro_usd"),
        )
        .join(app, app.c.app == each.app)
        .where(wide.app == each.app, wide.listing == each.listing, wide.turns == each.turns)
        .where(middle)
        .group_by(app.c.slug, app.c.name, each.listing, each.turns)
        .order_by(app.c.slug, each.listing, func.min(each.length))
        .limit(_MOST_CELLS)
    )


def _wide_cells(recent: ColumnElement[bool]) -> Subquery:
    """Those in which enough keys have a conversation."""
    talk = conversation.c
    cell = (talk.app, talk.listing, _TURNS)
    keys = func.count(talk.key.distinct())
    return (
        select(talk.app, talk.listing, _TURNS.label("turns"))
        .where(recent)
        .group_by(*cell)
        .having(keys >= _LEAST_KEYS)
        .subquery()
    )
