"""What a chat template adds tells models of one vocabulary apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from attribution.tokens_kit import CLAUDE, DEEPSEEK, O200K, asked, bare, best, nats
from darkhorse.attribution.library.library import Library, Model
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.signals.template import Template
from darkhorse.attribution.templates.table import TEMPLATES

SIGNAL = Template()
MODELS = (
    Model(name="openai/gpt-oss-120b", lab="openai", family=O200K),
    Model(name="openai/gpt-4o-2024-11-20", lab="openai", family=O200K),
    Model(name="deepseek/deepseek-r1", lab="deepseek", family=DEEPSEEK),
    Model(name="deepseek/deepseek-v3.2", lab="deepseek", family=DEEPSEEK),
)
KNOWN = Library(models=MODELS)


def seen(around, system, turn, *, second=None):
    """Prompts of "hi" that are charged so."""
    base = around + 1
    charges = [base, base + system, base + turn, base + turn + (second or turn)]
    return [
        structs.replace(bare(probe), text="Hi", usage={"prompt_tokens": charge})
        for probe, charge in zip(asked(SIGNAL), charges, strict=True)
    ]


def weighed(observations):
    return SIGNAL.weigh(observations, KNOWN)


def models(evidence):
    return next(each for each in evidence.likelihoods if each.level == "model")


@pytest.mark.parametrize(
    ("overheads", "family"),
    [
        ((3, 1, 4), DEEPSEEK),
        ((5, 3, 9), "GLM-4 and 4.5"),
        ((5, 2, 5), "GLM-4.7 and 5"),
        ((29, -15, 12), "Qwen 2 to 3"),
        ((38, -21, 13), "MiniMax"),
        ((72, 9, 12), O200K),
        ((35, 1, 12), "Llama 3"),
    ],
)
def test_a_family_is_told_by_its_template_and_nobody_vetoed(overheads, family):
    evidence = weighed(seen(*overheads))
    assert best(evidence) == family
    assert 1 < nats(evidence).nats[family] - nats(evidence).other < 6
    assert not evidence.vetoed


def test_models_of_one_vocabulary_are_parted():
    harmony = models(weighed(seen(72, 9, 12))).nats
    plain = models(weighed(seen(7, 5, 10))).nats
    sparse = models(weighed(seen(3, 1, 4))).nats
    assert harmony["openai/gpt-oss-120b"] > harmony["openai/gpt-4o-2024-11-20"] + 2
    assert plain["openai/gpt-4o-2024-11-20"] > plain["openai/gpt-oss-120b"] + 1
    assert sparse["deepseek/deepseek-v3.2"] > sparse["deepseek/deepseek-r1"] + 1


def test_a_system_prompt_that_somebody_adds_changes_the_first_number_only():
    evidence = weighed(seen(5 + 200, 3, 9))
    assert best(evidence) == "GLM-4 and 4.5"
    assert "system prompt that somebody adds" in evidence.exhibit.says


@pytest.mark.parametrize("overheads", [(4, 5, 10), (0, 1, 2)])
def test_counts_of_gateways_tell_little(overheads):
    told = nats(weighed(seen(*overheads)))
    assert max(told.nats.values()) - min([told.other, *told.nats.values()]) < 2


def test_o200k_chat_is_what_gateways_count_too():
    told = weighed(seen(7, 5, 10))
    assert nats(told).nats[O200K] - nats(told).nats[CLAUDE] < 2
    assert "gateways" in told.exhibit.says


def test_unknown_templates_speak_against_nobody_much():
    told = nats(weighed(seen(17, 4, 7)))
    assert max([told.other, *told.nats.values()]) - min(told.nats.values()) < 2


def test_the_same_charge_for_all_says_nothing():
    evidence = weighed(seen(40, 0, 0))
    assert not evidence.likelihoods
    assert "every prompt is charged 41" in evidence.exhibit.says


def test_a_second_turn_that_costs_otherwise_speaks_against_it():
    assert not weighed(seen(3, 1, 5)).exhibit.against
    assert "second" in weighed(seen(3, 1, 5, second=7)).exhibit.against


def test_one_shape_alone_is_not_enough():
    assert weighed(seen(3, 1, 5)[:1]) is None
    assert weighed(seen(3, 1, 5)[1:2]) is None
    assert weighed([Observation(prompt=(Turn("user", "hello"),))]) is None
    assert weighed([]) is None


def test_providers_are_not_mixed():
    one = [structs.replace(each, provider="one") for each in seen(3, 1, 4)]
    two = [structs.replace(each, provider="two") for each in seen(72, 9, 12)[:2]]
    assert weighed([*two, *one]) == weighed(one)


def test_every_template_has_a_number_of_its_own():
    assert all(each.around or each.system or each.turn for each in TEMPLATES)
    assert len({(each.title, each.family) for each in TEMPLATES}) == len(TEMPLATES)


odd = st.one_of(st.none(), st.booleans(), st.integers(-9, 10**30), st.floats(), st.text(max_size=3))


@given(st.lists(odd, min_size=4, max_size=4))
def test_hostile_charges_raise_nothing(charges):
    told = [
        structs.replace(each, usage={"prompt_tokens": charge})
        for each, charge in zip(seen(1, 1, 1), charges, strict=True)
    ]
    evidence = weighed(told)
    if evidence and evidence.likelihoods:
        assert all(n <= 0 for n in nats(evidence).nats.values())
