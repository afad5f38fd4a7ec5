"""Multi-head latent attention over the picks of an indexer (MLA, DSA).

The cache holds one latent a token for all heads. It is read in two forms that come to the same:
*expanded*, where keys and values of each head are made of it, and *absorbed*, where the query is
brought into the latent's space instead. Queries that see no more tokens than would be picked attend
to all of them and score nothing; the others gather what was picked, absorbed.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from darkhorse_engine import sparse
from darkhorse_engine.cache import Span, Step, joined
from darkhorse_engine.config import Config
from darkhorse_engine.layers import Linear, Norm, rotate

__all__ = ["Attention", "Indexer", "LatentHeads", "Picks"]

Picks = tuple[Tensor | None, ...]
"""For each span: positions (queries, index_topk), of its queries that see more tokens than that."""

_BLOCK_BYTES = 64 << 20
"""What one block of queries may take for scores."""


class Indexer(nn.Module):
    """Which tokens a query attends to. One key a token, few narrow query heads, no values."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.wq_b = Linear(config.q_lora_rank, config.index_n_heads * config.index_head_dim)
        self.wk = Linear(config.hidden_size, config.index_head_dim)
        self.k_norm = nn.LayerNorm(config.index_head_dim, eps=1e-6).requires_grad_(False)  # noqa: FBT003
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
        best = [
            self._best(queries[at : at + size], weights[at : at + size], pieces, first + at)
            for at in range(0, len(queries), size)
        ]
        return joined(best)

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
            turns[..., : width // 2],
            interleaved=self.config.indexer_rope_interleave,
        )
        return turned if width == x.shape[-1] else torch.cat([turned, x[..., width:]], dim=-1)


class LatentHeads(Linear):
    """`kv_b_proj`: keys and values of each head from latents, or absorbed from the query's side.

    `weight` is (heads * (nope + v), rank), each head's nope rows before its v rows.
    """

    def __init__(self, config: Config) -> None:
        self.parts = [config.qk_nope_head_dim, config.v_head_dim]
        super().__init__(config.kv_lora_rank, config.num_attention_heads * sum(self.parts))

    def expand(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """Keys without position (tokens, heads, nope) and values (tokens, heads, v)."""
        keys, values = self(latents).unflatten(1, (-1, sum(self.parts))).split(self.parts, dim=-1)
        return keys, values

    def bring_in(self, nope: Tensor) -> Tensor:
        """Queries (count, heads, nope) into the latents' space: (count, heads, rank)."""
        inside: Tensor = torch.einsum("chn,hnr->chr", nope, self.keys)
        return inside

    def bring_out(self, attended: Tensor) -> Tensor:
        """What was attended, (count, heads, rank), to (count, heads, v)."""
        values: Tensor = torch.einsum("chr,hvr->chv", attended, self.values)
        return values

    @property
    def keys(self) -> Tensor:
        """(heads, nope, rank)"""
        keys: Tensor = self.weight.unflatten(0, (-1, sum(self.parts)))[:, : self.parts[0]]
        return keys

    @property
    def values(self) -> Tensor:
        """(heads, v, rank)"""
        values: Tensor = self.weight.unflatten(0, (-1, sum(self.parts)))[:, self.parts[0] :]
        return values


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
        self.kv_b_proj = LatentHeads(config)
        self.o_proj = Linear(heads * config.v_head_dim, config.hidden_size)
        self.indexer = Indexer(config) if config.has_indexer(layer) else None
        self._scale = config.qk_head_dim**-0.5

    def forward(
        self, h: Tensor, turns: Tensor, step: Step, picks: Picks | None
    ) -> tuple[Tensor, Picks]:
        """(tokens, hidden), and the picks for layers behind this one that have no indexer.

        `turns` (tokens, 1, rope / 2), complex; `picks` those of the last layer with an indexer.
        """
        q_latent = self.q_a_layernorm(self.q_a_proj(h))
        if self.indexer is not None:
            keys = step.pages.index_keys[self.layer]
            self.indexer.remember(h, turns, keys, step.slots)
            picks = self.indexer.pick(h, q_latent, turns, step, keys)
        assert picks is not None, "the first layer has an indexer"
        queries, latents = self._read(q_latent, self.kv_a_proj_with_mqa(h), turns)
        kept = step.pages.latents[self.layer]
        kept.index_copy_(0, step.slots, latents.to(kept.dtype))
        attended = [
            self._attend(_part(queries, span.rows), span, kept, picked)
            for span, picked in zip(step.spans, picks, strict=True)
        ]
        return self.o_proj(joined(attended).flatten(1)), picks

    def _read(self, q_latent: Tensor, kv: Tensor, turns: Tensor) -> tuple[Tensor, Tensor]:
        """Queries (tokens, heads, qk_head_dim), and latents as the cache has them."""
        config = self.config
        nope, rank = config.qk_nope_head_dim, config.kv_lora_rank
        queries = self.q_b_proj(q_latent).view(-1, config.num_attention_heads, config.qk_head_dim)
        # Queries and the one key turn together: at one row, an operation more is what costs.
        both = torch.cat([queries[..., nope:], kv[:, None, rank:]], dim=1)
        turned = rotate(both, turns, interleaved=config.rope_interleave)
        latents = torch.cat([self.kv_a_layernorm(kv[:, :rank]), turned[:, -1]], dim=-1)
        turned = turned[:, :-1]
        return torch.cat([queries[..., :nope], turned], dim=-1) if nope else turned, latents

    def _attend(self, queries: Tensor, span: Span, latents: Tensor, picks: Tensor | None) -> Tensor:
        """(count, heads, v): the first queries to all before them, the others to their picks."""
        split = span.count - (0 if picks is None else len(picks))
        parts = []
        if split:
            parts.append(self._attend_all(_part(queries, slice(0, split)), span, latents))
        if picks is not None:
            inside = self._into_latents(_part(queries, slice(split, span.count)))
            rows, rank = span.table.slots[picks], self.config.kv_lora_rank
            attended = sparse.attend(inside, latents, rows, rank, self._scale)
            parts.append(self.kv_b_proj.bring_out(attended))
        return joined(parts)

    def _attend_all(self, queries: Tensor, span: Span, latents: Tensor) -> Tensor:
        """Each query to every token up to its own, in whichever form costs less."""
        end = span.start + len(queries)
        size = max(1, _BLOCK_BYTES // (4 * self.config.num_attention_heads * end))
        blocks = [
            (_part(queries, slice(at, min(at + size, len(queries)))), span.start + at)
            for at in range(0, len(queries), size)
        ]
        if self._expanding_pays(len(queries), end):
            keys, values = self._expand(span.table.read(latents, end).to(queries.dtype))
            return joined([self._expanded(block, at, keys, values) for block, at in blocks])
        pieces = [latents[piece].to(queries.dtype) for piece in span.table.pieces(end)]
        return joined([self._absorbed(block, at, pieces) for block, at in blocks])

    def _expanding_pays(self, count: int, length: int) -> bool:
        """Multiplications: tokens are expanded once, and cost a query less from then on."""
        config = self.config
        rank, rope = config.kv_lora_rank, config.qk_rope_head_dim
        both = config.qk_nope_head_dim + config.v_head_dim
        expanded = length * rank * both + count * length * (both + rope)
        return expanded < count * length * (2 * rank + rope) + count * rank * both

    def _expand(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values, (heads, tokens, qk_head_dim or more), of latents.

        Values are filled up to the keys' width: torch's flash attention wants both the same, and
        takes a fifth of the time of what it falls back on.
        """
        rank = self.config.kv_lora_rank
        nope, values = self.kv_b_proj.expand(seen[:, :rank])
        rope = seen[:, None, rank:].expand(-1, self.config.num_attention_heads, -1)
        keys = torch.cat([nope, rope], dim=-1)
        values = F.pad(values, (0, max(0, keys.shape[-1] - values.shape[-1])))
        return keys.transpose(0, 1), values.transpose(0, 1)

    def _expanded(self, queries: Tensor, start: int, keys: Tensor, values: Tensor) -> Tensor:
        """(count, heads, v)"""
        end = start + len(queries)
        out = F.scaled_dot_product_attention(
            queries.transpose(0, 1)[None],
            keys[None, :, :end],
            values[None, :, :end],
            attn_mask=~_future(len(queries), start, end),
            scale=self._scale,
        )
        return out[0].transpose(0, 1)[..., : self.config.v_head_dim]

    def _absorbed(self, queries: Tensor, start: int, pieces: list[Tensor]) -> Tensor:
        """(count, heads, v)

        Latents are read where they lie: at one query a copy costs more than all the rest.
        """
        count, rank = len(queries), self.config.kv_lora_rank
        inside = self._into_latents(queries) if self.config.qk_nope_head_dim else queries
        # Two dimensions throughout: with three, torch takes a path that is slow at few rows.
        flat = inside.flatten(0, 1)
        products = [flat @ piece[:, -flat.shape[1] :].T for piece in pieces]
        scores = joined(products, dim=1).float().mul_(self._scale)
        if count > 1:
            future = _future(count, start, scores.shape[1])
            scores.view(count, -1, scores.shape[1]).masked_fill_(future[:, None], -torch.inf)
        shares = scores.softmax(-1).type_as(flat).split([len(piece) for piece in pieces], dim=1)
        values = [share @ own[:, :rank] for share, own in zip(shares, pieces, strict=True)]
        attended = values[0] if len(values) == 1 else torch.stack(values).sum(0)
        return self.kv_b_proj.bring_out(attended.view(count, -1, rank))

    def _into_latents(self, queries: Tensor) -> Tensor:
        """Queries as they stand against latents: (count, heads, latent_width)."""
        nope, rank = self.config.qk_nope_head_dim, self.config.kv_lora_rank
        if not nope:
            return torch.cat(
                [queries.new_zeros(1, 1, rank).expand(*queries.shape[:2], -1), queries], -1
            )
        return torch.cat([self.kv_b_proj.bring_in(queries[..., :nope]), queries[..., nope:]], -1)


def _dense(span: Span, topk: int) -> int:
    """How many of a span's queries see `topk` tokens at most, themselves included."""
    return min(max(topk - span.start, 0), span.count)


def _future(count: int, start: int, length: int) -> Tensor:
    """(count, length): which of `length` tokens lie behind each query, the first at `start`."""
    return torch.arange(length) > torch.arange(start, start + count)[:, None]


def _part(x: Tensor, rows: slice) -> Tensor:
    """`x[rows]`, and `x` itself where that is all: at one row a view costs what a product does."""
    return x if rows.stop - rows.start == len(x) else x[rows]
