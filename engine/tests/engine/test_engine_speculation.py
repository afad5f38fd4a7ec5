"""Drafts change how many steps an answer takes, and never what it says."""

from dataclasses import replace
from functools import cache

import pytest
import torch
from engine_models import VOCABULARY, answers, drafts_at_once, engine_of, prompt, tiny
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from darkhorse_engine.cache import Step
from darkhorse_engine.config import Config
from darkhorse_engine.engine import Engine
from darkhorse_engine.model import Model
from darkhorse_engine.sampling import Sampling
from darkhorse_engine.sequence import Request

GREEDY = Sampling(temperature=0)

WORDS = 24
"""Of the rigged model: token t is followed by t + 5, so that all of them come round."""


def after(token: int) -> int:
    return (token + 5) % WORDS


class Counting(Model):
    """It goes through its tokens in a fixed order, and its MTP block knows the order.

    Dimension t of the stream says "token t", and no layer adds to it. The block makes its guess
    from the *hidden state* alone (the embedding goes unused, so a guess rests on the carry), and
    puts noise into the last dimension, which the shared head's norm takes away: where the state is
    carried before that norm, the noise makes the next guess token 0.
    """

    carries_raw = False

    @classmethod
    def make(cls) -> "Counting":
        config = replace(
            Config.preset("tiny"),
            vocab_size=WORDS,
            hidden_size=WORDS + 8,
            num_hidden_layers=2,
            first_k_dense_replace=2,
            indexer_types=(True, False),
        )
        model = cls.random(config, 0)
        for name, weight in model.state_dict().items():
            if name.endswith(("o_proj.weight", "down_proj", "down_proj.weight")):
                weight.zero_()
            if name.endswith("norm.weight") and name.count(".") < 5:
                weight.fill_(1.0)
        words = torch.eye(WORDS, WORDS + 8)
        order = torch.tensor([after(token) for token in range(WORDS)])
        model.model.embed_tokens.weight.copy_(words)
        model.lm_head.weight.zero_()
        model.lm_head.weight[order] = words
        through = model.mtp.eh_proj.weight.zero_()[:, WORDS + 8 :]
        through[order, torch.arange(WORDS)] = 1.0
        through[-1, :WORDS] = 3.0
        through[0, -1] = 3.0
        model.mtp.shared_head.norm.weight[-1] = 0.0
        model.model.norm.weight.fill_(2.0)  # so that its states can be told from the block's
        return model

    @torch.inference_mode()
    def draft(self, following: Tensor, hidden: Tensor, step: Step) -> Tensor:
        if not self.carries_raw:
            return super().draft(following, hidden, step)
        if hasattr(self, "_normed"):
            same = (hidden[:, None] == self._normed).all(-1)
            for row, found in enumerate(same):
                if found.any():
                    hidden[row] = self._raw[found.nonzero()[0, 0]]
        kept: list[Tensor] = []
        hook = self.mtp.shared_head.norm.register_forward_pre_hook(lambda _, x: kept.append(x[0]))
        self._normed = super().draft(following, hidden, step)
        hook.remove()
        self._raw = kept[0]
        return self._normed


@cache
def _plain(length: int, seed: int) -> list[int]:
    (said,) = answers(
        engine_of(tiny(seed)),
        [Request(prompt=prompt(length, seed), sampling=GREEDY, max_tokens=24)],
    )
    return said


lengths = st.sampled_from([1, 8, 14, 15, 16, 17, 30, 31, 32, 33, 60, 63, 64, 65, 100, 126, 128])


@settings(max_examples=20, derandomize=True)
@given(
    several=st.lists(lengths, min_size=1, max_size=4),
    seed=st.integers(0, 2),
    drafts=st.integers(1, 5),
    budget=st.sampled_from([16, 40, 256]),
)
def test_greedy_answers_are_those_without_drafts_token_for_token(
    several: list[int], seed: int, drafts: int, budget: int
) -> None:
    """Random models, whose blocks guess badly; across index_topk, twice that, and pages."""
    requests = [
        Request(prompt=prompt(length, seed), sampling=GREEDY, max_tokens=24) for length in several
    ]
    engine = engine_of(tiny(seed), drafts=drafts, budget=budget)
    assert answers(engine, requests) == [_plain(length, seed) for length in several]
    assert engine.stats.drafted


def _counted(length: int) -> list[int]:
    tokens = [1]
    while len(tokens) < length:
        tokens.append(after(tokens[-1]))
    return tokens


def test_drafts_are_the_blocks_own_each_made_of_the_one_before() -> None:
    """At their places: rows of old drafts, and of the sequences beside, do not show."""
    engine = engine_of(tiny(), drafts=4)
    for length in (10, 30, 62):
        most = 1 + length  # so that they leave one after the other, and draft less before
        engine.add(Request(prompt=prompt(length, 2), sampling=GREEDY, max_tokens=most))
    for _ in range(10):
        engine.step()
        for sequence in engine.scheduler.running:
            count = min(4, sequence.room - 1)
            assert sequence.drafts == drafts_at_once(tiny(), sequence.tokens, count)


@pytest.mark.parametrize("drafts", [1, 2, 4])
def test_good_drafts_are_all_taken(drafts: int) -> None:
    """From 10 tokens to 90: past index_topk, twice that, and the edge of a page."""
    engine = engine_of(Counting.make(), drafts=drafts)
    start = _counted(10)
    (answer,) = engine.generate([start], GREEDY, max_tokens=80)
    assert [*start, *answer.tokens] == _counted(90)
    assert engine.stats.accepted == engine.stats.drafted
    assert engine.stats.steps == 1 + -(-79 // (drafts + 1))


def test_at_temperature_one_the_same_is_said_too_and_good_drafts_help() -> None:
    requests = [
        Request(
            prompt=_counted(10 + seed), sampling=Sampling(seed=seed, temperature=0.2), max_tokens=40
        )
        for seed in range(3)
    ]
    model = Counting.make()
    plain, drafted = engine_of(model), engine_of(model, drafts=3)
    assert answers(drafted, requests) == answers(plain, requests)
    assert drafted.stats.accepted > 0.5 * drafted.stats.drafted
    assert drafted.stats.steps < 0.6 * plain.stats.steps


def test_carrying_the_state_before_its_norm_spoils_all_but_the_first_draft() -> None:
    """vllm-project/vllm#46075: silent, but for the share that is accepted."""
    model = Counting.make()
    model.carries_raw = True
    engine = engine_of(model, drafts=3)
    start = _counted(10)
    (answer,) = engine.generate([start], GREEDY, max_tokens=60)
    assert [*start, *answer.tokens] == _counted(70)
    assert engine.stats.accepted <= 0.4 * engine.stats.drafted


def test_an_answer_ends_where_it_should_inside_drafts_too() -> None:
    engine = engine_of(Counting.make(), drafts=4)
    start = _counted(10)
    for most in range(1, 9):
        (answer,) = engine.generate([start], GREEDY, max_tokens=most)
        assert answer.tokens == _counted(10 + most)[10:]
        assert (answer.finish, answer.usage.generated) == ("length", most)
    for place in range(10, 18):
        stop = _counted(place + 1)[-1]
        (answer,) = engine.generate([start], GREEDY, max_tokens=60, stop_ids=[stop])
        assert answer.tokens == _counted(place)[10:]
        assert (answer.finish, answer.usage.generated) == ("stop", place - 9)
    before = engine.stats.drafted
    engine.generate([start], GREEDY, max_tokens=60, stop_ids=[_counted(13)[-1]])
    assert engine.stats.drafted - before == 2, "nothing is drafted behind the end"


def test_drafts_never_take_another_ones_pages() -> None:
    requests = [Request(prompt=_counted(40), sampling=GREEDY, max_tokens=24)] * 4
    engine = engine_of(Counting.make(), drafts=4, pages=4, reuse=False)
    assert answers(engine, requests) == [_counted(64)[40:]] * 4
    assert engine.stats.preemptions == 0


class EvenThenEnd:
    """A toy grammar: even tokens only; after the first, 8, 6, 4 and no other; then it is done."""

    def __init__(self) -> None:
        self.said: list[int] = []
        self.most = 0

    def _allowed(self) -> list[int]:
        return [[*range(0, VOCABULARY, 2)], [8], [6], [4], []][len(self.said)]

    def mask(self, row: Tensor) -> None:
        banned = torch.ones_like(row, dtype=torch.bool)
        banned[self._allowed()] = False
        row[banned] = -torch.inf

    def accept(self, token: int) -> bool:
        allowed = token in self._allowed()
        self.said.append(token)
        return allowed

    def rollback(self, count: int) -> None:
        del self.said[len(self.said) - count :]

    def forced(self) -> list[int]:
        return [8, 6, 4][len(self.said) - 1 :] if self.said else []

    @property
    def is_done(self) -> bool:
        return len(self.said) == 4


@pytest.mark.parametrize("drafts", [0, 3])
def test_what_a_grammar_forces_is_read_in_one_step(drafts: int) -> None:
    engine = engine_of(tiny(), drafts=drafts)
    request = Request(prompt=prompt(20), sampling=GREEDY, constraint=EvenThenEnd(), max_tokens=9)
    (answer,) = engine.answer([request])
    assert answer.tokens[0] % 2 == 0
    assert answer.tokens[1:] == [8, 6, 4]
    assert (answer.finish, engine.stats.steps) == ("stop", 2)


class Unforced(EvenThenEnd):
    def forced(self) -> list[int]:
        return []


def test_drafts_keep_to_the_grammar_and_leave_it_where_it_was() -> None:
    grammar = Unforced()
    engine = engine_of(tiny(), drafts=5)
    request = Request(prompt=prompt(20), sampling=GREEDY, constraint=grammar, max_tokens=9)
    (answer,) = engine.answer([request])
    assert answer.tokens[1:] == [8, 6, 4]
    assert grammar.said == answer.tokens
    assert engine.stats.accepted == engine.stats.drafted == 3


def test_a_model_without_the_block_cannot_draft() -> None:
    config = replace(tiny().config, num_nextn_predict_layers=0)
    with pytest.raises(ValueError, match="drafts has to be 0"):
        Engine(Model.random(config, 0), memory=1 << 20, drafts=1)
