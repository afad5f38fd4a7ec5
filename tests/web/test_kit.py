"""What pages are drawn with: numbers in words, charts and their tables, silks."""

import json
import math
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.web import numbers
from darkhorse.web.charts import Chart, Series, bar, spark, strip
from darkhorse.web.rendering import Renderer
from darkhorse.web.silks import silk

_FACTORS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_PAGE = '{% import "kit.html" as kit %}{{ kit.chart(chart) }}'
_EVIL = "</script><script>alert(1)</script>{{7*7}}"


def _value(text):
    factor = _FACTORS.get(text[-1])
    return float(text[:-1]) * factor if factor else float(text)


@given(st.floats(0.01, 1e15))
def test_a_brief_number_is_near_the_number(value):
    text = numbers.brief(value)
    assert len(text) <= 7
    assert math.isclose(_value(text), value, rel_tol=0.006)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999, "999"), (999_900, "1M"), (1000, "1K"), (206_000, "206K"), (40e9, "40B")],
)
def test_thousands_become_letters(value, text):
    assert numbers.brief(value) == text


def test_no_speed_is_a_long_number():
    assert numbers.speed(403_000) == "403K tok/s"
    assert numbers.speed(83.2) == "83.2 tok/s"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, numbers.NONE),
        (0, "0 %"),
        (1e-9, "< 0.1 %"),
        (0.0005, "0.1 %"),
        (0.25, "25.0 %"),
        (1 / 7, "14.3 %"),
        (0.99, "99.0 %"),
        (0.9996, "99.96 %"),
        (0.995, "99.50 %"),
        (0.999999, "99.99 %"),
        (1, "100 %"),
    ],
)
def test_shares_have_one_decimal_and_two_near_the_whole(share, text):
    assert numbers.percent(share) == text


@given(st.floats(0, 1, exclude_min=True))
def test_more_than_nothing_is_never_said_to_be_nothing(share):
    assert any(digit in numbers.percent(share) for digit in "123456789")


@given(st.floats(0, 1, exclude_max=True))
def test_less_than_everything_is_never_said_to_be_everything(share):
    assert not numbers.percent(share).startswith("100")


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [(5, 0, "new"), (0, 0, ""), (150, 100, "+50 %"), (50, 100, "-50 %"), (100, 100, "±0 %")],
)
def test_a_change_says_its_direction(now, before, text):
    assert numbers.change(now, before) == text


def _chart(**changes):
    told = {
        "id": "tokens",
        "title": "Tokens",
        "kind": "stack",
        "unit": "tokens",
        "times": [0, 86_400],
        "series": [Series("prompt", [1, 2]), Series(_EVIL, [None, 1234567], 1)],
    }
    return Chart(**{**told, **changes})


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.scripts, self.cells, self._at = [], [], ""

    def handle_starttag(self, tag, attrs):
        self._at = tag
        if tag == "script":
            self.scripts.append("")
            assert dict(attrs) == {"type": "application/json"}

    def handle_endtag(self, tag):
        self._at = ""

    def handle_data(self, data):
        if self._at == "script":
            self.scripts[-1] += data
        if self._at in ("th", "td"):
            self.cells.append(data)


def _drawn(chart, tmp_path):
    (tmp_path / "page.html").write_text(_PAGE)
    reader = _Reader()
    reader.feed(Renderer(tmp_path).piece("page.html", chart=chart))
    return reader


def test_a_charts_data_is_one_island_whatever_its_names_hold(tmp_path):
    reader = _drawn(_chart(), tmp_path)
    (island,) = reader.scripts
    assert json.loads(island)["series"][1] == {"name": _EVIL, "values": [None, 1234567], "color": 1}


def test_a_charts_numbers_stand_in_a_table_too(tmp_path):
    cells = _drawn(_chart(), tmp_path).cells
    assert cells[1:] == [
        "prompt",
        _EVIL,
        "1970-01-01",
        "1",
        numbers.NONE,
        "1970-01-02",
        "2",
        "1,234,567",
    ]


def test_a_chart_of_nothing_says_so(tmp_path):
    text = Renderer(_page_in(tmp_path)).piece(
        "page.html", chart=_chart(series=[Series("a", [0, None])])
    )
    assert "nothing to show yet" in text
    assert "<figure" not in text


def _page_in(folder):
    (folder / "page.html").write_text(_PAGE)
    return folder


@given(st.text())
def test_a_silk_is_drawn_from_the_slug_and_does_not_quote_it(slug):
    drawn = silk(slug)
    assert drawn == silk(slug)
    root = ET.fromstring(drawn)
    assert root.get("aria-hidden") == "true"


def test_different_listings_wear_different_silks():
    assert len({silk(f"stealth/horse-{n}") for n in range(60)}) == 60


@given(st.lists(st.floats(0, 1e12), max_size=40), st.text(alphabet="ab<>\"'&", max_size=9))
def test_small_charts_are_sound_whatever_they_show(values, label):
    for drawn in (
        spark(values, label),
        bar(values[0] if values else 0),
        strip([None, *values], label),
    ):
        ET.fromstring(drawn)
