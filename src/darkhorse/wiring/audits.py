"""Audits as files for people, beside those in the state: DATA/audits/<id>/."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from darkhorse.audit.report import write_report
from darkhorse.base.errors import ConfigError
from darkhorse.catalog.audits import Audit
from darkhorse.catalog.launch import Launch
from darkhorse.launches.desk import Desk
from darkhorse.wiring.launches import audit_folder

__all__ = ["check_folder", "keep", "write"]

_FILES = ("audit.json", "index.html")


def check_folder(folder: Path) -> None:
    """That a report can be written there, before an audit was paid for. Raises ConfigError."""
    try:
        with _for_us_alone():
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return
    except OSError as e:
        raise _unwritable(folder, e) from None


def keep(desk: Desk, launch: Launch, audit: Audit, data: Path) -> Path:
    """In the state and as files; where those are. Raises ConfigError."""
    folder = audit_folder(audit, data)
    write(audit, folder)
    desk.keep_audit(launch, audit)
    return folder


def write(audit: Audit, folder: Path) -> None:
    """`audit.json` and `index.html`, for our user alone. Raises ConfigError."""
    try:
        with _for_us_alone():
            folder.mkdir(parents=True, exist_ok=True)
            write_report(audit, folder)
        for file in _FILES:
            (folder / file).chmod(0o600)  # one that was there may have been open to others
    except OSError as e:
        raise _unwritable(folder, e) from None


def _unwritable(folder: Path, error: OSError) -> ConfigError:
    return ConfigError(f"{folder}: the report cannot be written ({error.strerror}).")


@contextmanager
def _for_us_alone() -> Iterator[None]:
    """Nothing that is made is readable by others, not even for a moment."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
