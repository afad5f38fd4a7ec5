"""A raw-socket client that hides nothing: the bytes, and how the connection ended."""

import json
import socket
import time
from contextlib import closing
from typing import Any, NamedTuple

CANARY = "CANARYMAKER"
PATIENCE_S = 10


class Raw(NamedTuple):
    """What came, and how it ended: "fin", "rst", or "silence" while the connection stays open."""

    data: bytes
    end: str

    @property
    def head(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[0]

    @property
    def rest(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    def headers(self) -> dict[str, str]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    def body(self) -> bytes:
        """The body of a well-framed response; fails for any other."""
        headers = self.headers()
        if headers.get("transfer-encoding") == "chunked":
            return b"".join(dechunk(self.rest))
        length = headers.get("content-length")
        assert length is None or int(length) == len(self.rest)
        return self.rest

    def json(self) -> Any:
        return json.loads(self.body())

    def events(self) -> list[str]:
        """The data of each server-sent event, by the standard's rules."""
        text = self.body().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        found = []
        for block in text.split("\n\n"):
            lines = [line[5:] for line in block.split("\n") if line.startswith("data:")]
            if lines:
                found.append("\n".join(line.removeprefix(" ") for line in lines))
        return found

    def chunks(self) -> list[Any]:
        """The objects before [DONE]."""
        events = self.events()
        end = events.index("[DONE]") if "[DONE]" in events else len(events)
        return [json.loads(each) for each in events[:end]]

    def deltas(self, key: str = "content", index: int = 0) -> str:
        choices = [c for chunk in self.chunks() for c in chunk["choices"] if c["index"] == index]
        return "".join(choice["delta"].get(key) or "" for choice in choices)

    def finishes(self) -> list[str]:
        choices = [c for chunk in self.chunks() for c in chunk["choices"]]
        return [c["finish_reason"] for c in choices if c["finish_reason"] is not None]


def dechunk(data: bytes) -> list[bytes]:
    """The HTTP chunks of a whole chunked body, trailers checked for their form only."""
    found = []
    while True:
        line, sep, data = data.partition(b"\r\n")
        assert sep, "the chunked body has no end"
        size = int(line.split(b";")[0], 16)
        if size == 0:
            assert data.endswith(b"\r\n")
            return found
        assert data[size : size + 2] == b"\r\n"
        found.append(data[:size])
        data = data[size + 2 :]


def chat_request(model: str, *, stream: bool, close: bool = True, user: str = "hello") -> bytes:
    messages = [{"role": "user", "content": user}]
    body = json.dumps({"model": model, "stream": stream, "messages": messages}).encode()
    return (
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: engine\r\nAuthorization: Bearer sk-1\r\n"
        + (b"Connection: close\r\n" if close else b"")
        + b"Content-Length: %d\r\n\r\n" % len(body)
        + body
    )


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def read_to_end(connection: socket.socket, *, silence_s: float = PATIENCE_S) -> Raw:
    connection.settimeout(silence_s)
    data = bytearray()
    try:
        while piece := connection.recv(1 << 20):
            data += piece
    except ConnectionResetError:
        return Raw(bytes(data), "rst")
    except TimeoutError:
        return Raw(bytes(data), "silence")
    return Raw(bytes(data), "fin")


def send(port: int, request: bytes, *, silence_s: float = PATIENCE_S) -> Raw:
    with closing(connect(port)) as connection:
        connection.sendall(request)
        return read_to_end(connection, silence_s=silence_s)


def chat(port: int, model: str, *, stream: bool, silence_s: float = PATIENCE_S) -> Raw:
    return send(port, chat_request(model, stream=stream), silence_s=silence_s)


def get(port: int, path: str, method: str = "GET") -> Raw:
    return send(port, f"{method} {path} HTTP/1.1\r\nConnection: close\r\n\r\n".encode())


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)
