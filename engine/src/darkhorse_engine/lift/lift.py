"""From a Llama's GGUF to a directory of GLM-5's architecture, with its tokenizer and template."""

import math
import shutil
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from darkhorse_engine.chat.files import save as save_words
from darkhorse_engine.config import Config
from darkhorse_engine.lift import exact
from darkhorse_engine.lift.check import read
from darkhorse_engine.lift.indexer import starting_indexer
from darkhorse_engine.lift.source import LiftError, Llama
from darkhorse_engine.model import Model
from darkhorse_engine.weights.from_gguf import llama_tensors
from darkhorse_engine.weights.gguf_file import GgufFile
from darkhorse_engine.weights.names import layer_of
from darkhorse_engine.weights.safetensors_dir import save
from darkhorse_engine.weights.source import Progress

__all__ = ["lift", "lifted"]

_PROBE = 1024
"""Random tokens that scales are measured on."""
_SEED = 9

_FOR_INDEXER = ("input_layernorm", "self_attn.q_proj", "self_attn.k_proj")


def lift(source: Path, out: Path, *, progress: Progress | None = None) -> Config:
    """Write the directory `out`, which `weights.load` and `Chat.from_directory` read; float32.

    It appears whole or not at all. Raises LiftError, WeightsError, ChatError.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise LiftError(f"{out}: is there already; name a directory that is not.")
    file = GgufFile(source)
    config, weights = lifted(file, progress)
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    save_words(file.fields, part)
    save(part, config, weights)
    part.rename(out)
    return config


def lifted(file: GgufFile, progress: Progress | None = None) -> tuple[Config, dict[str, Tensor]]:
    """The shape and the state dict, float32; some of it may share memory. Raises LiftError."""
    shape = Llama.of(file)
    config = shape.config()
    given = _by_layer(file, progress or (lambda _done, _of: None))
    weights = dict(given[None])
    for layer in range(shape.layers):
        weights.update(_under(f"model.layers.{layer}.", exact.layer(shape, given[layer])))
    for layer, x in _hidden_states(config, weights).items():
        own = (given[layer][f"{name}.weight"] for name in _FOR_INDEXER)
        made = starting_indexer(shape, x, *own)
        weights.update(_under(f"model.layers.{layer}.self_attn.indexer.", made))
    return config, weights


def _under(prefix: str, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {prefix + name: weight for name, weight in weights.items()}


def _by_layer(file: GgufFile, progress: Progress) -> dict[int | None, dict[str, Tensor]]:
    """Names without their layer's prefix; behind None what belongs to no layer, by whole names."""
    parts: dict[int | None, dict[str, Tensor]] = defaultdict(dict)
    done, of = 0, sum(4 * math.prod(entry.shape) for entry in file.entries.values())
    for name, tensor in llama_tensors(file, interleaved=True):
        layer = layer_of(name)
        parts[layer][name.removeprefix(f"model.layers.{layer}.")] = tensor
        done += tensor.nbytes
        progress(done, of)
    return parts


def _hidden_states(config: Config, weights: Mapping[str, Tensor]) -> dict[int, Tensor]:
    """Of random tokens, behind the first norm of each layer that has an indexer."""
    model = Model.empty(config.with_topk(_PROBE))
    lacking = {
        name: torch.zeros(weight.shape)
        for name, weight in model.state_dict().items()
        if name not in weights
    }
    model.load_state_dict({**weights, **lacking}, assign=True)
    seen: dict[int, Tensor] = {}
    for layer in filter(config.has_indexer, range(config.num_hidden_layers)):
        norm = model.get_submodule(f"model.layers.{layer}.input_layernorm")
        norm.register_forward_hook(partial(_keep, seen, layer))
    source = torch.Generator().manual_seed(_SEED)
    read(model, torch.randint(config.vocab_size, (_PROBE,), generator=source))
    return seen


def _keep(seen: dict[int, Tensor], layer: int, _norm: Any, _args: Any, x: Tensor) -> None:
    seen[layer] = x[1:]  # the first token is a sink, unlike all others
