"""Readers are asked once a second, and a reader that fails breaks no page."""

import asyncio
import logging

import pytest
from pages_kit import LIVE_US, PONY, Site, ask, live, over, words

PAGE = "/stealth/pony-alpha"
SECOND = 1_000_000


@pytest.mark.parametrize("path", ["/", "/archive", PAGE, "/pony-alpha", "/nowhere/else"])
def test_both_are_read_once_a_second_whatever_the_traffic(path):
    site = Site(live())

    async def scene():
        for reads in (1, 2):
            await asyncio.gather(*(ask(site.app, path) for _ in range(20)))
            assert (site.launches.reads, site.facts.reads) == (reads, reads)
            site.clock.us += SECOND

    asyncio.run(scene())


def test_a_reader_that_fails_is_asked_once_a_second_too_and_logged_once(caplog):
    site = Site(live())
    site.launches.fails = site.facts.fails = True

    async def scene():
        for _ in range(3):
            await asyncio.gather(*(ask(site.app) for _ in range(20)))
            site.clock.us += SECOND

    with caplog.at_level(logging.ERROR):
        asyncio.run(scene())
    assert (site.launches.reads, site.facts.reads) == (3, 3)
    assert site.facts.asked.count("days") == 1  # it is asked for less often
    assert sorted(record.getMessage() for record in caplog.records) == [
        f"The {name} cannot be read; pages show the last known."
        for name in ("days", "launches", "totals")
    ]


def test_the_last_known_launches_hold_and_a_window_still_ends_on_time():
    site = Site(live(days=5))
    assert site.get(PAGE).status == 200
    site.launches.fails = True
    site.clock.us += 10 * SECOND
    assert "Ends in" in words(site.get(PAGE).text)
    assert "Pony Alpha" in words(site.get("/").text)
    site.clock.us = LIVE_US + 5 * 86_400 * SECOND
    assert "This trial has ended" in words(site.get(PAGE).text)
    assert "Pony Alpha" in words(site.get("/archive").text)


def test_what_is_read_again_is_shown_again():
    site = Site(live())
    site.launches.fails = True
    assert site.get(PAGE).status == 503
    site.launches.fails = False
    site.clock.us += SECOND
    assert site.get(PAGE).status == 200
    site.launches.shown = [over(live())]
    assert "This trial has ended" not in words(site.get(PAGE).text)  # the same second
    site.clock.us += SECOND
    assert "This trial has ended" in words(site.get(PAGE).text)


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/", 200, "Which models are live cannot be read just now."),
        ("/archive", 200, "Past trials cannot be read just now."),
        (PAGE, 503, "This page cannot be read just now"),
    ],
)
def test_launches_that_were_never_read_are_said_to_be_unknown(path, status, told):
    site = Site(live())
    site.launches.fails = True
    answer = site.get(path)
    assert answer.status == status
    assert told in words(answer.text)
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", PAGE])
def test_the_page_stands_while_the_log_cannot_be_read(path):
    site = Site(live())
    site.facts.fails = True
    answer = site.get(path)
    assert answer.status == 200
    assert "cannot be read from the log just now" in answer.text
    assert "Requests so far" not in answer.text
    assert "secret" not in answer.text
    assert PONY.disclosure in answer.text


def test_totals_that_hold_say_of_when_they_are():
    site = Site(live())
    site.get()
    site.facts.fails = True
    site.clock.us += 3600 * SECOND
    assert "as of 6 February 2026, 00:01:40 UTC" in words(site.get().text)
