"""Projections in 8 or 4 bits, through operations that torch itself has for a CPU.

A token that is decoded costs what it costs to read the weights, so fewer bits are more speed. A
prompt's many rows are another matter: beyond a few of them a bfloat16 matrix product is quicker by
far, so each projection keeps, beside its packed weight, the same values in bfloat16 (`lean` leaves
them out: less memory, slow prompts).

- 8 bits: one scale a row, symmetric.
- 4 bits: a scale and a zero for each 32 weights of a row, w = (code - 8) * scale + zero.

What stays as it was: norms, gates and `weights_proj` (they choose), `kv_b_proj` but where it makes
one token's values, shapes the operations refuse. Small but touchy parts have 8 bits at least:
indexers, what goes into the cache and comes out of it, the head.
Both operations are private to torch, hence the pin in pyproject.toml.
"""

from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from darkhorse_engine.attention import LatentHeads
from darkhorse_engine.experts import Experts
from darkhorse_engine.layers import Linear, SwiGLU
from darkhorse_engine.model import Model, is_float32

__all__ = ["TILE", "Bits", "Packed", "quantize"]

Bits = Literal[4, 8]

_GROUP = 32
"""Weights that share a scale at 4 bits; and what a row has to be a multiple of at 8, too."""

TILE = 16
"""The packed operations write so many outputs at a time."""

_FEW_ROWS = 6
"""So many rows at most go through the packed weight (measured: even at about 7)."""

_KEPT = "weights_proj"
_FINE = ("indexer", "kv_a_proj_with_mqa", "kv_b_proj", "lm_head")


def quantize(model: Model, bits: Bits, *, lean: bool = False) -> tuple[str, ...]:
    """Pack the model's projections in place; its other weights become bfloat16 but for float32's.

    One projection at a time, so that the peak is what the model takes and one projection more. The
    model is for running from then on, not for saving. Returns the names of what did not fit.
    """
    if model.lm_head is None and _fits(model.model.embed_tokens.weight):
        model.lm_head = _head(model.model.embed_tokens.weight)
    left = tuple(_pack_within(model, "", bits, lean=lean))
    for name, weight in model.named_parameters():
        if not is_float32(name):
            weight.data = weight.data.to(torch.bfloat16)
    return left


def _head(embedding: Tensor) -> Linear:
    """A tied head as a projection of its own: it is packed, the embedding looked up as it is."""
    head = Linear(0, 0)
    head.weight = nn.Parameter(embedding, requires_grad=False)
    return head


def _fits(weight: Tensor) -> bool:
    out, width = weight.shape[-2:]
    return out % TILE == 0 and width % _GROUP == 0


def _pack_within(parent: nn.Module, path: str, bits: Bits, *, lean: bool) -> Iterator[str]:
    for name, child in list(parent.named_children()):
        here = f"{path}{name}"
        if name == _KEPT:
            continue
        least: Bits = 8 if name in _FINE else bits
        # Rows of logits are few, so that the head never needs the second copy.
        packed = _packed(child, least, lean=lean or name == "lm_head")
        if packed is not None:
            setattr(parent, name, packed)
        elif isinstance(child, Linear | Experts):
            yield here
        else:
            yield from _pack_within(child, f"{here}.", least, lean=lean)


def _packed(module: nn.Module, bits: Bits, *, lean: bool) -> nn.Module | None:
    """The same module packed, or None for one that does not fit or is no projection."""
    if isinstance(module, SwiGLU) and all(_fits(w) for w in module.parameters()):
        gate_up = torch.cat([module.gate_proj.weight, module.up_proj.weight])
        return _PackedSwiGLU(gate_up, module.down_proj.weight, bits, lean=lean)
    if isinstance(module, Experts) and all(_fits(w) for w in module.parameters()):
        return _PackedExperts(module, bits, lean=lean)
    if isinstance(module, LatentHeads):
        return _PackedHeads(module, bits) if _fits(module.values) else None
    if isinstance(module, Linear) and _fits(module.weight):
        return Packed(module.weight, bits, lean=lean)
    return None


class Packed(nn.Module):
    """A projection (rows, in) to (rows, out), bfloat16, of a weight (out, in) in fewer bits."""

    def __init__(self, weight: Tensor, bits: Bits, *, lean: bool) -> None:
        super().__init__()
        codes, scales = (_in_4_bits if bits == 4 else _in_8_bits)(weight.float())
        self.bits = bits
        self.codes = codes if bits == 8 else _convert(codes, _LAYOUT)
        self.scales = scales
        self.dense = None if lean else _values(codes, scales).to(torch.bfloat16)

    def forward(self, x: Tensor) -> Tensor:
        if self.dense is not None and len(x) > _FEW_ROWS:
            return F.linear(x, self.dense)
        x = x.contiguous()
        if self.bits == 4:
            out: Tensor = _int4_mm(x, self.codes, _GROUP, self.scales)
            return out
        return torch._weight_int8pack_mm(x, self.codes, self.scales)  # noqa: SLF001


class _PackedSwiGLU(nn.Module):
    """Gate and up in one projection: one pass over the input, one call."""

    def __init__(self, gate_up: Tensor, down: Tensor, bits: Bits, *, lean: bool) -> None:
        super().__init__()
        self.gate_up_proj = Packed(gate_up, bits, lean=lean)
        self.down_proj = Packed(down, bits, lean=lean)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = self.gate_up_proj(x).chunk(2, dim=-1)
        down: Tensor = self.down_proj(F.silu(gate).mul_(up))
        return down


class _PackedExperts(Experts):
    """Each expert a SwiGLU of its own; which of them run is `Experts`' to say."""

    def __init__(self, plain: Experts, bits: Bits, *, lean: bool) -> None:
        nn.Module.__init__(self)
        weights = zip(plain.gate_up_proj, plain.down_proj, strict=True)
        self.each = nn.ModuleList(_PackedSwiGLU(*both, bits, lean=lean) for both in weights)

    def one(self, expert: int, x: Tensor) -> Tensor:
        made: Tensor = self.each[expert](x)
        return made


class _PackedHeads(LatentHeads):
    """`bring_out`, the part that each token needs, head by head; the others in bfloat16.

    Neighbouring heads with the same values, as a lift of grouped queries has, go together.
    """

    def __init__(self, plain: LatentHeads, bits: Bits) -> None:
        nn.Module.__init__(self)
        self.parts, self.weight = plain.parts, plain.weight
        distinct, counts = plain.values.unique_consecutive(dim=0, return_counts=True)
        self.together = counts.tolist()
        self.packed = nn.ModuleList(Packed(values, bits, lean=True) for values in distinct)

    def bring_out(self, attended: Tensor) -> Tensor:
        if len(attended) > _FEW_ROWS:
            return super().bring_out(attended)
        shape = (len(attended), -1, self.parts[1])
        kinds = zip(self.packed, attended.split(self.together, dim=1), strict=True)
        values = [packed(heads.flatten(0, 1)).view(shape) for packed, heads in kinds]
        return torch.cat(values, dim=1)


_convert = torch.ops.aten._convert_weight_to_int4pack_for_cpu  # noqa: SLF001
_int4_mm = torch.ops.aten._weight_int4pack_mm_for_cpu  # noqa: SLF001
_LAYOUT = 1
"""`innerKTiles`, which a CPU does not read."""


def _in_8_bits(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Codes (out, in) int8 and scales (out,) bfloat16."""
    scales = (weight.abs().amax(-1) / 127).clamp_min(1e-12).to(torch.bfloat16)
    codes = (weight / scales.float()[:, None]).round().clamp(-127, 127)
    return codes.to(torch.int8), scales


def _in_4_bits(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Codes (out, in) int32 from 0 to 15, and (in / 32, out, 2) bfloat16: scales and zeros."""
    groups = weight.view(len(weight), -1, _GROUP)
    low, high = groups.aminmax(dim=-1)
    scale = ((high - low) / 15).clamp_min(1e-12).to(torch.bfloat16)
    zero = (low + 8 * scale.float()).to(torch.bfloat16)
    steps = (groups - zero.float()[..., None]) / scale.float()[..., None]
    codes = (steps.round() + 8).clamp(0, 15).to(torch.int32).view_as(weight)
    return codes, torch.stack([scale, zero], dim=-1).transpose(0, 1).contiguous()


def _values(codes: Tensor, scales: Tensor) -> Tensor:
    """What the codes stand for: (out, in), float32."""
    if scales.dim() == 1:
        return codes.float() * scales.float()[:, None]
    scale, zero = scales.float().transpose(0, 1)[..., None, :].unbind(-1)
    groups = codes.view(len(codes), -1, _GROUP).float()
    return ((groups - 8) * scale + zero).view_as(codes)
