"""How much of the original's attention falls on tokens that are picked.

Attention is the mean over heads, as a pick is one for all of them. For each of the last queries of
a text, by layer: what the indexer's picks hold of it, what the best picks of the same number would
(alone for each layer, and one for the layers that share an indexer), and what 4 first tokens and
the nearest ones would.
"""

from collections.abc import Callable, Mapping
from itertools import accumulate

import torch
from torch import Tensor

from darkhorse_engine.config import Config
from darkhorse_engine.lift.original import Original
from looking.reading import Reader, sharing

__all__ = ["attention", "captured"]

_SINKS = 4


def attention(original: Original, tokens: Tensor, queries: int) -> list[Tensor]:
    """By layer (queries, tokens): of the last ones."""
    maps: list[Tensor] = []
    future = torch.ones(queries, len(tokens)).triu(len(tokens) - queries + 1).bool()

    def watch(_layer: int, q: Tensor, k: Tensor) -> None:
        keys = k.repeat_interleave(len(q) // len(k), dim=0)
        scores = q[:, -queries:] @ keys.mT * q.shape[-1] ** -0.5
        maps.append(scores.masked_fill_(future, -torch.inf).softmax(-1).mean(0))

    original.hidden(tokens, watch)
    return maps


def captured(
    config: Config,
    weights: Mapping[str, Tensor],
    maps: list[Tensor],
    tokens: Tensor,
    topks: tuple[int, ...],
) -> dict[str, dict[int, list[float]]]:
    """By way of picking and number picked: a share for each layer."""
    queries = len(maps[0])
    reader = Reader(sharing(config, weights, len(tokens)), tokens)
    reader.read(len(tokens))
    leaders = list(accumulate(range(config.num_hidden_layers), _leader(config)))
    shared = _sums(maps, leaders)
    shares: dict[str, dict[int, list[float]]] = {}
    for topk in topks:
        sparse = sharing(config, weights, topk)
        with reader.picks(sparse) as picks:
            reader.again(sparse, len(tokens) - queries)
        near = _near(len(tokens), queries, topk)
        picked = {
            "indexer": [picks[layer] for layer in range(len(maps))],
            "best for each layer": [seen.topk(topk).indices for seen in maps],
            "best for layers that share": [seen.topk(topk).indices for seen in shared],
            "sinks and window": [near for _ in maps],
        }
        for way, by_layer in picked.items():
            shares.setdefault(way, {})[topk] = list(map(_share, maps, by_layer))
    return shares


def _sums(maps: list[Tensor], leaders: list[int]) -> list[Tensor]:
    """For each layer, of the maps of all that have its leader."""
    return [
        torch.stack([seen for seen, of in zip(maps, leaders, strict=True) if of == lead]).sum(0)
        for lead in leaders
    ]


def _leader(config: Config) -> Callable[[int, int], int]:
    return lambda last, layer: layer if config.has_indexer(layer) else last


def _share(attended: Tensor, picks: Tensor) -> float:
    return attended.gather(1, picks).sum(-1).mean().item()


def _near(length: int, queries: int, topk: int) -> Tensor:
    own = torch.arange(length - queries, length)[:, None]
    window = own - torch.arange(topk - _SINKS)
    return torch.cat([torch.arange(_SINKS).expand(queries, -1), window], dim=1)
