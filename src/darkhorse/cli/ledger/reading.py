"""Look into the record: verify, tail, show."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from darkhorse.base.errors import ConfigError
from darkhorse.base.plain import plain
from darkhorse.cli.options import data_option, json_option
from darkhorse.wiring.ledger import Follower, Generation, VerifyReport, check, show

__all__ = ["show_command", "tail_command", "verify_command"]

_POLL_S = 0.5

_REMEDY = """\
Copy the journal directory before anything else. Every frame outside the damage is whole and stays
readable; the server runs on beside it. What was inside, or in a file that is missing, is lost
unless a backup has the file: stop the server, put the backup's file in place, and verify again.
Delete *.checkpoint only then, when verify is content: it alone knows the newest files."""


@contextmanager
def _told() -> Iterator[None]:
    """The operator's mistakes as one sentence."""
    try:
        yield
    except BrokenPipeError:
        raise  # the reader has had enough; click ends quietly
    except (ConfigError, OSError) as e:
        raise click.ClickException(str(e)) from None


@click.command("verify")
@data_option
@json_option
def verify_command(data: Path, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Check every byte against its checksum. Exit status 1 if anything is wrong."""
    with _told(), _progress() as on_progress:
        report = check(data, on_progress)
    if as_json:
        found = msgspec.to_builtins(report)
        _line({"ok": report.ok, **found, "problems": report.problems()})
    else:
        _print_report(report)
    if not report.ok:
        sys.exit(1)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    console = Console(stderr=True)
    columns = (TextColumn("verifying"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("verify", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _print_report(report: VerifyReport) -> None:
    table = Table(show_header=False, box=None)
    rows = {
        "files": f"{report.files:,}",
        "bytes": f"{report.bytes:,}",
        "frames": f"{report.frames:,}",
        "generations": f"{report.starts:,}",
        "running or interrupted": f"{len(report.open):,}",
        "unfinished last write": _ranges(report) or "none",
        "frames of unknown kind": f"{report.unknown:,}",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    Console().print(table)
    if report.ok:
        click.echo("Everything acknowledged is there, once and whole.")
        return
    for problem in report.problems():
        click.echo(problem, err=True)
    click.echo(_REMEDY, err=True)


def _ranges(report: VerifyReport) -> str:
    return ", ".join(f"{t.file} from byte {t.start:,}" for t in report.torn)


@click.command("tail")
@data_option
@json_option
@click.option("-n", "--count", default=10, show_default=True, type=click.IntRange(min=0))
@click.option("-f", "--follow", is_flag=True, help="Go on with each generation as it ends.")
def tail_command(data: Path, count: int, follow: bool, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """The newest generations, one a line."""
    told = _print_json if as_json else _print_line
    with _told():
        follower = Follower(data)
        for generation in follower.newest(count):
            told(generation)
        pause = threading.Event()
        try:
            while follow and not pause.wait(_POLL_S):
                for generation in follower.ended():
                    told(generation)
        except KeyboardInterrupt:
            return


def _print_json(generation: Generation) -> None:
    _line(_summary(generation))


def _print_line(generation: Generation) -> None:
    row = _summary(generation)
    tokens = f"{row['prompt_tokens']:,}+{row['completion_tokens']:,} tokens"
    duration = f"{row['duration_ms'] / 1000:.2f} s"
    click.echo(
        f"{row['at']}  {row['id']}  {row['listing']}  {row['outcome']}  {tokens}  {duration}"
    )


def _summary(generation: Generation) -> dict[str, Any]:
    start, end = generation.start, generation.end
    usage = end.usage if end else None
    at_us = start.at_us if start else end.at_us if end else 0
    return {
        "at": _time(at_us),
        "id": generation.id,
        "listing": start.listing if start else "?",
        "outcome": end.outcome if end else "running",
        "status": end.status if end else None,
        "prompt_tokens": usage.prompt if usage else start.prompt_tokens if start else 0,
        "completion_tokens": usage.completion if usage else 0,
        "duration_ms": end.duration_ms if end else 0.0,
    }


def _time(at_us: int) -> str:
    at = datetime.fromtimestamp(at_us / 1_000_000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@click.command("show")
@data_option
@json_option
@click.argument("generation", metavar="ID")
def show_command(data: Path, generation: str, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """One generation whole: who asked, what, every attempt, and the answer."""
    with _told():
        found = show(data, generation)
    if as_json:
        _line(_whole(found))
        return
    sections = {
        "start": msgspec.json.encode(found.start),
        "request": found.request,
        "end": msgspec.json.encode(found.end),
        "answer": found.answer,
    }
    for title, content in sections.items():
        click.secho(title, bold=True)
        click.echo(_pretty(content))


def _whole(found: Generation) -> dict[str, Any]:
    return {
        "start": found.start,
        "end": found.end,
        "request": _json_or_text(found.request),
        "answer": _json_or_text(found.answer),
    }


def _json_or_text(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return content.decode(errors="backslashreplace")


def _pretty(content: bytes) -> str:
    try:
        text = msgspec.json.format(content, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = content.decode(errors="backslashreplace")
    return plain(text) or "(nothing)"


def _line(value: Any) -> None:
    click.echo(msgspec.json.encode(value))
