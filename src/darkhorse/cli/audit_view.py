"""An audit on a terminal: how far it has come, and channel by channel what it found."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from darkhorse.base.plain import plain
from darkhorse.catalog.audits import Audit, Finding, Verdict
from darkhorse.supervise.auditing import OnTick, Tick

__all__ = ["print_audit", "ticking"]

_WIDE = 160  # columns where the output is no terminal
_COLOURS: dict[Verdict, str] = {
    "leaks": "red",
    "reduced": "yellow",
    "closed": "green",
    "untested": "dim",
}
_WORST = tuple(_COLOURS)


@contextmanager
def ticking() -> Iterator[OnTick]:
    """A bar on stderr, on a terminal only."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} calls, {task.fields[tokens]:,} tokens"),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("starting", total=None, tokens=0)

        def show(tick: Tick) -> None:
            progress.update(
                task,
                description=tick.what,
                completed=tick.calls,
                total=tick.about or None,
                tokens=tick.tokens,
            )

        yield show


def print_audit(audit: Audit, folder: Path | None, *, is_draft: bool) -> None:
    """The table, what was spent, and what to do next."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    console.print(_table(audit))
    counts = (f"{verdict}: {_channels(audit, verdict)}" for verdict in _WORST)
    click.echo(
        f"{', '.join(counts)}. {audit.calls:,} calls, {audit.tokens:,} tokens, "
        f"{audit.seconds:.0f} s."
    )
    if folder:
        click.echo(f"Report: {folder / 'index.html'}")
    click.echo(_next(audit, is_draft=is_draft))


def _table(audit: Audit) -> Table:
    table = Table("channel", "verdict", "left", "what the public side tells", box=None)
    table.columns[0].no_wrap = True
    table.columns[3].overflow = "fold"
    for channel, found in groupby(audit.findings, key=lambda each: each.channel):
        worst = _worst(found)
        table.add_row(
            channel if worst.name == channel else worst.name,
            Text(worst.verdict, style=_COLOURS[worst.verdict]),
            _left(worst),
            Text(plain(worst.public)),
        )
    return table


def _worst(findings: Iterable[Finding]) -> Finding:
    return min(findings, key=lambda each: (_WORST.index(each.verdict), not each.deterministic))


def _left(finding: Finding) -> str:
    if finding.left is None:
        return ""
    if finding.unit == "accuracy":
        return f"{finding.left:.0%} right"
    return f"{finding.left:.1f} bits" if finding.unit else f"{finding.left:.1%}"


def _channels(audit: Audit, verdict: Verdict) -> int:
    """How many channels stand so at worst."""
    channels = groupby(audit.findings, key=lambda each: each.channel)
    return sum(_worst(found).verdict == verdict for _, found in channels)


def _next(audit: Audit, *, is_draft: bool) -> str:
    stopping = ", ".join(dict.fromkeys(each.name for each in audit.stopping))
    if stopping:
        return f"One look tells who {audit.listing} is: {stopping}."
    if not is_draft:
        return "No leak that one look would show."
    if audit.is_whole:
        return f"Nothing stops it: `darkhorse launch go-live {audit.listing} --why …`."
    return "Nothing that would stop it; for going live, audit all of it, without --only and --url."
