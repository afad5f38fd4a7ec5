"""DATA/run/keeper.json: what the keeper says of itself, for `ledger stats` and the relay's metrics.

Written every few seconds, old or new but never half; worth nothing once its keeper has ended.
"""

import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from darkhorse.wiring.lock import KEEPER_LOCK, holder

__all__ = ["DutyReport", "KeeperReport", "read_report", "report_path", "write_report"]


class DutyReport(Struct, frozen=True, kw_only=True):
    """How a chore fares, since the keeper's start. Times are microseconds since the epoch."""

    name: str
    ok_us: int = 0  # when a slice last went well; 0: none did
    slices: int = 0
    busy_s: float = 0.0  # spent in slices
    longest_s: float = 0.0  # the longest slice
    more: bool = False  # there is work left
    problem: str = ""  # why the last slice failed; empty where it went well


class KeeperReport(Struct, frozen=True, kw_only=True):
    """One moment of a keeper. Times are microseconds since the epoch."""

    pid: int
    at_us: int
    started_us: int
    journal_files: int = 0  # not packed yet, the one that is being written among them
    journal_bytes: int = 0
    chores: tuple[DutyReport, ...] = ()


def report_path(data: Path) -> Path:
    """Where it lies."""
    return data / "run" / "keeper.json"


def write_report(data: Path, report: KeeperReport) -> None:
    """Not synced: after a power cut there is no keeper to tell of. Raises OSError."""
    path = report_path(data)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(".keeper.json.new")
    with suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(report))
    draft.replace(path)


def read_report(data: Path) -> KeeperReport | None:
    """What the running keeper says; None while none runs, or before its first word."""
    try:
        held, pid = holder(data, KEEPER_LOCK)
        report = msgspec.json.decode(report_path(data).read_bytes(), type=KeeperReport)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return report if held and report.pid == pid else None
