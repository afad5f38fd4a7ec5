"""Multi-head latent attention over the picks of an indexer (MLA, DSA).

The cache holds one latent a token for all heads. It is read in two forms that come to the same:
*expanded*, where keys and values of each head are made of it, and *absorbed*, where the query is
brought into the latent's space instead. Queries that see no more tokens than would be picked attend
to all of them and score nothing; the others gather what was picked, absorbed.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from darkhorse_engine import sparse
from darkhorse_engine.cache import Span, Step
from darkhorse_engine.config import Config
from darkhorse_engine.layers import Linear, Norm, rotate

__all__ = ["Attention", "Indexer", "Picks"]

Picks = tuple[Tensor | None, ...]
"""For each span: (queries, index_topk) positions, of those of its queries that see more than that."""

_BLOCK_BYTES = 64 << 20
"""What one block of queries may take for scores or gathered latents."""


class Indexer(nn.Module):
    """Which tokens a query attends to. One key a token, few narrow query heads, no values."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.wq_b = Linear(config.q_lora_rank, config.index_n_heads * config.index_head_dim)
        self.wk = Linear(config.hidden_size, config.index_head_dim)
        self.k_norm = nn.LayerNorm(config.index_head_dim, eps=1e-6).requires_grad_(False)
        # Always float32: in bfloat16 it picks other tokens.
        self.weights_proj = Linear(config.hidden_size, config.index_n_heads).float()
        self._scale = (config.index_head_dim * config.index_n_heads) ** -0.5

    def remember(self, h: Tensor, turns: Tensor, keys: Tensor, slots: Tensor) -> None:
        """Write the keys of new tokens, all that is needed while everything is attended to."""
        new = self.k_norm(self.wk(h))[:, None]
        keys.index_copy_(0, slots, self._rotated(new, turns)[:, 0].to(keys.dtype))

    def pick(self, h: Tensor, latent: Tensor, turns: Tensor, step: Step, keys: Tensor) -> Picks:
        """`h` (tokens, hidden), `latent` (tokens, q_lora_rank): what `q_b_proj` reads too."""
        return tuple(self._pick(h, latent, turns, span, keys) for span in step.spans)

    def _pick(
        self, h: Tensor, latent: Tensor, turns: Tensor, span: Span, keys: Tensor
    ) -> Tensor | None:
        rows = slice(span.row + _dense(span, self.config.index_topk), span.rows.stop)
        if rows.start == rows.stop:
            return None
        shape = (-1, self.config.index_n_heads, self.config.index_head_dim)
        queries = self._rotated(self.wq_b(latent[rows]).view(shape), turns[rows]).to(keys.dtype)
        weights = self.weights_proj(h[rows].type_as(self.weights_proj.weight)) * self._scale
        pieces = [keys[piece] for piece in span.table.pieces(span.end)]
        size = max(1, _BLOCK_BYTES // (4 * self.config.index_n_heads * span.end))
        first = span.end - len(queries)
        return torch.cat(
            [
                self._best(queries[at : at + size], weights[at : at + size], pieces, first + at)
                for at in range(0, len(queries), size)
            ]
        )

    def _best(self, queries: Tensor, weights: Tensor, pieces: list[Tensor], first: int) -> Tensor:
        """Picks of neighbouring queries, the first of which stands at position `first`."""
        scores = sparse.index_scores(queries, weights, pieces)
        if scores.shape[1] > first + 1:
            scores.masked_fill_(_future(len(queries), first, scores.shape[1]), -torch.inf)
        return sparse.pick(scores, self.config.index_topk)

    def _rotated(self, x: Tensor, turns: Tensor) -> Tensor:
        """The first `index_rope_dim` of each head turn with their position."""
        width = self.config.index_rope_dim
        turned = rotate(
            x[..., :width],
            turns[:, : width // 2],
            interleaved=self.config.indexer_rope_interleave,
        )
        return turned if width == x.shape[-1] else torch.cat([turned, x[..., width:]], dim=-1)


@dataclass(frozen=True)
class _Queries:
    """Of one span's tokens: without position (count, heads, nope), and rotated (count, heads, rope)."""

    nope: Tensor
    rope: Tensor

    def __getitem__(self, rows: slice) -> "_Queries":
        return _Queries(self.nope[rows], self.rope[rows])


class Attention(nn.Module):
    """One layer's attention. `layer` may be the MTP block's, which has an indexer of its own."""

    def __init__(self, config: Config, layer: int) -> None:
        super().__init__()
        self.config, self.layer = config, layer
        heads, rank = config.num_attention_heads, config.kv_lora_rank
        self.q_a_proj = Linear(config.hidden_size, config.q_lora_rank)
        self.q_a_layernorm = Norm(config.q_lora_rank, config.latent_norm_eps)
        self.q_b_proj = Linear(config.q_lora_rank, heads * config.qk_head_dim)
        self.kv_a_proj_with_mqa = Linear(config.hidden_size, config.latent_width)
        self.kv_a_layernorm = Norm(rank, config.latent_norm_eps)
        self.kv_b_proj = Linear(rank, heads * (config.qk_nope_head_dim + config.v_head_dim))
        self.o_proj = Linear(heads * config.v_head_dim, config.hidden_size)
        self.indexer = Indexer(config) if config.has_indexer(layer) else None
        self._scale = config.qk_head_dim**-0.5

    def forward(
        self, h: Tensor, turns: Tensor, step: Step, picks: Picks | None
    ) -> tuple[Tensor, Picks]:
        """(tokens, hidden), and the picks for layers behind this one that have no indexer.

        `turns` (tokens, rope / 2), complex; `picks` those of the last layer that had an indexer.
        """
        q_latent = self.q_a_layernorm(self.q_a_proj(h))
        if self.indexer is not None:
            keys = step.pages.index_keys[self.layer]
            self.indexer.remember(h, turns, keys, step.slots)
            picks = self.indexer.pick(h, q_latent, turns, step, keys)
        assert picks is not None, "the first layer has an indexer"
        queries = self._queries(q_latent, turns)
        self._remember(h, turns, step)
        attended = [
            self._attend(queries[span.rows], span, step, picked)
            for span, picked in zip(step.spans, picks, strict=True)
        ]
        joined = attended[0] if len(attended) == 1 else torch.cat(attended)
        return self.o_proj(joined.flatten(1)), picks

    def _queries(self, latent: Tensor, turns: Tensor) -> _Queries:
        config = self.config
        shape = (-1, config.num_attention_heads, config.qk_head_dim)
        heads = self.q_b_proj(latent).view(shape)
        nope, rope = heads.split([config.qk_nope_head_dim, config.qk_rope_head_dim], dim=-1)
        return _Queries(nope, rotate(rope, turns, interleaved=config.rope_interleave))

    def _remember(self, h: Tensor, turns: Tensor, step: Step) -> None:
        """Write the latents of new tokens."""
        rank, latents = self.config.kv_lora_rank, step.pages.latents[self.layer]
        latent, rope = self.kv_a_proj_with_mqa(h).split(
            [rank, self.config.qk_rope_head_dim], dim=-1
        )
        rope = rotate(rope[:, None], turns, interleaved=self.config.rope_interleave)[:, 0]
        new = torch.cat([self.kv_a_layernorm(latent), rope], dim=-1)
        latents.index_copy_(0, step.slots, new.to(latents.dtype))

    def _attend(self, queries: _Queries, span: Span, step: Step, picked: Tensor | None) -> Tensor:
        """(count, heads, v): the first queries to all before them, the others to their picks."""
        latents = step.pages.latents[self.layer]
        split = span.count - (0 if picked is None else len(picked))
        parts = []
        if split:
            parts.append(self._attend_all(queries[:split], span.start, latents, span))
        if picked is not None:
            parts.append(self._attend_picks(queries[split:], span, latents, picked))
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def _attend_all(self, queries: _Queries, start: int, latents: Tensor, span: Span) -> Tensor:
        """Each query to every token up to its own, in whichever form costs less."""
        count = len(queries.rope)
        seen = span.table.read(latents, start + count).to(queries.rope.dtype)
        size = max(1, _BLOCK_BYTES // (4 * self.config.num_attention_heads * len(seen)))
        blocks = [(queries[at : at + size], start + at) for at in range(0, count, size)]
        if self._expanding_pays(count, len(seen)):
            keys, values = self._expand(seen)
            parts = [self._expanded(block, at, keys, values) for block, at in blocks]
        else:
            parts = [self._absorbed(block, at, seen) for block, at in blocks]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def _expanding_pays(self, count: int, length: int) -> bool:
        """Multiplications: tokens are expanded once, and cost a query less from then on."""
        config = self.config
        rank, rope = config.kv_lora_rank, config.qk_rope_head_dim
        both = config.qk_nope_head_dim + config.v_head_dim
        expanded = length * rank * both + count * length * (both + rope)
        return expanded < count * length * (2 * rank + rope) + count * rank * both

    def _expand(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Keys (heads, tokens, qk_head_dim) and values (heads, tokens, v) of latents."""
        config = self.config
        latent, rope = seen.split([config.kv_lora_rank, config.qk_rope_head_dim], dim=-1)
        heads = self.kv_b_proj(latent).view(len(seen), config.num_attention_heads, -1)
        nope, values = heads.split([config.qk_nope_head_dim, config.v_head_dim], dim=-1)
        rope = rope[:, None].expand(-1, config.num_attention_heads, -1)
        return torch.cat([nope, rope], dim=-1).transpose(0, 1), values.transpose(0, 1)

    def _expanded(self, queries: _Queries, start: int, keys: Tensor, values: Tensor) -> Tensor:
        """(count, heads, v)"""
        whole = torch.cat([queries.nope, queries.rope], dim=-1).transpose(0, 1)
        end = start + len(queries.rope)
        out = F.scaled_dot_product_attention(
            whole[None],
            keys[None, :, :end],
            values[None, :, :end],
            attn_mask=~_future(len(queries.rope), start, end),
            scale=self._scale,
        )
        return out[0].transpose(0, 1)

    def _absorbed(self, queries: _Queries, start: int, seen: Tensor) -> Tensor:
        """(count, heads, v)"""
        count, end = len(queries.rope), start + len(queries.rope)
        rank, latents = self.config.kv_lora_rank, seen[:end]
        inside = self._into_latents(queries)
        scores = (inside @ latents[:, -inside.shape[-1] :].T).float() * self._scale
        if count > 1:
            scores.masked_fill_(_future(count, start, end)[:, None], -torch.inf)
        return self._out_of_latents(scores.softmax(-1).type_as(latents) @ latents[:, :rank])

    def _attend_picks(
        self, queries: _Queries, span: Span, latents: Tensor, picks: Tensor
    ) -> Tensor:
        """(count, heads, v): gathered, so many queries at a time that the gathered fit a block."""
        count, topk = picks.shape
        rank, width = self.config.kv_lora_rank, latents.shape[1]
        size = max(1, _BLOCK_BYTES // (topk * width * latents.itemsize))
        inside = self._into_latents(queries)
        rows = span.table.slots[picks]
        parts = []
        for at in range(0, count, size):
            block = rows[at : at + size]
            gathered = latents.index_select(0, block.flatten()).view(*block.shape, width)
            some = inside[at : at + size]
            parts.append(sparse.attend(some, gathered.to(some.dtype), rank, self._scale))
        return self._out_of_latents(parts[0] if len(parts) == 1 else torch.cat(parts))

    def _into_latents(self, queries: _Queries) -> Tensor:
        """Queries as they stand against latents: (count, heads, latent_width), or rope alone."""
        if not self.config.qk_nope_head_dim:
            return queries.rope
        keys, _ = self._halves()
        return torch.cat([torch.einsum("chn,hnr->chr", queries.nope, keys), queries.rope], dim=-1)

    def _out_of_latents(self, attended: Tensor) -> Tensor:
        """(count, heads, rank) to (count, heads, v)."""
        _, values = self._halves()
        return torch.einsum("chr,hvr->chv", attended, values)

    def _halves(self) -> tuple[Tensor, Tensor]:
        """`kv_b_proj` by heads: for keys (heads, nope, rank), for values (heads, v, rank)."""
        config = self.config
        weight = self.kv_b_proj.weight.view(config.num_attention_heads, -1, config.kv_lora_rank)
        keys, values = weight.split([config.qk_nope_head_dim, config.v_head_dim], dim=1)
        return keys, values


def _dense(span: Span, topk: int) -> int:
    """How many of a span's queries see `topk` tokens at most, themselves included."""
    return min(max(topk - span.start, 0), span.count)


def _future(count: int, start: int, length: int) -> Tensor:
    """(count, length): which of `length` tokens lie behind each query, the first being at `start`."""
    return torch.arange(length) > torch.arange(start, start + count)[:, None]
