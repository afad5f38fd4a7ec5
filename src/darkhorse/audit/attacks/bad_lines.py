"""What no library would send: requests that only the server at the very front answers."""

from collections.abc import Iterator

from msgspec import Struct

from darkhorse.attribution.client.door import Door

__all__ = ["Line", "lines"]

_LONG = 300_000  # bytes of headers
_HUGE = 99_999_999_999  # bytes of a body that never comes


class Line(Struct, frozen=True):
    """One request. `api`: it goes to the API, so its error is one of the API's."""

    name: str
    sent: bytes
    api: bool = True
    waits: bool = False  # a server may wait for more of it


def lines(door: Door) -> Iterator[Line]:
    """All of them, for this door."""
    at = f"{door.base}/models"
    chat = f"{door.base}/chat/completions"
    yield Line("a-good-request", door.head("GET", at, *door.credentials))
    for name, method, target in (
        ("an unknown route", "GET", f"{door.base}/no-such-route"),
        ("an unknown route to post to", "POST", f"{door.base}/no-such-route"),
        ("the wrong method", "DELETE", at),
        ("the wrong method for a question", "GET", chat),
        ("OPTIONS", "OPTIONS", at),
        ("TRACE", "TRACE", at),
        ("HEAD", "HEAD", at),
        ("a method of nobody", "BREW", at),
    ):
        yield Line(name.replace(" ", "-"), door.head(method, target))
    yield Line("an-unknown-page", door.head("GET", "/no-such-page-anywhere"), api=False)
    yield Line("an-unknown-page-to-post-to", door.head("POST", "/no-such-page-anywhere"), api=False)
    yield from _preflight(door, chat)
    yield from _broken_heads(door, at)
    yield from _broken_bodies(door, chat)


def _preflight(door: Door, target: str) -> Iterator[Line]:
    origin = ("origin: https://example.org", "access-control-request-method: POST")
    yield Line("preflight", door.head("OPTIONS", target, *origin))


def _broken_heads(door: Door, target: str) -> Iterator[Line]:
    host = f"host: {door.host}:{door.port}\r\nconnection: close\r\n".encode()
    get = f"GET {target} ".encode()
    yield Line("HTTP-1.0", get + b"HTTP/1.0\r\n" + host + b"\r\n")
    yield Line("no-host", get + b"HTTP/1.1\r\nconnection: close\r\n\r\n")
    yield Line("no-HTTP", b"banana\r\n\r\n", waits=True)
    yield Line("HTTP-9.9", get + b"HTTP/9.9\r\n" + host + b"\r\n")
    yield Line("HTTP-2-preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", waits=True)
    yield Line(
        "no-ASCII-in-the-path", f"GET {target}/\xff HTTP/1.1\r\n".encode("latin-1") + host + b"\r\n"
    )
    yield Line("CONNECT", b"CONNECT x:1 HTTP/1.1\r\n" + host + b"\r\n", waits=True)
    yield Line("a-header-without-a-colon", get + b"HTTP/1.1\r\n" + host + b"nonsense\r\n\r\n")
    yield Line("a-header-with-a-NUL", get + b"HTTP/1.1\r\n" + host + b"x-a: \0\r\n\r\n")
    yield Line("long-headers", door.head("GET", target, f"x-long: {'a' * _LONG}"))
    yield Line(
        "garbage-behind",
        door.head("GET", target, *door.credentials) + b"\0\1garbage\r\n\r\n",
        waits=True,
    )


def _broken_bodies(door: Door, target: str) -> Iterator[Line]:
    usual = (*door.credentials, "content-type: application/json")
    yield Line(
        "a-huge-body-announced",
        door.head("POST", target, *usual, f"content-length: {_HUGE}"),
        waits=True,
    )
    yield Line("a-length-of-words", door.head("POST", target, *usual, "content-length: many"))
    two = ("content-length: 2", "content-length: 5")
    yield Line("two-lengths", door.head("POST", target, *usual, *two) + b"{}", waits=True)
    chunked = door.head("POST", target, *usual, "transfer-encoding: chunked")
    yield Line("a-chunk-of-no-size", chunked + b"zz\r\n{}\r\n0\r\n\r\n", waits=True)
    yield Line("no-length", door.head("POST", target, *usual), waits=True)
