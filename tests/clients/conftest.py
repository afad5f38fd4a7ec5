"""Clients that are tried, and notes of what came of it."""

from collections.abc import Callable, Generator

import pytest

from clients.house import House
from clients.notes import Notes
from clients.roster import Client

TRIED = pytest.StashKey[tuple[Client, tuple[str, ...]]]()
NOTES = pytest.StashKey[Notes]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[NOTES] = Notes()


@pytest.fixture
def tries(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`tries(client, *features)`: what comes of this test goes into docs/compatibility.md.

    A feature that the roster says fails has to.
    """

    def say(client: Client, *features: str) -> None:
        request.node.stash[TRIED] = (client, features)
        why = [client.fails[each] for each in features if each in client.fails]
        if why:
            request.applymarker(pytest.mark.xfail(reason=why[0], strict=True))

    return say


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and TRIED in item.stash:
        client, features = item.stash[TRIED]
        if report.passed or report.failed or hasattr(report, "wasxfail"):
            item.config.stash[NOTES].take(client, features, works=report.passed)
    return report


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory):
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    house.close()
