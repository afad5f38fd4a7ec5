"""`darkhorse key`: who may ask, and for how much. Works beside a running server or without one."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec import structs
from rich.console import Console
from rich.table import Table

from darkhorse.accounts.desk import SHORT, KeyDesk, is_expired
from darkhorse.base.clock import SystemClock
from darkhorse.catalog.limits import UNLIMITED, Limits, short_limits
from darkhorse.cli.ledger.telling import line, time_of, told
from darkhorse.cli.options import data_option, json_option
from darkhorse.storage.ports import KeyKind, KeyRecord
from darkhorse.wiring.keys import key_desk

__all__ = ["key"]

Command = TypeVar("Command", bound=Callable[..., Any])

_CLOCK = SystemClock()
_MILLION = 1_000_000
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_MOST = 10**12
_WIDE = 200  # where no terminal's edge folds the table
_FAR_S = 100 * 366 * 86_400
_LIKE = "write it like 30d, 12h or 2026-12-01T12:00:00Z."
_LIMITS = {
    "requests_per_minute": "Requests begun in any 60 seconds.",
    "requests_per_day": "Requests begun in a UTC day.",
    "tokens_per_minute": "Prompt and answer tokens in any 60 seconds.",
    "concurrent": "Requests running at once.",
    "spend_usd": "US dollars in all; free models cost none.",
}

_force = click.option(
    "--force", is_flag=True, help="Even if it is the last management key that works."
)
_name = click.argument("name", metavar="KEY")


@click.group()
def key() -> None:
    """Make, list and limit keys. KEY is a label, or 6 or more characters of a key's hash."""


@contextmanager
def _desk(data: Path, *, make: bool = False) -> Iterator[KeyDesk]:
    """The operator's mistakes as one sentence."""
    with told(), key_desk(data, _CLOCK, make=make) as desk:
        yield desk


def _count(_: click.Context, __: click.Parameter, value: str | None) -> int | str | None:
    """A whole number from 1, or `none`, which lifts the limit."""
    if value is None or value == "none":
        return value
    if re.fullmatch(r"[0-9]{1,13}", value) and 1 <= int(value) <= _MOST:
        return int(value)
    raise click.BadParameter(f"`{value}` is neither a number from 1 to {_MOST:,} nor `none`.")


def _dollars(_: click.Context, __: click.Parameter, value: str | None) -> Decimal | str | None:
    """An exact amount, or `none`, which lifts the limit."""
    if value is None or value == "none":
        return value
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", value):
        return Decimal(value)
    raise click.BadParameter(f"`{value}` is neither an amount like 12.50 nor `none`.")


def _moment(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """A moment in microseconds since the epoch; None for `never`."""
    if value is None or value == "never":
        return None
    now_us = _CLOCK.now_us()
    if value == "now":
        return now_us
    if span := re.fullmatch(r"([0-9]{1,9})([smhdw])", value):
        seconds = int(span[1]) * _UNIT_S[span[2]]
        if seconds > _FAR_S:
            raise click.BadParameter(f"`{value}` is more than a century; say `never`.")
        return now_us + seconds * _MILLION
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"`{value}` is no moment; {_LIKE}") from None
    if at.tzinfo is None:
        raise click.BadParameter(f"`{value}` has no time zone; {_LIKE}")
    return round(at.timestamp() * _MILLION)


def _limit_options(command: Command) -> Command:
    for field, what in reversed(_LIMITS.items()):
        name = "--" + field.replace("_", "-")
        read, sort = (_dollars, "AMOUNT") if field == "spend_usd" else (_count, "N")
        option = click.option(name, field, callback=read, metavar=f"{sort}|none", help=what)
        command = option(command)
    return command


def _changed(limits: Limits, given: dict[str, Any]) -> Limits:
    """`limits` with the options that were given; `none` takes one away."""
    fields = {
        name: None if value == "none" else value
        for name, value in given.items()
        if value is not None
    }
    return structs.replace(limits, **fields)


@key.command()
@data_option
@json_option
@click.option(
    "--kind",
    type=click.Choice(["developer", "management"]),
    default="developer",
    show_default=True,
    help="A management key may also see metrics and manage the server.",
)
@click.option("--label", default="", help="Whose it is, or what for.")
@click.option(
    "--expires",
    metavar="WHEN",
    callback=_moment,
    help="30d, 12h, or 2026-12-01T12:00:00Z; left out, never.",
)
@_limit_options
def create(
    data: Path,
    kind: KeyKind,
    label: str,
    expires: int | None,
    as_json: bool,  # noqa: FBT001 (click passes by name)
    **limits: Any,
) -> None:
    """Make a key and print it, this once."""
    with _desk(data, make=True) as desk:
        secret, record = desk.create(
            kind, label=label, expires_us=expires, limits=_changed(UNLIMITED, limits)
        )
    if as_json:
        line({"key": secret.reveal(), **_shown(record)})
    else:
        click.echo(secret.reveal())
    click.echo(
        f"This is the only time the key is shown: only its hash, {record.hash[:SHORT]}…, is kept.",
        err=True,
    )


@key.command("list")
@data_option
@json_option
def list_command(data: Path, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Every key, oldest first, without the key itself."""
    with _desk(data) as desk:
        records = desk.all()
    if as_json:
        line([_shown(record) for record in records])
        return
    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    table = Table(box=None)
    for column in ("hash", "kind", "label", "created", "expires", "state", "limits"):
        table.add_column(column, no_wrap=column not in {"label", "limits"}, overflow="fold")
    for record in records:
        table.add_row(*_cells(record))
    console.print(table)


@key.command()
@data_option
@json_option
@_force
@_name
def disable(data: Path, name: str, force: bool, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Stop a key, within a second where a server runs."""
    with _desk(data) as desk:
        record = desk.disable(desk.find(name).hash, force=force)
    _tell(record, as_json=as_json)


@key.command()
@data_option
@json_option
@_name
def enable(data: Path, name: str, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Let a disabled key go on."""
    with _desk(data) as desk:
        record = desk.enable(desk.find(name).hash)
    _tell(record, as_json=as_json)


@key.command()
@data_option
@_force
@_name
def delete(data: Path, name: str, force: bool) -> None:  # noqa: FBT001 (click passes by name)
    """End a key for good, within a second where a server runs. What it used stays on record."""
    with _desk(data) as desk:
        record = desk.find(name)
        desk.delete(record.hash, force=force)
    click.echo(f"{record.hash[:SHORT]} is deleted.")


@key.command()
@data_option
@json_option
@_force
@_name
@click.argument("when", callback=_moment)
def expire(data: Path, name: str, when: int | None, force: bool, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Set when a key ends: 30d, 12h, 2026-12-01T12:00:00Z, now or never."""
    with _desk(data) as desk:
        record = desk.expire(desk.find(name).hash, when, force=force)
    _tell(record, as_json=as_json)


@key.command()
@data_option
@json_option
@_name
@click.option("--clear", is_flag=True, help="Take away all limits it has first.")
@_limit_options
def limit(data: Path, name: str, clear: bool, as_json: bool, **limits: Any) -> None:  # noqa: FBT001 (click passes by name)
    """Set limits of a key; `none` takes one away, what is not named stays."""
    if not clear and all(value is None for value in limits.values()):
        raise click.UsageError("Name at least one limit, or --clear.")
    with _desk(data) as desk:
        record = desk.limit(
            desk.find(name).hash, lambda old: _changed(UNLIMITED if clear else old, limits)
        )
    _tell(record, as_json=as_json)


def _tell(record: KeyRecord, *, as_json: bool) -> None:
    """How a key stands after a change."""
    if as_json:
        line(_shown(record))
        return
    short, kind, label, _, expires, state, limits = _cells(record)
    named = f"{short} ({label})" if label else short
    click.echo(f"{named}: {kind} key, {state}, expires {expires}, limits: {limits}")


def _shown(record: KeyRecord) -> dict[str, Any]:
    """All of a key that may be shown; never the key."""
    return {
        "hash": record.hash,
        "kind": record.kind,
        "label": record.label,
        "created": _time(record.created_us),
        "expires": None if record.expires_us is None else _time(record.expires_us),
        "state": _state(record),
        "limits": record.limits,
    }


def _cells(record: KeyRecord) -> tuple[str, ...]:
    return (
        record.hash[:SHORT],
        record.kind,
        record.label,
        _time(record.created_us)[:10],
        "never" if record.expires_us is None else _minute(record.expires_us),
        _state(record),
        _limits(record.limits),
    )


def _state(record: KeyRecord) -> str:
    if record.disabled:
        return "disabled"
    return "expired" if is_expired(record, _CLOCK.now_us()) else "works"


def _limits(limits: Limits) -> str:
    return short_limits(limits) or "none"


def _time(at_us: int) -> str:
    return time_of(at_us, timespec="seconds")


def _minute(at_us: int) -> str:
    return _time(at_us)[:16].replace("T", " ") + "Z"
