"""One client's connection: parses requests, plays scripts, notices when the client goes.

Requests on a connection are answered in order; a pipelined one waits for its turn. A client that
closes, even only its sending half, counts as gone.
"""

import asyncio
import logging
import socket
import struct
from collections import deque
from typing import cast

import httptools

from darkhorse.base.clock import Clock
from darkhorse.upstream.scripted.engine import Engine
from darkhorse.upstream.scripted.seen import Request, Sighting
from darkhorse.upstream.scripted.steps import End, Script, Step, Wait

__all__ = ["Connection"]

log = logging.getLogger(__name__)

_MAX_BODY_BYTES = 256 * 1024 * 1024
_MAX_WAITING = 64
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, zero seconds: close() sends RST


class Connection(asyncio.Protocol):
    """httptools calls the on_… methods while it parses; the loop calls the rest."""

    def __init__(self, engine: Engine, clock: Clock, connections: set["Connection"]) -> None:
        self._engine = engine
        self._clock = clock
        self._connections = connections
        self._waiting: deque[Request] = deque()
        self._playing: Sighting | None = None
        self._task: asyncio.Task[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self.closed = asyncio.Event()
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport
        self.on_message_begin()

    # The loop's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.abort()

    def connection_lost(self, _: Exception | None) -> None:
        self.closed.set()
        self._connections.discard(self)
        self._waiting.clear()
        if self._playing is not None:
            self._playing.cancelled = True
            self._playing = None
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def abort(self) -> None:
        """Drop the connection at once."""
        self._transport.abort()

    # The parser's side.

    def on_message_begin(self) -> None:
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._body_bytes = 0

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value))
        if name.lower() == b"expect":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, data: bytes) -> None:
        self._body_bytes += len(data)
        if self._body_bytes > _MAX_BODY_BYTES:
            self.abort()
        else:
            self._body.append(data)

    def on_message_complete(self) -> None:
        self._waiting.append(
            Request(
                self._parser.get_method(),
                self._target.decode("latin-1"),
                tuple(self._headers),
                b"".join(self._body),
                self._parser.should_keep_alive(),
            )
        )
        if len(self._waiting) > _MAX_WAITING:
            self.abort()
        elif self._playing is None:
            self._answer_next()

    # Answers.

    def _answer_next(self) -> None:
        while self._waiting and self._playing is None and not self._transport.is_closing():
            request = self._waiting.popleft()
            script = self._engine.script(request)
            sighting = self._see(request)
            if script.at_once is not None and self._writable.is_set():
                self._transport.write(script.at_once)
                self._finish(sighting, keep_alive=request.keep_alive)
            else:
                self._playing = sighting
                loop = asyncio.get_running_loop()
                self._task = loop.create_task(self._play(script, request, sighting))

    def _see(self, request: Request) -> Sighting:
        """Into the log, unless it asks for the log."""
        now_us = self._clock.now_us()
        if request.path == "/seen":
            return Sighting(request, now_us, b"")
        return self._engine.seen.add(request, now_us)

    def _finish(self, sighting: Sighting, *, keep_alive: bool) -> None:
        sighting.done = True
        self._playing = None
        if not keep_alive:
            self._transport.close()

    async def _play(self, script: Script, request: Request, sighting: Sighting) -> None:
        # From here the buffer counts as full while it holds anything, so that "written" means
        # "in the kernel", and one step is one write.
        self._transport.set_write_buffer_limits(high=0)
        try:
            open_after = await self._play_steps(script)
        except Exception:
            log.exception("a scenario broke")
            self.abort()
            return
        self._task = None
        self._finish(sighting, keep_alive=request.keep_alive and open_after)
        self._answer_next()

    async def _play_steps(self, script: Script) -> bool:
        """Play to the end. False where the script ended the connection."""
        for step in script.steps:
            if isinstance(step, End):
                await self._end(step)
                return False
            await self._play_step(step)
        return True

    async def _play_step(self, step: Step) -> None:
        if isinstance(step, Wait):
            await asyncio.sleep(step.seconds)
        elif isinstance(step, bytes):
            self._transport.write(step)
            await asyncio.sleep(0)  # uvloop joins what one turn of the loop writes
            await self._writable.wait()

    async def _end(self, end: End) -> None:
        match end:
            case End.CLOSE:
                self._transport.close()
            case End.RESET:
                self._reset()
            case End.HANG:
                await asyncio.Event().wait()  # until connection_lost cancels

    def _reset(self) -> None:
        found: socket.socket = self._transport.get_extra_info("socket")
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.abort()
