"""What the `ledger` commands have in common: errors as a sentence, JSON, times, progress."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from darkhorse.base.errors import ConfigError

__all__ = ["line", "progress", "size_of", "time_of", "told"]

_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


@contextmanager
def told() -> Iterator[None]:
    """The operator's mistakes as one sentence."""
    try:
        yield
    except BrokenPipeError:
        raise  # the reader has had enough; click ends quietly
    except (ConfigError, OSError) as e:
        raise click.ClickException(str(e)) from None


def line(value: Any) -> None:
    """One object a line."""
    click.echo(msgspec.json.encode(value))


def time_of(at_us: int) -> str:
    """Microseconds since the epoch, for people and scripts."""
    at = datetime.fromtimestamp(at_us / 1_000_000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def size_of(count: float) -> str:
    """Bytes, in three digits or so."""
    for unit in _UNITS:
        if count < 1000 or unit == _UNITS[-1]:
            return f"{count:,.0f} {unit}" if unit == "B" else f"{count:,.1f} {unit}"
        count /= 1000
    return ""


@contextmanager
def progress(doing: str) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on stderr where that is a terminal; to be told (part, bytes done, bytes in all)."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(doing, total=None)

        def tell(part: str, done: int, total: int) -> None:
            bar.update(task, description=f"{doing} {part}", completed=done, total=total)

        yield tell
