"""Between the event loop and the engine's thread: a request goes in, a stream of deltas comes out.

Whoever leaves a stream cancels its sequence, finished or not. There are only so many at once: the
others are told to come back, since a queue without end serves nobody.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Self

from darkhorse.base.errors import ContextExceeded, Internal, RateLimited, Unavailable
from darkhorse_engine.engine import Engine, Refused
from darkhorse_engine.runner import Runner
from darkhorse_engine.sequence import Delta, Request

__all__ = ["Stream", "Streams"]

_LOG = logging.getLogger(__name__)

_CRASHED = "The engine has stopped; it is started again where somebody watches it."


class Streams:
    """Of one engine. Everything here is the event loop's, but for what the runner calls."""

    def __init__(self, engine: Engine, *, most: int, on_crash: Callable[[], None]) -> None:
        """`most` requests at once, waiting ones included; `on_crash` is called in the loop."""
        self.engine = engine
        self._runner = Runner(engine, self._crashed)
        self._most = most
        self._on_crash = on_crash
        self._open: set[Stream] = set()
        self._seats = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self.is_well = False

    def start(self) -> None:
        """In the event loop that will serve."""
        self._loop = asyncio.get_running_loop()
        self.is_well = True
        self._runner.start()

    def stop(self) -> None:
        """Answers that are not finished end here."""
        self.is_well = False
        self._runner.stop()

    @contextmanager
    def seat(self) -> Iterator[None]:
        """For a request that is being made ready. Raises RateLimited, Unavailable."""
        self._check_room()
        self._seats += 1
        try:
            yield
        finally:
            self._seats -= 1

    def open(self, request: Request) -> "Stream":
        """Raises ContextExceeded, RateLimited, Unavailable; whoever gets it has to close it."""
        self._check_room()
        stream = Stream(self)
        try:
            stream.begin(self._runner.submit(request, stream.listen))
        except Refused as e:
            raise ContextExceeded(str(e)) from None
        self._open.add(stream)
        return stream

    def _check_room(self) -> None:
        if not self.is_well:
            raise Unavailable(_CRASHED)
        if len(self._open) + self._seats >= self._most:
            raise RateLimited(
                f"{self._most} requests are being answered or waiting, as many as are taken; "
                "try again shortly."
            )

    def close(self, stream: "Stream", number: int) -> None:
        """Free whatever it has."""
        self._open.discard(stream)
        self._runner.cancel(number)

    def call(self, function: Callable[..., None], *given: object) -> None:
        """From the engine's thread into the loop; nowhere, where that has ended."""
        assert self._loop is not None
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, *given)

    def _crashed(self, error: BaseException) -> None:
        _LOG.critical("The engine has crashed.", exc_info=error)
        self.call(self._give_up)

    def _give_up(self) -> None:
        self.is_well = False
        for stream in self._open:
            stream.put(None)
        self._on_crash()


class Stream:
    """The deltas of one request. `with` it, or `close` it."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._deltas: asyncio.Queue[Delta | None] = asyncio.Queue()
        self._number: int | None = None

    def begin(self, number: int) -> None:
        """Its sequence has this number."""
        self._number = number

    def listen(self, delta: Delta) -> None:
        """Called by the engine's thread."""
        self._streams.call(self.put, delta)

    def put(self, delta: Delta | None) -> None:
        """None: there will be no more, for the engine is gone."""
        self._deltas.put_nowait(delta)

    async def __aiter__(self) -> AsyncIterator[Delta]:
        """Up to the one with a finish. Raises Internal."""
        while True:
            delta = await self._deltas.get()
            if delta is None:
                raise Internal(_CRASHED)
            if delta.finish == "error":
                raise Internal(f"This answer failed: {delta.error or 'nobody knows why'}")
            yield delta
            if delta.finish is not None:
                return

    def close(self) -> None:
        """Nobody listens any more."""
        if self._number is not None:
            self._streams.close(self, self._number)
            self._number = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
