"""uvicorn that leaves when it is told to, and with status 0."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

__all__ = ["Leaving"]


class Leaving(uvicorn.Server):
    """SIGTERM and SIGINT end it; uvicorn's own handlers would raise them again at the end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.leave)
        yield

    def leave(self) -> None:
        """A signal came."""
        self.should_exit = True
