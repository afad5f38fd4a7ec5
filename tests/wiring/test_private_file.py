"""Small private files: the owner's alone, whole or as before, and made once."""

import os

import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.wiring.private_file import kept_secret, write_private


def test_a_file_is_the_owners_alone_whatever_was_there(tmp_path):
    path = tmp_path / "it"
    path.write_text("before")
    path.chmod(0o644)
    draft = tmp_path / f".it.{os.getpid()}"  # left by one that was killed
    draft.write_text("half")
    write_private(path, b"after")
    assert path.read_bytes() == b"after"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path):
    path = tmp_path / "it"
    path.mkdir()
    (path / "kept").touch()
    with pytest.raises(OSError, match="directory"):
        write_private(path, b"after")
    assert (path / "kept").exists()


def test_a_secret_is_made_once_and_differs_elsewhere(tmp_path):
    first = kept_secret(tmp_path / "one")
    assert len(first) == 32
    assert kept_secret(tmp_path / "one") == first != kept_secret(tmp_path / "two")
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_secret_of_another_size_is_not_taken(tmp_path, size):
    (tmp_path / "one").write_bytes(b"x" * size)
    with pytest.raises(ConfigError, match="is not the 32 bytes written there once"):
        kept_secret(tmp_path / "one")
    assert (tmp_path / "one").stat().st_size == size


def test_a_place_that_is_none_is_one_sentence(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot be read or made \(No such file"):
        kept_secret(tmp_path / "none" / "one")
    with pytest.raises(ConfigError, match=r"cannot be read or made \(Is a directory"):
        kept_secret(tmp_path)
