"""A journal beside a mark that is older than what is packed: no number twice, no file unread."""

import asyncio
import logging
import shutil
from pathlib import Path

import pytest
from journal_kit import flip, open_journal, record, write_file
from packed_damage_kit import Ledger, turn

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger import appender
from darkhorse.storage.ledger.files import journal_files
from darkhorse.storage.ledger.frame import Frame
from darkhorse.storage.ledger.mark import mark_path
from darkhorse.storage.ledger.packed.index import INDEX_FILE
from darkhorse.storage.ledger.read import frames
from darkhorse.wiring.ledger_repair import repair
from darkhorse.wiring.ledger_verify import verify_ledger

PACKED = 6  # frames, of three files; a fourth file is in the journal


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path / "data")
    (made.layout.journal / "relay-00000004.dhj").unlink()
    return made


def names(ledger: Ledger) -> list[str]:
    return [file.name for file in journal_files(ledger.layout.journal)]


def relay_runs(ledger: Ledger, *generations: str) -> None:
    journal = open_journal(ledger.layout.journal)
    asyncio.run(record(journal, *generations))
    journal.close()


def sequences(ledger: Ledger) -> list[int]:
    return [frame.sequence for frame, _ in frames(ledger.layout.journal)]


def an_older_mark(ledger: Ledger) -> None:
    older = Ledger(ledger.data.with_name("older"), files=1)
    shutil.copy(mark_path(older.layout.journal), mark_path(ledger.layout.journal))


def no_mark(ledger: Ledger) -> None:
    mark_path(ledger.layout.journal).unlink()


@pytest.mark.parametrize("spoil", [an_older_mark, no_mark])
def test_the_relay_begins_behind_what_the_index_counts(ledger: Ledger, spoil) -> None:
    spoil(ledger)
    relay_runs(ledger, "gen-new")
    assert names(ledger) == ["relay-00000004.dhj"]
    assert sequences(ledger) == [PACKED + 1, PACKED + 2]
    relay_runs(ledger, "gen-newer")
    ledger.pack()
    assert len(ledger.frames()) == PACKED + 2
    assert verify_ledger(ledger.data).problems() == []


def test_without_the_index_its_own_mark_counts_and_that_is_said(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ledger.layout.packed.glob(f"{INDEX_FILE}*"):
        path.unlink()
    with caplog.at_level(logging.ERROR):
        relay_runs(ledger, "gen-new")
    assert "index.sqlite: not usable" in caplog.text
    assert sequences(ledger) == [PACKED + 1, PACKED + 2]


def test_without_both_it_does_not_begin_at_all(ledger: Ledger) -> None:
    no_mark(ledger)
    (ledger.layout.packed / INDEX_FILE).write_bytes(b"")
    with pytest.raises(ConfigError, match=r"index\.sqlite.*ledger repair"):
        open_journal(ledger.layout.journal)
    assert repair(ledger.data, lambda _: False).ok
    relay_runs(ledger, "gen-new")
    assert sequences(ledger) == [PACKED + 1, PACKED + 2]


def test_a_file_packed_between_two_looks_is_not_begun_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relay looks at files and mark, and a packer that saw an empty newest file is between."""
    write_file(ledger.layout.journal, 4, turn(4, PACKED + 1))
    left = ["once"]

    def then_packed(look):
        def looked(*arguments):
            seen = look(*arguments)
            if left:
                left.clear()
                newest = write_file(ledger.layout.journal, 5, [])
                ledger.pack()
                newest.unlink()
            return seen

        return looked

    for name in ("read_mark", "journal_files"):
        monkeypatch.setattr(appender, name, then_packed(getattr(appender, name)))
    relay_runs(ledger, "gen-new")
    assert not left
    assert names(ledger) == ["relay-00000005.dhj"]
    monkeypatch.undo()
    ledger.pack()
    assert sequences(ledger) == [PACKED + 3, PACKED + 4]


# --- files whose number says that they are packed ---


def put(ledger: Ledger, number: int, held: list[Frame]) -> Path:
    return write_file(ledger.layout.journal, number, held, file_id=50 + number)


def test_a_file_with_more_than_is_packed_is_kept_told_and_given_a_number(ledger: Ledger) -> None:
    put(ledger, 3, turn(4, PACKED + 1))
    put(ledger, 4, turn(5, PACKED + 3))
    put(ledger, 5, turn(6, PACKED + 5))
    for _ in range(2):
        with pytest.raises(ConfigError, match=r"relay-00000003\.dhj: holds frames \(2\).* repair"):
            ledger.pack()
    assert names(ledger) == [f"relay-0000000{number}.dhj" for number in (3, 4, 5)]
    (problem,) = [
        line for line in verify_ledger(ledger.data).problems() if "counts as packed" in line
    ]
    assert problem.startswith("relay-00000003.dhj: ")
    report = repair(ledger.data, lambda _: False)
    assert report.ok
    assert names(ledger) == [f"relay-0000000{number}.dhj" for number in (4, 5, 6)]
    ledger.pack()
    assert [frame.sequence for frame in ledger.frames()] == list(range(1, PACKED + 5))
    assert verify_ledger(ledger.data).problems() == []


def test_a_file_with_other_frames_is_kept_and_given_up_only_when_that_is_said(
    ledger: Ledger,
) -> None:
    path = put(ledger, 2, turn(9, 3))
    whole = path.read_bytes()
    with pytest.raises(ConfigError, match=r"relay-00000002\.dhj: frame 3 in it is not the one"):
        ledger.pack()
    (problem,) = verify_ledger(ledger.data).problems()
    assert problem.startswith("relay-00000002.dhj: frame 3 in it")
    assert not repair(ledger.data, lambda _: False).ok
    assert path.read_bytes() == whole
    assert repair(ledger.data, lambda _: True).ok
    (kept,) = ledger.layout.damaged.rglob("*.dhj")
    assert kept.read_bytes() == whole
    ledger.pack()
    assert verify_ledger(ledger.data).problems() == []


def test_what_is_packed_goes_and_what_may_be_open_stays(ledger: Ledger) -> None:
    put(ledger, 1, turn(1, 1))
    put(ledger, 3, [])
    ledger.pack()
    assert names(ledger) == ["relay-00000003.dhj"]
    put(ledger, 4, [])
    ledger.pack()
    assert names(ledger) == ["relay-00000004.dhj"]


def test_a_damaged_copy_of_what_is_packed_is_set_aside(ledger: Ledger) -> None:
    path = put(ledger, 1, turn(1, 1))
    flip(path, 200)
    put(ledger, 2, turn(2, 3))
    ledger.pack()
    assert names(ledger) == []
    assert [path.name for path in ledger.layout.damaged.iterdir()] == ["relay-00000001.dhj"]


# --- a backup that turns up after what it holds was given up ---


def test_a_backup_of_a_file_that_was_given_up_is_kept(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    path = put(ledger, 4, turn(4, PACKED + 1))
    put(ledger, 5, turn(5, PACKED + 3))
    whole = path.read_bytes()
    flip(path, len(whole) - 40)
    assert repair(ledger.data, lambda _: True).ok
    ledger.pack()
    assert names(ledger) == ["relay-00000005.dhj"]
    damaged = (ledger.layout.damaged / path.name).read_bytes()
    path.write_bytes(whole)
    (problem,) = verify_ledger(ledger.data).problems()
    assert problem.startswith("relay-00000004.dhj: holds frames that were given up (1)")
    with caplog.at_level(logging.WARNING):
        ledger.pack()
    assert "relay-00000004.dhj: holds frames that were given up (1)" in caplog.text
    kept = sorted(path.read_bytes() for path in ledger.layout.damaged.iterdir())
    assert kept == sorted([damaged, whole])
    assert verify_ledger(ledger.data).problems() == []
