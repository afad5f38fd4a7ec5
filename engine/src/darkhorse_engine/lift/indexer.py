"""Where sparse attention looks before anything is learned: an indexer made of W_q and W_k.

An index head sees one key of `head` dimensions a token, which a LayerNorm has scaled. Its rotary
pairs are used for three things:

- *Content*, the slower pairs. The key is the layer's own: pair by pair, the principal component of
  its key heads (as complex numbers, with which RoPE commutes). There is one index head for each
  key head, whose query is the mean of the group's.
- *Nearness*, the faster pairs, in which keys tell little, and a few slow ones. LayerNorm's weight
  is 0 there and its bias a constant; one more index head has a constant query. Each pair then gives
  cos(frequency · distance). Frequencies are evenly spaced in their logarithm, and so the sum falls
  as the logarithm of the distance does.
- *A floor*, the slowest pair, which hardly turns: a constant that lifts the content's products
  above zero, so that ReLU lets more than their tips through.

Nothing here has a bias for queries, so constants are read from the hidden state: by least squares
there is a direction along which it is nearly 1 for any token. Directions and scales are taken from
hidden states of random tokens, so that no text is favoured.

What this captures of the original's attention, and what it misses: docs/untrained.json.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from darkhorse_engine.layers import rotate, turns
from darkhorse_engine.lift.source import Llama

__all__ = ["starting_indexer"]

_NEARNESS = 0.6
"""Of the content's deviation, so much for each factor e of distance. From 0.3 to 1 all do."""
_RIDGE = 0.1
_LAYERNORM_EPS = 1e-6


def starting_indexer(
    shape: Llama, x: Tensor, norm: Tensor, q: Tensor, k: Tensor
) -> dict[str, Tensor]:
    """Names and weights behind `self_attn.indexer.`, float32.

    `x` (tokens, hidden): hidden states behind the layer's RMSNorm, before its weight `norm`.
    `q` (heads · head, hidden), `k` (kv_heads · head, hidden): the layer's own, interleaved.
    """
    near, spacing = _near(shape)
    floor = 2 * (shape.head // 2 - 1)
    taken = torch.cat([near, near + 1, torch.tensor([floor, floor + 1])])
    queries, key = _content(shape, q, k * norm)
    queries[:, taken], key[taken] = 0, 0
    weight = torch.ones(shape.head).index_fill_(0, taken, 0)
    products = _products(shape, x, x * norm, queries, key, weight)
    constant = _constant(x * norm)

    tall = _NEARNESS * products.sum(1).std(-1).mean()
    steps = (tall * spacing).sqrt()
    bias = torch.zeros(shape.head).index_copy_(0, near, steps)
    bias[floor] = 1
    nearness = torch.zeros_like(queries[:1])
    nearness[0, near] = steps[:, None] * constant
    lift = products.std(-1).mean(0) - products.mean((0, 2))
    queries[:, floor] = lift[:, None] * constant
    return {
        "wq_b.weight": torch.cat([queries, nearness]).flatten(0, 1),
        "wk.weight": key,
        "k_norm.weight": weight,
        "k_norm.bias": bias,
        "weights_proj.weight": _constant(x).repeat(shape.kv_heads + 1, 1),
    }


def _near(shape: Llama) -> tuple[Tensor, Tensor]:
    """The first dimension of each pair for nearness, and how many e-foldings it stands for."""
    pairs = shape.head // 2
    slow = range(pairs * 18 // 32, pairs * 25 // 32, max(1, pairs * 3 // 32))
    chosen = torch.tensor([*range(pairs // 2), *slow])
    gaps = torch.diff(chosen, append=2 * chosen[-1:] - chosen[-2:-1])
    return 2 * chosen, gaps * math.log(shape.theta) / pairs


def _content(shape: Llama, q: Tensor, k: Tensor) -> tuple[Tensor, Tensor]:
    """Queries (kv_heads, head, hidden) and one key (head, hidden) for all of them."""
    keys = _complex(k.view(shape.kv_heads, shape.head, -1))
    _, vectors = torch.linalg.eigh(torch.einsum("kpd,lpd->pkl", keys, keys.conj()))
    main = vectors[..., -1]  # (pairs, kv_heads)
    groups = _complex(q.view(shape.kv_heads, -1, shape.head, q.shape[1]).mean(1))
    key = torch.einsum("pk,kpd->pd", main.conj(), keys)
    return _real(groups * main.conj().T[..., None]), _real(key)


def _complex(rows: Tensor) -> Tensor:
    """(…, head, hidden) to (…, pairs, hidden)."""
    return torch.complex(rows[..., 0::2, :], rows[..., 1::2, :])


def _real(pairs: Tensor) -> Tensor:
    return torch.stack([pairs.real, pairs.imag], dim=-2).flatten(-3, -2)


def _constant(x: Tensor) -> Tensor:
    """(hidden,): the direction along which `x` comes nearest to 1."""
    squares = x.T @ x / len(x)
    squares += _RIDGE * squares.diagonal().mean() * torch.eye(len(squares))
    direction: Tensor = torch.linalg.solve(squares, x.mean(0))
    return direction


def _products(
    shape: Llama, x: Tensor, latent: Tensor, queries: Tensor, key: Tensor, weight: Tensor
) -> Tensor:
    """(n, kv_heads, n): of the second n tokens' queries with the first n tokens' keys."""
    half = len(x) // 2
    by = turns(torch.arange(len(x)), shape.frequencies)
    keys = F.layer_norm(x[:half] @ key.T, weight.shape, weight, eps=_LAYERNORM_EPS)
    asked = torch.einsum("td,khd->tkh", latent[half:], queries)
    keys = rotate(keys[:, None], by[:half], interleaved=True)[:, 0]
    return torch.einsum("tkh,sh->tks", rotate(asked, by[half:], interleaved=True), keys)
