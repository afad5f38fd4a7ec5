"""Health, limits and reports on the desk; where a page stands, and what it is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from means_kit import SLUG, at_desk
from msgspec import structs
from pages_kit import HOSTILE, HOUR_US, NOW_US, Outline

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.endpoint import Endpoint, Private
from darkhorse.storage.finding import IndexState
from darkhorse.storage.launch_view import Window
from darkhorse.storage.reports import Feedback, Report
from darkhorse.web.desk.frame import Place
from darkhorse.web.desk.house import ChoreState, Disk, House, ProcessState
from darkhorse.web.desk.span import SPANS, read_span
from darkhorse.web.desk.upkeep.health import health_page

RUNS = tuple(ProcessState(name, "runs", 7) for name in ("up", "relay", "keeper", "pages", "desk"))


def report(number, **more):
    fields = {"id": f"rep-{number}", "at_us": NOW_US, "what": "spam", "text": f"text {number}"}
    return Report(**{**fields, "address": "here", **more})


def add(desk, *reports):
    for each in reports:
        assert desk.reports.add(each, since_us=0, most=99, most_open=99)


@at_desk
async def test_a_house_where_all_is_well_says_so(desk):
    desk.live()
    desk.attempts(failures=0)
    desk.watch.house = House(
        at_us=NOW_US,
        processes=RUNS,
        chores=(ChoreState(name="fold", ok_us=NOW_US - 5_000_000, busy_s=1.25),),
        journal_files=1,
        journal_bytes=2_500_000,
        described_behind=3,
        disk=Disk(free=60 * 10**9, total=100 * 10**9, parts=(("facts", 4_000_000),)),
        refused={},
    )
    page = await desk.page("/health")
    assert "Everything runs" in page
    for told in ("1 file, 2.5 MB", "3 frames behind", "7 frames behind", "60.0 GB free", "4.0 MB"):
        assert told in page


@at_desk
async def test_what_is_amiss_comes_first(desk):
    desk.live()
    desk.attempts(requests=20, failures=5)
    pages = ProcessState("pages", "away")
    desk.watch.house = House(
        at_us=NOW_US,
        processes=(*RUNS[:3], pages),
        chores=(ChoreState(name="pack", problem=HOSTILE),),
        disk=Disk(free=5, total=100),
    )
    page = await desk.page("/health")
    assert "Everything runs" not in page
    for told in (
        "process pages",
        "chore pack fails",
        "nearly full",
        f"{SLUG}: east 25.0 % of attempts failed",
    ):
        assert told in page
    assert "img" not in Outline(page).tags


@at_desk
async def test_nobody_serves_is_one_sentence(desk):
    away = tuple(ProcessState(each.name, "away") for each in RUNS[:-1])
    desk.watch.house = House(at_us=NOW_US, processes=away)
    page = await desk.page("/health")
    assert "not answer" not in page
    assert "scripts/up" in page


@at_desk
async def test_what_fails_together_is_one_sentence(desk):
    away = [ProcessState(name, "away") for name in ("relay", "pages")]
    desk.watch.house = House(at_us=NOW_US, processes=(RUNS[0], *away))
    assert "The processes relay and pages do not answer" in await desk.page("/health")
    east = Endpoint(name="east", url="http://127.0.0.1:1/v1", model="m")
    private = Private(maker="m", model="m", endpoint=(east, structs.replace(east, name="west")))
    launch = structs.replace(desk.live(), private=private)
    desk.attempts(requests=8, failures=2)
    more = [structs.replace(each, name="west", failures=1) for each in desk.views.endpoints]
    desk.views.endpoints = [*desk.views.endpoints, *more]
    page = health_page(
        desk.watch.house, [launch], {SLUG: desk.views.view(SLUG)}, IndexState(exists=True, behind=0)
    )
    assert page.attention[1:] == (
        f"{SLUG}: east 25.0 %, west 12.5 % of attempts failed in the last 24 hours.",
    )


@at_desk
async def test_limits_and_how_much_of_them_is_used(desk):
    desk.live()
    desk.views.minute = Window(seconds=60, requests=57)
    desk.watch.house = House(at_us=1, refused={"": {"authentication": 3}, SLUG: {"rate_limit": 8}})
    page = await desk.page("/limits")
    for told in ("60 requests/min", "57 of 60", "rate limit", "authentication"):
        assert told in page
    assert page.index("rate limit") < page.index("authentication"), "most first"


@pytest.mark.parametrize(
    ("refused", "told"), [(None, "No server answers"), ({"": {}}, "Nothing was refused")]
)
@at_desk
async def test_refusals_that_are_not_there(desk, refused, told):
    desk.watch.house = House(at_us=1, refused=refused)
    assert told in await desk.page("/limits")


@at_desk
async def test_reports_are_read_and_closed_with_a_note(desk):
    add(desk, report(1, listing=SLUG, contact="me@example", what="harm"), report(2))
    page = await desk.page("/reports")
    assert page.index("text 1") < page.index("text 2")
    assert "<code>rep-1</code>" in page  # the reporter is told to quote it
    assert "<h3>Harmful or illegal content" in page
    assert (await desk.post("/reports/rep-1/close", note="asked\r\nthem")).status == 303
    assert desk.reports.report("rep-1").note == "asked\nthem", "lines end as everywhere"
    page = await desk.page("/reports")
    assert "text 1" not in page
    assert "asked\nthem" in await desk.page("/reports?closed=yes")
    again = await desk.post("/reports/rep-1/close", note="kept words")
    assert again.status == 400
    assert "closed already" in again.text
    long = await desk.post("/reports/rep-2/close", note="n" * 1001)
    assert long.status == 400
    assert "n" * 1001 in long.text, "what was typed comes back"


@at_desk
async def test_many_reports_are_turned_and_closed_where_they_stand(desk):
    add(desk, *(report(each, text=f"text {each:03}", at_us=NOW_US + each) for each in range(45)))
    first = await desk.page("/reports")
    assert "1 to 20 of 45, oldest first" in first
    assert "text 019" in first
    assert "text 020" not in first
    assert 'href="/reports?after=20"' in first
    second = await desk.page("/reports?after=20")
    assert "text 020" in second
    assert 'action="/reports/rep-20/close?after=20"' in second
    answer = await desk.browser.post("/reports/rep-20/close?after=20", {"note": "done"})
    assert answer.headers["location"] == "/reports?after=20"
    newest = await desk.page("/reports?closed=yes&after=40")
    assert "41 to 45 of 45, newest first" in newest
    assert newest.index("text 004") < newest.index("text 000")


@at_desk
async def test_what_strangers_said_stays_words(desk):
    fields = ("what", "text", "listing", "generation", "contact")
    hostile = dict.fromkeys(fields, HOSTILE[:90])
    add(desk, report(1, **hostile), report(2, text="\u202eelif" + "a" * 10_000))
    desk.reports.add_feedback(
        Feedback(
            generation=HOSTILE[:60],
            listing="l",
            key="k",
            at_us=1,
            category="other",
            comment=HOSTILE,
        )
    )
    page = await desk.page("/reports")
    outline = Outline(page)
    assert "img" not in outline.tags
    assert outline.tags.count("script") == page.count('<script defer src="/static/')
    assert "\u202e" not in page


@at_desk
async def test_what_cannot_be_chosen_is_a_sentence_on_the_page(desk):
    desk.live()
    for path in ("/reports", "/launches", "/keys", "/sessions"):
        for query in ("launch=no/such", "span=9y", f"launch={SLUG}&span=%00<b>"):
            answer = await desk.browser.ask(f"{path}?{query}")
            assert answer.status == 400, (path, query)
            assert 'role="alert"' in answer.text
            assert "<h1>" in answer.text


@pytest.mark.parametrize("name", SPANS)
def test_a_span_and_the_one_before_it_are_as_long(name):
    span = read_span(name, NOW_US, NOW_US - 50 * HOUR_US)
    assert span.until_us == NOW_US
    if name == "all":
        assert (span.hours, span.before) == (50, None)
    else:
        assert span.before.until_us == span.since_us
        assert span.before.hours == span.hours == SPANS[name][1]


def test_a_span_without_a_name_is_a_day():
    assert read_span("", NOW_US).hours == 24


@given(st.text())
def test_any_other_name_is_a_sentence(name):
    if name not in ("", *SPANS):
        with pytest.raises(ConfigError, match="choose"):
            read_span(name, NOW_US)


@given(st.text(), st.text(st.characters(exclude_categories=["Cs"])))
def test_links_carry_what_was_chosen(first, second):
    place = Place(path="/asked", span=read_span("7d", NOW_US), kept=(("category", first),))
    link = place.link(word=second)
    assert link.startswith("/asked?")
    assert link.isascii()
    assert "span=7d" in link
    assert place.link("/keys", word=None) == "/keys?span=7d", "filters are of one page"
    assert "span" not in place.link(span="24h"), "the default goes without saying"


def test_a_place_is_at_its_page_and_below_it():
    place = Place(path="/launches/a/b")
    assert place.is_at("/launches")
    assert not place.is_at("/")
    assert not place.is_at("/launch")
    assert Place(path="/").is_at("/")
