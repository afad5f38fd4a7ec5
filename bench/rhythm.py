"""What an envelope costs in latency: first byte and whole answer, against none.

    python bench/rhythm.py [--streams 32] [--tokens 300]

One scripted engine answers in the same way behind one launch for each envelope: `tokens` public
tokens of prose, the first after 200 ms, then 25 deltas a second. All streams of an envelope are
asked for at once. A human table goes to stderr; the last line of stdout is JSON.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from darkhorse.base.clock import SystemClock
from darkhorse.launches import file
from darkhorse.launches.desk import Reason
from darkhorse.wiring.keys import ensure_first_keys
from darkhorse.wiring.launches import open_desk

ENVELOPES = {"none": None, "hasty": (150, 800), "close": (300, 420), "wide": (1000, 200)}
"""First piece in ms, then characters a second. The engine: 200 ms, about 500 a second."""
WHY = Reason("a benchmark", "to measure", ("no-audit",))
_DELTA_CHARACTERS = 20
_LATE = re.compile(r'pacing_late_pieces_total\{listing="bench/(\w+)"\} (\S+)')


class Reader(asyncio.Protocol):
    """Seconds from the request's last byte out to the first and the last byte in."""

    def __init__(self, request: bytes) -> None:
        self.first_s = self.last_s = 0.0
        self.answer = bytearray()
        self.done = asyncio.get_running_loop().create_future()
        self._request = request

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._began = time.perf_counter()
        transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.last_s = time.perf_counter() - self._began
        self.first_s = self.first_s or self.last_s
        self.answer += data

    def connection_lost(self, _: Exception | None) -> None:
        self.done.set_result(None)


async def read_all(port: int, request: bytes, streams: int) -> list[Reader]:
    loop = asyncio.get_running_loop()
    opened = [
        (await loop.create_connection(lambda: Reader(request), "127.0.0.1", port))[1]
        for _ in range(streams)
    ]
    await asyncio.wait([reader.done for reader in opened])
    assert all(b"data: [DONE]" in reader.answer for reader in opened)
    return opened


def get(port: int, path: str, key: str) -> str:
    head = f"GET {path} HTTP/1.0\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head.encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def launch_text(name: str, url: str, tokens: int) -> str:
    rhythm = ""
    if envelope := ENVELOPES[name]:
        rhythm = f"rhythm.first_ms={envelope[0]}\nrhythm.chars_per_s={envelope[1]}\n"
    model = f"wordy?tokens={tokens}&size={_DELTA_CHARACTERS}&first_ms=200&delta_ms=40"
    return (
        f"[public]\nslug='bench/{name}'\ntitle='{name}'\ncontext=200000\nmax_output=10000\n{rhythm}"
        "[private]\nmaker='Scripted Lab'\nmodel='Scripted-1'\n"
        f"[[private.endpoint]]\nname='scripted'\nurl='{url}'\nmodel='{model}'\n"
    )


def start(stack: contextlib.ExitStack, argv: list[str], **how) -> subprocess.Popen:
    process = subprocess.Popen([sys.executable, "-m", "darkhorse", *argv], **how)
    stack.callback(process.wait, 60)
    stack.callback(process.terminate)
    return process


def start_relay(stack: contextlib.ExitStack, data: Path, tokens: int) -> tuple[int, str, str]:
    """Port, a developer's key, a management key."""
    scripted = start(stack, ["scripted", "--port", "0", "--json"], stdout=subprocess.PIPE)
    url = json.loads(scripted.stdout.readline())["url"]
    desk = open_desk(data)
    for name in ENVELOPES:
        text = launch_text(name, url, tokens)
        desk.go_live(desk.create(file.parse(text, "a benchmark's launch"), WHY), WHY)
    keys = ensure_first_keys(data, SystemClock())
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=512))
    read, write = os.pipe()
    fds = {"DARKHORSE_LISTEN_FD": str(listener.fileno()), "DARKHORSE_READY_FD": str(write)}
    argv = ["relay", "--data", str(data)]
    start(stack, argv, env={**os.environ, **fds}, pass_fds=(listener.fileno(), write))
    os.close(write)
    with os.fdopen(read) as pipe:
        assert pipe.readline() == "ready\n"
    port = listener.getsockname()[1]
    return port, keys.developer.reveal(), keys.management.reveal()


def http_request(name: str, key: str) -> bytes:
    message = {"role": "user", "content": "hi"}
    body = json.dumps({"model": f"bench/{name}", "messages": [message], "stream": True}).encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
        f"authorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def figures(readers: list[Reader]) -> dict[str, float]:
    firsts = sorted(reader.first_s for reader in readers)
    lasts = sorted(reader.last_s for reader in readers)
    near_end = int(len(readers) * 0.99)
    return {
        "first_p50_s": round(statistics.median(firsts), 3),
        "first_p99_s": round(firsts[near_end], 3),
        "total_p50_s": round(statistics.median(lasts), 3),
        "total_p99_s": round(lasts[near_end], 3),
    }


def show(results: dict[str, dict[str, float]]) -> None:
    table = Table(title="Latency under an envelope, seconds", title_justify="left")
    for column in ("envelope", "declared", "first p50", "p99", "total p50", "p99", "late a stream"):
        table.add_column(column, justify="left" if column == "envelope" else "right")
    for name, found in results.items():
        envelope = ENVELOPES[name]
        declared = f"{envelope[0]} ms, {envelope[1]}/s" if envelope else ""
        table.add_row(name, declared, *map(str, found.values()))
    Console(stderr=True).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--streams", type=int, default=32)
    parser.add_argument("--tokens", type=int, default=300)
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port, key, management = start_relay(stack, data, options.tokens)
        console = Console(stderr=True)
        asyncio.run(read_all(port, http_request("none", key), 4))  # warm
        results = {}
        for name in track(ENVELOPES, "Streaming", console=console, disable=not console.is_terminal):
            readers = asyncio.run(read_all(port, http_request(name, key), options.streams))
            results[name] = figures(readers)
        late = dict(_LATE.findall(get(port, "/metrics", management)))
        for name, found in results.items():
            found["late_a_stream"] = round(float(late.get(name, 0)) / options.streams, 2)
        show(results)
    print(json.dumps({"envelopes": results, "streams": options.streams, "tokens": options.tokens}))


if __name__ == "__main__":
    main()
