"""Checkpoints that we write: read again by us, and by the library that others read them with."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from darkhorse_engine.weights.errors import WeightsError
from darkhorse_engine.weights.load import load
from darkhorse_engine.weights.safetensors_dir import save
from weights.checkpoints import CONFIG, model


@pytest.mark.parametrize("shard_bytes", [1 << 30, 100_000])
def test_what_is_saved_is_loaded(shard_bytes: int, tmp_path: Path) -> None:
    weights = model().state_dict()
    save(tmp_path / "new", CONFIG, weights, shard_bytes=shard_bytes)
    loaded = load(tmp_path / "new", torch.float32)
    assert loaded.config == CONFIG
    for name, weight in loaded.model.state_dict().items():
        assert torch.equal(weight, weights[name]), name


def test_shards_are_no_larger_than_said_and_their_index_is_whole(tmp_path: Path) -> None:
    weights = model().state_dict()
    save(tmp_path, CONFIG, weights, shard_bytes=200_000)
    files = sorted(tmp_path.glob("*.safetensors"))
    assert files[0].name == f"model-00001-of-{len(files):05}.safetensors"
    index = json.loads((tmp_path / "model.safetensors.index.json").read_text())
    assert index["metadata"]["total_size"] == sum(weight.nbytes for weight in weights.values())
    for file in files:
        held = load_file(file)
        assert {name for name, where in index["weight_map"].items() if where == file.name} == set(
            held
        )
        assert len(held) == 1 or sum(weight.nbytes for weight in held.values()) <= 200_000


def test_tensors_that_share_memory_or_are_turned_are_saved(tmp_path: Path) -> None:
    one = torch.arange(6.0).view(2, 3)
    given = {"a": one, "b": one, "turned": one.T, "row": one[1]}
    save(tmp_path, CONFIG, given)
    saved = load_file(tmp_path / "model.safetensors")
    assert all(torch.equal(saved[name], tensor) for name, tensor in given.items())


def test_weights_that_lie_there_are_not_mixed_with_new_ones(tmp_path: Path) -> None:
    save(tmp_path, CONFIG, {"a": torch.ones(1)})
    with pytest.raises(WeightsError, match="has weights already"):
        save(tmp_path, CONFIG, {"a": torch.zeros(1)}, shard_bytes=1)
    assert load_file(tmp_path / "model.safetensors")["a"] == 1
