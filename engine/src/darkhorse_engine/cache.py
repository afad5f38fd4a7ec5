"""What is remembered of tokens already read: for each layer one latent, and one index key.

Latents are (kv_lora_rank of the normed latent | qk_rope_head_dim of the rotated key), index keys
index_head_dim, on layers with an indexer alone. Both live in pages, so that sequences of any length
share one block of memory; a `Table` says which pages are a sequence's, and `Pool` which are free.
Pages that follow each other in memory are read as one piece.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import torch
from torch import Tensor

from darkhorse_engine.config import Config

__all__ = ["PAGE", "Pages", "Pool", "Span", "Step", "Table", "bytes_per_token", "joined"]

PAGE = 64
"""Tokens in a page."""


def bytes_per_token(config: Config, dtype: torch.dtype) -> int:
    """Of the cache, over all layers, the MTP block's included."""
    layers = range(config.num_hidden_layers + config.num_nextn_predict_layers)
    keys = sum(config.index_head_dim for layer in layers if config.has_indexer(layer))
    return (len(layers) * config.latent_width + keys) * dtype.itemsize


def joined(parts: Sequence[Tensor], dim: int = 0) -> Tensor:
    """`torch.cat`, but for a single part, which is not copied."""
    return parts[0] if len(parts) == 1 else torch.cat(list(parts), dim)


class Pages:
    """The block of memory. `count` pages are set aside; none is touched before it is written."""

    def __init__(self, config: Config, count: int, dtype: torch.dtype) -> None:
        self.count = count
        layers = range(config.num_hidden_layers + config.num_nextn_predict_layers)
        self.latents = [torch.empty(count * PAGE, config.latent_width, dtype=dtype) for _ in layers]
        self.index_keys = {
            layer: torch.empty(count * PAGE, config.index_head_dim, dtype=dtype)
            for layer in layers
            if config.has_indexer(layer)
        }


class Pool:
    """Which pages are free, and how often each of the others is held: by tables, or by `Prefixes`.

    It knows numbers only, no tensors.
    """

    def __init__(self, count: int) -> None:
        self.held = [0] * count
        self.free = count

    def take(self, count: int, behind: int | None = None) -> list[int]:
        """`count` free pages, each held once now; behind `behind` in memory where that is free.

        Pages that lie together are read without a copy, so a new sequence begins in the middle of
        the longest stretch that is free: it can grow, and so can the one in front of it.
        """
        assert count <= self.free, "the scheduler has to make room first"
        taken: list[int] = []
        at = len(self.held) if behind is None else behind + 1
        while len(taken) < count:
            if at == len(self.held) or self.held[at]:
                at = self._start(count - len(taken))
            self.held[at] = 1
            taken.append(at)
            at += 1
        self.free -= count
        return taken

    def hold(self, pages: Iterable[int]) -> None:
        """Once more. They are held already: a free page holds nothing worth sharing."""
        for page in pages:
            assert self.held[page], "a page that nobody holds cannot be shared"
            self.held[page] += 1

    def release(self, pages: Iterable[int]) -> None:
        """Once less. Those that nobody holds any more are free."""
        for page in pages:
            assert self.held[page], "a page was released twice"
            self.held[page] -= 1
            self.free += not self.held[page]

    def check(self, holders: Iterable[Iterable[int]]) -> None:
        """That pages are held by `holders` and by nobody else. Raises AssertionError."""
        counted = Counter(page for pages in holders for page in pages)
        assert self.held == [counted[page] for page in range(len(self.held))], "held by others"
        assert self.free == self.held.count(0), "the free are counted wrong"

    def _start(self, count: int) -> int:
        """Where `count` pages begin that do not follow on others."""
        length, first = max(self._stretches())
        if not first:
            return 0
        return first + max(0, min(length // 2, length - count))

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """Of free pages: how many, and the first."""
        at = 0
        for is_held, stretch in groupby(self.held, key=bool):
            length = sum(1 for _ in stretch)
            if not is_held:
                yield length, at
            at += length


@dataclass
class Table:
    """A sequence's pages, by number and in order, and where each of its tokens is.

    `slots[position]` is the row of the token in every one of `Pages`' tensors. Nothing in a page is
    ever deleted: a token that is taken back is written over by the one that takes its place.
    """

    pages: list[int] = field(default_factory=list)
    slots: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.int64))
    _stretches: list[tuple[int, int]] = field(default_factory=list)
    """Pages that follow each other in memory: the first, and how many. Every layer asks."""

    @property
    def room(self) -> int:
        """Tokens that its pages hold."""
        return len(self.pages) * PAGE

    def extend(self, pages: Sequence[int]) -> None:
        """Put `pages` behind those it has."""
        for page in pages:
            if self.pages and page == self.pages[-1] + 1:
                first, count = self._stretches.pop()
                self._stretches.append((first, count + 1))
            else:
                self._stretches.append((page, 1))
            self.pages.append(page)
        firsts = torch.tensor(pages, dtype=torch.int64)[:, None] * PAGE
        self.slots = torch.cat([self.slots, (firsts + torch.arange(PAGE)).flatten()])

    def pieces(self, length: int) -> Iterator[slice]:
        """The first `length` tokens, as few stretches of rows as there are."""
        for page, count in self._stretches:
            if length <= 0:
                return
            first = page * PAGE
            yield slice(first, first + min(count * PAGE, length))
            length -= count * PAGE

    def read(self, rows: Tensor, length: int) -> Tensor:
        """The first `length` tokens' rows: a view where they lie together, else a copy."""
        return joined([rows[piece] for piece in self.pieces(length)])


@dataclass(frozen=True)
class Span:
    """The tokens of one sequence that a step reads: `count` of them, the first at `start`."""

    table: Table
    start: int
    count: int
    row: int
    """Where they begin in the step's flat batch."""

    @property
    def end(self) -> int:
        """Tokens of the sequence, with these."""
        return self.start + self.count

    @property
    def rows(self) -> slice:
        return slice(self.row, self.row + self.count)


@dataclass(frozen=True)
class Step:
    """One run through the model: new tokens of several sequences, one behind the other."""

    pages: Pages
    spans: tuple[Span, ...]
    positions: Tensor
    """(tokens,)"""
    slots: Tensor
    """(tokens,): where they are written"""

    @classmethod
    def of(cls, pages: Pages, work: Sequence[tuple[Table, int, int]]) -> "Step":
        """`work`: for each sequence its table, the position of its first token, and how many."""
        spans: list[Span] = []
        row = 0
        for table, start, count in work:
            spans.append(Span(table, start, count, row))
            row += count
        positions = torch.cat([torch.arange(span.start, span.end) for span in spans])
        slots = torch.cat([span.table.slots[span.start : span.end] for span in spans])
        return cls(pages, tuple(spans), positions, slots)
