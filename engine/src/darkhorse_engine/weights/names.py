"""Where in the model each tensor of a checkpoint goes.

Names are the model's own but for experts that come one by one (the published checkpoints), which
are parts of the packed ones (transformers' form, taken as it is), and for tensors that the model
has no use for: the MTP block's copies of embedding and head, the whole block where the
configuration has none, indexers of layers that share another's picks, frequencies.
"""

import re
from typing import NamedTuple

from darkhorse_engine.config import Config

__all__ = ["Placement", "layer_of", "place"]

_EXPERT = re.compile(r"(.*\.mlp\.experts\.)(\d+)\.(gate|up|down)_proj\.weight")
_LAYER = re.compile(r"model\.layers\.(\d+)\.(.*)")
_COPIES = ("embed_tokens.weight", "shared_head.head.weight")


class Placement(NamedTuple):
    """A tensor of the model, and the index of the part of it that is meant; () is all."""

    target: str
    part: tuple[int | slice, ...] = ()


def layer_of(name: str) -> int | None:
    """The number of the layer that it belongs to."""
    found = _LAYER.fullmatch(name)
    return int(found[1]) if found else None


def place(name: str, config: Config) -> Placement | None:
    """None for what is left out. A name that the model does not have comes back as it is."""
    if name.endswith("rotary_emb.inv_freq"):
        return None
    if name == "lm_head.weight" and config.tie_word_embeddings:
        return None
    if (found := _LAYER.fullmatch(name)) and not _is_used(int(found[1]), found[2], config):
        return None
    if found := _EXPERT.fullmatch(name):
        return _expert(found[1], int(found[2]), found[3], config)
    return Placement(name)


def _is_used(layer: int, tail: str, config: Config) -> bool:
    if layer == config.num_hidden_layers:  # the MTP block
        return bool(config.num_nextn_predict_layers) and tail not in _COPIES
    if layer < config.num_hidden_layers and not config.has_indexer(layer):
        return not tail.startswith("self_attn.indexer.")
    return True


def _expert(experts: str, number: int, projection: str, config: Config) -> Placement:
    if projection == "down":
        return Placement(experts + "down_proj", (number,))
    inner = config.moe_intermediate_size
    rows = slice(inner) if projection == "gate" else slice(inner, None)
    return Placement(experts + "gate_up_proj", (number, rows))
