"""How long the questions take that pages, the API and the operator ask."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger.account import LedgerAccount
from darkhorse.storage.ledger.datasets import LedgerDatasets
from darkhorse.storage.ledger.facts import PublicFactsReader
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.lookup import LedgerGenerations
from darkhorse.storage.ledger.operator import OperatorFacts
from darkhorse.storage.ledger.search.find import Search
from darkhorse.storage.ledger.table.query import Filters, GenerationsList
from growing import writing

_TIMES = 9
_WORD = "pliodjiong"  # of the prose; a rather frequent one
_DAYS = 30  # that rankings and activity look back

Question = Callable[[int], Any]  # is given a number that differs each time


def latencies_ms(data: Path, written: int) -> dict[str, float]:
    """The median of each question; what was just written is in the page cache."""
    with contextlib.ExitStack() as stack:
        asked = dict(questions(stack, data, written))
        return {name: median_ms(ask) for name, ask in asked.items()}


def median_ms(ask: Question) -> float:
    spent = []
    for number in range(_TIMES):
        before = time.perf_counter()
        answer = ask(number)
        spent.append(time.perf_counter() - before)
        assert answer, "an empty answer is no measurement"
    return round(statistics.median(spent) * 1000, 2)


def questions(
    stack: contextlib.ExitStack, data: Path, written: int
) -> Iterator[tuple[str, Question]]:
    layout = Layout(data)
    public, operator = PublicFactsReader(layout.facts), OperatorFacts(layout.facts)
    account, datasets = LedgerAccount(layout.facts), LedgerDatasets(layout.facts)
    listed = GenerationsList(layout.facts, layout.table)
    search = Search(layout)
    for reader in (public, operator, account, datasets, listed, search):
        stack.callback(reader.close)
    now_us = writing.at_us(written)
    last = _day(now_us)
    first = last - timedelta(days=_DAYS)
    yield "rankings_daily", lambda _: datasets.rankings(first, last)
    yield "listing_page", lambda _: public.totals()
    yield "launch_view", lambda n: operator.launch_view(writing.slug(n % 4), now_us)
    yield "activity", lambda _: account.activity(first, last)
    yield "activity_of_a_key", lambda n: account.activity(first, last, writing.key(n))
    yield "newest", lambda _: list(listed.newest(Filters()))
    yield "filtered", lambda n: list(listed.newest(_filters(n, written)))
    yield "search", lambda _: search.find(_WORD, limit=20).hits
    yield from _contents(stack, layout, written)


def _filters(number: int, written: int) -> Filters:
    """Time, listing, key, app and finish at once: few rows, and old ones among them."""
    app = app_of(writing.app_url(number % 3), "")
    return Filters(
        since_us=writing.at_us(0),
        until_us=writing.at_us(written - written // 10 - number),
        listing=writing.slug(0),
        key=writing.key(number % 3),
        app=app.id if app else None,
        finish="stop",
    )


def _contents(
    stack: contextlib.ExitStack, layout: Layout, written: int
) -> Iterator[tuple[str, Question]]:
    """A generation's bodies by its id: anywhere in the ledger."""
    loop = asyncio.new_event_loop()
    stack.callback(loop.close)
    generations = LedgerGenerations(layout)
    stack.callback(generations.close)

    def content(number: int) -> Any:
        name = writing.name((number + 1) * written // (_TIMES + 2))
        return loop.run_until_complete(generations.content(name, None, lambda found: found))

    yield "content_by_id", content


def _day(us: int) -> date:
    return datetime.fromtimestamp(us / 1e6, UTC).date()
