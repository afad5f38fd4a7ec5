"""The door of the embedded engine: gives every generation a seat, so that short prompts go first.

llama.cpp reads prompts slice by slice (`n_batch` tokens) and fills each slice from its slots in
the order of their numbers. A short prompt in slot 3 therefore waits until the long one in slot 2
is read to its end, however small the slices are. So we choose the slots (`id_slot`): the less
there is to read, the further in front. There are as many seats for every length as generations may
run; the slots share one context, so an empty one costs nothing.

One request a connection; an answer passes through as bytes.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec
from msgspec import Raw, Struct

__all__ = ["BANDS", "Door", "Seats"]

_BOUNDS = (
    1_000,
    4_000,
    16_000,
)  # bytes to read; the default model reads about 500 a second on one core
BANDS = len(_BOUNDS) + 1
_REMEMBERED = 64 * 1024  # bytes of a prompt; no context of ours holds more
_MAX_BODY = 64 * 1024 * 1024
_PIECE = 64 * 1024
_CONNECT_S = 5.0


class Seats:
    """Who sits in which slot of the engine, and what was read there last."""

    def __init__(self, generations: int) -> None:
        self._width = generations
        self._texts: dict[int, bytes] = dict.fromkeys(range(generations * BANDS), b"")
        self._free = list(self._texts)  # the longest unused first
        self._turns = asyncio.Semaphore(generations)
        # One generation is kept for short prompts, or long ones would shut them out for minutes.
        self._long_turns = asyncio.Semaphore(max(1, generations - 1))

    @asynccontextmanager
    async def taken(self, text: bytes) -> AsyncIterator[int]:
        """A slot for a prompt's `text`, kept until the block ends."""
        text = text[:_REMEMBERED]
        if _band(len(text)) == 0:
            async with self._turn(text) as seat:
                yield seat
        else:
            async with self._long_turns, self._turn(text) as seat:
                yield seat

    @asynccontextmanager
    async def _turn(self, text: bytes) -> AsyncIterator[int]:
        async with self._turns:
            seat = self.choose(text)
            self._free.remove(seat)
            self._texts[seat] = text
            try:
                yield seat
            finally:
                self._free.append(seat)

    def choose(self, text: bytes) -> int:
        """The free seat where most of `text` was read before, else one of its length's own."""
        shared = {seat: _common(self._texts[seat], text) for seat in self._free}
        best = max(self._free, key=lambda seat: shared[seat])
        if shared[best] * 2 > len(text) and _band(len(text) - shared[best]) <= self.band(best):
            return best
        band = _band(len(text))
        return next(seat for seat in self._free if self.band(seat) == band)

    def band(self, seat: int) -> int:
        """0 for the seats of the shortest prompts."""
        return seat // self._width


def _band(size: int) -> int:
    return sum(size > bound for bound in _BOUNDS)


def _common(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


class _Refused(Exception):
    """A request that does not get as far as the engine; its status line."""


class _Head(Struct, frozen=True):
    """A request's line and headers."""

    line: bytes
    headers: dict[bytes, bytes]

    @classmethod
    def parse(cls, head: bytes) -> "_Head":
        line, *rest = head.rstrip(b"\r\n").split(b"\r\n")
        pairs = (header.partition(b":") for header in rest)
        return cls(line, {name.strip().lower(): value.strip() for name, _, value in pairs})

    def size(self) -> int:
        """Of the body. Raises _Refused."""
        if b"transfer-encoding" in self.headers:
            raise _Refused("411 Length Required")
        value = self.headers.get(b"content-length", b"0")
        if not value.isdigit() or len(value) > 18:
            raise _Refused("400 Bad Request")
        if int(value) > _MAX_BODY:
            raise _Refused("413 Content Too Large")
        return int(value)

    def rendered(self, size: int) -> bytes:
        """For the engine, which closes when it has answered."""
        headers = {**self.headers, b"content-length": b"%d" % size, b"connection": b"close"}
        lines = [self.line, *(b"%s: %s" % item for item in headers.items())]
        return b"\r\n".join(lines) + b"\r\n\r\n"


class _Prompt(Struct):
    messages: Raw


class Door:
    """Passes requests on to the engine at `port`, with a seat in those that have a prompt."""

    def __init__(self, seats: Seats, *, port: int, key: str) -> None:
        self._seats = seats
        self._port = port
        self._key = b"Bearer " + key.encode()

    async def enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        try:
            await self._serve(reader, writer)
        except _Refused as e:
            writer.write(f"HTTP/1.1 {e}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        except (OSError, TimeoutError, EOFError, asyncio.LimitOverrunError):
            pass  # one of the two is gone; the other learns it by the end of its connection
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = _Head.parse(await reader.readuntil(b"\r\n\r\n"))
        self._admit(head)
        body = await reader.readexactly(head.size())
        answer = asyncio.ensure_future(self._answer(head, body, writer))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            answer.cancel()  # whoever hung up wants no more of it
            with suppress(asyncio.CancelledError):
                await answer

    def _admit(self, head: _Head) -> None:
        """Raises _Refused. Whether we live may be asked without the key."""
        given = head.headers.get(b"authorization", b"")
        if not head.line.startswith(b"GET /health ") and not hmac.compare_digest(given, self._key):
            raise _Refused("401 Unauthorized")

    async def _answer(self, head: _Head, body: bytes, writer: asyncio.StreamWriter) -> None:
        try:
            prompt = msgspec.json.decode(body, type=_Prompt).messages
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            await self._pass_on(head, body, writer)  # the engine says what is wrong with it
            return
        async with self._seats.taken(bytes(prompt)) as seat:
            # The last of two equal names counts, so nobody else chooses.
            seated = b'%s,"id_slot":%d}' % (body.rstrip()[:-1], seat)
            await self._pass_on(head, seated, writer)

    async def _pass_on(self, head: _Head, body: bytes, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_CONNECT_S):
            answers, engine = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            engine.writelines((head.rendered(len(body)), body))
            while piece := await answers.read(_PIECE):
                writer.write(piece)
                await writer.drain()
        finally:
            engine.transport.abort()  # also tells the engine to stop, if it has not
