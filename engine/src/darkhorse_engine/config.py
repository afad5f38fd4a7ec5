"""The shape of a model, read from a Hugging Face `config.json` of type `glm_moe_dsa`.

Every number that the rest of the engine needs is a field here. Fields that the checkpoints' own
format has no word for (`rope_tile`, `index_rope_dim`, `latent_norm_eps`) are ours, and have the
values there that change nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields, replace
from importlib import resources
from pathlib import Path
from typing import Any, Self

__all__ = ["PRESETS", "Config", "ConfigError"]

PRESETS = ("glm-5", "glm-5.1", "glm-5.2", "tiny", "smol")
"""Shapes that come with the engine, by name; `Config.preset` reads one."""

_MODEL_TYPE = "glm_moe_dsa"
_MOST = 2**31 - 1
_MOST_LAYERS = 10_000
_MAY_BE_NONE = (
    "first_k_dense_replace",
    "qk_nope_head_dim",
    "index_rope_dim",
    "moe_intermediate_size",
    "n_routed_experts",
    "num_experts_per_tok",
    "n_shared_experts",
    "num_nextn_predict_layers",
)
"""Counts of what a model need not have."""


class ConfigError(ValueError):
    """A shape that this engine cannot run; its text says which field, and what would do."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Names and meanings are those of `GlmMoeDsaConfig` where it has the field."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    q_lora_rank: int
    kv_lora_rank: int
    qk_nope_head_dim: int
    qk_rope_head_dim: int
    v_head_dim: int
    intermediate_size: int
    first_k_dense_replace: int
    index_n_heads: int
    index_head_dim: int
    index_topk: int
    moe_intermediate_size: int = 0
    n_routed_experts: int = 0
    num_experts_per_tok: int = 0
    n_shared_experts: int = 0
    n_group: int = 1
    topk_group: int = 1
    routed_scaling_factor: float = 1.0
    norm_topk_prob: bool = True
    rms_norm_eps: float = 1e-5
    latent_norm_eps: float = 1e-6
    """Of `q_a_layernorm` and `kv_a_layernorm`: transformers leaves its default there, whatever
    `rms_norm_eps` says; llama.cpp takes `rms_norm_eps`."""
    rope_theta: float = 1e6
    rope_tile: int = 1
    """The inverse frequencies of `qk_rope_head_dim / rope_tile` dimensions, so often repeated."""
    rope_interleave: bool = True
    """Pairs to rotate are (0, 1), (2, 3), …; without, (0, n/2), (1, n/2 + 1), …"""
    indexer_rope_interleave: bool = True
    index_rope_dim: int
    """Leading dimensions of an index head that are rotated, by the first of the frequencies."""
    max_position_embeddings: int = 202_752
    tie_word_embeddings: bool = False
    num_nextn_predict_layers: int = 0
    indexer_types: tuple[bool, ...]
    """For each layer: has it an indexer, or does it share the picks of the last one that has?"""
    eos_token_ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        _check(self)

    @property
    def qk_head_dim(self) -> int:
        return self.qk_nope_head_dim + self.qk_rope_head_dim

    @property
    def latent_width(self) -> int:
        """Values that the cache holds for a token in each layer, beside index keys."""
        return self.kv_lora_rank + self.qk_rope_head_dim

    def has_indexer(self, layer: int) -> bool:
        """The MTP block (`layer == num_hidden_layers`) always has its own."""
        return layer >= self.num_hidden_layers or self.indexer_types[layer]

    def is_dense(self, layer: int) -> bool:
        """Is its MLP one SwiGLU, not experts?"""
        return layer < self.first_k_dense_replace or not self.n_routed_experts

    def with_topk(self, topk: int) -> Self:
        """The same model attending to `topk` tokens; `max_position_embeddings` is dense."""
        return replace(self, index_topk=topk)

    @classmethod
    def from_hf(cls, raw: Mapping[str, Any]) -> Self:
        """From the object of a `config.json`. Raises ConfigError."""
        kind = raw.get("model_type", _MODEL_TYPE)
        if kind != _MODEL_TYPE:
            raise ConfigError(f"model_type is {kind!r}; this engine runs {_MODEL_TYPE!r}.")
        if lacking := [name for name in _NEEDED if name not in raw]:
            raise ConfigError(f"The configuration lacks {', '.join(lacking)}.")
        given = {field.name: raw[field.name] for field in fields(cls) if field.name in raw}
        try:
            return cls(**{**given, **_derived(raw)})
        except (AttributeError, TypeError, ValueError) as e:
            if isinstance(e, ConfigError):
                raise
            raise ConfigError(f"A value of the configuration has the wrong type: {e}.") from None

    @classmethod
    def load(cls, where: str | Path) -> Self:
        """A preset's name, a `config.json`, or the directory of one. Raises ConfigError."""
        if str(where) in PRESETS:
            return cls.preset(str(where))
        path = Path(where)
        path = path / "config.json" if path.is_dir() else path
        try:
            raw = json.loads(path.read_text())
        except OSError as e:
            known = ", ".join(PRESETS)
            raise ConfigError(
                f"{path}: cannot be read ({e.strerror}), nor is it one of {known}."
            ) from None
        except (ValueError, RecursionError):
            raise ConfigError(f"{path}: not JSON.") from None
        if not isinstance(raw, dict):
            raise ConfigError(f"{path}: not a JSON object.")
        try:
            return cls.from_hf(raw)
        except ConfigError as e:
            raise ConfigError(f"{path}: {e}") from None

    @classmethod
    def preset(cls, name: str) -> Self:
        """A shape that comes with the engine."""
        file = resources.files("darkhorse_engine") / "presets" / f"{name}.json"
        return cls.from_hf(json.loads(file.read_text()))

    def to_hf(self) -> dict[str, Any]:
        """What `from_hf` reads the same again, and transformers too."""
        raw = asdict(self)
        raw["model_type"] = _MODEL_TYPE
        raw["architectures"] = ["GlmMoeDsaForCausalLM"]
        raw["eos_token_id"] = list(raw.pop("eos_token_ids"))
        raw["indexer_types"] = ["full" if full else "shared" for full in self.indexer_types]
        raw["num_key_value_heads"] = self.num_attention_heads
        raw["rope_parameters"] = {"rope_type": "default", "rope_theta": raw.pop("rope_theta")}
        return raw


_DERIVED = ("first_k_dense_replace", "index_rope_dim", "indexer_types")
_NEEDED = tuple(
    field.name
    for field in fields(Config)
    if field.default is MISSING and field.name not in _DERIVED
)


def _derived(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that have another name there, or several ways of being said."""
    layers = raw["num_hidden_layers"]
    if type(layers) is not int or not 0 < layers <= _MOST_LAYERS:
        raise ConfigError(f"num_hidden_layers: {layers!r} is no number from 1 to {_MOST_LAYERS}.")
    dense = raw.get("first_k_dense_replace", min(3, layers))
    if (kinds := raw.get("mlp_layer_types")) is not None:
        dense = kinds.index("sparse") if "sparse" in kinds else len(kinds)
        if "dense" in kinds[dense:]:
            raise ConfigError("mlp_layer_types: dense layers have to come first.")
    return {
        "first_k_dense_replace": dense,
        "index_rope_dim": raw.get("index_rope_dim", raw["qk_rope_head_dim"]),
        "indexer_types": _indexer_types(raw),
        "rope_theta": _rope_theta(raw),
        "eos_token_ids": _ids(raw.get("eos_token_id")),
        "num_nextn_predict_layers": raw.get("num_nextn_predict_layers") or 0,
    }


def _ids(eos: int | list[int] | None) -> tuple[int, ...]:
    if eos is None:
        return ()
    return (eos,) if isinstance(eos, int) else tuple(eos)


def _rope_theta(raw: Mapping[str, Any]) -> float:
    rope = raw.get("rope_parameters") or raw.get("rope_scaling") or {}
    if (kind := rope.get("rope_type", rope.get("type", "default"))) != "default":
        raise ConfigError(f"RoPE of type {kind!r}; this engine knows 'default'.")
    return float(rope.get("rope_theta", raw.get("rope_theta", 1e6)))


def _indexer_types(raw: Mapping[str, Any]) -> tuple[bool, ...]:
    """IndexShare: a list or pattern, or else every `freq`-th layer behind `offset` (GLM-5.2)."""
    said = raw.get("indexer_types") or raw.get("index_topk_pattern")
    if said:
        return tuple(kind in ("full", "F") for kind in said)
    freq = max(raw.get("index_topk_freq") or 1, 1)
    offset = raw.get("index_skip_topk_offset", 2)
    layers = range(raw["num_hidden_layers"])
    return tuple(max(layer - offset + 1, 0) % freq == 0 for layer in layers)


def _check(config: Config) -> None:
    """Raises ConfigError for what would go wrong later, in a tensor's words."""
    for field in fields(config):
        value = getattr(config, field.name)
        if field.type is int:
            least = 0 if field.name in _MAY_BE_NONE else 1
            if type(value) is not int or not least <= value <= _MOST:
                raise ConfigError(f"{field.name}: {value!r} is no number from {least} to {_MOST}.")
    if len(config.indexer_types) != config.num_hidden_layers or not config.indexer_types[0]:
        raise ConfigError("indexer_types: one for each layer, and the first has to be full.")
    if config.qk_rope_head_dim % (2 * config.rope_tile):
        raise ConfigError("qk_rope_head_dim has to be a multiple of 2 * rope_tile.")
    most = min(config.index_head_dim, config.qk_rope_head_dim)
    if config.index_rope_dim % 2 or config.index_rope_dim > most:
        raise ConfigError(
            f"index_rope_dim has to be even, and {most} at most: as wide as an index head and "
            "qk_rope_head_dim are."
        )
    if config.num_nextn_predict_layers > 1:
        raise ConfigError("num_nextn_predict_layers: this engine runs one such block.")
    if config.is_dense(config.num_hidden_layers - 1) and not config.num_nextn_predict_layers:
        return
    _check_experts(config)


def _check_experts(config: Config) -> None:
    if not config.n_routed_experts:
        return
    if config.n_routed_experts % config.n_group or config.n_routed_experts < 2 * config.n_group:
        raise ConfigError("n_routed_experts: as many in each group, and at least two.")
    in_reach = config.n_routed_experts // config.n_group * config.topk_group
    if not 0 < config.num_experts_per_tok <= in_reach:
        raise ConfigError(f"num_experts_per_tok: from 1 to {in_reach}, those of the best groups.")
