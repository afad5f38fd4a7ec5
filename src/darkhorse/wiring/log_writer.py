"""Lines on their way to stderr: whoever logs never waits for whoever reads.

A pipe that nobody reads blocks its writer for ever. So a thread writes, behind a bounded queue;
what does not fit is dropped, counted, and told as soon as there is somebody to tell.
"""

import os
import queue
import select
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

__all__ = ["BOUND", "LineWriter"]

T = TypeVar("T")

BOUND = 8192
"""As many lines may wait."""

_ATOMIC = 4096  # bytes; a longer write to a pipe may be torn by another process's (pipe(7))
_GATHER_S = 0.02  # a thread that wakes for every line costs more than the line
_FLUSH_S = 2.0


class LineWriter(Generic[T]):
    """Writes what `put` gives it to a file descriptor. `render` runs in the thread.

    `told` makes the item that says how many were dropped. `put` never blocks and may be called
    from any thread, from a destructor or a signal handler too.
    """

    def __init__(
        self,
        fd: int,
        render: Callable[[T], bytes],
        told: Callable[[int], T],
        *,
        bound: int = BOUND,
    ) -> None:
        self._fd = fd
        self._render = render
        self._told = told
        self._bound = bound
        self._queue: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self.dropped = 0
        """Lines lost since the start."""
        self._confessed = 0
        _start_deaf(self._thread)

    def put(self, item: T) -> None:
        """Have it written, or dropped where too many wait already."""
        if self._queue.qsize() < self._bound:
            self._queue.put(item)
        else:
            self.dropped += 1

    def close(self) -> None:
        """Write what waits, for at most two seconds. May be called again."""
        self._queue.put(None)
        self._hurry.set()
        self._thread.join(_FLUSH_S)

    def _run(self) -> None:
        is_open = True
        while is_open:
            batch = [self._queue.get()]
            self._hurry.wait(_GATHER_S)
            batch += [self._queue.get() for _ in range(self._queue.qsize())]
            is_open = None not in batch
            self._write(item for item in batch if item is not None)
            if lost := self.dropped - self._confessed:
                self._confessed += lost
                self._write([self._told(lost)])

    def _write(self, items: Iterable[T]) -> None:
        for piece in _pieces(self._rendered(items)):
            if not _write_all(self._fd, piece):
                self.dropped += piece.count(b"\n")

    def _rendered(self, items: Iterable[T]) -> Iterator[bytes]:
        for item in items:
            try:
                yield self._render(item)
            except Exception:  # noqa: BLE001 (the thread must live)
                self.dropped += 1


def _start_deaf(thread: threading.Thread) -> None:
    """Start it with every signal blocked: it must not take one that is meant for the process."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        thread.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines joined, as many as one write takes whole."""
    piece = b""
    for line in lines:
        if piece and len(piece) + len(line) > _ATOMIC:
            yield piece
            piece = b""
        piece += line
    if piece:
        yield piece


def _write_all(fd: int, data: bytes) -> bool:
    """False if nobody will ever read it, or there is no room on the disk."""
    while data:
        try:
            data = data[os.write(fd, data) :]
        except BlockingIOError:  # somebody who shares it made it so
            poll = select.poll()
            poll.register(fd, select.POLLOUT)
            poll.poll()
        except OSError:
            return False
    return True
