"""Rankings: who is used how much, for what, and by which apps."""

import json
import re

import pytest
from pages_kit import NOW_US, PONY, Facts, Outline, Site, day_of, get, listing, live, over, words

from darkhorse.analytics.topics import QUALITY
from darkhorse.storage.accounting import AppRow
from darkhorse.storage.figures import TopicDay

MULE = listing(slug="stealth/mule-beta", title="Mule Beta", aliases=())
LAUNCHES = (live(), over(live(MULE)))
TODAY = NOW_US // 86_400_000_000


def rankings(query="", **held):
    """The page of 6 February 2026, 00:01 UTC."""
    return get("/rankings", launches=LAUNCHES, facts=Facts(**held), query=query)


def island(answer):
    return json.loads(re.search(r'json">(\{.*?\})</script>', answer.text)[1])


def app(number, tokens, name="an app", requests=1):
    return AppRow(
        rank=number, app=number, slug=f"app-{number}", name=name, tokens=tokens, requests=requests
    )


def topic(category, requests, slug=PONY.slug):
    return TopicDay(
        day=TODAY, listing=slug, category=category, requests=requests, tokens=requests * 10
    )


def test_nothing_used_says_what_to_do_next():
    page = Outline(rankings().text)
    assert "Nothing was used yet." in words(page)
    assert "/" in page.links
    assert page.scripts == []


def test_the_chart_has_a_layer_for_each_listing_and_one_for_the_rest():
    days = [
        day_of(6, tokens=60, completion_tokens=40),
        day_of(5, MULE.slug, tokens=30),
        day_of(5, "gone/for-good", tokens=7),
    ]
    answer = rankings(days=days)
    drawn = island(answer)
    assert [each["name"] for each in drawn["series"]] == ["Pony Alpha", "Mule Beta", "other"]
    assert [each["values"][-2:] for each in drawn["series"]] == [[0, 100], [30, 0], [7, 0]]
    assert len(drawn["times"]) == 7
    assert drawn["times"][-1] == TODAY * 86_400
    assert "gone/for-good" not in answer.text
    text = words(answer.text)
    assert "Pony Alpha73.0 %" in text
    assert "Others5.1 %" in text


@pytest.mark.parametrize(
    ("asked", "days"), [("", 7), ("7", 7), ("30", 30), ("90", 90), ("9e9", 7), ("-1", 7), ("x", 7)]
)
def test_the_span_is_one_of_three(asked, days):
    answer = rankings(f"days={asked}", days=[day_of(6)])
    chosen = re.findall(r'days=(\d+)" aria-current="true"', answer.text)
    assert chosen == [str(days)]
    assert len(island(answer)["times"]) == days
    assert f"Public tokens a day, by model, last {days} days" in words(answer.text)


def test_changes_are_of_whole_days():
    held = [
        day_of(6, tokens=10**6),  # today
        day_of(5, tokens=150),
        day_of(30, month=1, tokens=150),
        day_of(29, month=1, tokens=200),
        day_of(23, month=1, tokens=200),
        day_of(22, month=1, tokens=10**6),
        day_of(6, MULE.slug, tokens=1),
    ]
    text = words(rankings(days=held).text)
    assert "1 Pony Alpha 1M -25 %" in text  # 300 after 400
    assert "2 Mule Beta 1 new" in text


def test_a_span_without_use_leads_to_a_longer_one():
    answer = rankings(days=[day_of(20, month=1)])
    assert "Choose a longer time above." in words(answer.text)
    assert "Nothing was used yet." not in words(answer.text)
    assert "data-chart" not in answer.text


def test_categories_have_programming_first_and_name_who_was_asked_enough():
    topics = [
        topic("roleplay", 60),
        topic("programming", 25),
        topic("programming", 19, MULE.slug),
        topic("marketing/seo", 19),
    ]
    held = {"days": [day_of(6)], "topics": topics}
    text = words(rankings(**held).text)
    told = text[text.index("Most asked") : text.index("How it is told")]
    assert told.split("Programming")[1].split("Roleplay")[0].split() == (
        ["40.0", "%", "40", "Pony", "Alpha", "50.0", "%"]
    )
    assert told.index("Programming") < told.index("Roleplay")
    assert "Marketing: SEO" not in told
    assert "Mule" not in told


def test_it_says_how_well_categories_are_told():
    text = words(rankings(days=[day_of(6)]).text)
    assert f"On {QUALITY.n:,} prompts in {len(QUALITY.by_language)} languages" in text
    assert f"macro-F1 {QUALITY.macro_f1:.2f}" in text
    assert f"Marketing: SEO {QUALITY.by_category['marketing/seo']:.2f}" in text


def test_few_requests_have_no_categories():
    held = {"days": [day_of(6)], "topics": [topic("roleplay", 19)]}
    text = words(rankings(**held).text)
    assert "Too few requests to tell" in text
    assert "Roleplay" not in text[: text.index("How it is told")]


def test_apps_are_popular_or_trending():
    held = {
        "days": [day_of(6)],
        "apps": [app(1, 900, "Old"), app(2, 400, "New"), app(3, 10, "Fading")],
        "earlier": [app(1, 2_600, "Old"), app(3, 31, "Fading")],
    }
    text = words(rankings(**held).text)
    popular, trending = text[text.index("Most used") :].split("Trending")
    assert popular.index("Old") < popular.index("New") < popular.index("Fading")
    assert trending.index("New") < trending.index("Old")
    assert "Fading" not in trending


def test_the_page_stands_while_the_log_cannot_be_read():
    site = Site(*LAUNCHES)
    site.facts.fails = site.launches.fails = True
    answer = site.get("/rankings")
    assert answer.status == 200
    assert "secret" not in answer.text
