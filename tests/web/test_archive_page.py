"""The archive: every launch that is over, and no other."""

from pages_kit import (
    DAY_US,
    LIVE_US,
    PONY,
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

from darkhorse.storage.ports import ListingTotals

FACTS = (ListingTotals(listing=PONY.slug, requests=1, prompt_tokens=5678, completion_tokens=90),)


def archive(*launches, **request):
    return get("/archive", launches=launches, **request)


def test_a_past_launch_has_its_dates_figures_and_who_it_was():
    answer = archive(revealed(live()), facts=Facts(*FACTS), now_us=LIVE_US + 9 * DAY_US)
    page = Outline(answer.text)
    assert answer.status == 200
    assert (
        "Pony Alpha It was Example-5 by Example Lab. 6 February 2026 to 11 February 2026, 5 days: "
        "1 request, 5,678 prompt tokens, 90 answer tokens." in words(page)
    )
    assert page.times == ["2026-02-06", "2026-02-11"]
    assert "/stealth/pony-alpha" in page.links


def test_before_the_reveal_it_says_so():
    text = words(archive(over(live())).text)
    assert "Who it was is not revealed yet." in text
    assert "Example" not in text


def test_a_live_launch_is_not_there_until_its_window_ends():
    site = Site(live(days=5))
    site.clock.us = LIVE_US + 5 * DAY_US - 1
    assert "No trial has ended yet" in words(site.get("/archive").text)
    site.clock.us += 1
    text = words(site.get("/archive").text)
    assert "Pony Alpha Who it was is not revealed yet." in text
    assert "6 February 2026 to 11 February 2026, 5 days" in text


def test_it_has_all_of_them_in_the_order_they_were_given():
    past = [over(live(listing(slug=f"stealth/no-{n}", aliases=()))) for n in range(30)]
    links = [link for link in Outline(archive(*past).text).links if link.startswith("/stealth/")]
    assert links == [f"/stealth/no-{n}" for n in range(30)]


def test_figures_that_cannot_be_read_are_left_out():
    facts = Facts()
    facts.fails = True
    text = words(archive(over(live()), facts=facts, now_us=LIVE_US + 9 * DAY_US).text)
    assert "6 February 2026 to 11 February 2026, 5 days." in text
    assert "request" not in text.replace("requests a", "")
