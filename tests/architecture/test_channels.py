"""The registry of channels is true: what treats each is there, and so is what holds it to it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from darkhorse.catalog.channels import CHANNELS

ROOT = Path(__file__).parents[2]
LEAKS = ROOT.parent / "shared" / "reference" / "leaks.md"


def test_the_page_is_what_the_registry_says():
    script = ROOT / "scripts" / "anonymity_docs.py"
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    written = (ROOT / "docs" / "anonymity.md").read_text(encoding="utf-8")
    assert written == done.stdout, "run: python scripts/anonymity_docs.py --write"


def test_no_channel_is_there_twice():
    assert len({channel.name for channel in CHANNELS}) == len(CHANNELS)


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_what_a_row_names_is_there(channel):
    assert channel.what
    assert channel.tells
    assert channel.how
    assert channel.by
    for module in channel.by:
        assert (ROOT / "src" / "darkhorse" / module).exists(), module
    assert channel.tests
    for test in channel.tests:
        assert "def test_" in (ROOT / test).read_text(encoding="utf-8"), test


def test_every_row_of_the_threat_model_has_its_channel():
    if not LEAKS.exists():
        pytest.skip("the threat model of this workplace is not in a clone")
    rows = re.findall(r"^\| (\d+) \|", LEAKS.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(row) for row in rows] == list(range(1, 35))
    assert len(CHANNELS) >= len(rows) + 1
