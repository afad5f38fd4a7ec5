import json
import logging
import stat

import pytest

from darkhorse.accounts.keys import KeyRing, hash_key
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.wiring.keys import ensure_first_keys, open_key_store


@pytest.fixture
def start(tmp_path):
    return lambda: ensure_first_keys(tmp_path / "data", SystemClock())


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "first-keys.json"


def authenticate(tmp_path, key):
    store = open_key_store(tmp_path / "data")
    ring = KeyRing(store, SystemClock())
    ring.load()
    store.close()
    return ring.authenticate(f"Bearer {key.reveal()}")


def test_the_first_start_makes_both_and_they_work(tmp_path, start):
    first = start()
    assert first.origin == "made"
    assert authenticate(tmp_path, first.developer).kind == "developer"
    assert authenticate(tmp_path, first.management).kind == "management"


def test_the_second_start_has_the_same(start):
    first, second = start(), start()
    assert (second.developer, second.management) == (first.developer, first.management)
    assert second.origin == "kept"


def test_the_file_is_the_owners_only_and_leaves_no_draft(start, file):
    start()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {path.name for path in file.parent.iterdir()} <= {
        "first-keys.json",
        "state.sqlite",
        "state.sqlite-wal",
        "state.sqlite-shm",
    }


def test_the_state_holds_no_key(start, file):
    first = start()
    state = b"".join(path.read_bytes() for path in file.parent.glob("state.sqlite*"))
    assert hash_key(first.developer).encode() in state
    assert first.developer.reveal().encode() not in state
    assert first.management.reveal().encode() not in state


@pytest.mark.parametrize("damage", [lambda f: f.unlink(), lambda f: f.write_text('{"developer"')])
def test_a_lost_file_means_new_keys_and_a_word_about_it(tmp_path, start, file, damage, caplog):
    first = start()
    damage(file)
    with caplog.at_level(logging.DEBUG):
        second = start()
    assert second.origin == "remade"
    assert second.developer != first.developer
    assert "was lost" in caplog.text
    for keys in (first, second):
        assert authenticate(tmp_path, keys.developer).kind == "developer"
        assert keys.developer.reveal() not in caplog.text
        assert keys.management.reveal() not in caplog.text
    assert start().developer == second.developer


def test_a_crash_between_file_and_state_is_completed(tmp_path, start, file):
    first = start()
    for path in file.parent.glob("state.sqlite*"):
        path.unlink()
    assert start().developer == first.developer
    assert authenticate(tmp_path, first.developer).kind == "developer"


def test_what_is_printed_is_what_the_file_says(start, file):
    first = start()
    assert json.loads(file.read_text()) == {
        "developer": first.developer.reveal(),
        "management": first.management.reveal(),
    }


def test_a_place_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ConfigError, match="cannot be made"):
        ensure_first_keys(tmp_path / "data", SystemClock())
