"""`darkhorse model`: llama.cpp behind a key, as the supervisor starts it."""

import json
import os
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

KEY = "the-key-of-this-test"


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
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "darkhorse", "model"],
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
    path = find(None, tmp_path, lambda _done, _total: None)
    body = {"messages": [{"role": "user", "content": "Say hi."}], "max_tokens": 4}
    with (
        hold_loopback_port() as port,
        model(path, port, tmp_path / "log") as (process, word),
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


@pytest.mark.parametrize("content", [b"GGUF", b"GGUF\x03\x00\x00\x00" + bytes(500)])
def test_a_file_that_is_no_model_fails_with_a_sentence(tmp_path, content):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(content)
    with (
        hold_loopback_port() as port,
        model(broken, port, tmp_path / "log") as (process, word),
    ):
        assert word.startswith(f"failed {broken}: the engine cannot load this file as a model;")
        assert process.wait(20) == 1


def test_the_port_stays_ours_between_two_runs_of_the_engine(tmp_path):
    with hold_loopback_port() as port, socket.socket() as other, pytest.raises(OSError, match="98"):
        other.bind(("127.0.0.1", port))
