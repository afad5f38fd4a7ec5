"""The launch report as a page: by itself, true to its figures, and strangers' text is text."""

import itertools
import re
from datetime import UTC, datetime
from html import unescape

import msgspec
import pytest
from launch_report_kit import DAY_US, HOUR_US, LIVE, Record, launch

from darkhorse.analytics.report.page import body_of, render
from darkhorse.analytics.report.public import published
from darkhorse.storage.notes import Note
from darkhorse.storage.reports import Feedback, Report
from html_reader import Reader

NEXT = LIVE + DAY_US
HURT = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)>"
SPELT = "&lt;script&gt;alert(1)&lt;/script&gt;"
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
OURS = {"30", "95"}  # the page's own: how many are few, and the interval
TIMES = ("%-d %B %Y, %H:%M UTC", "%Y-%m-%d %H:%M", "%-d %b %Y")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Strangers hurt where they can; every figure is of its own."""
    record = Record(tmp_path_factory.mktemp("data"))
    app = {"app_url": "https://one.example", "app_title": HURT}
    record.put(217, asked={"category": "programming", "language": "en", "tools": True}, **app)
    record.put(143, at_us=NEXT, asked={"category": "roleplay"}, person="p", session="s")
    record.put(61, at_us=NEXT, asked={"category": "roleplay"}, said={"troubles": ["refused"]})
    record.put(12, asked={"category": "legal"}, ends={"outcome": "cancelled", "finish": None})
    record.fail(37, detail=HURT, at_us=NEXT + HOUR_US)
    named = {"listing": "stealth/pony", "key": "k", "at_us": NEXT}
    record.reports.said = [Feedback(generation="gen-1", category="other", comment=HURT, **named)]
    record.reports.made = [
        Report(
            id="rep-1", at_us=NEXT, what=HURT, text=HURT + "\u202e\ud800", listing="stealth/pony"
        )
    ]
    record.notes.held = [
        Note(id="note-1", at_us=NEXT, text=HURT, link="https://a.example/?q=<b>", source=HURT),
        Note(id="note-2", at_us=NEXT, text="W" * 4000, link="javascript:alert(1)"),
        Note(id="note-3", at_us=NEXT, text="", link='https://a.example/"onclick="alert(1)'),
    ]
    made = record.report(turned_away={"server": 19})
    record.close()
    return made


def read(page):
    """As browsers do: nothing runs, and nothing is fetched."""
    found = Reader(page)
    assert not {"script", "img", "iframe", "link", "object", "form", "base"} & {*found.tags}
    for tag, name, value in found.attributes:
        assert not name.startswith("on")
        assert name not in ("src", "srcset", "action", "style", "xlink:href")
        if name == "href":
            assert tag == "a"
            assert value.startswith("https://a.example/")
    links = [value for _, name, value in found.attributes if name == "rel"]
    assert len(links) == sum(name == "href" for _, name, _ in found.attributes)
    assert all("noopener" in each and "noreferrer" in each for each in links)
    return found


@pytest.mark.parametrize("is_public", [False, True])
def test_it_stands_by_itself_and_nothing_in_it_acts(report, is_public):
    page = render(published(report, is_paced=False) if is_public else report)
    found = read(page)
    assert found.tags.count("style") == 1
    assert not re.search(r"url\(|@import|expression", found.text("style"))
    assert "\u202e" not in page
    assert "javascript:" not in {value for _, name, value in found.attributes if name == "href"}


def test_every_word_of_a_stranger_is_there_as_text(report):
    page = render(report)
    assert page.count(SPELT) >= 6  # app, feedback, report twice, note twice, failure
    assert "javascript:alert(1)" in page
    assert "W" * 4000 in page


def allowed(value):
    """Whatever spelling of it the page may use."""
    if isinstance(value, dict):
        return set().union(*map(allowed, value.values()))
    if isinstance(value, list):
        return set().union(*map(allowed, value), set())
    if isinstance(value, str):
        return {each.rstrip(",") for each in NUMBER.findall(value)}
    if isinstance(value, bool) or value is None:
        return set()
    found = {f"{value:,}", f"{value:.0f}", f"{value / 1000:.2f}", f"{value:.1f}"}
    found.add(f"{value * 100:.1f}")
    if value > 1e15:
        found |= {part for shape in TIMES for part in NUMBER.findall(moment(value, shape))}
    return found


def moment(at_us, shape):

    return datetime.fromtimestamp(at_us // 1_000_000, UTC).strftime(shape)


@pytest.mark.parametrize("is_public", [False, True])
def test_every_number_of_the_page_is_in_the_figures(report, is_public):
    report = published(report, is_paced=False) if is_public else report
    page = re.sub(r"<svg.*?</svg>|<style>.*?</style>", "", render(report), flags=re.DOTALL)
    shown = {each.rstrip(",") for each in NUMBER.findall(unescape(re.sub(r"<[^>]*>", " ", page)))}
    known = allowed(msgspec.json.decode(msgspec.json.encode(report)))
    assert shown - known - OURS == set()
    assert {"217", "204", "470", "19" if not is_public else "37"} <= shown


def test_the_figures_come_back_from_json(report):
    written = msgspec.json.encode(report)
    again = msgspec.json.decode(written, type=type(report))
    assert again.head == report.head
    assert again.stability == report.stability


def test_private_says_so_and_public_names_nobody(report):
    private, public = render(report), render(published(report, is_paced=False))
    for word in ("Private.", "secret-east", "Example Lab", "http 500", "ledger export"):
        assert word in private
        assert word not in public
    for word in ("stealth/pony", "programming", "Better than elsewhere"):
        assert word in private
        assert word in public
    assert "legal" not in public


def test_the_same_report_is_the_same_page(report):
    assert render(report) == render(report)
    assert str(body_of(report)) in render(report)


def test_a_page_without_traffic(tmp_path):
    record = Record(tmp_path)
    for state in ("draft", "live", "retired", "revealed"):
        page = render(record.report(launch(state)))
        read(page)
        assert "Nothing has ended yet" in page
        assert not re.search(r"\bnan\b|>None<|\bNone(?! yet| was| has)", page)
    record.close()


def test_its_headings_are_in_order(report):
    levels = [int(each) for each in re.findall(r"<h(\d)", render(report))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
