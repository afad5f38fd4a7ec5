"""My activity: one key's own rows and nobody else's, sums, export, and what stays unsaid."""

import csv
import io
import json
import re
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import msgspec
import pytest
from own_kit import KEY, OTHER, Own
from pages_kit import HOSTILE, NOW_US, Outline, listing, live, words

from darkhorse.accounts.keys import hash_key
from darkhorse.base.errors import RateLimited
from darkhorse.base.secret import Secret
from darkhorse.catalog.limits import Limits
from darkhorse.catalog.rhythm import USUAL_RHYTHM, Rhythm
from darkhorse.storage.accounting import (
    ActivityRow,
    ContentGone,
    ContentLate,
    GenerationContent,
    GenerationFacts,
    KeyUse,
    OwnGeneration,
    Use,
)
from darkhorse.storage.records import Answer
from darkhorse.web.activity.export import COLUMNS
from darkhorse.web.activity.flowing import has_flowed, shown
from darkhorse.web.activity.views import today_of
from darkhorse.web.sheets import safe_cell
from darkhorse.wire.chunks import ToolDelta

MINE, THEIRS = (hash_key(Secret(key)) for key in (KEY, OTHER))
PONY = "stealth/pony-alpha"
MINUTE_US = 60_000_000
TODAY = today_of(NOW_US)
PACED = Rhythm(first_ms=1000, chars_per_s=400)


def generation(number, **fields):
    usual = {
        "id": f"gen-{number:04}",
        "at_us": NOW_US - 600 * MINUTE_US + number,
        "listing": PONY,
        "dialect": "chat",
        "streamed": True,
        "prompt_tokens": 10,
        "outcome": "done",
        "finish": "stop",
        "status": 200,
        "completion_tokens": 100,
        "first_token_ms": 120.0,
        "duration_ms": 900.0,
    }
    return OwnGeneration(**{**usual, **fields})


class OwnRows:
    """`storage.accounting.OwnGenerations` over lists, by key."""

    def __init__(self, **rows):
        self.rows = {MINE: rows.get("mine", []), THEIRS: rows.get("theirs", [])}

    def newest(self, key, *, since_us=0, until_us=None, limit=50, before=None):
        found = [
            each
            for each in self.rows[key]
            if since_us <= each.at_us
            and (until_us is None or each.at_us < until_us)
            and (before is None or (each.at_us, each.id) < before)
        ]
        return sorted(found, key=lambda each: (each.at_us, each.id), reverse=True)[:limit]


class Sums:
    """`AccountFacts` of the one key."""

    def __init__(self, *rows, spent=0):
        self.rows, self.spent = rows, spent

    def activity(self, first, last, key=None):
        assert key == MINE
        return [each for each in self.rows if first <= each.day <= last]

    def key_use(self, hashes, now_us):
        assert hashes == [MINE]
        return {MINE: KeyUse(total=Use(micro_usd=self.spent))}


class Kept:
    """`Generations` of the one key; `content` may be an exception."""

    def __init__(self, facts, content=None):
        self.found, self.kept = facts, content

    async def facts(self, generation, key):
        known = self.found.id == generation and self.found.key == key
        return self.found if known else None

    async def content(self, generation, key, show):
        if isinstance(self.kept, Exception):
            raise self.kept
        return show(self.kept)


def browser(*launches, **means):
    own = Own(*launches, **means)
    own.key = KEY
    return own


def day(back=0, slug=PONY, **fields):
    usual = {
        "requests": 1,
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "reasoning_tokens": 5,
        "micro_usd": 0,
    }
    return ActivityRow(day=TODAY - timedelta(days=back), listing=slug, **{**usual, **fields})


# --- sums ---


def test_without_a_key_only_its_form_is_there():
    page = Own(own=OwnRows(mine=[generation(1)])).get("/activity").text
    assert 'action="/playground/key"' in page
    assert "gen-0001" not in page


def test_spans_days_and_listings_are_added_up():
    rows = (day(), day(3, "stealth/mule", micro_usd=1_230_000), day(29), day(30))
    page = browser(facts=Sums(*rows)).get("/activity").text
    text = words(page)
    assert "Today 150 tokens, 1 request" in text
    assert "7 days 300 tokens, 2 requests, $1.23" in text
    assert "30 days 450 tokens, 3 requests" in text
    chart = json.loads(re.search('<script type="application/json">(.*?)</script>', page)[1])
    assert [each["name"] for each in chart["series"]] == [PONY, "stealth/mule"]
    assert chart["series"][0]["values"] == [150, *[0] * 28, 150]
    assert len(chart["times"]) == 30


def test_more_listings_than_colours_are_one_more():
    rows = [day(0, f"stealth/l{at}", prompt_tokens=1000 - at) for at in range(11)]
    page = browser(facts=Sums(*rows)).get("/activity").text
    chart = json.loads(re.search('<script type="application/json">(.*?)</script>', page)[1])
    assert [each["color"] for each in chart["series"]] == [*range(8), 8]
    assert chart["series"][-1]["name"] == "other"
    assert chart["series"][-1]["values"][-1] == sum(1050 - at for at in (8, 9, 10))


def test_limits_are_told_with_what_is_left():
    limits = Limits(requests_per_day=10, spend_usd=Decimal(2), concurrent=3)
    own = browser(facts=Sums(day(requests=4), spent=1_500_000), limits=limits)
    text = words(own.get("/activity").text)
    assert "Requests a day (UTC) 10 (about 6 left)" in text
    assert "Dollars in all $2.00 ($0.50 left)" in text
    assert "Requests at once 3" in text


# --- the list ---


def ids(page):
    return re.findall('href="/activity/(gen-[0-9]+)"', page)


def test_only_the_keys_own_are_listed_page_by_page():
    mine = [generation(at) for at in range(120)]
    own = browser(own=OwnRows(mine=mine, theirs=[generation(999)]))
    page, found = own.get("/activity").text, []
    while True:
        found += ids(page)
        older = re.search('<a class="button second" href="/activity[?](.*?)"', page)
        if not older:
            break
        page = own.get("/activity", query=older[1]).text
        Outline(page)
    assert found == [each.id for each in reversed(mine)]


def test_older_ones_are_a_piece_for_a_script():
    own = browser(own=OwnRows(mine=[generation(at) for at in range(60)]))
    first = own.get("/activity").text
    older = re.search('hx-get="/activity[?](.*?)"', first)[1]
    piece = own.get("/activity", query=older, headers=[("hx-request", "true")]).text
    assert piece.lstrip().startswith("<tr>")
    assert len(ids(piece)) == 10


@pytest.mark.parametrize("before", ["x", "1.", "1.gen-<b>", "9" * 30 + ".gen-1", "-1.gen-1"])
def test_an_odd_place_in_the_list_is_its_beginning(before):
    own = browser(own=OwnRows(mine=[generation(1)]))
    assert ids(own.get("/activity", query=f"before={before}").text) == ["gen-0001"]


def test_one_that_runs_has_no_end_and_no_link():
    running = OwnGeneration(
        id="gen-1", at_us=NOW_US, listing=PONY, dialect="chat", streamed=True, prompt_tokens=1
    )
    page = browser(own=OwnRows(mine=[running])).get("/activity").text
    assert ">running</span>" in page
    assert ids(page) == []


# --- an envelope hides its engine ---


def test_a_paced_listing_shows_no_times():
    own = browser(live(listing(rhythm=PACED)), own=OwnRows(mine=[generation(1)]))
    page = own.get("/activity").text
    assert "120 ms" not in page
    assert "900 ms" not in page
    assert "120 ms" in browser(live(), own=OwnRows(mine=[generation(1)])).get("/activity").text


@pytest.mark.parametrize("duration_ms", [10.0, 500.0, 1900.0])
def test_its_answer_runs_for_as_long_as_it_flows_whatever_its_engine_did(duration_ms):
    row = generation(1, duration_ms=duration_ms, completion_tokens=200)
    flows_us = (1000 + 200 * 4 * 1000 // 400) * 1000
    for now_us, outcome in (
        (row.at_us + flows_us, None),
        (row.at_us + flows_us + MINUTE_US - 1, None),
        (row.at_us + flows_us + MINUTE_US, "done"),
    ):
        seen = shown(row, {PONY: PACED}, now_us)
        assert seen.outcome == outcome
        assert (seen.duration_ms, seen.first_token_ms) == (None, None)
    assert shown(row, {}, row.at_us) == row


def test_a_slower_engine_is_told_in_whole_minutes():
    def moment(duration_ms):
        asked = {"at_us": 0, "tokens": 0, "duration_ms": duration_ms}
        return next(
            minute
            for minute in range(100)
            if has_flowed(PACED, **asked, now_us=minute * MINUTE_US + 1_000_000)
        )

    assert [moment(ms) for ms in (1.0, 59_000.0, 61_000.0, 119_000.0)] == [1, 1, 2, 2]
    assert has_flowed(USUAL_RHYTHM, at_us=0, tokens=9, duration_ms=1e9, now_us=0)


# --- one generation ---


FACTS = GenerationFacts(
    id="gen-7",
    key=MINE,
    at_us=NOW_US - 60 * MINUTE_US,
    listing=PONY,
    dialect="chat",
    streamed=True,
    outcome="done",
    finish="stop",
    completion_tokens=12,
    first_token_ms=120.0,
    duration_ms=900.0,
    app_title=HOSTILE,
)


def content(said="hi", **answer):
    body = {"model": PONY, "messages": [{"role": "user", "content": said}]}
    return GenerationContent(
        id="gen-7",
        dialect="chat",
        request=msgspec.json.encode(body),
        answer=Answer(**answer),
        outcome="done",
    )


def test_what_was_asked_and_answered_is_there():
    kept = content(
        HOSTILE,
        content=f"**Bold** {HOSTILE}",
        reasoning=HOSTILE,
        tools=(ToolDelta(index=0, id="call-1", name="look_up", arguments='{"a": "<b>"}'),),
    )
    page = browser(generations=Kept(FACTS, kept)).get("/activity/gen-7").text
    Outline(page)
    assert "<strong>Bold</strong>" in page
    assert "look_up" in page
    report = urlencode({"generation": "gen-7", "about": PONY}, safe="/")
    assert f"/report?{report}" in Outline(page).links
    assert "<script>alert" not in page
    assert "<img" not in page


def test_anothers_is_not_found():
    own = browser(generations=Kept(FACTS, content()))
    assert own.get("/activity/gen-7").status == 200
    own.key = OTHER
    assert own.get("/activity/gen-7").status == 404
    own.key = None
    assert "gen-7" not in own.get("/activity/gen-7").text


@pytest.mark.parametrize("name", ["gen-8", "<script>", "%00", "a" * 5000, "\u202e"])
def test_an_id_that_is_none_is_not_found(name):
    answer = browser(generations=Kept(FACTS, content())).get(f"/activity/{name}")
    assert answer.status == 404
    assert "load the page again" in words(answer.text)


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (ContentLate(), "not at hand yet"),
        (ContentGone(), "no longer kept"),
        (RateLimited("Busy."), "Busy."),
    ],
)
def test_content_that_is_not_there_is_told(trouble, told):
    answer = browser(generations=Kept(FACTS, trouble)).get("/activity/gen-7")
    assert answer.status == 200
    assert told in words(answer.text)


def test_of_a_paced_listing_neither_times_nor_an_answer_that_still_flows():
    own = browser(live(listing(rhythm=PACED)), generations=Kept(FACTS, content()))
    page = own.get("/activity/gen-7").text
    assert "900 ms" not in page
    own.clock.us = FACTS.at_us + 2_000_000
    assert own.get("/activity/gen-7").status == 404


# --- export ---


def exported(own, form="csv", first=TODAY - timedelta(days=2), last=TODAY):
    return own.get("/activity/export", query=f"format={form}&first={first}&last={last}")


def test_a_days_rows_leave_as_csv_and_json_without_content():
    mine = [generation(at, micro_usd=1_500) for at in range(2300)]
    own = browser(own=OwnRows(mine=mine, theirs=[generation(9999)]))
    answer = exported(own)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert tuple(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == [each.id for each in reversed(mine)]
    assert rows[0]["cost_usd"] == "0.0015"
    assert answer.headers["content-disposition"].startswith('attachment; filename="darkhorse-')
    told = json.loads(exported(own, "json").body)
    assert [row["id"] for row in told] == [row["id"] for row in rows]


def test_nothing_is_exported_as_nothing():
    assert json.loads(exported(browser(own=OwnRows()), "json").body) == []
    assert exported(browser(own=OwnRows())).text.strip() == ",".join(COLUMNS)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text):
    own = browser(own=OwnRows(mine=[generation(1, error_type=text, listing=text)]))
    (row,) = csv.DictReader(io.StringIO(exported(own).text, newline=""))
    assert row["listing"] == row["error_type"] == f"'{text}"
    assert safe_cell(-1.5) == -1.5


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-02-30", "2026-03-01"), ("2026-02-02", "2026-02-01"), ("", ""), ("x<b>", "9999-12-31")],
)
def test_days_that_are_none_are_told_and_kept(first, last):
    answer = exported(browser(own=OwnRows()), first=first, last=last)
    assert answer.status == 422
    assert "give two days" in words(answer.text)
    assert f'name="last" type="date" required value="{last}"' in answer.text
    Outline(answer.text)


def test_an_export_is_the_keys_own_and_of_its_days_alone():
    late = generation(1)
    early = generation(2, at_us=NOW_US - 40 * 1440 * MINUTE_US)
    own = browser(own=OwnRows(mine=[late, early], theirs=[generation(3)]))
    assert [row["id"] for row in json.loads(exported(own, "json").body)] == [late.id]
    everything = exported(own, "json", first=date(2020, 1, 1))
    assert [row["id"] for row in json.loads(everything.body)] == [late.id, early.id]
    own.key = None
    assert "gen-" not in exported(own).text
