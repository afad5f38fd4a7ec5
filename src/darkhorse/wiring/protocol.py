"""HTTP/1.1 as our servers take it in: nobody holds a connection for ever by not finishing."""

import asyncio
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from darkhorse.base.errors import DarkhorseError, HeadersTooLarge, InvalidRequest
from darkhorse.upstream.http11 import FRAMING, MAX_BESIDE
from darkhorse.wire.chat.answer import error_body

__all__ = ["FewWaiting", "Protocol"]


class Protocol(HttpToolsProtocol):
    """What never reaches the application gets the same kind of answer as everything else."""

    head_s = 30.0  # for a request's line and headers
    _beside_left = MAX_BESIDE  # bytes of a request that are not its body
    _in_head = True
    _clock: asyncio.TimerHandle | None = None  # runs while a head is due

    def send_400_response(self, msg: str) -> None:
        del msg  # names the parser's trouble, not the client's
        self._refuse(InvalidRequest("This is not a valid HTTP request."))

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._beside_left -= len(data)
        super().data_received(data)
        if not self._in_head:
            self._stop_clock()
        elif self._clock is None:  # most heads are whole before there is time for a clock
            self._await_head()
        if self._beside_left < 0 and not self.transport.is_closing():
            self._refuse(HeadersTooLarge())

    def on_message_begin(self) -> None:
        self._beside_left = MAX_BESIDE
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._beside_left += len(body) * (1 + FRAMING)
        super().on_body(body)

    def _await_head(self) -> None:
        self._clock = self.loop.call_later(self.head_s, self.transport.close)

    def _stop_clock(self) -> None:
        if self._clock:
            self._clock.cancel()
            self._clock = None

    def _refuse(self, error: DarkhorseError) -> None:
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        if cycle and cycle.response_started and not cycle.response_complete:
            self.transport.close()  # in the middle of an answer there is no place for another
            return
        body = error_body(error)
        head = (
            f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


class FewWaiting(Protocol):
    """For a server with few places: those without a whole request on them are few as well.

    Where too many of them wait, the one that has been there longest goes: a client that means it
    sends its request at once. It looks at every connection, so it is for some dozens of them.
    """

    head_s = 10.0
    share, most = 16, 32  # waiting connections of one address, and in all
    since = 0.0  # by the loop's clock

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.since = self.loop.time()
        waiting = [
            each for each in self.connections if isinstance(each, FewWaiting) and each.is_waiting
        ]
        own = [each for each in waiting if each.address == self.address]
        for some, most in ((own, self.share), (waiting, self.most)):
            if len(some) > most:
                min(some, key=lambda each: each.since).transport.close()
                return

    @property
    def address(self) -> str:
        """Who is at the other end, or a proxy before them."""
        return self.client[0] if self.client else ""

    @property
    def is_waiting(self) -> bool:
        """For a request, or for the rest of one."""
        cycle: RequestResponseCycle | None = self.cycle
        is_answering = cycle and not cycle.more_body and not cycle.response_complete
        return not is_answering and not self.transport.is_closing()
