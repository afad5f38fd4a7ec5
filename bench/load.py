"""A load generator that costs little: raw HTTP/1.1 over uvloop, one request at a time a connection.

It checks every answer: status 200, and for a stream the `[DONE]` at its end.
"""

import asyncio
import time
from dataclasses import dataclass, field

__all__ = ["Result", "drive"]


@dataclass
class Result:
    """What one run saw. Latencies in seconds, from the first byte out to the last byte in."""

    requests: int = 0
    wrong: int = 0
    wall_s: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class _Connection(asyncio.Protocol):
    """Sends the request again whenever the answer is whole."""

    def __init__(self, request: bytes, until: float, result: Result) -> None:
        self._request = request
        self._until = until
        self._result = result
        self._buffer = bytearray()
        self._head_end = -1
        self._length = -1  # of the body; -1 while unknown or chunked
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._buffer.clear()
        self._head_end = -1
        self._length = -1
        self._sent_at = time.perf_counter()
        self._transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._head_end < 0 and not self._read_head():
            return
        if self._is_whole():
            self._answered()

    def _read_head(self) -> bool:
        self._head_end = self._buffer.find(b"\r\n\r\n")
        if self._head_end < 0:
            return False
        for line in bytes(self._buffer[: self._head_end]).lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                self._length = int(line.partition(b":")[2])
        return True

    def _is_whole(self) -> bool:
        if self._length >= 0:
            return len(self._buffer) >= self._head_end + 4 + self._length
        return self._buffer.endswith(b"0\r\n\r\n")

    def _answered(self) -> None:
        now = time.perf_counter()
        self._result.requests += 1
        self._result.latencies.append(now - self._sent_at)
        good = self._buffer.startswith(b"HTTP/1.1 200")
        if not good or (self._length < 0 and b"data: [DONE]" not in self._buffer[-64:]):
            self._result.wrong += 1
        if now < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def drive(port: int, request: bytes, *, connections: int, seconds: float) -> Result:
    """Keep `connections` busy for `seconds` and let the last answers arrive."""
    loop = asyncio.get_running_loop()
    result = Result()
    began = time.perf_counter()
    until = began + seconds
    opened = [
        (await loop.create_connection(_connection(request, until, result), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    await asyncio.wait([connection.done for connection in opened], timeout=seconds + 60)
    result.wall_s = time.perf_counter() - began
    return result


def _connection(request: bytes, until: float, result: Result):
    return lambda: _Connection(request, until, result)
