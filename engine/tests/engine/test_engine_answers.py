"""However prompts are cut, batched, preempted or found again, the same is said to each."""

from collections.abc import Iterator

import pytest
import torch
from engine_models import (
    answers,
    engine_of,
    logits_at_once,
    prompt,
    rows,
    rows_at_once,
    run,
    slow_answer,
    tiny,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse_engine.engine import Engine
from darkhorse_engine.sampling import Sampling
from darkhorse_engine.sequence import Request

GREEDY = Sampling(temperature=0)
LENGTHS = (1, 13, 15, 31, 62, 64, 65, 127, 150)
"""About index_topk (16), twice that, and the edges of pages."""

REQUESTS = [
    Request(
        prompt=prompt(length, seed=at // 2),  # neighbours begin the same
        sampling=GREEDY if at % 2 else Sampling(seed=at, top_p=0.9, frequency_penalty=0.3),
        max_tokens=12,
        stop_ids=frozenset([3]),
    )
    for at, length in enumerate(LENGTHS)
]

options = st.fixed_dictionaries(
    {
        "budget": st.sampled_from([1, 7, 64, 256]),
        "slots": st.sampled_from([1, 2, 9]),
        "drafts": st.sampled_from([0, 0, 1, 3]),
        "reuse": st.booleans(),
    }
)


@pytest.fixture(scope="module")
def expected() -> list[list[int]]:
    """What each is told when everything is read again for every token."""
    with torch.no_grad():
        return [slow_answer(tiny(), request) for request in REQUESTS]


@settings(max_examples=12, derandomize=True)
@given(options=options, order=st.permutations(range(len(REQUESTS))), count=st.integers(1, 9))
def test_any_batch_says_to_each_what_it_would_hear_alone(
    expected: list[list[int]], options: dict, order: list[int], count: int
) -> None:
    engine = engine_of(tiny(), **options)
    chosen = order[:count]
    assert answers(engine, [REQUESTS[at] for at in chosen]) == [expected[at] for at in chosen]


@settings(max_examples=20, derandomize=True)
@given(
    options=options,
    pages=st.integers(3, 6),
    order=st.permutations(range(len(REQUESTS))),
    events=st.lists(st.sampled_from(["step", "step", "add", "add", "cancel"]), max_size=60),
)
def test_neither_arrivals_nor_cancelling_nor_want_of_memory_change_the_others(
    expected: list[list[int]], options: dict, pages: int, order: list[int], events: list[str]
) -> None:
    engine = engine_of(tiny(), pages=pages, **options)
    ids: dict[int, int] = {}
    said: dict[int, list[int]] = {}
    rest = iter(order)
    for event in [*events, *["add"] * len(order)]:
        if event == "add" and (at := next(rest, None)) is not None:
            number = engine.add(REQUESTS[at])
            ids[number], said[number] = at, []
        elif event == "cancel" and ids:
            number = min(ids)
            engine.cancel(number)
            ids.pop(number)
        else:
            for delta in engine.step():
                said[delta.id] += [sampled.token for sampled in delta.tokens]
        engine.check_pages()
    for delta in run(engine):
        said[delta.id] += [sampled.token for sampled in delta.tokens]
    assert {at: said[number] for number, at in ids.items()} == {
        at: expected[at] for at in ids.values()
    }
    assert engine.stats.running == engine.stats.waiting == 0
    assert engine.pool.free == engine.pages.count - engine.prefixes.idle


@pytest.mark.parametrize("drafts", [0, 3])
def test_who_came_last_makes_way_and_goes_on_where_it_was(drafts: int) -> None:
    requests = [
        Request(prompt=prompt(60, seed), sampling=Sampling(seed=seed), max_tokens=80)
        for seed in range(4)
    ]
    small, large = engine_of(tiny(), pages=5, drafts=drafts), engine_of(tiny())
    expected = answers(large, requests)
    said = {small.add(request): [] for request in requests}
    while small.is_busy:
        oldest = min(number for number, tokens in said.items() if len(tokens) < 80)
        deltas = small.step()
        assert oldest in {delta.id for delta in deltas}, "the oldest never waits"
        for delta in deltas:
            said[delta.id] += [sampled.token for sampled in delta.tokens]
        waiting = small.scheduler.waiting
        assert not any(each.table.pages or each.drafts for each in waiting)
        ids = [each.id for each in [*small.scheduler.running, *waiting]]
        assert ids == sorted(ids), "nobody is overtaken"
        small.check_pages()
    assert list(said.values()) == expected
    assert small.stats.preemptions > 1
    assert large.stats.preemptions == 0


def _while_running(engine: Engine, steps: int) -> Iterator[object]:
    for _ in range(steps):
        engine.step()
        engine.check_pages()
    yield from list(engine.scheduler.running)


@settings(max_examples=12, derandomize=True)
@given(
    budget=st.sampled_from([1, 9, 50, 256]),
    drafts=st.sampled_from([1, 3]),
    steps=st.integers(1, 12),
    cut=st.sampled_from([63, 64, 65]),
)
def test_the_cache_holds_what_one_run_over_everything_would_have_put_there(
    budget: int, drafts: int, steps: int, cut: int
) -> None:
    """Of every layer, the MTP block's too, whose row needs the token behind it.

    The second prompt leaves the first just before, at and behind the edge of a page.
    """
    engine = engine_of(tiny(), budget=budget, drafts=drafts)
    first = prompt(140, 1)
    engine.generate([first], GREEDY, max_tokens=1)
    for tokens in (first, first[:cut] + prompt(80, 2)):
        engine.add(Request(prompt=tokens, sampling=Sampling(seed=1), max_tokens=40))
    for sequence in _while_running(engine, steps):
        held = rows(engine.pages, sequence.table, sequence.cached)
        fresh = rows_at_once(tiny(), sequence.tokens[: sequence.cached + 1])
        for mine, once in zip(held, fresh, strict=True):
            torch.testing.assert_close(mine, once, atol=1e-5, rtol=0)
    assert engine.stats.cached_tokens == 128 + (cut >= 65) * 64


@pytest.mark.parametrize("budget", [1, 10, 17, 64, 256])
def test_any_cutting_of_a_prompt_leads_to_the_same_logits(budget: int) -> None:
    tokens = prompt(100, 5)
    engine = engine_of(tiny(), budget=budget)
    (answer,) = engine.generate([tokens], Sampling(seed=1, logprobs=20), max_tokens=1)
    once = logits_at_once(tiny(), tokens)[-1].log_softmax(0)
    for token, logprob in answer.sampled[0].top:
        assert logprob == pytest.approx(float(once[token]), abs=1e-5)
    assert engine.stats.steps >= 100 // max(budget, 16)


def test_a_second_turn_reads_only_what_is_new() -> None:
    engine = engine_of(tiny())
    first = prompt(100, 1)
    (answer,) = engine.generate([first], GREEDY, max_tokens=40)
    turn = [*first, *answer.tokens, *prompt(10, 2)]
    cold = engine_of(tiny(), reuse=False).generate([turn], GREEDY, max_tokens=10)
    warm = engine.generate([turn], GREEDY, max_tokens=10)
    assert warm[0].tokens == cold[0].tokens
    assert (warm[0].usage.cached, cold[0].usage.cached) == (128, 0)
    assert engine.stats.cached_tokens == 128
    assert engine.stats.prompt_tokens == 250


def test_kept_pages_make_way_for_new_ones() -> None:
    engine = engine_of(tiny(), pages=4)
    for seed in range(6):
        assert engine.generate([prompt(150, seed)], GREEDY, max_tokens=60)[0].finish == "length"
        engine.check_pages()
    assert engine.stats.preemptions == 0


def test_what_was_used_again_is_kept_longer() -> None:
    engine = engine_of(tiny(), pages=6)
    for seed in (1, 2, 1, 3):  # the third finds all of the first, the fourth wants a page
        engine.generate([prompt(130, seed)], GREEDY, max_tokens=2)
    first, second = (engine.generate([prompt(130, seed)], GREEDY, max_tokens=2) for seed in (1, 2))
    assert (first[0].usage.cached, second[0].usage.cached) == (128, 64)


def test_run_is_silent_when_nobody_is_here() -> None:
    engine = engine_of(tiny())
    assert list(run(engine)) == []
    assert engine.step() == []
