"""Projections that partly do nothing, made to skip that part: the same numbers for less work.

A lifted model has them: `q_a_proj` is the identity, so are the first rows of `kv_a_proj_with_mqa`,
and of `q_b_proj` two rows in three are zero. They are found by their values, wherever they are.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from darkhorse_engine.layers import Linear, Norm
from darkhorse_engine.model import Model
from darkhorse_engine.quant import TILE

__all__ = ["simplify"]

_WORTH = 0.25
"""Of a projection's rows, so many have to be zero before spreading the others costs less."""


def simplify(model: Model) -> int:
    """Replace such parts in place, and say how many. Before `quantize`, if that too."""
    found = 0
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            simpler = _simpler(child)
            found += simpler is not None
            setattr(parent, name, simpler or child)
    return found


def _simpler(module: nn.Module) -> nn.Module | None:
    if isinstance(module, Norm):
        return _OneNorm(module)
    if type(module) is not Linear:
        return None
    weight = module.weight
    out, width = weight.shape
    if out >= width and torch.equal(weight[:width], torch.eye(width, dtype=weight.dtype)):
        return _Onward(weight[width:])
    rows = _rows(weight)
    return _SomeRows(weight, rows) if len(rows) <= (1 - _WORTH) * out else None


def _rows(weight: Tensor) -> Tensor:
    """Rows to keep: those that are not zero, and so many others that `quantize` can pack them."""
    first = weight.any(dim=1).sort(descending=True, stable=True)
    kept = -(-int(first.values.sum()) // TILE) * TILE
    return first.indices[:kept].sort().values


class _OneNorm(nn.Module):
    """RMSNorm in one operation where torch's takes ten, which is what it costs at a row or two.

    (x, -x) has mean 0 and the root mean square of x, so that its LayerNorm is what is wanted.
    """

    def __init__(self, norm: Norm) -> None:
        super().__init__()
        self.width, self.eps = len(norm.weight), norm.eps
        self.weight = nn.Parameter(norm.weight.repeat(2), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        both = torch.cat([x, -x], dim=-1)
        normed = F.layer_norm(both, self.weight.shape, self.weight, None, self.eps)
        return normed[..., : self.width]


def _linear(weight: Tensor) -> Linear:
    linear = Linear(0, 0)
    linear.weight = nn.Parameter(weight.clone(), requires_grad=False)
    return linear


class _Onward(nn.Module):
    """x, and behind it what the rows after the identity make of it."""

    def __init__(self, rest: Tensor) -> None:
        super().__init__()
        self.rest = _linear(rest) if len(rest) else None

    def forward(self, x: Tensor) -> Tensor:
        return x if self.rest is None else torch.cat([x, self.rest(x)], dim=-1)


class _SomeRows(nn.Module):
    """The outputs of some rows in their places, zeros in the others."""

    rows: Tensor

    def __init__(self, weight: Tensor, rows: Tensor) -> None:
        super().__init__()
        self.width = len(weight)
        self.some = _linear(weight[rows])
        self.register_buffer("rows", rows, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        some: Tensor = self.some(x)
        return some.new_zeros(len(x), self.width).index_copy_(1, self.rows, some)
