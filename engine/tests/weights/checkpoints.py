"""Small checkpoints as they are published: experts one by one, copies in the MTP block, FP8."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from darkhorse_engine.config import Config
from darkhorse_engine.model import Model

__all__ = ["CONFIG", "in_fp8", "model", "published", "words", "write", "write_shards"]

CONFIG = replace(Config.preset("tiny"), rms_norm_eps=1e-6, latent_norm_eps=1e-6, index_head_dim=64)
"""Four layers, the third without an indexer, the first without experts; an MTP block."""


def model(config: Config = CONFIG) -> Model:
    return Model.random(config, seed=1)


def published(config: Config = CONFIG) -> dict[str, Tensor]:
    """The weights of `model`, under the names of the published checkpoints."""
    tensors: dict[str, Tensor] = {}
    for name, weight in model(config).state_dict().items():
        experts, packed, kind = name.partition(".mlp.experts.")
        if not packed:
            tensors[name] = weight
            continue
        for number, one in enumerate(weight):
            gate_up = dict(zip(("gate", "up"), one.chunk(2), strict=True))
            for part, rows in (gate_up if kind == "gate_up_proj" else {"down": one}).items():
                tensors[f"{experts}.mlp.experts.{number}.{part}_proj.weight"] = rows.clone()
    last = f"model.layers.{config.num_hidden_layers}"
    if config.num_nextn_predict_layers:
        tensors[f"{last}.embed_tokens.weight"] = tensors["model.embed_tokens.weight"].clone()
        tensors[f"{last}.shared_head.head.weight"] = tensors["lm_head.weight"].clone()
    return tensors


def in_fp8(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Projections of attention, quantised in blocks of 128 x 128 (all smaller here: one scale)."""
    quantised = dict(tensors)
    for name, weight in tensors.items():
        if ".self_attn." in name and name.endswith("_proj.weight") and ".indexer." not in name:
            blocks = (-(-weight.shape[0] // 128), -(-weight.shape[1] // 128))
            scale = weight.abs().max() / 448
            quantised[name] = (weight / scale).to(torch.float8_e4m3fn)
            quantised[name + "_scale_inv"] = scale.expand(blocks).clone()
    return quantised


def write(directory: Path, tensors: Mapping[str, Tensor], config: Config = CONFIG) -> Path:
    directory.mkdir(exist_ok=True)
    (directory / "config.json").write_text(json.dumps(config.to_hf()))
    save_file(dict(tensors), directory / "model.safetensors")
    return directory


def write_shards(directory: Path, tensors: Mapping[str, Tensor], config: Config = CONFIG) -> Path:
    """Three shards by turns, as no layer's tensors need to lie together."""
    directory.mkdir(exist_ok=True)
    (directory / "config.json").write_text(json.dumps(config.to_hf()))
    where = {name: f"model-{turn % 3}.safetensors" for turn, name in enumerate(sorted(tensors))}
    for file in set(where.values()):
        save_file(
            {name: tensors[name] for name in tensors if where[name] == file}, directory / file
        )
    (directory / "model.safetensors.index.json").write_text(json.dumps({"weight_map": where}))
    return directory


def words(config: Config = CONFIG) -> dict[str, object]:
    """Metadata of a tokenizer with as many tokens."""
    return {
        "general.name": "not copied",
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.tokens": [f"word{number}" for number in range(config.vocab_size)],
        "tokenizer.ggml.token_type": [1] * config.vocab_size,
        "tokenizer.ggml.eos_token_id": 7,
        "tokenizer.ggml.add_bos_token": False,
    }
