"""The feed: valid, stable, and silent on who it is until that is said."""

from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import fromstring

import msgspec
import pytest
from pages_kit import DAY_US, HOSTILE, LIVE_US, WHO, Site, get, listing, live, over, revealed

LATER = LIVE_US + 9 * DAY_US


def items(*launches, now_us=LATER, **request):
    channel = fromstring(get("/feed.xml", launches=launches, now_us=now_us, **request).text)
    return [{each.tag: each.text for each in item} for item in channel.iter("item")]


def test_going_live_ending_and_reveal_are_items_newest_first():
    launch = revealed(live(days=5))
    life = msgspec.structs.replace(launch.life, revealed_us=LIVE_US + 6 * DAY_US)
    told = items(msgspec.structs.replace(launch, life=life))
    assert [each["title"] for each in told] == [
        "Pony Alpha was Example-5 by Example Lab",
        "The trial of Pony Alpha has ended",
        "Pony Alpha is live",
    ]
    assert {each["link"] for each in told} == {"http://example.org/stealth/pony-alpha"}
    moments = [parsedate_to_datetime(each["pubDate"]) for each in told]
    assert moments == sorted(moments, reverse=True)
    assert moments[-1].timestamp() * 1e6 == LIVE_US


@pytest.mark.parametrize("launch", [live(reveal=WHO), over(live(), reveal=WHO)])
def test_nothing_of_the_maker_is_in_it_before_the_reveal(launch):
    text = get("/feed.xml", launches=(launch,), now_us=LATER).text
    assert "Example-5" not in text
    assert "Example Lab" not in text


def test_an_item_keeps_its_name_whatever_happens_to_it():
    before = items(live(days=5), now_us=LIVE_US)
    after = items(revealed(live(listing(title="Another", description="Other words"), days=5)))
    assert before[0]["guid"] == after[-1]["guid"]
    assert len({each["guid"] for each in after}) == 3


def test_a_window_that_is_over_has_ended_in_the_feed_at_once():
    site = Site(live(days=5))
    site.clock.us = LIVE_US + 5 * DAY_US - 1
    assert "has ended" not in site.get("/feed.xml").text
    site.clock.us += 1
    assert "has ended" in site.get("/feed.xml").text


def test_hostile_words_are_text():
    launch = live(listing(title=HOSTILE, description=HOSTILE + "\x00\x0b\ud800\uffff]]>"))
    (item,) = items(launch)
    assert item["title"] == f"{HOSTILE} is live"
    assert item["description"].startswith(HOSTILE)


def test_who_has_it_already_is_told_only_that():
    site = Site(live())
    first = site.get("/feed.xml")
    assert first.headers["content-type"].startswith("application/rss+xml")
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = site.get("/feed.xml", headers=[("if-none-match", known)])
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    site.launches.shown = [over(live())]
    site.clock.us += 1_000_000
    changed = site.get("/feed.xml", headers=[("if-none-match", tag)])
    assert changed.status == 200
    assert changed.headers["etag"] != tag


def test_it_has_a_hundred_at_most():
    launches = [live(listing(slug=f"x/no-{n}", aliases=())) for n in range(120)]
    assert len(items(*launches)) == 100


def test_launches_that_cannot_be_read_are_no_empty_feed():
    site = Site()
    site.launches.fails = True
    assert site.get("/feed.xml").status == 503
