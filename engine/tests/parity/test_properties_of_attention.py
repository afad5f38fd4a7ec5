"""What has to hold of attention whatever the weights: the second oracle is the engine itself."""

from dataclasses import replace

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse_engine.cache import PAGE, Pages, Step, Table
from darkhorse_engine.config import Config
from darkhorse_engine.model import Model
from darkhorse_engine.sparse import pick
from parity.running import logits, scattered, sets_of_picks

TINY = replace(Config.preset("tiny"), index_topk=16)
MODEL = Model.random(TINY, 3)
SAME = 2e-6

few = settings(max_examples=15, deadline=None)
lengths = st.integers(1, 3 * PAGE)
cuts = st.sets(st.integers(1, 3 * PAGE - 1), max_size=12)


def some(length: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(
        0, TINY.vocab_size, (length,), generator=torch.Generator().manual_seed(seed)
    )


def with_topk(topk: int) -> Model:
    other = Model(TINY.with_topk(topk))
    other.load_state_dict(MODEL.state_dict())
    return other


@few
@given(length=lengths, more=st.integers(0, 50))
def test_as_many_picks_as_tokens_are_dense(length: int, more: int) -> None:
    tokens = some(length)
    dense = logits(with_topk(10**6), tokens)
    assert (logits(with_topk(length + more), tokens) - dense).abs().max() <= SAME


def test_fewer_picks_are_not() -> None:
    tokens = some(100)
    sparse, dense = logits(MODEL, tokens), logits(with_topk(10**6), tokens)
    assert (sparse[:16] - dense[:16]).abs().max() <= SAME
    assert (sparse[16:] - dense[16:]).abs().amax(-1).min() > 1e-3


@few
@given(length=lengths, cuts=cuts)
def test_any_cut_of_a_prompt_is_one_shot(length: int, cuts: set[int]) -> None:
    tokens = some(length)
    pieces = logits(MODEL, tokens, [cut for cut in cuts if cut < length])
    assert (pieces - logits(MODEL, tokens)).abs().max() <= SAME


def test_one_at_a_time_is_one_shot_across_both_borders() -> None:
    """One query at a time takes other ways through attention: absorbed, and scored alone."""
    tokens = some(2 * TINY.index_topk + 5)
    single = logits(MODEL, tokens, range(1, len(tokens)))
    assert (single - logits(MODEL, tokens)).abs().max() <= SAME


@few
@given(data=st.data(), count=st.integers(2, 5))
def test_any_order_of_a_batch_is_each_alone(data: st.DataObject, count: int) -> None:
    """Sequences of several lengths, at several places, in one step and in any order."""
    prompts = [some(data.draw(st.integers(2, 80)), seed) for seed in range(count)]
    alone = [logits(MODEL, prompt)[-1] for prompt in prompts]
    pages = Pages(TINY, 2 * count, MODEL.dtype)
    tables = [_table([2 * at + 1, 2 * at]) for at in range(count)]
    starts = [data.draw(st.integers(0, len(prompt) - 1)) for prompt in prompts]
    for table, prompt, start in zip(tables, prompts, starts, strict=True):
        if start:
            MODEL(prompt[:start], Step.of(pages, [(table, 0, start)]))
    order = data.draw(st.permutations(range(count)))
    step = Step.of(pages, [(tables[at], starts[at], len(prompts[at]) - starts[at]) for at in order])
    hidden = MODEL(torch.cat([prompts[at][starts[at] :] for at in order]), step)
    for span, at in zip(step.spans, order, strict=True):
        last = MODEL.logits(hidden[span.rows][-1:])[0]
        assert (last - alone[at]).abs().max() <= SAME


def _table(pages: list[int]) -> Table:
    table = Table()
    table.extend(pages)
    return table


@few
@given(seed=st.integers(0, 100))
def test_where_pages_lie_changes_nothing(seed: int) -> None:
    tokens = some(3 * PAGE)
    table, count = scattered(len(tokens), seed=seed)
    pages = Pages(TINY, count, MODEL.dtype)
    hidden = MODEL(tokens, Step.of(pages, [(table, 0, len(tokens))]))
    assert (MODEL.logits(hidden) - logits(MODEL, tokens)).abs().max() <= SAME


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_of_equal_scores_the_nearer_is_picked(data: st.DataObject) -> None:
    values = st.sampled_from([-1.0, 0.0, 0.0, 0.5, 2.0])
    length = data.draw(st.integers(1, 30))
    rows = data.draw(
        st.lists(st.lists(values, min_size=length, max_size=length), min_size=1, max_size=3)
    )
    count = data.draw(st.integers(1, length))
    found = pick(torch.tensor(rows), count)
    for row, picks in zip(rows, found.tolist(), strict=True):
        ranked = sorted(range(length), key=lambda at: (-row[at], -at))
        assert set(picks) == set(ranked[:count])
        assert len(picks) == count


def test_a_pick_is_never_of_the_future() -> None:
    for sets in sets_of_picks(MODEL, some(90)).values():
        for at, picks in enumerate(sets, start=TINY.index_topk):
            assert max(picks) <= at
