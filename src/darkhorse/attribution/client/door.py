"""A door: one address where the model can be asked, and a client that sees every byte.

It speaks plain HTTP/1.1, one connection a call, so that an attack can also send what no library
would. What it may know of the house behind it: nothing.
"""

import asyncio
import contextlib
import json
import ssl
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct, structs

from darkhorse.attribution.client.answer import Answer, answer_of
from darkhorse.attribution.client.asking import PATHS, Ask, Dialect, body_of
from darkhorse.attribution.client.ending import Ending
from darkhorse.attribution.client.key_mask import mask_of, masked, masked_arrivals
from darkhorse.attribution.client.public_count import public_tokens
from darkhorse.attribution.client.reply import Reply, parse
from darkhorse.base.clock import Clock
from darkhorse.base.secret import Secret

__all__ = ["Door", "Names", "Spent"]

_Told = TypeVar("_Told")
_PATIENCE_S = 120.0
_AT_ONCE = 16
_SLOW_AT_ONCE, _SLOW_PATIENCE_S = 4, 300.0
_PASSING = (429, 503)
_WAIT_S = 10.0  # a longer Retry-After is waited for no longer
_TRIES = 3
_HOPELESS = 4  # calls in a row that found it so at every try: then no call waits
_MOST_BYTES = 64 << 20


class Names(Struct, frozen=True, kw_only=True):
    """Who made the model: what an answer must not say. Empty where nobody told the audit."""

    maker: str = ""
    model: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every name there is."""
        return tuple(each for each in (self.maker, self.model, *self.aliases) if each)


class Spent(Struct):
    """What was spent at a door so far."""

    calls: int = 0
    tokens: int = 0  # public tokens, sent and got


class Door:
    """Asks one address. Calls may run at once; sixteen are under way at most, four of a slow one.

    `url` is the base that dialects' paths are below, `http://127.0.0.1:8000/api/v1`. `limit_name`
    and `extra` are what a raw engine wants: its word for `max_tokens`, fields for each request.
    `tries`: how often a call is made that is told to come back. `connect_to`: the address behind
    the URL's name, where somebody has looked it up; the name is looked up no more.
    `to_the_close`: read until the other side closes, or else until the answer says it is whole.
    `hide_key`: replies hold stars where they repeat the key.
    """

    def __init__(
        self,
        side: Literal["raw", "public"],
        url: str,
        key: Secret,
        model: str,
        *,
        clock: Clock,
        dialects: Sequence[Dialect] = ("chat",),
        limit_name: str = "max_tokens",
        extra: Mapping[str, Any] | None = None,
        names: Names | None = None,
        aliases: Sequence[str] = (),
        patience_s: float = _PATIENCE_S,
        tries: int = _TRIES,
        most_bytes: int = _MOST_BYTES,
        connect_to: str = "",
        to_the_close: bool = True,
        hide_key: bool = False,
        on_call: Callable[[Spent], None] | None = None,
    ) -> None:
        parts = urlsplit(url)
        self.side = side
        self.url = url.rstrip("/")
        self.key = key
        self.model = model
        self.dialects = tuple(dialects)
        self.names = names or Names()
        self.aliases = tuple(aliases)  # other public names of the listing
        self.spent = Spent()
        self.patience_s = patience_s
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if parts.scheme == "https" else 80)
        self.base = parts.path.rstrip("/")
        self._tries = tries
        self._most_bytes = most_bytes
        self._to_the_close = to_the_close
        self._mask = mask_of(key.reveal()) if hide_key else None
        self._connect_to = connect_to or self.host
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._clock = clock
        self.limit_name = limit_name
        self._extra = dict(extra or {})
        self._on_call = on_call
        self._seats = asyncio.Semaphore(_AT_ONCE)
        self._in_vain = 0
        self._once: dict[str, asyncio.Task[Any]] = {}

    def slow_down(self) -> None:
        """Fewer calls at once, and longer waiting: so many would only queue behind each other."""
        self._seats = asyncio.Semaphore(_SLOW_AT_ONCE)
        self.patience_s = max(self.patience_s, _SLOW_PATIENCE_S)

    @property
    def dialect(self) -> Dialect:
        """The first that it speaks."""
        return self.dialects[0]

    async def once(self, name: str, work: Callable[[], Coroutine[Any, Any, _Told]]) -> _Told:
        """What `work` gave when it was first asked for by this name: attacks share answers."""
        if name not in self._once:
            self._once[name] = asyncio.ensure_future(work())
        told: _Told = await asyncio.shield(self._once[name])
        return told

    async def ask(self, asked: Ask, dialect: Dialect | None = None) -> Answer:
        """Ask the model, in the door's first dialect or in this one. Never raises."""
        words = dialect or self.dialect
        body = {**body_of(words, self.model, asked, self.limit_name), **self._extra}
        answer = answer_of(words, await self.post(PATHS[words], body))
        said = (*asked.texts, answer.text, answer.reasoning)
        self.spent.tokens += sum(public_tokens(text) for text in said)
        return answer

    async def post(
        self, path: str, body: Any, headers: Sequence[str] = (), *, most_bytes: int | None = None
    ) -> Reply:
        """POST JSON (or bytes, as they are) below the base, with the key. Never raises.

        `most_bytes`: no more than these are read of the answer.
        """
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        lines = ("content-type: application/json", f"content-length: {len(data)}")
        head = self.head("POST", self.base + path, *self.credentials, *lines, *headers)
        return await self.send(head + data, most_bytes=most_bytes)

    async def get(self, path: str, headers: Sequence[str] = (), *, key: bool = True) -> Reply:
        """GET below the base. Never raises."""
        return await self.route("GET", self.base + path, headers, key=key)

    async def route(
        self, method: str, target: str, headers: Sequence[str] = (), *, key: bool = True
    ) -> Reply:
        """Any method at any target of this host. Never raises."""
        own = self.credentials if key else ()
        return await self.send(self.head(method, target, *own, *headers))

    @property
    def credentials(self) -> tuple[str, ...]:
        """Header lines with the key."""
        key = self.key.reveal()
        if not key:
            return ()
        if self.side == "raw" and self.dialect == "messages":
            return (f"x-api-key: {key}", "anthropic-version: 2023-06-01")
        return (f"authorization: Bearer {key}",)

    def head(self, method: str, target: str, *lines: str) -> bytes:
        """A request's head, as a plain client writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = (f"host: {host}:{self.port}", *lines, "connection: close")
        return "\r\n".join((f"{method} {target} HTTP/1.1", *usual, "", "")).encode("latin-1")

    async def send(self, request: bytes, *, most_bytes: int | None = None) -> Reply:
        """These bytes on a connection of their own, and all that comes back. Never raises.

        Who is told to come back later (429 or 503 with a Retry-After in seconds) does, as often
        as this door tries.
        """
        most = min(self._most_bytes, most_bytes or self._most_bytes)
        reply = await self._count(request, most)
        if not request.partition(b" ")[2].startswith(f"{self.base}/".encode()):
            return reply  # pages beside the API may be away for good
        for _ in range(self._tries - 1):
            pause = _pause(reply)
            if pause is None or self._in_vain >= _HOPELESS:
                break
            await asyncio.sleep(pause)
            reply = await self._count(request, most)
        self._in_vain = 0 if _pause(reply) is None else self._in_vain + 1
        return reply

    async def _count(self, request: bytes, most: int) -> Reply:
        async with self._seats:
            reply = await self._exchange(request, most)
        self.spent.calls += 1
        if self._on_call:
            self._on_call(self.spent)
        return reply

    async def _exchange(self, request: bytes, most: int) -> Reply:
        arrivals: list[tuple[float, bytes]] = []
        began = self._clock.monotonic()
        problem = ""
        try:
            async with asyncio.timeout(self.patience_s):
                reader, writer = await self._connected()
                began = self._clock.monotonic()
                try:
                    await self._talk(reader, writer, request, arrivals, began, most)
                finally:
                    writer.close()
                    with contextlib.suppress(OSError):
                        await writer.wait_closed()
        except TimeoutError:
            problem = f"no end after {self.patience_s:g} s"
        except OSError as e:
            problem = type(e).__name__  # its text may name addresses
        came, seconds = masked_arrivals(self._mask, arrivals), self._since(began)
        reply = parse(b"".join(piece for _, piece in came), came, seconds)
        body = masked(self._mask, reply.body)  # a key may stand across two chunks
        return structs.replace(reply, body=body, problem=problem or reply.problem)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        name = self.host if self._tls else None
        return await asyncio.open_connection(
            self._connect_to, self.port, ssl=self._tls, server_hostname=name
        )

    async def _talk(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        request: bytes,
        arrivals: list[tuple[float, bytes]],
        began: float,
        left: int,
    ) -> None:
        """Send, and read to the end; a cut while sending may still be answered."""
        writer.write(request)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        ending = Ending()
        while left > 0 and (piece := await reader.read(65536)):
            arrivals.append((self._since(began), piece))
            left -= len(piece)
            if not self._to_the_close and ending.is_reached(piece):
                break

    def _since(self, began: float) -> float:
        return self._clock.monotonic() - began


def _pause(reply: Reply) -> float | None:
    """Seconds after which it may be asked again; None where it says nothing of the kind."""
    told = reply.header("retry-after")
    if reply.status not in _PASSING or not told.isascii() or not told.isdigit():
        return None
    return min(float(told), _WAIT_S)
