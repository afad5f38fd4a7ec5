"""Parameters at the end of their range: no NaN, and no time that others have to wait."""

import time

import pytest
import torch

from darkhorse_engine.sampling import Sampler, Sampling

ROW = torch.randn(1000, generator=torch.Generator().manual_seed(3)) * 5


@pytest.mark.parametrize("temperature", [1e-300, 1e-45, 1e-38])
@pytest.mark.parametrize("more", [{}, {"top_k": 9}, {"top_p": 0.9}, {"min_p": 0.5}])
def test_a_temperature_next_to_nothing_is_the_likeliest(temperature, more):
    said = Sampling(temperature=temperature, **more)
    assert Sampler(said, seed=1).choose(ROW).token == int(ROW.argmax())


def test_a_penalty_next_to_nothing_leaves_numbers():
    """What was seen is as likely as can be: the likelier of two."""
    sampler = Sampler(Sampling(repetition_penalty=1e-300), seed=1, prompt=[4, 5])
    seen = torch.full((8,), -1.0)
    seen[4], seen[5] = 1.0, 2.0
    assert sampler.choose(seen).token == 5


def test_many_biases_take_no_time():
    said = Sampling(temperature=0, logit_bias={**dict.fromkeys(range(1000), -50.0), 7: 60.0})
    sampler = Sampler(said, seed=1)
    began = time.process_time()
    assert {sampler.choose(ROW).token for _ in range(50)} == {7}
    assert time.process_time() - began < 1
