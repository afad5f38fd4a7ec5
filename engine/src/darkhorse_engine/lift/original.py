"""The original, computed as a Llama is: to compare with, and to see where it attends.

Shares no code with the engine but for RoPE and the reading of files.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from darkhorse_engine.layers import rotate, turns
from darkhorse_engine.lift.source import Llama
from darkhorse_engine.weights.from_gguf import llama_tensors
from darkhorse_engine.weights.gguf_file import GgufFile

__all__ = ["Original", "Watch"]

Watch = Callable[[int, Tensor, Tensor], None]
"""Called with a layer's number, its rotated queries (heads, tokens, head), and keys alike."""


class Original:
    """Float32, without a cache."""

    def __init__(self, file: GgufFile) -> None:
        self.shape = Llama.of(file)
        self._weights = dict(llama_tensors(file, interleaved=True))

    @torch.inference_mode()
    def hidden(self, tokens: Tensor, watch: Watch | None = None) -> Tensor:
        """(tokens, hidden) behind the last norm, of ids (tokens,)."""
        shape = self.shape
        by = turns(torch.arange(len(tokens)), shape.frequencies)
        x = self._weights["model.embed_tokens.weight"][tokens]
        for layer in range(shape.layers):
            x = x + self._attention(layer, x, by, watch)
            x = x + self._mlp(layer, x)
        return self._norm("model.norm", x)

    def logits(self, hidden: Tensor) -> Tensor:
        """(rows, vocabulary)"""
        head = "model.embed_tokens" if self.shape.is_tied else "lm_head"
        return self._linear(head, hidden)

    def _attention(self, layer: int, x: Tensor, by: Tensor, watch: Watch | None) -> Tensor:
        at = f"model.layers.{layer}"
        h = self._norm(f"{at}.input_layernorm", x)
        q, k, v = (
            self._linear(f"{at}.self_attn.{part}_proj", h).unflatten(1, (-1, self.shape.head))
            for part in ("q", "k", "v")
        )
        q, k = (rotate(part, by, interleaved=True).transpose(0, 1) for part in (q, k))
        if watch:
            watch(layer, q, k)
        out = F.scaled_dot_product_attention(
            q[None], k[None], v.transpose(0, 1)[None], is_causal=True, enable_gqa=True
        )
        return self._linear(f"{at}.self_attn.o_proj", out[0].transpose(0, 1).flatten(1))

    def _mlp(self, layer: int, x: Tensor) -> Tensor:
        at = f"model.layers.{layer}"
        h = self._norm(f"{at}.post_attention_layernorm", x)
        gate, up = (self._linear(f"{at}.mlp.{part}_proj", h) for part in ("gate", "up"))
        return self._linear(f"{at}.mlp.down_proj", F.silu(gate) * up)

    def _norm(self, name: str, x: Tensor) -> Tensor:
        weight = self._weights[f"{name}.weight"]
        return F.rms_norm(x, weight.shape, weight, self.shape.eps)

    def _linear(self, name: str, x: Tensor) -> Tensor:
        return F.linear(x, self._weights[f"{name}.weight"])
