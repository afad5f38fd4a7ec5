"""The whole server, killed and unplugged under load: nothing a client was given may be missing."""

import pytest

from live.conftest import scripted

from .nursery import Nursery

__all__ = ["nursery", "scripted"]


@pytest.fixture(scope="module")
def nursery():
    made = Nursery()
    yield made
    made.close()
