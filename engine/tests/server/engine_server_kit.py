"""A model small enough for tests, and a server of its own process over it."""

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
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from darkhorse_engine.config import Config
from darkhorse_engine.model import Model
from darkhorse_engine.weights.safetensors_dir import save

KEY = "sk-test"
PATIENCE = 60.0
"""Seconds until something is a failure; a busy machine takes its time."""

SPECIAL = ("<|endoftext|>", "[gMASK]", "<sop>", "<|system|>", "<|user|>", "<|assistant|>")
SPECIAL += ("<|observation|>",)
TAGS = ("<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>")
TAGS += ("</tool_response>", "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>")


def make_model(directory: Path) -> Path:
    """Random weights in GLM-5's shape; a token for every byte, and GLM's control tokens.

    No template: GLM's own is known by its tokens.
    """
    config = Config.preset("tiny")
    save(directory, config, Model.random(config, seed=1).state_dict())
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = Tokenizer(models.BPE({letter: at for at, letter in enumerate(letters)}, []))
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    words.decoder = decoders.ByteLevel()
    words.add_special_tokens([AddedToken(name, special=True) for name in SPECIAL])
    words.add_tokens([AddedToken(name) for name in TAGS])
    words.save(str(directory / "tokenizer.json"))
    return directory


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


def raw_request(served: Served, path: str, body: bytes) -> socket.socket:
    """A connection over which a request has been sent, and no more."""
    sock = socket.create_connection(served.address, timeout=PATIENCE)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    sock.sendall(head.encode() + body)
    return sock
