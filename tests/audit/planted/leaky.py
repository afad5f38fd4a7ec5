"""Answers of the clean product, taken apart so that a plant can change them as a leak would.

Leaky is a reverse proxy that does so: it hands every byte of a request on and waits for the whole
answer, which the plant may change.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from http import HTTPStatus
from itertools import pairwise
from typing import Any

from darkhorse.attribution.client.reply import Reply, parse

__all__ = ["Asked", "Change", "Leaky", "Said", "taken_apart"]

Change = Callable[["Asked", "Said"], None]


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    raw: bytes

    @cached_property
    def method(self) -> str:
        return self._line(0)

    @cached_property
    def path(self) -> str:
        """Without its query."""
        return self._line(1).partition("?")[0]

    @property
    def route(self) -> str:
        """Below the API's mount: `chat/completions`; the path itself elsewhere."""
        return self.path.removeprefix("/api/v1/").removeprefix("/v1/")

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body; empty where it is no object."""
        with suppress(ValueError, RecursionError):
            found = json.loads(self.raw.partition(b"\r\n\r\n")[2])
            return found if isinstance(found, dict) else {}
        return {}

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Of a conversation in the shape of chat completions; what is none is left out."""
        found = self.json.get("messages")
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    @property
    def texts(self) -> list[str]:
        """Their texts."""
        said = [each.get("content") for each in self.messages]
        return [each for each in said if isinstance(each, str)]

    def _line(self, word: int) -> str:
        words = self.raw.partition(b"\r\n")[0].decode("latin-1").split(" ")
        return words[word] if len(words) > word else ""

    @property
    def is_api(self) -> bool:
        """Is it a call of the API, rather than of a page or of nothing?"""
        return self.path.startswith(("/api/v1/", "/v1/"))


@dataclass
class Said:
    """An answer, taken apart; whatever is changed here is sent so."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes
    blocks: list[list[str]] = field(default_factory=list)  # of a stream: lines of each event
    pauses: list[float] = field(default_factory=list)  # seconds before each block
    first: float = 0.0  # seconds to the head
    newline: str = "\n"
    before: str = ""  # what a stream begins with

    def copy(self) -> "Said":
        """One that can be changed."""
        blocks = [list(block) for block in self.blocks]
        return replace(self, headers=list(self.headers), blocks=blocks, pauses=list(self.pauses))

    @property
    def status(self) -> int:
        return int(self.line.split(" ")[1])

    @status.setter
    def status(self, value: int) -> None:
        known = value in {each.value for each in HTTPStatus}
        self.line = f"HTTP/1.1 {value} {HTTPStatus(value).phrase if known else ''}"

    @property
    def is_stream(self) -> bool:
        return bool(self.blocks)

    @property
    def is_answer(self) -> bool:
        """Of a generation, and a good one."""
        return self.status == 200 and (self.is_stream or b'"usage"' in self.body)

    @property
    def is_error(self) -> bool:
        return self.status >= 400

    @property
    def json(self) -> Any:
        """The body; None where it is no JSON."""
        with suppress(ValueError):
            return json.loads(self.body)

    def header(self, name: str, value: str) -> None:
        """Add one at the end, or put another value in its place."""
        names = [known.lower() for known, _ in self.headers]
        if name.lower() in names:
            self.headers[names.index(name.lower())] = (name, value)
        else:
            self.headers.append((name, value))

    def say(self, body: Any, status: int = 0, kind: str = "application/json") -> None:
        """Another body, whole, and perhaps another status."""
        self.body = body.encode() if isinstance(body, str) else _json(body)
        self.blocks = []
        self.status = status or self.status
        gone = ("content-type", "content-length", "transfer-encoding", "allow")
        kept = [pair for pair in self.headers if pair[0].lower() not in gone]
        size = str(len(self.body))
        self.headers = [kept[0], ("content-length", size), ("content-type", kind), *kept[1:]]

    def each(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Change every JSON object: of each event, or of the body."""
        if not self.is_stream:
            if isinstance(found := self.json, dict):
                change(found)
                self.body = _json(found)
            return
        for block in self.blocks:
            for at, line in enumerate(block):
                if line.startswith("data: {"):
                    found = json.loads(line[6:])
                    change(found)
                    block[at] = f"data: {_json(found).decode()}"

    def choices(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Change every choice of every object."""
        self.each(lambda found: [change(each) for each in found.get("choices") or []])

    def parts(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Change every delta, or the message."""
        self.choices(lambda choice: change(choice.get("delta") or choice.get("message") or {}))

    def calls(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Change every tool call, or piece of one."""
        self.parts(lambda part: [change(each) for each in part.get("tool_calls") or []])

    def usage(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Change the usage, wherever it is told."""
        self.each(lambda found: found.get("usage") and change(found["usage"]))

    def raw(self) -> list[tuple[float, bytes]]:
        """Seconds to wait, and what is written then."""
        if not self.is_stream:
            return [(self.first, self._head(len(self.body)) + self.body)]
        end = self.newline
        texts = [(end.join(block) + end * 2).encode() for block in self.blocks]
        texts[0] = self.before.encode() + texts[0]
        pauses = [*self.pauses, *[0.0] * len(texts)]
        pieces = [(pause, _chunk(text)) for pause, text in zip(pauses, texts, strict=False)]
        return [(self.first, self._head(None)), *pieces, (0, b"0\r\n\r\n")]

    def _head(self, length: int | None) -> bytes:
        lines = [self.line]
        for name, value in self.headers:
            if name.lower() == "content-length":
                lines += [f"{name}: {length}"] * (length is not None)
            else:
                lines.append(f"{name}: {value}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def taken_apart(reply: Reply) -> Said | None:
    """None for what is no answer in HTTP's terms."""
    if not reply.status:
        return None
    line = reply.raw.partition(b"\r\n")[0].decode("latin-1")
    said = Said(line, list(reply.headers), reply.body, first=reply.arrivals[0][0])
    if reply.is_stream:
        moments = [said.first, *(event.at for event in reply.events)]
        said.blocks = [list(event.lines) for event in reply.events]
        said.pauses = [max(0.0, after - at) for at, after in pairwise(moments)]
    elif reply.header("transfer-encoding"):
        chunked = ("transfer-encoding", "chunked")
        said.headers[said.headers.index(chunked)] = ("content-length", "0")
    return said


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class Leaky:
    """The proxy, in a thread of its own; `with leaky.leaking(change):` plants one leak."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._change: Change | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        opened = asyncio.run_coroutine_threadsafe(self._open(), self._loop)
        self.port: int = opened.result(10)

    @contextmanager
    def leaking(self, change: Change | None) -> Iterator[None]:
        self._change = change
        try:
            yield
        finally:
            self._change = None

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _shut(self) -> None:
        self._server.close()
        while left := asyncio.all_tasks() - {asyncio.current_task()}:
            for each in left:
                each.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0)  # what was closed is gone in the loop's next round

    async def _open(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _closed(writer):
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._behind)
            async with _closed(up_writer):
                asked = bytearray()
                forward = asyncio.ensure_future(_forward(reader, up_writer, asked))
                try:
                    with suppress(ConnectionError):
                        await self._answer(asked, await up_reader.read(-1), writer)
                finally:
                    forward.cancel()
                    await asyncio.gather(forward, return_exceptions=True)

    async def _answer(self, asked: bytearray, answer: bytes, writer: asyncio.StreamWriter) -> None:
        said = taken_apart(parse(answer, ((0.0, answer),), 0.0))
        if self._change is None or said is None:
            writer.write(answer)
            await writer.drain()
            return
        self._change(Asked(bytes(asked)), said)
        for pause, data in said.raw():
            if pause:
                await asyncio.sleep(pause)
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def _closed(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _forward(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytearray
) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            asked += data
            writer.write(data)
            await writer.drain()
    writer.close()  # whoever asked has gone: so may the answer
