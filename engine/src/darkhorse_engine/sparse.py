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
from torch.nn import functional as F

from darkhorse_engine.cache import joined

__all__ = ["attend", "index_scores", "pick"]


def index_scores(queries: Tensor, weights: Tensor, keys: Sequence[Tensor]) -> Tensor:
    """Scores (queries, tokens), float32.

    `queries` (queries, heads, dim), `weights` (queries, heads) with all scales in them, `keys` in
    stretches of (tokens, dim), in the tokens' order.
    """
    return joined([_scores(queries, weights, piece) for piece in keys], dim=1)


def _scores(queries: Tensor, weights: Tensor, keys: Tensor) -> Tensor:
    count, heads, width = queries.shape
    flat = queries.reshape(count * heads, width)
    is_thin = count == 1  # Then torch is quickest with the long side first.
    products = (keys @ flat.T if is_thin else flat @ keys.T).relu_().float()
    if is_thin:
        return (products @ weights[0])[None]
    return torch.bmm(weights[:, None], products.view(count, heads, -1))[:, 0]


def pick(scores: Tensor, count: int) -> Tensor:
    """Positions (queries, count) of the best tokens, in no order; ties as said above."""
    if count == scores.shape[1]:
        return torch.arange(count).expand(len(scores), count)
    best = scores.topk(count + 1, dim=-1)  # One more, to see whether the last has its equal.
    if bool((best.values[:, -2] > best.values[:, -1]).all()):
        return best.indices[:, :-1]
    # A NaN spoils its own logits, which tells; here it must not end the others' step.
    scores = scores.nan_to_num(nan=-torch.inf, neginf=-torch.inf)
    edge = scores.topk(count, dim=-1).values[:, -1:]
    above, equal = scores > edge, scores == edge
    missing = count - above.sum(-1, keepdim=True)
    nearest = equal.flip(-1).cumsum(-1).flip(-1) <= missing
    return (above | (equal & nearest)).nonzero()[:, 1].view(len(scores), count)


def attend(queries: Tensor, latents: Tensor, rows: Tensor, rank: int, scale: float) -> Tensor:
    """Absorbed attention of each query to its own tokens: (queries, heads, rank).

    `queries` (queries, heads, width) against `latents[rows]`, `rows` being (queries, tokens). The
    first `rank` columns of latents are the values too, the rest comes off again. One query at a
    time: what it gathers stays in the core's cache.
    """
    attended = []
    for query, own in zip(queries[:, None, None], rows, strict=True):
        gathered = latents.index_select(0, own).to(query.dtype)[None, None]
        attended.append(F.scaled_dot_product_attention(query, gathered, gathered, scale=scale))
    return joined(attended)[:, 0, :, :rank]
