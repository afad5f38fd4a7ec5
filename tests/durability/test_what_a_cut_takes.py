"""The power cut's own tools, where tests/ledger does not have them; and a hole in the journal."""

import random
import sqlite3
from contextlib import closing

import msgspec
import pytest

from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.frame import START, FileHeader, Frame, encode, encode_header
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.powercut import RecordingDisk, cut_commit, cut_power
from darkhorse.storage.ledger.recover import recover


def commit(connection, number):
    connection.execute("INSERT INTO said VALUES (?)", (number,))
    connection.commit()


def left_in(database, sidecar, rounds):
    """What is there after as many cuts, one behind the other, and what each said it took."""
    took = [cut_commit(database, sidecar) for _ in range(rounds)]
    with closing(sqlite3.connect(database)) as connection:
        return took, [number for (number,) in connection.execute("SELECT number FROM said")]


@pytest.fixture
def killed(tmp_path):
    """A database with a WAL as a killed process leaves it; noted after two of its four commits."""
    live, database, sidecar = tmp_path / "live", tmp_path / "one.sqlite", tmp_path / "synced"
    with closing(sqlite3.connect(live)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE said (number INTEGER)")
        commit(connection, 1)
        commit(connection, 2)
        copy(live, database)
        RecordingDisk(sidecar, [database]).replace(tmp_path / "something", b"x")
        commit(connection, 3)
        commit(connection, 4)
        copy(live, database)
    return database, sidecar


def copy(live, database):
    database.write_bytes(live.read_bytes())
    wal = live.with_name("live-wal").read_bytes()
    database.with_name(f"{database.name}-wal").write_bytes(wal)


@pytest.mark.parametrize(("rounds", "left"), [(0, [1, 2, 3, 4]), (1, [1, 2, 3]), (3, [1, 2])])
def test_commits_are_taken_up_to_the_one_that_must_have_been_synced(killed, rounds, left):
    assert left_in(*killed, rounds) == ([True, True, False][:rounds], left)


def test_of_some_files_that_were_never_synced_a_part_stays(tmp_path):
    sizes = set()
    for seed in range(20):
        directory = tmp_path / str(seed)
        directory.mkdir()
        disk = RecordingDisk(tmp_path / f"synced-{seed}")
        file = disk.create(directory / "new")
        disk.write(file, [b"x" * 100])
        disk.close(file)
        sidecar = tmp_path / f"synced-{seed}"
        cut_power(directory, sidecar, random.Random(seed), "torn", strays=True)
        sizes.add((directory / "new").stat().st_size if (directory / "new").exists() else None)
    assert None in sizes
    assert len(sizes) > 3


class Clock:
    def now_us(self):
        return 1_700_000_000_000_000

    def monotonic(self):
        return 1000.0


def test_a_hole_in_what_was_never_synced_stops_nothing(tmp_path):
    """File systems may write a tail's later pages first; nobody was told that these are safe."""
    layout = Layout(tmp_path)
    layout.journal.mkdir()
    frames = [framed(1, begins=True), framed(2, begins=True), framed(3, begins=False)]
    frames[1] = bytes(len(frames[1]))  # 2 and 3 were written and not synced
    content = encode_header(FileHeader(7, 1, marked=True)) + b"".join(frames)
    (layout.journal / "relay-00000001.dhj").write_bytes(content)
    recover(layout.journal)
    packer = Packer(layout, disk=RealDisk(), clock=Clock(), new_file_id=lambda: 9, newest_too=True)
    packer.step()
    packer.close()
    with closing(Packed(layout.packed)) as packed:
        assert packed.frame(1) == Frame(START, 1, meta(1), b"hi")


def framed(number, *, begins):
    return b"".join(encode(START, number, meta(number), b"hi", file_id=7, begins=begins))


def meta(number):
    # All of a record that is looked at here.
    record = {"id": f"gen-{number}", "at_us": 1}
    return msgspec.json.encode(record)
