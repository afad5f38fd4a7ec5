"""Made-up answers against tallies: as much as the tallies bear, and nothing without them."""

import math
from collections import Counter
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse.attribution.library.behaviour import Behaviour
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.signals.one_token import (
    QUESTIONS,
    OneToken,
    plain_answer,
    question_of,
)
from darkhorse.base.chance import seeded_draw

NUMBER, COIN = "one-token/number", "one-token/coin"
SHARES = {  # of answers, by model
    "a/one": {"42": 0.7, "37": 0.2, "73": 0.1},
    "b/two": {"42": 0.2, "37": 0.2, "73": 0.6},
    "c/three": {"42": 0.4, "57": 0.6},
}


def answered(*texts, question=NUMBER):
    return [
        Observation(prompt=(Turn("user", QUESTIONS[question]),), text=text, probe=f"{question}#{n}")
        for n, text in enumerate(texts)
    ]


def library(times):
    tallies = {
        model: {answer: round(share * times) for answer, share in shares.items()}
        for model, shares in SHARES.items()
    }
    return Library(behaviour=Behaviour(tallies={NUMBER: tallies}))


def gains(observations, known):
    [told] = OneToken().weigh(observations, known).likelihoods
    return {model: nats - told.other for model, nats in told.nats.items()}


def drawn(model, count, seed):
    draw = seeded_draw(seed)
    texts = []
    for _ in range(count):
        at = draw()
        below = accumulate(SHARES[model].values())
        texts.append(next(a for a, top in zip(SHARES[model], below, strict=True) if at < top))
    return answered(*texts)


@pytest.mark.parametrize("model", sorted(SHARES))
def test_the_model_that_answered_is_the_likeliest(model):
    hits = 0
    for seed in range(40):
        gained = gains(drawn(model, 10, seed), library(50))
        hits += max(gained, key=gained.get) == model
    assert hits >= 34


def test_no_tally_no_likelihood_but_a_distribution():
    evidence = OneToken().weigh(answered("42", "42", "7"), Library())
    assert evidence.likelihoods == ()
    assert evidence.reliability == "weak"
    assert evidence.exhibit.rows == ((QUESTIONS[NUMBER], "3", "42 2, 7 1"),)
    assert evidence.exhibit.plot.bars == (("42", 2.0), ("7", 1.0))


def test_small_tallies_say_less_than_large_ones():
    seen = answered(*["73"] * 6, "42", "42", "37", "37")
    small, large = (gains(seen, library(times))["b/two"] for times in (5, 500))
    assert 0 < small < large <= 3


def test_nothing_is_said_of_a_model_that_was_never_asked():
    known = Library(
        behaviour=Behaviour(
            tallies={NUMBER: {"a/one": {"42": 9}}, COIN: {"b/two": {"10110": 9}, "a/one": {}}}
        )
    )
    seen = answered("42", "42")
    assert "b/two" not in gains(seen, known)
    both = gains([*seen, *answered("1011010110", question=COIN)], known)
    assert both["a/one"] > 0
    assert both["b/two"] > 0


def test_answers_that_nobody_gave_before_favour_nobody():
    gained = gains(answered(*["99"] * 10), library(50))
    assert max(gained.values()) < 0.1
    assert min(gained.values()) >= -3


@pytest.mark.parametrize(
    ("question", "text", "plain"),
    [
        (NUMBER, " **42**.\n", "42"),
        (NUMBER, "042", "42"),
        (NUMBER, "I pick 42", ""),
        ("one-token/colour", "Teal.", "teal"),
        ("one-token/colour", "A nice teal", ""),
        ("one-token/name", "“Elara”", "elara"),
        ("one-token/animal", "パンダ", "パンダ"),
        (COIN, "1011 0010 1101 0110 1001", "10110"),
        (COIN, "heads, tails", ""),
    ],
)
def test_plain_answers(question, text, plain):
    assert plain_answer(question, text) == plain


def test_a_question_is_known_by_its_words_in_anybodys_file():
    assert question_of(Observation(prompt=(Turn("user", QUESTIONS[COIN]),))) == COIN
    assert question_of(Observation(prompt=(Turn("user", "Hello"),))) == ""
    told = (Turn("system", "You are a bird."), Turn("user", QUESTIONS[COIN]))
    assert question_of(Observation(prompt=told)) == ""


def test_probes_repeat_few_questions_in_bodies_of_their_own():
    for budget, calls in (("quick", 10), ("standard", 30), ("deep", 60)):
        probes = OneToken().probes(budget, seeded_draw(1), Library())
        assert len({(p.ask.texts, p.ask.limit) for p in probes}) == len(probes) == calls
        assert len({p.name for p in probes}) == calls
        times = Counter(p.name.partition("#")[0] for p in probes)
        assert max(times.values()) - min(times.values()) <= 1
        assert all(p.ask.extra == {"temperature": 1} for p in probes)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=12), st.sampled_from(sorted(QUESTIONS)))
def test_anything_can_be_answered(texts, question):
    seen = answered(*texts, question=question)
    evidence = OneToken().weigh(seen, library(20))
    if evidence and evidence.likelihoods:
        assert all(-3 <= nats <= 3 for nats in evidence.likelihoods[0].nats.values())
        assert all(map(math.isfinite, evidence.likelihoods[0].nats.values()))
