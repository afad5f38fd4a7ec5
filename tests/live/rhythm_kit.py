"""Many streams at once, read as they come, and what a client can see of their rhythm."""

import asyncio
import itertools
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from darkhorse.catalog.rhythm import Rhythm

from .stage import Relay, Reply, chat_body

_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
_EARLY = 8  # reads whose own moment is a feature


@dataclass
class Stream:
    """One answer: when each read came, in ms since the request was written, and its bytes."""

    reads: list[tuple[float, int]] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)

    @property
    def reply(self) -> Reply:
        return Reply(bytes(self.raw))

    @property
    def first_ms(self) -> float:
        return self.reads[0][0]

    @property
    def last_ms(self) -> float:
        return self.reads[-1][0]

    def by(self, moments: int) -> tuple[float, Reply]:
        """What had come after so many reads, and when."""
        came = sum(size for _, size in self.reads[:moments])
        return self.reads[moments - 1][0], Reply(bytes(self.raw[:came]))

    @property
    def features(self) -> list[float]:
        at = [moment for moment, _ in self.reads]
        sizes = [float(size) for _, size in self.reads]
        gaps = [later - sooner for sooner, later in itertools.pairwise(at)] or [0.0]
        early = [*at[:_EARLY], *[at[-1]] * (_EARLY - len(at))]
        return [
            *(at[-1], at[-1] - at[0], float(len(at))),
            *_spread(gaps),
            *_spread(sizes),
            *early,
            *(_when(self.reads, share) for share in _SHARES),
        ]


def _spread(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    quantiles = [ordered[int((len(ordered) - 1) * share)] for share in _SHARES]
    return [
        *(statistics.fmean(values), statistics.pstdev(values), ordered[0], ordered[-1]),
        *quantiles,
    ]


def _when(reads: Sequence[tuple[float, int]], share: float) -> float:
    """When that share of all bytes had come."""
    total, came = sum(size for _, size in reads), 0
    for moment, size in reads:
        came += size
        if came >= total * share:
            return moment
    return reads[-1][0]


class _Reader(asyncio.Protocol):
    """Notes each read; `done` when the server has closed the connection."""

    def __init__(self, request: bytes) -> None:
        self.stream = Stream()
        self.done = asyncio.get_running_loop().create_future()
        self._request = request

    def connection_made(self, transport) -> None:
        self._began = time.perf_counter()
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self.stream.reads.append(((time.perf_counter() - self._began) * 1000, len(data)))
        self.stream.raw += data

    def connection_lost(self, exc) -> None:
        self.done.set_result(exc)


async def _read(port: int, request: bytes) -> Stream:
    loop = asyncio.get_running_loop()
    _, reader = await loop.create_connection(lambda: _Reader(request), "127.0.0.1", port)
    assert await asyncio.wait_for(reader.done, 20) is None
    return reader.stream


def read(port: int, request: bytes) -> Stream:
    """One answer."""
    return asyncio.run(_read(port, request))


async def _read_all(port: int, requests: Sequence[bytes], at_once: int) -> list[Stream]:
    """In their order; as many as that are always under way."""
    streams: list[Stream] = [Stream()] * len(requests)
    left = iter(enumerate(requests))

    async def work() -> None:
        for at, request in left:
            streams[at] = await _read(port, request)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(work())
    return streams


def interleaved(
    port: int, requests: tuple[bytes, bytes], each: int, source: random.Random, *, at_once: int
) -> tuple[list[Stream], list[bool]]:
    """`each` streams of both requests in one random order, and which of them was the second."""
    truth = [False] * each + [True] * each
    source.shuffle(truth)
    asked = [requests[is_second] for is_second in truth]
    return asyncio.run(_read_all(port, asked, at_once)), truth


def request(relay: Relay, slug: str, *, path: str = "/api/v1/chat/completions", **fields) -> bytes:
    """As a client writes it that wants the connection closed at the answer's end."""
    body = chat_body(slug, **fields)
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
        f"authorization: Bearer {relay.key}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def rhythm_text(rhythm: Rhythm) -> str:
    """As a launch file says it."""
    return (
        f"rhythm.piece = {rhythm.piece}\n"
        f"rhythm.first_ms = {rhythm.first_ms}\nrhythm.chars_per_s = {rhythm.chars_per_s}\n"
    )
