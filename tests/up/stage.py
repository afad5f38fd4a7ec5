"""A supervisor as an operator has it: a process of its own, with small real children."""

import json
import os
import select
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from darkhorse.base.errors import ConfigError
from darkhorse.launches.desk import Reason
from darkhorse.launches.file import parse
from darkhorse.wiring.launches import open_desk

HERE = Path(__file__).parent
DEADLINE_S = 30.0

CONFIG = """
[server]
port = 0
drain_s = 1
"""

LAUNCH = """
[public]
slug = "stealth/none"
title = "None"
context = 10
max_output = 10

[private]
maker = "nobody"
model = "nothing"

[[private.endpoint]]
name = "nowhere"
url = "http://127.0.0.1:1/v1"
"""


def until(condition: Callable[[], object], what: str) -> None:
    """Poll until `condition` holds; fail when it takes longer than anything should."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        select.select([], [], [], 0.02)


def gone(pid: int) -> bool:
    """Is the process at its end? One that waits for its parent to notice is."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"


class House:
    """`darkhorse up` over children that do as they are told (see children.py)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.events_file = folder / "events"
        self.config = folder / "darkhorse.toml"
        self.config.write_text(CONFIG)
        self.launch_text: str | None = LAUNCH
        self.processes: list[subprocess.Popen[str]] = []
        self.errors = folder / "stderr"

    def start(
        self, children: dict[str, str], *options: str, stdout: "int | IO[str]" = subprocess.PIPE
    ) -> "subprocess.Popen[str]":
        """Children by name, in the order they are drained, each with what it shall do."""
        if self.launch_text:
            self._go_live(self.launch_text)
        with self.errors.open("a") as errors:
            process = subprocess.Popen(
                [
                    *(sys.executable, HERE / "house.py", self.events_file, json.dumps(children)),
                    *("--data", self.data, "--config", self.config, "--json"),
                    *("--desk-port", "0", *options),
                ],
                stdout=stdout,
                stderr=errors,
                env={**os.environ, "TMPDIR": str(self.folder)},  # a killed run leaves its sockets
                text=True,
            )
        self.processes.append(process)
        return process

    def _go_live(self, text: str) -> None:
        """With a launch there, `up` makes none of its own and needs no model."""
        try:
            desk = open_desk(self.data)
        except (ConfigError, OSError):
            return  # the data directory is what the test is about
        if not desk.launches():
            reason = Reason("a test", "something to serve", ("no-audit",))
            desk.go_live(desk.create(parse(text, "a test's launch"), reason), reason)

    def serve(self, children: dict[str, str], *options: str) -> "subprocess.Popen[str]":
        """Start, and wait until it says that it serves."""
        process = self.start(children, *options)
        self.card = self.read_card(process)
        return process

    def read_card(self, process: "subprocess.Popen[str]") -> dict[str, object]:
        assert process.stdout
        readable, _, _ = select.select([process.stdout], [], [], DEADLINE_S)
        assert readable, self.stderr()
        line = process.stdout.readline()
        assert line, self.stderr()
        card = json.loads(line)
        assert isinstance(card, dict)
        return card

    def refused(self, children: dict[str, str], *options: str) -> str:
        """Start what cannot serve; its one sentence."""
        process = self.start(children, *options)
        out, _ = process.communicate(timeout=DEADLINE_S)
        assert (out, process.returncode) == ("", 1), self.stderr()
        sentences = [line for line in self.stderr().splitlines() if line.startswith("Error: ")]
        assert len(sentences) == 1, self.stderr()
        return sentences[0]

    def stderr(self) -> str:
        return self.errors.read_text()

    def events(self) -> list[str]:
        """`<child> <what>`, in the order they happened, without the process ids."""
        return [" ".join(line.split()[:2]) for line in self._event_lines()]

    def pid(self, child: str) -> int:
        """The child's newest process."""
        pids = [line.split()[2] for line in self._event_lines() if line.startswith(f"{child} up")]
        return int(pids[-1])

    def pids(self) -> list[int]:
        return [int(line.split()[2]) for line in self._event_lines() if " up " in line]

    def _event_lines(self) -> list[str]:
        return self.events_file.read_text().splitlines() if self.events_file.exists() else []

    def stop(self, process: "subprocess.Popen[str]", number: int = signal.SIGTERM) -> int:
        process.send_signal(number)
        return process.wait(DEADLINE_S)

    def close(self) -> None:
        """End whatever a failed test left."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()
        for pid in self.pids():
            if not gone(pid):
                os.kill(pid, signal.SIGKILL)


def ask(card, text="Hi", max_tokens=8):
    """The answer of the first launch to one message, from a house with this card."""
    message = {"role": "user", "content": text}
    body = {"model": "pony-alpha", "max_tokens": max_tokens, "messages": [message]}
    request = urllib.request.Request(
        f"{card['url']}/api/v1/chat/completions",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {card['key']}"},
    )
    with urllib.request.urlopen(request, timeout=120) as reply:
        return json.load(reply)


def listed(card):
    with urllib.request.urlopen(f"{card['url']}/api/v1/models", timeout=10) as reply:
        return json.load(reply)["data"]
