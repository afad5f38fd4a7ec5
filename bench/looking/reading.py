"""A lifted model reads: in chunks, with its picks seen, and asked on the side."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain

import torch
from torch import Tensor

from darkhorse_engine.cache import PAGE, Pages, Step, Table
from darkhorse_engine.config import Config
from darkhorse_engine.model import Model

__all__ = ["Reader", "sharing"]

_CHUNK = 512


def sharing(config: Config, weights: Mapping[str, Tensor], topk: int) -> Model:
    """A model that attends to `topk` tokens; several may have the same weights."""
    model = Model.empty(config.with_topk(topk))
    model.load_state_dict(weights, assign=True)
    return model


class Reader:
    """One text, its cache, and room to ask beside it."""

    def __init__(self, model: Model, tokens: Tensor, *, room: int = 0) -> None:
        self.model, self.tokens = model, tokens
        self._own = -(-len(tokens) // PAGE)
        self.pages = Pages(model.config, self._own + room, model.dtype)
        self._table = Table()
        self._table.extend(range(self._own))
        self.done = 0

    def read(self, until: int) -> Tensor:
        """Hidden states (tokens, hidden) of what was not read yet."""
        parts = []
        while self.done < until:
            count = min(_CHUNK, until - self.done)
            step = Step.of(self.pages, [(self._table, self.done, count)])
            parts.append(self.model(self.tokens[self.done : self.done + count], step))
            self.done += count
        return torch.cat(parts)

    def again(self, model: Model, start: int) -> Tensor:
        """Hidden states from `start` on, as `model` sees them behind what stands in the cache."""
        step = Step.of(self.pages, [(self._table, start, self.done - start)])
        return model(self.tokens[start : self.done], step)

    def ask(self, questions: list[list[int]]) -> list[Tensor]:
        """Logits of each, as if it stood behind what was read: a whole number of pages."""
        free = iter(range(self._own, self.pages.count))
        work = []
        for question in questions:
            table = Table()
            table.extend(self._table.pages[: self.done // PAGE])
            table.extend([next(free) for _ in range(-(-len(question) // PAGE))])
            work.append((table, self.done, len(question)))
        hidden = self.model(
            torch.tensor(list(chain.from_iterable(questions))), Step.of(self.pages, work)
        )
        return list(self.model.logits(hidden).split([len(question) for question in questions]))

    @contextmanager
    def picks(self, model: Model) -> Iterator[dict[int, Tensor]]:
        """What `model` picks, by layer: (queries, topk); of the last step that was run."""
        seen: dict[int, Tensor] = {}
        hooks = [
            model.get_submodule(f"model.layers.{layer}.self_attn").register_forward_hook(
                lambda _module, _given, made, layer=layer: seen.__setitem__(layer, made[1][0])
            )
            for layer in range(model.config.num_hidden_layers)
        ]
        yield seen
        for hook in hooks:
            hook.remove()
