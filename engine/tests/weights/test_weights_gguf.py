"""GGUF: any file's values, a `llama` in either order of rows, and our own model there and back."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from gguf.quants import quantize

from darkhorse_engine.config import Config, ConfigError
from darkhorse_engine.weights.errors import WeightsError
from darkhorse_engine.weights.export_gguf import export
from darkhorse_engine.weights.from_gguf import glm_dsa_config, llama_tensors
from darkhorse_engine.weights.gguf_file import GgufFile
from darkhorse_engine.weights.load import load
from parity.running import logits
from weights.checkpoints import CONFIG, model, words

TOKENS = torch.arange(40) * 7 % 512


def written(path: Path, kind: str, fill: Callable[[gguf.GGUFWriter], object]) -> Path:
    writer = gguf.GGUFWriter(path, kind)
    fill(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize(
    ("kind", "off"), [("F32", 0), ("F16", 1e-3), ("BF16", 1e-2), ("Q8_0", 0.02), ("Q4_1", 0.3)]
)
def test_tensors_come_out_as_float32(kind: str, off: float, tmp_path: Path) -> None:
    values = np.random.default_rng(1).standard_normal((6, 64), np.float32)
    dtype = gguf.GGMLQuantizationType[kind]
    packed = quantize(values, dtype)
    path = written(tmp_path / "a.gguf", "any", lambda w: w.add_tensor("t", packed, raw_dtype=dtype))
    file = GgufFile(path)
    read = file.read("t")
    assert (read.dtype, tuple(read.shape)) == (torch.float32, (6, 64))
    assert file.entries["t"] == ((6, 64), packed.nbytes)
    assert (read - torch.from_numpy(values)).abs().max() <= off
    read += 1  # memory of its own
    assert not torch.equal(file.read("t"), read)


def test_a_k_quant_is_read(tmp_path: Path) -> None:
    """Q6_K, 256 values in 210 bytes: 128 of low bits, 64 of high ones, 16 scales, one for all."""
    block = bytes([0x21] * 128 + [0b11100100] * 64 + [1] * 16) + np.float16(0.5).tobytes()
    packed = np.frombuffer(block, np.uint8)[None]
    kind = gguf.GGMLQuantizationType.Q6_K
    path = written(tmp_path / "a.gguf", "any", lambda w: w.add_tensor("t", packed, raw_dtype=kind))
    read = GgufFile(path).read("t")
    lows, highs = [1, 1, 2, 2], [0, 1, 2, 3]
    quarters = [((low | high << 4) - 32) * 0.5 for low, high in zip(lows, highs, strict=True)]
    assert torch.equal(read, torch.tensor(quarters).repeat_interleave(32).repeat(2)[None])


def test_a_quantisation_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    kind = gguf.GGMLQuantizationType.Q8_K
    packed = np.zeros((1, 292), np.uint8)
    path = written(tmp_path / "a.gguf", "any", lambda w: w.add_tensor("t", packed, raw_dtype=kind))
    with pytest.raises(WeightsError, match=r"t is Q8_K, .* convert"):
        GgufFile(path).read("t")


def test_metadata_are_plain_values(tmp_path: Path) -> None:
    export(model().state_dict(), CONFIG, tmp_path / "a.gguf", words())
    fields = GgufFile(tmp_path / "a.gguf").fields
    assert "general.name" not in fields
    assert {key: fields[key] for key in words() if key != "general.name"} == {
        key: value for key, value in words().items() if key != "general.name"
    }
    assert fields["glm-dsa.attention.head_count_kv"] == 1
    assert fields["glm-dsa.attention.indexer.types"] == [1, 1, 0, 1]


ROUND = {
    "as it is": {},
    "all indexers": {"indexer_types": (True,) * 4},
    "a long context": {"indexer_types": (True,) * 4, "max_position_embeddings": 1 << 20},
    "tied, no MTP": {"tie_word_embeddings": True, "num_nextn_predict_layers": 0},
    "groups": {
        "n_group": 2,
        "norm_topk_prob": False,
        "rms_norm_eps": 1e-5,
        "latent_norm_eps": 1e-5,
    },
}


@pytest.mark.parametrize("case", ROUND)
def test_there_and_back(case: str, tmp_path: Path) -> None:
    config = replace(CONFIG, eos_token_ids=(7,), **ROUND[case])  # type: ignore[arg-type]
    ours = model(config)
    export(ours.state_dict(), config, tmp_path / "a.gguf", words())
    loaded = load(tmp_path / "a.gguf", torch.float32)
    assert loaded.config == config
    assert loaded.tokenizer["tokenizer.ggml.tokens"][3] == "word3"  # type: ignore[index]
    for name, weight in loaded.model.state_dict().items():
        assert torch.equal(weight, ours.state_dict()[name]), name
    assert torch.equal(logits(loaded.model, TOKENS), logits(ours, TOKENS))


def test_which_layers_have_indexers_is_seen_where_it_is_not_said(tmp_path: Path) -> None:
    """Published GLM-5.2 files say nothing, and lack them in layers that share."""
    export(model().state_dict(), CONFIG, tmp_path / "a.gguf", words())
    file = GgufFile(tmp_path / "a.gguf")
    file.fields = {key: v for key, v in file.fields.items() if not key.endswith("indexer.types")}
    assert glm_dsa_config(file).indexer_types == (True, True, False, True)


REFUSED: dict[str, dict[str, Any]] = {
    "rope_tile": {"rope_tile": 2},
    "rope_interleave": {"rope_interleave": False},
    "indexer_rope_interleave": {"indexer_rope_interleave": False},
    "index_rope_dim": {"index_rope_dim": 8},
    "index_head_dim": {"index_head_dim": 96},
    "latent_norm_eps": {"latent_norm_eps": 1e-5},
    "qk_nope_head_dim": {"qk_nope_head_dim": 0},
    "routed and shared experts": {"n_shared_experts": 0},
    "tokens, not 600": {"vocab_size": 600},
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_llama_cpp_cannot_express_is_refused(why: str, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=why):
        export({}, replace(CONFIG, **REFUSED[why]), tmp_path / "a.gguf", words())
    assert not list(tmp_path.iterdir())


def test_all_reasons_are_given_at_once(tmp_path: Path) -> None:
    with pytest.raises(
        WeightsError, match=r"rope_tile .*; qk_nope_head_dim .*; the tokenizer has 0 "
    ):
        export({}, Config.preset("smol"), tmp_path / "a.gguf", {})


def test_a_model_of_another_kind_is_refused_with_the_way_out(smollm2: Path) -> None:
    with pytest.raises(WeightsError, match=r"'llama' model; .*darkhorse-engine lift"):
        load(smollm2)


@pytest.mark.parametrize(
    ("key", "value", "error", "message"),
    [
        ("glm-dsa.rope.scaling.type", "yarn", ConfigError, "RoPE scaled by 'yarn'"),
        ("glm-dsa.expert_gating_func", 1, ConfigError, "expert_gating_func is 1"),
        ("glm-dsa.embedding_length", None, WeightsError, r"lacks the key glm-dsa\.embedding"),
    ],
)
def test_shapes_that_are_not_ours_are_refused(
    key: str, value: object, error: type[Exception], message: str, tmp_path: Path
) -> None:
    export(model().state_dict(), CONFIG, tmp_path / "a.gguf", words())
    file = GgufFile(tmp_path / "a.gguf")
    file.fields = {**file.fields, key: value}
    with pytest.raises(error, match=message):
        glm_dsa_config(file)


def _llama(path: Path) -> Path:
    def put(writer: gguf.GGUFWriter) -> None:
        writer.add_head_count(2)
        writer.add_head_count_kv(1)
        rows = np.repeat(np.arange(8, dtype=np.float32), 3).reshape(8, 3)
        writer.add_tensor("token_embd.weight", rows)
        writer.add_tensor("blk.0.attn_q.weight", rows)
        writer.add_tensor("blk.0.attn_k.weight", rows[:4])
        writer.add_tensor("blk.0.attn_v.weight", rows[:4])
        writer.add_tensor("blk.0.ffn_down.weight", rows.T.copy())

    return written(path, "llama", put)


def test_rows_of_a_llama_are_in_the_order_asked_for(tmp_path: Path) -> None:
    file = GgufFile(_llama(tmp_path / "a.gguf"))
    raw = dict(llama_tensors(file, interleaved=True))
    ours = dict(llama_tensors(file, interleaved=False))
    layer = "model.layers.0."
    assert list(raw) == [
        "model.embed_tokens.weight",
        *(f"{layer}self_attn.{part}_proj.weight" for part in "qkv"),
        f"{layer}mlp.down_proj.weight",
    ]
    assert raw[f"{layer}self_attn.q_proj.weight"][:, 0].tolist() == [*range(8)]
    assert ours[f"{layer}self_attn.q_proj.weight"][:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]
    assert ours[f"{layer}self_attn.k_proj.weight"][:, 0].tolist() == [0, 2, 1, 3]
    for name, tensor in raw.items():
        if not name.endswith(("q_proj.weight", "k_proj.weight")):
            assert torch.equal(ours[name], tensor)


def test_smollm2_is_read(smollm2: Path) -> None:
    file = GgufFile(smollm2)
    assert sum(math.prod(entry.shape) for entry in file.entries.values()) == 134_515_008
    tensors = dict(islice(llama_tensors(file, interleaved=True), 14))
    assert list(tensors)[-1] == "model.layers.1.mlp.up_proj.weight"
    assert all(0.01 < tensor.std() < 1 for tensor in tensors.values())


def test_a_llama_of_another_make_is_refused(tmp_path: Path) -> None:
    rows = np.zeros((2, 2), np.float32)

    def put(writer: gguf.GGUFWriter) -> None:
        writer.add_head_count(1)
        writer.add_head_count_kv(1)
        writer.add_tensor("blk.0.ffn_gate_exps.weight", rows)

    with pytest.raises(WeightsError, match=r"ffn_gate_exps\.weight is not of a plain llama"):
        list(llama_tensors(GgufFile(written(tmp_path / "a.gguf", "llama", put)), interleaved=True))
    export(model().state_dict(), CONFIG, tmp_path / "b.gguf", words())
    with pytest.raises(WeightsError, match="not 'llama'"):
        list(llama_tensors(GgufFile(tmp_path / "b.gguf"), interleaved=True))


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (b"", "is empty"),
        (b"GGUM" + bytes(40), "does not begin as one"),
        (b"GGUF" + (1).to_bytes(4, "little") + bytes(40), "version is 1"),
        (b"GGUF" + (3).to_bytes(4, "big") + bytes(40), "version is 50331648"),
        (b"GGUF" + (3).to_bytes(4, "little") + bytes(12), "ends too early"),
    ],
)
def test_what_is_no_gguf_of_today_says_why(head: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(head)
    with pytest.raises(WeightsError, match=why):
        GgufFile(tmp_path / "a.gguf")


def test_a_row_that_is_not_whole_blocks_is_refused(tmp_path: Path) -> None:
    kind = gguf.GGMLQuantizationType.Q8_0
    packed = np.zeros((1, 34), np.uint8)
    path = written(tmp_path / "a.gguf", "any", lambda w: w.add_tensor("t", packed, raw_dtype=kind))
    whole = path.read_bytes()
    dims = whole.index(b"t" + (2).to_bytes(4, "little")) + 5
    path.write_bytes(whole[:dims] + (31).to_bytes(8, "little") + whole[dims + 8 :])
    with pytest.raises(WeightsError, match=r"tensor of \[31, 1\] in blocks of 32"):
        GgufFile(path)
