"""What is written, what is refused, and how the two are told apart."""

import re

import pytest
import torch

from darkhorse_engine.chat.chat import Chat
from darkhorse_engine.lift.check import check, compare
from darkhorse_engine.lift.lift import lift
from darkhorse_engine.lift.source import LiftError, wheel_gguf
from darkhorse_engine.weights.gguf_file import GgufFile
from darkhorse_engine.weights.safetensors_dir import SafetensorsDir, save
from lift.lift_models import llama_file


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return llama_file(tmp_path_factory.mktemp("source") / "small.gguf")


def test_a_directory_holds_all_that_is_needed(source, tmp_path):
    told = []
    config = lift(source, tmp_path / "out", progress=lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1]
    assert told == sorted(told)
    report = check(source, tmp_path / "out")
    assert report.tokens == 384
    assert report.worst_kl < 1e-8
    chat, theirs = Chat.from_directory(tmp_path / "out"), Chat.from_gguf(GgufFile(source).fields)
    said = [{"role": "user", "content": "ab<|3|>"}]
    assert chat.prompt(said).ids == theirs.prompt(said).ids
    assert config.eos_token_ids == (299,)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_check_sees_a_wrong_weight(source, tmp_path):
    config = lift(source, tmp_path / "out")
    tensors = SafetensorsDir(tmp_path / "out")
    weights = {name: tensors.read(name).clone() for name in tensors.entries}
    weights["model.layers.3.self_attn.q_b_proj.weight"] *= 1.01
    save(tmp_path / "wrong", config, weights)
    report = check(source, tmp_path / "wrong", text="A sentence that both of them read.")
    assert report.worst_kl > 1e-6


def test_nothing_is_written_over(source, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(LiftError, match="is there already"):
        lift(source, tmp_path / "out")


def test_what_a_kill_has_left_is_no_hindrance(source, tmp_path):
    left = tmp_path / ".out.part"
    left.mkdir()
    (left / "model.safetensors").touch()
    lift(source, tmp_path / "out")
    assert not left.exists()


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        ({"heads": 5, "kv_heads": 2}, "5 query heads cannot share 2"),
        ({"rope.dimension_count": 8}, "rotated whole"),
        ({"rope.scaling.type": "yarn"}, "Scaled RoPE"),
        ({"extra": {"rope_freqs.weight": (8,)}}, "no place for rope_freqs.weight"),
        ({"extra": {"blk.0.attn_q.bias": (64,)}}, "no place for blk.0.attn_q.bias"),
        ({"block_count": 6}, "lacks blk.5.attn_k.weight"),
    ],
)
def test_what_would_not_be_the_same_is_refused(shape, why, tmp_path):
    path = llama_file(tmp_path / "a.gguf", **shape)
    with pytest.raises(LiftError, match=re.escape(why)):
        lift(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_wheel_is_found(smollm2):
    assert wheel_gguf() == smollm2


def test_two_models_are_compared_by_what_they_hold_likely():
    same = torch.randn(5, 7)
    other = same.clone()
    other[2] = other[2].roll(1)
    tokens = torch.arange(5)
    assert compare(same, same + 3, tokens).worst_kl < 1e-6
    report = compare(same, other, tokens)
    assert report.top1 == pytest.approx(0.8)
    assert report.worst_kl == pytest.approx(5 * report.kl)
    p, q = same[2].log_softmax(-1), other[2].log_softmax(-1)
    assert report.worst_kl == pytest.approx((p.exp() * (p - q)).sum().item())
