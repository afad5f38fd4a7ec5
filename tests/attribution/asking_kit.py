"""An API in this process that answers as a test says, and an interview of it that never sleeps."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door, Spent
from darkhorse.attribution.interview import Interview
from darkhorse.attribution.manners import Manners
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.pace import Pace
from darkhorse.attribution.plan import Bounds, Plan
from darkhorse.attribution.signal import Probe
from darkhorse.base.chance import seeded_draw
from darkhorse.base.clock import SystemClock
from darkhorse.base.secret import Secret

KEY = "sk-test-0123456789"
Told = tuple[int, dict[str, str], object] | None
"""Status, headers, and a body: bytes as they are, anything else as JSON; None: silence."""


def answered(text: str = "Yes.", **more) -> Told:
    """A good answer."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}
    return 200, {}, {"id": "x-1", "model": "mule", "choices": [choice], "usage": usage, **more}


def refused(status: int, message: str, **headers: str) -> Told:
    return status, headers, {"error": {"message": message}}


@dataclass
class Api:
    """`reply` gets a request's JSON and its number, and says what is answered."""

    reply: Callable[[dict, int], Told]
    bodies: list[dict] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    now: int = 0
    most_at_once: int = 0
    listing: Told = (404, {}, {"error": {"message": "no such route"}})

    def __post_init__(self) -> None:
        self.numbers = count(1)

    async def serve(self, reader, writer) -> None:
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            if head.startswith("GET"):
                told = self.listing
            else:
                length = int(head.lower().partition("content-length: ")[2].partition("\r")[0])
                body = json.loads(await reader.readexactly(length))
                self.bodies.append(body)
                await asyncio.sleep(0)
                told = self.reply(body, next(self.numbers))
            if told is None:
                await reader.read()
            else:
                writer.write(_http(told))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.now -= 1
            writer.close()


def _http(told: Told) -> bytes:
    status, headers, body = told
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    usual = {"content-type": "application/json", "content-length": str(len(raw)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in usual.items())
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode("latin-1") + raw


def probes(number: int, **fields) -> tuple[Probe, ...]:
    return tuple(Probe(name=f"some/{n}", ask=ask(f"Say {n}.", **fields)) for n in range(number))


@dataclass
class Ran:
    """What an interview came to."""

    seen: list[Observation]
    rests: list[float]
    interview: Interview

    @property
    def of_probes(self) -> list[Observation]:
        return [each for each in self.seen if each.probe.startswith("some/")]


def interviewed(
    api: Api,
    asked: tuple[Probe, ...],
    *,
    bounds: Bounds | None = None,
    answered: frozenset[str] = frozenset(),
    at_once: int = 4,
    patience_s: float = 900.0,
    spent: Spent | None = None,
    door: dict | None = None,
    key: str = KEY,
    **hooks: Callable,
) -> Ran:
    """Ask an API on loopback; pauses are noted and not slept. `hooks`: an interview's own."""
    seen: list[Observation] = []
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)
        await asyncio.sleep(0)

    async def go() -> Interview:
        server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            clock = SystemClock()
            options = {"patience_s": 5.0, "tries": 1, "to_the_close": False, "hide_key": True}
            options |= door or {}
            made = Door(
                "raw", f"http://127.0.0.1:{port}/v1", Secret(key), "mule", clock=clock, **options
            )
            pace = Pace(at_once, clock, seeded_draw(1), rest, patience_s)
            interview = Interview(
                made,
                clock=clock,
                pace=pace,
                bounds=bounds or Bounds(1000, 1_000_000),
                manners=Manners(),
                spent=spent,
                **{"on_seen": seen.append, **hooks},
            )
            plan = Plan(probes=asked, bounds=bounds or Bounds(1000, 1_000_000))
            await interview.run(plan, answered)
            return interview

    return Ran(seen, rests, asyncio.run(go()))
