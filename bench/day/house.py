"""The product as `scripts/up` starts it, over the scripted upstream, and what it costs."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from darkhorse.launches import file
from darkhorse.launches.desk import Reason
from darkhorse.wiring.launches import open_desk
from day.telling import MODEL

_SCENARIO = "wordy?deltas=64&tilt={tilt}"
_WHY = Reason("a benchmark", "to measure", ("no-audit",))
_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE_S = 60
_PROFILED = str(Path(__file__).with_name("profiled.py"))


class House(Struct):
    """A running product. `pids` by the name of the process."""

    data: Path
    port: int
    key: str
    pids: dict[str, int]

    def cpu_s(self) -> dict[str, float]:
        """CPU of each process since it started, threads that ended included."""
        return {name: _cpu_s(pid) for name, pid in self.pids.items()}

    def peak_rss_mb(self) -> dict[str, float]:
        return {name: _peak_rss_mb(pid) for name, pid in self.pids.items()}

    def restarted(self) -> list[str]:
        """Processes that are not those we started."""
        now = _children(self.pids["supervisor"])
        ours = {name: pid for name, pid in self.pids.items() if name in now}
        return sorted(name for name, pid in ours.items() if now[name] != pid)


@contextlib.contextmanager
def running(data: Path, tilt: float, profiled: str = "") -> Iterator[House]:
    """Supervisor, relay, keeper, pages, and the engine; ended and waited for at the end.

    What the process called `profiled` did is in NAME.prof then.
    """
    with contextlib.ExitStack() as stack:
        engine, said = _start(stack, ["-m", "darkhorse", "scripted", "--port", "0", "--json"])
        desk = open_desk(data)
        if not desk.launches():
            text = _launch(said["url"], tilt)
            desk.go_live(desk.create(file.parse(text, "a benchmark's launch"), _WHY), _WHY)
        up = ["-m", "darkhorse", "up"]
        if profiled:
            up = [_PROFILED, profiled, str(Path(f"{profiled}.prof").resolve())]
        supervisor, card = _start(
            stack, [*up, "--data", str(data), "--port", "0", "--desk-port", "0", "--json"]
        )
        port = int(card["url"].rpartition(":")[2])
        pids = {"supervisor": supervisor, **_children(supervisor), "scripted": engine}
        yield House(data, port, card["key"], pids)


def _launch(url: str, tilt: float) -> str:
    return (
        f"[public]\nslug='{MODEL}'\ntitle='Pony'\ncontext=4000000\nmax_output=1000000\n"
        "parameters=['tools']\n"
        "[private]\nmaker='Scripted Lab'\nmodel='Scripted-1'\n"
        f"[[private.endpoint]]\nname='scripted'\nurl='{url}'\n"
        f"model='{_SCENARIO.format(tilt=tilt)}'\n"
    )


def _start(stack: contextlib.ExitStack, argv: list[str]) -> tuple[int, dict[str, Any]]:
    """A process that says in one line of JSON that it is ready."""
    process = subprocess.Popen([sys.executable, *argv], stdout=subprocess.PIPE)
    stack.callback(_end, process)
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise SystemExit(f"`{' '.join(argv)}` did not start; see what it said above.")
    return process.pid, json.loads(line)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def _children(parent: int) -> dict[str, int]:
    """Processes below `parent` by the command they run: relay, keeper …"""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == parent:
                words = (path.parent / "cmdline").read_bytes().split(b"\0")
                at = words.index(b"darkhorse") if b"darkhorse" in words else -2
                found[words[at + 1].decode() or "other"] = int(path.parent.name)
    return found


def _cpu_s(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0


def _peak_rss_mb(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return round(int(line.split()[1]) / 1024, 1)
    return 0.0
