"""Our model as a GGUF of llama.cpp's architecture `glm-dsa`, in float32.

It is there so that another implementation can be asked the same question. What llama.cpp cannot
express is refused. The layout was read in llama.cpp's loader and checked by running it.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gguf import GGUFWriter
from torch import Tensor

from darkhorse_engine.config import Config
from darkhorse_engine.weights.errors import WeightsError
from darkhorse_engine.weights.gguf_names import GLM_DSA, OUTER
from darkhorse_engine.weights.names import layer_of

__all__ = ["export"]

_SIGMOID = 2
_GLM_5_2 = 1 << 20
"""From this context on, llama.cpp takes a file that names no indexers for a GLM-5.2."""


def export(
    weights: Mapping[str, Tensor], config: Config, path: Path, tokenizer: Mapping[str, Any]
) -> None:
    """Writes `weights` (a model's state dict) to `path`.

    `tokenizer` is the metadata of a GGUF with as many tokens, of which the `tokenizer.` keys are
    copied. Raises WeightsError with every reason why llama.cpp could not run it.
    """
    if reasons := _reasons(config, tokenizer):
        raise WeightsError(f"llama.cpp cannot run this model: {'; '.join(reasons)}.")
    writer = GGUFWriter(path, "glm-dsa")
    for key, value in _shape(config).items():
        _put(writer, f"glm-dsa.{key}", value)
    for key, value in tokenizer.items():
        if key.startswith("tokenizer."):
            _put(writer, key, value)
    for name, tensor in _tensors(weights, config):
        writer.add_tensor(name, tensor.float().contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _reasons(config: Config, tokenizer: Mapping[str, Any]) -> list[str]:
    words = len(tokenizer.get("tokenizer.ggml.tokens", ()))
    wrong = {
        "rope_tile has to be 1": config.rope_tile != 1,
        "rope_interleave has to be true": not config.rope_interleave,
        "indexer_rope_interleave has to be true": not config.indexer_rope_interleave,
        "index_rope_dim has to be qk_rope_head_dim": config.index_rope_dim
        != config.qk_rope_head_dim,
        "index_head_dim has to be 64 or 128": config.index_head_dim not in (64, 128),
        "latent_norm_eps has to be rms_norm_eps": config.latent_norm_eps != config.rms_norm_eps,
        "qk_nope_head_dim has to be 1 or more": not config.qk_nope_head_dim,
        "it needs routed and shared experts": not config.n_routed_experts
        or not config.n_shared_experts,
        f"the tokenizer has {words} tokens, not {config.vocab_size}": words != config.vocab_size,
    }
    return [reason for reason, is_so in wrong.items() if is_so]


def _shape(config: Config) -> dict[str, Any]:
    """Keys under `glm-dsa.`. Attention is told as llama.cpp runs it, one latent for all heads."""
    fields: dict[str, Any] = {
        "vocab_size": config.vocab_size,
        "context_length": config.max_position_embeddings,
        "embedding_length": config.hidden_size,
        "block_count": config.num_hidden_layers + config.num_nextn_predict_layers,
        "feed_forward_length": config.intermediate_size,
        "leading_dense_block_count": config.first_k_dense_replace,
        "rope.freq_base": config.rope_theta,
        "rope.dimension_count": config.qk_rope_head_dim,
        "attention.head_count": config.num_attention_heads,
        "attention.head_count_kv": 1,
        "attention.layer_norm_rms_epsilon": config.rms_norm_eps,
        "attention.layer_norm_epsilon": 1e-6,  # of the index keys' LayerNorm
        "attention.q_lora_rank": config.q_lora_rank,
        "attention.kv_lora_rank": config.kv_lora_rank,
        "attention.key_length": config.latent_width,
        "attention.value_length": config.kv_lora_rank,
        "attention.key_length_mla": config.qk_head_dim,
        "attention.value_length_mla": config.v_head_dim,
        "attention.indexer.head_count": config.index_n_heads,
        "attention.indexer.key_length": config.index_head_dim,
        "attention.indexer.top_k": config.index_topk,
        **_experts(config),
    }
    if not all(config.indexer_types) or config.max_position_embeddings >= _GLM_5_2:
        fields["attention.indexer.types"] = [int(full) for full in config.indexer_types]
    if config.num_nextn_predict_layers:
        fields["nextn_predict_layers"] = config.num_nextn_predict_layers
    return fields


def _experts(config: Config) -> dict[str, Any]:
    return {
        "expert_count": config.n_routed_experts,
        "expert_used_count": config.num_experts_per_tok,
        "expert_shared_count": config.n_shared_experts,
        "expert_feed_forward_length": config.moe_intermediate_size,
        "expert_gating_func": _SIGMOID,
        "expert_group_count": config.n_group,
        "expert_group_used_count": config.topk_group,
        "expert_weights_scale": config.routed_scaling_factor,
        "expert_weights_norm": config.norm_topk_prob,
    }


def _put(writer: GGUFWriter, key: str, value: Any) -> None:
    adders: dict[type, Callable[[str, Any], None]] = {
        bool: writer.add_bool,
        int: writer.add_uint32,
        float: writer.add_float32,
        str: writer.add_string,
        list: writer.add_array,
    }
    adders[type(value)](key, value)


def _tensors(weights: Mapping[str, Tensor], config: Config) -> Iterator[tuple[str, Tensor]]:
    for name, tensor in weights.items():
        if name in OUTER:
            yield OUTER[name], tensor
            continue
        layer = layer_of(name)
        tail = name.removeprefix(f"model.layers.{layer}.")
        for theirs, part in _parts(tail, tensor, config):
            yield f"blk.{layer}.{theirs}", part


def _parts(tail: str, tensor: Tensor, config: Config) -> Iterator[tuple[str, Tensor]]:
    if tail == "self_attn.kv_b_proj.weight":
        heads = tensor.view(config.num_attention_heads, -1, config.kv_lora_rank)
        keys, values = heads.split([config.qk_nope_head_dim, config.v_head_dim], dim=1)
        yield "attn_k_b.weight", keys.mT
        yield "attn_v_b.weight", values
    elif tail == "mlp.experts.gate_up_proj":
        gate, up = tensor.chunk(2, dim=1)
        yield "ffn_gate_exps.weight", gate
        yield "ffn_up_exps.weight", up
    else:
        yield GLM_DSA[tail], tensor
