"""One answer as it came over the wire: nothing is folded, sorted or left out."""

import json
import re
from bisect import bisect_left
from functools import cached_property
from itertools import accumulate
from typing import Any

from msgspec import Struct

__all__ = ["Event", "Reply", "parse"]

_STATUS = re.compile(r"[1-5][0-9]{2}")
_LENGTH = re.compile(rb"[0-9A-Fa-f]{1,8}")
_INTERIM = re.compile(rb"HTTP/[0-9.]+ 1[0-9]{2}[ \r]")


class Event(Struct, frozen=True, dict=True):
    """One block of a stream of events, up to its empty line."""

    lines: tuple[str, ...]  # as they came, comments too
    at: float  # seconds from the request's sending to the block's last byte

    @property
    def name(self) -> str:
        """Its `event:` field."""
        return next((_field(line) for line in self.lines if line.startswith("event:")), "")

    @property
    def data(self) -> str | None:
        """Its `data:`; None where it has none, as a comment."""
        found = [_field(line) for line in self.lines if line.startswith("data:")]
        return "\n".join(found) if found else None

    @cached_property
    def object(self) -> Any:
        """Its data as JSON; None where it is none."""
        return _json(self.data or "")


class Reply(Struct, frozen=True, kw_only=True, dict=True):
    """Everything that one call told. Status 0: no answer, and `problem` says why."""

    status: int = 0
    reason: str = ""
    version: str = ""  # HTTP/1.1
    headers: tuple[tuple[str, str], ...] = ()  # in order, names as written
    body: bytes = b""  # without its chunks
    raw: bytes = b""  # all bytes of the answer
    arrivals: tuple[tuple[float, bytes], ...] = ()  # seconds since sending, bytes as read
    seconds: float = 0.0  # from the sending to the end
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Was it answered with success?"""
        return 200 <= self.status < 300

    def header(self, name: str) -> str:
        """A header's first value; empty where it is not there."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def text(self) -> str:
        """The body as text; bytes that are none become U+FFFD."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        return _json(self.text)

    @property
    def is_stream(self) -> bool:
        """Is it a stream of events?"""
        return self.header("content-type").lower().startswith("text/event-stream")

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The blocks of a stream; none where it is no stream."""
        return tuple(self._blocks()) if self.is_stream else ()

    @cached_property
    def objects(self) -> tuple[Any, ...]:
        """The JSON objects it gave: each event's of a stream, else the body."""
        found = [each.object for each in self.events] if self.is_stream else [self.json]
        return tuple(each for each in found if isinstance(each, dict))

    def _blocks(self) -> list[Event]:
        blocks: list[Event] = []
        lines: list[str] = []
        at = 0
        for line in self.body.splitlines(keepends=True):
            at += len(line)
            bare = line.rstrip(b"\r\n").decode("utf-8", "replace").removeprefix("\ufeff")
            if bare:
                lines.append(bare)
            elif lines:
                blocks.append(Event(tuple(lines), self._when(at)))
                lines = []
        return [*blocks, Event(tuple(lines), self._when(at))] if lines else blocks

    def _when(self, end: int) -> float:
        """When the body's first `end` bytes were there."""
        wire = self._wire_end(end)
        return self.arrivals[min(bisect_left(self._ends, wire), len(self.arrivals) - 1)][0]

    def _wire_end(self, end: int) -> int:
        """Where in the raw bytes the body's first `end` bytes have come to their end."""
        if not self._spans:
            return 0
        place = min(bisect_left(self._body_ends, end), len(self._spans) - 1)
        return self._spans[place][1] - max(0, self._body_ends[place] - end)

    @cached_property
    def _body_ends(self) -> tuple[int, ...]:
        """How much of the body there is at each span's end."""
        return tuple(accumulate(stop - start for start, stop in self._spans))

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(accumulate(len(piece) for _, piece in self.arrivals))

    @cached_property
    def _spans(self) -> tuple[tuple[int, int], ...]:
        """Where the body's bytes stand in the raw ones."""
        start = self.raw.find(b"\r\n\r\n", _answer_at(self.raw)) + 4
        if not _is_chunked(self.headers):
            return ((start, len(self.raw)),)
        return tuple(_chunks(self.raw, start))


def parse(raw: bytes, arrivals: tuple[tuple[float, bytes], ...], seconds: float) -> Reply:
    """The answer in these bytes, as well as it can be read."""
    began = _answer_at(raw)
    head, mark, rest = raw[began:].partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    version, _, line = lines[0].partition(" ")
    code, _, reason = line.partition(" ")
    if not mark or not version.startswith("HTTP/") or not _STATUS.fullmatch(code):
        return Reply(raw=raw, arrivals=arrivals, seconds=seconds, problem="no HTTP answer")
    pairs = [each.partition(":") for each in lines[1:]]
    headers = tuple((name, value.strip(" \t")) for name, _, value in pairs)
    chunked = _is_chunked(headers)
    spans = _chunks(raw, began + len(head) + 4) if chunked else []
    return Reply(
        status=int(code),
        reason=reason,
        version=version,
        headers=headers,
        body=b"".join(raw[start:end] for start, end in spans) if chunked else rest,
        raw=raw,
        arrivals=arrivals,
        seconds=seconds,
    )


def _answer_at(raw: bytes) -> int:
    """Where the answer itself begins: behind what only says that it is on its way (1xx)."""
    at = 0
    while _INTERIM.match(raw, at) and (end := raw.find(b"\r\n\r\n", at)) >= 0:
        if not raw.startswith(b"HTTP/", end + 4):
            break
        at = end + 4
    return at


def _is_chunked(headers: tuple[tuple[str, str], ...]) -> bool:
    return any(n.lower() == "transfer-encoding" and "chunked" in v.lower() for n, v in headers)


def _chunks(raw: bytes, at: int) -> list[tuple[int, int]]:
    """Chunked transfer: where the body's pieces are. What is cut off or broken ends it."""
    spans = []
    while (end := raw.find(b"\r\n", at)) >= 0:
        told = raw[at:end].partition(b";")[0].strip()
        length = int(told, 16) if _LENGTH.fullmatch(told) else 0
        if length == 0:
            break
        spans.append((end + 2, min(end + 2 + length, len(raw))))
        at = end + 2 + length + 2
    return spans


def _field(line: str) -> str:
    return line.partition(":")[2].removeprefix(" ")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
