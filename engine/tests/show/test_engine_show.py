"""What a shape costs, against published figures, the model itself, and the cache itself."""

import dataclasses

import pytest
import torch

from darkhorse_engine.cache import bytes_per_token
from darkhorse_engine.config import PRESETS, Config
from darkhorse_engine.model import Model
from darkhorse_engine.show import cache_bytes, cost, parameters

BILLION = 1e9
GLM_5 = Config.preset("glm-5")


def test_glm_5_has_the_published_parameters():
    counted = parameters(GLM_5)
    assert round(counted.total / BILLION) == 744
    assert round((counted.total + counted.mtp) / BILLION) == 754
    assert round((counted.attention + counted.indexers) / BILLION, 1) == 13.6


def test_without_gates_the_figures_are_those_of_our_notes():
    """743.8B and 41.6 to 41.7B active were worked out from projections alone."""
    counted = parameters(GLM_5)
    gates = 75 * 256 * (GLM_5.hidden_size + 1)
    assert round((counted.total - gates - counted.norms) / BILLION, 1) == 743.8
    assert 41.6 < (counted.active - gates) / BILLION < 41.7


@pytest.mark.parametrize("preset", PRESETS)
def test_every_parameter_of_the_model_is_counted(preset):
    config = Config.preset(preset)
    counted = parameters(config)
    real = sum(weight.numel() for weight in Model.empty(config).state_dict().values())
    assert counted.total + counted.mtp == real


def test_active_parameters_leave_idle_experts_out():
    config = Config.preset("tiny")
    everyone = dataclasses.replace(config, num_experts_per_tok=config.n_routed_experts)
    assert parameters(everyone).active == parameters(everyone).total
    assert parameters(config).active < parameters(config).total


@pytest.mark.parametrize("preset", PRESETS)
def test_the_cache_is_as_large_as_the_engine_makes_it(preset):
    config = dataclasses.replace(Config.preset(preset), num_nextn_predict_layers=0)
    assert cache_bytes(config) == bytes_per_token(config, torch.bfloat16)


def test_what_a_token_of_glm_5_costs_at_200k():
    at = cost(GLM_5, 200_000)
    assert at.dense_flops == 139_264 * 78 * 200_000
    assert at.index_flops == 8_192 * 78 * 200_000
    assert at.sparse_flops == 139_264 * 78 * 2048
    assert 14 < at.saved < 15
    assert cache_bytes(GLM_5) == 78 * (1152 + 256)
    assert round(at.cache_bytes / BILLION) == 22


def test_shared_indexers_score_fewer_layers():
    shared, every = (cost(Config.preset(name), 200_000) for name in ("glm-5.2", "glm-5"))
    assert (shared.index_flops, every.index_flops) == (8192 * 21 * 200_000, 8192 * 78 * 200_000)
    assert shared.index_bytes * 78 == every.index_bytes * 21
    assert shared.sparse_flops == every.sparse_flops


def test_nothing_is_scored_where_nothing_is_to_be_picked_from():
    at, behind = cost(GLM_5, GLM_5.index_topk), cost(GLM_5, GLM_5.index_topk + 1)
    assert (at.index_flops, at.index_bytes) == (0, 0)
    assert at.sparse_flops == at.dense_flops
    assert behind.index_flops > 0
    assert behind.sparse_flops < behind.dense_flops


def test_a_tied_embedding_is_multiplied_with_as_the_head():
    tied = Config.preset("smol")
    untied = dataclasses.replace(tied, tie_word_embeddings=False)
    assert parameters(untied).total - parameters(tied).total == parameters(tied).embedding
    assert cost(untied, 1000).weights_flops == cost(tied, 1000).weights_flops
    assert cost(tied, 1000).weights_flops == 2 * parameters(tied).active
