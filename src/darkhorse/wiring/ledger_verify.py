"""`ledger verify`: every part of a ledger, and the parts against each other."""

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.agreement import FactsReport, check_facts
from darkhorse.storage.ledger.fault import REPAIR, RESTORE, Fault, fault_of
from darkhorse.storage.ledger.forget.absent import places_of
from darkhorse.storage.ledger.history import read_checkpoint
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.mark import PackedMark, mark_path, read_mark, said_mark
from darkhorse.storage.ledger.packed.check import PackedReport, check_packed
from darkhorse.storage.ledger.packed.index import read_index
from darkhorse.storage.ledger.read import VerifyReport, verify
from darkhorse.storage.ledger.renumber import misnumbered
from darkhorse.storage.state.engine import open_reader
from darkhorse.storage.state.erasures import SqlErasureStore
from darkhorse.wiring.ledger import ledger_layout
from darkhorse.wiring.state import STATE_FILE

__all__ = [
    "LedgerReport",
    "OnProgress",
    "VerifyReport",
    "is_erasing",
    "made_faults",
    "may_be_older",
    "places_of",
    "verify_ledger",
]

_FORGOTTEN = (
    "stop the server and put a backup of journal/relay.packed and packed/ in their place; without "
    "one, delete relay.checkpoint and run `darkhorse ledger repair`, which gives up what is lost"
)
_NUMBERS = "stop the server and run `darkhorse ledger repair`, which sorts it out"

OnProgress = Callable[[str, int, int], None]
"""Which part, bytes done of it, bytes in all."""


class LedgerReport(Struct, frozen=True, kw_only=True):
    """What was found. `journal` is None where it cannot be read at all; `faults` say why."""

    journal: VerifyReport | None
    packed: PackedReport
    facts: FactsReport
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Everything acknowledged is there, once and whole, and facts say the same."""
        return not self.problems()

    def problems(self) -> list[str]:
        """One plain line a fault, with the file's name."""
        journal = self.journal.problems() if self.journal else []
        more = self.packed.more_faults
        told = [fault.told() for fault in (*self.faults, *self.packed.faults, *self.facts.faults)]
        return [*journal, *told, *([f"{more:,} more faults in packed/"] if more else [])]


def verify_ledger(data: Path, on_progress: OnProgress = lambda *_: None) -> LedgerReport:
    """Read everything, beside a server that may run. Raises ConfigError without a journal."""
    layout = ledger_layout(data)
    _allow_files()
    faults: list[Fault] = []
    journal = _journal(layout, on_progress, faults)
    packed = check_packed(layout.packed, lambda done, total: on_progress("packed", done, total))
    if packed.ok:
        faults += [*_mark(layout), *_numbers(layout)]
    if journal and may_be_older(packed, journal):
        why = "is older than the segments, and the journal does not go on where it ends"
        faults.append(Fault("index.sqlite", why, REPAIR))
    facts = FactsReport(note="not looked at: the frames they are made from are damaged")
    if packed.ok and journal and not faults:
        facts = _facts(layout, data)
    faults += [*made_faults(layout.search), *made_faults(layout.traits)]
    return LedgerReport(journal=journal, packed=packed, facts=facts, faults=tuple(faults))


def may_be_older(packed: PackedReport, journal: VerifyReport) -> bool:
    """May segments hold, behind what the index counts, what the journal misses?"""
    damaged = {each.file for each in journal.damaged}
    missing = (gap for gap in journal.gaps if gap.missing and damaged.isdisjoint({gap.file}))
    is_missing = bool(journal.lost) or any(not gap.inside for gap in missing)
    return is_missing and bool(packed.uncommitted or packed.leftovers)


def _allow_files() -> None:
    """All segments are open at once, so that one which is written anew meanwhile stays readable."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _journal(layout: Layout, told: OnProgress, faults: list[Fault]) -> VerifyReport | None:
    try:
        return verify(layout.journal, lambda done, total: told("journal", done, total))
    except ConfigError as e:  # the mark, or a file of a newer version; both say what to do
        faults.append(fault_of(e))
        return None


def _mark(layout: Layout) -> Iterator[Fault]:
    """The mark lets journal files go, so nothing may be behind it that is not packed."""
    name = mark_path(layout.journal).name
    try:
        said = said_mark(layout.journal)
        known = _known_mark(layout)
    except ConfigError:
        return  # told already
    except (msgspec.DecodeError, UnicodeDecodeError):
        yield Fault("index.sqlite", "does not know how far the journal is packed", REPAIR)
        return
    if said and (known is None or known.number < said.number):
        why = f"says that frames up to {said.sequence:,} are packed, and the index knows of fewer"
        yield Fault(name, why, RESTORE)
    elif known and said and known.number == said.number and known != said:
        yield Fault(name, "says something else than the index", REPAIR)
    elif known and said is None:
        yield Fault(name, "is missing", REPAIR)
    elif said is None and (saved := read_checkpoint(layout.journal, "relay")) and saved.first > 1:
        why = f"is missing, and so is what was packed, frames up to {saved.first - 1:,}"
        yield Fault(name, why, _FORGOTTEN)


def _numbers(layout: Layout) -> Iterator[Fault]:
    """Files whose number says that they are packed, and what they hold says no."""
    try:
        mark = read_mark(layout.journal)
        found = misnumbered(layout.journal, mark, layout.packed) if mark else []
    except ConfigError:
        return  # told already
    for file, held in found:
        if held.other:
            why = f"frame {held.other:,} in it is not the one packed under that number"
            yield Fault(file.name, why, _NUMBERS)
        elif held.ahead and mark:
            why = f"holds frames behind {mark.sequence:,} ({held.ahead:,}), but counts as packed"
            yield Fault(file.name, why, _NUMBERS)
        else:
            why = f"holds frames that were given up ({held.given_up:,}), and cannot be packed now"
            yield Fault(file.name, why, "the keeper moves it to DATA/damaged")


def _known_mark(layout: Layout) -> PackedMark | None:
    index = read_index(layout.packed)
    if index is None:
        return None
    with closing(index):
        raw = index.mark()
    return msgspec.json.decode(raw, type=PackedMark) if raw else None


def _facts(layout: Layout, data: Path) -> FactsReport:
    try:
        return check_facts(layout, erasing=is_erasing(data))
    except ConfigError as e:
        return FactsReport(note=f"not looked at: {e}")


def is_erasing(data: Path) -> bool:
    """Is an order to erase open? Then numbers differ until it is done."""
    path = data / STATE_FILE
    if not path.exists():
        return False
    store = SqlErasureStore(open_reader(path))
    try:
        return bool(store.unfinished())
    except Exception:  # noqa: BLE001 (of an older version, or broken: the doctor's matter)
        return False
    finally:
        store.close()


def made_faults(path: Path) -> Iterator[Fault]:
    """What SQLite's own look finds in a file that is made from frames."""
    if not path.exists():
        return
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except (sqlite3.Error, UnicodeDecodeError) as e:
        said = str(e) if isinstance(e, sqlite3.Error) else "unreadable"
    if said != "ok":
        yield Fault(path.name, f"SQLite finds it damaged ({said})", REPAIR)
