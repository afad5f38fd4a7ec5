"""The archive: every launch that is over, and no other."""

from datetime import datetime

import pytest
from pages_kit import (
    DAY_US,
    LIVE_US,
    PONY,
    Facts,
    Outline,
    Site,
    day_of,
    get,
    listing,
    live,
    over,
    revealed,
    words,
)

from darkhorse.storage.ports import ListingTotals
from darkhorse.web.views.moments import short_days

FACTS = (ListingTotals(listing=PONY.slug, requests=1, prompt_tokens=5678, completion_tokens=90),)


def archive(*launches, **request):
    return get("/archive", launches=launches, **request)


def test_a_past_launch_has_its_dates_figures_and_who_it_was():
    answer = archive(revealed(live()), facts=Facts(*FACTS), now_us=LIVE_US + 9 * DAY_US)
    page = Outline(answer.text)
    assert answer.status == 200
    assert "Pony Alpha Example-5 by Example Lab 6 to 11 Feb 2026 5 days 1 5.77K" in words(page)
    assert page.times == ["2026-02-06", "2026-02-11"]
    assert "/stealth/pony-alpha" in page.links


def test_before_the_reveal_it_says_so():
    text = words(archive(over(live())).text)
    assert "Pony Alpha Not revealed yet 6 Feb 2026" in text
    assert "Example" not in text


def test_a_live_launch_is_not_there_until_its_window_ends():
    site = Site(live(days=5))
    site.clock.us = LIVE_US + 5 * DAY_US - 1
    assert "No trial has ended yet" in words(site.get("/archive").text)
    site.clock.us += 1
    text = words(site.get("/archive").text)
    assert "Pony Alpha Not revealed yet 6 to 11 Feb 2026 5 days" in text


def test_it_has_all_of_them_in_the_order_they_were_given():
    past = [over(live(listing(slug=f"stealth/no-{n}", aliases=()))) for n in range(30)]
    links = [link for link in Outline(archive(*past).text).links if link.startswith("/stealth/")]
    assert links == [f"/stealth/no-{n}" for n in range(30)]


def test_figures_that_cannot_be_read_are_left_out():
    facts = Facts()
    facts.fails = True
    text = words(archive(over(live()), facts=facts, now_us=LIVE_US + 9 * DAY_US).text)
    assert "6 to 11 Feb 2026 5 days Requests and tokens cannot be read" in text


def test_the_busiest_day_stands_beside_it():
    days = [day_of(5, tokens=10), day_of(7, tokens=2_000), day_of(9, tokens=30)]
    facts = Facts(*FACTS, days=days)
    page = Outline(archive(over(live()), facts=facts, now_us=LIVE_US + 9 * DAY_US).text)
    assert "7 Feb, 2K" in words(page)
    assert page.times[-1] == "2026-02-07"


@pytest.mark.parametrize(
    ("order", "slugs"),
    [
        ("title", ["a", "b", "c"]),
        ("who", ["b", "a", "c"]),
        ("ended", ["a", "b", "c"]),
        ("length", ["a", "b", "c"]),
        ("requests", ["c", "b", "a"]),
        ("tokens", ["b", "a", "c"]),
        ("nonsense", ["a", "b", "c"]),
        ("__class__", ["a", "b", "c"]),
    ],
)
def test_it_is_ordered_by_any_column(order, slugs):
    named = {slug: live(listing(slug=f"x/{slug}", title=slug, aliases=())) for slug in "abc"}
    late, middle, early = (LIVE_US + days * DAY_US for days in (5, 4, 3))
    past = [
        over(named["a"], at_us=late),
        revealed(named["b"], at_us=middle),
        over(named["c"], at_us=early),
    ]
    use = [("a", 1, 20), ("b", 2, 30), ("c", 3, 10)]
    facts = Facts(
        *(
            ListingTotals(
                listing=f"x/{slug}", requests=count, prompt_tokens=tokens, completion_tokens=0
            )
            for slug, count, tokens in use
        )
    )
    now_us = LIVE_US + 9 * DAY_US
    page = Outline(archive(*past, facts=facts, now_us=now_us, query=f"by={order}").text)
    assert [link[3:] for link in page.links if link.startswith("/x/")] == slugs


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [
        ("2026-02-09", "2026-02-14", ["9", "14 Feb 2026"]),
        ("2026-02-09", "2026-03-09", ["9 Feb", "9 Mar 2026"]),
        ("2025-12-31", "2026-12-31", ["31 Dec 2025", "31 Dec 2026"]),
        ("2026-02-09", "2026-02-09", ["9 Feb 2026"]),
    ],
)
def test_two_days_leave_out_what_they_have_in_common(since, until, told):
    began, ended = (datetime.fromisoformat(f"{each}T12:00Z") for each in (since, until))
    shown = short_days(*(int(each.timestamp()) * 1_000_000 for each in (began, ended)))
    assert [each.text for each in shown] == told
    assert (shown[0].iso, shown[-1].iso) == (since, until)
