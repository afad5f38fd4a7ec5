"""A fit is a fit, or nobody is named: near ones, mixed traffic, and counts that are nobody's."""

import random

import pytest

from attribution.counts_kit import (
    NAMES,
    O200K,
    PROMPTS,
    SIGNAL,
    answers,
    best,
    counter,
    library,
    said,
)
from darkhorse.attribution.library.counts import Counts
from darkhorse.attribution.library.library import Library

KNOWN = library()
LLAMA, DEEPSEEK, QWEN = "Llama 3", "DeepSeek V3, R1, V4", "Qwen 2 to 3"


def near(name, seed=0):
    """A vocabulary of its own, never more than a token from this one, and seldom the same."""
    chance = random.Random(seed)
    off = {text: chance.choice((-1, -1, 0, 0, 0, 1, 1)) for text in PROMPTS}
    return lambda text: counter(name)(text) + off.get(text, 0)


@pytest.mark.parametrize("own", [[], ["x-ai/grok"]])
def test_three_constants_are_no_fit(own):
    """They explain whatever is never more than a token away."""
    known = library(own=own)
    evidence = SIGNAL.weigh(answers(PROMPTS, near(own[0] if own else LLAMA)), known)
    assert best(evidence) == ""
    assert evidence.findings == ("Prompt counts fit no vocabulary that is held.",)
    assert "no vocabulary that is held explains the charges" in evidence.exhibit.says


def test_a_vocabulary_that_explains_most_is_still_named():
    count, chance = counter(LLAMA), random.Random(3)
    off = {text: chance.choice((1, 4, 9, -2)) for text in PROMPTS[::4]}
    evidence = SIGNAL.weigh(answers(PROMPTS, lambda text: count(text) + off.get(text, 0)), KNOWN)
    assert best(evidence) == LLAMA


@pytest.mark.parametrize("second", [QWEN, "x-ai/grok"])
@pytest.mark.parametrize("first", [O200K, LLAMA])
@pytest.mark.parametrize("is_shuffled", [True, False])
def test_mixed_traffic_names_nobody(first, second, is_shuffled):
    known = library(own=["x-ai/grok"])
    seen = answers(PROMPTS[:24], counter(first), 7) + answers(PROMPTS[24:32], counter(second), 8)
    if is_shuffled:
        random.Random(1).shuffle(seen)
    evidence = SIGNAL.weigh(seen, known)
    assert evidence.broken.startswith("two tokenizers answer")
    assert not evidence.likelihoods


def test_two_blocks_are_two_tokenizers_though_one_is_nobodys():
    """A vocabulary for which there is no pair to find."""
    unheld = answers(PROMPTS[24:31], lambda text: 2 * counter("nobody's own")(text))
    evidence = SIGNAL.weigh(answers(PROMPTS[:24], counter(LLAMA)) + unheld, KNOWN)
    assert evidence.broken == (
        "two tokenizers answer: Llama 3 counts only on one side of charge 24 of 31"
    )


@pytest.mark.parametrize("by", ["time", "size"])
@pytest.mark.parametrize("start", [0, 20, 40])
def test_a_few_prompts_are_split_where_each_half_fits(by, start):
    """Among many vocabularies: six charges in one order tell what six at random do not."""
    many = library([*NAMES, *(f"made up {n}" for n in range(60))])
    texts = sorted(PROMPTS[start : start + 6], key=lambda text: len(text) if by == "size" else 0)
    seen = answers(texts[:3], counter(LLAMA)) + answers(texts[3:], counter(QWEN), 30)
    if by == "size":
        random.Random(2).shuffle(seen)
    assert SIGNAL.weigh(seen, many).broken.startswith("two tokenizers answer")


def test_the_same_prompts_charged_by_another_break_the_case():
    again = answers(PROMPTS[:27], counter(LLAMA)) + answers(PROMPTS[27:30], counter(DEEPSEEK), 4)
    evidence = SIGNAL.weigh(answers(PROMPTS[:30], counter(LLAMA)) + again, KNOWN)
    assert evidence.broken == (
        "3 of 30 prompts that were asked again were charged otherwise: more than one counts"
    )


def test_the_same_prompts_in_another_template_do_not():
    again = answers(PROMPTS[:20], counter(LLAMA)) + answers(PROMPTS[20:30], counter(LLAMA), 10)
    evidence = SIGNAL.weigh(answers(PROMPTS[:30], counter(LLAMA)) + again, KNOWN)
    assert not evidence.broken
    assert best(evidence) == LLAMA


def test_a_recount_is_told_where_some_charges_are_others():
    """A gateway's own wrapping hides a few of them."""
    slips = [said(text, counter(LLAMA)(text) + 20 + n) for n, text in enumerate(PROMPTS[14:16])]
    evidence = SIGNAL.weigh(answers(PROMPTS[:14], counter(O200K), 42) + slips, KNOWN)
    assert [each for each in evidence.findings if "with which gateways count anew" in each]


def test_a_fit_that_the_prompts_hardly_tell_from_another_says_so():
    """Where a held one is so near, one that nobody holds may be."""
    held = library().counts
    prompts = {
        key: (row[NAMES.index(LLAMA)], row[NAMES.index(LLAMA)] + (2 if n == 0 else 0))
        for n, (key, row) in enumerate(held.prompts.items())
    }
    kin = Library(counts=Counts(vocabularies=("Gemma 3", "Gemma 4"), prompts=prompts))
    says = SIGNAL.weigh(answers(PROMPTS[:12], counter(LLAMA)), kin).exhibit.says
    assert "what Gemma 3 counts, or one that differs in few strings, and 10 for" in says
    far = SIGNAL.weigh(answers(PROMPTS[:12], counter(LLAMA)), KNOWN).exhibit.says
    assert "differs in few strings" not in far
