"""The model: embedding, blocks, norm, head, and the MTP block that drafts a token ahead.

Modules carry the names of the published checkpoints, so that a state dict loads by name; the MTP
block is `model.layers.<num_hidden_layers>`, as there.
"""

from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from darkhorse_engine.attention import Attention, Picks
from darkhorse_engine.cache import Step
from darkhorse_engine.config import Config
from darkhorse_engine.experts import MoE
from darkhorse_engine.layers import Embedding, Linear, Norm, SwiGLU, frequencies, turns

__all__ = ["Block", "Model", "MtpBlock", "is_float32"]


def is_float32(name: str) -> bool:
    """Is a weight of this name float32 whatever the model is in? What chooses tokens or experts is.

    So are they in checkpoints, or computed with; in bfloat16 they choose others.
    """
    return ".weights_proj." in name or ".gate." in name


class Block(nn.Module):
    """x += attention(norm(x)); x += mlp(norm(x))."""

    def __init__(self, config: Config, layer: int) -> None:
        super().__init__()
        self.input_layernorm = Norm(config.hidden_size, config.rms_norm_eps)
        self.self_attn = Attention(config, layer)
        self.post_attention_layernorm = Norm(config.hidden_size, config.rms_norm_eps)
        dense = config.is_dense(layer)
        self.mlp = SwiGLU(config.hidden_size, config.intermediate_size) if dense else MoE(config)

    def forward(
        self, x: Tensor, turns: Tensor, step: Step, picks: Picks | None
    ) -> tuple[Tensor, Picks]:
        attended, picks = self.self_attn(self.input_layernorm(x), turns, step, picks)
        x = x + attended
        return x + self.mlp(self.post_attention_layernorm(x)), picks


class _SharedHead(nn.Module):
    """Its norm. The head itself is the model's own; checkpoints carry a copy."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.norm = Norm(config.hidden_size, config.rms_norm_eps)


class MtpBlock(Block):
    """Multi-token prediction: from a token's hidden state and the next token, the one after it."""

    def __init__(self, config: Config) -> None:
        super().__init__(config, config.num_hidden_layers)
        self.enorm = Norm(config.hidden_size, config.rms_norm_eps)
        self.hnorm = Norm(config.hidden_size, config.rms_norm_eps)
        self.eh_proj = Linear(2 * config.hidden_size, config.hidden_size)
        self.shared_head = _SharedHead(config)

    def draft(self, embedded: Tensor, hidden: Tensor, turns: Tensor, step: Step) -> Tensor:
        """Hidden states (tokens, hidden) behind the shared head's norm.

        That, not what goes into the norm, is what the next draft step is given as `hidden` (GLM's
        way; DeepSeek carries the raw state): the other way round, second drafts are rarely right.
        """
        joined = torch.cat([self.enorm(embedded), self.hnorm(hidden)], dim=-1)
        x, _ = self(self.eh_proj(joined), turns, step, None)
        normed: Tensor = self.shared_head.norm(x)
        return normed


class _Backbone(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.embed_tokens = Embedding(config.vocab_size, config.hidden_size)
        blocks: list[Block] = [Block(config, layer) for layer in range(config.num_hidden_layers)]
        blocks += [MtpBlock(config)] * config.num_nextn_predict_layers
        self.layers = nn.ModuleList(blocks)
        self.norm = Norm(config.hidden_size, config.rms_norm_eps)


class Model(nn.Module):
    """`GlmMoeDsaForCausalLM`. A new one's weights are as memory was: fill them, or use `random`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.model = _Backbone(config)
        self.lm_head = (
            None if config.tie_word_embeddings else Linear(config.hidden_size, config.vocab_size)
        )
        self._frequencies = frequencies(config)

    @classmethod
    def empty(cls, config: Config) -> Self:
        """Without memory for its weights."""
        with torch.device("meta"):
            return cls(config)

    @classmethod
    def random(cls, config: Config, seed: int, *, std: float = 0.06) -> Self:
        """Float32 weights from a seed: for tests, and for speed of a shape without weights."""
        model = cls(config)
        source = torch.Generator().manual_seed(seed)
        for name, weight in model.state_dict().items():
            if name.endswith("norm.weight"):
                weight.normal_(1.0, 0.1, generator=source)
            elif name.endswith("embed_tokens.weight"):
                weight.normal_(0.0, 1.0, generator=source)
            else:
                weight.normal_(0.0, std, generator=source)
        return model

    @property
    def mtp(self) -> MtpBlock | None:
        last = self.model.layers[-1]
        return last if isinstance(last, MtpBlock) else None

    @property
    def dtype(self) -> torch.dtype:
        """Of hidden states."""
        return self.model.embed_tokens.weight.dtype

    @torch.inference_mode()
    def forward(self, tokens: Tensor, step: Step) -> Tensor:
        """Hidden states (tokens, hidden) behind the last norm, of token ids (tokens,)."""
        x = self.model.embed_tokens(tokens)
        by = turns(step.positions, self._frequencies)
        picks: Picks | None = None
        for block in self.model.layers[: self.config.num_hidden_layers]:
            x, picks = block(x, by, step, picks)
        hidden: Tensor = self.model.norm(x)
        return hidden

    @torch.inference_mode()
    def draft(self, following: Tensor, hidden: Tensor, step: Step) -> Tensor:
        """The MTP block: `following` are the tokens behind those that `hidden` belongs to."""
        assert self.mtp is not None, "a model without an MTP block drafts nothing"
        embedded = self.model.embed_tokens(following)
        by = turns(step.positions, self._frequencies)
        return self.mtp.draft(embedded, hidden, by, step)

    @torch.inference_mode()
    def logits(self, hidden: Tensor) -> Tensor:
        """(rows, vocabulary), float32."""
        if self.lm_head is None:
            return F.linear(hidden, self.model.embed_tokens.weight).float()
        scores: Tensor = self.lm_head(hidden)
        return scores.float()
