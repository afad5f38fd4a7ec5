"""`darkhorse model`: llama.cpp behind a key, as the supervisor starts it."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from darkhorse.supervise.model_file import find
from darkhorse.supervise.place import hold_loopback_port

from .stage import until

KEY = "the-key-of-this-test"


def nothing(_done: int, _total: int) -> None:
    pass


@contextmanager
def model(path: Path, port: int, log: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """The process, and the word it said."""
    read, write = os.pipe()
    facts = {
        "DARKHORSE_MODEL_FILE": str(path),
        "DARKHORSE_MODEL_URL": f"http://127.0.0.1:{port}/v1",
        "DARKHORSE_MODEL_KEY": KEY,
        "DARKHORSE_READY_FD": str(write),
    }
    log.parent.mkdir()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "darkhorse", "model", "--data", log.parent.parent],
            env={**os.environ, **facts},
            pass_fds=(write,),
            stdout=output,
            stderr=output,
        )
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            yield process, pipe.readline().strip()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def ask(port: int, path: str, *, key: str = "", body: object = None) -> tuple[int, bytes]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=json.dumps(body).encode() if body else None,
        headers={"Authorization": f"Bearer {key}"} if key else {},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as e:
        with e:
            return e.code, e.read()


def test_it_answers_those_with_the_key_and_ends_cleanly(tmp_path):
    path = find(None, tmp_path, nothing)
    body = {"messages": [{"role": "user", "content": "Say hi."}], "max_tokens": 4}
    with (
        hold_loopback_port() as port,
        model(path, port, tmp_path / "logs" / "model.log") as (process, word),
    ):
        assert word == "ready"
        for key in ("", "wrong"):
            assert ask(port, "/v1/chat/completions", key=key, body=body)[0] == 401
        status, answer = ask(port, "/v1/chat/completions", key=KEY, body=body)
        assert status == 200
        assert json.loads(answer)["choices"][0]["message"]["content"].strip()
        busy = socket.create_connection(("127.0.0.1", port), timeout=30)
        with busy:
            long = json.dumps({**body, "max_tokens": 4000, "stream": True}).encode()
            head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}"
            busy.sendall(f"{head}\r\nContent-Length: {len(long)}\r\n\r\n".encode() + long)
            assert busy.recv(100).startswith(b"HTTP/1.1 200")
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


@pytest.mark.parametrize("content", [b"GGUF", b"GGUF\x03\x00\x00\x00" + bytes(500), None])
def test_a_file_that_is_no_model_fails_with_a_sentence(tmp_path, content):
    """The last is a download that was cut."""
    broken = tmp_path / "broken.gguf"
    if content is None:
        with find(None, tmp_path, nothing).open("rb") as whole:
            content = whole.read(2_000_000)
    broken.write_bytes(content)
    log = tmp_path / "logs" / "model.log"
    with (
        hold_loopback_port() as port,
        model(broken, port, log) as (process, word),
    ):
        assert word == (
            f"failed {broken}: the engine cannot load this file as a model; {log} says why."
        )
        assert process.wait(20) == 1
    assert b"failed to load model" in log.read_bytes()


def start_long(port: int, text: str) -> socket.socket:
    """Send a long prompt whose answer nobody waits for yet."""
    body = {"messages": [{"role": "user", "content": text}], "max_tokens": 1}
    encoded = json.dumps(body).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}"
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(f"{head}\r\nContent-Length: {len(encoded)}\r\n\r\n".encode() + encoded)
    return connection


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_short_prompt_overtakes_a_long_one(tmp_path):
    """Round after round: in llama.cpp's own order of slots, some rounds go the other way."""
    path = find(None, tmp_path, nothing)
    with (
        hold_loopback_port() as port,
        model(path, port, tmp_path / "logs" / "model.log") as (process, word),
    ):
        assert word == "ready"
        for number in range(4):
            before = cpu_s(process.pid)
            with start_long(port, f"{number} little horses went up the hill. " * 300) as long:
                until(lambda before=before: cpu_s(process.pid) > before + 0.3, "it is being read")
                short = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 2}
                assert ask(port, "/v1/chat/completions", key=KEY, body=short)[0] == 200
                answered, _, _ = select.select([long], [], [], 0)
                assert not answered, long.recv(1000)


def test_who_hangs_up_frees_the_engine(tmp_path):
    path = find(None, tmp_path, nothing)
    with (
        hold_loopback_port() as port,
        model(path, port, tmp_path / "logs" / "model.log") as (process, _),
    ):
        before = cpu_s(process.pid)
        with start_long(port, "One little horse went up the hill. " * 900):
            until(lambda: cpu_s(process.pid) > before + 0.3, "it is being read")
        # To its end it would take a minute of this process's time.
        until(lambda: is_idle(process.pid), "the engine rests")
        assert cpu_s(process.pid) - before < 20


def is_idle(pid: int) -> bool:
    before = cpu_s(pid)
    select.select([], [], [], 0.2)
    return cpu_s(pid) - before < 0.02


def test_the_port_stays_ours_between_two_runs_of_the_engine(tmp_path):
    with hold_loopback_port() as port, socket.socket() as other, pytest.raises(OSError, match="98"):
        other.bind(("127.0.0.1", port))
