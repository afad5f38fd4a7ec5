"""Every request from its arrival to its line in the log, and the ids that clients can quote.

A request that begins a generation is told when that has ended, however its connection fared; any
other when its answer has gone. A line has our own words, public names, and of the key as much of
its hash as names it; never what was asked or answered, nor from which address.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from darkhorse.api.asgi import Message, Scope, Send, header
from darkhorse.base.clock import Clock
from darkhorse.base.errors import DarkhorseError
from darkhorse.base.ids import IdSource
from darkhorse.base.settings import LogSettings
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["RequestLine", "Visit", "Visits", "visit_of"]

_log = logging.getLogger(__name__)

_KEY = 8  # characters of a key's hash
_LONGEST_PATH = 200
_LONGEST_ID = 64
_UNPRINTABLE = re.compile(r"[^!-~]+")
_SECRET = re.compile(r"sk-[\w-]+")  # somebody's key, pasted where it does not belong
_SCOPE = "darkhorse.visit"


class RequestLine(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event", tag="request"
):
    """One request in the log.

    `request_id` is what the client was told; `status` too, but for a stream that broke: there it
    is the error's. `ms` counts from the arrival of the headers, `first_token_ms` from admission.
    Tokens are public tokens.
    """

    request_id: str
    generation: str = ""
    method: str
    path: str
    listing: str = ""
    status: int
    outcome: str
    error_type: str = ""
    streamed: bool = False
    ms: float
    first_token_ms: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    key: str = ""
    client_request_id: str = ""


class Visit:
    """One request while it is here. Whoever learns something of it notes it here."""

    __slots__ = ("_ids", "_quoted", "_running", "arrived", "error", "key", "scope", "status")

    def __init__(
        self, scope: Scope, ids: IdSource, running: "dict[str, tuple[Visit, str]]", arrived: float
    ) -> None:
        scope[_SCOPE] = self
        self.scope = scope
        self.arrived = arrived  # monotonic
        self.key = ""  # its hash
        self.status = 0
        self.error: DarkhorseError | None = None
        self._ids = ids
        self._running = running
        self._quoted = ""

    @property
    def id(self) -> str:
        """What the client may quote: the generation's id if one began, else a `req-…`."""
        self._quoted = self._quoted or self._ids.request()
        return self._quoted

    @property
    def began(self) -> bool:
        """Did it become a generation?"""
        return self._quoted.startswith("gen-")

    def begin(self, generation: str, listing: str) -> None:
        """It became a generation."""
        self._quoted = generation
        self._running[generation] = (self, listing)

    def quote(self, request_id: str) -> None:
        """Of several generations, the one whose end the client is told; "" for none of them."""
        self._quoted = request_id

    def heard(self, send: Send) -> Send:
        """`send`, with the status noted and the id in the headers. Too dear for the hot route."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                if self.error is None:  # an error has it already
                    ours = (b"x-request-id", self.id.encode())
                    message = {**message, "headers": [*message["headers"], ours]}
            await send(message)

        return told


def visit_of(scope: Scope) -> Visit:
    """The visit of a request that came in by `Visits.open`."""
    visit: Visit = scope[_SCOPE]
    return visit


class Visits:
    """Opens and closes visits.

    `slug_of` turns a name a client asked for into a public slug, or into "" where it is none;
    `refused` hears slug and error type of what never began.
    """

    def __init__(
        self,
        settings: LogSettings,
        clock: Clock,
        ids: IdSource,
        *,
        slug_of: Callable[[str], str],
        refused: Callable[[str, str], None],
    ) -> None:
        self._least = {"none": 1000, "problems": 400, "all": 0}[settings.requests]
        self._clock = clock
        self._ids = ids
        self._slug_of = slug_of
        self._refused = refused
        self._running: dict[str, tuple[Visit, str]] = {}

    def running(self) -> Counter[str]:
        """Generations in flight, by listing."""
        return Counter([listing for _, listing in list(self._running.values())])

    def open(self, scope: Scope) -> Visit:
        """A request has come."""
        return Visit(scope, self._ids, self._running, self._clock.monotonic())

    def close(self, visit: Visit, *, seeks_generation: bool) -> None:
        """Its connection is done with. If a generation began, `ended` tells the rest."""
        if visit.began:
            return
        error = visit.error
        listing = self._slug_of(error.requested) if error and error.requested else ""
        if error and seeks_generation:
            self._refused(listing, error.error_type)
        status = error.status if error else visit.status
        if status >= self._least:
            self._tell(visit, status=status, listing=listing, outcome=_outcome(status))

    def ended(self, start: StartRecord, end: EndRecord) -> None:
        """A generation has ended. Not every one has a visit: some come from elsewhere."""
        visit, _ = self._running.pop(start.id, (None, ""))
        if visit is None or end.status < self._least:
            return
        usage = end.usage
        self._tell(
            visit,
            generation=start.id,
            listing=start.listing,
            status=end.status,
            outcome=end.outcome,
            error_type=end.error_type,
            streamed=start.streamed,
            first_token_ms=end.first_token_ms,
            prompt_tokens=usage.prompt if usage else start.prompt_tokens,
            completion_tokens=usage.completion if usage else None,
        )

    def _tell(self, visit: Visit, *, status: int, **facts: object) -> None:
        error_type = visit.error.error_type if visit.error else ""
        ms = (self._clock.monotonic() - visit.arrived) * 1000
        line = RequestLine(
            request_id=visit.id,
            method=visit.scope["method"],
            path=_path(visit.scope),
            status=status,
            ms=round(ms, 1),
            key=visit.key[:_KEY],
            client_request_id=_client_id(visit.scope),
            **{"error_type": error_type, **facts},  # type: ignore[arg-type]
        )
        _log.log(logging.WARNING if status >= 500 else logging.INFO, line)


def _outcome(status: int) -> str:
    if status == 499:
        return "cancelled"
    return "failed" if status >= 500 else "refused" if status >= 400 else "done"


def _path(scope: Scope) -> str:
    """As it came, but for a key that hides behind percent signs."""
    plain: str = scope["path"]
    raw = scope.get("raw_path") if not _SECRET.search(plain) else None
    return _harmless(raw or plain.encode())[:_LONGEST_PATH]


def _client_id(scope: Scope) -> str:
    return _harmless(header(scope, b"x-request-id").encode("latin-1"))[:_LONGEST_ID]


def _harmless(said: bytes) -> str:
    """A stranger's words in printable ASCII, without what looks like a key."""
    return _SECRET.sub("sk-", _UNPRINTABLE.sub("?", str(said, "latin-1")))
