"""Holds a network namespace that has a loopback and nothing else, and listens in it.

Run as `unshare --map-root-user --net python agents_cell.py FD`: sends a listening socket over the
unix socket FD, then stays, and the namespace with it, until stdin ends.
"""

import fcntl
import socket
import struct
import sys

SIOCSIFFLAGS = 0x8914
UP_AND_RUNNING = 0x1 | 0x40


def raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", UP_AND_RUNNING))


def main() -> None:
    raise_loopback()
    with (
        socket.create_server(("127.0.0.1", 0), backlog=512) as listener,
        socket.socket(fileno=int(sys.argv[1])) as parent,
    ):
        socket.send_fds(parent, [b"listening"], [listener.fileno()])
    sys.stdin.read()


if __name__ == "__main__":
    main()
