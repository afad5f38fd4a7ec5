"""The key an operator means."""

import pytest

from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.wiring.key_names import key_among, key_of
from darkhorse.wiring.keys import key_desk

ANN = "aaaaaa11" + "0" * 56
BEN = "aaaaaa22" + "0" * 56
KNOWN = {ANN: "ann", BEN: ""}


def test_a_label_or_the_beginning_of_a_hash():
    assert key_among(KNOWN, "ann") == ANN
    assert key_among(KNOWN, "aaaaaa2") == BEN
    assert key_among(KNOWN, BEN) == BEN


def test_a_whole_hash_needs_no_state():
    assert key_among(KNOWN, "f" * 64) == "f" * 64


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "No key is called ``"),  # nor the one that has no label
        ("aaaaa", "No key is called `aaaaa`"),
        ("aaaaaa", "`aaaaaa` may be aaaaaa110000, aaaaaa220000; give more of the hash"),
        ("nobody", "No key is called `nobody`"),
        ("f" * 63, "No key is called"),
    ],
)
def test_what_names_no_single_key_is_a_mistake(text, told):
    with pytest.raises(ConfigError, match=told):
        key_among(KNOWN, text)


def test_a_label_that_two_keys_have_is_a_mistake():
    with pytest.raises(ConfigError, match="may be aaaaaa110000, aaaaaa220000"):
        key_among({ANN: "ann", BEN: "ann"}, "ann")


def test_a_key_itself_is_not_repeated(tmp_path):
    with pytest.raises(ConfigError, match="should stand on no command line") as caught:
        key_of(tmp_path, "sk-dh-abcdefghij")
    assert "abcdefghij" not in str(caught.value)


def test_the_keys_of_a_data_directory_the_deleted_too(tmp_path):
    with key_desk(tmp_path, SystemClock(), make=True) as desk:
        _, record = desk.create("developer", label="ann")
        desk.delete(record.hash)
    assert key_of(tmp_path, "ann") == key_of(tmp_path, record.hash[:6]) == record.hash


def test_no_state_and_a_damaged_one(tmp_path):
    with pytest.raises(ConfigError, match="No key is called `ann`"):
        key_of(tmp_path, "ann")
    (tmp_path / "state.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(ConfigError, match=r"state\.sqlite: not usable"):
        key_of(tmp_path, "ann")
