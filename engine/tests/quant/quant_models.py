"""Small models, and what a model makes of tokens read in pieces."""

import torch

from darkhorse_engine.cache import PAGE, Pages, Step, Table
from darkhorse_engine.config import Config

__all__ = ["SQUARE", "TINY", "read"]

TINY = Config.preset("tiny")

SQUARE = Config.from_hf(
    TINY.to_hf() | {"q_lora_rank": 64, "kv_lora_rank": 64, "num_nextn_predict_layers": 0}
)
"""Its latents are as wide as hidden states: projections may be the identity."""


def read(model, tokens, sizes=None):
    """Logits (tokens, vocabulary), float32."""
    table, count = Table(), -(-len(tokens) // PAGE)
    table.extend(range(count))
    pages = Pages(model.config, count, model.dtype)
    parts, at = [], 0
    for size in sizes or [len(tokens)]:
        step = Step.of(pages, [(table, at, size)])
        parts.append(model.logits(model(tokens[at : at + size], step)))
        at += size
    return torch.cat(parts)
