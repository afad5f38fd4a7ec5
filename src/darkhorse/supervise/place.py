"""What a run takes for itself before anything starts: data, ports, a place for sockets."""

import errno
import fcntl
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from darkhorse.base.errors import ConfigError

__all__ = [
    "PAGES_SOCKET",
    "claim",
    "hold_loopback_port",
    "listen",
    "private_directory",
    "runtime_directory",
]

PAGES_SOCKET = "pages.sock"

_BACKLOG = 2048
_LONGEST_SOCKET = 100  # bytes of its path; <sys/un.h> has room for 107


def private_directory(path: Path) -> None:
    """Make `path` for our user alone; one that exists stays as it is. Raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def claim(data: Path, say: Callable[[str], None]) -> Iterator[int]:
    """Hold the data directory for this run; yields the lock's descriptor.

    Every child keeps the descriptor open, so the lock lasts as long as the last of them: a start
    right after the supervisor was killed waits for children that still drain. Raises ConfigError.
    """
    with _open_lock(data) as lock:
        _take(lock, data, say)
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield lock.fileno()


def _open_lock(data: Path) -> TextIOWrapper:
    try:
        private_directory(data)
        descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return os.fdopen(descriptor, "r+", encoding="utf-8")
    except OSError as e:
        raise ConfigError(
            f"{data}: cannot be used as the data directory ({e.strerror}); "
            "choose another with --data DIR."
        ) from None


def _take(lock: TextIOWrapper, data: Path, say: Callable[[str], None]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip()
        if not holder.isdecimal() or _lives(int(holder)):
            raise ConfigError(
                f"{data}: another darkhorse (pid {holder or 'unknown'}) runs on this data; "
                "stop it, or choose another directory with --data DIR."
            ) from None
        say("waiting for the last processes of the previous run to finish")
        fcntl.flock(lock, fcntl.LOCK_EX)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def runtime_directory(data: Path) -> Iterator[Path]:
    """An empty private directory for this run's sockets. Raises ConfigError.

    It is DATA/run, whose leftovers the next start clears, unless that is too long for a socket.
    """
    run = data / "run"
    if len(os.fsencode(run / PAGES_SOCKET)) >= _LONGEST_SOCKET:
        with tempfile.TemporaryDirectory(prefix="darkhorse-") as elsewhere:
            yield Path(elsewhere)
        return
    try:
        if run.exists():
            shutil.rmtree(run)
        run.mkdir(mode=0o700)
    except OSError as e:
        raise ConfigError(f"{run}: cannot be cleared for this run ({e.strerror or e}).") from None
    try:
        yield run
    finally:
        shutil.rmtree(run, ignore_errors=True)


def listen(host: str, port: int) -> socket.socket:
    """The public socket, listening from now on: a relay's restart refuses nobody.

    Raises ConfigError.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as e:
        raise ConfigError(_cannot_listen(host, port, e)) from None


def _cannot_listen(host: str, port: int, problem: Exception) -> str:
    number = problem.errno if isinstance(problem, OSError) else None
    if number == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use; choose another with --port (0 picks a free one)."
    if number == errno.EACCES:
        return f"Port {port} on {host} needs privileges; choose one over 1023 with --port."
    return f"{host} is not an address of this machine; choose another with --host."


@contextmanager
def hold_loopback_port() -> Iterator[int]:
    """A free port on 127.0.0.1, kept out of everybody's hands but our own user's.

    The socket is bound but does not listen. The model's engine may bind the same port beside it
    (both set SO_REUSEPORT), as often as it is restarted, and the kernel gives it to nobody else.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
