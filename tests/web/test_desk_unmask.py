"""The page that asks who is behind an API: watched as browsers do, filled in as enemies do."""

import asyncio
import gc
from urllib.parse import urlencode

import pytest
from desk_kit import KEY, ORDER, Browser, inside, settle
from hypothesis import given
from hypothesis import strategies as st
from pages_kit import Outline

from attribution.report_kit import HOSTILE, case, evidence, exhibit, hostile_case
from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.web.desk.order import read_order
from darkhorse.web.desk.runs import AT_ONCE, KEPT, Seen
from darkhorse.web.desk.scrub import scrubbed


def told(html):
    return " ".join("".join(Outline(html).text).split())


@inside
async def test_the_form_shows_what_it_would_cost(browser):
    page = (await browser.ask("/unmask")).text
    for words in ("about 80 calls, 50,000 tokens", "about 700 calls", "Messages (Anthropic)"):
        assert words in told(page)
    assert 'value="standard" checked' in page
    assert 'type="password"' in page


@inside
async def test_a_run_from_form_to_report(browser):
    path = await browser.start()
    order = browser.investigator.orders[0]
    assert (order.url, order.model, order.dialect, order.budget) == tuple(
        ORDER[name] for name in ("url", "model", "dialect", "budget")
    )
    assert order.key.reveal() == KEY
    browser.investigator.shows[0](
        Seen(what="asking: style", done=7, about=80, calls=9, tokens=1234)
    )
    page = (await browser.ask(path)).text
    assert "7 of 80 questions, 9 calls, 1,234 tokens" in told(page)
    assert '<noscript><meta http-equiv="refresh"' in page
    assert (await browser.ask(f"{path}/report")).status == 404, "there is none yet"
    await browser.end()
    page = (await browser.ask(path)).text
    assert case().verdict.says in told(page)
    assert "Counts are the model's own." in told(page)
    assert "refresh" not in page
    report = await browser.ask(f"{path}/report?save")
    assert case().verdict.says in report.text
    assert "attachment" in report.headers["content-disposition"]
    policy = report.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert '"outcome": "lab"' in (await browser.ask(f"{path}/case.json")).text
    assert case().verdict.says in told((await browser.ask("/unmask")).text)


@inside
async def test_exhibits_are_told_as_they_arrive(browser):
    path = await browser.start()
    run = browser.runs.find(path.rpartition("/")[2])
    show = browser.investigator.shows[0]
    watching = asyncio.create_task(browser.ask(f"{path}/events"))
    await browser.hears(b"event: exhibits")
    show(Seen(calls=8, evidence=(evidence(exhibit=exhibit(title="First")),)))
    await settle()
    show(Seen(calls=9, evidence=run.seen.evidence))
    await settle()
    await browser.end()
    stream = (await watching).text
    names = [line[7:] for line in stream.splitlines() if line.startswith("event: ")]
    assert names == ["progress", "exhibits", "progress", "exhibits", "progress", "progress", "over"]
    assert "First" in stream
    assert stream.endswith("event: over\ndata: done\n\n")


@inside
async def test_who_is_let_in_no_more_is_told_no_more(browser):
    path = await browser.start()
    watching = asyncio.create_task(browser.ask(f"{path}/events"))
    await browser.hears(b"event: exhibits")
    browser.store.held.clear()
    browser.clock.us += 1_000_000
    browser.investigator.shows[0](Seen(evidence=(evidence(exhibit=exhibit(title="Late")),)))
    stream = (await asyncio.wait_for(watching, 20)).text
    assert stream.startswith("event: progress")
    assert "Late" not in stream


@inside
async def test_it_can_be_stopped(browser):
    path = await browser.start()
    answer = await browser.post(f"{path}/stop", {})
    assert (answer.status, answer.headers["location"]) == (303, path)
    assert "It was stopped before there was a verdict." in told((await browser.ask(path)).text)
    assert (await browser.post(f"{path}/stop", {})).status == 303, "and once more does no harm"


@inside
async def test_few_run_at_once_and_few_are_kept(browser):
    for _ in range(AT_ONCE):
        await browser.start()
    answer = await browser.post("/unmask", ORDER)
    assert answer.status == 400
    assert f"{AT_ONCE} runs are under way" in told(answer.text)
    await browser.end()
    for _ in range(KEPT + 3):
        last = await browser.start()
    assert len(list(browser.runs)) == KEPT
    assert (await browser.ask(last)).status == 200


@inside
async def test_the_key_is_on_no_page_and_let_go_at_the_end(browser):
    key = "sk-of-this-test-alone"
    path = await browser.start(key=key)
    said = exhibit(says=f"bad key {key}", rows=((key,),))
    browser.investigator.shows[0](Seen(what=key, evidence=(evidence(exhibit=said),)))
    await settle()
    seen = [await browser.ask(each) for each in (path, "/unmask")]
    await browser.end(hostile_case(f"x{key}y"))
    seen += [
        await browser.ask(f"{path}{each}") for each in ("", "/events", "/report", "/case.json")
    ]
    for answer in seen:
        assert answer.status == 200
        assert key not in answer.text
    assert "[the key]" in seen[0].text
    browser.investigator.orders.clear()
    browser.investigator.shows.clear()
    gc.collect()
    held = [each for each in gc.get_objects() if isinstance(each, Secret)]
    assert all(each.reveal() != key for each in held)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConfigError(f"It does not take the key (no such key {KEY})."), "no such key [the key]"),
        (ValueError(KEY), "It failed on our side"),
        (ExceptionGroup("x", [ValueError(KEY)]), "It failed on our side"),
    ],
)
@inside
async def test_a_run_that_fails_says_why_without_the_key(browser, error, words):
    path = await browser.start()
    await browser.end(error)
    page = (await browser.ask(path)).text
    assert words in told(page)
    assert KEY not in page


def test_no_log_has_the_key(caplog):
    @inside
    async def failing(browser):
        await browser.start()
        await browser.end(ValueError(KEY))

    failing()
    assert "a run failed: ValueError at desk_kit.py" in caplog.text
    assert KEY not in caplog.text


BAD = {
    "url": [
        "",
        "ftp://a.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//a.example",
        "a.example/v1",
        "http://",
        "http:///v1",
        "http://u:p@a.example/",
        "https://a.example/?key=1",
        "https://a.example/#x",
        "https://a.example:99999/",
        "https://a.example:x/",
        "https://a.example:0/",
        "https://[::1/",
        "https://a.example/\r\nx: y",
        "https://a.example/a b",
        "https://ä.example/",
        "https://a.example\\.b.example/",
        "https://a.example/" + "a" * 2_000,
    ],
    "model": ["", " ", "a\r\nx: y", "a\x00b", "m" * 201, "\u202eb", "a\u2028b"],
    "key": ["a b", "a\r\nx: y", "ключ", "k" * 1_001, "\x7f"],
    "dialect": ["", "grpc", "Chat"],
    "budget": ["", "endless"],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in BAD.items() for v in vs])
def test_what_cannot_be_asked_is_said_on_the_form(name, value):
    async def whole():
        browser = Browser()
        await browser.enter()
        answer = await browser.post("/unmask", ORDER | {name: value})
        if (name, value) in (("dialect", ""), ("budget", "")):
            assert answer.status == 303, "an empty field is a field left out"
            await browser.runs.close()
            return
        assert answer.status == 400
        Outline(answer.text)
        assert 'role="alert"' in answer.text
        assert KEY not in answer.text
        assert browser.investigator.orders == []
        assert list(browser.runs) == []

    asyncio.run(whole())


@given(st.dictionaries(st.sampled_from(sorted(ORDER)), st.text(max_size=30)))
def test_any_form_is_an_order_or_a_sentence(fields):
    try:
        order = read_order(ORDER | fields)
    except ConfigError:
        return
    sent = order.url + order.key.reveal()
    assert sent.isascii()
    assert sent.isprintable()
    assert " " not in sent
    assert order.model.isprintable()


SOUND = urlencode(ORDER).encode()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (SOUND + b"&x=" + b"a" * 20_000, "far too long"),
        (SOUND + b"&a=b" * 100, "as browsers send one"),
        (b"\xff\xfe", "The URL must be"),
        (b"", "The URL must be"),
    ],
)
@inside
async def test_what_is_no_form_is_refused(browser, body, words):
    answer = await browser.ask(
        "/unmask", method="POST", body=body, headers=(("sec-fetch-site", "same-origin"),)
    )
    assert answer.status == 400
    assert words in told(answer.text)
    assert browser.investigator.orders == []


@pytest.mark.parametrize("text", HOSTILE)
@inside
async def test_what_a_stranger_said_stays_text(browser, text):
    path = await browser.start()
    other = await browser.start()
    browser.investigator.shows[0](Seen(what=text, evidence=hostile_case(text).evidence))
    browser.investigator.shows[1](Seen(what="x", evidence=hostile_case("x").evidence))
    assert await tags(browser, path) == await tags(browser, other)
    await browser.end(hostile_case(text))
    page = (await browser.ask(path)).text
    outline = Outline(page)
    assert not {"img", "iframe", "style"} & set(outline.tags)
    assert outline.tags.count("script") == page.count('<script defer src="/static/copy.') == 1
    assert not set("\u202e\u0000\u001b") & set(page)


async def tags(browser, path):
    return Outline((await browser.ask(path)).text).tags


@pytest.mark.parametrize("path", ["/unmask/x", "/unmask/x/report", "/unmask/x/events", "/x"])
@inside
async def test_what_is_not_there_is_not_found(browser, path):
    assert (await browser.ask(path)).status == 404


def test_short_words_are_no_keys():
    assert scrubbed("a cat sat", Secret("a")) == "a cat sat"
    assert scrubbed({"cats": ("cats",)}, Secret("cats")) == {"[the key]": ("[the key]",)}
