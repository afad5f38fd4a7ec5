"""What reached the engine, and whether the client stayed for the answer. In memory, bounded."""

from collections import deque
from collections.abc import Iterator
from typing import Any

import xxhash
from msgspec import Struct

__all__ = ["Request", "SeenLog", "Sighting"]

_RECORDS = 1_000
_BODY_BYTES = 1_000_000  # a larger body is kept as length and hash
_TOTAL_BYTES = 64 * 1024 * 1024  # all bodies together; the oldest records go first


class Request(Struct, frozen=True):
    """An HTTP request as it came."""

    method: bytes
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    keep_alive: bool

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


class Sighting(Struct):
    """One request in the log. The connection sets `done` or `cancelled`, once, at the end."""

    request: Request
    at_us: int
    body: bytes | dict[str, object]
    done: bool = False  # the answer was played to its end
    cancelled: bool = False  # the client went before that

    def show(self) -> dict[str, Any]:
        """The JSON of `GET /seen`: headers in lower case, repeated ones joined by ", "."""
        headers: dict[str, str] = {}
        for raw_name, raw_value in self.request.headers:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        body = self.body
        return {
            "path": self.request.target,
            "method": self.request.method.decode("latin-1"),
            "headers": headers,
            "body": body.decode(errors="replace") if isinstance(body, bytes) else body,
            "cancelled": self.cancelled,
            "done": self.done,
            "at": self.at_us,
        }


class SeenLog:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._sightings: deque[Sighting] = deque()
        self._bytes = 0

    def __iter__(self) -> Iterator[Sighting]:
        return iter(self._sightings)

    def __len__(self) -> int:
        return len(self._sightings)

    def add(self, request: Request, at_us: int) -> Sighting:
        body: bytes | dict[str, object] = request.body
        if len(request.body) > _BODY_BYTES:
            digest = xxhash.xxh3_64_hexdigest(request.body)
            body = {"bytes": len(request.body), "xxh3": digest}
            request = Request(request.method, request.target, request.headers, b"", keep_alive=True)
        sighting = Sighting(request, at_us, body)
        self._sightings.append(sighting)
        self._bytes += len(request.body)
        while len(self._sightings) > _RECORDS or self._bytes > _TOTAL_BYTES:
            self._bytes -= len(self._sightings.popleft().request.body)
        return sighting

    def clear(self) -> None:
        self._sightings.clear()
        self._bytes = 0

    def show(self) -> list[dict[str, Any]]:
        return [sighting.show() for sighting in self._sightings]
