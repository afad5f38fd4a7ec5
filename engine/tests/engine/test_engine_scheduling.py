"""Nobody waits for a long prompt to end, nobody who fits is turned away, errors stay private."""

from dataclasses import replace

import pytest
import torch
from engine_models import VOCABULARY, answers, engine_of, prompt, run, slow_answer, tiny
from torch import Tensor

from darkhorse_engine.engine import Engine, Refused
from darkhorse_engine.model import Model
from darkhorse_engine.sampling import Sampling
from darkhorse_engine.sequence import Request

GREEDY = Sampling(temperature=0)


def _request(length: int, most: int | None = 8, seed: int = 0, **more: object) -> Request:
    return Request(prompt=prompt(length, seed), sampling=GREEDY, max_tokens=most, **more)


def test_whoever_answers_goes_on_while_a_long_prompt_is_read() -> None:
    engine = engine_of(tiny(), budget=64)
    short = engine.add(_request(10, 40))
    engine.step()
    long = engine.add(_request(600, 4, seed=1))
    steps = 0
    heard = {short: 0, long: 0}
    while not heard[long]:
        for delta in engine.step():
            heard[delta.id] += len(delta.tokens)
        steps += 1
    assert steps > 600 // 64
    assert heard[short] == steps


def test_a_short_prompt_behind_a_long_one_is_read_at_once() -> None:
    engine = engine_of(tiny(), budget=64)
    engine.add(_request(600, 4))
    engine.step()
    short = engine.add(_request(30, 4, seed=1))
    assert [delta.id for delta in engine.step()] == [short]


def test_two_long_prompts_share_the_budget_and_what_a_short_one_leaves() -> None:
    engine = engine_of(tiny(), budget=90)
    for length in (300, 300, 10):
        engine.add(_request(length, 4, seed=length))
    work = engine.scheduler.plan()
    assert sorted(len(each.tokens) for each in work) == [10, 40, 40]


def test_far_into_a_long_prompt_the_pieces_get_shorter() -> None:
    engine = engine_of(
        Model.random(replace(tiny().config, max_position_embeddings=1 << 16), 0),
        pages=600,
        budget=200,
    )
    engine.add(_request(30_000))
    (sequence,) = engine.scheduler.waiting
    pieces = []
    for _ in range(3):
        (work,) = engine.scheduler.plan()
        pieces.append(len(work.tokens))
        sequence.cached += 8192  # as if read
    assert pieces == [200, 100, 66]


def test_first_come_first_served() -> None:
    engine = engine_of(tiny(), slots=1)
    ids = [engine.add(_request(20, 3, seed)) for seed in range(3)]
    ends = [delta.id for delta in run(engine) if delta.finish]
    assert ends == ids


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (Request(prompt=[]), "The prompt is empty"),
        (Request(prompt=[1, VOCABULARY]), "vocabulary of 64 tokens"),
        (Request(prompt=[-1]), "vocabulary of 64 tokens"),
        (Request(prompt=[1], max_tokens=0), "max_tokens has to be 1 or more"),
        (Request(prompt=[1] * 200), r"prompt of 200 tokens and its answer of 1 need 0\.2 MiB"),
        (Request(prompt=[1] * 20, max_tokens=173), r"173 need .* may have 192 tokens"),
    ],
)
def test_what_can_never_be_served_is_refused_with_numbers(request_: Request, said: str) -> None:
    engine = engine_of(tiny(), pages=3)
    with pytest.raises(Refused, match=said):
        engine.add(request_)
    with pytest.raises(Refused, match=said):
        engine.answer([_request(5), request_])
    assert not engine.is_busy


def test_the_context_is_the_least_of_what_model_memory_and_operator_allow() -> None:
    assert engine_of(tiny(), pages=3).context == 192
    assert engine_of(tiny(), pages=3, context=100).context == 100
    assert engine_of(tiny(), pages=3, context=500).context == 192
    assert engine_of(tiny(), pages=64).context == 1024
    with pytest.raises(ValueError, match="MiB at least"):
        Engine(tiny(), memory=100)


def test_an_answer_without_a_limit_ends_with_the_context() -> None:
    engine = engine_of(tiny(), context=100)
    (answer,) = engine.generate([prompt(90)], GREEDY)
    assert (len(answer.tokens), answer.finish) == (10, "length")


def test_a_prompt_that_fills_memory_to_the_last_token_is_served() -> None:
    engine = engine_of(tiny(), pages=3)
    requests = [_request(191, 1), _request(100, 92, seed=1), _request(191, 1)]
    assert [len(said) for said in answers(engine, requests)] == [1, 92, 1]


def test_a_newcomer_is_not_admitted_to_be_sent_away_in_the_next_step() -> None:
    engine = engine_of(tiny(), pages=3)
    engine.add(_request(60, 20))
    engine.step()
    engine.add(_request(120, 8, seed=1))  # two pages are free, and the first will want one
    for _ in run(engine):
        pass
    assert engine.stats.preemptions == 0


def test_a_cancelled_sequence_leaves_nothing_behind() -> None:
    engine = engine_of(tiny(), reuse=False, slots=2)
    running, waiting = [engine.add(_request(100, 50, seed)) for seed in range(3)][1:]
    for _ in range(4):
        engine.step()
    free = engine.pool.free
    engine.cancel(running)
    assert engine.pool.free == free + 2
    engine.cancel(waiting)
    engine.cancel(waiting)
    engine.cancel(12345)
    assert {delta.id for delta in run(engine)} == {0}
    assert engine.pool.free == engine.pages.count


class Broken:
    """A grammar that fails, where it is told to, at the third token."""

    is_done = False

    def __init__(self, where: str) -> None:
        self.where, self.count = where, 0

    def _reach(self, where: str) -> None:
        if where == self.where and self.count == 2:
            raise RuntimeError(f"broken {where}")

    def mask(self, row: Tensor) -> None:
        self._reach("mask")

    def accept(self, token: int) -> bool:
        self._reach("accept")
        self.count += 1
        return not (self.where == "refusal" and self.count == 3)

    def rollback(self, count: int) -> None:
        self._reach("rollback")
        self.count -= count

    def forced(self) -> list[int]:
        self._reach("forced")
        return []


@pytest.mark.parametrize("drafts", [0, 2])
@pytest.mark.parametrize("where", ["mask", "accept", "forced", "refusal", "rollback"])
def test_an_error_ends_its_own_sequence_alone(where: str, drafts: int) -> None:
    if where == "rollback" and not drafts:
        return
    engine = engine_of(tiny(), drafts=drafts)
    other = _request(30)
    expected = slow_answer(tiny(), other)
    broken, whole = engine.answer([_request(20, constraint=Broken(where)), other])
    assert broken.finish == "error"
    assert ("allows nothing" if where == "refusal" else f"broken {where}") in broken.error
    assert whole.tokens == expected
    assert engine.stats.failed == 1
    engine.check_pages()
    assert engine.answer([_request(20)])[0].tokens == slow_answer(tiny(), _request(20))


def test_logits_that_are_no_numbers_end_the_sequence_that_has_them() -> None:
    model = Model.random(tiny().config, 3)
    model.model.embed_tokens.weight[5] = torch.nan
    engine = engine_of(model)
    fine = [token for token in prompt(12) if token != 5]
    poisoned, whole = engine.generate([[*fine, 5, 7], fine], GREEDY, max_tokens=1)
    assert poisoned.finish == "error"
    assert "not all numbers" in poisoned.error
    assert whole.finish == "length"


def test_what_is_counted() -> None:
    ticks = iter(range(1000))
    engine = engine_of(tiny(), clock=lambda: float(next(ticks)))
    engine.answer([_request(70, 4), _request(30, 6, seed=1)])
    engine.add(_request(70, 4))
    engine.step()
    stats = engine.stats
    assert (stats.prompt_tokens, stats.cached_tokens, stats.generated_tokens) == (170, 64, 11)
    assert (stats.steps, stats.step_seconds) == (7, 7.0)
    assert (stats.running, stats.waiting, stats.finished, stats.failed) == (1, 0, 2, 0)
    assert (stats.pages, stats.pages_used, stats.pages_kept) == (64, 2, 1)


def test_seeds_are_handed_in_and_a_requests_own_comes_first() -> None:
    seeds = iter([7, 8, 9])
    engine = engine_of(tiny(), seeds=seeds.__next__)
    start = prompt(20)
    free = [Request(prompt=start, max_tokens=8)] * 2
    own = Request(prompt=start, sampling=Sampling(seed=7), max_tokens=8)
    first, second, third = answers(engine, [*free, own])
    assert first == third != second
