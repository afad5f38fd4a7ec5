"""A server in a process of its own."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
from openai import OpenAI

KEY = "sk-test"
PATIENCE = 60.0
"""Seconds until something is a failure; a busy machine takes its time."""


@dataclass
class Served:
    """A server that runs."""

    process: subprocess.Popen[bytes]
    url: str

    @property
    def client(self) -> OpenAI:
        return OpenAI(base_url=f"{self.url}/v1", api_key=KEY, max_retries=0, timeout=PATIENCE)

    @property
    def http(self) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {KEY}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=PATIENCE, trust_env=False)

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.removeprefix("http://").partition(":")
        return host, int(port)

    def figure(self, name: str) -> float:
        """Of /metrics."""
        with self.http as http:
            page = http.get("/metrics").text
        found = re.search(rf"^darkhorse_engine_{name} (\S+)$", page, re.MULTILINE)
        assert found, page
        return float(found[1])

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def command(*options: str, script: str | None = None) -> list[str]:
    """`darkhorse-engine serve`, or a script that does something to it first."""
    python = [sys.executable, "-m", "darkhorse_engine"]
    return [*([sys.executable, "-c", script] if script else python), "serve", *options]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "ENGINE_KEY": KEY, **more}


@contextlib.contextmanager
def serving(
    model: Path | None, *options: str, script: str | None = None, exact: bool = True
) -> Iterator[Served]:
    """A server of `model`, or its own default, in float32 if `exact`, on a port that was free."""
    how = ["--quant", "none", "--dtype", "float32"] if exact else []
    own = [str(model)] if model else []
    door = ["--port", "0", "--key-env", "ENGINE_KEY"]
    line = command(*own, *how, *door, *options, script=script)
    with subprocess.Popen(line, stdout=subprocess.PIPE, env=environment()) as process:
        try:
            assert process.stdout
            said = process.stdout.readline().decode()
            assert said, "the server has ended before it served"
            yield Served(process, said.split(": ")[1].strip().removesuffix("/v1"))
        finally:
            process.kill()


def until(holds: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    """Wait for a condition."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


def raw_request(
    served: Served, path: str, body: bytes, *, buffer: int | None = None
) -> socket.socket:
    """A connection over which a request has been sent, and no more; it holds `buffer` bytes."""
    sock = socket.socket()
    sock.settimeout(PATIENCE)
    if buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    sock.connect(served.address)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    sock.sendall(head.encode() + body)
    return sock
