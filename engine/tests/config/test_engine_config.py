"""Shapes are read as transformers reads them, and what cannot be run is refused in words."""

import json
from dataclasses import replace

import pytest
from transformers import GlmMoeDsaConfig

from darkhorse_engine.config import PRESETS, Config, ConfigError

TINY = Config.preset("tiny")


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_written_is_read_the_same(name):
    config = Config.preset(name)
    assert Config.from_hf(json.loads(json.dumps(config.to_hf()))) == config


@pytest.mark.parametrize(
    ("said", "full"),
    [
        ({}, range(12)),
        ({"index_topk_freq": 4, "index_skip_topk_offset": 3}, [0, 1, 2, 6, 10]),
        ({"index_topk_freq": 4, "index_skip_topk_offset": 1}, [0, 4, 8]),
        ({"index_topk_pattern": "FSSFSSFSSFSS"}, [0, 3, 6, 9]),
    ],
)
def test_which_layers_share_is_what_transformers_says(said, full):
    raw = {k: v for k, v in TINY.to_hf().items() if k not in ("indexer_types", "model_type")}
    raw["num_hidden_layers"] = 12
    theirs = GlmMoeDsaConfig(**raw, **said).indexer_types
    ours = Config.from_hf({**raw, **said}).indexer_types
    assert [layer for layer, is_full in enumerate(ours) if is_full] == list(full)
    assert ["full" if is_full else "shared" for is_full in ours] == theirs


def test_glm_5_2_has_21_indexers():
    assert sum(Config.preset("glm-5.2").indexer_types) == 21


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hidden_size", 0),
        ("hidden_size", True),
        ("vocab_size", -3),
        ("kv_lora_rank", 1.5),
        ("num_hidden_layers", 10**12),
        ("num_hidden_layers", "4"),
        ("index_rope_dim", 7),
        ("index_topk", 0),
        ("num_experts_per_tok", 9),
        ("rope_parameters", {"rope_type": "yarn"}),
        ("model_type", "llama"),
        ("indexer_types", ["shared"] * 4),
    ],
)
def test_nonsense_is_refused(field, value):
    raw = TINY.to_hf()
    if field == "num_hidden_layers":
        del raw["indexer_types"]
    with pytest.raises(ConfigError, match=field.replace("rope_parameters", "RoPE")):
        Config.from_hf({**raw, field: value})


def test_what_is_lacking_is_named(tmp_path):
    raw = TINY.to_hf()
    del raw["hidden_size"], raw["kv_lora_rank"], raw["first_k_dense_replace"]
    (tmp_path / "config.json").write_text(json.dumps(raw))
    with pytest.raises(ConfigError, match=r"config.json: .* lacks hidden_size, kv_lora_rank\.$"):
        Config.load(tmp_path)


@pytest.mark.parametrize("text", ["", "[1]", "{", "[" * 100_000, '{"hidden_size": 4}'])
def test_so_is_what_is_no_configuration(text, tmp_path):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ConfigError):
        Config.load(tmp_path)


def test_dense_is_more_picks_than_tokens():
    assert TINY.with_topk(10**6) == replace(TINY, index_topk=10**6)
