"""`ledger repair`: what can be made again is made again; the rest is given up, if that is said.

Nothing is deleted: what is damaged is moved to DATA/damaged. Each step may be cut short and begun
again. Works only while no server runs on the directory.
"""

import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from darkhorse.base.clock import Clock, SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.agreement import check_facts
from darkhorse.storage.ledger.disk import Disk, RealDisk
from darkhorse.storage.ledger.files import JournalFile, journal_files, named
from darkhorse.storage.ledger.history import checkpoint_path, read_checkpoint
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.lost import generations_between
from darkhorse.storage.ledger.mark import (
    PackedMark,
    index_mark,
    mark_path,
    read_mark,
    said_mark,
    write_mark,
)
from darkhorse.storage.ledger.packed.check import PackedReport, check_packed
from darkhorse.storage.ledger.packed.index import INDEX_FILE, Gap, Index, open_index, read_index
from darkhorse.storage.ledger.packed.rebuild import JournalBegins, Rebuilt, fill_index
from darkhorse.storage.ledger.packed.salvage import give_up
from darkhorse.storage.ledger.read import VerifyReport, verify
from darkhorse.storage.ledger.renumber import give_numbers, misnumbered
from darkhorse.storage.ledger.scan import Found, scan_file
from darkhorse.wiring.ledger import ledger_layout
from darkhorse.wiring.ledger_verify import OnProgress, is_erasing, made_faults, may_be_older
from darkhorse.wiring.lock import holder, keeping

__all__ = ["Accept", "RepairReport", "repair"]

Accept = Callable[[str], bool]
"""Asked with a sentence that says what would be given up: may it be?"""

_REBUILT = "index.sqlite.rebuilt"  # a directory: SQLite's own files are beside a database


class RepairReport(Struct, kw_only=True):
    """What was done, what it cost, and what is still wrong."""

    done: list[str] = []
    lost: list[str] = []  # generations, as far as anybody knows
    left: list[str] = []

    @property
    def ok(self) -> bool:
        return not self.left


def repair(
    data: Path,
    accept: Accept,
    on_progress: OnProgress = lambda *_: None,
    *,
    clock: Clock | None = None,
    disk: Disk | None = None,
) -> RepairReport:
    """Repair `data`. Raises ConfigError while a server or a keeper runs there, OSError."""
    layout = ledger_layout(data)
    held, pid = holder(data)
    if held:
        raise ConfigError(
            f"{data}: a server (pid {pid or 'unknown'}) runs on this data; stop it, then repair."
        )
    with keeping(data):
        work = _Repair(layout, clock or SystemClock(), disk or RealDisk(), accept, on_progress)
        try:
            return work.run()
        except sqlite3.OperationalError as e:  # damage is told by those who meet it
            raise ConfigError(f"{data}: {e}; make room there, then repair once more.") from None


class _Repair:
    def __init__(
        self, layout: Layout, clock: Clock, disk: Disk, accept: Accept, on_progress: OnProgress
    ) -> None:
        self._layout = layout
        self._clock = clock
        self._disk = disk
        self._accept = accept
        self._progress = on_progress
        self._report = RepairReport()
        self._aside = _unused(layout.damaged, clock.now_us())

    def run(self) -> RepairReport:
        """Each part in turn, packed first: all else is made from it. Raises OSError."""
        packed = self._index()
        if not packed.ok:
            packed = self._salvage(packed)
        self._mark()
        self._numbers()
        self._journal()
        if packed.ok:
            self._facts()
        self._made_of_words()
        return self._report

    def _say(self, sentence: str) -> None:
        self._report.done.append(sentence)

    def _set_aside(self, path: Path) -> None:
        """Move it to DATA/damaged, whatever it is."""
        self._disk.make_directory(self._aside)
        path.rename(self._aside / path.name)

    def _set_database_aside(self, path: Path) -> bool:
        """With SQLite's own files beside it. True: something was there."""
        found = [each for each in sorted(path.parent.glob(f"{path.name}*")) if each.is_file()]
        for each in found:
            self._set_aside(each)
        return bool(found)

    # --- index.sqlite ---

    def _index(self) -> PackedReport:
        report = self._check()
        is_suspect = any(fault.file == INDEX_FILE for fault in report.faults) or (
            report.leftovers and report.faults  # files that it does not know may be the right ones
        )
        if not is_suspect and not self._is_older(report):
            return report
        found = self._rebuild()
        self._say(f"{INDEX_FILE}: made again from {found.segments} segments")
        if found.behind:
            self._say(f"{INDEX_FILE}: kept {found.behind:,} frames behind the journal's mark")
        if found.left_out:
            self._say(
                f"{INDEX_FILE}: left out {found.left_out:,} frames behind the journal's mark; the "
                "keeper packs them anew from the journal, and keeps in DATA/damaged what is not "
                "there"
            )
        return self._check()

    def _is_older(self, report: PackedReport) -> bool:
        if not report.uncommitted and not report.leftovers:
            return False
        with suppress(ConfigError):
            return may_be_older(report, verify(self._layout.journal))
        return False

    def _check(self) -> PackedReport:
        return check_packed(self._layout.packed, partial(self._progress, "packed"))

    def _rebuild(self) -> Rebuilt:
        """In a place of its own, then in the old one's: whole or not at all."""
        packed = self._layout.packed
        gaps, mark = self._known_gaps(), self._said_mark()
        place = packed / _REBUILT
        for leftover in place.glob("*") if place.exists() else ():
            leftover.unlink()
        self._disk.make_directory(place)
        with closing(open_index(place)) as index:
            found = fill_index(
                index,
                packed,
                mark,
                begins=self._journal_begins(mark),
                gaps=gaps,
                on_progress=partial(self._progress, "index"),
            )
            index.run("PRAGMA wal_checkpoint(TRUNCATE)")
        self._set_database_aside(packed / INDEX_FILE)
        (place / INDEX_FILE).rename(packed / INDEX_FILE)
        for leftover in place.iterdir():
            leftover.unlink()
        place.rmdir()
        return found

    def _known_gaps(self) -> list[Gap]:
        """What the old one still tells."""
        with suppress(ConfigError, TypeError, ValueError):
            index = read_index(self._layout.packed)
            if index:
                with closing(index):
                    return index.gaps()
        return []

    def _said_mark(self) -> PackedMark | None:
        try:
            return said_mark(self._layout.journal)
        except ConfigError:
            return None

    def _journal_begins(self, mark: PackedMark | None) -> JournalBegins:
        last = mark.sequence if mark else 0
        files = journal_files(self._layout.journal)
        for file in files:
            for step in scan_file(file):
                if isinstance(step, Found) and step.frame.sequence > last:
                    return JournalBegins(file.number, step.frame.sequence)
        numbers = [file.number for file in (*files, *self._listed())]
        return JournalBegins(max([mark.number if mark else 0, *numbers]) + 1)

    def _listed(self) -> list[JournalFile]:
        """Those the checkpoint knows."""
        with suppress(ConfigError):
            if saved := read_checkpoint(self._layout.journal, "relay"):
                found = [named(self._layout.journal, name) for name in saved.sizes()]
                return [file for file in found if file]
        return []

    # --- segments ---

    def _salvage(self, report: PackedReport) -> PackedReport:
        records = [(each.first, each.last) for each in report.lost if each.stream == "records"]
        names = [*report.broken_generations, *generations_between(self._layout, records)]
        broken = len(set(names)) + report.more_broken
        files = ", ".join(sorted({fault.file for fault in report.faults})[:5])
        if not self._accept(
            f"{broken:,} generations cannot be read whole any more ({files} damaged). Without a "
            f"backup they are erased, the damaged files are kept in {self._aside}"
        ):
            self._report.left += [fault.told() for fault in report.faults]
            return report
        self._disk.make_directory(self._aside)
        mark = self._known_mark() or self._said_mark()
        salvaged = give_up(
            self._layout.packed,
            report,
            mark.open if mark else (),
            aside=self._aside,
            disk=self._disk,
            clock=self._clock,
            new_file_id=partial(secrets.randbits, 64),
        )
        self._report.lost += sorted(set(names))
        self._say(
            f"packed: gave up {salvaged.frames:,} frames and {salvaged.items:,} items, "
            f"{salvaged.files:,} files written anew"
        )
        self._make_facts_anew("frames were given up")
        self._make_words_anew("frames were given up")
        after = self._check()
        self._report.left += [fault.told() for fault in after.faults]
        return after

    # --- the mark ---

    def _mark(self) -> None:
        journal = self._layout.journal
        known = self._known_mark()
        try:
            said = said_mark(journal)
        except ConfigError:
            self._set_aside(mark_path(journal))
            said = None
        if known and (said is None or (said.number <= known.number and said != known)):
            write_mark(journal, known, self._disk)
            self._say(f"{mark_path(journal).name}: made again from the index")
        elif said and (known is None or known.number < said.number):
            self._give_up_behind(said, known.sequence if known else 0)

    def _known_mark(self) -> PackedMark | None:
        with suppress(ConfigError):
            return index_mark(self._layout.journal)
        return None

    def _give_up_behind(self, said: PackedMark, last: int) -> None:
        """The packed directory is older than the journal beside it."""
        missing = said.sequence - last
        if not self._accept(
            f"{self._layout.packed} ends with frame {last:,}, but the journal was packed up to "
            f"{said.sequence:,}: {missing:,} frames are gone unless a newer backup has them"
        ):
            self._report.left.append(f"packed: {missing:,} frames are missing behind {last:,}")
            return
        self._disk.make_directory(self._layout.packed)
        with closing(open_index(self._layout.packed)) as index, index.commit():
            _record_gap(index, said, last)
        self._say(f"packed: gave up {missing:,} frames behind {last:,}")
        self._make_facts_anew("frames were given up")

    # --- the journal ---

    def _numbers(self) -> None:
        """Files that are not packed, though their number says so."""
        try:
            mark = read_mark(self._layout.journal)
            found = misnumbered(self._layout.journal, mark, self._layout.packed) if mark else []
        except ConfigError as e:
            self._report.left.append(str(e))
            return
        kept: list[JournalFile] = []
        for file, held in found:
            if held.other:
                self._give_up_other(file, held.other)
            elif held.given_up:
                self._set_aside(file.path)
                self._say(f"{file.name}: set aside; it holds frames that were given up before")
            else:
                kept.append(file)
        if mark and kept:
            give_numbers(self._layout.journal, mark, kept[0])
            checkpoint = checkpoint_path(self._layout.journal, "relay")
            if checkpoint.exists():
                self._set_aside(checkpoint)  # it knows them by the old ones
            self._say(f"{kept[0].name} and those behind it: numbered anew, to be packed")

    def _give_up_other(self, file: JournalFile, sequence: int) -> None:
        why = f"frame {sequence:,} in it is not the one that is packed under that number"
        if self._accept(f"{file.name}: {why}; the file is kept in {self._aside} and not packed"):
            self._set_aside(file.path)
            self._say(f"{file.name}: given up; {why}")
        else:
            self._report.left.append(f"{file.name}: {why}")

    def _journal(self) -> None:
        try:
            report = verify(self._layout.journal, partial(self._progress, "journal"))
        except ConfigError as e:
            self._report.left.append(str(e))
            return
        for name in _damaged_files(report):
            accepted = self._layout.journal / f"{name}.accepted"
            if accepted.exists():
                continue
            if self._accept(
                f"{name} is damaged or missing; what it held there is lost without a backup. The "
                "keeper packs what is whole and then moves the file to DATA/damaged"
            ):
                self._disk.replace(accepted, b"given up by `darkhorse ledger repair`\n")
                self._say(f"{name}: given up where it is damaged; the keeper packs the rest")
            else:
                self._report.left.append(f"{name}: damaged or missing")

    # --- what is made from frames ---

    def _facts(self) -> None:
        try:
            found = check_facts(self._layout, erasing=is_erasing(self._layout.data))
        except ConfigError as e:
            self._report.left.append(str(e))
            return
        if found.faults:
            self._make_facts_anew(found.faults[0].why)

    def _make_facts_anew(self, why: str) -> None:
        """The table goes with them: it counts by what they know of it."""
        moved = self._set_database_aside(self._layout.facts)
        if self._layout.table.exists():
            self._set_aside(self._layout.table)
            moved = True
        if moved:
            self._say(f"facts.sqlite and table: set aside ({why}); the keeper makes them anew")

    def _made_of_words(self) -> None:
        for path in self._of_words():
            for fault in made_faults(path):
                self._make_anew(path, fault.why)

    def _make_words_anew(self, why: str) -> None:
        for path in self._of_words():
            self._make_anew(path, why)

    def _make_anew(self, path: Path, why: str) -> None:
        if self._set_database_aside(path):
            self._say(f"{path.name}: set aside ({why}); the keeper makes it anew")

    def _of_words(self) -> tuple[Path, Path]:
        return self._layout.search, self._layout.traits


def _unused(damaged: Path, now_us: int) -> Path:
    """A directory of this run's own."""
    at = datetime.fromtimestamp(now_us / 1_000_000, UTC)
    names = (f"{at:%Y%m%dT%H%M%SZ}-{number}" for number in count(1))
    return next(path for name in names if not (path := damaged / name).exists())


def _record_gap(index: Index, said: PackedMark, last: int) -> None:
    counts = index.counts()
    index.put_gap(Gap(last + 1, said.sequence, "packed"))
    counts.last_record = said.sequence
    index.put_counts(counts)
    index.put_mark(msgspec.json.encode(structs.replace(said, open=())))


def _damaged_files(report: VerifyReport) -> list[str]:
    names = [each.file for each in report.lost] + [each.file for each in report.damaged]
    for gap in report.gaps:
        names += gap.inside or (gap.file,)
    return sorted({name for name in names if name})
