"""One server for most tests of this directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_server_kit import Served, serving

from engine_tiny_model import make_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random, in GLM-5's shape; a context of 4,096 tokens, which are bytes."""
    return make_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def served(tiny_model: Path) -> Iterator[Served]:
    with serving(tiny_model, "--name", "tiny", "--memory-mib", "64") as server:
        yield server
