"""Sparse attention: score every token by its index key, pick the best, gather those, attend.

This is where the work goes that other engines on a CPU do not save: they turn the picks into a
mask and attend to everything. Here a query's cost beyond the index scores does not depend on how
much lies behind it.

The score of token s for query t is sum_j w[t, j] * relu(q[t, j] . k[s]) over the index heads j
(DeepSeek-V3.2, arXiv 2512.02556). The tie rule: of equal scores the nearer token is picked. ReLU
leaves many scores at exactly 0, and `topk` promises nothing of them.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

__all__ = ["attend", "index_scores", "pick"]


def index_scores(queries: Tensor, weights: Tensor, keys: Sequence[Tensor]) -> Tensor:
    """Scores (queries, tokens), float32.

    `queries` (queries, heads, dim), `weights` (queries, heads) with all scales in them, `keys` in
    stretches of (tokens, dim), in the tokens' order.
    """
    count, heads, width = queries.shape
    flat = queries.reshape(count * heads, width).T
    scored = []
    for piece in keys:
        products = (piece @ flat).relu_().float().view(-1, count, heads)
        scored.append(torch.einsum("tqh,qh->qt", products, weights.float()))
    return scored[0] if len(scored) == 1 else torch.cat(scored, dim=1)


def pick(scores: Tensor, count: int) -> Tensor:
    """Positions (queries, count) of the best tokens, in no order; ties as said above."""
    best = scores.topk(count, dim=-1, sorted=False)
    edge = best.values.amin(-1, keepdim=True)
    if bool(((scores >= edge).sum(-1) == count).all()):
        return best.indices
    above, equal = scores > edge, scores == edge
    missing = count - above.sum(-1, keepdim=True)
    nearest = equal.flip(-1).cumsum(-1).flip(-1) <= missing
    return (above | (equal & nearest)).nonzero()[:, 1].view(len(scores), count)


def attend(queries: Tensor, latents: Tensor, rank: int, scale: float) -> Tensor:
    """Absorbed attention of each query to its own tokens: (queries, heads, rank).

    `queries` (queries, heads, width) against `latents` (queries, tokens, width), the first `rank`
    of which are the values too. Queries narrower than latents stand against their last columns.
    """
    keys = latents[..., -queries.shape[-1] :]
    weights = (queries @ keys.mT).float().mul_(scale).softmax(-1)
    return weights.type_as(latents) @ latents[..., :rank]
