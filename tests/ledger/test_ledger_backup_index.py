"""An index that is older than the segments beside it: nothing goes that may be nowhere else."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from journal_kit import flip, write_file
from msgspec import structs
from packed_damage_kit import Ledger, turn

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.mark import mark_path, read_mark
from darkhorse.storage.ledger.packed.index import INDEX_FILE
from darkhorse.storage.ledger.packed.segment import (
    HEADER_SIZE,
    SegmentHeader,
    decode_header,
    encode_header,
)
from darkhorse.storage.ledger.recover import recover
from darkhorse.wiring.ledger_repair import repair
from darkhorse.wiring.ledger_verify import verify_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Three files packed and a fourth in the journal; `kept` is as it was one file before."""
    made = Ledger(tmp_path / "data", files=2)
    write_file(made.layout.journal, 4, turn(4, 7), file_id=4)
    made.pack()
    made.whole = made.frames()
    assert len(made.whole) == 6
    return made


def put_back(ledger: Ledger, *names: str) -> None:
    """From the older copy."""
    for name in names:
        shutil.copy(ledger.kept / name, ledger.data / name)


def segments(ledger: Ledger) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in ledger.segments()}


def lose_the_index(ledger: Ledger) -> None:
    for path in ledger.layout.packed.glob(f"{INDEX_FILE}*"):
        path.unlink()


def with_a_checkpoint(ledger: Ledger) -> None:
    recover(ledger.layout.journal)


def without_the_journal(ledger: Ledger) -> None:
    """All that is left of it is what the checkpoint knows."""
    recover(ledger.layout.journal)
    (ledger.layout.journal / "relay-00000004.dhj").unlink()


@pytest.mark.parametrize("spoil", [lambda _: None, with_a_checkpoint, without_the_journal])
def test_packing_stops_before_anything_is_cut(
    ledger: Ledger, spoil: Callable[[Ledger], None]
) -> None:
    spoil(ledger)
    put_back(ledger, "packed/index.sqlite", "journal/relay.packed")
    there = segments(ledger)
    for _ in range(2):
        with pytest.raises(ConfigError, match=r"index\.sqlite is older than the segments; stop"):
            ledger.pack()
    assert segments(ledger) == there
    problems = verify_ledger(ledger.data).problems()
    assert any("index.sqlite: is older than the segments" in line for line in problems)
    lose_the_index(ledger)
    report = repair(ledger.data, lambda _: False)
    assert f"{INDEX_FILE}: kept 2 frames behind the journal's mark" in report.done
    assert ledger.frames() == ledger.whole


def test_repair_sees_by_itself_that_the_index_is_older(ledger: Ledger) -> None:
    with_a_checkpoint(ledger)
    before, mark = ledger.frames(), read_mark(ledger.layout.journal)
    put_back(ledger, "packed/index.sqlite", "journal/relay.packed")
    assert repair(ledger.data, lambda _: False).ok
    assert ledger.frames() == before
    assert read_mark(ledger.layout.journal) == mark
    ledger.pack()
    assert verify_ledger(ledger.data).problems() == []


def test_an_older_mark_costs_no_frame_when_the_index_is_lost(ledger: Ledger) -> None:
    mark = read_mark(ledger.layout.journal)
    put_back(ledger, "journal/relay.packed")
    lose_the_index(ledger)
    report = repair(ledger.data, lambda _: False)
    assert (report.ok, report.lost) == (True, [])
    assert ledger.frames() == ledger.whole
    assert read_mark(ledger.layout.journal) == mark
    assert verify_ledger(ledger.data).problems() == []


def test_nor_where_the_journal_is_empty(ledger: Ledger) -> None:
    without_the_journal(ledger)
    ledger.whole = ledger.frames()
    put_back(ledger, "journal/relay.packed")
    (ledger.layout.journal / "relay.checkpoint").unlink()
    lose_the_index(ledger)
    assert repair(ledger.data, lambda _: False).ok
    assert ledger.frames() == ledger.whole
    assert recover(ledger.layout.journal).generations == 3
    assert verify_ledger(ledger.data).problems() == []


def test_what_repair_leaves_out_is_told_and_packed_again(ledger: Ledger) -> None:
    """A keeper died ahead of its commit: the journal has the frames still."""
    there = {path.name: path.read_bytes() for path in ledger.segments()}
    last = (ledger.layout.journal / "relay-00000004.dhj").read_bytes()
    ledger.restore()
    (ledger.layout.journal / "relay-00000004.dhj").write_bytes(last)
    for name, content in there.items():
        (ledger.layout.packed / name).write_bytes(content)
    lose_the_index(ledger)
    report = repair(ledger.data, lambda _: False)
    assert any("left out 2 frames" in line for line in report.done)
    ledger.pack()
    assert ledger.frames() == ledger.whole
    assert not list(ledger.layout.damaged.glob("*.dhs*")), "a crash's leavings are no evidence"


def test_a_crash_over_a_damaged_file_is_no_older_index(ledger: Ledger) -> None:
    """Its first frame is damaged, which was accepted; then the keeper died before its commit."""
    there = segments(ledger)
    ledger.restore()
    for name, content in there.items():
        (ledger.layout.packed / name).write_bytes(content)
    path = ledger.layout.journal / "relay-00000003.dhj"
    flip(path, 100)
    write_file(ledger.layout.journal, 4, turn(4, 7), file_id=4)
    with pytest.raises(ConfigError, match=r"relay-00000003\.dhj: bytes .* are damaged"):
        ledger.pack()
    assert repair(ledger.data, lambda _: True).ok
    ledger.pack()
    assert [frame.sequence for frame in ledger.frames()] == [1, 2, 3, 4, 6]


def test_all_of_it_gone_with_its_mark_is_told(ledger: Ledger) -> None:
    with_a_checkpoint(ledger)
    shutil.rmtree(ledger.layout.packed)
    mark_path(ledger.layout.journal).unlink()
    (problem,) = verify_ledger(ledger.data).problems()
    assert problem.startswith("relay.packed: is missing, and so is what was packed, frames up to 6")


def test_segments_that_count_are_looked_at_before_others_go(ledger: Ledger) -> None:
    """The index is of before an erasure: what it names is gone, what is there it does not know."""
    for path in ledger.segments():
        path.rename(path.with_name(path.name.replace("-0.dhs", "-1.dhs")))
    there = segments(ledger)
    with pytest.raises(ConfigError, match=r"records-00000001-0\.dhs: is missing"):
        ledger.pack()
    assert segments(ledger) == there


def test_a_segment_of_another_store_is_told(ledger: Ledger) -> None:
    path = ledger.segments()[0]
    raw = path.read_bytes()
    header = decode_header(raw)
    assert isinstance(header, SegmentHeader)
    other = encode_header(structs.replace(header, file_id=header.file_id + 1))
    path.write_bytes(other + raw[HEADER_SIZE:])
    with pytest.raises(ConfigError, match=rf"{path.name}: is another file than the index says"):
        ledger.pack()


def test_a_file_nobody_knows_is_kept(ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    stranger = ledger.layout.packed / "blobs-00000007-0.dhs"
    content = ledger.segments()[0].read_bytes()
    stranger.write_bytes(content)
    empty = ledger.layout.packed / "blobs-00000008-0.dhs"
    empty.write_bytes(content[:80])
    with caplog.at_level(logging.WARNING):
        ledger.pack()
    assert not stranger.exists()
    assert not empty.exists()
    assert [path.name for path in ledger.layout.damaged.iterdir()] == [stranger.name]
    assert (ledger.layout.damaged / stranger.name).read_bytes() == content
    assert stranger.name in caplog.text
    assert ledger.frames() == ledger.whole


def test_bytes_that_the_journal_does_not_hold_are_kept(ledger: Ledger) -> None:
    """A copy whose segments are newer than its index, and whose journal ends where that does."""
    newer = segments(ledger)
    ledger.restore()
    (ledger.layout.journal / "relay-00000003.dhj").unlink()
    older = segments(ledger)
    for name, content in newer.items():
        (ledger.layout.packed / name).write_bytes(content)
    ledger.pack()
    assert segments(ledger) == older
    kept = {path.name: path.read_bytes() for path in ledger.layout.damaged.iterdir()}
    assert kept == {
        f"{name}.from-{len(older[name])}": newer[name][len(older[name]) :] for name in older
    }
    assert all(path.stat().st_mode & 0o077 == 0 for path in ledger.layout.damaged.iterdir())


def test_a_missing_index_is_told_once(ledger: Ledger) -> None:
    lose_the_index(ledger)
    (problem,) = verify_ledger(ledger.data).problems()
    assert problem.count("index.sqlite") == problem.count("ledger repair") == 1
    mark_path(ledger.layout.journal).unlink()
    problems = verify_ledger(ledger.data).problems()
    assert [line.count("ledger repair") for line in problems] == [1] * len(problems)
