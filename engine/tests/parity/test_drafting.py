from dataclasses import replace

import pytest
import torch

from darkhorse_engine.config import Config
from darkhorse_engine.model import Model
from parity.drafting import drafted, wanted

TINY = Config.preset("tiny")


@pytest.mark.parametrize("cuts", [(), (5, 6, 40)])
@pytest.mark.parametrize("groups", [1, 2])
def test_the_mtp_block_is_a_decoder_layer_around_published_equations(
    groups: int, cuts: tuple[int, ...]
) -> None:
    model = Model.random(replace(TINY, n_group=groups), 21)
    source = torch.Generator().manual_seed(4)
    tokens = torch.randint(0, TINY.vocab_size, (70,), generator=source)
    hidden = torch.randn(70, TINY.hidden_size, generator=source)
    found = drafted(model, tokens, hidden, cuts)
    assert (found - wanted(model, tokens, hidden)).abs().max() <= 1e-4
