"""What is remembered of tokens already read: for each layer one latent, and one index key.

Latents are (kv_lora_rank of the normed latent | qk_rope_head_dim of the rotated key), index keys
index_head_dim, on layers with an indexer alone. Both live in pages, so that sequences of any length
share one block of memory; a `Table` says which pages are a sequence's. Pages that follow each other
in memory are read as one piece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from darkhorse_engine.config import Config

__all__ = ["PAGE", "Pages", "Span", "Step", "Table", "bytes_per_token"]

PAGE = 64
"""Tokens in a page."""


def bytes_per_token(config: Config, dtype: torch.dtype) -> int:
    """Of the cache, over all layers, the MTP block's included."""
    layers = range(config.num_hidden_layers + config.num_nextn_predict_layers)
    keys = sum(config.index_head_dim for layer in layers if config.has_indexer(layer))
    return (len(layers) * config.latent_width + keys) * dtype.itemsize


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


@dataclass
class Table:
    """A sequence's pages, by number and in order, and where each of its tokens is.

    `slots[position]` is the row of the token in every one of `Pages`' tensors.
    """

    pages: list[int] = field(default_factory=list)
    slots: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.int64))

    @property
    def room(self) -> int:
        """Tokens that its pages hold."""
        return len(self.pages) * PAGE

    def extend(self, pages: Sequence[int]) -> None:
        """Put `pages` behind those it has."""
        self.pages += pages
        firsts = torch.tensor(pages, dtype=torch.int64)[:, None] * PAGE
        self.slots = torch.cat([self.slots, (firsts + torch.arange(PAGE)).flatten()])

    def shorten(self, pages: int) -> list[int]:
        """Keep the first `pages`; return the others."""
        self.pages, dropped = self.pages[:pages], self.pages[pages:]
        self.slots = self.slots[: self.room]
        return dropped

    def pieces(self, length: int) -> Iterator[slice]:
        """The first `length` tokens, as few stretches of rows as there are."""
        at = 0
        while at * PAGE < length:
            end = self._end_of_stretch(at)
            first = self.pages[at] * PAGE
            yield slice(first, first + min(end * PAGE, length) - at * PAGE)
            at = end

    def _end_of_stretch(self, at: int) -> int:
        """How many pages in, the pages that follow on page `at` in memory end."""
        end = at + 1
        while end < len(self.pages) and self.pages[end] == self.pages[end - 1] + 1:
            end += 1
        return end

    def read(self, rows: Tensor, length: int) -> Tensor:
        """The first `length` tokens' rows: a view where they lie together, else a copy."""
        pieces = [rows[piece] for piece in self.pieces(length)]
        return pieces[0] if len(pieces) == 1 else torch.cat(pieces)


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
