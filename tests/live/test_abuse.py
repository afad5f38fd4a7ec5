"""Clients that mean no good: what they may cost is bounded, and the others are served."""

import socket
from pathlib import Path

import pytest

from .stage import Relay

MB = 1024 * 1024


@pytest.fixture
def relay(tmp_path, scripted):
    settings = "[server]\nbody_timeout_s = 1.0\n"
    stage = Relay(tmp_path / "data", {"ok": [(scripted.url, "ok")]}, settings).start()
    yield stage
    stage.close()


def rss_mb(relay: Relay) -> float:
    pages = int(Path(f"/proc/{relay.process.popen.pid}/statm").read_text().split()[1])
    return pages * 4096 / MB


def pour(relay: Relay, opening: bytes, drop: bytes) -> int:
    """Send `drop` again and again until the server has had enough; how much that was."""
    sent = 0
    with socket.create_connection(("127.0.0.1", relay.port), timeout=20) as connection:
        connection.sendall(opening)
        try:
            while sent < 64 * MB:
                connection.sendall(drop)
                sent += len(drop)
        except (BrokenPipeError, ConnectionResetError):
            return sent
    return sent


@pytest.mark.parametrize(
    ("opening", "drop"),
    [
        (b"GET /v1/models HTTP/1.1\r\nx: ", b"a" * 4096),
        (b"GET /v1/models HTTP/1.1\r\n", b"x-a: b\r\n" * 512),
        (b"POST /v1/models HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n" * 512),
        (b"POST /v1/models HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\na: ", b"b" * 4096),
        (b"POST /v1/models HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1;", b"b" * 4096),
    ],
    ids=["value", "headers", "trailers", "trailer value", "chunk extension"],
)
def test_what_is_no_body_has_an_end(relay, opening, drop):
    before = rss_mb(relay)
    assert pour(relay, opening, drop) < 16 * MB  # the kernel's buffers among it
    assert rss_mb(relay) - before < 16
    assert relay.chat("ok").status == 200


@pytest.mark.parametrize("said", [b"", b"POST /v1/chat", b"GET / HTTP/1.1\r\nhost: x\r\n"])
def test_a_head_that_does_not_come_is_not_waited_for(relay, said):
    with socket.create_connection(("127.0.0.1", relay.port), timeout=20) as connection:
        connection.sendall(said)
        assert connection.recv(1024) == b""


def test_a_second_head_has_its_own_time(relay):
    with socket.create_connection(("127.0.0.1", relay.port), timeout=20) as connection:
        for _ in range(2):
            connection.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b'{"status":"ok"}'):
                piece = connection.recv(4096)
                assert piece, answer
                answer += piece
        connection.sendall(b"GET /health")
        assert connection.recv(1024) == b""


def test_noise_inside_an_answer_gets_no_answer_of_its_own(tmp_path, scripted):
    model = "slow?first_ms=0&delta_ms=50&deltas=40"
    relay = Relay(tmp_path / "data", {model: [(scripted.url, model)]}).start()
    call = relay.begin(model, stream=True)
    call.read_until(b"data: ")
    call.socket.sendall(b"\x00\x01 nonsense\r\n\r\n")
    assert b"HTTP/1.1 400" not in call.rest().raw
    relay.close()
