import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.style_kit import answer, learnt, library, seen
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signals.style import Style
from darkhorse.attribution.style.marks import GROUPS, marks_of
from darkhorse.attribution.style.questions import QUESTIONS
from darkhorse.attribution.style.reader import reader_of
from darkhorse.attribution.style.text import answer_of, masked
from darkhorse.base.chance import seeded_draw

LONG = "It is often the case that one may see it. "


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("<think>hm</think>\n\nYes.", "Yes."),
        ("hm\n</think>Yes.", "Yes."),
        ("<think>hm, and never an end", ""),
        ("  <thinking>a</thinking> b <reasoning>", "b <reasoning>"),
        ("Plain.", "Plain."),
    ],
)
def test_thoughts_are_no_answer(said, left):
    assert answer_of(said) == left


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("I am ChatGPT.", "I am NAME."),
        ("gpt-4o-mini by openai", "NAME by NAME"),
        ("我是通义千问。", "我是NAME。"),
        ("Claude 3.5 Sonnet said", "NAME said"),
        ("metaphors of metallurgy", "metaphors of metallurgy"),
    ],
)
def test_names_are_masked_in_any_script(said, left):
    assert masked(said) == left


@given(st.text(st.characters(codec=None), max_size=400))
@settings(max_examples=60, deadline=None)
def test_marks_of_anything_are_finite_and_have_a_group(text):
    for mark, value in marks_of(text, frozenset({"the"})).items():
        assert mark[0] in GROUPS
        assert math.isfinite(value)
        assert value > 0


def test_signs_of_another_script_are_the_same_form():
    latin = {m for m in marks_of("A: b, c. (d)\n\n- e!", frozenset()) if m[0] == "p"}
    text = "甲：乙，丙。（丁）\n\n- 戊！"  # noqa: RUF001 (wide signs are what is tested)
    wide = {m for m in marks_of(text, frozenset()) if m[0] == "p"}
    assert latin == wide


def test_a_writer_is_recognised_and_the_exhibit_counts():
    told = Style().weigh(
        seen(*(answer("cedar/dash-1", "maps", n) for n in range(50, 58))), library()
    )
    lab, model = told.likelihoods
    assert max(lab.nats, key=lab.nats.get) == "cedar"
    assert max(model.nats, key=model.nats.get) == "cedar/dash-1"
    assert told.observations == 8
    assert told.reliability == "strong"
    assert told.exhibit.plot.bars[0][0] == "cedar"
    assert "not ownership" in told.exhibit.says
    assert any(row[0] == "a dash (—)" for row in told.exhibit.rows)


def test_eight_answers_are_surer_than_one():
    texts = [answer("ash/plain-1", "chess", n) for n in range(60, 68)]

    def gap(some):
        model = Style().weigh(seen(*some), library()).likelihoods[1]
        return model.nats["ash/plain-1"] - max(
            value for name, value in model.nats.items() if name != "ash/plain-1"
        )

    assert gap(texts) > gap(texts[:1])


def test_an_unlearnt_language_is_read_by_form_alone():
    reader = reader_of(learnt().style)
    assert reader.place(answer("ash/plain-1", "maps", 7)).is_known
    text = (
        "## Über Flüsse\n\nDas Wasser fließt immer bergab, und niemand hält es auf!\n\n---\n\n" * 3
    )
    assert not reader.place(text).is_known
    told = Style().weigh(seen(text), library())
    assert "1 in a language that nobody learnt" in told.exhibit.says


@pytest.mark.parametrize(
    "some",
    [
        [],
        seen("", "short"),
        seen("<think>" + LONG * 9),
        [Observation(text=LONG * 9, status=500)],
        [Observation(text=LONG * 9, problem="cut off")],
    ],
)
def test_no_answer_is_no_evidence(some):
    assert Style().weigh(some, library()) is None


def test_without_weights_there_is_no_evidence():
    assert Style().weigh(seen(LONG * 9), Library()) is None


def test_the_same_answer_again_and_again_counts_twice():
    assert Style().weigh(seen(*[LONG * 9] * 30), library()).observations == 2


@given(st.lists(st.text(st.characters(codec=None), min_size=40, max_size=200), max_size=3))
@settings(max_examples=30, deadline=None)
def test_hostile_text_gives_numbers_or_nothing(texts):
    told = Style().weigh(seen(*texts), library())
    for level in told.likelihoods if told else ():
        assert all(math.isfinite(value) for value in (*level.nats.values(), level.other))


def test_blanks_without_end_are_read_in_time():
    assert Style().weigh(seen("a" + " " * 200_000 + "b" + "<think>" * 9_000), library())


def test_probes_are_distinct_varied_and_within_budget():
    for budget, many in (("quick", 8), ("standard", 16), ("deep", 32)):
        probes = Style().probes(budget, seeded_draw(3), library())
        kinds = {each.id: each.kind for each in QUESTIONS}
        assert len({probe.name for probe in probes}) == many == len(probes)
        assert len({kinds[probe.name.partition("/")[2]] for probe in probes}) >= min(many, 20)


def test_questions_are_told_apart_and_name_no_maker():
    assert len({each.id for each in QUESTIONS}) == len(QUESTIONS) >= 60
    assert len({each.text for each in QUESTIONS}) == len(QUESTIONS)
    assert all(masked(each.text) == each.text for each in QUESTIONS)
