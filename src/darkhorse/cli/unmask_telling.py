"""What the `unmask` commands have in common: errors, an interruption, progress."""

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from darkhorse.attribution.reading import Reading
from darkhorse.base.errors import ConfigError
from darkhorse.base.plain import plain

__all__ = [
    "OnProgress",
    "Unable",
    "counting",
    "library_option",
    "made_folder",
    "stoppable",
    "told_bad",
    "unable",
]

_UNABLE = 2
_SHOWN = 5  # bad lines told one by one
_INTERRUPTED = 128 + signal.SIGINT
OnProgress = Callable[[str, int, int], None]
"""What is done, how much of it, of how much (0: nobody knows)."""

library_option = click.option(
    "--library",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What is known of makers. [the one that comes with Darkhorse]",
)


class Unable(click.ClickException):
    """Nothing could be found out; the exit status must not say that something was."""

    exit_code = _UNABLE


@contextmanager
def unable() -> Iterator[None]:
    """The operator's mistakes as one sentence, and status 2."""
    try:
        yield
    except ConfigError as e:
        raise Unable(str(e)) from None


@contextmanager
def stoppable(what: str = "stopped") -> Iterator[None]:
    """Ctrl-C: `what` says how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(what, err=True)
        sys.exit(_INTERRUPTED)


@contextmanager
def counting() -> Iterator[OnProgress]:
    """A bar on stderr, where that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    bar = Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    with bar as progress:
        task = progress.add_task("starting", total=None)

        def on_progress(what: str, done: int, about: int) -> None:
            progress.update(task, description=what, completed=done, total=about or None)

        yield on_progress


def made_folder(path: Path) -> Path:
    """One that a report can go into, before anything is spent on it. Raises ConfigError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        why = "" if os.access(path, os.W_OK | os.X_OK) else os.strerror(errno.EACCES)
    except OSError as e:
        why = e.strerror or type(e).__name__
    if why:
        raise ConfigError(f"{path}: cannot be written ({why}); name another folder with --out.")
    return path


def told_bad(reading: Reading) -> None:
    """Says on stderr which lines were left out."""
    if not reading.bad_count:
        return
    click.echo(f"{reading.bad_count:,} lines are left out:", err=True)
    for bad in reading.bad[:_SHOWN]:
        click.echo(f"  {plain(bad.file)}, line {bad.line} {plain(bad.why)}", err=True)
    if reading.bad_count > _SHOWN:
        click.echo("  …", err=True)
