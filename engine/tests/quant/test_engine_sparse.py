"""Scores and picks in corners that the parity tests do not reach."""

import torch

from darkhorse_engine.sparse import attend, index_scores, pick


def scored(queries, weights, keys):
    """As the formula has it."""
    products = torch.einsum("qhd,td->qht", queries, keys).relu()
    return torch.einsum("qht,qh->qt", products, weights)


def test_one_query_and_several_score_the_same_in_any_stretches():
    queries, weights, keys = torch.randn(5, 3, 8), torch.linspace(-2, 2, 15), torch.randn(40, 8)
    weights = weights.view(5, 3)
    want = scored(queries, weights, keys)
    for cut in (0, 1, 17):
        pieces = [keys[:cut], keys[cut:]] if cut else [keys]
        torch.testing.assert_close(index_scores(queries, weights, pieces), want)
        one = index_scores(queries[2:3], weights[2:3], pieces)
        torch.testing.assert_close(one, want[2:3])


def test_a_score_that_is_no_number_spoils_no_other_query():
    scores = torch.randn(3, 20)
    scores[0, 5:] = 0.0  # with a tie, too
    want = pick(scores[[0, 2]], 6)
    scores[1, [3, 9, 11]] = torch.nan
    found = pick(scores, 6)
    assert found.shape == (3, 6)
    assert [set(row) for row in found[[0, 2]].tolist()] == [set(row) for row in want.tolist()]
    assert pick(torch.full((2, 9), torch.nan), 4).shape == (2, 4)


def test_picked_attention_is_that_of_the_gathered():
    latents, queries = torch.randn(50, 12), torch.randn(4, 3, 12)
    rows = torch.stack([torch.randperm(50)[:7] for _ in range(4)])
    near = latents[rows]
    weights = (torch.einsum("qhd,qtd->qht", queries, near) * 0.3).softmax(-1)
    want = torch.einsum("qht,qtr->qhr", weights, near)[..., :8]
    torch.testing.assert_close(attend(queries, latents, rows, 8, 0.3), want)
    lone = attend(queries[:1], latents, rows[:1], 8, 0.3)
    torch.testing.assert_close(lone, want[:1])
