"""The recogniser of refusals against answers written for it, in eight languages.

Three sets, all written by an AI model for this file. `refusals_first` was written with the rules.
`refusals_second` was written after them and met them once at recall .83 (53 of 64) and precision
.946 (53 of 56); then the rules were made better on it. `refusals_held_out` was written after that
and no rule has been changed since: recall .937 (59 of 63), precision .967 (59 of 61; 87 answers
that are no refusals). Whoever changes a rule writes a new one.
"""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.analytics.refusals import is_refusal

LANGUAGES = ("en", "zh", "es", "ru", "de", "fr", "pt", "ja")


class Labelled(NamedTuple):
    refuses: bool
    language: str
    text: str


def labelled(name: str) -> list[Labelled]:
    lines = (Path(__file__).parent / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    fields = (line.split("\t", 2) for line in lines)
    return [Labelled(mark == "+", lang, text.replace("\\n", "\n")) for mark, lang, text in fields]


class Figures(NamedTuple):
    recall: float
    precision: float


def figures(answers: list[Labelled]) -> Figures:
    met = Counter((each.refuses, is_refusal(each.text)) for each in answers)
    right = met[True, True]
    return Figures(right / (right + met[True, False]), right / (right + met[False, True]))


@pytest.mark.parametrize("name", ["refusals_first", "refusals_second"])
def test_what_the_rules_were_made_on_is_told_apart(name):
    wrong = [each for each in labelled(name) if is_refusal(each.text) != each.refuses]
    assert wrong == []


def test_what_they_have_not_seen_is_told_apart_nearly_always():
    recall, precision = figures(labelled("refusals_held_out"))
    assert recall >= 0.93
    assert precision >= 0.96


def test_the_sets_are_as_large_as_they_are_said_to_be():
    sets = ("refusals_first", "refusals_second", "refusals_held_out")
    answers = [each for name in sets for each in labelled(name)]
    assert len({each.text for each in answers}) == len(answers)
    assert sum(each.refuses for each in answers) == 189
    assert sum(not each.refuses for each in answers) == 259
    for language in LANGUAGES:
        assert sum(each.language == language and each.refuses for each in answers) >= 15


REFUSALS = [each.text for each in labelled("refusals_first") if each.refuses]


@pytest.mark.parametrize("quoted", ['"{}"', "“{}”", "«{}»", "「{}」", "```\n{}\n```", "> {}"])
@given(text=st.sampled_from(REFUSALS))
def test_a_refusal_in_quotation_marks_is_somebody_elses(quoted, text):
    assert not is_refusal(quoted.format(text))


@given(text=st.sampled_from(REFUSALS), mark=st.sampled_from(["**{}**", "  \n{}", "{}\n\nBye!"]))
def test_neither_emphasis_nor_space_hides_one(text, mark):
    assert is_refusal(mark.format(text))


@given(text=st.sampled_from(REFUSALS))
def test_only_the_beginning_of_an_answer_counts(text):
    long = "The harbour lay still that morning, and the boats had not gone out. " * 6
    assert not is_refusal(long + text)


@given(st.text() | st.text(alphabet=" .,'\"`>*不能我帮ichkannотказнеcan't\n\ud800"))  # noqa: RUF001
def test_any_text_may_come(text):
    assert is_refusal(text) in (True, False)


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "piece",
    ["i can't ", "我不能", "ich kann nicht ", '"', "`", "не могу ", "`" * 3, "> ", "。", "no "],
)
def test_no_text_takes_long(piece):
    for _ in range(20):
        is_refusal(piece * 200_000)
