"""A full disk is no damage: it is named as what it is, and work goes on when there is room."""

import errno
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from packed_kit import HeldClock, frames_of, journal_file, packer_of
from sqlalchemy import create_engine, text

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import File, RealDisk
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.index import INDEX_FILE, open_index, read_index
from darkhorse.wiring.keeper.duty import Duty

SECRET = "endpoint of the maker"


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """Longer files cannot be written, by this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_an_index_that_cannot_be_written_is_not_told_as_damaged(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError), no_file_over(1000):
        open_index(tmp_path)
    open_index(tmp_path).close()
    assert read_index(tmp_path) is not None


def test_one_that_is_damaged_is(tmp_path: Path) -> None:
    (tmp_path / INDEX_FILE).write_bytes(b"x" * 8192)
    for opened in (open_index, read_index):
        with pytest.raises(ConfigError, match="ledger repair"):
            opened(tmp_path)


class _Failing:
    """A chore that meets an error."""

    name = "pack"
    every_s = 1.0

    def __init__(self, meet: Callable[[], object]) -> None:
        self._meet = meet

    def step(self) -> bool:
        self._meet()
        return False

    def close(self) -> None:
        pass


def problem_of(meet: Callable[[], object]) -> str:
    duty = Duty("pack", "It cannot be packed", lambda: _Failing(meet), HeldClock())
    duty.run()
    return duty.report.problem


def fill(connection: sqlite3.Connection) -> None:
    with closing(connection):
        connection.execute("PRAGMA max_page_count = 2")
        connection.execute("CREATE TABLE said (what TEXT)")
        connection.execute("INSERT INTO said VALUES (?)", (SECRET * 1000,))


def fill_by_sqlalchemy() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("PRAGMA max_page_count = 2"))
        connection.execute(text("CREATE TABLE said (what TEXT)"))
        connection.execute(text("INSERT INTO said VALUES (:what)"), {"what": SECRET * 1000})


def fail(error: Exception) -> Callable[[], object]:
    def meet() -> None:
        raise error

    return meet


@pytest.mark.parametrize(
    "meet",
    [
        lambda: fill(sqlite3.connect(":memory:")),
        fill_by_sqlalchemy,
        fail(OSError(errno.ENOSPC, "No space left on device")),
        fail(OSError(errno.EDQUOT, "Disk quota exceeded")),
    ],
)
def test_the_keeper_says_that_the_disk_is_full(meet: Callable[[], object]) -> None:
    said = problem_of(meet)
    assert said.startswith("the disk is full; make room in DATA: ")
    assert SECRET not in said


def test_and_what_else_the_disk_says_but_never_a_row() -> None:
    assert problem_of(fail(OSError(errno.EIO, "whatever"))).startswith("Input/output error: ")
    assert SECRET not in problem_of(fail(OSError(SECRET)))
    assert SECRET not in problem_of(fail(sqlite3.IntegrityError(SECRET)))
    assert problem_of(fail(ValueError(SECRET))).startswith("ValueError at ")


class _Full(RealDisk):
    def sync(self, file: File) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_packing_goes_on_when_there_is_room(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    held = frames_of([(b'{"a": 1}', b"yes")])
    journal_file(layout, 1, held)
    journal_file(layout, 2, [])
    full = packer_of(layout, _Full())
    assert problem_of(full.step).startswith("the disk is full")
    full.close()
    packer = packer_of(layout)
    assert not packer.step()
    packer.close()
    assert [path.name for path in layout.journal.glob("*.dhj")] == ["relay-00000002.dhj"]
    assert not layout.damaged.exists()
