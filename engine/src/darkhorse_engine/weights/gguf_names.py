"""What llama.cpp calls the tensors of `glm-dsa` and `llama`, beside Hugging Face's names.

Two tensors of ours are two of theirs (`kv_b_proj`, `experts.gate_up_proj`); `from_gguf` joins and
`export_gguf` splits them. Read in ggml-org/llama.cpp, gguf-py/gguf/constants.py.
"""

import re
from collections.abc import Mapping

__all__ = ["GLM_DSA", "LLAMA", "OUTER", "in_hf"]

_NORMS = {
    "input_layernorm.weight": "attn_norm.weight",
    "post_attention_layernorm.weight": "ffn_norm.weight",
    "self_attn.o_proj.weight": "attn_output.weight",
}
_MLP = {f"mlp.{part}_proj.weight": f"ffn_{part}.weight" for part in ("gate", "up", "down")}

LLAMA = {
    **_NORMS,
    **_MLP,
    **{f"self_attn.{part}_proj.weight": f"attn_{part}.weight" for part in ("q", "k", "v")},
}
"""Of one layer: the end of the name there by the end of the name here."""

GLM_DSA = {
    **_NORMS,
    **_MLP,
    "self_attn.q_a_proj.weight": "attn_q_a.weight",
    "self_attn.q_a_layernorm.weight": "attn_q_a_norm.weight",
    "self_attn.q_b_proj.weight": "attn_q_b.weight",
    "self_attn.kv_a_proj_with_mqa.weight": "attn_kv_a_mqa.weight",
    "self_attn.kv_a_layernorm.weight": "attn_kv_a_norm.weight",
    "self_attn.indexer.wq_b.weight": "indexer.attn_q_b.weight",
    "self_attn.indexer.wk.weight": "indexer.attn_k.weight",
    "self_attn.indexer.k_norm.weight": "indexer.k_norm.weight",
    "self_attn.indexer.k_norm.bias": "indexer.k_norm.bias",
    "self_attn.indexer.weights_proj.weight": "indexer.proj.weight",
    "mlp.gate.weight": "ffn_gate_inp.weight",
    "mlp.gate.e_score_correction_bias": "exp_probs_b.bias",
    "mlp.experts.down_proj": "ffn_down_exps.weight",
    **{
        f"mlp.shared_experts.{part}_proj.weight": f"ffn_{part}_shexp.weight"
        for part in ("gate", "up", "down")
    },
    "enorm.weight": "nextn.enorm.weight",
    "hnorm.weight": "nextn.hnorm.weight",
    "eh_proj.weight": "nextn.eh_proj.weight",
    "embed_tokens.weight": "nextn.embed_tokens.weight",
    "shared_head.norm.weight": "nextn.shared_head_norm.weight",
    "shared_head.head.weight": "nextn.shared_head_head.weight",
}

OUTER = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}

_BLOCK = re.compile(r"blk\.(\d+)\.(.*)")


def in_hf(name: str, layer: Mapping[str, str]) -> str | None:
    """Hugging Face's name of a GGUF's tensor, by `layer`, one of the tables above."""
    if found := _BLOCK.fullmatch(name):
        tails = {theirs: ours for ours, theirs in layer.items()}
        tail = tails.get(found[2])
        return tail and f"model.layers.{found[1]}.{tail}"
    return {theirs: ours for ours, theirs in OUTER.items()}.get(name)
