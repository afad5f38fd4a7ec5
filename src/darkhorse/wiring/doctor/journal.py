"""The journal, the facts made from it, and the clock that dates both."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy.exc import DatabaseError

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.bookmark import Bookmark, read_bookmark
from darkhorse.storage.ledger.facts import FACTS_FILE, has_shape
from darkhorse.storage.ledger.files import JournalFile, journal_files
from darkhorse.storage.ledger.frame import HEADER_SIZE
from darkhorse.storage.ledger.history import LostFile, expected, read_checkpoint
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.mark import read_mark
from darkhorse.storage.ledger.packed.check import check_packed
from darkhorse.storage.ledger.read import verify
from darkhorse.storage.ledger.scan import Damage, scan_file, size_of
from darkhorse.storage.ledger.scan import Found as Frames
from darkhorse.storage.ledger.verify import synced_upto
from darkhorse.storage.state.engine import open_reader
from darkhorse.wiring.doctor.check import Check, fail, moment, ok, span, warn
from darkhorse.wiring.doctor.state import Found
from darkhorse.wiring.time import newest_us

__all__ = ["check", "judge_clock"]

OnProgress = Callable[[int, int], None]

_BEHIND_US = 60_000_000
_EARLIEST_US = 1_735_689_600_000_000  # 2025-01-01: before this was written
_LATEST_US = 4_102_444_800_000_000  # 2100-01-01
_LAG = 1 << 20  # bytes the keeper may be behind; it comes by five times a second

_DAMAGED = (
    "Copy the journal directory before anything else; `darkhorse ledger verify` says what is "
    "damaged and what can be done."
)


class _Dated(Struct):
    at_us: int = 0


def check(
    data: Path, found: Found, now_us: int, *, deep: bool, on_progress: OnProgress
) -> Iterator[Check]:
    """Journal, facts, clock: the newest record tells of all three."""
    directory = data / "journal"
    files = [file for file in journal_files(directory) if (size_of(file) or 0) > HEADER_SIZE]
    newest = _Newest(files[-1] if files else None)
    packed = _packed(directory)
    yield from (
        _check_deep(directory, on_progress) if deep else _check_newest(directory, newest, packed)
    )
    yield _check_facts(data / FACTS_FILE, files, packed)
    yield judge_clock(now_us, max(newest.at_us, newest_us(data), found.newest_move_us))


def _packed(directory: Path) -> int:
    """How many frames have left the journal. A mark that cannot be read is told by others."""
    try:
        mark = read_mark(directory)
    except ConfigError:
        return 0
    return mark.sequence if mark else 0


class _Newest:
    """The newest file that holds anything, read once."""

    def __init__(self, file: JournalFile | None) -> None:
        self.file = file
        self.frames = 0
        self.at_us = 0
        self.damaged: list[Damage] = []
        synced = partial(synced_upto, file.directory, file.writer) if file else None
        for step in scan_file(file, synced=synced) if file else ():
            if isinstance(step, Frames):
                self.frames += 1
                self.at_us = max(self.at_us, _at(step.frame.meta))
            elif isinstance(step, Damage):
                self.damaged.append(step)


def _at(meta: bytes) -> int:
    try:
        return msgspec.json.decode(meta, type=_Dated).at_us
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 0


def _check_newest(directory: Path, newest: _Newest, packed: int) -> Iterator[Check]:
    problems = [*_lost(directory), *(_told(damage) for damage in newest.damaged)]
    if problems:
        yield fail("journal", "; ".join(problems) + ".", _DAMAGED)
    elif newest.file is None and packed:
        told = f"All {packed:,} frames so far are packed; --deep reads them."
        yield ok("journal", told)
    elif newest.file is None:
        yield ok("journal", "Nothing has been recorded yet.")
    else:
        yield ok(
            "journal",
            f"All {newest.frames:,} frames of the newest file, {newest.file.name}, are whole; "
            "--deep reads the others too.",
        )


def _told(damage: Damage) -> str:
    return f"{damage.file.name}: bytes {damage.start:,} to {damage.end:,} are damaged"


def _lost(directory: Path) -> Iterator[str]:
    """Files that were there once, by the writer's own note."""
    files = journal_files(directory)
    for path in directory.glob("*.checkpoint"):
        own = [file for file in files if file.writer == path.stem]
        known = expected(directory, read_checkpoint(directory, path.stem), own)
        yield from (LostFile(file.name, known.sizes[file.name]).told() for file in known.lost)


def _check_deep(directory: Path, on_progress: OnProgress) -> Iterator[Check]:
    report = verify(directory, on_progress)
    if report.ok:
        told = f"All {report.frames:,} frames in {report.files:,} files are there, once and whole."
        yield ok("journal", told)
    for problem in report.problems():
        yield fail("journal", f"{problem}.", _DAMAGED)
    yield from _check_packed(Layout(directory.parent), on_progress)


def _check_packed(layout: Layout, on_progress: OnProgress) -> Iterator[Check]:
    report = check_packed(layout.packed, on_progress)
    if report.ok and report.segments:
        counts = report.counts
        frames = counts.starts + counts.ends + counts.others
        yield ok("packed", f"All {frames:,} packed frames are there, whole.")
    for fault in report.faults:
        yield fail("packed", fault.told(), _DAMAGED)


def _check_facts(path: Path, files: list[JournalFile], packed: int) -> Check:
    if not path.exists():
        if not files and not packed:
            return ok("facts", "Nothing has been recorded yet.")
        return warn("facts", f"{path} does not exist; totals are empty.", _RESTART)
    engine = open_reader(path)
    try:
        with engine.connect() as connection:
            if not has_shape(connection):
                return warn("facts", f"{path} is of another version.", _RESTART)
            bookmark = read_bookmark(connection)
    except DatabaseError as e:
        return fail(
            "facts",
            f"{path} cannot be read ({e.orig}).",
            "Stop the server and run `darkhorse ledger repair`; the next start makes it again.",
        )
    finally:
        engine.dispose()
    return _judge_lag(_unpacked(bookmark, Layout(path.parent).journal), files)


_RESTART = "Start the server: its keeper makes the facts again."


def _unpacked(bookmark: Bookmark | None, directory: Path) -> Bookmark | None:
    """None where the frame it stands on is packed: all of the journal may follow it."""
    mark = read_mark(directory)
    return None if bookmark and mark and bookmark.sequence <= mark.sequence else bookmark


def _judge_lag(bookmark: Bookmark | None, files: list[JournalFile]) -> Check:
    names = [file.name for file in files]
    if bookmark and bookmark.file not in names:
        return warn("facts", "The facts are of another journal than the one here.", _RESTART)
    at = names.index(bookmark.file) if bookmark else 0
    behind = sum(size_of(file) or 0 for file in files[at:]) - (bookmark.offset if bookmark else 0)
    if behind > _LAG:
        return warn(
            "facts",
            f"The facts are {behind:,} bytes behind the journal.",
            "Start the server, or see what its keeper says; totals lag with it.",
        )
    return ok("facts", "The facts keep up with the journal.")


def judge_clock(now_us: int, newest_us: int) -> Check:
    """The machine's time against the newest thing it has dated."""
    if not _EARLIEST_US <= now_us < _LATEST_US:
        return fail(
            "clock",
            f"The clock says {moment(now_us)}, which cannot be.",
            "Set it, and switch network time on: timedatectl set-ntp true",
        )
    if now_us < newest_us - _BEHIND_US:
        return fail(
            "clock",
            f"The clock says {moment(now_us)}, but the newest record is of {moment(newest_us)}, "
            f"{span(newest_us - now_us)} later: either the clock is behind, or it was "
            "ahead when that was written.",
            "See which: `timedatectl` shows the clock, `timedatectl set-ntp true` keeps it right. "
            "A wrong moment in a record stays; `darkhorse launch show` tells of moves.",
        )
    return ok("clock", f"The clock says {moment(now_us)}; nothing recorded is newer.")
