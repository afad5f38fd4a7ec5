"""The process: what its supervisor is told, how it ends, and what is left of a crash."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

from engine_server_kit import PATIENCE, command, environment, raw_request, serving

TEXT = "/v1/completions"

BREAKS = """
import darkhorse_engine.engine as engine
from darkhorse_engine.cli import main

def broken(self, *_):
    raise MemoryError("a bad day")

whole = engine.Engine.step
def step(self):
    if self.stats.generated_tokens > 200:
        self.model.forward = broken.__get__(self.model)
    return whole(self)

engine.Engine.step = step
main()
"""
"""A server whose model fails after a few tokens."""


def started(model: Path | None, *options: str, **more: str) -> tuple[int, str]:
    """Status and what the supervisor is told by a server that cannot start."""
    reading, writing = os.pipe()
    line = command(*([str(model)] if model else []), *options)
    done = subprocess.run(
        line,
        env=environment(DARKHORSE_READY_FD=str(writing), **more),
        pass_fds=[writing],
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        return done.returncode, pipe.read()


def test_it_says_when_it_serves_and_an_interrupt_ends_it_well(tiny_model: Path):
    reading, writing = os.pipe()
    line = command(str(tiny_model), "--quant", "none", "--port", "0", "--key-env", "ENGINE_KEY")
    with subprocess.Popen(
        line,
        env=environment(DARKHORSE_READY_FD=str(writing)),
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
    ) as process:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            assert pipe.read() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0


def test_the_model_may_be_named_in_the_environment(tmp_path: Path):
    status, said = started(None, "--port", "0", DARKHORSE_MODEL_FILE=str(tmp_path / "none"))
    assert status == 1
    assert said == f"failed {tmp_path / 'none'}: no such file or directory.\n"


def test_a_key_that_is_not_there_is_said(tiny_model: Path):
    status, said = started(tiny_model, "--port", "0", "--key-env", "NO_SUCH_KEY")
    assert (status, said) == (1, "failed --key-env: NO_SUCH_KEY is not set, or empty.\n")


def test_a_port_that_is_taken_is_said(tiny_model: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, said = started(tiny_model, "--port", str(port))
    assert status == 1
    assert said.startswith(f"failed 127.0.0.1:{port} cannot be had: ")


def test_a_crash_is_told_to_who_waits_and_ends_it(tiny_model: Path):
    with serving(tiny_model, "--memory-mib", "8", script=BREAKS) as served:
        asked = {"prompt": "a", "max_tokens": 500, "ignore_eos": True}
        body = json.dumps({**asked, "stream": True}).encode()
        with raw_request(served, TEXT, body) as streamed, served.http as http:
            refused = http.post(TEXT, json=asked)
            assert refused.status_code == 500
            assert refused.json()["error"]["type"] == "server_error"
            assert http.get("/health").status_code == 503
            assert http.post(TEXT, json=asked).status_code == 503
            said = b"".join(iter(lambda: streamed.recv(65536), b""))
        assert b'data: {"error":{' in said
        assert b"[DONE]" not in said
        assert served.process.wait(PATIENCE) == 1


def test_a_supervisor_may_hold_the_port(tiny_model: Path):
    """Bound beside it, not listening: nobody else takes it between two runs."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        with serving(tiny_model, "--memory-mib", "8", "--port", str(port)) as served:
            assert served.address[1] == port
            with served.http as http:
                assert http.get("/health").status_code == 200
            assert served.stop() == 0
