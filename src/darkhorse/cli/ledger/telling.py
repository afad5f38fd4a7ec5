"""What the `ledger` commands have in common: errors as a sentence, JSON, times, progress."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)

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


def time_of(at_us: int | None, *, timespec: str = "milliseconds") -> str:
    """Microseconds since the epoch, for people and scripts; empty for None."""
    if at_us is None:
        return ""
    at = datetime.fromtimestamp(at_us / 1_000_000, UTC)
    return at.isoformat(timespec=timespec).replace("+00:00", "Z")


def size_of(count: float) -> str:
    """Bytes, in three digits or so."""
    for unit in _UNITS:
        if count < 1000 or unit == _UNITS[-1]:
            return f"{count:,.0f} {unit}" if unit == "B" else f"{count:,.1f} {unit}"
        count /= 1000
    return ""


@contextmanager
def progress(doing: str, *, in_bytes: bool = True) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on stderr where that is a terminal; to be told (part, done of it, in all)."""
    console = Console(stderr=True)
    columns = (DownloadColumn(), TransferSpeedColumn()) if in_bytes else (TimeElapsedColumn(),)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *columns,
        console=console,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(doing, total=None)

        def tell(part: str, done: int, total: int) -> None:
            said = f"{doing} {part}".strip()
            bar.update(task, description=said, completed=done, total=total or None)

        yield tell
