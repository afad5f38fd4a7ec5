"""Real HTTP from many keep-alive connections, as fast as answers come.

The next request is the one that is due first by the day's own clock, of a session whose last
answer is there. Every answer is read to its end and checked; what was acknowledged is noted.
"""

import asyncio
import heapq
import os
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import msgspec
import xxhash
from msgspec import Struct

from day.telling import Asked, Client


class Acknowledged(Struct, frozen=True, array_like=True):
    """What a client was told is safe: a generation, and digests of both of its bodies."""

    id: str
    asked: bytes
    answered: bytes


class Totals(Struct):
    """What the client side saw."""

    requests: int = 0
    request_bytes: int = 0
    answer_bytes: int = 0
    wrong: int = 0
    first_wrong: str = ""
    wall_s: float = 0.0


class Traffic:
    """All of the day's clients over a few connections."""

    def __init__(
        self,
        port: int,
        key: str,
        clients: Iterator[tuple[float, Callable[[], Client]]],
        on_answer: Callable[[], None],
        on_request: Callable[[bytes], None],
    ) -> None:
        self._port = port
        self._key = key.encode()
        self._order = count()
        self._due: list[tuple[float, int, Callable[[], Client]]] = [
            (starts_s, next(self._order), make) for starts_s, make in clients
        ]
        heapq.heapify(self._due)
        self._on_answer = on_answer
        self._on_request = on_request
        self._idle: list[_Connection] = []
        self._busy = 0
        self._replacing: set[asyncio.Task[None]] = set()
        self._done = asyncio.Event()
        self.totals = Totals()
        self.acknowledged: list[Acknowledged] = []

    async def run(self, connections: int) -> None:
        """All requests, each answered."""
        for _ in range(connections):
            await self._open()
        began = time.perf_counter()
        self._send_due()
        await self._done.wait()
        self.totals.wall_s = time.perf_counter() - began

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        made = await loop.create_connection(lambda: _Connection(self), "127.0.0.1", self._port)
        self._idle.append(made[1])

    async def _replace(self) -> None:
        """A connection for one that was closed; without any, what is left cannot be sent."""
        try:
            await self._open()
        except OSError:
            if not self._busy:
                self._done.set()
            return
        self._send_due()

    def _send_due(self) -> None:
        while self._idle and self._due:
            _, _, make = heapq.heappop(self._due)
            client = make()
            asked = client.ask()
            self.totals.requests += 1
            self.totals.request_bytes += len(asked.body)
            self._on_request(asked.body)
            self._busy += 1
            self._idle.pop().send(client, asked, self._head(asked))
        if not self._busy and not self._due:
            self._done.set()

    def _head(self, asked: Asked) -> bytes:
        return (
            b"POST %b HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %b\r\n"
            b"content-type: application/json\r\ncontent-length: %d\r\n\r\n"
            % (asked.path, self._key, len(asked.body))
        )

    def answered(self, connection: "_Connection", client: Client, raw: bytes) -> None:
        """An answer is whole; the next request may go."""
        asked = connection.asked
        assert asked
        try:
            generation, text = read_answer(raw, asked)
        except (ValueError, KeyError, IndexError, TypeError, msgspec.DecodeError):
            self._note_wrong(raw)
        else:
            said = text.encode()
            self.totals.answer_bytes += len(said)
            digests = (xxhash.xxh3_128_digest(asked.body), xxhash.xxh3_128_digest(said))
            self.acknowledged.append(Acknowledged(generation, *digests))
        self._release(client)
        self._idle.append(connection)
        self._send_due()

    def lost(self, connection: "_Connection", client: Client | None) -> None:
        """A connection closed, while we are at it: wrong if an answer was on its way."""
        if connection in self._idle:
            self._idle.remove(connection)
        if client:
            self._note_wrong(b"the connection was closed")
            self._release(client)
        if not self._done.is_set():
            task = asyncio.get_running_loop().create_task(self._replace())
            self._replacing.add(task)
            task.add_done_callback(self._replacing.discard)

    def _release(self, client: Client) -> None:
        self._busy -= 1
        self._on_answer()
        if (due_s := client.due_s) is not None:
            heapq.heappush(self._due, (due_s, next(self._order), lambda: client))

    def _note_wrong(self, raw: bytes) -> None:
        self.totals.wrong += 1
        self.totals.first_wrong = self.totals.first_wrong or raw[:600].decode("latin-1")


class _Connection(asyncio.Protocol):
    """Sends one request at a time and collects its answer."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._client: Client | None = None
        self._buffer = bytearray()
        self._end = 0  # of the answer, once its head says so; -1: of chunks
        self.asked: Asked | None = None
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def send(self, client: Client, asked: Asked, head: bytes) -> None:
        self._client, self.asked, self._end = client, asked, 0
        self._buffer.clear()
        self._transport.writelines((head, asked.body))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._end:
            self._end = _end_of(self._buffer)
        if self._end and self._is_whole() and (client := self._client):
            self._client = None
            self._traffic.answered(self, client, bytes(self._buffer))

    def _is_whole(self) -> bool:
        if self._end > 0:
            return len(self._buffer) >= self._end
        return self._buffer.endswith(b"\r\n0\r\n\r\n")

    def connection_lost(self, _: Exception | None) -> None:
        client, self._client = self._client, None
        self._traffic.lost(self, client)


def _end_of(buffer: bytearray) -> int:
    """Where the answer ends; -1 for chunks, 0 while its head is not whole."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = bytes(buffer[:end]).lower()
    at = head.find(b"\r\ncontent-length:")
    return end + 4 + int(head[at + 17 :].partition(b"\r\n")[0]) if at >= 0 else -1


def read_answer(raw: bytes, asked: Asked) -> tuple[str, str]:
    """The generation's id and the text. Raises ValueError and its like for anything not good."""
    head, _, body = raw.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ValueError("not a 200")
    at = head.lower().index(b"\r\nx-generation-id:")
    generation = head[at + 19 :].partition(b"\r\n")[0].strip().decode()
    if not asked.streamed:
        return generation, _whole(msgspec.json.decode(body), asked.dialect)
    events = [line[6:] for line in _unchunked(body).split(b"\n") if line.startswith(b"data: {")]
    return generation, "".join(_delta(msgspec.json.decode(each), asked.dialect) for each in events)


def _whole(answer: Any, dialect: str) -> str:
    if dialect == "chat":
        return answer["choices"][0]["message"]["content"]
    return "".join(block["text"] for block in answer["content"])


def _delta(event: Any, dialect: str) -> str:
    if "error" in event:
        raise ValueError("the stream broke")
    if dialect == "chat":
        return "".join(choice["delta"].get("content") or "" for choice in event["choices"])
    return event.get("delta", {}).get("text", "")


def _unchunked(body: bytes) -> bytes:
    pieces, at = [], 0
    while (end := body.find(b"\r\n", at)) > 0 and (length := int(body[at:end], 16)):
        pieces.append(body[end + 2 : end + 2 + length])
        at = end + 2 + length + 2
    return b"".join(pieces)


def own_cpu_s() -> float:
    """CPU of this process so far."""
    spent = os.times()
    return spent.user + spent.system
