"""A scripted upstream and a relay in processes of their own, and a client that sees every byte."""

import contextlib
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from darkhorse.base.clock import SystemClock
from darkhorse.launches import file
from darkhorse.launches.desk import Desk, Reason
from darkhorse.wiring.keys import ensure_first_keys
from darkhorse.wiring.launches import open_desk
from darkhorse.wiring.ledger import Follower, Generation, show

CANARY = "CANARYMAKER"
START_S = 30
_POLL_S = 0.01
_ALIAS = re.compile(r"[A-Za-z0-9][!-~]*")  # what may stand in a launch file
_EVERY = 100_000  # more generations than any test makes


def eventually(check: Callable[[], object], seconds: float = 15) -> object:
    """Ask until the answer is true, and return it; fails when the time is over."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (found := check()):
        assert time.monotonic() < deadline, "it never came to that"
        pause.wait(_POLL_S)
    return found


@dataclass(frozen=True)
class Reply:
    """Everything a client received."""

    raw: bytes

    @property
    def status(self) -> int:
        return int(self.raw.split(b" ", 2)[1])

    @property
    def headers(self) -> dict[str, str]:
        lines = self.raw.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(": ") for line in lines)
        return {name.lower(): value for name, _, value in pairs}

    @property
    def id(self) -> str:
        """The generation's id."""
        return self.headers["x-generation-id"]

    @property
    def body(self) -> bytes:
        body = self.raw.partition(b"\r\n\r\n")[2]
        return _unchunk(body) if self.headers.get("transfer-encoding") == "chunked" else body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def events(self) -> list[str]:
        """`data` of each event; comments left out."""
        blocks = self.body.decode().split("\n\n")
        return [block.removeprefix("data: ") for block in blocks if block.startswith("data: ")]

    @property
    def chunks(self) -> list[dict]:
        return [json.loads(event) for event in self.events if event != "[DONE]"]

    @property
    def text(self) -> str:
        """The answer's text, streamed or not."""
        if self.headers["content-type"].startswith("text/event-stream"):
            deltas = [c["choices"][0]["delta"] for c in self.chunks if c["choices"]]
            return "".join(delta.get("content") or "" for delta in deltas)
        return self.json["choices"][0]["message"]["content"]

    @property
    def arguments(self) -> str:
        """The arguments of all its calls, streamed or not, one behind the other."""
        if self.headers["content-type"].startswith("text/event-stream"):
            parts = [c["choices"][0]["delta"] for c in self.chunks if c["choices"]]
        else:
            parts = [self.json["choices"][0]["message"]]
        calls = [call for part in parts for call in part.get("tool_calls") or ()]
        return "".join(call["function"]["arguments"] for call in calls)


def _unchunk(body: bytes) -> bytes:
    """Chunked transfer decoded; a missing end (a cut connection) is let pass."""
    pieces, at = [], 0
    while (end := body.find(b"\r\n", at)) > 0:
        length = int(body[at:end], 16)
        pieces.append(body[end + 2 : end + 2 + length])
        at = end + 2 + length + 2
    return b"".join(pieces)


class Call:
    """A request on a connection of its own, its answer read as far as a test wants."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.sendall(request)
        self._raw = b""

    def read_until(self, mark: bytes) -> bytes:
        while mark not in self._raw:
            self.read_more()
        return self._raw

    def read_more(self) -> None:
        piece = self.socket.recv(65536)
        assert piece, self._raw
        self._raw += piece

    def silent(self, seconds: float) -> bool:
        """Does nothing come for so long?"""
        return not select.select([self.socket], [], [], seconds)[0]

    def rest(self) -> Reply:
        """All of the answer; the server closes the connection at its end."""
        pieces = [self._raw]
        with self.socket, contextlib.suppress(ConnectionResetError):
            while piece := self.socket.recv(65536):
                pieces.append(piece)
        return Reply(b"".join(pieces))

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Gone as when a process is killed: RST, not FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


@dataclass
class Process:
    """A Python program that says when it is ready."""

    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    fds: tuple[int, ...] = ()
    log: Path | None = None

    def __post_init__(self) -> None:
        read, write = os.pipe()
        stderr = self.log.open("ab") if self.log else None
        self.popen = subprocess.Popen(
            [sys.executable, *self.argv],
            env={**os.environ, **self.env, "DARKHORSE_READY_FD": str(write)},
            pass_fds=(write, *self.fds),
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
        os.close(write)
        if stderr:
            stderr.close()
        self._ready = read

    def wait_ready(self) -> None:
        with os.fdopen(self._ready, "rb") as pipe:
            assert select.select([pipe], [], [], START_S)[0], f"{self.argv[0]} is not ready"
            said = pipe.readline()
        assert said.strip() == b"ready", (self.argv, said)

    def stop(self, number: int = signal.SIGTERM, seconds: float = 20) -> int:
        if self.popen.poll() is None:
            self.popen.send_signal(number)
        try:
            code = self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            raise
        finally:
            self.popen.stdout.close()
        return code


class Scripted:
    """The scripted upstream."""

    def __init__(self, canary: str = CANARY) -> None:
        self.process = Process(
            ["-m", "darkhorse", "scripted", "--port", "0", "--canary", canary, "--json"]
        )
        assert select.select([self.process.popen.stdout], [], [], START_S)[0]
        self.url = json.loads(self.process.popen.stdout.readline())["url"]

    @property
    def port(self) -> int:
        return int(self.url.split(":")[2].split("/")[0])

    def seen(self, model: str) -> list[dict]:
        """What it was asked for this model."""
        reply = exchange(self.port, b"GET /seen HTTP/1.1\r\nhost: x\r\n")
        chats = [each for each in reply.json if isinstance(each["body"], str) and each["body"]]
        return [each for each in chats if json.loads(each["body"]).get("model") == model]

    def stop(self) -> None:
        os.close(self.process._ready)
        self.process.stop()


REASON = Reason("a test", "to see what happens", ("no-audit",))


def launch_text(
    slug: str,
    endpoints: list[tuple[str, ...]],
    *,
    alias: str = "",
    title: str = "Mule Beta",
    context: int = 200_000,
    max_output: int = 100_000,
    extra: str = "",
    endpoint_extra: str = "",
    prefix: str = CANARY,
) -> str:
    """A launch file; `endpoints` are (base URL, model, lines of its own). `extra`: of [public]."""
    text = f"[public]\nslug = '{slug}'\naliases = {[alias] * bool(alias)}\ntitle = '{title}'\n"
    text += f"context = {context}\nmax_output = {max_output}\n{extra}\n"
    text += f"[private]\nmaker = '{prefix} Lab'\nmodel = '{prefix}-5'\n"
    for at, (url, model, *own) in enumerate(endpoints):
        text += f"[[private.endpoint]]\nname = '{prefix}-{at}'\n"
        has_key = any("key_file" in line or "key_env" in line for line in own)
        key = "" if has_key else "key_env = 'UPSTREAM_KEY'\n"
        text += f"url = '{url}'\nmodel = '{model}'\n{key}{endpoint_extra}\n"
        text += "".join(f"{line}\n" for line in own)
    return text


def go_live(desk: Desk, text: str):
    """A launch that is live from now on, without asking its endpoints anything."""
    return desk.go_live(desk.create(file.parse(text, "a test's launch"), REASON), REASON)


@dataclass
class Relay:
    """A relay over the given listings: name → endpoints, each (base URL, model, lines)."""

    data: Path
    listings: dict[str, list[tuple[str, ...]]]
    settings: str = ""
    argv: tuple[str, ...] = ("relay",)
    context: int = 200_000
    max_output: int = 100_000
    listing_extra: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.log = self.data / "relay.log"
        keys = ensure_first_keys(self.data, SystemClock())
        self.key = keys.developer.reveal()
        self.management_key = keys.management.reveal()
        self.config = self.data / "darkhorse.toml"
        self.config.write_text(self.settings)
        self.desk = open_desk(self.data)
        slugs = {name: f"stealth/listing-{at}" for at, name in enumerate(self.listings)}
        self._odd = {name: slug for name, slug in slugs.items() if not _ALIAS.fullmatch(name)}
        if not self.desk.launches():
            self._go_live()
        self.process: Process | None = None
        self._calls: list[Call] = []
        self.listen()

    def _go_live(self) -> None:
        for number, (name, endpoints) in enumerate(self.listings.items()):
            text = launch_text(
                f"stealth/listing-{number}",
                endpoints,
                alias="" if name in self._odd else name,
                title=f"L{number}",
                context=self.context,
                max_output=self.max_output,
                extra=self.listing_extra,
                prefix=f"{CANARY}-{number}",
            )
            go_live(self.desk, text)

    def listen(self) -> None:
        """A fresh socket, held here so that it outlives the process."""
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]

    def start(self) -> "Relay":
        argv = [
            "-m",
            "darkhorse",
            *self.argv,
            "--data",
            str(self.data),
            "--config",
            str(self.config),
        ]
        fd = self.listener.fileno()
        env = {"DARKHORSE_LISTEN_FD": str(fd), "UPSTREAM_KEY": f"sk-{CANARY}", **self.env}
        self.process = Process(argv, env, (fd,), self.log)
        self.process.wait_ready()
        return self

    def records(self) -> dict[str, Generation]:
        """Every generation in its journal, by id, without the bodies."""
        return {each.id: each for each in Follower(self.data).newest(_EVERY)}

    def record(self, generation: str) -> Generation:
        """One generation that has ended, bodies and all."""
        return eventually(lambda: found if (found := show(self.data, generation)).end else None)

    def kill(self) -> None:
        self.process.stop(signal.SIGKILL)

    def stop(self) -> int:
        return self.process.stop()

    def close(self) -> None:
        for call in self._calls:
            call.close()
        self.listener.close()
        if self.process:
            self.process.stop()

    def chat(self, model: str, **fields) -> Reply:
        return self.post(chat_body(self._odd.get(model, model), **fields))

    def begin(self, model: str, **fields) -> "Call":
        """Ask, and leave the answer to be read."""
        body = chat_body(self._odd.get(model, model), **fields)
        lines = ("POST /api/v1/chat/completions HTTP/1.1", "host: localhost", *self._usual(body))
        head = "".join(f"{line}\r\n" for line in (*lines, "connection: close", ""))
        self._calls.append(Call(self.port, head.encode() + body))
        return self._calls[-1]

    def post(self, body: bytes, *headers: str, path: str = "/api/v1/chat/completions") -> Reply:
        return self.request(f"POST {path} HTTP/1.1", *self._usual(body), *headers, body=body)

    def _usual(self, body: bytes) -> tuple[str, ...]:
        return (
            f"authorization: Bearer {self.key}",
            "content-type: application/json",
            f"content-length: {len(body)}",
        )

    def get(self, path: str, *headers: str) -> Reply:
        return self.request(f"GET {path} HTTP/1.1", *headers)

    def request(self, *lines: str, body: bytes = b"") -> Reply:
        head = "".join(f"{line}\r\n" for line in (lines[0], "host: localhost", *lines[1:]))
        return exchange(self.port, head.encode("latin-1"), body)


def chat_body(model: str, **fields) -> bytes:
    """A chat request; `fields` add to it or replace what is usual."""
    usual = {"model": model, "messages": [{"role": "user", "content": "hi"}]}
    return json.dumps(usual | fields).encode()


def exchange(port: int, head: bytes, body: bytes = b"", seconds: float = 30) -> Reply:
    """One request on a connection of its own; every byte of the answer until it is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(head + b"connection: close\r\n\r\n" + body)
        pieces = []
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                pieces.append(piece)
    return Reply(b"".join(pieces))
