"""Limited echoes end where a vocabulary's tokens end, whatever usage says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from attribution.tokens_kit import CLAUDE, DEEPSEEK, O200K, asked, best, echoed, families, kin, nats
from darkhorse.attribution.borders.echo import echo_of
from darkhorse.attribution.client.public_count import public_tokens
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.signals.truncation import Truncation

SIGNAL = Truncation()


def weighed(seen):
    return SIGNAL.weigh(seen, Library())


@pytest.mark.parametrize("family", families())
def test_each_vocabulary_is_told_and_never_vetoed(family):
    evidence = weighed([echoed(probe, family) for probe in asked(SIGNAL, seed=1)])
    told = nats(evidence)
    assert told.nats[family] > told.other
    assert told.nats[family] >= max(told.nats.values()) - 1e-9
    assert best(evidence) in kin(family)
    assert ("family", family) not in evidence.vetoed


def test_others_are_vetoed():
    evidence = weighed([echoed(probe, DEEPSEEK) for probe in asked(SIGNAL)])
    assert ("family", "Llama 3") in evidence.vetoed
    assert DEEPSEEK in evidence.exhibit.says


def test_marks_that_nobody_sees_do_not_matter():
    evidence = weighed([echoed(probe, DEEPSEEK, marks=1) for probe in asked(SIGNAL)])
    assert best(evidence) == DEEPSEEK
    assert nats(evidence).nats[DEEPSEEK] > nats(evidence).other


def test_halves_of_characters_are_left_out():
    seen = [echoed(probe, "Llama 3") for probe in asked(SIGNAL)]
    halved = [structs.replace(each, text=each.text + "\ufffd") for each in seen]
    assert nats(weighed(halved)) == nats(weighed(seen))


def test_o200k_speaks_for_its_family_by_little():
    """A gateway may cut with it."""
    evidence = weighed([echoed(probe, O200K) for probe in asked(SIGNAL, "deep")])
    told = nats(evidence)
    assert 1 < told.nats[O200K] - told.nats["Llama 2, early Mistral"] < 5
    assert not evidence.vetoed


def test_a_cut_by_bytes_says_nothing():
    def by_bytes(probe):
        target = echo_of(echoed(probe, O200K)).target
        fits = max(
            n for n in range(len(target) + 1) if public_tokens(target[:n]) <= probe.ask.limit
        )
        return structs.replace(echoed(probe, O200K), text=target[:fits])

    evidence = weighed([by_bytes(probe) for probe in asked(SIGNAL)])
    told = [*nats(evidence).nats.values(), nats(evidence).other]
    assert max(told) - min(told) < 1
    assert not evidence.vetoed


@pytest.mark.parametrize(
    ("each", "habit"),
    [
        (lambda text, n: text[: 2 * n], "2 characters a token"),
        (lambda text, n: text[: 5 * n], "5 characters a token"),
        (lambda text, n: text.encode()[: 3 * n].decode("utf-8", "ignore"), "3 bytes a token"),
        (lambda text, n: " ".join(text.split(" ")[:n]), "a word a token"),
        (lambda text, n: text[: 1 + max(public_upto(text, n))], "a quarter of the bytes a token"),
    ],
)
def test_a_cut_by_a_habit_says_nothing_and_is_named(each, habit):
    def cut(probe):
        seen = echoed(probe, DEEPSEEK)
        return structs.replace(seen, text=each(echo_of(seen).target, probe.ask.limit))

    evidence = weighed([cut(probe) for probe in asked(SIGNAL)])
    told = [*nats(evidence).nats.values(), nats(evidence).other]
    assert max(told) - min(told) < 1
    says = f"Limited echoes are cut by {habit}: they say nothing of the vocabulary."
    assert evidence.exhibit.says == says
    assert not evidence.vetoed


def public_upto(text, limit):
    return [n for n in range(len(text)) if public_tokens(text[: n + 1]) <= limit]


def test_cuts_of_nobody_speak_for_nobody():
    probes = asked(SIGNAL, "deep")
    seen = [echoed(probe, families()[n % len(families())]) for n, probe in enumerate(probes)]
    told = nats(weighed(seen))
    assert told.other > max(told.nats.values())


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"text": "", "reasoning": "Let me"}, "thoughts"),
        ({"text": ""}, "nothing came"),
        ({"text": "Sure! Here it"}, "did not repeat"),
        ({"text": "", "status": 400, "problem": "refused"}, "refused"),
    ],
)
def test_why_nothing_is_said_is_said(fields, why):
    seen = [structs.replace(echoed(probe, CLAUDE), **fields) for probe in asked(SIGNAL)]
    evidence = weighed(seen)
    assert why in evidence.exhibit.says
    assert not evidence.likelihoods
    assert not evidence.vetoed


def test_limits_that_are_not_held_say_nothing():
    seen = [echoed(probe, CLAUDE) for probe in asked(SIGNAL)]
    whole = [structs.replace(each, text=echo_of(each).target) for each in seen]
    told = weighed([each for each in whole if each.asked["max_tokens"] <= 4])
    assert "not held" in told.exhibit.says


def test_ordinary_traffic_is_nothing_to_it():
    turns = (Turn("user", "What is a tide?"),)
    assert weighed([Observation(prompt=turns, text="Water", asked={"max_tokens": 1})]) is None
    assert weighed([]) is None


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 30),
            st.one_of(st.text(max_size=30), st.just("\ud800"), st.just("\ufffd")),
            st.one_of(st.none(), st.text(), st.floats(), st.integers(-5, 10**20), st.booleans()),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_hostile_answers_raise_nothing_and_veto_nothing_alone(rows):
    probes = asked(SIGNAL, "deep")
    seen = [
        structs.replace(
            echoed(probes[n % len(probes)], CLAUDE), text=text, asked={"max_tokens": limit}
        )
        if is_odd
        else echoed(probes[n % len(probes)], CLAUDE)
        for n, text, limit, is_odd in rows
    ]
    evidence = weighed(seen)
    if evidence and evidence.likelihoods:
        told = nats(evidence)
        assert all(value <= 0 for value in (*told.nats.values(), told.other))
