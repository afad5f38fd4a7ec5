"""Server-sent events, from any split of the bytes: one decoder for both sides.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html (9.2.6). Only `data` is
kept: comments, `event`, `id` and `retry` are an upstream's own business and end here.
"""

__all__ = ["EventTooLarge", "SseDecoder", "event"]

_BOM = b"\xef\xbb\xbf"


class EventTooLarge(Exception):
    """One event is over the decoder's limit."""


class SseDecoder:
    """Bytes in, as they come; the `data` of each whole event out."""

    def __init__(self, max_event_bytes: int = 16 * 1024 * 1024) -> None:
        self._limit = max_event_bytes
        self._partial: list[bytes] = []  # pieces of a line not yet ended
        self._data: list[bytes] = []  # data lines of an event not yet ended
        self._in_event = 0  # bytes of those, and one for each line
        self._held = 0  # with the pieces
        self._after_cr = False
        self._first = True

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes; return the events they complete. Raises EventTooLarge."""
        if b"\r" in data or self._after_cr:
            data = self._unify(data)
        head, newline, rest = data.partition(b"\n")
        if not newline:
            self._hold(head)
            return []
        lines = [b"".join((*self._partial, head)), *rest.split(b"\n")]
        self._partial.clear()
        rest = lines.pop()
        events = self._take(lines)
        self._held = self._in_event
        self._hold(rest)
        return events

    def close(self) -> list[bytes]:
        """The end of the stream: an event whose blank line never came still counts."""
        line = b"".join(self._partial)
        self._partial.clear()
        return self._take([line, b""])

    def _hold(self, piece: bytes) -> None:
        if piece:
            self._partial.append(piece)
            self._held += len(piece)
        if self._held > self._limit:
            raise EventTooLarge

    def _unify(self, data: bytes) -> bytes:
        """CR LF and CR become LF, also where the pair is split between two reads."""
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]
            self._after_cr = False
        if data:
            self._after_cr = data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _take(self, lines: list[bytes]) -> list[bytes]:
        if self._first and lines:
            self._first = False
            lines[0] = lines[0].removeprefix(_BOM)
        events: list[bytes] = []
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[6:] if line.startswith(b" ", 5) else line[5:])
                self._in_event += len(line)
            elif line == b"data":
                self._data.append(b"")
                self._in_event += 1
            elif not line and self._data:
                events.append(b"\n".join(self._data))
                self._data.clear()
                self._in_event = 0
        return events


def event(data: bytes) -> bytes:
    """One event with one line of data."""
    return b"data: " + data + b"\n\n"
