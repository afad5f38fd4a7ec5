"""From a path to a model that runs: the one function that commands and the server call."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from darkhorse_engine.config import Config
from darkhorse_engine.model import Model
from darkhorse_engine.weights.errors import WeightsError
from darkhorse_engine.weights.fill import fill
from darkhorse_engine.weights.from_gguf import GlmDsaGguf, glm_dsa_config
from darkhorse_engine.weights.gguf_file import GgufFile
from darkhorse_engine.weights.names import layer_of
from darkhorse_engine.weights.safetensors_dir import SafetensorsDir
from darkhorse_engine.weights.source import Progress, Source

__all__ = ["Loaded", "load"]


@dataclass(frozen=True)
class Loaded:
    """A model with its weights, and where its words are."""

    config: Config
    model: Model
    tokenizer: Path | Mapping[str, Any]
    """The checkpoint's directory, or the metadata of its GGUF."""


def load(
    path: str | Path,
    dtype: torch.dtype = torch.bfloat16,
    *,
    topk: int | None = None,
    progress: Progress | None = None,
) -> Loaded:
    """A directory with `config.json` and safetensors, or a `.gguf` file.

    `topk` takes the place of the checkpoint's `index_topk`. A checkpoint without the MTP block that
    its configuration speaks of (transformers leaves it out) gives a model without. Raises
    WeightsError or ConfigError.
    """
    path = Path(path).expanduser()
    source: Source
    tokenizer: Path | Mapping[str, Any]
    if path.is_dir():
        config, source, tokenizer = Config.load(path), SafetensorsDir(path), path
    elif path.is_file():
        file = GgufFile(path)
        config, source, tokenizer = glm_dsa_config(file), GlmDsaGguf(file), file.fields
    else:
        raise WeightsError(f"{path}: no such file or directory.")
    if config.num_hidden_layers not in map(layer_of, source.entries):
        config = replace(config, num_nextn_predict_layers=0)
    model = Model.empty(config if topk is None else config.with_topk(topk))
    fill(model, source, dtype, progress)
    return Loaded(model.config, model, tokenizer)
