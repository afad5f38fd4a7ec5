"""`darkhorse report`: what people have told the operator. Works beside a running server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.base.plain import plain
from darkhorse.cli.ledger.telling import line, time_of, told
from darkhorse.cli.options import data_option, json_option
from darkhorse.storage.reports import Feedback, Report, ReportStore
from darkhorse.wiring.reports import report_store

__all__ = ["report"]

_CLOCK = SystemClock()
_SHORT = 100  # characters of a text in a list
_MOST = 100_000
_NOTE = 1000

_id = click.argument("report_id", metavar="ID")


@click.group()
def report() -> None:
    """Read, close and erase abuse reports that people left, and read feedback on generations."""


@contextmanager
def _store(data: Path) -> Iterator[ReportStore]:
    """The operator's mistakes as one sentence."""
    with told(), report_store(data, _CLOCK) as store:
        yield store


@report.command("list")
@data_option
@json_option
@click.option("--all", "closed", is_flag=True, help="The closed ones too.")
@click.option("--feedback", is_flag=True, help="Feedback on generations, newest first, instead.")
@click.option("-n", "--count", default=100, show_default=True, type=click.IntRange(1, _MOST))
def list_command(data: Path, closed: bool, feedback: bool, count: int, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Open abuse reports, oldest first, one a line."""
    with _store(data) as store:
        found: list[Any] = (
            store.feedback(limit=count) if feedback else store.reports(closed=closed, limit=count)
        )
    if as_json:
        line([_shown(each) for each in found])
        return
    for each in found:
        click.echo(_told(each))
    if not found:
        click.echo("None.", err=True)


@report.command()
@data_option
@json_option
@_id
def show(data: Path, report_id: str, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """One report whole."""
    with _store(data) as store:
        found = _found(store, report_id)
    if as_json:
        line(_shown(found))
        return
    for name, value in _shown(found).items():
        if value and name != "text":
            click.echo(f"{name:<11}{' '.join(plain(str(value)).split())}")
    click.echo("\n" + plain(found.text))


@report.command()
@data_option
@json_option
@_id
@click.option("--note", default="", help="What was done about it.")
def close(data: Path, report_id: str, note: str, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Take a report off the list; it is kept."""
    if len(note) > _NOTE:
        raise click.BadParameter(f"A note is at most {_NOTE:,} characters.")
    with _store(data) as store:
        if not store.close_report(report_id, _CLOCK.now_us(), note):
            known = _found(store, report_id)
            raise click.ClickException(f"{known.id} was closed on {_time(known.closed_us)}.")
        found = _found(store, report_id)
    if as_json:
        line(_shown(found))
    else:
        click.echo(f"{found.id} is closed.")


@report.command()
@data_option
@_id
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(data: Path, report_id: str, yes: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Erase a report for good: its text, and who wrote it."""
    with _store(data) as store:
        found = _found(store, report_id)
        if not yes:
            click.confirm(f"Erase {found.id}? It does not come back.", abort=True, err=True)
        store.delete_report(found.id)
    click.echo(f"{found.id} is erased.")


def _found(store: ReportStore, report_id: str) -> Report:
    if found := store.report(report_id):
        return found
    raise ConfigError(f"No report is called `{report_id}`; `darkhorse report list` shows them.")


def _told(each: Report | Feedback) -> str:
    """A line of a list."""
    about = each.generation or each.listing or "-"
    words: tuple[str, ...]
    if isinstance(each, Feedback):
        words = (_time(each.at_us), about, each.listing, each.category, each.comment)
    else:
        state = "" if each.closed_us is None else "(closed)"
        words = (each.id, _time(each.at_us), about, each.what, state, each.text)
    return "  ".join(_one_line(word) for word in words if word)


def _one_line(text: str) -> str:
    text = " ".join(plain(text).split())
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _shown(each: Report | Feedback) -> dict[str, Any]:
    moments = {"at_us": "at", "closed_us": "closed"}
    shown: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(each).items():
        if name in moments:
            shown[moments[name]] = None if value is None else _time(value)
        else:
            shown[name] = value
    return shown


def _time(at_us: int | None) -> str:
    return time_of(at_us, timespec="seconds")
