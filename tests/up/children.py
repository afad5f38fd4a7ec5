"""One child: children.py EVENTS NAME BEHAVIOUR. Tells EVENTS what happens to it."""

import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

from darkhorse.wiring.child import failed, ready

events, name, behaviour = sys.argv[1:]


def tell(what: str) -> None:
    descriptor = os.open(events, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, f"{name} {what} {os.getpid()}\n".encode())
    os.close(descriptor)


def leave(_number: int, _frame: FrameType | None) -> None:
    tell("down")
    sys.exit(0)


def serve() -> None:
    ready()
    signal.pause()


def once() -> None:
    """Serve at the first start; from the second on, never come up."""
    if Path(events).read_text().count(f"{name} up") == 1:
        serve()
    sys.exit(7)


def answer() -> None:
    """Say who answers to each connection on the public socket."""
    listener = socket.socket(fileno=int(os.environ["DARKHORSE_LISTEN_FD"]))
    ready()
    while True:
        connection, _ = listener.accept()
        connection.sendall(str(os.getpid()).encode())
        connection.close()


def ignore() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    serve()


def linger() -> None:
    """Answer nobody new once told to stop, and stay."""
    listener = socket.socket(fileno=int(os.environ["DARKHORSE_LISTEN_FD"]))

    def close(_number: int, _frame: FrameType | None) -> None:
        listener.close()
        tell("lingers")

    signal.signal(signal.SIGTERM, close)
    ready()
    while True:
        signal.pause()


def refuse() -> None:
    failed("The tea is\n cold; boil more.")


def crash() -> None:
    sys.exit(3)


def mute() -> None:
    """Serve perhaps, but say nothing and close the pipe."""
    os.close(int(os.environ["DARKHORSE_READY_FD"]))
    signal.pause()


def hang() -> None:
    """Load for ever."""
    signal.pause()


def make_socket() -> None:
    """Leave a file in the run's private directory."""
    Path(os.environ["RUNTIME"], "pages.sock").touch()
    tell(os.environ["RUNTIME"])
    serve()


signal.signal(signal.SIGTERM, leave)
tell("up")
globals()[behaviour]()
