"""Where an answer ends by its own account: not every server closes the connection as asked."""

import re

__all__ = ["Ending"]

_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,18})[ \t]*\r?$")
_CHUNKED = re.compile(rb"(?im)^transfer-encoding:.*chunked")
_INTERIM = re.compile(rb"HTTP/[0-9.]+ 1[0-9]{2}[ \r]|HTTP/[0-9.]+ 1[0-9]{2}$")
_LAST = b"0\r\n\r\n"


class Ending:
    """Reads along. Trailers behind the last chunk are waited for until the connection closes."""

    def __init__(self) -> None:
        self._head = b""
        self._wanted: int | None = None  # bytes of the body; None: not told
        self._chunked = False
        self._got = 0
        self._tail = b""
        self._in_body = False

    def is_reached(self, piece: bytes) -> bool:
        """Is this the last of it?"""
        if not self._in_body:
            self._head += piece
            head, mark, piece = self._head.partition(b"\r\n\r\n")
            while mark and _INTERIM.match(head):
                self._head = piece
                head, mark, piece = self._head.partition(b"\r\n\r\n")
            if not mark:
                return False
            self._read_head(head)
        self._got += len(piece)
        self._tail = (self._tail + piece)[-7:]
        if self._chunked:
            return self._tail == b"\r\n" + _LAST or (self._tail == _LAST and self._got == 5)
        return self._wanted is not None and self._got >= self._wanted

    def _read_head(self, head: bytes) -> None:
        self._in_body = True
        self._chunked = bool(_CHUNKED.search(head))
        length = _LENGTH.search(head)
        no_body = head[9:12] in (b"204", b"304")
        self._wanted = 0 if no_body else int(length[1]) if length else None
