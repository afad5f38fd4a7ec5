"""A small API in this process, clean by the published contract or leaking as a test tells it."""

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from darkhorse.attribution.client.door import Door, Names
from darkhorse.audit.runner import audit
from darkhorse.base.clock import SystemClock
from darkhorse.base.secret import Secret

SLUG = "stealth/mule"
DATE = "Sun, 22 Nov 2026 19:37:53 GMT"
FREE = {"prompt": "0", "completion": "0", "request": "0"}
_PIECE = 24


def quarter(text: str) -> int:
    """The public token."""
    return -(-len(text.encode()) // 4)


def echoed(prompt: str) -> str:
    return (
        prompt.partition("nothing else:\n")[2] or "Bridges hum: the wind plays them like strings."
    )


def cut_bytes(text: str, limit: int) -> str:
    return text.encode()[: 4 * limit].decode("utf-8", "ignore")


def pieces_of(text: str) -> list[str]:
    return [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]


def untouched(_: object) -> None:
    """Leaves it as it is."""


@dataclass
class Manner:
    """How an API answers. Every field is clean by default; a leak replaces one."""

    token: Callable[[str], int] = quarter  # of prompts
    answer_token: Callable[[str], int] = quarter
    frame: int = 4  # tokens a message
    shape: Callable[[list], int | None] = lambda _texts: None  # the whole prompt at once
    tool: Callable[[dict], int] = lambda tool: quarter(json.dumps(tool, separators=(",", ":")))
    say: Callable[[str], str] = echoed
    cut: Callable[[str, int], str] = cut_bytes
    pieces: Callable[[str], list[str]] = pieces_of
    whole: Callable[[dict], None] = untouched  # changes a whole answer
    chunk: Callable[[dict], None] = untouched  # changes each event
    stream: Callable[[bytes], bytes] = lambda body: body
    headers: Callable[[list], None] = untouched
    cached: Callable[[int], int] = lambda _prompt: 0
    pushed: Callable[[dict], str] = lambda _bias: ""  # what `logit_bias` makes of the text
    slug: str = SLUG
    only: str = ""  # the dialect that leaks; the others are clean

    def of(self, dialect: str) -> "Manner":
        return self if self.only in ("", dialect) else Manner(slug=self.slug)


@dataclass
class House:
    """The server. Speaks chat and completions, calls a tool when it must."""

    manner: Manner
    port: int = 0
    numbers: count = field(default_factory=count)

    async def serve(self, reader, writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        size = re.search(r"content-length: (\d+)", head)
        asked = json.loads(await reader.readexactly(int(size[1]))) if size else {}
        writer.write(self.answer(head.split(" ")[1], asked))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    def answer(self, path: str, asked: dict) -> bytes:
        dialect = {"/v1/chat/completions": "chat", "/v1/completions": "completions"}.get(path, "")
        if path == "/v1/models":
            return _http(
                json.dumps({"data": [{"id": SLUG, "pricing": FREE}]}).encode(),
                "application/json",
                [],
            )
        if not dialect:
            return _http(b'{"error":{"code":404}}', "application/json", [], "404 Not Found")
        manner = self.manner.of(dialect)
        mark = f"gen-1795376273-{next(self.numbers):019d}Z"
        ours = [("x-generation-id", mark), ("x-request-id", mark)]
        said = _Said(manner, dialect, asked, mark)
        if asked.get("stream"):
            extra = [("cache-control", "no-cache"), ("x-accel-buffering", "no"), *ours]
            body, kind = manner.stream(said.stream()), "text/event-stream"
        else:
            extra, body, kind = ours, json.dumps(said.whole(), ensure_ascii=False).encode(), ""
        return _http(body, kind or "application/json", extra, headers=manner.headers)


class _Said:
    """One answer."""

    def __init__(self, manner: Manner, dialect: str, asked: dict, mark: str) -> None:
        self.manner, self.chat, self.mark = manner, dialect == "chat", mark
        self.texts = [each.get("content") or "" for each in asked.get("messages", [])]
        self.texts = self.texts or [asked["prompt"]]
        self.tools = asked.get("tools", [])
        self.call = self.tools[0]["function"]["name"] if "tool_choice" in asked else ""
        text = manner.pushed(asked.get("logit_bias", {})) or manner.say(self.texts[-1])
        self.text = "" if self.call else text
        limit = asked.get("max_tokens")
        cut = manner.cut(self.text, limit) if limit else self.text
        self.finish = "tool_calls" if self.call else "stop" if cut == self.text else "length"
        self.text = cut

    def envelope(self, tail: str) -> dict:
        kind = f"chat.completion{tail}" if self.chat else "text_completion"
        return {
            "id": self.mark,
            "object": kind,
            "created": 1795376273,
            "model": self.manner.slug,
            "provider": "Stealth",
        }

    def usage(self) -> dict:
        manner = self.manner
        prompt = sum(map(manner.token, self.texts)) + manner.frame * len(self.texts)
        prompt += sum(map(manner.tool, self.tools))
        prompt = manner.shape(self.texts) or prompt
        said = manner.answer_token(self.text) if self.text else 0
        return {
            "prompt_tokens": prompt,
            "completion_tokens": said,
            "total_tokens": prompt + said,
            "cost": 0,
            "is_byok": False,
            "prompt_tokens_details": {"cached_tokens": manner.cached(prompt)},
            "completion_tokens_details": {"reasoning_tokens": 0},
        }

    def calls(self, number: dict) -> list[dict]:
        function = {"name": self.call, "arguments": '{"town":"Oslo"}'}
        return [{**number, "id": "call_" + "k" * 20, "type": "function", "function": function}]

    def ends(self, finish: str | None) -> dict:
        return {"finish_reason": finish, "native_finish_reason": finish, "logprobs": None}

    def whole(self) -> dict:
        message = {"role": "assistant", "content": self.text, "refusal": None, "reasoning": None}
        if self.call:
            message["tool_calls"] = self.calls({})
        said = {"message": message} if self.chat else {"text": self.text}
        choice = {"index": 0, **said, **self.ends(self.finish)}
        body = {**self.envelope(""), "system_fingerprint": "", "choices": [choice]}
        body["usage"] = self.usage()
        self.manner.whole(body)
        return body

    def stream(self) -> bytes:
        deltas = [{"content": piece} for piece in self.manner.pieces(self.text)]
        if self.call:
            deltas = [{"content": "", "tool_calls": self.calls({"index": 0})}]
        deltas = [*(deltas or [{"content": ""}]), {"content": ""}]
        chunks = [self.chunk(delta, at, len(deltas)) for at, delta in enumerate(deltas)]
        chunks.append({**self.envelope(".chunk"), "choices": [], "usage": self.usage()})
        for chunk in chunks:
            self.manner.chunk(chunk)
        events = [json.dumps(chunk, ensure_ascii=False) for chunk in chunks]
        return "".join(f"data: {event}\n\n" for event in [*events, "[DONE]"]).encode()

    def chunk(self, delta: dict, at: int, of: int) -> dict:
        role = {"role": "assistant"} if at == 0 else {}
        said = {"delta": {**role, **delta}} if self.chat else {"text": delta["content"]}
        ends = self.ends(self.finish if at == of - 1 else None)
        return {**self.envelope(".chunk"), "choices": [{"index": 0, **said, **ends}]}


def _http(body: bytes, kind: str, extra: list, status: str = "200 OK", headers=untouched) -> bytes:
    pairs = [("date", DATE), ("content-length", str(len(body))), ("content-type", kind)]
    pairs += [*extra, ("connection", "close")]
    headers(pairs)
    lines = "".join(f"{name}: {value}\r\n" for name, value in pairs)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


@asynccontextmanager
async def opened(manner: Manner, first: int = 0):
    """A house that is open for business; gives its base URL."""
    house = House(manner, numbers=count(first))
    server = await asyncio.start_server(house.serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


def door(side: str, url: str, **fields) -> Door:
    usual = {"clock": SystemClock(), "patience_s": 10}
    return Door(side, url, Secret("sk-test"), SLUG, **(usual | fields))


def audited(public: Manner, attacks, raw: Manner | None = None, names: Names | None = None):
    """Findings by name, of these attacks on a house with such manners."""

    async def both():
        async with opened(public) as url, opened(raw or Manner(), 5000) as inner:
            front = door("public", url, dialects=("chat", "completions"))
            back = door("raw", inner, names=names) if raw else None
            return await audit(back, front, attacks)

    return {finding.name: finding for finding in asyncio.run(both())}


def told(findings: dict, verdict: str = "leaks") -> set[str]:
    """The names with this verdict."""
    return {name for name, finding in findings.items() if finding.verdict == verdict}
