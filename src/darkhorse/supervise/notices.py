"""What a start says on stderr while it waits: a moving line on a terminal, else plain ones."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.status import Status

from darkhorse.base.settings import LogSettings
from darkhorse.supervise.model_file import Advance
from darkhorse.wiring.log_form import json_line, said

__all__ = ["Notices"]


class Notices:
    """The operator's view of a start and a run. stdout stays free for the card."""

    def __init__(self, log: LogSettings) -> None:
        self._as_json = json_line("up") if log.format == "json" else None
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._status: Status | None = None

    def say(self, sentence: str) -> None:
        """One line that stays."""
        line = f"darkhorse: {sentence}"
        if self._as_json:
            line = self._as_json(said(__name__, logging.INFO, sentence)).decode().rstrip()
        self._console.print(line, markup=False)

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """`what` is going on until the block ends."""
        if not self._console.is_terminal:
            self.say(what)
            yield
            return
        with self._console.status(what):
            yield

    @contextmanager
    def measuring(self, what: str) -> Iterator[Advance]:
        """A bar for bytes, drawn once there are some."""
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        disable = not self._console.is_terminal
        with Progress(*columns, console=self._console, transient=True, disable=disable) as bar:
            task = bar.add_task(what, visible=False)
            yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)
