"""For all tests of the engine: one thread, no gradients, fixed seeds, and where SmolLM2 is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, settings

from darkhorse_engine.lift.source import WHEEL, LiftError, wheel_gguf

torch.set_num_threads(1)  # the tests run in two processes on two cores

# A busy machine is no defect: how long an example takes to be made or tried is no test's business.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")


@pytest.fixture(autouse=True)
def _same_every_time() -> Iterator[None]:
    """No gradients, the same seed, and float32 whatever the test before has set."""
    torch.manual_seed(0)
    dtype = torch.get_default_dtype()
    with torch.no_grad():
        yield
    torch.set_default_dtype(dtype)


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """SmolLM2-135M-Instruct as llama.cpp's file: the source of the lift."""
    try:
        return wheel_gguf()
    except LiftError:
        pytest.skip(f"the wheel {WHEEL} is not installed; engine/scripts/install says why")
