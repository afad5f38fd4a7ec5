"""A Llama layer's weights, in the places where GLM-5's architecture makes the same numbers of them.

With x the hidden state behind its RMSNorm, without the norm's weight g:

- the cached latent is x itself (`kv_a_proj_with_mqa` begins with the identity), and the keys of
  all key heads, side by side, are the one rotated key that all query heads share;
- query head h is that wide, and zero but where its key head is; so its products are those of the
  original. The factor undoes the scale, which goes by the width;
- values are made of the latent, by each query head from its key head's rows.

RoPE: rows of q and k as a GGUF has them are in the interleaved order already.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from darkhorse_engine.lift.source import Llama

__all__ = ["layer"]

_COPIED = (
    "post_attention_layernorm.weight",
    "self_attn.o_proj.weight",
    *(f"mlp.{part}_proj.weight" for part in ("gate", "up", "down")),
)


def layer(shape: Llama, given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Names and weights behind `model.layers.N.`, without an indexer, of those of the Llama."""
    norm = given["input_layernorm.weight"]
    keys, values = (given[f"self_attn.{part}_proj.weight"] * norm for part in ("k", "v"))
    eye = torch.eye(shape.hidden)
    once = torch.full((shape.hidden,), 256.0)  # see `Llama.config`
    return {
        "input_layernorm.weight": torch.ones(shape.hidden),
        "self_attn.q_a_proj.weight": eye,
        "self_attn.q_a_layernorm.weight": once * norm,
        "self_attn.q_b_proj.weight": _queries(shape, given["self_attn.q_proj.weight"]),
        "self_attn.kv_a_proj_with_mqa.weight": torch.cat([eye, keys]),
        "self_attn.kv_a_layernorm.weight": once,
        "self_attn.kv_b_proj.weight": _each(shape, values),
        **{name: given[name] for name in _COPIED},
    }


def _queries(shape: Llama, given: Tensor) -> Tensor:
    """(heads · kv_heads · head, hidden): each head in the slot of its key head."""
    slots = torch.zeros(shape.heads, shape.kv_heads, shape.head, shape.hidden)
    heads = torch.arange(shape.heads)
    own = heads // (shape.heads // shape.kv_heads)
    slots[heads, own] = given.view(shape.heads, shape.head, -1) * shape.kv_heads**0.5
    return slots.flatten(0, 2)


def _each(shape: Llama, given: Tensor) -> Tensor:
    """(heads · head, hidden): a key head's rows, once for each query head that uses them."""
    by_head = given.view(shape.kv_heads, shape.head, -1)
    return by_head.repeat_interleave(shape.heads // shape.kv_heads, dim=0).flatten(0, 1)
