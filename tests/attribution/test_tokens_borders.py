"""The table of borders against the integer table, and echoes of its lines."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.tokens_kit import cuts_of, families
from darkhorse.attribution.borders.echo import choose, echo_of, echoing
from darkhorse.attribution.borders.table import table
from darkhorse.attribution.library.counts import Counts
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.signals.completion import echo_tokens
from darkhorse.base.chance import seeded_draw

COUNTS = Path("/work/shared/data/attribution/tokenizer-counts.json")
SCRIPT = Path(__file__).parents[2] / "scripts/borders.py"
picked = st.lists(st.integers(0, len(table().lines) - 1), min_size=1, max_size=6, unique=True)


@cache
def shared():
    return json.loads(COUNTS.read_text())


@cache
def titles():
    """The integer table's names by ours, as scripts/borders.py pairs them."""
    script = SCRIPT.read_text()
    found = dict(re.findall(r'\("([^"]+)", "([^"]+)", "[^"]+"\)', script))
    packed = re.findall(r'\("([^"]+)", "([a-z0-9.-]+)"\),', script)
    alone = re.findall(r'Source\("([^"]+)", "([^"]+)"', script)
    others = {"Mistral (Tekken)": "mistral_tekken_240911", "Gemma 4": "gemma4(gguf)"}
    return {**{ours: f"otc_{name}" for ours, name in packed}, **dict(alone), **found, **others}


@pytest.mark.parametrize("family", families())
def test_every_token_completes_its_characters_and_all_of_them_the_line(family):
    cuts = cuts_of(family)
    for place, line in enumerate(table().lines):
        for run in (cuts.starts[place], cuts.later.get(str(place))):
            assert run is None or (sum(run) == len(line) and min(run) >= 0)


@pytest.mark.skipif(not COUNTS.exists(), reason="the shared table is not here")
@pytest.mark.parametrize("family", families())
def test_lines_have_as_many_tokens_as_the_shared_table_counts(family):
    row = shared()["counts"][shared()["names"].index(titles()[family])]
    counted = dict(zip(shared()["probes"], row, strict=True))
    cuts = cuts_of(family)
    runs = [cuts.later.get(str(n), cuts.starts[n]) for n in range(len(table().lines))]
    told = {line: run for line, run in zip(table().lines, runs, strict=True) if run is not None}
    assert len(told) > 40
    assert {line: len(run) - 1 for line, run in told.items()} == {li: counted[li] for li in told}


def test_the_file_names_its_sources():
    assert all(each.package and each.licence for each in table().vocabularies)
    assert len(table().vocabularies) >= 20
    assert len(set(families())) == len(families())


@given(picked)
def test_a_request_for_an_echo_is_read_back(picks):
    request = echoing(picks, seeded_draw(len(picks)), limit=3)
    turns = (Turn("user", request.messages[0].text),)
    text = table().text(picks)
    echo = echo_of(Observation(prompt=turns, text=f"  {text}\n"))
    assert echo is not None
    assert echo.picks == tuple(picks)
    assert echo.is_whole
    assert echo.same == len(text)


@given(picked, st.text(max_size=40), st.integers(0, 20))
def test_an_inexact_echo_counts_up_to_its_first_slip(picks, slip, kept):
    request = echoing(picks, seeded_draw(1), limit=3)
    target = table().text(picks)
    seen = Observation(prompt=(Turn("user", request.messages[0].text),), text=target[:kept] + slip)
    echo = echo_of(seen)
    assert echo is not None
    if echo.start >= 0:
        assert seen.text[echo.start :][: echo.same] == target[: echo.same]


@pytest.mark.parametrize("text", ["", "hi", "Say this\n\n", "Say this\n\nwhat is no line of ours"])
def test_other_questions_are_no_echoes(text):
    assert echo_of(Observation(prompt=(Turn("user", text),), text="x")) is None


def test_lines_differ_from_run_to_run_and_never_within_one():
    runs = {choose(5, seeded_draw(seed)) for seed in range(20)}
    assert len(runs) == 20
    assert all(len(set(run)) == 5 for run in runs)
    assert sorted(choose(56, seeded_draw(0))) == list(range(56))


def test_tokens_of_vocabularies_without_borders_come_from_the_library():
    first, second = table().lines[:2]
    counts = Counts(vocabularies=("Grok 1",), probes={first: (7,), second: (9,)})
    told = echo_tokens((0, 1), counts)
    assert told["Grok 1"] == 8 + 10 + 1
    assert told.keys() == {"Grok 1", *families()}
    assert "Grok 1" not in echo_tokens((0, 2), counts)
