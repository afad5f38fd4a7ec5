"""What my activity shows: sums, days, listings, and generations one by one. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from msgspec import Struct

from darkhorse.catalog.limits import Limits
from darkhorse.storage.accounting import ActivityRow, OwnGeneration
from darkhorse.storage.ports import KeyRecord
from darkhorse.web.activity.flowing import Rhythms, shown
from darkhorse.web.charts import Chart, Series
from darkhorse.web.views.moments import Moment, minute, second

__all__ = [
    "PAGE",
    "ActivityPage",
    "KeyPart",
    "ListingLine",
    "Row",
    "Rows",
    "Span",
    "Used",
    "activity_page",
    "cost",
    "row_of",
    "rows_of",
    "today_of",
]

PAGE = 50
"""Generations shown at once."""
_DAYS = 30
_COLOURED = 8
_MILLION = 1_000_000
_UNFIT = "Nothing was exported: give two days, the first not behind the last, as 2026-02-11."


class Span(Struct, frozen=True, kw_only=True):
    """What was used in some days."""

    name: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    cost: str

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class ListingLine(Struct, frozen=True, kw_only=True):
    """One listing in the last thirty days."""

    slug: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cost: str


class Used(Struct, frozen=True, kw_only=True):
    """A limit of the key: `left` where it is known."""

    name: str
    limit: str
    left: str = ""


class KeyPart(Struct, frozen=True, kw_only=True):
    """Of the key, what its own page says; never the key."""

    label: str
    ends: Moment | None
    limits: tuple[Used, ...]


class Row(Struct, frozen=True, kw_only=True):
    """A generation in the list."""

    id: str
    at: Moment
    listing: str
    prompt_tokens: int
    completion_tokens: int
    is_running: bool
    end: str  # how it ended: `stop`, `cancelled`, `error 502`
    grade: str  # of the badge
    first_token_ms: float | None
    duration_ms: float | None
    cost: str


class Rows(Struct, frozen=True, kw_only=True):
    """A page of the list. `older`: the address of the next; empty at its end."""

    rows: tuple[Row, ...]
    older: str


class ActivityPage(Struct, frozen=True, kw_only=True):
    """`key` is None while this browser holds none that works; then nothing else is shown."""

    key: KeyPart | None
    problem: str
    to: str = "/activity"
    spans: tuple[Span, ...] = ()
    chart: Chart | None = None
    listings: tuple[ListingLine, ...] = ()
    has_cost: bool = False
    list: Rows | None = None
    is_first: bool = True
    first_day: str = ""
    last_day: str = ""


def activity_page(
    key: KeyRecord,
    limits: Limits,
    spent_micro_usd: int,
    days: Sequence[ActivityRow],
    rows: Rows,
    today: date,
    *,
    is_first: bool,
    typed: Sequence[str] = (),
) -> ActivityPage:
    """`days` are the key's last thirty; `limits` what it is held to.

    `typed`: the two days of an export that could not be read.
    """
    first_day, last_day = typed or ((today - timedelta(days=_DAYS - 1)).isoformat(), str(today))
    return ActivityPage(
        key=_key_part(key, limits, spent_micro_usd, days, today),
        problem=_UNFIT if typed else "",
        spans=tuple(
            _span(days, today, *each) for each in (("Today", 1), ("7 days", 7), ("30 days", _DAYS))
        ),
        chart=_chart(days, today),
        listings=tuple(_listings(days)),
        has_cost=any(each.micro_usd for each in days),
        list=rows,
        is_first=is_first,
        first_day=first_day,
        last_day=last_day,
    )


def today_of(now_us: int) -> date:
    """By UTC."""
    return datetime.fromtimestamp(now_us / _MILLION, UTC).date()


def cost(micro_usd: int) -> str:
    """`$0.0123`: cents at least, and what is behind them; `free` for nothing."""
    if not micro_usd:
        return "free"
    whole, _, parts = f"{Decimal(micro_usd) / _MILLION:.6f}".partition(".")
    return f"${int(whole):,}.{parts.rstrip('0').ljust(2, '0')}"


# --- the list ---


def rows_of(found: Sequence[OwnGeneration], rhythms: Rhythms, now_us: int) -> Rows:
    """Of `PAGE` and one more, which says only that there are more."""
    page = found[:PAGE]
    older = ""
    if len(found) > PAGE:
        older = "/activity?" + urlencode({"before": f"{page[-1].at_us}.{page[-1].id}"})
    return Rows(rows=tuple(row_of(shown(each, rhythms, now_us)) for each in page), older=older)


def row_of(row: OwnGeneration) -> Row:
    """As it may be shown: it has been through `flowing.shown`."""
    end, grade = _end(row)
    return Row(
        id=row.id,
        at=second(row.at_us),
        listing=row.listing,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        is_running=row.outcome is None,
        end=end,
        grade=grade,
        first_token_ms=row.first_token_ms,
        duration_ms=row.duration_ms,
        cost=cost(row.micro_usd),
    )


def _end(row: OwnGeneration) -> tuple[str, str]:
    match row.outcome:
        case None:
            return "running", ""
        case "done":
            return row.finish or "done", "" if row.finish == "length" else "good"
        case "cancelled":
            return "cancelled", ""
        case "interrupted":
            return "interrupted", "bad"
    return f"error {row.status or ''}".strip(), "bad"


# --- sums ---


def _span(days: Iterable[ActivityRow], today: date, name: str, length: int) -> Span:
    since = today - timedelta(days=length - 1)
    counted = [each for each in days if each.day >= since]
    return Span(
        name=name,
        requests=sum(each.requests for each in counted),
        prompt_tokens=sum(each.prompt_tokens for each in counted),
        completion_tokens=sum(each.completion_tokens for each in counted),
        cost=cost(sum(each.micro_usd for each in counted)),
    )


def _ranked(days: Iterable[ActivityRow]) -> dict[str, list[ActivityRow]]:
    """By listing, most tokens first."""
    found: defaultdict[str, list[ActivityRow]] = defaultdict(list)
    for each in days:
        found[each.listing].append(each)
    return dict(sorted(found.items(), key=lambda pair: (-sum(map(_tokens, pair[1])), pair[0])))


def _tokens(row: ActivityRow) -> int:
    return row.prompt_tokens + row.completion_tokens


def _listings(days: Iterable[ActivityRow]) -> Iterable[ListingLine]:
    for slug, rows in _ranked(days).items():
        yield ListingLine(
            slug=slug,
            requests=sum(each.requests for each in rows),
            prompt_tokens=sum(each.prompt_tokens for each in rows),
            completion_tokens=sum(each.completion_tokens for each in rows),
            reasoning_tokens=sum(each.reasoning_tokens for each in rows),
            cost=cost(sum(each.micro_usd for each in rows)),
        )


def _chart(days: Sequence[ActivityRow], today: date) -> Chart:
    dates = [today - timedelta(days=_DAYS - 1 - at) for at in range(_DAYS)]
    ranked = _ranked(days)
    series = [
        Series(slug, _by_day(rows, dates), at)
        for at, (slug, rows) in enumerate([*ranked.items()][:_COLOURED])
    ]
    rest = [each for rows in [*ranked.values()][_COLOURED:] for each in rows]
    if rest:
        series.append(Series("other", _by_day(rest, dates), _COLOURED))
    return Chart(
        id="own-tokens",
        title="Tokens a day, by model",
        kind="stack",
        unit="tokens",
        times=[_seconds(each) for each in dates],
        series=series,
    )


def _by_day(rows: Iterable[ActivityRow], dates: Sequence[date]) -> list[int]:
    sums: Mapping[date, int] = defaultdict(int)
    for each in rows:
        sums[each.day] += _tokens(each)  # type: ignore[index]
    return [sums.get(each, 0) for each in dates]


def _seconds(day_: date) -> int:
    return int(datetime(day_.year, day_.month, day_.day, tzinfo=UTC).timestamp())


# --- the key ---


def _key_part(
    key: KeyRecord, limits: Limits, spent: int, days: Iterable[ActivityRow], today: date
) -> KeyPart:
    return KeyPart(
        label=key.label,
        ends=None if key.expires_us is None else minute(key.expires_us),
        limits=tuple(_limits(limits, spent, sum(e.requests for e in days if e.day == today))),
    )


def _limits(limits: Limits, spent: int, requests_today: int) -> Iterable[Used]:
    """What is left of a minute is in the headers of each answer; it passes too fast for a page."""
    if (most := limits.requests_per_minute) is not None:
        yield Used(name="Requests a minute", limit=f"{most:,}")
    if (most := limits.requests_per_day) is not None:
        left = max(0, most - requests_today)
        yield Used(name="Requests a day (UTC)", limit=f"{most:,}", left=f"about {left:,}")
    if (most := limits.tokens_per_minute) is not None:
        yield Used(name="Tokens a minute", limit=f"{most:,}")
    if (most := limits.concurrent) is not None:
        yield Used(name="Requests at once", limit=f"{most:,}")
    if limits.spend_usd is not None:
        most = int(limits.spend_usd * _MILLION)
        yield Used(
            name="Dollars in all", limit=cost(most) if most else "$0.00", left=_money(most - spent)
        )


def _money(micro_usd: int) -> str:
    return cost(micro_usd) if micro_usd > 0 else "nothing"
