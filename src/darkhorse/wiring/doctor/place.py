"""The data directory, the disk under it, and what an earlier run left behind."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from darkhorse.wiring.doctor.check import Check, fail, ok, warn

__all__ = ["check_data", "check_disk", "check_leftovers", "is_usable", "judge_disk"]

_GIB = 1 << 30
_LOW = 5 * _GIB
_LOW_SHARE = 0.05
_NONE_LEFT = 500 * (1 << 20)

_SECRETS = ("first-keys.json", "state.sqlite", "facts.sqlite", "run/model.json")


def is_usable(data: Path) -> bool:
    """Is there anything to look into?"""
    return data.is_dir() and os.access(data, os.R_OK | os.X_OK)


def check_data(data: Path) -> Check:
    """Is it there, ours, and private?"""
    if not data.exists():
        return fail(
            "data",
            f"{data} does not exist.",
            "Name the server's data directory with --data DIR or the variable DARKHORSE_DATA; "
            "`darkhorse up` makes one.",
        )
    if not data.is_dir():
        return fail("data", f"{data} is no directory.", "Name another with --data DIR.")
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return fail(
            "data",
            f"{data} cannot be read and written by this user.",
            f"Run this as the server's user, or: chown -R USER {data}",
        )
    return _check_private(data)


def _check_private(data: Path) -> Check:
    bare = [name for name in _SECRETS if _is_open(data / name)]
    if _is_open(data) and bare:
        return fail(
            "data",
            f"{data} is open to other users, and so is what is secret in it ({', '.join(bare)}).",
            f"chmod 700 {data} && chmod 600 {' '.join(str(data / name) for name in bare)}",
        )
    if _is_open(data):
        return warn("data", f"{data} is open to other users of this machine.", f"chmod 700 {data}")
    return ok("data", f"{data} is there, private and writable.")


def _is_open(path: Path) -> bool:
    """Has anybody but its owner a right to it?"""
    try:
        return bool(path.stat().st_mode & 0o077)
    except OSError:
        return False


def check_disk(data: Path) -> Iterator[Check]:
    """How much room is left where the journal grows."""
    usage = shutil.disk_usage(data)
    yield judge_disk(usage.free, usage.total)


def judge_disk(free: int, total: int) -> Check:
    """Bytes free of bytes in all."""
    told = f"{free / _GIB:,.1f} GiB of {total / _GIB:,.1f} GiB are free."
    if free < _NONE_LEFT:
        return fail(
            "disk",
            told,
            "Make room now: without it nothing can be recorded, and then nothing is answered.",
        )
    if free < _LOW or free < _LOW_SHARE * total:
        return warn("disk", told, "Make room, or move the data directory to a larger disk.")
    return ok("disk", told)


def check_leftovers(data: Path, *, server_runs: bool) -> Iterator[Check]:
    """What a killed run leaves."""
    if server_runs:
        yield ok("leftovers", "A server runs; what it uses is not looked at.")
        return
    drafts = [path.name for path in data.glob(".first-keys.json.*")]
    run = ["run/"] if (data / "run").exists() else []
    if left := [*run, *drafts]:
        yield warn(
            "leftovers",
            f"The last run was killed and left {', '.join(left)}.",
            "Start the server, which clears run/, or delete them.",
        )
    else:
        yield ok("leftovers", "Nothing was left behind.")
