import pytest

from .stage import Scripted


@pytest.fixture(scope="session")
def scripted():
    upstream = Scripted()
    yield upstream
    upstream.stop()
