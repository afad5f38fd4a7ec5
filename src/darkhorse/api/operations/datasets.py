"""Who uses what, counted from the log: for anyone with a key. Tokens are public tokens.

What a generation was about was told from its text, when it was counted (docs/topics.md). Listings
are not ranked by language or length of context, nor apps by kind: such a filter finds nothing.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from darkhorse.api.operation import Ask, Operation
from darkhorse.api.operations.account import today
from darkhorse.api.operations.kept import Kept
from darkhorse.base.clock import Clock
from darkhorse.base.errors import InvalidRequest, RateLimited, UnknownModel
from darkhorse.catalog.catalogue import Catalogue
from darkhorse.catalog.search import Category
from darkhorse.storage.accounting import AppRow, AppSort, Datasets, Period, RankingRow, TurnRange
from darkhorse.storage.figures import newest_public_day

__all__ = ["dataset_operations"]

_MILLION = 1_000_000
_FLOOR = date(2025, 1, 1)
_USUAL_DAYS = 30
_MOST_DAYS = 366
_PAST_S = 600.0  # what began yesterday may still end, and the record may just be read anew
_TODAY_S = 60.0

Modality = Literal["text", "image", "image_output", "audio", "tool_calling"]


class Span(Struct, frozen=True, kw_only=True):
    """UTC days, both ends counted; at most 366."""

    start_date: Annotated[date | None, Meta(description="Left out: 30 days before the end.")] = None
    end_date: Annotated[date | None, Meta(description="Left out: yesterday.")] = None


class RankingsQuery(Span, frozen=True, kw_only=True):
    """Which days, and of what."""

    period: Period | None = None
    modality: Modality | None = None
    context_bucket: Literal["1K", "10K", "100K", "1M", "10M"] | None = None
    category: Annotated[
        Category | None, Meta(description="Only what was asked about this; subcategories apart.")
    ] = None
    language_type: Literal["natural", "programming"] | None = None


class AppsQuery(Span, frozen=True, kw_only=True):
    """Which days, in which order."""

    sort: AppSort = "popular"
    category: Literal["coding", "creative", "productivity", "entertainment"] | None = None
    subcategory: str | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    offset: Annotated[int, Meta(ge=0, le=100)] | None = None


class SessionQuery(Struct, frozen=True, kw_only=True):
    """Which app, listing and length of conversation."""

    app_slug: str | None = None
    model: str | None = None
    turn_range: TurnRange | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    offset: Annotated[int, Meta(ge=0, le=5000)] | None = None


class Ranking(Struct, frozen=True):
    """Tokens of a listing in a period; `other` sums all but the first fifty."""

    date: str
    model_permaslug: str
    total_tokens: str


class SpanMeta(Struct, frozen=True, kw_only=True):
    """The days that were counted."""

    as_of: str
    start_date: str
    end_date: str
    version: Literal["v1"] = "v1"


class RankingsAnswer(Struct, frozen=True):
    """Oldest period first, the most used first in each."""

    data: tuple[Ranking, ...]
    meta: SpanMeta


class App(Struct, frozen=True, kw_only=True):
    """An app that named itself in its requests."""

    rank: int
    app_id: int
    app_name: str
    total_tokens: str
    total_requests: int


class AppsAnswer(Struct, frozen=True):
    """By rank."""

    data: tuple[App, ...]
    meta: SpanMeta


class SessionCell(Struct, frozen=True, kw_only=True):
    """US dollars for the conversation in the middle."""

    app_slug: str
    app_name: str
    model_permaslug: str
    turn_range: TurnRange
    median_session_cost_usd: float


class SessionMeta(Struct, frozen=True, kw_only=True):
    """The days that were counted."""

    as_of: str
    window_days: int | None
    window_end_date: str | None
    version: Literal["v1"] = "v1"


class SessionsAnswer(Struct, frozen=True):
    """By app, listing and length."""

    data: tuple[SessionCell, ...]
    meta: SessionMeta


def dataset_operations(
    datasets: Datasets, catalogue: Callable[[], Catalogue], clock: Clock
) -> list[Operation]:
    shelf = _Shelf(datasets, catalogue, clock)
    return [
        Operation(
            id="getRankingsDaily",
            method="GET",
            path="/datasets/rankings-daily",
            summary="Tokens by listing and day",
            tag="Datasets",
            query=RankingsQuery,
            answer=RankingsAnswer,
            errors=(RateLimited,),
            handler=shelf.rankings,
        ),
        Operation(
            id="getAppRankings",
            method="GET",
            path="/datasets/app-rankings",
            summary="The apps that use most",
            tag="Datasets",
            query=AppsQuery,
            answer=AppsAnswer,
            errors=(RateLimited,),
            handler=shelf.apps,
        ),
        Operation(
            id="getSessionCost",
            method="GET",
            path="/datasets/session-cost",
            summary="The median cost of a conversation, by app and listing",
            tag="Datasets",
            query=SessionQuery,
            answer=SessionsAnswer,
            errors=(RateLimited,),
            handler=shelf.sessions,
        ),
    ]


class _Shelf:
    """The handlers."""

    def __init__(
        self, datasets: Datasets, catalogue: Callable[[], Catalogue], clock: Clock
    ) -> None:
        self._datasets = datasets
        self._catalogue = catalogue
        self._clock = clock
        self._kept = Kept("datasets", clock)

    async def rankings(self, ask: Ask) -> RankingsAnswer:
        query: RankingsQuery = ask.query
        first, last = self._days(query, is_past=query.category is not None)
        rows: list[RankingRow] = []
        if not (query.language_type or query.context_bucket):
            period = query.period or "day"
            rows = await self._kept.get(
                ("rankings", first, last, period, query.category),
                lambda: self._datasets.rankings(first, last, period, query.category),
                for_s=self._for_s(last),
            )
        if query.modality:
            rows = [row for row in rows if self._has(row.listing, query.modality)]
        shown = tuple(Ranking(row.day.isoformat(), row.listing, str(row.tokens)) for row in rows)
        return RankingsAnswer(shown, self._meta(first, last))

    async def apps(self, ask: Ask) -> AppsAnswer:
        query: AppsQuery = ask.query
        first, last = self._days(query)
        rows: list[AppRow] = []
        if not (query.category or query.subcategory):
            rows = await self._kept.get(
                ("apps", first, last, query.sort),
                lambda: self._datasets.apps(first, last, query.sort),
                for_s=self._for_s(last),
            )
        skipped = query.offset or 0
        shown = tuple(
            App(
                rank=row.rank,
                app_id=row.app,
                app_name=row.name,
                total_tokens=str(row.tokens),
                total_requests=row.requests,
            )
            for row in rows[skipped : skipped + query.limit]
        )
        return AppsAnswer(shown, self._meta(first, last))

    async def sessions(self, ask: Ask) -> SessionsAnswer:
        query: SessionQuery = ask.query
        last = today(self._clock) - timedelta(days=1)
        rows = await self._kept.get(
            ("sessions", last),
            lambda: self._datasets.session_costs(last, _USUAL_DAYS),
            for_s=_PAST_S,
        )
        cells = [
            SessionCell(
                app_slug=row.app_slug,
                app_name=row.app_name,
                model_permaslug=row.listing,
                turn_range=row.turns,
                median_session_cost_usd=row.median_micro_usd / _MILLION,
            )
            for row in rows
            if query.app_slug in (None, row.app_slug)
            and query.model in (None, row.listing)
            and query.turn_range in (None, row.turns)
        ]
        skipped = query.offset or 0
        meta = SessionMeta(
            as_of=self._now(), window_days=_USUAL_DAYS, window_end_date=last.isoformat()
        )
        return SessionsAnswer(tuple(cells[skipped : skipped + query.limit]), meta)

    def _for_s(self, last: date) -> float:
        return _PAST_S if last < today(self._clock) else _TODAY_S

    def _newest(self) -> date:
        """Today, unless a listing has an envelope, which a count of today could be held against."""
        launches = self._catalogue().launches
        paced = (each.life for each in launches if each.listing.rhythm.is_paced)
        return newest_public_day(paced, self._clock.now_us())

    def _days(self, span: Span, *, is_past: bool = False) -> tuple[date, date]:
        """`is_past`: without today, whose sums would tell what the newest request was about."""
        yesterday = today(self._clock) - timedelta(days=1)
        last = min(span.end_date or yesterday, self._newest(), yesterday if is_past else date.max)
        if last < _FLOOR:
            raise InvalidRequest(f"In the query: {_FLOOR} is the first day - at `end_date`.")
        first = max(span.start_date or last - timedelta(days=_USUAL_DAYS), _FLOOR)
        if first > last:
            raise InvalidRequest("In the query: it begins after its end - at `start_date`.")
        if (last - first).days >= _MOST_DAYS:
            raise InvalidRequest(f"In the query: over {_MOST_DAYS} days - at `start_date`.")
        return first, last

    def _has(self, listing: str, modality: Modality) -> bool:
        try:
            seen = self._catalogue().seen(listing).listing
        except UnknownModel:  # `other` may be of any
            return False
        match modality:
            case "text":
                return "text" in seen.output
            case "image_output":
                return "image" in seen.output
            case "tool_calling":
                return False  # whether tools were called is not counted
        return modality in seen.input

    def _meta(self, first: date, last: date) -> SpanMeta:
        return SpanMeta(as_of=self._now(), start_date=first.isoformat(), end_date=last.isoformat())

    def _now(self) -> str:
        now = datetime.fromtimestamp(self._clock.now_us() / _MILLION, UTC)
        return now.isoformat(timespec="seconds").replace("+00:00", "Z")
