"""The real relay, its answers changed as a leaking product would."""

import asyncio
import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from darkhorse.attribution.client.door import Door, Names
from darkhorse.attribution.client.reply import Reply, parse
from darkhorse.audit.runner import judge, read
from darkhorse.base.clock import SystemClock
from darkhorse.base.secret import Secret
from live.stage import CANARY

MAKER, MODEL = f"{CANARY}-0 Lab", f"{CANARY}-0-5"
PATIENCE_S = 9.0  # a thirtieth of it is spent on what a relay without a keeper never gives


@dataclass
class Answer:
    """An answer that may be changed before it is passed on."""

    raw: bytes
    reason: str = ""
    version: str = "HTTP/1.1"
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def __post_init__(self) -> None:
        head, _, self.body = self.raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.version, status, self.reason = first.split(" ", 2)
        self.status = int(status)
        self.headers = [tuple(line.split(": ", 1)) for line in lines]
        if ("transfer-encoding", "chunked") in self.headers:
            self.headers.remove(("transfer-encoding", "chunked"))
            self.body = _unchunked(self.body)

    @property
    def json(self):
        with contextlib.suppress(ValueError):
            return json.loads(self.body)

    def say(self, body, status: int = 0, reason: str = "", kind: str = "application/json") -> None:
        """Another body, and perhaps another status."""
        self.body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.status = status or self.status
        self.reason = reason or self.reason
        kept = [pair for pair in self.headers if pair[0] not in ("content-type", "allow")]
        self.headers = [*kept, ("content-type", kind)]

    def encoded(self) -> bytes:
        kept = [pair for pair in self.headers if pair[0] != "content-length"]
        pairs = [*kept, ("content-length", str(len(self.body)))]
        lines = [f"{self.version} {self.status} {self.reason}", *(f"{n}: {v}" for n, v in pairs)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


def _unchunked(body: bytes) -> bytes:
    pieces = []
    while match := re.match(rb"([0-9a-f]+)\r\n", body):
        size = int(match[1], 16)
        pieces.append(body[match.end() : match.end() + size])
        body = body[match.end() + size + 2 :]
    return b"".join(pieces)


Change = Callable[[bytes, Answer], None]
"""Given what was asked, changes the answer."""


class Tampered(Door):
    """A door to the real relay whose answers are changed on their way.

    What was asked once is answered from memory: `tape`, which the tests of a relay share.
    """

    def __init__(self, tape: dict[bytes, Reply], change: Change, instead: dict, *args, **fields):
        super().__init__(*args, **fields)
        self._tape = tape
        self._change = change
        self._instead = instead  # path → what is said there, whatever the relay says

    async def send(self, request: bytes, *, most_bytes: int | None = None) -> Reply:
        del most_bytes  # answers here are short
        path = target_of(request).partition("?")[0]
        if path in self._instead:
            answer = Answer(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
            answer.say(self._instead[path])
            return _parsed(answer)
        if request not in self._tape:
            await self._record(request)
        reply = self._tape[request]
        if not reply.status:
            return reply
        answer = Answer(reply.raw)
        self._change(request, answer)
        return _parsed(answer)

    async def _record(self, request: bytes) -> None:
        try:
            self._tape[request] = await super().send(request)
        except asyncio.CancelledError:
            self._tape[request] = Reply(problem="nobody waited for it")
            raise


def _parsed(answer: Answer) -> Reply:
    raw = answer.encoded()
    return parse(raw, ((0.0, raw),), 0.0)


_tapes: dict[tuple[str, str], dict[bytes, Reply]] = {}


def body_of(asked: bytes) -> dict:
    """The JSON of a request; empty where it has none."""
    with contextlib.suppress(ValueError, RecursionError):
        body = json.loads(asked.partition(b"\r\n\r\n")[2])
        return body if isinstance(body, dict) else {}
    return {}


def target_of(asked: bytes) -> str:
    """Of a request line; empty where it is none."""
    words = asked.split(b" ", 2)
    return words[1].decode("latin-1") if len(words) == 3 else ""


def unchanged(_asked: bytes, _answer: Answer) -> None:
    """A product that does not leak."""


def public_door(relay, change: Change = unchanged, *, listing=0, instead=None) -> Door:
    """Of one of a relay's listings."""
    name = f"stealth/listing-{listing}"
    tape = _tapes.setdefault((str(relay.data), name), {})
    return Tampered(
        tape,
        change,
        instead or {},
        "public",
        f"http://127.0.0.1:{relay.port}/api/v1",
        Secret(relay.key),
        name,
        clock=SystemClock(),
        dialects=("chat", "completions", "responses", "messages"),
        patience_s=PATIENCE_S,
    )


def raw_door(url: str, model: str) -> Door:
    names = Names(maker=MAKER, model=MODEL)
    key = Secret("sk-raw")
    return Door("raw", url, key, model, clock=SystemClock(), names=names, patience_s=PATIENCE_S)


def findings(
    attack, relay, raw: Door | None, change: Change = unchanged, *, listing=0, instead=None
):
    """By name: what the attack finds of the relay, its answers changed."""

    async def play():
        there = await _raw_reading(raw, attack) if raw else None
        door = public_door(relay, change, listing=listing, instead=instead)
        here = await read(door, [attack])
        return judge(there, here, [attack])

    found = asyncio.run(play())
    return {each.name: each for each in found if each.channel in attack.channels}


_raw_readings: dict[tuple[str, ...], object] = {}


async def _raw_reading(raw: Door, attack):
    """Read once for all tests."""
    at = (raw.url, raw.model, attack.name)
    if at not in _raw_readings:
        _raw_readings[at] = await read(raw, [attack])
    return _raw_readings[at]


def leaking(found) -> set[str]:
    """Names of what leaks."""
    return {name for name, each in found.items() if each.verdict == "leaks"}


def assert_leaks(found, *names: str) -> None:
    """These leak, each with an exhibit, and nothing else does."""
    assert leaking(found) == set(names), found
    for name in names:
        assert found[name].deterministic
        assert found[name].exhibits
