"""The project agents work on, their runs, and a cell without a network around them."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from live.stage import START_S, Relay

DEAD = "http://127.0.0.1:9"  # the discard port: nothing listens there

BROKEN = "def add(a, b):\n    return a - b\n"
FIXED = "def add(a, b):\n    return a + b\n"
CHECK = """\
from pathlib import Path

from calc import add

assert add(2, 3) == 5
Path("ran.txt").write_text("the check ran")
"""


class Cell:
    """A network namespace with a loopback only, and a socket listening in it.

    Where the machine allows no namespace, the socket listens on its own loopback and programs are
    pointed to a proxy that is not there: `walled` says which it is.
    """

    def __init__(self) -> None:
        self._holder: subprocess.Popen | None = None
        self.listener = self._wall_in() or socket.create_server(("127.0.0.1", 0), backlog=512)

    @property
    def walled(self) -> bool:
        return self._holder is not None

    def _wall_in(self) -> socket.socket | None:
        if not (shutil.which("unshare") and shutil.which("nsenter")):
            return None
        ours, theirs = socket.socketpair()
        program = str(Path(__file__).with_name("agents_cell.py"))
        argv = ["unshare", "--map-root-user", "--net", sys.executable, program]
        with ours, theirs:
            holder = subprocess.Popen(
                [*argv, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            theirs.close()
            assert select.select([ours], [], [], START_S)[0], "the namespace is not ready"
            said, fds, *_ = socket.recv_fds(ours, 64, 1)
        if not said:
            holder.communicate()
            return None
        self._holder = holder
        return socket.socket(fileno=fds[0])

    def enter(self, argv: list[str]) -> list[str]:
        """The command that runs `argv` in here."""
        if self._holder is None:
            return argv
        target = ["--target", str(self._holder.pid)]
        return ["nsenter", *target, "--user", "--preserve-credentials", "--net", "--", *argv]

    def environment(self) -> dict[str, str]:
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        dead = {each: DEAD for name in names for each in (name, name.lower())}
        return {} if self.walled else {**dead, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}

    def close(self) -> None:
        if self._holder:
            self._holder.communicate(timeout=START_S)


@dataclass
class CelledRelay(Relay):
    """A relay whose clients are in a cell; its upstreams are not."""

    cell: Cell = field(default_factory=Cell)

    def listen(self) -> None:
        self.listener = self.cell.listener
        self.port = self.listener.getsockname()[1]

    def close(self) -> None:
        super().close()
        self.cell.close()


@dataclass(frozen=True)
class Project:
    """A git repository with a function that is wrong and a check that says so; a home beside it."""

    root: Path
    home: Path

    @classmethod
    def fresh(cls, folder: Path) -> "Project":
        project = cls(folder / "project", folder / "home")
        project.root.mkdir()
        project.home.mkdir()
        (project.root / "calc.py").write_text(BROKEN)
        (project.root / "check.py").write_text(CHECK)
        who = ["-c", "user.name=T", "-c", "user.email=t@example.invalid"]
        for argv in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "start"]):
            subprocess.run(
                ["git", *argv], cwd=project.root, env=project.environment, check=True, timeout=60
            )
        return project

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of ours but the way to programs."""
        home = str(self.home)
        return {"HOME": home, "TMPDIR": home, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}

    @property
    def code(self) -> str:
        return (self.root / "calc.py").read_text()

    @property
    def was_checked(self) -> bool:
        return (self.root / "ran.txt").is_file()


@dataclass(frozen=True)
class Ended:
    """What an agent left: its exit status and everything it said."""

    code: int
    said: str


class Run:
    """An agent at work in a process group of its own."""

    def __init__(
        self, project: Project, cell: Cell, argv: list[str], env: Mapping[str, str]
    ) -> None:
        self._log = project.home.with_name("said.txt")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                cell.enter(argv),
                cwd=project.root,
                env={**project.environment, **cell.environment(), **env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def interrupt(self) -> None:
        """Ctrl-C: to the whole group, as a terminal sends it."""
        os.killpg(self._process.pid, signal.SIGINT)

    def wait(self, seconds: float) -> Ended:
        """Fails, and kills it, where it is not over in time."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end by itself: {self.said[-4000:]}") from None
        finally:
            self.kill()
        return Ended(code, self.said)

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def kill(self) -> None:
        """Whatever is left of the group."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self._process.wait(10)
