"""A part of the house: one process, what it is told, and one run of it."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from darkhorse.wiring.child import READY_VARIABLE

__all__ = ["Part", "Run", "start"]

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


class Part(Struct, frozen=True, kw_only=True):
    """A process to keep running.

    `facts` go into its environment, never into its arguments, which every user of the machine can
    read. `fds` keep their numbers in the child. `log` takes its output instead of our stderr.
    Without one that is not `needed` the others start and serve.
    """

    name: str
    argv: tuple[str, ...]
    facts: dict[str, str] = {}
    fds: tuple[int, ...] = ()
    drain_s: float = 10.0
    log: Path | None = None
    needed: bool = True


class Run:
    """One process of a part, from its start to its end."""

    def __init__(self, part: Part, process: asyncio.subprocess.Process, words: "_Words") -> None:
        self.part = part
        self.process = process
        self._words = words

    async def word(self) -> str:
        """What the child said: `ready`, `failed <sentence>`, or nothing at all."""
        return await self._words.line()

    async def ended(self) -> str:
        """Wait for its end, and say how that was."""
        code = await self.process.wait()
        if code >= 0:
            return f"exit status {code}"
        return f"signal {signal.Signals(-code).name}"

    async def stop(self) -> bool:
        """SIGTERM, and SIGKILL when its time is over; False where it came to that."""
        self.send(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), self.part.drain_s)
        except TimeoutError:
            self.send(signal.SIGKILL)
            await self.process.wait()
            return False
        return True

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still there."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)


async def start(part: Part) -> Run:
    """Start the part's process, tied to this one's life. Raises OSError."""
    read, write = os.pipe()
    try:
        words = await _Words.on(read)
        process = await _spawn(part, write)
    finally:
        os.close(write)
    return Run(part, process, words)


async def _spawn(part: Part, ready_fd: int) -> asyncio.subprocess.Process:
    output = _output(part.log)
    try:
        return await asyncio.create_subprocess_exec(
            *part.argv,
            env={**os.environ, **part.facts, READY_VARIABLE: str(ready_fd)},
            pass_fds=(*part.fds, ready_fd),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,  # our own stdout is for the card alone
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches us only: we drain in order
            preexec_fn=_tie(os.getpid()),
        )
    finally:
        if part.log:
            os.close(output)


def _output(log: Path | None) -> int:
    if log is None:
        return sys.stderr.fileno()
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _tie(supervisor: int) -> Callable[[], None]:
    """What a child does before it becomes its program: die when the supervisor does, even by -9."""
    prctl = ctypes.CDLL(None).prctl

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != supervisor:  # it died between the fork and the line above
            os._exit(1)

    return tie


class _Words:
    """The read end of a child's pipe."""

    def __init__(self, reader: asyncio.StreamReader, transport: asyncio.BaseTransport) -> None:
        self._reader = reader
        self._transport = transport

    @classmethod
    async def on(cls, fd: int) -> "_Words":
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(fd, "rb", buffering=0)
        )
        return cls(reader, transport)

    async def line(self) -> str:
        try:
            return (await self._reader.readline()).decode(errors="replace").strip()
        finally:
            self._transport.close()
