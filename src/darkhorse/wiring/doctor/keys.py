"""Keys: those that the first start made, and those that end or have ended."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from darkhorse.accounts.desk import SHORT
from darkhorse.accounts.keys import hash_key
from darkhorse.base.secret import Secret
from darkhorse.storage.ledger.facts import FACTS_FILE, has_shape
from darkhorse.storage.ledger.tables import HOUR_US, use_hour
from darkhorse.storage.ports import KeyRecord
from darkhorse.storage.state.engine import open_reader
from darkhorse.wiring.doctor.check import Check, fail, moment, ok, warn
from darkhorse.wiring.doctor.state import Found

__all__ = ["check"]

_FILE = "first-keys.json"
_WEEK_US = 7 * 86_400_000_000


class _Stored(Struct, frozen=True):
    developer: str
    management: str


def check(data: Path, found: Found, now_us: int) -> Iterator[Check]:
    """All that is to be said of keys; nothing where the state cannot be read."""
    if found.keys is None:
        return
    if not found.keys and not (data / _FILE).exists():
        yield warn("keys", "There are no keys yet.", "Start the server: its first start makes two.")
        return
    by_hash = {record.hash: record for record in found.keys}
    problems = [*_check_first(data, by_hash), *_check_working(found.keys, now_us)]
    problems += _check_ends(data, found.keys, now_us)
    working = sum(_works(record, now_us) for record in found.keys)
    yield from problems or [ok("keys", f"{working} of {len(by_hash)} keys work.")]


def _check_first(data: Path, by_hash: dict[str, KeyRecord]) -> Iterator[Check]:
    path = data / _FILE
    try:
        stored = msgspec.json.decode(path.read_bytes(), type=_Stored)
    except FileNotFoundError:
        yield warn(
            "keys",
            f"{path} is missing; the next start makes two new first keys.",
            "Put it back from the backup, or disable the old ones with `darkhorse key disable`.",
        )
        return
    except msgspec.DecodeError:
        yield warn(
            "keys",
            f"{path} is not what the first start wrote; the next start makes two new first keys.",
            "Put it back from the backup.",
        )
        return
    if path.stat().st_mode & 0o077:
        yield fail("keys", f"{path} is open to other users.", f"chmod 600 {path}")
    for kind in ("developer", "management"):
        yield from _check_stored(kind, by_hash.get(hash_key(Secret(getattr(stored, kind)))))


def _check_stored(kind: str, record: KeyRecord | None) -> Iterator[Check]:
    if record is None:
        yield fail(
            "keys",
            f"The {kind} key in {_FILE} is not in the state: it does not work.",
            "Restart the server, which puts it there.",
        )
    elif record.disabled:
        yield warn(
            "keys",
            f"The first {kind} key is disabled, and a start still prints it.",
            f"Enable it with `darkhorse key enable {record.hash[:SHORT]}`, or hand out another.",
        )


def _check_working(records: list[KeyRecord], now_us: int) -> Iterator[Check]:
    if not any(record.kind == "management" and _works(record, now_us) for record in records):
        yield fail(
            "keys",
            "No management key works: nobody can read /metrics.",
            "Make one with `darkhorse key create --kind management`.",
        )


def _check_ends(data: Path, records: list[KeyRecord], now_us: int) -> Iterator[Check]:
    uses = _uses(data, now_us - _WEEK_US)
    for record in records:
        ends = record.expires_us
        if ends is None or record.disabled:
            continue
        if now_us < ends <= now_us + _WEEK_US:
            yield warn(
                "keys",
                f"The {_named(record)} expires on {moment(ends)}.",
                f"Give it longer with `darkhorse key expire {record.hash[:SHORT]} 30d`, or tell "
                "whoever uses it.",
            )
        elif ends <= now_us and (count := uses.get(record.hash, 0)):
            yield warn(
                "keys",
                f"The {_named(record)} expired on {moment(ends)} and was in use until then "
                f"({count:,} requests in the last seven days).",
                f"Give it longer with `darkhorse key expire {record.hash[:SHORT]} 30d`, or tell "
                "whoever uses it.",
            )


def _works(record: KeyRecord, now_us: int) -> bool:
    return not record.disabled and (record.expires_us is None or record.expires_us > now_us)


def _named(record: KeyRecord) -> str:
    label = f" “{record.label}”" if record.label else ""
    return f"{record.kind} key {record.hash[:SHORT]}{label}"


def _uses(data: Path, since_us: int) -> dict[str, int]:
    """Requests by key since a moment, as far as the facts know."""
    path = data / FACTS_FILE
    if not path.exists():
        return {}
    engine = open_reader(path)
    query = (
        select(use_hour.c.key, func.sum(use_hour.c.requests))
        .where(use_hour.c.hour >= since_us // HOUR_US)
        .group_by(use_hour.c.key)
    )
    try:
        with engine.connect() as connection:
            if not has_shape(connection):
                return {}
            return {row[0]: row[1] for row in connection.execute(query)}
    except DatabaseError:
        return {}  # the facts have a check of their own
    finally:
        engine.dispose()
