import pytest
import torch

from darkhorse_engine.weights.errors import WeightsError
from darkhorse_engine.weights.fp8 import dequantise


@pytest.mark.parametrize("shape", [(128, 128), (300, 129), (2, 256, 130), (1, 1)])
def test_each_block_has_its_own_scale(shape: tuple[int, ...]) -> None:
    weight = torch.randn(shape).to(torch.float8_e4m3fn)
    *experts, rows, columns = shape
    scale = torch.rand(*experts, -(-rows // 128), -(-columns // 128)) + 0.5
    whole = dequantise(weight, scale)
    assert whole.dtype == torch.float32
    for row, column in {(0, 0), (rows - 1, columns - 1), (rows // 2, columns - 1)}:
        wanted = weight[..., row, column].float() * scale[..., row // 128, column // 128]
        assert torch.equal(whole[..., row, column], wanted)


def test_scales_of_another_shape_are_refused() -> None:
    weight = torch.zeros(256, 128).to(torch.float8_e4m3fn)
    with pytest.raises(WeightsError, match=r"needs scales of \(2, 1\)"):
        dequantise(weight, torch.ones(1, 2))
