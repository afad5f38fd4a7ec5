"""Account routes over readers that say what a test says: windows of days, filters, limits."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from operations_kit import KEYS, Store, ask

from darkhorse.accounts.desk import KeyDesk
from darkhorse.api.operations.account import account_operations
from darkhorse.api.operations.datasets import dataset_operations
from darkhorse.api.operations.keys import key_operations
from darkhorse.base.errors import UnknownModel
from darkhorse.catalog.launch import Life, PublicLaunch
from darkhorse.catalog.limits import Limits, LimitSettings
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.rhythm import Rhythm
from darkhorse.storage.accounting import (
    ActivityRow,
    AppRow,
    KeyUse,
    RankingRow,
    SessionCost,
    Use,
)
from darkhorse.storage.ports import KeyRecord

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
STEERING = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
DAY = {"requests": 7, "prompt_tokens": 1, "completion_tokens": 2, "reasoning_tokens": 1}


NO_LIMITS = LimitSettings()


class NoonClock:
    def now_us(self):
        return round(NOW.timestamp() * 1_000_000)

    def monotonic(self):
        return 0.0


USED = KeyUse(total=Use(micro_usd=1_500_000), today=Use(requests=3, micro_usd=500_000))


@dataclass
class Readers:
    """All that is read, and what was asked for."""

    asked: list = field(default_factory=list)
    use: KeyUse = USED

    def key_use(self, hashes, now_us):
        return dict.fromkeys(hashes, self.use)

    def activity(self, first, last, key=None):
        self.asked.append((first, last, key))
        return [ActivityRow(day=last, listing="a/b", micro_usd=2_500_000, **DAY)]

    def spent_micro_usd(self):
        return 4_000_000

    def rankings(self, first, last, period="day", category=None):
        self.asked.append((first, last, period))
        names = ("a/text", "a/image", "other")
        if category is not None:
            names = names[:1] if category == "legal" else ()
        return [RankingRow(day=first, listing=name, tokens=10**16) for name in names]

    def apps(self, first, last, sort="popular"):
        self.asked.append((first, last, sort))
        rows = [(at, f"app-{at}") for at in range(1, 61)]
        return [
            AppRow(rank=at, app=at, slug=name, name=name, tokens=1, requests=1) for at, name in rows
        ]

    def session_costs(self, last, days):
        self.asked.append((last, days))
        cells = [("x", "1-turn"), ("x", "2-9-turns"), ("y", "1-turn")]
        return [
            SessionCost(app_slug=app, app_name=app, listing="a/b", turns=turns, median_micro_usd=5)
            for app, turns in cells
        ]


class Shelf:
    """Two listings of different modalities."""

    launches = ()

    def seen(self, name):
        inputs = {"a/text": ("text",), "a/image": ("text", "image")}.get(name)
        if inputs is None:
            raise UnknownModel
        listing = Listing(slug=name, title="T", context=9, max_output=9, input=inputs)
        return PublicLaunch(listing=listing, life=Life(created_us=1))


class Ring:
    def load(self):
        pass


def reach(
    path,
    *,
    readers=None,
    key="management",
    method="GET",
    body=b"",
    store=None,
    settings=NO_LIMITS,
    **query,
):
    readers = readers or Readers()
    clock, desk = NoonClock(), KeyDesk(store or Store(), NoonClock(), bytes)
    operations = [
        *account_operations(desk, readers, settings, clock),
        *dataset_operations(readers, Shelf, clock),
        *key_operations(desk, Ring(), readers, settings, clock),
    ]
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return ask(operations, method, path, key=key, query=words, body=body)


def days(path, **query):
    readers = Readers()
    told = reach(path, readers=readers, **query)
    assert told.status == 200, told.body
    return readers.asked[0], told.json


def test_activity_is_of_the_last_thirty_completed_days():
    (first, last, key), told = days("/activity")
    assert (first, last, key) == (TODAY - timedelta(days=30), YESTERDAY, None)
    (row,) = told["data"]
    assert (row["date"], row["model"], row["usage"]) == ("2026-11-21", "a/b", 2.5)
    assert "workspace_id" not in row


def test_activity_of_one_day_or_one_key():
    asked, _ = days("/activity", date="2026-11-01", api_key_hash="ab")
    assert asked == (date(2026, 11, 1), date(2026, 11, 1), "ab")
    (row,) = days("/activity", group_by="workspace")[1]["data"]
    assert row["workspace_id"] == "default"


@pytest.mark.parametrize("day", ["2026-11-22", "2026-10-22", "2026-13-01", "yesterday"])
def test_activity_of_no_such_day(day):
    told = reach("/activity", date=day)
    assert told.status == 400
    assert "`date`" in told.problem


def test_credits_are_what_was_used_and_what_may_still_be():
    def key(name, spend, **fields):
        limits = Limits(spend_usd=None if spend is None else Decimal(spend))
        usual = {"kind": "developer", "label": name, "created_us": 1}
        return KeyRecord(hash=name, limits=limits, **{**usual, **fields})

    keys = [key("a", "2"), key("b", "1"), key("c", None), key("d", "9", disabled=True)]
    keys.append(key("e", "9", expires_us=5))
    told = reach("/credits", store=Store(keys)).json["data"]
    assert told == {"total_usage": 4.0, "total_credits": 4.5}


def test_the_usual_days_of_a_dataset():
    (first, last, period), told = days("/datasets/rankings-daily", key="developer")
    assert (first, last, period) == (YESTERDAY - timedelta(days=30), YESTERDAY, "day")
    meta = {"start_date": "2026-10-22", "end_date": "2026-11-21", "version": "v1"}
    assert told["meta"] == {**meta, "as_of": "2026-11-22T12:00:00Z"}
    assert told["data"][0]["total_tokens"] == "10000000000000000"


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({"end_date": "2026-11-10"}, date(2026, 10, 11), date(2026, 11, 10)),
        ({"start_date": "2026-11-20"}, date(2026, 11, 20), YESTERDAY),
        ({"end_date": "2999-01-01", "start_date": "2026-11-22"}, TODAY, TODAY),
        ({"end_date": "2025-01-01"}, date(2025, 1, 1), date(2025, 1, 1)),
        ({"start_date": "2020-01-01", "end_date": "2025-12-31"}, date(2025, 1, 1), None),
    ],
)
def test_days_that_are_asked_for(query, first, last):
    for path in ("rankings-daily", "app-rankings"):
        found = days(f"/datasets/{path}", **query)[0]
        assert found[:2] == (first, last or date(2025, 12, 31))


def test_what_was_asked_today_is_nobodys():
    path, query = "/datasets/rankings-daily", {"end_date": "2026-11-22"}
    assert days(path, **query)[0][1] == TODAY
    assert days(path, category="legal", **query)[0][1] == YESTERDAY


def test_while_a_listing_has_an_envelope_today_is_nobodys(monkeypatch):
    rhythm = Rhythm(first_ms=900, chars_per_s=50)
    listing = Listing(slug="a/slow", title="T", context=9, max_output=9, rhythm=rhythm)
    slow = PublicLaunch(listing=listing, life=Life(state="live", created_us=1))
    monkeypatch.setattr(Shelf, "launches", (slow,))
    for path in ("rankings-daily", "app-rankings"):
        assert days(f"/datasets/{path}", end_date="2026-11-22")[0][1] == YESTERDAY


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"end_date": "2024-12-31"}, "end_date"),
        ({"start_date": "2026-11-21", "end_date": "2026-11-20"}, "start_date"),
        ({"start_date": "2025-11-20", "end_date": "2026-11-21"}, "start_date"),
        ({"start_date": "2026-02-30"}, "start_date"),
    ],
)
def test_days_that_make_no_sense(query, field):
    told = reach("/datasets/rankings-daily", **query)
    assert told.status == 400
    assert f"`{field}`" in told.problem


@pytest.mark.parametrize(
    ("query", "models"),
    [
        ({}, ["a/text", "a/image", "other"]),
        ({"modality": "text"}, ["a/text", "a/image"]),
        ({"modality": "image"}, ["a/image"]),
        ({"modality": "image_output"}, []),
        ({"modality": "tool_calling"}, []),
        ({"category": "legal"}, ["a/text"]),
        ({"category": "legal", "modality": "image"}, []),
        ({"category": "marketing/seo"}, []),
        ({"category": "legal", "language_type": "programming"}, []),
        ({"language_type": "natural", "period": "week"}, []),
        ({"context_bucket": "1K"}, []),
    ],
)
def test_rankings_of_a_kind(query, models):
    told = reach("/datasets/rankings-daily", **query).json
    assert [row["model_permaslug"] for row in told["data"]] == models


def test_apps_keep_their_rank_on_every_page():
    told = reach("/datasets/app-rankings").json["data"]
    assert [row["rank"] for row in told] == list(range(1, 51))
    told = reach("/datasets/app-rankings", offset=50, limit=5).json["data"]
    assert [row["rank"] for row in told] == [51, 52, 53, 54, 55]
    assert reach("/datasets/app-rankings", category="coding").json["data"] == []
    assert days("/datasets/app-rankings", sort="trending")[0][2] == "trending"


def test_sessions_are_narrowed_and_paged():
    (last, span), told = days("/datasets/session-cost")
    assert (last, span, len(told["data"])) == (YESTERDAY, 30, 3)
    assert told["meta"]["window_end_date"] == "2026-11-21"
    assert told["data"][0]["median_session_cost_usd"] == pytest.approx(5e-6)

    def count(**query):
        return len(reach("/datasets/session-cost", **query).json["data"])

    assert count(app_slug="x") == 2
    assert count(turn_range="1-turn", app_slug="y") == 1
    assert count(model="a/other") == 0
    assert (count(limit=2), count(offset=2)) == (2, 1)


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_the_calling_key(kind):
    told = reach("/key", key=kind).json["data"]
    assert told["label"] == kind
    assert told["is_management_key"] is told["is_provisioning_key"] is (kind == "management")
    assert (told["usage"], told["usage_daily"]) == (1.5, 0.5)
    assert told["limit"] is told["limit_remaining"] is told["limit_reset"] is None
    assert told["free_model_daily_requests"]["used"] == 3
    assert told["rate_limit"]["requests"] == -1


def test_limits_of_the_calling_key():
    limits = Limits(spend_usd=Decimal(1), requests_per_day=5, requests_per_minute=2)
    records = [KeyRecord(**{**_fields(each), "limits": limits}) for each in Store().records]
    told = reach("/keys", store=Store(records)).json["data"][0]
    assert (told["limit"], told["limit_remaining"]) == (1.0, 0.0)


def test_a_limit_of_the_server_on_every_key_is_shown_wherever_a_key_is():
    ours = LimitSettings(key=Limits(spend_usd=Decimal("2.5")))
    own = KeyRecord(
        hash="own", kind="developer", label="own", created_us=1, limits=Limits(spend_usd=Decimal(9))
    )
    store = Store([*Store().records, own])

    def shown(path):
        told = reach(path, store=store, settings=ours).json["data"]
        return told["limit"], told["limit_remaining"]

    assert shown("/key") == (2.5, 1.0)
    assert shown(f"/keys/{store.records[0].hash}") == (2.5, 1.0)
    assert shown("/keys/own") == (9.0, 7.5)
    listed = reach("/keys", store=store, settings=ours).json["data"]
    assert [each["limit"] for each in listed] == [2.5, 2.5, 9.0]
    told = reach("/credits", store=store, settings=ours).json["data"]
    assert told["total_credits"] == told["total_usage"] + 1.0 + 1.0 + 7.5


def _fields(record):
    return {name: getattr(record, name) for name in record.__struct_fields__}


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"{}", "`name`"),
        (b'{"name":""}', "`name`"),
        (b'{"name":"a\\nb"}', "`name`"),
        (b'{"name":" \\u3000 "}', "`name`"),
        *((b'{"name":"gpj.\\u%04xexe"}' % each, "`name`") for each in STEERING),
        (b'{"name":"sk-dh-x"}', "label"),
        (b'{"name":"a","limit":-1}', "`limit`"),
        (b'{"name":"a","limit_reset":"daily"}', "limit_reset"),
        (b'{"name":"a","limit_reset":"hourly"}', "`limit_reset`"),
        (b'{"name":"a","expires_at":"2020-01-01T00:00:00Z"}', "expired already"),
        (b'{"name":"a","expires_at":"9999-12-31T23:59:59-12:00"}', "expires_at"),
        (b'{"name":"a","expires_at":"soon"}', "`expires_at`"),
    ],
)
def test_a_key_that_cannot_be(body, word):
    told = reach("/keys", method="POST", body=body)
    assert told.status == 400
    assert word in told.problem


def test_the_last_management_key_stays():
    (manager,) = [each.hash for each in Store().records if each.kind == "management"]
    told = reach(f"/keys/{manager}", method="DELETE")
    assert (told.status, "--force" in told.problem) == (409, False)
    told = reach(f"/keys/{manager}", method="PATCH", body=b'{"disabled":true}')
    assert told.status == 409


@pytest.mark.parametrize("name", [b" ", b"a\xe2\x80\xaeb"])
def test_a_name_that_a_key_cannot_take(name):
    place = f"/keys/{Store().records[0].hash}"
    told = reach(place, method="PATCH", body=b'{"name":"%s"}' % name)
    assert (told.status, "`name`" in told.problem) == (400, True)
    told = reach(place, method="PATCH", body='{"name":"\u202f é 名"}'.encode())
    assert told.json["data"]["name"] == "\u202f é 名"


def test_a_limit_that_should_start_anew_changes_nothing():
    store = Store()
    place = f"/keys/{store.records[0].hash}"
    told = reach(place, method="PATCH", body=b'{"name":"x","limit_reset":"daily"}', store=store)
    assert (told.status, store.records[0].label) == (400, "developer")


def test_nobodys_key():
    for method in ("GET", "PATCH", "DELETE"):
        told = reach("/keys/ab", method=method, body=b"{}")
        assert (told.status, told.problem) == (404, "No key has that hash.")
