"""One generation, what is found, and traffic as it comes, over a ledger made by hand."""

import asyncio
import json

import pytest
from insight_kit import HOUR_US, KEY, NOON, NOW, PONY, Scene, ask, launch, tile
from pages_kit import words
from starlette.requests import ClientDisconnect

from darkhorse.base.errors import ConfigError
from darkhorse.storage.finding import Hit
from darkhorse.storage.records import Attempt
from darkhorse.storage.reports import Feedback
from darkhorse.web import streams
from darkhorse.wire.chunks import Withheld


@pytest.fixture
def scene(tmp_path):
    scene = Scene(tmp_path, launch())
    yield scene
    scene.close()


def test_a_generation_shows_all_that_is_on_record(scene):
    tools = [{"type": "function", "function": {"name": "look_up", "parameters": {}}}]
    call = {"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": '{"n":3}'}}
    before = scene.put("the first", session="s1", ago_s=900)
    name = scene.put(
        session="s1",
        body={
            "tools": tools,
            "temperature": 0.4,
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Look it up."},
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c1", "content": "It is a horse."},
            ],
        },
        answer={"content": "It is **a horse**.", "reasoning": "I looked."},
        ends={
            "attempts": (
                Attempt(endpoint="west", duration_ms=10, outcome="connect", detail="nobody there"),
                Attempt(endpoint="east", duration_ms=890, outcome="ok", native_finish="eos"),
            ),
            "withheld": (Withheld("text", 3, "Example Lab", "the maker"),),
        },
    )
    scene.reports.said = [
        Feedback(
            generation=name,
            listing=PONY,
            key=KEY,
            at_us=NOW,
            category="incorrect_response",
            comment="no!",
        )
    ]
    page = scene.get(f"/generation/{name}")
    assert page.status == 200
    told = words(page.text)
    shown = "Be brief.|Look it up.|look_up|It is a horse.|I looked.|west|nobody there|Example Lab"
    for text in (
        *shown.split("|"),
        "incorrect response",
        "no!",
        "the endpoint's own: 13",
        "temperature",
        "a <b>key</b>",
    ):
        assert text in told, text
    assert "<strong>a horse</strong>" in page.text
    assert f'href="/generation/{before}"' in page.text
    raw = scene.get(f"/generation/{name}/request.json")
    assert "attachment" in raw.headers["content-disposition"]
    assert json.loads(raw.text)["temperature"] == 0.4


def test_what_runs_or_is_gone_is_said(scene):
    running = scene.put("still going", over=False)
    page = scene.get(f"/generation/{running}")
    assert "It still runs" in page.text
    assert "still going" in page.text
    lost = scene.put("was here")
    scene.settle()
    scene.journal.path.write_bytes(b"\0" * scene.journal.path.stat().st_size)
    assert scene.get(f"/generation/{lost}").status in (200, 404)
    assert scene.get("/generation/none").status == 404


def test_what_a_model_made_is_framed_without_an_origin(scene):
    name = scene.put(answer="Look:\n```html\n<h1>hi</h1>\n```\nand\n~~~svg\n<svg/>\n~~~")
    page = scene.get(f"/generation/{name}")
    assert page.text.count("<iframe sandbox loading") == 2
    made = scene.get(f"/generation/{name}/artefact/0")
    assert made.body == b"<h1>hi</h1>"
    policy = made.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert made.headers["x-content-type-options"] == "nosniff"
    assert scene.get(f"/generation/{name}/artefact/1").headers["content-type"] == "image/svg+xml"
    assert scene.get(f"/generation/{name}/artefact/2").status == 404


def test_search_marks_what_was_asked_for_and_says_how_far_it_is(scene):
    scene.finder.hits = [Hit("gen-1", NOON, PONY, "…<i>the horse</i> and Horses")]
    page = scene.get(f"/search?q=%22the+horse%22+horses&launch={PONY}&span=7d")
    assert "…&lt;i&gt;<mark>the horse</mark>&lt;/i&gt; and <mark>Horses</mark>" in page.text
    assert "3 records to go" in page.text
    (asked, named), *_ = scene.finder.asked
    assert asked == '"the horse" horses'
    assert named["listing"] == PONY
    assert named["until_us"] - named["since_us"] == 7 * 24 * HOUR_US


def test_a_question_that_cannot_be_read_is_a_sentence_and_stays(scene):
    scene.finder.fails = 'a": a quotation mark is missing.'
    page = scene.get("/search?q=a%22%3Cb%3E")
    assert "a quotation mark is missing" in page.text
    assert 'value="a&#34;&lt;b&gt;"' in page.text


def test_a_name_leads_to_what_it_names(scene):
    name = scene.put(session="5e55")
    scene.settle()
    assert scene.get(f"/search?name={name}").headers["location"] == f"/generation/{name}"
    assert f"key={KEY}" in scene.get(f"/search?name={KEY[:8]}").headers["location"]
    assert "session=5e55" in scene.get("/search?name=5e55").headers["location"]
    quoted = scene.get("/search?name=rep-20").headers["location"]
    assert quoted == "/reports?closed=yes&after=20#rep-20"  # the 25th from the newest
    assert scene.get("/search?name=rep-none").status == 404
    missing = scene.get("/search?name=%3Cb%3E")
    assert missing.status == 404
    assert "Nothing is called <b>" in words(missing.text)


def test_traffic_is_followed_until_it_is_paused(scene):
    scene.put("now", ago_s=20)
    page = scene.get(f"/traffic?launch={PONY}&category=general")
    live = page.text.partition('data-live="')[2].partition('"')[0].replace("&amp;", "&")
    assert live.startswith("/traffic/live?")
    assert "category=general" in live
    assert tile(page, "Requests a minute").startswith("1")
    paused = scene.get("/traffic?paused=1")
    assert "data-live" not in paused.text
    assert ">Follow</a>" in paused.text
    assert scene.get("/traffic/live", method="HEAD").body == b""


def test_an_open_page_is_sent_what_is_new(scene):
    scene.put("the first", ago_s=20)
    scene.settle()
    first = asyncio.run(_first_put(scene.app, "category=general"))
    assert "the first" in first["rows"]
    assert "<dt>Running</dt>" in first["now"]
    assert "the first" not in asyncio.run(_first_put(scene.app, "category=legal"))["rows"]


def test_the_first_pages_figures_follow(scene):
    scene.put("the first", ago_s=20)
    scene.settle()
    assert 'data-live="/live?launch=' in scene.get(f"/?launch={PONY}").text
    day = asyncio.run(_first_put(scene.app, f"launch={PONY}", "/live"))["day"]
    assert "Requests</a></dt><dd>1<" in day
    assert scene.get("/live", method="HEAD").body == b""


async def _first_put(app, query, path="/traffic/live"):
    """The first event of the stream; then the reader goes."""
    got = b""

    async def send(message):
        nonlocal got
        got += message.get("body", b"")
        if b"event: put" in got:
            raise OSError

    with pytest.raises(ClientDisconnect):
        await ask(app, path, query=query, send=send)
    return json.loads(got.partition(b"event: put\ndata: ")[2])


def test_an_open_page_is_sent_nothing_more_when_its_session_is_over(scene, monkeypatch):
    monkeypatch.setattr(streams, "_SECOND", 0)
    scene.put("the first", ago_s=20)
    scene.settle()
    got = b""

    async def send(message):
        nonlocal got
        got += message.get("body", b"")
        if b"the first" in got and not scene.guests.are_out:
            scene.guests.are_out = True
            scene.put("the second", ago_s=1)
            scene.settle()

    asyncio.run(asyncio.wait_for(ask(scene.app, "/traffic/live", send=send), 20))
    assert got.count(b"event: put") == 1
    assert b"the second" not in got
    assert got.endswith(b"event: over\ndata: {}\n\n")


def test_what_is_wrong_with_the_facts_is_said_in_its_own_words(scene):
    scene.put()

    def broken(*_, **__):
        raise ConfigError("facts.sqlite: not usable; run ledger repair.")

    scene.readers[0].sums = broken
    page = scene.get("/asked")
    assert (page.status, page.text) == (400, "facts.sqlite: not usable; run ledger repair.")
