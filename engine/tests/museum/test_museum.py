"""The museum of DSA bugs: each known mistake of the field, made, is caught by an oracle."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from darkhorse_engine.config import Config
from darkhorse_engine.model import Model
from museum.mistakes import IN_ATTENTION, IN_DRAFTS
from museum.mutants import Mistake, made
from parity.drafting import drafted, wanted
from parity.original import Original
from parity.running import logits

CLOSE = 1e-4
TOKENS = torch.randint(0, 512, (100,), generator=torch.Generator().manual_seed(8))
CUTS = (7, 16, 17, 40, 41)


@dataclass(frozen=True)
class Exhibit:
    """A model in which each part matters, and what transformers says of it."""

    model: Model
    wanted: Tensor
    drafts: Tensor
    hidden: Tensor


@pytest.fixture(scope="module")
def exhibit() -> Exhibit:
    config = replace(
        Config.preset("tiny"),
        n_group=4,
        topk_group=2,
        index_rope_dim=16,
        index_head_dim=32,
        # Small latents and a large difference show which epsilon is taken.
        rms_norm_eps=1e-5,
        latent_norm_eps=1e-6,
    )
    model = Model.random(config, 17, std=0.1)
    for block in model.model.layers:
        block.self_attn.kv_a_proj_with_mqa.weight[: config.kv_lora_rank] *= 0.01
    hidden = torch.randn(100, config.hidden_size, generator=torch.Generator().manual_seed(9))
    return Exhibit(model, Original.of(model).logits(TOKENS), wanted(model, TOKENS, hidden), hidden)


def distance(found: Tensor, exhibit: Exhibit, end: int = 100) -> float:
    return float((found[:end] - exhibit.wanted[:end]).abs().max())


def test_the_exhibit_itself_is_right(exhibit: Exhibit) -> None:
    assert distance(logits(exhibit.model, TOKENS), exhibit) <= CLOSE
    assert distance(logits(exhibit.model, TOKENS, CUTS), exhibit) <= CLOSE
    found = drafted(exhibit.model, TOKENS, exhibit.hidden)
    assert (found - exhibit.drafts).abs().max() <= CLOSE


@pytest.mark.parametrize("mistake", IN_ATTENTION, ids=lambda mistake: mistake.name)
def test_a_mistake_is_seen(mistake: Mistake, exhibit: Exhibit, tmp_path: Path) -> None:
    with made(mistake, tmp_path) as module:
        model = module.Model(exhibit.model.config)
        model.load_state_dict(exhibit.model.state_dict(), strict=False)
        whole, pieces = logits(model, TOKENS), logits(model, TOKENS, CUTS)
    seen = max(distance(whole, exhibit), distance(pieces, exhibit))
    assert seen > 10 * CLOSE
    if mistake.hides:
        topk = exhibit.model.config.index_topk
        assert distance(whole, exhibit, topk) <= CLOSE, "it was said to hide below index_topk"


@pytest.mark.parametrize("mistake", IN_DRAFTS, ids=lambda mistake: mistake.name)
def test_a_mistake_in_drafts_is_seen(mistake: Mistake, exhibit: Exhibit, tmp_path: Path) -> None:
    with made(mistake, tmp_path) as module:
        model = module.Model(exhibit.model.config)
        model.load_state_dict(exhibit.model.state_dict(), strict=False)
        found = drafted(model, TOKENS, exhibit.hidden)
    assert (found - exhibit.drafts).abs().max() > 10 * CLOSE
