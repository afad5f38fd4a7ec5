"""The state database as it is: read only, never migrated."""

from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DatabaseError

from darkhorse.catalog.launch import Launch
from darkhorse.storage.ports import KeyRecord
from darkhorse.storage.state.engine import open_reader
from darkhorse.storage.state.keys import SqlKeyStore
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.storage.state.migrations import MIGRATIONS
from darkhorse.wiring.doctor.check import Check, fail, ok, warn
from darkhorse.wiring.state import STATE_FILE

__all__ = ["Found", "read"]

_PUT_BACK = (
    "Stop the server, keep a copy, and put back the backup; “Backup and restore” in "
    "docs/operating.md says how."
)


class Found(Struct, frozen=True, kw_only=True):
    """What the state holds; None where it cannot be read."""

    checks: tuple[Check, ...]
    keys: list[KeyRecord] | None = None
    launches: list[Launch] | None = None
    newest_move_us: int = 0


def read(data: Path) -> Found:
    """Everything the other checks need of it."""
    path = data / STATE_FILE
    if not path.exists():
        remedy = "Start the server, or name its data directory with --data DIR."
        return Found(checks=(warn("state", f"{path} does not exist yet.", remedy),))
    engine = open_reader(path)
    try:
        return _read(engine, path)
    except DatabaseError as e:
        return Found(checks=(fail("state", f"{path} cannot be read ({e.orig}).", _PUT_BACK),))
    finally:
        engine.dispose()


def _read(engine: Engine, path: Path) -> Found:
    with engine.connect() as connection:
        checked = _check(connection, path)
    if checked.verdict != "ok":
        return Found(checks=(checked,))
    keys = SqlKeyStore(engine).keys()
    store = SqlLaunchStore(engine)
    try:
        launches = store.launches()
        newest = max((move.at_us for it in launches for move in store.moves(it.id)), default=0)
    except msgspec.MsgspecError as e:
        broken = fail("state", f"{path} holds a launch that cannot be read ({e}).", _PUT_BACK)
        return Found(checks=(broken,), keys=keys)
    return Found(checks=(checked,), keys=keys, launches=launches, newest_move_us=newest)


def _check(connection: Connection, path: Path) -> Check:
    problem = connection.execute(text("PRAGMA quick_check(1)")).scalar()
    if problem != "ok":
        return fail("state", f"{path} is damaged ({problem}).", _PUT_BACK)
    found = connection.execute(text("SELECT max(number) FROM migration")).scalar() or 0
    known = max(migration.number for migration in MIGRATIONS)
    if found > known:
        return fail(
            "state",
            f"{path} was written by a newer Darkhorse (schema {found}, this one knows {known}).",
            "Upgrade Darkhorse, or name another directory with --data DIR.",
        )
    if found < known:
        return warn(
            "state",
            f"{path} is of an older version (schema {found} of {known}).",
            "Restart the server: it brings the state up to date; then run this again.",
        )
    return ok("state", f"{path} opens; its schema is number {found}.")
