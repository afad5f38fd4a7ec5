"""Compiled rules of the scanner, once for all tests."""

import pytest

from darkhorse.storage.ledger.masking.kingfisher import Kingfisher
from darkhorse.storage.ledger.masking.masker import Masker


@pytest.fixture(scope="session")
def rules(request, tmp_path_factory):
    """Kept from run to run: they take five seconds, and Kingfisher knows when they are old."""
    cache = request.config.cache.mkdir("masking")
    Kingfisher(cache=cache, work=tmp_path_factory.mktemp("scanner")).find(["nothing"])
    return cache


@pytest.fixture(scope="session")
def masker(rules, tmp_path_factory):
    return Masker(Kingfisher(cache=rules, work=tmp_path_factory.mktemp("work")))
