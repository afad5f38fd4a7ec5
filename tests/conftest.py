"""For all tests."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no defect: how long an example takes to be made or tried is no test's business.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")

ASIDE = {Path(__file__).with_name(name): f"--{name}" for name in ("clients", "browser")}
"""Folders outside the ten minutes of all else: each is run by its option, and then alone."""

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
    text = "run tests/browser in the Chromium that scripts/browser finds, and nothing else"
    parser.addoption("--browser", action="store_true", help=text)
    parser.addoption("--screenshots", metavar="DIR", help="where tests/browser leaves its pictures")


@pytest.hookimpl(trylast=True)  # behind who shuffles
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What an option asks for, and no folder of another option's."""
    asked = [folder for folder, option in ASIDE.items() if config.getoption(option)]
    around = (collection_path, *collection_path.parents)
    folder = next((each for each in ASIDE if each in around), None)
    if folder is None and (collection_path.is_dir() or not asked):
        return None
    return None if folder in asked else True
