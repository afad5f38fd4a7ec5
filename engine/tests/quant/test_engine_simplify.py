"""Skipping what does nothing changes no number, and nothing else is skipped."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from darkhorse_engine.layers import Linear, Norm
from darkhorse_engine.model import Model
from darkhorse_engine.simplify import simplify
from quant.quant_models import SQUARE, TINY, read

TOKENS = torch.arange(90) * 5
SIZES = [60, 1, 1, 28]


def kinds(model):
    """Class names of the first layer's projections."""
    attention = model.model.layers[0].self_attn
    parts = {name: type(part).__name__ for name, part in attention.named_children()}
    return [
        parts[name]
        for name in ("q_a_proj", "q_b_proj", "kv_a_proj_with_mqa", "o_proj", "kv_b_proj")
    ]


def like_a_lift():
    model = Model.random(SQUARE, 1)
    attention = model.model.layers[0].self_attn
    attention.q_a_proj.weight.copy_(torch.eye(64))
    attention.kv_a_proj_with_mqa.weight[:64] = torch.eye(64)
    attention.q_b_proj.weight[torch.arange(len(attention.q_b_proj.weight)) % 3 > 0] = 0
    attention.kv_b_proj.weight[:64] = 0
    return model


def test_identities_and_zero_rows_are_skipped_with_the_same_numbers():
    model = like_a_lift()
    want = read(model, TOKENS, SIZES)
    simplify(model)
    assert kinds(model) == ["_Onward", "_SomeRows", "_Onward", "Linear", "LatentHeads"]
    assert (read(model, TOKENS, SIZES) - want).abs().max() <= 2e-6


def test_of_zero_rows_as_many_are_kept_as_fill_a_tile():
    model = like_a_lift()
    simplify(model)
    some = model.model.layers[0].self_attn.q_b_proj.some.weight
    assert len(some) % 16 == 0
    assert some.any(dim=1).sum() == 43  # a third of 128 rows, and none lost


@pytest.mark.parametrize("config", [TINY, SQUARE])
def test_of_a_model_like_any_other_only_norms_are_made_quicker(config):
    model = Model.random(config, 2)
    want = read(model, TOKENS, SIZES)
    norms = sum(isinstance(module, Norm) for module in model.modules())
    assert simplify(model) == norms
    assert (read(model, TOKENS, SIZES) - want).abs().max() <= 2e-6


def test_nearly_an_identity_is_none():
    for change in (lambda w: w.mul_(2), lambda w: w[3, 4].fill_(1e-3), lambda w: w[5, 5].zero_()):
        model = like_a_lift()
        change(model.model.layers[0].self_attn.q_a_proj.weight)
        simplify(model)
        assert kinds(model)[0] == "Linear"


def test_a_projection_of_zeros_alone_stays_one():
    model = like_a_lift()
    o_proj = model.model.layers[0].self_attn.o_proj
    o_proj.weight.zero_()
    simplify(model)
    now = model.model.layers[0].self_attn.o_proj
    assert not now(torch.ones(2, o_proj.weight.shape[1])).any()


@settings(max_examples=40)
@given(
    width=st.integers(2, 96),
    rows=st.integers(1, 5),
    size=st.sampled_from([1e-4, 1.0, 300.0]),
    eps=st.sampled_from([1e-6, 1e-5, 65535.0]),
    dtype=st.sampled_from([torch.float32, torch.bfloat16]),
)
def test_a_quick_norm_is_the_norm(width, rows, size, eps, dtype):
    holder = torch.nn.Module()
    holder.model = torch.nn.Module()
    holder.model.norm = Norm(width, eps)
    holder.model.norm.weight.data = torch.randn(width).to(dtype)
    weight = holder.model.norm.weight
    simplify(holder)
    x = (torch.randn(rows, width) * size + size).to(dtype)
    want = F.rms_norm(x.double(), (width,), weight.double(), eps)
    off = (holder.model.norm(x).double() - want).abs().max()
    assert off <= (2**-8 if dtype is torch.bfloat16 else 2e-6) * want.abs().max() + 1e-12


def test_embeddings_and_experts_are_left_alone():
    model = Model.random(TINY, 1)
    before = {name: type(module) for name, module in model.named_modules()}
    simplify(model)
    for name, module in model.named_modules():
        if before[name] is not Norm:
            assert type(module) is before[name]
    assert Linear in before.values()
