"""A launch's page: how much it is used, how well it answers, for what, by whom."""

import json
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages_kit import (
    DAY_US,
    HOUR_US,
    LIVE_US,
    NOW_US,
    PONY,
    Facts,
    Outline,
    Site,
    day_of,
    get,
    live,
    over,
    words,
)

from darkhorse.storage.accounting import AppRow
from darkhorse.storage.figures import HourFigures, Quantiles, TopicDay
from darkhorse.storage.ports import ListingTotals
from darkhorse.web.views.topics import by_category, topic_bars

PAGE = f"/{PONY.slug}"
USED = ListingTotals(listing=PONY.slug, requests=50, prompt_tokens=30, completion_tokens=12)
WELL = HourFigures(
    at_us=NOW_US // HOUR_US * HOUR_US,
    requests=40,
    counted=40,
    uptime=0.975,
    first_token_ms=Quantiles(321.0, 1500.0, 4000.0),
    duration_ms=Quantiles(2000.0, 3000.0, 9000.0),
    tokens_per_second=Quantiles(83.0, 99.0, 120.0),
)
FEW = HourFigures(at_us=WELL.at_us - HOUR_US, requests=3, counted=3)
PACED = msgspec.structs.replace(
    PONY, rhythm=msgspec.structs.replace(PONY.rhythm, first_ms=900, chars_per_s=50)
)


def page(launch=None, query="", now_us=None, **held):
    facts = Facts(USED, **held)
    return get(PAGE, launches=(launch or live(),), facts=facts, query=query, now_us=now_us)


def islands(answer):
    found = re.findall(
        r'<figure data-chart id="(\w+)".*?json">(\{.*?\})</script>', answer.text, re.DOTALL
    )
    return {name: json.loads(text) for name, text in found}


def test_the_tiles_say_how_it_goes():
    text = words(page(quality=WELL, apps=[app("a"), app("b")]).text)
    told = text[text.index("Figures") : text.index("What it is")]
    assert told.startswith(
        "Figures Requests so far 50 Tokens so far 4230 prompt, 12 answer Apps 2that gave a name "
        "Uptime 97.5 % First token 321 msmedian Throughput 83 tok/smedian"
    )


def app(name):
    return AppRow(rank=1, app=1, slug="a", name=name, tokens=1500, requests=2)


def test_charts_have_what_was_measured_and_gaps_where_too_little_was():
    drawn = islands(page(hours=[FEW, WELL]))
    assert list(drawn) == ["first", "speed", "whole"]
    first = drawn["first"]
    assert first["times"] == [FEW.at_us // 10**6, WELL.at_us // 10**6]
    assert [each["values"] for each in first["series"]] == [[None, 321], [None, 1500], [None, 4000]]
    assert drawn["speed"]["series"][0] == {"name": "p50", "values": [None, 83], "color": 0}
    assert drawn["whole"]["unit"] == "ms"


def test_uptime_is_a_strip_and_a_table():
    html = page(hours=[FEW, WELL]).text
    assert "Uptime by hour, the last 2 hours: lowest 97.5 %" in html
    assert "2026-02-06 00:00 97.5 % 40 2026-02-05 23:00 – 3" in words(html)  # noqa: RUF001


def test_without_any_request_it_says_so():
    html = page().text
    assert "Too few requests so far to tell" in words(html)
    assert "nobody has used it yet" in words(html)
    assert islands(page()) == {}


def test_a_month_goes_by_days():
    facts = Facts(USED, hours=[WELL])
    old = msgspec.structs.replace(live().life, live_us=LIVE_US - 90 * DAY_US)
    launch = msgspec.structs.replace(live(), life=old)
    html = get(PAGE, launches=(launch,), facts=facts, query="over=days").text
    assert "days_quality" in facts.asked
    assert "hours" not in facts.asked
    assert 'over=days#performance" aria-current="true"' in html
    assert len(islands(page(launch, days=[day_of(6)]))["activity"]["times"]) == 30


@pytest.mark.parametrize("query", ["", "over=days"])
def test_an_envelope_hides_latency_and_speed_and_says_why(query):
    answer = page(live(PACED), query, hours=[FEW, WELL], quality=WELL)
    text = words(answer.text)
    assert "a pace that was declared beforehand" in text
    assert islands(answer) == {}
    assert "Uptime 97.5 %" in text
    for told in ("321", "First token", "Throughput", "tok/s", "1.5 s"):
        assert told not in text


def test_activity_is_stacked_by_what_was_asked_thought_and_answered():
    days = [
        day_of(6, tokens=100, completion_tokens=70, reasoning_tokens=30),
        day_of(6, "an/other", tokens=999),
    ]
    answer = page(days=days)
    layers = islands(answer)["activity"]["series"]
    assert [(each["name"], each["values"]) for each in layers] == [
        *(("prompt", [100]), ("reasoning", [30]), ("answer", [40]))
    ]
    scripts = [each["src"] for each in Outline(answer.text).scripts if "src" in each]
    assert any("uplot" in script for script in scripts)


def topics(**requests):
    day = NOW_US // DAY_US
    return [
        TopicDay(day=day, listing=PONY.slug, category=name, requests=count, tokens=1)
        for name, count in requests.items()
    ]


def test_topics_are_shares_in_steps_of_twenty():
    text = words(page(topics=topics(trivia=39, programming=60, legal=19)).text)
    assert "What it is asked about Programming75.0 % Trivia25.0 %" in text
    assert "Legal" not in text
    assert "asked about" not in words(page(topics=topics(trivia=5, programming=19)).text)


@given(st.dictionaries(st.sampled_from(["trivia", "legal", "writing"]), st.integers(0, 99)))
def test_no_single_request_tells_what_it_was_about(counts):
    steps = {name: count // 20 * 20 for name, count in counts.items()}
    assert topic_bars(topics(**counts)) == topic_bars(topics(**steps))
    titles = {PONY.slug: PONY.title}
    assert by_category(topics(**counts), titles) == by_category(topics(**steps), titles)


def test_apps_are_shown_as_they_call_themselves():
    text = words(page(apps=[app("My <b>app</b>")]).text)
    assert "My <b>app</b> 1.5K 2" in text
    assert "from their first request on; nobody has checked" in text


def test_a_past_launch_shows_its_whole_life():
    launch = over(live(days=5), at_us=LIVE_US + 3 * DAY_US)
    facts = Facts(USED, hours=[WELL], quality=WELL, days=[day_of(7)], topics=topics(trivia=30))
    answer = get(PAGE, launches=(launch,), facts=facts, now_us=LIVE_US + 400 * DAY_US)
    text = words(answer.text)
    assert "Of its whole life." in text
    assert "Uptime 97.5 %" in text
    assert "What it was asked about Trivia100 %" in text
    assert len(islands(answer)["activity"]["times"]) == 4  # 6 to 9 February
    assert "over=days" not in answer.text
    assert "hours" not in facts.asked


def test_search_engines_are_told_what_people_are():
    answer = page()
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', answer.text)[1])
    (question,) = data["mainEntity"]
    assert question["name"] == "Who made Pony Alpha?"
    assert "does not say who made it" in question["acceptedAnswer"]["text"]


def test_each_question_is_asked_once_for_many_visitors():
    site = Site(live(), facts=Facts(USED, hours=[WELL]))
    for _ in range(3):
        site.get(PAGE)
    assert sorted(site.facts.asked) == [*("apps", "days", "hours", "quality", "topics", "totals")]


def test_the_days_go_on_after_midnight():
    site = Site(live(), facts=Facts(USED, days=[day_of(6), day_of(7)]))
    first = islands(site.get(PAGE))["activity"]
    site.clock.us += DAY_US
    second = islands(site.get(PAGE))["activity"]
    assert [len(each["times"]) for each in (first, second)] == [1, 2]
    assert second["series"][0]["values"] == [100, 100]
