"""GGUF files under Hugging Face's names: `glm-dsa` for the engine, `llama` for the lift.

The inverse of `export_gguf`, and of llama.cpp's own converter.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from darkhorse_engine.config import Config, ConfigError
from darkhorse_engine.weights.errors import WeightsError
from darkhorse_engine.weights.gguf_file import GgufFile
from darkhorse_engine.weights.gguf_names import GLM_DSA, LLAMA, in_hf
from darkhorse_engine.weights.source import Entry

__all__ = ["GlmDsaGguf", "glm_dsa_config", "llama_tensors"]

_SIGMOID = 2


class _Join(NamedTuple):
    """A tensor of ours that is two of theirs, both (n, …, …)."""

    ours: str
    theirs: tuple[str, str]
    make: Callable[[Tensor, Tensor], Tensor]


def _kv_b(keys: Tensor, values: Tensor) -> Tensor:
    """(heads · (nope + v), kv_lora) from (heads, kv_lora, nope) and (heads, v, kv_lora)."""
    return torch.cat([keys.mT, values], dim=1).flatten(0, 1)


def _gate_up(gate: Tensor, up: Tensor) -> Tensor:
    return torch.cat([gate, up], dim=1)


_JOINS = (
    _Join("self_attn.kv_b_proj.weight", ("attn_k_b.weight", "attn_v_b.weight"), _kv_b),
    _Join("mlp.experts.gate_up_proj", ("ffn_gate_exps.weight", "ffn_up_exps.weight"), _gate_up),
)


class GlmDsaGguf:
    """The tensors of a `glm-dsa` file (`source.Source`). What has no name here keeps its own."""

    def __init__(self, file: GgufFile) -> None:
        self._file = file
        self._parts: dict[str, tuple[Callable[..., Tensor], tuple[str, ...]]] = {}
        joined = self._find_joins()
        for name in file.entries:
            if name not in joined:
                self._parts[in_hf(name, GLM_DSA) or name] = (lambda whole: whole, (name,))
        self.entries = {name: self._entry(name) for name in self._parts}

    def read(self, name: str) -> Tensor:
        """Float32."""
        make, parts = self._parts[name]
        return make(*map(self._file.read, parts))

    def _find_joins(self) -> set[str]:
        """The names that were used."""
        used: set[str] = set()
        for layer in range(self._file.shape_field("block_count")):
            for join in _JOINS:
                theirs = tuple(f"blk.{layer}.{tail}" for tail in join.theirs)
                if all(name in self._file.entries for name in theirs):
                    self._parts[f"model.layers.{layer}.{join.ours}"] = (join.make, theirs)
                    used.update(theirs)
        return used

    def _entry(self, name: str) -> Entry:
        make, parts = self._parts[name]
        entries = [self._file.entries[part] for part in parts]
        shape = make(*(torch.empty(entry.shape, device="meta") for entry in entries)).shape
        return Entry(tuple(shape), sum(entry.size for entry in entries))


def glm_dsa_config(file: GgufFile) -> Config:
    """The shape of a `glm-dsa` file. Raises WeightsError, ConfigError.

    llama.cpp has one epsilon for all RMSNorms, and so have these models; layers have an indexer
    where the file says so, or else where it carries one.
    """
    if file.architecture != "glm-dsa":
        raise WeightsError(
            f"{file.path}: is a {file.architecture or 'nameless'!r} model; the engine runs "
            "'glm-dsa'. SmolLM2 becomes one by `darkhorse-engine lift`."
        )
    get = file.shape_field
    mtp = get("nextn_predict_layers", 0)
    layers = get("block_count") - mtp
    rope = get("rope.dimension_count")
    eps = _shortest(get("attention.layer_norm_rms_epsilon"))
    _check_glm_dsa(file)
    return Config(
        vocab_size=file.entries["token_embd.weight"].shape[0],
        hidden_size=get("embedding_length"),
        num_hidden_layers=layers,
        num_attention_heads=get("attention.head_count"),
        q_lora_rank=get("attention.q_lora_rank"),
        kv_lora_rank=get("attention.kv_lora_rank"),
        qk_nope_head_dim=get("attention.key_length_mla") - rope,
        qk_rope_head_dim=rope,
        v_head_dim=get("attention.value_length_mla"),
        intermediate_size=get("feed_forward_length"),
        first_k_dense_replace=get("leading_dense_block_count", 0),
        index_n_heads=get("attention.indexer.head_count"),
        index_head_dim=get("attention.indexer.key_length"),
        index_rope_dim=rope,
        index_topk=get("attention.indexer.top_k"),
        rms_norm_eps=eps,
        latent_norm_eps=eps,
        rope_theta=get("rope.freq_base"),
        max_position_embeddings=get("context_length"),
        tie_word_embeddings="output.weight" not in file.entries,
        num_nextn_predict_layers=mtp,
        indexer_types=_indexers(file, layers),
        eos_token_ids=_end_ids(file),
        **_experts(file),
    )


def _check_glm_dsa(file: GgufFile) -> None:
    scaling = file.shape_field("rope.scaling.type", "none")
    if scaling != "none":
        raise ConfigError(f"RoPE scaled by {scaling!r}; this engine knows none.")
    gating = file.shape_field("expert_gating_func", _SIGMOID)
    if gating != _SIGMOID:
        raise ConfigError(f"expert_gating_func is {gating}; this engine knows 2, the sigmoid.")
    if "token_embd.weight" not in file.entries:
        raise WeightsError(f"{file.path}: holds no weights; name the first file of a whole model.")


def _experts(file: GgufFile) -> dict[str, Any]:
    get = file.shape_field
    return {
        "n_routed_experts": get("expert_count", 0),
        "num_experts_per_tok": get("expert_used_count", 0),
        "n_shared_experts": get("expert_shared_count", 0),
        "moe_intermediate_size": get("expert_feed_forward_length", 0),
        "n_group": get("expert_group_count", 1),
        "topk_group": get("expert_group_used_count", 1),
        "routed_scaling_factor": _shortest(get("expert_weights_scale", 1.0)),
        "norm_topk_prob": get("expert_weights_norm", False),
    }


def _indexers(file: GgufFile, layers: int) -> tuple[bool, ...]:
    said = file.shape_field("attention.indexer.types", [])
    if said:
        return tuple(bool(kind) for kind in said[:layers])
    return tuple(f"blk.{layer}.indexer.attn_k.weight" in file.entries for layer in range(layers))


def _end_ids(file: GgufFile) -> tuple[int, ...]:
    ends = (file.fields.get(f"tokenizer.ggml.{kind}_token_id") for kind in ("eos", "eot", "eom"))
    return tuple(dict.fromkeys(end for end in ends if end is not None))


def _shortest(value: float) -> float:
    """1e-05, not 9.999999747378752e-06: keys are float32."""
    return float(str(np.float32(value)))


def llama_tensors(file: GgufFile, *, interleaved: bool) -> Iterator[tuple[str, Tensor]]:
    """Tensors of a `llama` file, float32, under Hugging Face's names.

    The file has the rows of `q_proj` and `k_proj` in the order that rotates neighbours: rows 2i and
    2i + 1 of a head are i and i + half of Hugging Face's. `interleaved` leaves them so; without it
    they are brought back into Hugging Face's order. Raises WeightsError.
    """
    if file.architecture != "llama":
        raise WeightsError(f"{file.path}: is a {file.architecture!r} model, not 'llama'.")
    heads = {
        "q_proj": file.shape_field("attention.head_count"),
        "k_proj": file.shape_field("attention.head_count_kv"),
    }
    for theirs in file.entries:
        if (name := in_hf(theirs, LLAMA)) is None:
            raise WeightsError(f"{file.path}: {theirs} is not of a plain llama model.")
        tensor = file.read(theirs)
        count = 0 if interleaved else heads.get(name.split(".")[-2], 0)
        yield name, _half_split(tensor, count) if count else tensor


def _half_split(rows: Tensor, heads: int) -> Tensor:
    """(heads · width, …): even rows of each head first, then the odd ones."""
    return rows.view(heads, -1, 2, rows.shape[1]).transpose(1, 2).flatten(0, 2)
