"""transformers' own model with our weights: the first oracle."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import GlmMoeDsaConfig, GlmMoeDsaForCausalLM

from darkhorse_engine.config import Config
from darkhorse_engine.model import Model

__all__ = ["Original", "Scores"]


@dataclass
class Scores:
    """What an indexer of the original said: its picks, and the scores by its own formula."""

    picks: Tensor
    """(queries, topk)"""
    scores: Tensor
    """(queries, tokens), without the causal mask"""


@dataclass
class Original:
    """The original, run on the same tokens."""

    model: GlmMoeDsaForCausalLM
    heard: dict[int, Scores] = field(default_factory=dict)

    @classmethod
    def of(cls, ours: Model) -> "Original":
        config = ours.config
        known = {k: v for k, v in config.to_hf().items() if k != "model_type"}
        theirs = GlmMoeDsaConfig(**known)
        theirs._attn_implementation = "eager"
        theirs._experts_implementation = "eager"
        model = GlmMoeDsaForCausalLM(theirs).eval()
        mtp = f"model.layers.{config.num_hidden_layers}."
        weights = {k: v for k, v in ours.state_dict().items() if not k.startswith(mtp)}
        missing = set(model.load_state_dict(weights, strict=False).missing_keys)
        assert missing <= {"lm_head.weight"}
        original = cls(model)
        original._listen(config)
        return original

    def _listen(self, config: Config) -> None:
        for number, block in enumerate(self.model.model.layers):
            if config.indexer_types[number]:
                block.self_attn.indexer.register_forward_hook(self._hear(number), with_kwargs=True)

    def _hear(self, number: int) -> Any:
        def hear(indexer: Any, given: tuple[Any, ...], _: dict[str, Any], picks: Tensor) -> None:
            self.heard[number] = Scores(picks[0].long(), _scores(indexer, *given[:3]))

        return hear

    def logits(self, tokens: Tensor) -> Tensor:
        """(tokens, vocabulary)"""
        with torch.no_grad():
            return self.model(tokens[None]).logits[0]


def _scores(indexer: Any, hidden: Tensor, latent: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """The published formula, in double precision."""
    heads, width = indexer.n_heads, indexer.head_dim
    queries = indexer.wq_b(latent)[0].view(-1, heads, width).double()
    keys = indexer.k_norm(indexer.wk(hidden))[0].double()
    cos, sin = (turn[0, :, : turn.shape[-1] // 2].double() for turn in turns)

    def rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        rope = x[..., : 2 * cos.shape[-1]]
        even, odd = rope[..., 0::2], rope[..., 1::2]
        whole = torch.cat([even * cos - odd * sin, odd * cos + even * sin], dim=-1)
        return torch.cat([whole, x[..., rope.shape[-1] :]], dim=-1)

    queries = rotated(queries, cos[:, None], sin[:, None])
    products = torch.einsum("thd,sd->ths", queries, rotated(keys, cos, sin)).relu()
    weights = indexer.weights_proj(hidden)[0].double() * (heads * width) ** -0.5
    return torch.einsum("ths,th->ts", products, weights)
