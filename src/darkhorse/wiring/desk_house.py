"""How the house on a data directory is, told from its files, its sockets and its metrics."""

import os
import shutil
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from darkhorse.base.clock import Clock
from darkhorse.storage.ledger.layout import Layout
from darkhorse.web.desk.house import ChoreState, Disk, House, ProcessState
from darkhorse.wiring.keeper_report import KeeperReport, read_report
from darkhorse.wiring.lock import holder
from darkhorse.wiring.refusals import RefusedDesk
from darkhorse.wiring.state import STATE_FILE
from darkhorse.wiring.targets import MODEL_FACTS, model_url, server_url

__all__ = ["HouseWatch"]

_PATIENCE_S = 0.2
_PAGES = Path("run", "pages.sock")


class HouseWatch:
    """`web.desk.house.HouseReader`. `slugs`: whose refusals count; `behind`: not described yet."""

    def __init__(
        self,
        data: Path,
        clock: Clock,
        *,
        slugs: Callable[[], list[str]],
        behind: Callable[[], int | None],
    ) -> None:
        self._data, self._clock = data, clock
        self._slugs, self._behind = slugs, behind
        self._refused, self._lock = RefusedDesk(data, clock), threading.Lock()

    def look(self) -> House:
        """How it is now."""
        report = read_report(self._data)
        refused = self._refusals()
        return House(
            at_us=self._clock.now_us(),
            processes=self._processes(report, serves=refused is not None),
            keeper_at_us=report.at_us if report else 0,
            chores=_chores(report),
            journal_files=report.journal_files if report else 0,
            journal_bytes=report.journal_bytes if report else 0,
            described_behind=self._behind(),
            disk=_disk(self._data),
            refused=refused,
        )

    def close(self) -> None:
        """May be called twice."""
        with self._lock:
            self._refused.close()

    def _refusals(self) -> dict[str, dict[str, int]] | None:
        with self._lock:
            nobody = self._refused.of("")
            if nobody is None:
                return None
            found = {"": nobody.nameless}
            for slug in self._slugs():
                seen = self._refused.of(slug)
                found[slug] = seen.listing if seen else {}
        return found

    def _processes(self, report: KeeperReport | None, *, serves: bool) -> tuple[ProcessState, ...]:
        runs, pid = _held(self._data)
        pids = _children(pid) if runs else {}
        relay = _relay(self._data, pids.get("relay", 0), serves=serves)
        keeper = ProcessState("keeper", "runs" if report else "away", report.pid if report else 0)
        return (
            ProcessState(
                "up", "runs" if runs else "away", pid if runs else 0, "watches the others"
            ),
            relay,
            keeper,
            ProcessState(
                "pages",
                "runs" if _answers_at(self._data / _PAGES) else "away",
                pids.get("pages", 0),
            ),
            *_model(self._data, pids.get("model", 0), runs=runs),
            ProcessState("desk", "runs", os.getpid(), "this page"),
        )


def _relay(data: Path, pid: int, *, serves: bool) -> ProcessState:
    """A process that is there and has not answered yet is busy, and no reason to restart it."""
    if serves or not pid:
        return ProcessState("relay", "runs" if serves else "away", pid, server_url(data))
    return ProcessState("relay", "runs", pid, "slow to answer")


def _held(data: Path) -> tuple[bool, int]:
    try:
        is_held, pid = holder(data)
    except OSError:
        return False, 0
    return is_held, pid or 0


def _children(up: int) -> dict[str, int]:
    """What `up` started, by the command that each runs; nothing where the kernel does not say."""
    found = {}
    with suppress(OSError, ValueError):
        for pid in Path(f"/proc/{up}/task/{up}/children").read_text(encoding="ascii").split():
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            found[words[words.index(b"darkhorse") + 1].decode("ascii", "replace")] = int(pid)
    return found


def _model(data: Path, pid: int, *, runs: bool) -> tuple[ProcessState, ...]:
    """None where no launch is answered by the embedded model."""
    if not runs or not (data / MODEL_FACTS).exists():
        return ()
    parts = urlsplit(model_url(data))
    with (
        suppress(OSError),
        socket.create_connection((parts.hostname or "", parts.port or 0), _PATIENCE_S),
    ):
        return (ProcessState("model", "runs", pid),)
    return (ProcessState("model", "away"),)


def _answers_at(path: Path) -> bool:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(_PATIENCE_S)
        asking.connect(str(path))
        return True
    return False


def _chores(report: KeeperReport | None) -> tuple[ChoreState, ...]:
    if report is None:
        return ()
    return tuple(
        ChoreState(
            name=each.name,
            ok_us=each.ok_us,
            busy_s=each.busy_s,
            longest_s=each.longest_s,
            has_more=each.more,
            problem=each.problem,
        )
        for each in report.chores
    )


def _disk(data: Path) -> Disk | None:
    layout = Layout(data)
    parts = {
        "journal": layout.journal,
        "packed record": layout.packed,
        "facts": layout.facts,
        "table": layout.table,
        "search index": layout.search,
        "traits": layout.traits,
        "state": data / STATE_FILE,
        "audits": data / "audits",
        "models": data / "models",
    }
    try:
        usage = shutil.disk_usage(data)
    except OSError:
        return None
    return Disk(usage.free, usage.total, tuple((name, _size(each)) for name, each in parts.items()))


def _size(path: Path) -> int:
    """Of a file with SQLite's own logs, or of a folder. What goes meanwhile counts nothing."""
    with suppress(OSError):
        if path.is_dir():
            return sum(_size(each) for each in path.iterdir())
        logs = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
        return path.stat().st_size + sum(each.stat().st_size for each in logs if each.exists())
    return 0
