"""Our model, run on tokens in one piece or several."""

import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from darkhorse_engine.cache import PAGE, Pages, Step, Table
from darkhorse_engine.config import Config
from darkhorse_engine.model import Model

__all__ = ["logits", "scattered", "sets_of_picks"]


def scattered(length: int, *, seed: int = 0, spare: int = 3) -> tuple[Table, int]:
    """A table whose pages lie all over the place; and how many pages there have to be."""
    count = -(-length // PAGE) + spare
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed)).tolist()
    table = Table()
    table.extend(order[: count - spare])
    return table, count


def logits(model: Model, tokens: Tensor, cuts: Sequence[int] = ()) -> Tensor:
    """(tokens, vocabulary), read in pieces that end at `cuts` and at the end."""
    table, count = scattered(len(tokens))
    pages = Pages(model.config, count, model.dtype)
    step = _step_of(model)
    borders = sorted({0, len(tokens), *cuts})
    hidden = [
        model(tokens[start:end], step(pages, [(table, start, end - start)]))
        for start, end in pairwise(borders)
    ]
    return model.logits(torch.cat(hidden))


def _step_of(model: Model) -> Callable[..., Step]:
    """`Step.of`, of the package that the model is of: it may be one of the museum's."""
    package = type(model).__module__.rpartition(".")[0]
    made: Callable[..., Step] = sys.modules[f"{package}.cache"].Step.of
    return made


def sets_of_picks(model: Model, tokens: Tensor) -> dict[int, list[set[int]]]:
    """By layer: the picks of each query that sees more than `index_topk` tokens."""
    found: dict[int, list[set[int]]] = {}
    hooks = [
        block.self_attn.register_forward_hook(_keep(found, number))
        for number, block in enumerate(_blocks(model, model.config))
    ]
    logits(model, tokens)
    for hook in hooks:
        hook.remove()
    return found


def _blocks(model: Model, config: Config) -> Iterable[Any]:
    return list(model.model.layers)[: config.num_hidden_layers]


def _keep(found: dict[int, list[set[int]]], number: int) -> Any:
    def keep(_: Any, __: Any, answer: tuple[Tensor, tuple[Tensor | None, ...]]) -> None:
        (picks,) = answer[1]
        found[number] = [] if picks is None else [set(row) for row in picks.tolist()]

    return keep
