"""The classifier that ships: its figures, its borders, and text that means it no good."""

import re
from collections import Counter
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse.analytics.topics import CATEGORIES, QUALITY, Topic, classify, language_of
from darkhorse.analytics.topics.features import features, phrase, view
from darkhorse.analytics.topics.model import FILE
from darkhorse.analytics.topics.prompts import LANGUAGES, prompts
from darkhorse.analytics.topics.quality import measure

ROOT = Path(__file__).parents[2]
HOME = ROOT / "src" / "darkhorse" / "analytics" / "topics"


def test_what_ships_gives_the_figures_that_are_stated():
    learnt = len(list(prompts("labelled")))
    found = measure(prompts("held_out"), classify, date=QUALITY.date, n_learnt=learnt)
    assert found == QUALITY


def test_the_page_states_them():
    said = re.sub(r"\s+", " ", (ROOT / "docs" / "topics.md").read_text("utf-8"))
    assert f"macro-F1 {QUALITY.macro_f1:.3f}, accuracy {QUALITY.accuracy:.3f}" in said
    for name, f1 in (QUALITY.by_category | QUALITY.by_language).items():
        assert f"| {name} | {f1:.3f} |" in said
    assert f"{QUALITY.n_learnt:,} prompts, a file a language" in said


def test_it_is_good_enough():
    assert QUALITY.macro_f1 >= 0.8
    assert min(QUALITY.by_language.values()) >= 0.8


def test_the_labelled_set_is_whole():
    counts = Counter((prompt.language, prompt.category) for prompt in prompts("labelled"))
    assert set(counts) == {(language, name) for language in LANGUAGES for name in CATEGORIES}
    assert min(counts.values()) >= 20


def test_no_prompt_is_in_both_sets_or_twice():
    labelled = [prompt.text.strip().lower() for prompt in prompts("labelled")]
    assert len(set(labelled)) == len(labelled)
    assert not set(labelled) & {prompt.text.strip().lower() for prompt in prompts("held_out")}


def test_every_listed_word_stands_for_something():
    for language in LANGUAGES:
        lines = (HOME / "words" / f"{language}.txt").read_text("utf-8").splitlines()
        assert tuple(line.partition(": ")[0] for line in lines) == CATEGORIES


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("the build fails with a segfault, here is main.c", "programming"),
        ("which SSD should I buy for my old laptop", "technology"),
        ("¿Cuándo prescribe una deuda y puede el juez embargarme?", "legal"),
        ("переведи на немецкий: где аптека", "translation"),
        ("写一首关于秋天的诗", "writing"),
        ("你是哪家公司训练的模型", "identity"),
        ("Wie behebe ich einen NullPointerException in Java?", "programming"),
        ("", "general"),
        (" \n", "general"),
    ],
)
def test_plain_cases(text, category):
    assert classify(text).category == category


def test_what_lies_between_start_and_end_is_not_read():
    asked = "Fix the failing test. " * 80
    pasted = "mortgage interest loan bank " * 1_000
    end = "run pytest again " * 40
    assert classify(asked + pasted + end) == classify(view(asked + pasted + end))
    assert classify(asked + pasted + end).category == "programming"


@given(st.text(st.characters(codec=None, exclude_categories=())))
@settings(max_examples=60, deadline=None)
def test_any_text_is_something(text):
    topic = classify(text)
    assert topic.category in CATEGORIES
    assert 0 <= topic.confidence <= 1
    assert topic == classify(text)
    assert re.fullmatch(r"|[a-z]{2}", language_of(text))


@pytest.mark.parametrize(
    "part", ["a", "a_", "a(", "a/", "a.", "{", "*", "<", "`", "\ud800", "\uff19", "x^"]
)
def test_no_text_takes_long(part):
    text = part * 2_000
    classify("warm")
    begun = perf_counter()
    classify(text)
    language_of(text)
    assert perf_counter() - begun < 0.2  # some milliseconds; a pattern gone wrong takes seconds


def test_ten_megabytes_are_read_like_two_kilobytes():
    text = "слово и дело " * 800_000
    classify("warm")
    begun = perf_counter()
    assert isinstance(classify(text), Topic)
    assert perf_counter() - begun < 0.2


def test_marks_and_inflections_are_one_word():
    assert phrase("análisis.") == phrase("analisis.")
    assert phrase("лечени") in features("После ЛЕЧЕНИЯ")
    assert phrase("какая_модель") in features("и какая модель?")
    assert phrase("光合作") in features("什么是光合作用")


def test_it_is_small():
    assert (HOME / FILE).stat().st_size < 600_000
