"""Launches on the desk: shown whole but for secrets, and moved only by who confirms it."""

import asyncio
import json

import pytest
from desk_kit import settle
from means_kit import ACCEPTED, LABEL, SLUG, at_desk
from msgspec import structs
from pages_kit import DAY_US, HOSTILE, Outline

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.audits import Audit, Exhibit, Finding
from darkhorse.catalog.launch import subject_of
from darkhorse.launches import finding
from darkhorse.launches.desk import Reason
from darkhorse.launches.inspection import Inspection
from darkhorse.web.desk.frame import Frame
from darkhorse.web.desk.launches import routes

AT = f"/launches/{SLUG}"


def audit(launch, *findings, at_us, id_="aud-1"):
    return Audit(
        id=id_,
        listing=SLUG,
        subject=subject_of(launch.definition),
        at_us=at_us,
        version="0",
        findings=findings,
    )


LEAK = Finding(name="headers/x", channel="headers", verdict="leaks", deterministic=True)


async def until_over(desk):
    desk.inspector.may_end.set()
    async with asyncio.timeout(10):
        while "It goes on though" in await desk.page(f"{AT}/going"):
            await settle()


def state_of(desk):
    return desk.desk.find(SLUG).life.state


@at_desk
async def test_the_list_says_what_to_do_where_there_is_none(desk):
    assert "darkhorse launch create" in await desk.page("/launches")


@at_desk
async def test_the_list_has_every_state(desk):
    desk.live()
    page = await desk.page("/launches")
    assert f'href="{AT}"' in page
    assert 'class="silk' in page
    assert "not audited" in page
    assert "ends in 5 days" in page


@at_desk
async def test_an_audit_that_there_never_was_is_told_by_its_state(desk):
    desk.launch()
    assert "run this before it goes live" in await desk.page(AT)
    desk.desk.go_live(desk.desk.find(SLUG), Reason("ann", "on Monday", ACCEPTED))
    page = await desk.page(AT)
    assert "Nobody has audited it, and it is live" in page
    assert "before it goes live" not in page


@at_desk
async def test_one_whole_without_its_secrets(desk):
    desk.live()
    desk.attempts()
    page = await desk.page(AT)
    for word in ("Example Lab", "Example-5", "east", "http://127.0.0.1:1/v1", "EAST_KEY", "10.0 %"):
        assert word in page
    for secret in ("hunter2", "hunter3", "user:"):
        assert secret not in page
    assert "on Monday" in page
    assert "no-audit" in page


@at_desk
async def test_what_is_not_there_is_a_page_that_says_so(desk):
    desk.launch()
    for path in (
        "/launches/no/such",
        f"{AT}/audits/aud-9",
        f"{AT}/audits/aud-9/report",
        "/launches/x",
    ):
        answer = await desk.browser.ask(path)
        assert answer.status == 404, path
        assert "Nothing here" in answer.text


@at_desk
async def test_an_audit_is_shown_where_nothing_of_it_can_act(desk):
    launch = desk.launch()
    exhibit = Exhibit(side="raw", asked=HOSTILE, answered=HOSTILE)
    told = structs.replace(LEAK, exhibits=(exhibit,))
    desk.desk.keep_audit(launch, audit(launch, told, at_us=desk.clock.us))
    assert f'href="{AT}/audits/aud-1"' in await desk.page(AT)
    around = await desk.page(f"{AT}/audits/aud-1")
    assert f'<iframe class="report" sandbox src="{AT}/audits/aud-1/report"' in around
    assert f'href="{AT}"' in around
    answer = await desk.browser.ask(f"{AT}/audits/aud-1/report")
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "cross-origin-opener-policy" not in answer.headers, "no browser shows a page with both"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "&lt;img" in answer.text
    assert "<img" not in answer.text
    assert "<script" not in answer.text


@at_desk
async def test_a_move_is_told_before_it_is_made(desk):
    desk.live()
    for kind in ("extend", "retire", "reveal", "go-live"):
        page = await desk.page(f"{AT}/{kind}")
        assert "What the public will see" in page, kind
        assert 'method="post"' in page
        assert state_of(desk) == "live", "looking moves nothing"


@at_desk
async def test_the_end_is_moved(desk):
    launch = desk.live()
    answer = await desk.post(f"{AT}/extend", days="2.5", why="more to learn")
    assert (answer.status, answer.headers["location"]) == (303, AT)
    after = desk.desk.find(SLUG)
    assert after.life.closes_us == launch.life.closes_us + round(2.5 * DAY_US)
    move = desk.desk.moves(after)[-1]
    assert (move.who, move.why) == (f"desk: {LABEL}", "more to learn")


@at_desk
async def test_or_to_a_moment_by_utc(desk):
    desk.live()
    assert (await desk.post(f"{AT}/extend", until="2026-02-20T12:00", why="x")).status == 303
    assert desk.desk.find(SLUG).life.closes_us == 1_771_588_800_000_000


WRONG = (
    {"why": "x"},
    {"why": "x", "days": "1", "until": "2026-02-20T12:00"},
    {"why": "x", "days": "nan"},
    {"why": "x", "days": "1e400"},
    {"why": "x", "days": "-1"},
    {"why": "x", "until": "soon"},
    {"why": "x", "until": "0001-01-01T00:00+23:59"},
    {"why": "x", "until": "2020-01-01T00:00"},
    {"why": " ", "days": "1"},
    {"days": "1"},
    {"why": "x" * 4001, "days": "1"},
)


@at_desk
async def test_a_wrong_form_moves_nothing_and_comes_back(desk):
    before = desk.live()
    for fields in WRONG:
        answer = await desk.post(f"{AT}/extend", **fields)
        assert answer.status == 400, fields
        assert 'role="alert"' in answer.text
        for value in fields.values():
            assert value.strip()[:100] in answer.text
    assert desk.desk.find(SLUG) == before


@pytest.mark.parametrize("kind", ["retire", "reveal"])
@at_desk
async def test_what_cannot_be_undone_wants_its_slug(desk, kind):
    launch = desk.live()
    if kind == "reveal":
        desk.desk.retire(launch, Reason("ann", "over"))
    before = state_of(desk)
    for typed in ("", "mule", "stealth/mule", "STEALTH/MULE-BETA"):
        answer = await desk.post(f"{AT}/{kind}", why="x", slug=typed)
        assert answer.status == 400, typed
        assert "to confirm" in answer.text
    assert state_of(desk) == before


@at_desk
async def test_retired_then_revealed(desk):
    desk.live()
    assert (await desk.post(f"{AT}/retire", why="enough", slug=SLUG)).status == 303
    assert state_of(desk) == "retired"
    answer = await desk.post(f"{AT}/reveal", why="now", slug=SLUG, text="It ran.", successor="a/b")
    assert answer.status == 303
    after = desk.desk.find(SLUG)
    assert (after.reveal.text, after.reveal.successor) == ("It ran.", "a/b")
    assert "Example-5" in await desk.page(AT)


@at_desk
async def test_a_page_of_somebody_else_moves_nothing(desk):
    desk.live()
    form = {"why": "x", "slug": SLUG}
    assert (await desk.browser.post(f"{AT}/retire", form, headers=())).status == 403
    desk.browser.cookie = "other"
    assert (await desk.browser.post(f"{AT}/retire", form)).status == 401
    assert state_of(desk) == "live"


@at_desk
async def test_a_move_that_its_state_does_not_allow_is_refused(desk):
    desk.launch()
    answer = await desk.post(f"{AT}/retire", why="x", slug=SLUG)
    assert answer.status == 400
    assert "is draft" in answer.text


@at_desk
async def test_no_go_live_without_an_audit_or_a_word(desk):
    desk.launch()
    answer = await desk.post(f"{AT}/go-live", why="x")
    assert answer.status == 400
    assert "never audited" in answer.text
    assert state_of(desk) == "draft"


@at_desk
async def test_going_live_asks_first_in_the_background(desk):
    desk.launch()
    form = {"why": "Monday", "accept:no-audit": "on", "commit": "on"}
    answer = await desk.post(f"{AT}/go-live", **form)
    assert answer.headers["location"] == f"{AT}/going"
    await settle()
    page = await desk.page(f"{AT}/going")
    assert "east: asking" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    again = await desk.post(f"{AT}/go-live", **form)
    assert again.status == 400, "one at a time"
    assert state_of(desk) == "draft"
    await until_over(desk)
    assert "It is live" in await desk.page(f"{AT}/going")
    after = desk.desk.find(SLUG)
    assert (after.life.state, bool(after.commitment)) == ("live", True)
    move = desk.desk.moves(after)[-1]
    assert (move.who, move.why, move.accepted) == (f"desk: {LABEL}", "Monday", ACCEPTED)


@at_desk
async def test_a_leak_that_stops_it_is_accepted_by_name(desk):
    launch = desk.launch()
    desk.desk.keep_audit(launch, audit(launch, LEAK, at_us=desk.clock.us))
    assert 'name="accept:headers/x"' in await desk.page(f"{AT}/go-live")
    assert (await desk.post(f"{AT}/go-live", why="x")).status == 400
    assert (
        await desk.post(f"{AT}/go-live", **{"why": "x", "accept:headers/x": "on"})
    ).status == 303
    await until_over(desk)
    assert state_of(desk) == "live"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            Inspection(
                findings=(finding.Finding(kind="a", level="refuse", text=HOSTILE),), headrooms=()
            ),
            "stays draft",
        ),
        (ConfigError("The endpoint is `away`."), "away"),
        (ValueError("a secret of the endpoint"), "failed on our side"),
    ],
)
@at_desk
async def test_what_its_endpoints_cannot_keep_does_not_go_live(desk, found, words):
    desk.launch()
    desk.inspector.found = found
    await desk.post(f"{AT}/go-live", **{"why": "x", "accept:no-audit": "on"})
    await until_over(desk)
    page = await desk.page(f"{AT}/going")
    assert words in page
    assert "a secret" not in page
    assert "img" not in Outline(page).tags
    assert state_of(desk) == "draft"


@at_desk
async def test_how_far_it_is_comes_as_events(desk):
    desk.launch()
    await desk.post(f"{AT}/go-live", **{"why": "x", "accept:no-audit": "on"})
    await until_over(desk)
    stream = (await desk.browser.ask(f"{AT}/going/events")).text
    data = stream.split("data: ")[1].split("\n")[0]
    assert "It is live" in json.loads(data)["going"]
    assert stream.endswith("event: over\ndata: \n\n")


@at_desk
async def test_how_far_it_is_is_not_told_to_who_is_let_in_no_more(desk, monkeypatch):
    desk.launch()
    await desk.post(f"{AT}/go-live", **{"why": "x", "accept:no-audit": "on"})
    monkeypatch.setattr(routes, "_EVERY_S", 0)

    def piece(*_, **__):
        desk.keys.disable(desk.key.hash, force=True)
        desk.clock.us += 1_000_000
        return "asking"

    monkeypatch.setattr(Frame, "piece", piece)
    stream = (await asyncio.wait_for(desk.browser.ask(f"{AT}/going/events"), 20)).text
    assert stream == 'event: put\ndata: {"going": "asking"}\n\n'
    desk.keys.enable(desk.key.hash)
    await desk.enter()
    await until_over(desk)


@at_desk
async def test_hostile_words_stay_words(desk):
    launch = desk.live(title=HOSTILE, description=HOSTILE)
    desk.desk.extend(launch, Reason(HOSTILE, HOSTILE), closes_us=launch.life.closes_us + DAY_US)
    for path in ("/launches", AT, f"{AT}/retire", f"{AT}/extend"):
        page = await desk.page(path)
        outline = Outline(page)
        assert "img" not in outline.tags, path
        assert outline.tags.count("script") == page.count('<script defer src="/static/'), path
