"""From files to a model: every form a checkpoint comes in, and everything that can be wrong."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from darkhorse_engine.config import ConfigError
from darkhorse_engine.model import Model
from darkhorse_engine.weights.errors import WeightsError
from darkhorse_engine.weights.export_gguf import export
from darkhorse_engine.weights.gguf_file import GgufFile
from darkhorse_engine.weights.load import load
from parity.running import logits
from weights.checkpoints import CONFIG, in_fp8, model, published, words, write, write_shards

TOKENS = torch.arange(40) * 7 % 512


def same(loaded: Model, wanted: Model) -> None:
    ours, theirs = loaded.state_dict(), wanted.state_dict()
    assert ours.keys() == theirs.keys()
    for name, weight in ours.items():
        assert torch.equal(weight, theirs[name]), name


@pytest.mark.parametrize("put", [write, write_shards])
@pytest.mark.parametrize("form", [published, lambda: model().state_dict()], ids=["parts", "packed"])
def test_a_checkpoint_is_read_whole(
    put: Callable[..., Path], form: Callable[[], dict[str, Tensor]], tmp_path: Path
) -> None:
    loaded = load(put(tmp_path, form()), torch.float32)
    assert loaded.config == CONFIG
    assert loaded.tokenizer == tmp_path
    same(loaded.model, model())
    assert torch.equal(logits(loaded.model, TOKENS), logits(model(), TOKENS))


def test_weights_are_in_the_type_asked_for_but_for_what_has_to_be_exact(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, published())).model
    exact = {name for name, weight in loaded.state_dict().items() if weight.dtype == torch.float32}
    assert {name.split(".", 3)[3] for name in exact} == {
        "self_attn.indexer.weights_proj.weight",
        "mlp.gate.weight",
        "mlp.gate.e_score_correction_bias",
    }
    assert loaded.dtype == torch.bfloat16
    assert not any(weight.requires_grad for weight in loaded.parameters())
    assert logits(loaded, TOKENS).isfinite().all()


def test_fp8_is_read_with_its_scales(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, in_fp8(published())), torch.float32).model.state_dict()
    for name, weight in model().state_dict().items():
        step = weight.abs().max() / 14 if "self_attn" in name else 0  # e4m3: 3 bits of mantissa
        assert (loaded[name] - weight).abs().max() <= step, name
    changed = "model.layers.0.self_attn.o_proj.weight"
    assert not torch.equal(loaded[changed], model().state_dict()[changed])


def test_fp8_without_scales_is_refused(tmp_path: Path) -> None:
    tensors = in_fp8(published())
    del tensors["model.layers.0.self_attn.o_proj.weight_scale_inv"]
    with pytest.raises(WeightsError, match=r"o_proj\.weight_scale_inv is missing"):
        load(write(tmp_path, tensors))


def test_fp8_with_the_wrong_scales_is_refused_by_name(tmp_path: Path) -> None:
    tensors = in_fp8(published())
    tensors["model.layers.0.self_attn.o_proj.weight_scale_inv"] = torch.ones(3, 3)
    with pytest.raises(WeightsError, match=r"0\.self_attn\.o_proj\.weight: .* scales of \(1, 1\)"):
        load(write(tmp_path, tensors))


def test_indexers_of_layers_that_share_picks_are_left_out(tmp_path: Path) -> None:
    tensors = published(replace(CONFIG, indexer_types=(True,) * 4))
    assert "model.layers.2.self_attn.indexer.wk.weight" in tensors
    loaded = load(write(tmp_path, tensors), torch.float32).model.state_dict()
    assert not [name for name in loaded if name.startswith("model.layers.2.self_attn.indexer.")]


def test_a_checkpoint_without_its_mtp_block_gives_a_model_without(tmp_path: Path) -> None:
    tensors = {name: t for name, t in published().items() if not name.startswith("model.layers.4.")}
    loaded = load(write(tmp_path, tensors))
    assert loaded.model.mtp is None
    assert loaded.config.num_nextn_predict_layers == 0


def test_an_mtp_block_that_the_configuration_does_not_know_is_left_out(tmp_path: Path) -> None:
    config = replace(CONFIG, num_nextn_predict_layers=0)
    assert load(write(tmp_path, published(), config)).model.mtp is None


def test_a_tied_model_has_no_head_of_its_own(tmp_path: Path) -> None:
    config = replace(CONFIG, tie_word_embeddings=True, num_nextn_predict_layers=0)
    tensors = published(config)
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].clone()  # some carry it
    same(load(write(tmp_path, tensors, config), torch.float32).model, model(config))


def test_topk_takes_the_place_of_the_checkpoints_own(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, published()), topk=99)
    assert loaded.config.index_topk == loaded.model.config.index_topk == 99


def test_progress_goes_from_nothing_to_all_bytes(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    load(write_shards(tmp_path, in_fp8(published())), progress=lambda *at: seen.append(at))
    done, of = zip(*seen, strict=True)
    assert done[0] == 0
    assert list(done) == sorted(done)
    assert set(of) == {done[-1]}


WRONG: dict[str, tuple[Callable[[dict[str, Tensor]], object], str]] = {
    "missing": (
        lambda t: t.pop("model.layers.1.self_attn.q_a_proj.weight"),
        r"1 of \d+ tensors are missing or not whole: model\.layers\.1\.self_attn\.q_a_proj",
    ),
    "an expert missing": (
        lambda t: t.pop("model.layers.1.mlp.experts.5.up_proj.weight"),
        r"not whole: model\.layers\.1\.mlp\.experts\.gate_up_proj",
    ),
    "an expert too many": (
        lambda t: t.update({"model.layers.1.mlp.experts.8.down_proj.weight": torch.ones(64, 32)}),
        r"experts\.8\.down_proj\.weight is \(64, 32\), not \(\)",
    ),
    "a layer too many": (
        lambda t: t.update({"model.layers.5.input_layernorm.weight": torch.ones(64)}),
        r"no place for: model\.layers\.5\.input_layernorm\.weight",
    ),
    "another shape": (
        lambda t: t.update({"model.norm.weight": torch.ones(65)}),
        r"model\.norm\.weight is \(65,\), not \(64,\)",
    ),
    "twice": (
        lambda t: t.update({"model.layers.1.mlp.experts.down_proj": torch.ones(8, 64, 32)}),
        r"twice, packed and in parts: model\.layers\.1\.mlp\.experts\.down_proj",
    ),
    "no head": (lambda t: t.pop("lm_head.weight"), "tie_word_embeddings"),
    "no indexer": (
        lambda t: [t.pop(name) for name in list(t) if name.startswith(INDEXER)],
        r"indexer_types",
    ),
}
INDEXER = "model.layers.1.self_attn.indexer."


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_by_name(what: str, tmp_path: Path) -> None:
    tensors = published()
    spoil, message = WRONG[what]
    spoil(tensors)
    with pytest.raises(WeightsError, match=message):
        load(write(tmp_path, tensors))


def test_only_a_few_names_are_told(tmp_path: Path) -> None:
    tensors = {name: tensor for name, tensor in published().items() if "self_attn" not in name}
    with pytest.raises(WeightsError, match=r"and \d\d more\. Fetch") as e:
        load(write(tmp_path, tensors))
    assert str(e.value).count("self_attn") == 5


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    (write_shards(tmp_path, published()) / "model-1.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"shards are missing: model-1\.safetensors"):
        load(tmp_path)


def test_a_shard_of_another_download_is_noticed(tmp_path: Path) -> None:
    write_shards(tmp_path, published())
    (tmp_path / "model-1.safetensors").write_bytes((tmp_path / "model-0.safetensors").read_bytes())
    with pytest.raises(WeightsError, match="different downloads"):
        load(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"weight_map": 3}'])
def test_an_index_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    write_shards(tmp_path, published())
    (tmp_path / "model.safetensors.index.json").write_text(text)
    with pytest.raises(WeightsError, match="not an index of shards"):
        load(tmp_path)


def test_an_index_does_not_lead_out_of_its_directory(tmp_path: Path) -> None:
    write_shards(tmp_path, published())
    index = {"weight_map": {"lm_head.weight": "../elsewhere.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(WeightsError, match=r"beside it, not at \.\./elsewhere\.safetensors"):
        load(tmp_path)


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    place = tmp_path_factory.mktemp("whole")
    write(place, published())
    export(model().state_dict(), CONFIG, place / "model.gguf", words())
    return {name: (place / name).read_bytes() for name in ("model.safetensors", "model.gguf")}


@pytest.mark.parametrize("file", ["model.safetensors", "model.gguf"])
@settings(max_examples=30)
@given(part=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_short_is_refused(
    file: str, part: float, whole_files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = write(tmp_path_factory.mktemp("cut"), {"lm_head.weight": torch.ones(2)})
    # Half of the cuts fall into the first part, where names and shapes are.
    whole = whole_files[file]
    (place / file).write_bytes(whole[: int(part**4 * len(whole))])
    with pytest.raises(WeightsError, match=f"{file}: .*fetch it again"):
        load(place / file if file.endswith("gguf") else place)


def test_what_is_not_a_checkpoint_says_so(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no such file or directory"):
        load(tmp_path / "absent")
    with pytest.raises(ConfigError, match=r"config\.json: cannot be read"):
        load(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(CONFIG.to_hf()))
    with pytest.raises(WeightsError, match=r"has neither model\.safetensors nor"):
        load(tmp_path)


@settings(max_examples=60)
@given(at=st.floats(0, 1, exclude_max=True), byte=st.integers(1, 255))
def test_a_damaged_head_is_refused_or_harmless(
    at: float, byte: int, whole_files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Lengths and kinds that are not true neither hang nor fill the memory."""
    whole = bytearray(whole_files["model.gguf"])
    head = whole.index(b"blk.0.attn_norm.weight")
    whole[int(at**2 * 2 * head)] ^= byte
    file = tmp_path_factory.mktemp("damaged") / "a.gguf"
    file.write_bytes(whole)
    with suppress(WeightsError):
        GgufFile(file)
