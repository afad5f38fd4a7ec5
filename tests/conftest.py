"""For all tests."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no defect: how long an example takes to be made or tried is no test's business.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")

CLIENTS = Path(__file__).with_name("clients")
LONG = (
    "test_keeper_killed.py",
    "test_keeper_unplugged.py",
    "test_schemathesis.py",
    "test_up_first_launch.py",
)
"""One test of these takes as long as other files: last, it would run alone beside idle workers."""


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "run the clients of tests/clients, which scripts/clients installs, and nothing else"
    parser.addoption("--clients", action="store_true", help=text)


@pytest.hookimpl(trylast=True)  # behind who shuffles
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Clients are 1.4 GB and outside the ten minutes of all else."""
    if collection_path.is_dir() and collection_path != CLIENTS:
        return None
    of_clients = CLIENTS in (collection_path, *collection_path.parents)
    return None if of_clients == config.getoption("--clients") else True
