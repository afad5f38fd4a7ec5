"""Mixture of experts: a sigmoid gate whose bias chooses but does not weigh, and its experts.

The gate is DeepSeek-V3's (arXiv 2412.19437, 2.1.2), "noaux_tc": experts are chosen by score and
correction bias, in the best groups, and weighed by their scores alone.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from darkhorse_engine.config import Config
from darkhorse_engine.layers import SwiGLU

__all__ = ["Experts", "Gate", "MoE"]


class Gate(nn.Module):
    """Which experts a token goes to, and with what weight. In float32 throughout."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        experts = config.n_routed_experts
        shape = (experts, config.hidden_size)
        self.weight = nn.Parameter(torch.empty(shape, dtype=torch.float32), requires_grad=False)
        self.e_score_correction_bias = nn.Parameter(
            torch.empty(experts, dtype=torch.float32), requires_grad=False
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Experts (tokens, per_token) and their weights, float32."""
        config = self.config
        scores = F.linear(x.float(), self.weight).sigmoid()
        choice = self._in_best_groups(scores + self.e_score_correction_bias)
        chosen = choice.topk(config.num_experts_per_tok, dim=-1, sorted=False).indices
        weights = scores.gather(1, chosen)
        if config.norm_topk_prob:
            weights = weights / (weights.sum(-1, keepdim=True) + 1e-20)
        return chosen, weights * config.routed_scaling_factor

    def _in_best_groups(self, choice: Tensor) -> Tensor:
        """A group counts as its two best experts together; those of other groups are out."""
        config = self.config
        if config.n_group == 1:
            return choice
        groups = choice.view(len(choice), config.n_group, -1)
        best = groups.topk(2, dim=-1).values.sum(-1).topk(config.topk_group, dim=-1).indices
        is_out = torch.ones_like(groups[..., 0], dtype=torch.bool).scatter(1, best, value=False)
        return groups.masked_fill(is_out[..., None], -torch.inf).flatten(1)


class Experts(nn.Module):
    """All experts' weights in two tensors, gate before up, as transformers packs them."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        experts, inner = config.n_routed_experts, config.moe_intermediate_size
        width = config.hidden_size
        self.gate_up_proj = nn.Parameter(
            torch.empty(experts, 2 * inner, width), requires_grad=False
        )
        self.down_proj = nn.Parameter(torch.empty(experts, width, inner), requires_grad=False)

    def forward(self, x: Tensor, chosen: Tensor, weights: Tensor) -> Tensor:
        """`x` (tokens, hidden); `chosen` and `weights` (tokens, per_token)."""
        out = torch.zeros_like(x, dtype=torch.float32)
        for expert in chosen.unique().tolist():
            tokens, place = (chosen == expert).nonzero(as_tuple=True)
            share = weights[tokens, place, None]
            out.index_add_(0, tokens, self.one(expert, x[tokens]).float() * share)
        return out.type_as(x)

    def one(self, expert: int, x: Tensor) -> Tensor:
        """What one expert makes of its tokens."""
        gate, up = F.linear(x, self.gate_up_proj[expert]).chunk(2, dim=-1)
        return F.linear(F.silu(gate) * up, self.down_proj[expert])


class MoE(nn.Module):
    """Routed experts, and those that see every token."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.gate = Gate(config)
        self.experts = Experts(config)
        shared = config.n_shared_experts * config.moe_intermediate_size
        self.shared_experts = SwiGLU(config.hidden_size, shared) if shared else None

    def forward(self, x: Tensor) -> Tensor:
        routed: Tensor = self.experts(x, *self.gate(x))
        return routed if self.shared_experts is None else routed + self.shared_experts(x)
