"""`/activity`: one key's own pages, for the browser that holds the key. No endpoint is in reach."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from darkhorse.accounts.subjects import effective
from darkhorse.base.clock import Clock
from darkhorse.catalog.launch import PublicLaunch
from darkhorse.catalog.limits import Limits
from darkhorse.storage.accounting import AccountFacts, Generations, OwnGeneration, OwnGenerations
from darkhorse.storage.ports import KeyRecord, PublicLaunches
from darkhorse.web.activity.export import csv_head, csv_rows, json_rows
from darkhorse.web.activity.flowing import Rhythms, shown
from darkhorse.web.activity.generation import OneGeneration
from darkhorse.web.activity.views import (
    PAGE,
    ActivityPage,
    Rows,
    activity_page,
    rows_of,
    today_of,
)
from darkhorse.web.playground.own_key import OWN, OwnKeys
from darkhorse.web.rendering import Renderer

__all__ = ["Means", "activity_routes"]

_DAYS = 30
_AT_ONCE = 1_000  # rows of an export in memory
_DAY_US = 86_400_000_000
_BEFORE = re.compile(r"([0-9]{1,18})\.(gen-[0-9A-Za-z-]{1,80})")


class Means(Struct, frozen=True, kw_only=True):
    """What my activity reads. `default` are the server's limits on every key."""

    launches: PublicLaunches
    facts: AccountFacts
    own: OwnGenerations
    generations: Generations
    default: Limits


def activity_routes(means: Means, keys: OwnKeys, render: Renderer, clock: Clock) -> list[BaseRoute]:
    """Each answers for the key in the cookie, and shows the key's form without one."""
    pages = _Activity(means, keys, render, clock)
    return [
        Route("/activity", pages.show),
        Route("/activity/export", pages.export),
        Route("/activity/{generation}", pages.generation),
    ]


class _Activity:
    """The handlers."""

    def __init__(self, means: Means, keys: OwnKeys, render: Renderer, clock: Clock) -> None:
        self._means = means
        self._keys = keys
        self._render = render
        self._clock = clock
        self._one = OneGeneration(means.generations, clock)

    async def show(self, request: Request) -> Response:
        held = await self._keys.held(request)
        if held.key is None:
            return self._keyless(held.problem)
        before = _before(request.query_params.get("before", ""))
        rows = await asyncio.to_thread(self._rows, held.key.hash, before)
        if request.headers.get("hx-request"):
            return self._render.page("activity_rows.html", headers=OWN, list=rows)
        return await self._page(held.key, rows, is_first=before is None)

    async def generation(self, request: Request) -> Response:
        held = await self._keys.held(request)
        if held.key is None:
            return self._keyless(held.problem)
        rhythms = await asyncio.to_thread(self._rhythms)
        name = request.path_params["generation"]
        page = await self._one.page(name, held.key.hash, rhythms)
        if page is None:
            return self._render.page("activity_missing.html", status=404, headers=OWN)
        return self._render.page("activity_generation.html", headers=OWN, page=page)

    async def export(self, request: Request) -> Response:
        held = await self._keys.held(request)
        if held.key is None:
            return self._keyless(held.problem)
        query = request.query_params
        days = _days(query.get("first", ""), query.get("last", ""))
        if days is None:
            rows = await asyncio.to_thread(self._rows, held.key.hash, None)
            typed = query.get("first", "")[:20], query.get("last", "")[:20]
            return await self._page(held.key, rows, is_first=True, typed=typed)
        is_json = query.get("format") == "json"
        name = f"darkhorse-{days[0]}-{days[1]}.{'json' if is_json else 'csv'}"
        pieces = self._pieces(held.key.hash, *days)
        return StreamingResponse(
            _as_json(pieces) if is_json else _as_csv(pieces),
            media_type="application/json" if is_json else "text/csv; charset=utf-8",
            headers={**OWN, "Content-Disposition": f'attachment; filename="{name}"'},
        )

    # --- what they are made of ---

    def _keyless(self, problem: str) -> Response:
        page = ActivityPage(key=None, problem=problem)
        return self._render.page("activity.html", headers=OWN, page=page)

    async def _page(
        self, key: KeyRecord, rows: Rows, *, is_first: bool, typed: tuple[str, str] | None = None
    ) -> Response:
        page = await asyncio.to_thread(self._whole, key, rows, is_first=is_first, typed=typed)
        status = 422 if typed else 200
        return self._render.page("activity.html", status=status, headers=OWN, page=page)

    def _whole(
        self, key: KeyRecord, rows: Rows, *, is_first: bool, typed: tuple[str, str] | None
    ) -> ActivityPage:
        now_us = self._clock.now_us()
        today = today_of(now_us)
        days = self._means.facts.activity(today - timedelta(days=_DAYS - 1), today, key.hash)
        limits = effective(key.limits, self._means.default)
        spent = 0
        if limits.spend_usd is not None:
            spent = self._means.facts.key_use([key.hash], now_us)[key.hash].total.micro_usd
        return activity_page(
            key, limits, spent, days, rows, today, is_first=is_first, typed=typed or ()
        )

    def _rows(self, key: str, before: tuple[int, str] | None) -> Rows:
        found = self._means.own.newest(key, limit=PAGE + 1, before=before)
        return rows_of(found, self._rhythms(), self._clock.now_us())

    def _rhythms(self) -> Rhythms:
        launches: list[PublicLaunch] = self._means.launches.launches()
        return {each.listing.slug: each.listing.rhythm for each in launches}

    async def _pieces(
        self, key: str, first: date, last: date
    ) -> AsyncIterator[list[OwnGeneration]]:
        since_us, until_us = _us(first), _us(last) + _DAY_US
        rhythms = await asyncio.to_thread(self._rhythms)
        before: tuple[int, str] | None = None

        def read() -> list[OwnGeneration]:
            return self._means.own.newest(
                key, since_us=since_us, until_us=until_us, limit=_AT_ONCE, before=before
            )

        while rows := await asyncio.to_thread(read):
            before = rows[-1].at_us, rows[-1].id
            now_us = self._clock.now_us()
            yield [shown(each, rhythms, now_us) for each in rows]


async def _as_csv(pieces: AsyncIterator[list[OwnGeneration]]) -> AsyncIterator[bytes]:
    yield csv_head()
    async for rows in pieces:
        yield csv_rows(rows)


async def _as_json(pieces: AsyncIterator[list[OwnGeneration]]) -> AsyncIterator[bytes]:
    """A list, an object a line."""
    between = b"[\n"
    async for rows in pieces:
        for each in json_rows(rows):
            yield between + each
            between = b",\n"
    yield b"[]\n" if between == b"[\n" else b"\n]\n"


def _before(text: str) -> tuple[int, str] | None:
    found = _BEFORE.fullmatch(text)
    return (int(found[1]), found[2]) if found else None


def _days(first: str, last: str) -> tuple[date, date] | None:
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    return days if date(1970, 1, 1) <= days[0] <= days[1] <= date(9998, 12, 31) else None


def _us(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000
