"""What is noted of clients, and the page made of it."""

import importlib.util
import json
from pathlib import Path

import pytest

from clients.notes import FAILS, WORKS, Notes, read
from clients.roster import SDKS, Client

SCRIPT = Path(__file__).parents[2] / "scripts" / "compatibility.py"
NOBODY = Client("Nobody's", "nobody", "chat", without={"list": "it is blind"})


@pytest.fixture
def page():
    spec = importlib.util.spec_from_file_location("compatibility", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_the_worst_of_a_session_counts_and_the_next_begins_anew(tmp_path):
    notes = Notes(tmp_path)
    for works in (True, False, True):
        notes.take(NOBODY, ("chat", "stream"), works=works)
    assert read(NOBODY, tmp_path) == {"chat": FAILS, "stream": FAILS}
    Notes(tmp_path).take(NOBODY, ("chat",), works=True)
    assert read(NOBODY, tmp_path) == {"chat": WORKS, "stream": FAILS}


def test_notes_of_another_version_are_forgotten(tmp_path):
    Notes(tmp_path).take(NOBODY, ("chat",), works=True)
    [file] = tmp_path.iterdir()
    file.write_text(json.dumps({**json.loads(file.read_text()), "version": "0.1"}))
    assert read(NOBODY, tmp_path) == {}


def test_a_row_says_what_works_what_does_not_and_what_is_not_there(page):
    outcomes = {"chat": WORKS, "stream": FAILS}
    assert page.row(NOBODY, outcomes).split(" | ")[2:7] == ["chat", "-", "yes", "**no**", ""]
    assert page.unexplained(NOBODY, outcomes) == ["stream"]
    assert "tools" in page.missing(NOBODY, outcomes)


def test_every_reason_is_on_the_page(page):
    text = "".join(page.notes())
    for client in SDKS:
        for feature, why in client.without.items():
            assert feature == "task" or f"- {feature}, -: {why}." in text
