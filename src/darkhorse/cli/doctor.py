"""`darkhorse doctor`: look at everything that can be wrong, and say what to do about it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from darkhorse.base.clock import SystemClock
from darkhorse.cli.options import data_option, json_option
from darkhorse.wiring.doctor import Check, Questions, examine

__all__ = ["doctor"]

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}
_WIDE = 160  # columns where the output is no terminal


@click.command()
@data_option
@click.option("--config", type=click.Path(path_type=Path), help="The server's settings (TOML).")
@click.option("--port", type=click.IntRange(1, 65_535), help="Where the server listens.")
@click.option("--deep", is_flag=True, help="Read the whole journal, not its newest file alone.")
@json_option
def doctor(data: Path, config: Path | None, port: int | None, deep: bool, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Check settings, data, keys, launches, endpoints, server, clock and journal.

    Changes nothing, and needs no server. Private: it names endpoints. Exit status 1 if anything
    fails; a warning is none.
    """
    with _progress() as (on_step, on_progress):
        asked = Questions(
            data=data,
            config=config,
            port=port,
            deep=deep,
            on_step=on_step,
            on_progress=on_progress,
        )
        checks = list(examine(asked, SystemClock()))
    failed = any(check.verdict == "fail" for check in checks)
    if as_json:
        click.echo(msgspec.json.encode({"ok": not failed, "checks": checks}))
    else:
        _print(checks)
    if failed:
        sys.exit(1)


@contextmanager
def _progress() -> Iterator[tuple[Callable[[str], None], Callable[[int, int], None]]]:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("looking", total=None)
        yield (
            lambda name: progress.update(task, description=name, total=None),
            lambda done, total: progress.update(task, completed=done, total=total),
        )


def _print(checks: list[Check]) -> None:
    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        told = Text(check.sentence)
        if check.remedy:
            told.append(f"\n→ {check.remedy}", style="bold")
        table.add_row(Text(check.verdict, style=_COLOURS[check.verdict]), check.name, told)
    console.print(table)
    click.echo(_sum(checks))


def _sum(checks: list[Check]) -> str:
    failed = sum(check.verdict == "fail" for check in checks)
    warned = sum(check.verdict == "warn" for check in checks)
    if not failed and not warned:
        return "All is well."
    return f"{failed} failed, {warned} to be looked at."
