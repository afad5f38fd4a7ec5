"""The sampler: exact at temperature 0, the right distribution above it, alone in its row."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse_engine.sampling import Sampled, Sampler, Sampling, SamplingError

VOCAB = 40


def logits(seed=0, size=VOCAB):
    return torch.randn(size, generator=torch.Generator().manual_seed(seed)) * 2


def drawn(said, row, count, seed=7):
    """Tokens of `count` places of one sequence, all by the same logits."""
    sampler = Sampler(said, seed=seed)
    tokens = []
    for _ in range(count):
        tokens.append(sampler.choose(row).token)
        sampler.accept(tokens[-1])
    return tokens


def chi_square(tokens, probabilities):
    counts = torch.bincount(torch.tensor(tokens), minlength=len(probabilities)).double()
    expected = probabilities.double() * len(tokens)
    held = expected > 5
    return float(((counts - expected)[held] ** 2 / expected[held]).sum()), int(held.sum()) - 1


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (Sampling(), None),
        (Sampling(temperature=0.7), None),
        (Sampling(temperature=2, top_k=5), 5),
        (Sampling(top_k=5, top_p=0.8), None),
        (Sampling(top_p=0.9), None),
        (Sampling(min_p=0.1), None),
    ],
)
def test_the_distribution_is_the_one_asked_for(said, kept):
    row = logits()
    weights = expected_weights(row, said)
    if kept is not None:
        assert int((weights > 0).sum()) == kept
    tokens = drawn(said, row, 6000)
    assert bool((weights[tokens] > 0).all())
    found, freedom = chi_square(tokens, weights / weights.sum())
    assert found < freedom + 4 * (2 * freedom) ** 0.5 + 1e-9


def expected_weights(row, said):
    """By the definitions, over a full sort."""
    p = (row.double() / said.temperature).softmax(0)
    order = p.argsort(descending=True, stable=True)
    if said.top_k:
        p[order[said.top_k :]] = 0
        p /= p.sum()
    before = p[order].cumsum(0) - p[order]
    p[order[before >= said.top_p]] = 0
    return torch.where(p >= said.min_p * p.max(), p, 0)


@settings(max_examples=60)
@given(
    st.integers(0, 10_000),
    st.integers(0, 60),
    st.floats(0.01, 1),
    st.floats(0, 1),
    st.floats(0.1, 3),
    st.sampled_from([VOCAB, 700]),
)
def test_filters_leave_what_their_definitions_leave(seed, top_k, top_p, min_p, temperature, size):
    said = Sampling(temperature=temperature, top_k=top_k, top_p=top_p, min_p=min_p)
    row = logits(seed, size).bfloat16()  # ties, too
    allowed = (expected_weights(row.float(), said) > 0).nonzero()[:, 0].tolist()
    assert set(drawn(said, row, 30, seed)) <= set(allowed)


def test_top_p_looks_beyond_its_candidates():
    row = torch.zeros(5000)
    tokens = drawn(Sampling(top_p=0.5), row, 400)
    assert 512 < max(tokens) < 2500


def test_temperature_zero_takes_the_lowest_of_the_likeliest():
    row = torch.tensor([0.0, 3.0, 1.0, 3.0])
    assert Sampler(Sampling(temperature=0), seed=1).choose(row) == Sampled(1)
    assert Sampler(Sampling(temperature=0), seed=1).choose(-row) == Sampled(0)
    assert drawn(Sampling(temperature=1e-4), row[:3], 20) == [1] * 20
    assert drawn(Sampling(top_k=1), row, 20) == [1] * 20


def test_a_seeded_row_is_the_same_whatever_else_is_in_the_batch():
    rows = torch.stack([logits(at) for at in range(4)])
    said = [Sampling(seed=5, top_p=0.9), Sampling(temperature=0), Sampling(), Sampling(seed=5)]

    def run(order):
        samplers = {at: Sampler(said[at], seed=at) for at in order}
        tokens = {at: [] for at in order}
        for _ in range(20):
            for at in order:
                token = samplers[at].choose(rows[at]).token
                tokens[at].append(token)
                samplers[at].accept(token)
        return tokens

    together = run([0, 1, 2, 3])
    for at in range(4):
        assert run([at])[at] == together[at]
    assert run([3, 1, 0, 2]) == together
    assert together[0] != drawn(Sampling(seed=6, top_p=0.9), rows[0], 20)


@given(st.lists(st.integers(0, 5), max_size=8))
def test_drafts_taken_back_change_nothing(drafts):
    said = Sampling(frequency_penalty=0.5, presence_penalty=0.5, repetition_penalty=1.3, seed=3)
    plain, drafting = (Sampler(said, seed=0, prompt=[1, 2]) for _ in range(2))
    row = logits(1)
    for at in range(6):
        for draft in drafts:
            assert drafting.accept(draft)
        drafting.rollback(len(drafts))
        chosen = plain.choose(row)
        assert drafting.choose(row) == chosen, at
        plain.accept(chosen.token)
        drafting.accept(chosen.token)


def test_penalties_and_bias_change_logits_as_defined():
    row = torch.tensor([2.0, -2.0, 1.0, 1.9, 0.0])
    said = {"temperature": 0}

    def first(prompt=(), accepted=(), **more):
        sampler = Sampler(Sampling(**said, **more), seed=0, prompt=prompt)
        for token in accepted:
            sampler.accept(token)
        return sampler.choose(row).token

    assert first() == 0
    assert first(prompt=[0], repetition_penalty=1.1) == 3
    assert first(accepted=[0], repetition_penalty=1.04) == 0
    assert first(prompt=[0], frequency_penalty=2, presence_penalty=2) == 0
    assert first(accepted=[0], frequency_penalty=0.05) == 0
    assert first(accepted=[0, 0, 0], frequency_penalty=0.05) == 3
    assert first(accepted=[0, 0, 0], presence_penalty=0.05) == 0
    assert first(accepted=[0], presence_penalty=0.2) == 3
    assert first(logit_bias={1: 100, 99: 100}) == 1
    low = torch.tensor([-1.0, -1.05])
    sampler = Sampler(Sampling(temperature=0, repetition_penalty=1.1), seed=0, prompt=[0])
    assert sampler.choose(low).token == 1
    assert row.tolist() == pytest.approx([2.0, -2.0, 1.0, 1.9, 0.0])


def test_logprobs_are_of_the_model_before_anything_is_changed():
    row = logits(2)
    logprobs = row.log_softmax(0)
    said = Sampling(temperature=0, logit_bias={7: 100}, logprobs=3)
    chosen = Sampler(said, seed=0).choose(row)
    assert chosen.token == 7
    assert chosen.logprob == pytest.approx(float(logprobs[7]))
    best = logprobs.topk(3)
    assert [token for token, _ in chosen.top] == best.indices.tolist()
    assert [value for _, value in chosen.top] == pytest.approx(best.values.tolist())
    assert Sampler(Sampling(logprobs=0), seed=0).choose(row).top == ()


class Odd:
    """Odd tokens only, and nothing after three of them."""

    def __init__(self):
        self.seen = []

    def mask(self, row):
        row[::2] = -torch.inf

    def accept(self, token):
        if token % 2:
            self.seen.append(token)
        return bool(token % 2)

    def rollback(self, count):
        del self.seen[len(self.seen) - count :]

    def forced(self):
        return [9] if not self.seen else []

    @property
    def is_done(self):
        return len(self.seen) == 3


def test_a_constraint_is_followed():
    constraint = Odd()
    sampler = Sampler(Sampling(temperature=5, top_k=20), seed=1, constraint=constraint)
    assert sampler.forced() == [9]
    assert not sampler.accept(2)
    for _ in range(3):
        assert not sampler.is_done
        assert sampler.accept(sampler.choose(logits()).token)
    assert sampler.is_done
    sampler.rollback(1)
    assert not sampler.is_done
    assert all(token % 2 for token in constraint.seen)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", -0.1),
        ("temperature", float("nan")),
        ("top_p", 0),
        ("top_p", 1.1),
        ("top_k", -1),
        ("min_p", 2),
        ("repetition_penalty", 0),
        ("frequency_penalty", 3),
        ("presence_penalty", -3),
        ("logprobs", 21),
        ("logit_bias", {3: 101}),
    ],
)
def test_a_parameter_out_of_range_is_named(name, value):
    with pytest.raises(SamplingError, match=name):
        Sampling(**{name: value})
