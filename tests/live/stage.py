"""A scripted upstream and a relay in processes of their own, and a client that sees every byte."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from darkhorse.base.clock import SystemClock
from darkhorse.wiring.keys import ensure_first_keys

CANARY = "CANARYMAKER"
START_S = 30


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


def _unchunk(body: bytes) -> bytes:
    """Chunked transfer decoded; a missing end (a cut connection) is let pass."""
    out = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        out += body[:length]
        body = body[length + 2 :]
    return out


@dataclass
class Process:
    """A darkhorse command that says when it is ready."""

    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    fds: tuple[int, ...] = ()
    log: Path | None = None

    def __post_init__(self) -> None:
        read, write = os.pipe()
        stderr = self.log.open("ab") if self.log else None
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "darkhorse", *self.argv],
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

    def __init__(self) -> None:
        self.process = Process(["scripted", "--port", "0", "--canary", CANARY, "--json"])
        assert select.select([self.process.popen.stdout], [], [], START_S)[0]
        self.url = json.loads(self.process.popen.stdout.readline())["url"]

    @property
    def port(self) -> int:
        return int(self.url.split(":")[2].split("/")[0])

    def seen(self) -> list[dict]:
        return json.loads(exchange(self.port, b"GET /seen HTTP/1.1\r\nhost: x\r\n").body)

    def stop(self) -> None:
        os.close(self.process._ready)
        self.process.stop()


@dataclass
class Relay:
    """A relay over the given listings: name → endpoints, each (base URL, model)."""

    data: Path
    listings: dict[str, list[tuple[str, str]]]
    settings: str = ""
    argv: tuple[str, ...] = ("relay",)
    listing_extra: str = ""

    def __post_init__(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.log = self.data / "relay.log"
        keys = ensure_first_keys(self.data, SystemClock())
        self.key = keys.developer.reveal()
        self.management_key = keys.management.reveal()
        self.config = self.data / "darkhorse.toml"
        self.config.write_text(self.settings + self._listings())
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.process: Process | None = None

    def _listings(self) -> str:
        text = ""
        for number, (name, endpoints) in enumerate(self.listings.items()):
            slug = f"stealth/listing-{number}"
            text += f"[[listing]]\nslug = '{slug}'\naliases = ['{name}']\nname = 'L{number}'\n"
            text += f"created = 1\ncontext = 200000\nmax_output = 100000\n{self.listing_extra}\n"
            for at, (url, model) in enumerate(endpoints):
                text += f"[[endpoint]]\nlisting = '{slug}'\nname = '{CANARY}-{number}-{at}'\n"
                text += f"url = '{url}'\nmodel = '{model}'\nkey_env = 'UPSTREAM_KEY'\n"
        return text

    def start(self) -> "Relay":
        argv = [*self.argv, "--data", str(self.data), "--config", str(self.config)]
        fd = self.listener.fileno()
        env = {"DARKHORSE_LISTEN_FD": str(fd), "UPSTREAM_KEY": f"sk-{CANARY}"}
        self.process = Process(argv, env, (fd,), self.log)
        self.process.wait_ready()
        return self

    def kill(self) -> None:
        self.process.stop(signal.SIGKILL)

    def stop(self) -> int:
        return self.process.stop()

    def close(self) -> None:
        if self.process and self.process.popen.poll() is None:
            self.process.stop()
        self.listener.close()

    def chat(self, model: str, **fields) -> Reply:
        body = {"model": model, "messages": [{"role": "user", "content": "hi"}]} | fields
        return self.post(json.dumps(body).encode())

    def post(self, body: bytes, *headers: str, path: str = "/api/v1/chat/completions") -> Reply:
        return self.request(
            f"POST {path} HTTP/1.1",
            f"authorization: Bearer {self.key}",
            "content-type: application/json",
            f"content-length: {len(body)}",
            *headers,
            body=body,
        )

    def get(self, path: str, *headers: str) -> Reply:
        return self.request(f"GET {path} HTTP/1.1", *headers)

    def request(self, *lines: str, body: bytes = b"") -> Reply:
        head = "".join(f"{line}\r\n" for line in (lines[0], "host: localhost", *lines[1:]))
        return exchange(self.port, head.encode("latin-1"), body)


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
