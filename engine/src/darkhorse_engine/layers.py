"""The small parts that every block is made of: norms, projections, SwiGLU, rotary positions."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from darkhorse_engine.config import Config

__all__ = ["Embedding", "Linear", "Norm", "SwiGLU", "frequencies", "rotate", "turns"]


class Linear(nn.Module):
    """A projection without bias; `weight` is (out, in), as checkpoints have it."""

    def __init__(self, width_in: int, width_out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width_out, width_in), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight)


class Embedding(nn.Module):
    """Token ids (tokens,) to (tokens, width)."""

    def __init__(self, tokens: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(tokens, width), requires_grad=False)

    def forward(self, tokens: Tensor) -> Tensor:
        return F.embedding(tokens, self.weight)


class Norm(nn.Module):
    """RMSNorm. Root mean square in float32, whatever comes in."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width), requires_grad=False)
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight, self.eps)


class SwiGLU(nn.Module):
    """down(silu(gate(x)) * up(x))."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.gate_proj = Linear(width, inner)
        self.up_proj = Linear(width, inner)
        self.down_proj = Linear(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        gated: Tensor = F.silu(self.gate_proj(x)) * self.up_proj(x)
        down: Tensor = self.down_proj(gated)
        return down


def frequencies(config: Config) -> Tensor:
    """Inverse frequencies, (qk_rope_head_dim / 2,), float32: one for each pair that is rotated."""
    width = config.qk_rope_head_dim // config.rope_tile
    exponents = torch.arange(0, width, 2, dtype=torch.float32, device="cpu") / width
    return (1.0 / config.rope_theta**exponents).repeat(config.rope_tile)


def turns(positions: Tensor, inverse: Tensor) -> Tensor:
    """How far each pair of any head turns at each position: complex, (tokens, 1, pairs)."""
    angles = positions.float()[:, None, None] * inverse.to(positions.device)
    return torch.polar(torch.ones_like(angles), angles)


def rotate(x: Tensor, by: Tensor, *, interleaved: bool) -> Tensor:
    """RoPE on (tokens, heads, width); `by` is (tokens, 1, width / 2).

    Pairs are (0, 1), (2, 3), … where interleaved, else (0, width / 2), (1, width / 2 + 1), …; they
    stay where they are. (transformers moves interleaved ones apart, for queries and keys alike, so
    that products are the same.)
    """
    wide = x.float()
    pairs = wide.unflatten(-1, (-1, 2)) if interleaved else wide.unflatten(-1, (2, -1)).mT
    rotated = torch.view_as_real(torch.view_as_complex(pairs.contiguous()) * by)
    return (rotated if interleaved else rotated.mT).flatten(-2).type_as(x)
