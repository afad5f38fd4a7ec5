"""Engines for one test each: whatever the scripted upstream cannot be."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from darkhorse.launches.inquiry import Waits

KINDS = {"prose", "code", "chinese", "russian", "numbers", "base64", "emoji"}

Reply = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, Any], Reply]

QUICK = Waits(connect_s=2, answer_s=5, proof_s=5)


def as_json(value: Any, status: int = 200) -> Reply:
    return status, {"content-type": "application/json"}, json.dumps(value).encode()


def completion(text: str = "ready", *, usage: Any = None, finish: str = "stop") -> Reply:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    body = {"object": "chat.completion", "choices": [choice]}
    return as_json(body | ({"usage": usage} if usage else {}))


def events(*deltas: Any, done: bool = True) -> Reply:
    lines = [f"data: {json.dumps(delta)}\n\n" for delta in deltas]
    body = "".join([*lines, "data: [DONE]\n\n"] if done else lines)
    return 200, {"content-type": "text/event-stream"}, body.encode()


def delta(text: str, finish: str | None = None) -> Any:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}


class Engine:
    """Takes a native token for every `letters` bytes of ASCII, and one for each byte beyond.

    Holds `context` of them and says `claims`. One that is `silent` reads no further than its
    context and does not say so. `seen` holds what it was asked.
    """

    def __init__(
        self,
        *,
        letters: float = 4.0,
        context: int = 10**9,
        claims: int | None = None,
        silent: bool = False,
        usage: bool = True,
        overhead: int = 20,
        tokenizer: bool = False,
    ) -> None:
        self.letters = letters
        self.context = context
        self.claims = claims
        self.silent = silent
        self.usage = usage
        self.overhead = overhead
        self.tokenizer = tokenizer
        self.seen: list[tuple[str, Any]] = []

    def count(self, text: str) -> int:
        data = text.encode()
        ascii_bytes = sum(byte < 128 for byte in data)
        return round(ascii_bytes / self.letters) + len(data) - ascii_bytes

    def __call__(self, path: str, body: Any) -> Reply:
        self.seen.append((path, body))
        match path:
            case "/v1/chat/completions":
                return self._chat(body)
            case "/v1/models":
                entry = {"id": "m"} | ({"max_model_len": self.claims} if self.claims else {})
                return as_json({"object": "list", "data": [entry]})
            case "/apply-template" if self.tokenizer:
                return as_json({"prompt": body["messages"][0]["content"]})
            case "/tokenize" if self.tokenizer:
                return as_json({"tokens": [1] * (self.count(body["content"]) + self.overhead)})
        return as_json({"detail": "Not Found"}, 404)

    def _chat(self, body: Any) -> Reply:
        native = self.count(body["messages"][0]["content"]) + self.overhead
        if native > self.context and not self.silent:
            text = f"This model's maximum context length is {self.context} tokens."
            return as_json({"error": {"message": text}}, 400)
        read = min(native, self.context)
        usage = {"prompt_tokens": read, "completion_tokens": 1} if self.usage else None
        if body["stream"]:
            return events(delta("ready"), delta("", "stop"))
        return completion(usage=usage)


@asynccontextmanager
async def serving(handle: Handler) -> AsyncIterator[str]:
    """Its base URL. One request a connection; a reply of status 0 closes without a word."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
            content = await reader.readexactly(int(fields.get("Content-Length", 0)))
            path = head.split(" ")[1]
            writer.write(_rendered(handle(path, json.loads(content) if content else None)))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**22)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


def _rendered(reply: Reply) -> bytes:
    status, headers, body = reply
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode() + body
