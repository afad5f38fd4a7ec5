"""A process that has loaded the relay and the keeper, and forks off as many as a test asks for.

A start from nothing is half a second of imports; a hundred starts are most of a durability test.
What is forked runs as its own process over its own files and sockets, and dies like any.

python nursery.py FD: requests come on that socket, a JSON object each, its files beside it.
"""

import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

_LONGEST = 65_536
_WAIT_S = 30.0
PROGRAMS = ("hasty_keeper", "unplugged_relay")


class Child:
    """A process of the nursery."""

    def __init__(self, nursery: "Nursery", pid: int, ready: int) -> None:
        self.pid = pid
        self._nursery = nursery
        self._ready = ready
        self._code: int | None = None

    def wait_ready(self) -> None:
        with os.fdopen(self._ready, "rb") as pipe:
            assert select.select([pipe], [], [], _WAIT_S)[0], "it is not ready"
            said = pipe.readline()
        assert said.strip() == b"ready", said

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.stop()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit status; minus the signal that ended it."""
        if self._code is None:
            os.kill(self.pid, number)
            self._code = self._nursery.ask({"wait": self.pid})
        return self._code


class Nursery:
    """One for all tests of a file."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        argv = [sys.executable, __file__, str(theirs.fileno())]
        self._process = subprocess.Popen(argv, pass_fds=(theirs.fileno(),))
        theirs.close()
        self._socket.settimeout(_WAIT_S)

    def start(self, program: str, argv: list[str], env: dict[str, str], log: Path, **fds: int):
        """A child that runs `program.run(*argv)`; `fds` by the variable that says their number."""
        read, write = os.pipe()
        given = {**fds, "DARKHORSE_READY_FD": write}
        with log.open("ab") as out:
            request = {"program": program, "argv": argv, "env": env, "fds": list(given)}
            pid = self.ask(request, (out.fileno(), *given.values()))
        os.close(write)
        return Child(self, pid, read)

    def ask(self, request: dict[str, Any], fds: tuple[int, ...] = ()) -> int:
        socket.send_fds(self._socket, [json.dumps(request).encode()], fds)
        return int(self._socket.recv(_LONGEST))

    def close(self) -> None:
        self._socket.close()
        assert self._process.wait(_WAIT_S) == 0


def _serve(sock: socket.socket) -> None:
    runs = {name: importlib.import_module(name).run for name in PROGRAMS}
    while True:
        raw, fds, _, _ = socket.recv_fds(sock, _LONGEST, 8)
        if not raw:
            return
        request = json.loads(raw)
        if "wait" in request:
            _, status = os.waitpid(request["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if not answer:
                sock.close()
                _become(runs[request["program"]], request, fds)
        for fd in fds:
            os.close(fd)
        sock.sendall(str(answer).encode())


def _become(run: Callable[..., None], request: dict[str, Any], fds: list[int]) -> None:
    """The child, to its end."""
    code = 1
    try:
        log, *given = fds
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ.update(request["env"])
        os.environ.update(zip(request["fds"], map(str, given), strict=True))
        run(*request["argv"])
        code = 0
    except BaseException:  # noqa: BLE001 (nothing of it may get back into the nursery)
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
