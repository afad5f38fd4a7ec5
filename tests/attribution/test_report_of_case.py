"""The report: a page that nothing in it can break out of, and a file with every key."""

import json
import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_kit import HOSTILE, KNOWN, case, evidence, exhibit, hostile_case, verdict

from darkhorse.attribution.evidence import Likelihoods, Plot
from darkhorse.attribution.report.drawing import chart_of, number, percent
from darkhorse.attribution.report.page import exhibit_cards
from darkhorse.attribution.report.report import json_of, page_of, write
from darkhorse.attribution.report.whole import line_of
from darkhorse.attribution.report.words import speaks_for, strength
from darkhorse.attribution.verdict import NOBODY, Case
from html_reader import Reader, read_by_itself

MOST_BYTES = 300_000


def read_without_links(page):
    """By itself, and without a link or a style of an element's own."""
    read = read_by_itself(page)
    for _, name, value in read.attributes:
        assert name not in ("href", "style")
        assert value is None or "javascript:" not in value
    return read


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_stranger_said_stays_text(text):
    read = read_without_links(page_of(hostile_case(text), KNOWN))
    assert read.tags == Reader(page_of(hostile_case("x"), KNOWN)).tags
    if text.isprintable():
        assert read.texts["h1"] == [text]
        assert text in read.texts["td"]


def test_nothing_steers_the_eyes_of_who_reads():
    page = page_of(hostile_case("".join(HOSTILE)))
    assert not set(page) & set("\u202e\u0000\u001b\u0007")


@settings(max_examples=30)
@given(st.text(max_size=40))
def test_any_text_leaves_the_page_whole(text):
    read_without_links(page_of(hostile_case(text)))


def test_the_lines_a_person_looks_for_are_there():
    read = read_without_links(page_of(case(), KNOWN))
    text = " ".join(read.text().split())
    assert read.texts["h1"] == [verdict().says]
    for told in (
        "Who is behind https://api.example/v1 as pony?",
        verdict().made_by,
        verdict().writes_like,
        "Counts are the model's own.",
        "holds the truth in 90 % of cases: qwen.",
        "1.8 % were given a name all the same",
        "Another constant residual.",
        "A gateway may count anew",
        "66 calls, 12,345 tokens, 31 s, budget standard",
        "Apache-2.0",
        "family GLM-4",
        "a model the library lacks",
        "2026-11-22",
    ):
        assert told in text, told
    assert text.index("Prompt tokens") < text.index("Style"), "the exact one comes first"


def test_bars_are_as_long_as_their_shares():
    read = Reader(page_of(case(), KNOWN))
    widths = [value for tag, name, value in read.attributes if (tag, name) == ("rect", "width")]
    assert widths[:8] == ["100", "93.1", "100", "5.2", "100", "1.64", "100", "0.06"]
    kinds = [value for tag, name, value in read.attributes if (tag, name) == ("rect", "class")]
    assert kinds[1] == "bar inside"
    assert kinds[3] == "bar stranger"
    assert "Alibaba (qwen)" in read.texts["th"]


@pytest.mark.parametrize("outcome", ["model", "family", "lab", "none", "cannot-say"])
def test_every_level_says_what_it_means(outcome):
    told = verdict(outcome=outcome, is_new=False, false_rate=0.0, within=(), would_change=())
    text = Reader(page_of(case(verdict=told, findings=()))).text()
    assert ("It does not clear" in text) == (outcome == "none")
    assert ("neither for nor against" in text) == (outcome == "cannot-say")
    assert "was not measured" in text
    assert ("--budget deep" in text) == (outcome == "cannot-say")


def test_an_empty_case_is_a_page_too():
    nothing = verdict(outcome="cannot-say", posterior={}, style={}, within=(), is_new=False)
    empty = Case(verdict=nothing, evidence=())
    assert "nothing was answered" in read_without_links(page_of(empty)).text()


@pytest.mark.parametrize("piece", ["x", "<", '"', "😀", "\ud800"])
def test_a_page_stays_small_whatever_is_in_it(piece):
    long = piece * 5_000
    rows = tuple((long,) * 30 for _ in range(400))
    bars = tuple((long, float(at)) for at in range(1_000))
    flood = exhibit(
        title=long,
        says=long,
        head=(long,) * 30,
        rows=rows,
        against=long,
        plot=Plot(title=long, unit=long, bars=bars),
    )
    nats = Likelihoods(level="lab", nats={f"{long}{at}": 9.0 for at in range(50)})
    many = tuple(
        evidence(
            exhibit=flood, likelihoods=(nats,), findings=(long,) * 50, vetoed=(("lab", long),) * 99
        )
        for _ in range(60)
    )
    told = verdict(
        says=long,
        made_by=long,
        posterior={f"{long}{at}": 0.001 for at in range(500)},
        within=(long,) * 200,
        would_change=(long,) * 200,
    )
    page = page_of(case(*many, verdict=told, findings=(long,) * 500, subject=long, library=long))
    assert len(page.encode("utf-8", "replace")) < MOST_BYTES


def test_the_file_has_every_key_and_can_be_read_back():
    whole = case()
    data = json.loads(json_of(whole))
    assert list(data) == list(Case.__struct_fields__)
    assert data["verdict"]["why"] == ""
    assert msgspec.json.decode(json_of(whole), type=Case) == whole


@pytest.mark.parametrize("text", HOSTILE)
def test_the_file_takes_what_is_no_text_and_no_number(text):
    content = json_of(hostile_case(text))
    assert content.isascii()
    data = json.loads(content, parse_constant=pytest.fail)
    assert data["verdict"]["says"] == text
    assert data["verdict"]["posterior"][NOBODY] is None
    assert json.loads(line_of(hostile_case(text))) == data
    assert "\n" not in line_of(hostile_case(text))


def test_both_files_are_ours_alone(tmp_path):
    folder = tmp_path / "new" / "report"
    page = write(case(), folder, KNOWN)
    (folder / "index.html").chmod(0o644)
    again = write(case(), folder, KNOWN)
    assert again == page == folder / "index.html"
    assert {each.name: each.stat().st_mode & 0o777 for each in folder.iterdir()} == {
        "case.json": 0o600,
        "index.html": 0o600,
    }
    assert page.read_text() == page_of(case(), KNOWN)
    assert folder.stat().st_mode & 0o077 == 0


def test_a_plot_below_nought_starts_at_its_nought():
    chart = chart_of(Plot(title="t", unit="nats", bars=(("a", -1.0), ("b", 3.0), ("c", math.nan))))
    assert [(bar.label, bar.x, bar.width) for bar in chart.bars] == [("a", 0, 25), ("b", 25, 75)]
    assert chart_of(Plot(title="t", unit="", bars=(("a", math.inf),))) is None
    assert chart_of(Plot(title="t", unit="", bars=(("a", 0.0),))).bars[0].width == 0


@given(st.lists(st.tuples(st.text(max_size=3), st.floats()), max_size=40))
def test_any_numbers_can_be_drawn(bars):
    chart = chart_of(Plot(title="", unit="", bars=tuple(bars)))
    for bar in chart.bars if chart else ():
        assert 0 <= bar.x <= 100
        assert 0 <= bar.x + bar.width <= 100.01


@pytest.mark.parametrize(
    ("share", "told"),
    [(0.0, "0.0 %"), (0.0004, "<0.1 %"), (0.5, "50.0 %"), (0.9999, ">99.9 %"), (math.nan, "?")],
)
def test_certainty_is_never_rounded_up_to(share, told):
    assert percent(share) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [(1234567.0, "1,234,567"), (0.1234, "0.123"), (2.345, "2.35"), (math.inf, "?")],
)
def test_numbers_are_short(value, told):
    assert number(value) == told


def test_odds_are_told_against_a_stranger():
    lines = list(speaks_for(evidence()))
    assert lines[0] == "family: Qwen 2 to 3 over a million times likelier (32 nats)"
    assert lines[1].startswith("lab: qwen 1.6 times likelier (0.5 nats), z-ai 1.3 times")
    nobody = evidence(likelihoods=(Likelihoods(level="lab", nats={"qwen": -9.0}),))
    assert list(speaks_for(nobody)) == ["lab: for nobody in the library more than for a stranger"]
    assert strength(4.11) == "61 times likelier (4.1 nats)"


def test_what_forbids_a_name_comes_first_and_what_says_nothing_last():
    told = (
        evidence("silent", exhibit=exhibit(title="Silent"), likelihoods=(), vetoed=()),
        evidence("weak", "weak", exhibit=exhibit(title="Weak")),
        evidence("exact", exhibit=exhibit(title="Exact")),
        evidence("odd", "weak", exhibit=exhibit(title="Odd"), broken="Two models answer."),
    )
    titles = [card.title for card in exhibit_cards(told)]
    assert titles == ["Odd", "Exact", "Weak", "Silent"]
