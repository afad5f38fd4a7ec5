"""What people ask over time, by more than its topic."""

import json
import re

import pytest
from insight_kit import Scene, launch


@pytest.fixture
def scene(tmp_path):
    scene = Scene(tmp_path, launch())
    yield scene
    scene.close()


def charted(page):
    island = page.text.partition('<script type="application/json">')[2].partition("<")[0]
    return [(each["name"], sum(each["values"])) for each in json.loads(island)["series"]]


def chosen(page):
    chips = page.text.partition("What the chart shows")[2].partition("</ul>")[0]
    return re.findall(r'<a href="([^"]*)"( aria-current="true")?>(\w+)</a>', chips)


def test_the_chart_shows_what_is_chosen(scene):
    for at in range(3):
        scene.put(ago_s=at * 3600, asked={"category": "programming", "length": 300})
    scene.put(asked={"category": "writing", "language": "de", "length": 20, "tools": True})
    first = scene.get("/asked")
    assert charted(first) == [("Programming", 3), ("Writing", 1)]
    assert [(name, bool(on)) for _, on, name in chosen(first)] == [
        ("Category", True),
        ("Language", False),
        ("Length", False),
        ("Tools", False),
    ]
    found = {}
    for href, _, name in chosen(first):
        page = scene.get(href.replace("&amp;", "&"))
        assert [each for _, on, each in chosen(page) if on] == [name]
        assert f"Requests by {name.lower()}, by hour" in page.text
        found[name] = charted(page)
    assert found["Language"] == [("English", 3), ("German", 1)]
    assert found["Length"] == [("10-49 tokens", 1), ("200-999 tokens", 3)]
    assert found["Tools"] == [("none", 3), ("offered", 1)]


def test_the_choice_stays_with_another_time_and_a_word_that_is_none_is_the_first(scene):
    scene.put()
    assert 'href="/asked?span=7d&amp;over=tools"' in scene.get("/asked?over=tools").text
    assert chosen(scene.get("/asked?over=app"))[0][1]
