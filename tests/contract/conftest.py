from contextlib import contextmanager

import pytest
from contract_kit import House

from live.stage import Scripted


@contextmanager
def open_house(data):
    upstream = Scripted()
    house = House(data, upstream.url)
    try:
        yield house
    finally:
        house.close()
        upstream.stop()


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    with open_house(tmp_path_factory.mktemp("contract")) as house:
        yield house


@pytest.fixture(scope="module")
def trampled_house(tmp_path_factory):
    """For whoever leaves keys, reports and feedback behind by the hundred."""
    with open_house(tmp_path_factory.mktemp("trampled")) as house:
        yield house
