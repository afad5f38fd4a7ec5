import pytest

from live.stage import Scripted


@pytest.fixture(scope="session")
def scripted():
    upstream = Scripted()
    yield upstream
    upstream.stop()
