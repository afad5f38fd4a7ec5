"""Prompt tokens: whose they are, whoever counted, or nobody's."""

import math
import random

import pytest

from attribution.counts_kit import (
    NAMES,
    O200K,
    PROMPTS,
    SIGNAL,
    answers,
    asked,
    best,
    counter,
    library,
    said,
)
from darkhorse.attribution.client.public_count import public_tokens
from darkhorse.attribution.observation import Observation, Turn

KNOWN = library()
DEEPSEEK = "DeepSeek V3, R1, V4"


def spread(evidence) -> float:
    """Nats between any two vocabularies, or none of them."""
    nats = [x for level in evidence.likelihoods for x in (*level.nats.values(), level.other)]
    return max(nats) - min(nats) if nats else 0.0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("texts", [asked("quick"), asked("standard"), PROMPTS[:12]])
def test_native_counts_name_their_vocabulary(name, texts):
    evidence = SIGNAL.weigh(answers(texts, counter(name)), KNOWN)
    assert best(evidence) == name
    [families] = evidence.likelihoods
    assert families.nats[name] - families.other > 1.5
    assert ("family", name) not in evidence.vetoed
    assert name in evidence.exhibit.says


def test_an_exact_fit_of_others_than_neutral_vetoes_the_rest():
    evidence = SIGNAL.weigh(answers(asked(), counter(DEEPSEEK)), KNOWN)
    assert {name for _, name in evidence.vetoed} == set(NAMES) - {DEEPSEEK}


def test_what_gateways_count_with_speaks_for_its_maker_by_few_nats_and_vetoes_nobody():
    evidence = SIGNAL.weigh(answers(asked("deep") + PROMPTS[:40], counter(O200K)), KNOWN)
    [families] = evidence.likelihoods
    for name in set(NAMES) - {O200K}:
        assert 2 < families.nats[O200K] - families.nats[name] < 3.5
    assert not evidence.vetoed
    assert any("count anew" in each for each in evidence.findings)


@pytest.mark.parametrize(
    "count",
    [
        public_tokens,
        lambda text: len(text) // 3,
        lambda _: 42,
        lambda text: len(text.encode()),
        lambda text: len(text.split()),
    ],
)
def test_counts_that_belong_to_no_vocabulary_say_nothing(count):
    seen = [said(text, count(text) + 4) for text in asked()]
    evidence = SIGNAL.weigh(seen, KNOWN)
    assert spread(evidence) < 0.01
    assert not evidence.vetoed
    assert any("not the model's own" in each for each in evidence.findings)


@pytest.mark.parametrize("low", [0.5, 0.9])
def test_charges_that_change_from_call_to_call_say_nothing(low):
    chance = random.Random(3)
    blurred = [
        said(each.question, round(each.prompt_tokens * chance.uniform(low, 1.5)))
        for each in answers(asked("deep"), counter("Llama 3"))
    ]
    evidence = SIGNAL.weigh(blurred, KNOWN)
    assert spread(evidence) < 0.01
    assert any("charged otherwise" in each for each in evidence.findings)


def test_hidden_counts_are_a_finding_and_none_at_all_is_nothing():
    for hidden in (0, None):
        evidence = SIGNAL.weigh([said(text, hidden) for text in asked()], KNOWN)
        assert evidence.findings == ("Prompt counts are hidden.",)
        assert not evidence.likelihoods
    assert SIGNAL.weigh([Observation(prompt=(Turn("user", PROMPTS[0]),))] * 9, KNOWN) is None
    assert SIGNAL.weigh([], KNOWN) is None


@pytest.mark.parametrize("name", NAMES)
def test_multiplied_counts_are_seen_through(name):
    seen = [
        said(each.question, round(1.37 * each.prompt_tokens))
        for each in answers(asked("deep"), counter(name))
    ]
    evidence = SIGNAL.weigh(seen, KNOWN)
    assert best(evidence) == name
    assert any(f"those of {name}, scaled" in each for each in evidence.findings)


def test_counts_in_steps_are_seen_through():
    seen = [
        said(each.question, -(-each.prompt_tokens // 8) * 8)
        for each in answers(PROMPTS[:60], counter("Llama 3"))
    ]
    evidence = SIGNAL.weigh(seen, KNOWN)
    assert best(evidence) == "Llama 3"
    assert any("rounded" in each for each in evidence.findings)


@pytest.mark.parametrize("texts", [asked("deep"), PROMPTS[:24]])
def test_a_vocabulary_that_nobody_holds_contradicts_all_that_are_held(texts):
    evidence = SIGNAL.weigh(answers(texts, counter("Somebody else")), KNOWN)
    [families] = evidence.likelihoods
    assert best(evidence) == ""
    assert {name for _, name in evidence.vetoed} == set(NAMES)
    assert families.other - max(families.nats.values()) > 6
    assert "nobody holds" in evidence.exhibit.says


def test_a_repeated_prompt_is_no_new_evidence():
    once = answers(asked("quick"), counter("Llama 3"))
    first, again = SIGNAL.weigh(once, KNOWN), SIGNAL.weigh(once * 7, KNOWN)
    assert again.likelihoods == first.likelihoods


def test_the_order_of_answers_is_nothing():
    seen = answers(PROMPTS[:12], counter("MiniMax"))
    forward, back = SIGNAL.weigh(seen, KNOWN), SIGNAL.weigh(seen[::-1], KNOWN)
    for one, other in zip(forward.likelihoods, back.likelihoods, strict=True):
        assert other.other == pytest.approx(one.other)
        assert other.nats == pytest.approx(one.nats)


def test_each_shape_of_prompt_has_a_template_of_its_own():
    count = counter("Qwen 2 to 3")
    seen = []
    for system, template in (("", 8), ("Be brief.", 31), ("Answer in verse. " * 20, 204)):
        for each in answers(PROMPTS[:8], count, template):
            before = (Turn("system", system),) if system else ()
            seen.append(Observation(prompt=(*before, *each.prompt), text="ok", usage=each.usage))
    assert best(SIGNAL.weigh(seen, KNOWN)) == "Qwen 2 to 3"
    tools = [
        Observation(prompt=each.prompt, text="ok", usage=each.usage, asked={"tools": [{"n": 1}]})
        for each in answers(PROMPTS[8:16], count, 120)
    ]
    assert best(SIGNAL.weigh(tools, KNOWN)) == "Qwen 2 to 3"
    mixed = SIGNAL.weigh(answers(PROMPTS[:8], count) + tools, KNOWN)
    assert best(mixed) == "Qwen 2 to 3"
    assert not mixed.broken


def test_a_charge_below_the_text_itself_is_no_charge_of_that_vocabulary():
    fewer, more = "Llama 3", DEEPSEEK
    text = max(PROMPTS, key=lambda text: counter(more)(text) - counter(fewer)(text))
    assert counter(more)(text) > counter(fewer)(text) + 4
    evidence = SIGNAL.weigh([said(text, counter(fewer)(text))], KNOWN)
    [families] = evidence.likelihoods
    assert families.nats[fewer] > families.nats[more] + 1


def test_two_tokenizers_midway_break_the_case():
    half = len(PROMPTS) // 2
    seen = answers(PROMPTS[:half], counter("Llama 3")) + answers(
        PROMPTS[half:], counter(DEEPSEEK), 5
    )
    evidence = SIGNAL.weigh(seen, KNOWN)
    assert "two tokenizers answer" in evidence.broken
    assert "Llama 3" in evidence.broken
    assert DEEPSEEK in evidence.broken
    assert not evidence.likelihoods


def test_two_providers_with_different_tokenizers_break_the_case():
    seen = answers(PROMPTS[:20], counter("Llama 3"), provider="A") + answers(
        PROMPTS[:20], counter(DEEPSEEK), provider="B"
    )
    assert SIGNAL.weigh(seen, KNOWN).broken == (
        f"two tokenizers answer: Llama 3 by A and {DEEPSEEK} by B"
    )


def test_one_provider_that_counts_anew_hides_nothing_that_another_tells():
    seen = answers(PROMPTS[:20], counter("Llama 3"), provider="A") + answers(
        PROMPTS[:40], counter(O200K), 7, provider="B"
    )
    evidence = SIGNAL.weigh(seen, KNOWN)
    assert not evidence.broken
    assert best(evidence) == "Llama 3"
    assert [each for each in evidence.findings if "at B" in each]


def test_a_few_answers_counted_anew_are_set_aside():
    seen = (
        answers(PROMPTS[:90], counter("Qwen 2 to 3"))
        + answers(PROMPTS[90:], counter(O200K), 7)[:12]
    )
    evidence = SIGNAL.weigh(seen, KNOWN)
    assert best(evidence) == "Qwen 2 to 3"
    assert any("of 102 prompts were counted anew" in each for each in evidence.findings)


def test_two_templates_behind_one_name_are_one_tokenizer():
    seen = answers(PROMPTS[:20], counter(DEEPSEEK), 5) + answers(
        PROMPTS[20:34], counter(DEEPSEEK), 6
    )
    evidence = SIGNAL.weigh(seen, KNOWN)
    assert not evidence.broken
    assert best(evidence) == DEEPSEEK


def test_a_model_without_a_vocabulary_is_known_by_its_own_charges():
    known = library(own=["x-ai/grok", "moonshotai/kimi"])
    evidence = SIGNAL.weigh(answers(PROMPTS[:16], counter("x-ai/grok"), 11), known)
    families, models = evidence.likelihoods
    assert (families.level, models.level) == ("family", "model")
    assert best(evidence) == "x-ai/grok"
    assert models.nats["x-ai/grok"] - models.other > 3
    assert models.nats["moonshotai/kimi"] < models.other
    assert families.other == models.other


def test_installed_vocabularies_count_what_the_library_lacks():
    strange = [f"нечто {n} 漢字 über foo_bar код" + " x9" * n for n in range(12)]
    counters = [lambda text: {name: counter(name)(text) for name in NAMES[:3]}]
    signal = type(SIGNAL)(counters)
    seen = answers(strange, counter("Llama 3"))
    assert SIGNAL.weigh(seen, KNOWN) is None
    assert best(signal.weigh(seen, KNOWN)) == "Llama 3"
    both = signal.weigh(seen + answers(asked(), counter("Llama 3")), KNOWN)
    assert best(both) == "Llama 3"
    assert all(math.isfinite(nats) for nats in both.likelihoods[0].nats.values())


def test_uneven_steps_of_even_prompts_are_told():
    texts = asked("deep")
    even = [said(text, 9 + 3 * text.count("\n")) for text in texts]
    jumping = [said(text, 16 * (1 + text.count("\n") // 3)) for text in texts]
    assert not [x for x in SIGNAL.weigh(even, KNOWN).findings if "uneven" in x]
    assert [x for x in SIGNAL.weigh(jumping, KNOWN).findings if "uneven" in x]
