"""A launch's own page: before its end, after it, after the reveal."""

import re
from decimal import Decimal

import msgspec
import pytest
from pages_kit import (
    DAY_US,
    HOUR_US,
    LIVE_US,
    PONY,
    WHO,
    Facts,
    Outline,
    Site,
    get,
    listing,
    live,
    over,
    revealed,
    words,
)

from darkhorse.catalog.commitment import check_command, digest, opening
from darkhorse.catalog.launch import Change
from darkhorse.catalog.limits import Limits
from darkhorse.catalog.listing import ListingLimits
from darkhorse.catalog.price import Price
from darkhorse.storage.ports import ListingTotals

PAGE = "/stealth/pony-alpha"
END_US = LIVE_US + 5 * DAY_US
ENDED = "This trial has ended"
MADE_BY = ("Example Lab", "Example-5", "five good days")
FULL = listing(
    input=("text", "image"),
    parameters=("tools", "seed"),
    identity="I am Pony Alpha.",
    terms="https://example.org/terms",
    privacy="http://example.org/privacy?a=1&b=2",
    abuse_contact="abuse@example.org",
    moderated=True,
    price=Price(prompt=Decimal("0.60"), completion=Decimal("2.2"), request=Decimal("0.00100")),
    limits=ListingLimits(
        key=Limits(requests_per_minute=20, concurrent=1),
        total=Limits(tokens_per_minute=200_000, requests_per_day=1000, spend_usd=Decimal(5)),
    ),
)


def shown(*launches, now_us=LIVE_US + HOUR_US, facts=None):
    return words(get(PAGE, launches=launches, now_us=now_us, facts=facts).text)


def test_a_live_page_has_everything_the_public_may_know():
    html = get(PAGE, launches=(live(FULL, days=5),)).text
    page, text = Outline(html), words(html)
    for word in (
        *("Pony Alpha", "stealth/pony-alpha", "pony-alpha", "openrouter/pony-alpha"),
        *("A small model in a cloak.", PONY.disclosure, "I am Pony Alpha."),
        *("What you send here is logged.", "Live since 6 February 2026"),
        *("Reads Text, images", "Writes Text", "8,192 tokens", "4,096 tokens"),
        "$0.60 per million prompt tokens, $2.20 per million answer tokens, $0.001 per request",
        *("Prompts are moderated", "seed, tools"),
        *("TypeScript package openai", "SDK package anthropic"),
        "Each key 20 requests a minute, 1 request at once",
        "Everybody together 1,000 requests a day, 200,000 tokens a minute, $5 in all",
        *("6 February 2026, 00:00 UTC Listed.", "Requests so far 0"),
    ):
        assert word in text, word
    assert "Each network address" not in text
    assert "https://example.org/terms" in page.links
    assert "http://example.org/privacy?a=1&b=2" in page.links
    assert "mailto:abuse@example.org" in page.links
    assert "/playground?model=stealth/pony-alpha" in page.links
    assert len(page.blocks) == 4
    assert all('"stealth/pony-alpha"' in block for block in page.blocks)


def test_what_is_not_set_is_not_there():
    html = get(PAGE).text
    text = words(html)
    assert "temperature (0 to 2)" in text
    assert "Price Free" in text
    assert "Prompts are not moderated" in text
    assert "Limits None of its own." in text
    for word in ("Ends in", "say of itself", "Terms", "Privacy", "Abuse contact", "last day"):
        assert word not in text.partition("For programs")[0], word
    assert "countdown" not in html
    assert "uplot" not in html  # there is nothing to draw


@pytest.mark.parametrize(
    ("left_us", "told"),
    [
        (3 * DAY_US + 4 * HOUR_US + HOUR_US // 2, "3 days 4 hours"),
        (3 * DAY_US + HOUR_US // 2, "3 days"),
        (2 * DAY_US - 1, "1 day 23 hours"),
        (DAY_US, "1 day"),
        (DAY_US - 1, "23 hours 59 minutes"),
        (HOUR_US, "1 hour"),
        (61 * 1_000_000, "1 minute"),
        (59 * 1_000_000, "less than a minute"),
        (1, "less than a minute"),
    ],
)
def test_the_countdown(left_us, told):
    html = get(PAGE, launches=(live(days=5),), now_us=END_US - left_us).text
    assert f"Ends in {told}, on 11 February 2026, 00:00 UTC" in words(html)
    assert "2026-02-11T00:00:00Z" in Outline(html).times
    assert ("This trial is in its last day." in html) == (left_us <= DAY_US)
    assert ENDED not in words(html)


def test_the_open_page_ends_when_the_server_says_and_not_before():
    html = get(PAGE, launches=(live(days=5),), now_us=END_US - 1).text
    assert re.findall(r'data-left-ms="(\d+)"', html) == ["1"]
    assert re.search(r'<script src="/static/countdown\.[0-9a-f]{12}\.js" defer></script>', html)


def test_the_windows_end_retires_it_on_the_page_at_once():
    site = Site(live(FULL, days=5))
    site.clock.us = END_US - 1
    assert ENDED not in words(site.get(PAGE).text)
    site.clock.us = END_US
    html = site.get(PAGE).text
    assert f"{ENDED} The trial of Pony Alpha ended on 11 February 2026." in words(html)
    assert Outline(html).blocks == []


@pytest.mark.parametrize("days", [None, 5])
def test_a_retired_page_has_dates_and_figures_but_no_call(days):
    facts = Facts(
        ListingTotals(listing=PONY.slug, requests=1234, prompt_tokens=56, completion_tokens=78)
    )
    launch = over(live(FULL, days=days), at_us=LIVE_US + 3 * DAY_US)
    html = get(PAGE, launches=(launch,), now_us=END_US + DAY_US, facts=facts).text
    page, text = Outline(html), words(html)
    assert f"{ENDED} The trial of Pony Alpha ended on 9 February 2026." in text
    assert "Live from 6 February 2026 Until 9 February 2026 For 3 days" in text
    assert "Requests 1,234 Tokens 13456 prompt, 78 answer" in text
    assert "A small model in a cloak." in text
    assert f"What was logged While it was live, whoever used it was told: {PONY.disclosure}" in text
    assert "mailto:abuse@example.org" in page.links
    assert page.blocks == []
    assert not re.search("Ends in|Call it|Limits|a minute|Parameters|Try it", text)
    assert "Pony Alpha (ended) · Darkhorse" in text
    assert not [script for script in page.scripts if "src" in script]
    assert "data-live" not in html


def test_a_revealed_page_says_who_it_was_and_what_to_use_instead():
    html = get(PAGE, launches=(revealed(live(days=5)),), now_us=END_US + DAY_US).text
    page, text = Outline(html), words(html)
    assert [2, "Pony Alpha was Example-5 by Example Lab"] in page.headings
    assert "It had five good days." in text
    assert "<code>example-lab/example-5</code>" in html
    assert "Pony Alpha was Example-5 · Darkhorse" in text
    assert page.metas["description"].startswith("Pony Alpha was Example-5 by Example Lab.")
    assert "For 5 days" in text
    assert "Listed." in text
    assert page.blocks == []


def test_a_reveal_without_words_has_no_empty_ones():
    bare = msgspec.structs.replace(WHO, text="", successor="")
    html = get(PAGE, launches=(revealed(live(), bare),), now_us=END_US).text
    assert "Pony Alpha was Example-5 by Example Lab" in html
    assert "instead" not in html
    assert "<p></p>" not in re.sub(r"\s", "", html)


@pytest.mark.parametrize(
    "launch",
    [
        live(days=5, reveal=WHO),
        live(days=0.001, reveal=WHO),
        over(live(), reveal=WHO),
    ],
)
@pytest.mark.parametrize("path", ["/", "/archive", PAGE])
def test_no_maker_before_the_reveal_even_if_it_is_written_already(launch, path):
    html = get(path, launches=(launch,), now_us=LIVE_US + HOUR_US).text
    assert not [word for word in MADE_BY if word.lower() in html.lower()]


def test_history_is_told_in_order():
    changes = (
        Change(at_us=LIVE_US, text="Listed."),
        Change(at_us=LIVE_US + DAY_US, text="Its end was moved."),
        Change(at_us=LIVE_US + 2 * DAY_US, text="Changed: limits."),
    )
    text = shown(live(changes=changes))
    assert (
        "6 February 2026, 00:00 UTC Listed. 7 February 2026, 00:00 UTC Its end was moved. "
        "8 February 2026, 00:00 UTC Changed: limits." in text
    )
    assert "History" not in shown(live(changes=()))


@pytest.mark.parametrize("launch", [live(), over(live()), revealed(live())])
@pytest.mark.parametrize(
    "name", ["pony-alpha", "openrouter/pony-alpha", "pony-alpha/", "stealth/pony-alpha/"]
)
def test_another_name_leads_to_the_page_in_every_state(launch, name):
    answer = get(f"/{name}", launches=(launch,))
    assert answer.status == 308
    assert answer.headers["location"] == PAGE
    assert "max-age" not in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "name", ["Pony-Alpha", "stealth", "stealth/pony", "stealth/pony-alpha/x", "/evil.example/"]
)
def test_what_is_no_name_of_a_launch_is_missing(name):
    assert get(f"/{name}").status == 404


def test_a_draft_has_no_page_even_if_a_reader_gave_one():
    draft = over(live(), "draft")
    assert get(PAGE, launches=(draft,)).status == 404
    assert "Pony" not in get("/", launches=(draft,)).text
    assert "Pony" not in get("/archive", launches=(draft,)).text


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("5", "$5"),
        ("1E+1", "$10"),
        ("1234567.5", "$1,234,567.50"),
        ("0.6", "$0.60"),
        ("0.60", "$0.60"),
        ("0.001", "$0.001"),
        ("0.0000001", "$0.0000001"),
    ],
)
def test_dollars_are_exact(amount, told):
    text = shown(live(listing(price=Price(prompt=Decimal(amount)))))
    assert f"Price {told} per million prompt tokens Moderation" in text


def test_a_commitment_is_shown_and_the_reveal_says_how_to_check_it():
    text = opening(slug=PONY.slug, maker="O'Neill", model="Pony-5", weights="", salt="5a" * 32)
    committed = live(commitment=digest(text))
    assert f"the reveal will publish the text behind it. {digest(text)}" in shown(committed)
    told = shown(revealed(msgspec.structs.replace(committed, opening=text)))
    assert check_command(text) in told
    assert digest(text) in told
    assert "Commitment" not in shown(live())
