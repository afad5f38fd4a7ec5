"""An audit on a terminal: how far it has come, and channel by channel what it found."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
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

_EVERY_S = 30.0
_WIDE = 160  # columns where the output is no terminal
_COLOURS: dict[Verdict, str] = {
    "leaks": "red",
    "reduced": "yellow",
    "closed": "green",
    "untested": "dim",
}
_WORST = tuple(_COLOURS)


@asynccontextmanager
async def ticking(every_s: float = _EVERY_S) -> AsyncIterator[OnTick]:
    """A bar on stderr; where that is no terminal, a line every `every_s` seconds."""
    console = Console(stderr=True)
    if console.is_terminal:
        with _bar(console) as show:
            yield show
        return
    heard = _Heard()
    telling = asyncio.create_task(heard.tell(every_s))
    try:
        yield heard.hear
    finally:
        telling.cancel()


class _Heard:
    """The newest tick, and a line of it again and again."""

    def __init__(self) -> None:
        self._newest = Tick("starting", 0, 0, 0)

    def hear(self, tick: Tick) -> None:
        self._newest = tick

    async def tell(self, every_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            now = self._newest
            about = f" of about {now.about:,}" if now.about else ""
            click.echo(f"{now.calls:,}{about} calls, {now.tokens:,} tokens: {now.what}", err=True)


@contextmanager
def _bar(console: Console) -> Iterator[OnTick]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} calls, {task.fields[tokens]:,} tokens"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
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
        f"{audit.seconds:.0f} s{', with --quick' if audit.quick else ''}."
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
            Text(_verdict(worst), style=_COLOURS[worst.verdict]),
            _left(worst),
            Text(plain(worst.public)),
        )
    return table


def _verdict(finding: Finding) -> str:
    return f"{finding.verdict} (no answers)" if finding.could_not else finding.verdict


def _worst(findings: Iterable[Finding]) -> Finding:
    return min(findings, key=_rank)


def _rank(finding: Finding) -> tuple[int, bool]:
    """Worst first; of two alike, the one that stops a launch. What could not be told may leak."""
    verdict: Verdict = "reduced" if finding.could_not else finding.verdict
    return _WORST.index(verdict), not (finding.deterministic or finding.could_not)


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
    if audit.stopping:
        return _what_stops(audit, is_draft=is_draft)
    if not is_draft:
        return "No leak that one look would show."
    if audit.is_whole:
        return f"Nothing stops it: `darkhorse launch go-live {audit.listing} --why …`."
    return "Nothing that would stop it; for going live, audit all of it, without --only and --url."


def _what_stops(audit: Audit, *, is_draft: bool) -> str:
    names = tuple(dict.fromkeys(each.name for each in audit.stopping))
    if not is_draft:
        leaks = (each.name for each in audit.stopping if each.verdict == "leaks")
        told, silent = ", ".join(dict.fromkeys(leaks)), _unanswered(audit)
        sentences = (told and f"One look tells who {audit.listing} is: {told}.", silent)
        return " ".join(filter(None, sentences))
    accepts = " ".join(f"--accept {name}" for name in names)
    whole = (
        f", or `darkhorse launch go-live {audit.listing} {accepts} --why …`"
        if audit.is_whole
        else ""
    )
    return f"This stops it: {', '.join(names)}. Close it and audit again{whole}."


def _unanswered(audit: Audit) -> str:
    silent = dict.fromkeys(each.name for each in audit.stopping if each.verdict != "leaks")
    return f"Too few answers to tell of: {', '.join(silent)}." if silent else ""
