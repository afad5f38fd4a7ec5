"""The MTP block against transformers' decoder layer, which it is made of (no engine of theirs runs
GLM's: layer 78 is left out when a checkpoint is loaded)."""

from dataclasses import replace
from itertools import pairwise

import torch
from torch import Tensor

from darkhorse_engine.cache import Pages, Step
from darkhorse_engine.model import Model
from parity.original import Original
from parity.running import scattered

__all__ = ["drafted", "wanted"]


def drafted(model: Model, tokens: Tensor, hidden: Tensor, cuts: tuple[int, ...] = ()) -> Tensor:
    """Ours: hidden states behind the shared head's norm, for `tokens` behind those of `hidden`."""
    table, count = scattered(len(tokens))
    pages = Pages(model.config, count, model.dtype)
    borders = (0, *cuts, len(tokens))
    return torch.cat(
        [
            model.draft(
                tokens[start:end], hidden[start:end], Step.of(pages, [(table, start, end - start)])
            )
            for start, end in pairwise(borders)
        ]
    )


def wanted(model: Model, tokens: Tensor, hidden: Tensor) -> Tensor:
    """The same by the published equations, around a decoder layer of transformers."""
    config, weights = model.config, model.state_dict()
    layers = config.num_hidden_layers
    longer = replace(
        config,
        num_hidden_layers=layers + 1,
        indexer_types=(*config.indexer_types, True),
        num_nextn_predict_layers=0,
    )
    grown = Model(longer)
    grown.load_state_dict({name: weights[name] for name in grown.state_dict()})
    backbone = Original.of(grown).model.model

    def normed(x: Tensor, name: str) -> Tensor:
        scale = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + config.rms_norm_eps)
        return x * scale * weights[f"model.layers.{layers}.{name}.weight"]

    embedded = normed(weights["model.embed_tokens.weight"][tokens], "enorm")
    both = torch.cat([embedded, normed(hidden, "hnorm")], dim=-1)
    x = (both @ weights[f"model.layers.{layers}.eh_proj.weight"].T)[None]
    positions = torch.arange(len(tokens))[None]
    mask = torch.full((len(tokens), len(tokens)), torch.finfo(torch.float32).min).triu(1)
    with torch.no_grad():
        out, _ = backbone.layers[layers](
            x,
            attention_mask=mask[None, None],
            position_ids=positions,
            position_embeddings=backbone.rotary_emb(x, positions),
        )
    return normed(out[0], "shared_head.norm")
