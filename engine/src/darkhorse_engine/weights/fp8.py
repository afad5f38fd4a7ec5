"""Weights in 8-bit floats, a scale for each block of 128 x 128, as DeepSeek and GLM ship them.

A weight `X.weight` (float8_e4m3fn) comes with `X.weight_scale_inv`, by which each block is
multiplied; despite the name it is the scale itself (deepseek-ai/DeepSeek-V3, README_WEIGHTS.md).
"""

import torch
from torch import Tensor

from darkhorse_engine.weights.errors import WeightsError

__all__ = ["SCALE_SUFFIX", "dequantise", "is_fp8"]

SCALE_SUFFIX = "_scale_inv"

_BLOCK = 128
_FP8 = (torch.float8_e4m3fn, torch.float8_e5m2)


def is_fp8(dtype: torch.dtype) -> bool:
    return dtype in _FP8


def dequantise(weight: Tensor, scale: Tensor) -> Tensor:
    """float32 (…, rows, columns) from fp8 of that shape and a scale a block, rounded up.

    Raises WeightsError where `scale` is not (…, rows / 128, columns / 128).
    """
    rows, columns = weight.shape[-2:]
    blocks = (*weight.shape[:-2], -(-rows // _BLOCK), -(-columns // _BLOCK))
    if tuple(scale.shape) != blocks:
        raise WeightsError(
            f"an fp8 weight of {tuple(weight.shape)} needs scales of {blocks}, one for each block "
            f"of {_BLOCK} x {_BLOCK}; these are {tuple(scale.shape)}."
        )
    whole = weight.float()
    down = scale.float().repeat_interleave(_BLOCK, -2)[..., :rows, :]
    for start in range(0, columns, _BLOCK):  # no second tensor of the whole size
        whole[..., start : start + _BLOCK] *= down[..., start // _BLOCK, None]
    return whole
