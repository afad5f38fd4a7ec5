"""An answer on the wire: HTTP heads, chunks, and the pace of writes."""

from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus

from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.plant import Plant
from darkhorse.upstream.scripted.rendering import Answer, body, events
from darkhorse.upstream.scripted.steps import Step, Steps, Wait

__all__ = [
    "CHUNKED",
    "EVENT_STREAM",
    "HTML",
    "JSON",
    "LAST_CHUNK",
    "Headers",
    "answer_steps",
    "body_steps",
    "chunked_steps",
    "head",
    "http_chunk",
    "pauses",
    "stream_head",
    "stream_steps",
    "whole",
]

Headers = Sequence[tuple[str, str]]

JSON = "application/json"
HTML = "text/html; charset=utf-8"
EVENT_STREAM = "text/event-stream; charset=utf-8"
CHUNKED: Headers = (("transfer-encoding", "chunked"),)
LAST_CHUNK = b"0\r\n\r\n"


def head(plant: Plant, status: int, headers: Headers) -> bytes:
    """Status line and headers. Even the reason phrase holds the canary."""
    lines = [f"HTTP/1.1 {status} {_reason(status)} {plant.canary}"]
    lines += [f"{name}: {value}" for name, value in (*headers, *plant.headers())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Odd"


def whole(
    plant: Plant,
    content: bytes,
    *,
    status: int = 200,
    content_type: str = JSON,
    headers: Headers = (),
) -> bytes:
    """A response with a body of declared length."""
    framing = (("content-type", content_type), ("content-length", str(len(content))))
    return head(plant, status, (*framing, *headers)) + content


def stream_head(plant: Plant, *, content_type: str = EVENT_STREAM, headers: Headers = ()) -> bytes:
    framing = (("content-type", content_type), ("cache-control", "no-cache"), *CHUNKED)
    return head(plant, 200, (*framing, *headers))


def http_chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def pauses(ask: Ask) -> Iterator[Wait]:
    """The silence before the first byte."""
    shape = ask.shape
    millis = shape.first_ms + (0 if ask.stream else shape.delta_ms * shape.deltas)
    if millis:
        yield Wait(millis / 1000)


def body_steps(
    ask: Ask,
    content: bytes,
    *,
    status: int = 200,
    content_type: str = JSON,
    headers: Headers = (),
) -> Iterator[Step]:
    yield from pauses(ask)
    yield whole(ask.plant, content, status=status, content_type=content_type, headers=headers)


def stream_steps(
    ask: Ask,
    said: Iterable[bytes],
    *,
    content_type: str = EVENT_STREAM,
    headers: Headers = (),
    tail: bytes = LAST_CHUNK,
) -> Iterator[Step]:
    opened = stream_head(ask.plant, content_type=content_type, headers=headers)
    return chunked_steps(ask, opened, said, tail)


def chunked_steps(
    ask: Ask, opened: bytes, said: Iterable[bytes], tail: bytes = LAST_CHUNK
) -> Iterator[Step]:
    """Behind the head, each event an HTTP chunk; how many share a write is the shape's `batch`."""
    pieces = [http_chunk(each) for each in said]
    pieces[:1] = [opened + b"".join(pieces[:1])]
    pieces[-1] += tail
    yield from pauses(ask)
    yield from _paced(ask, pieces)


def _paced(ask: Ask, pieces: list[bytes]) -> Iterator[Step]:
    delta_s = ask.shape.delta_ms / 1000
    batch = ask.shape.batch or (1 if delta_s else len(pieces))
    for start in range(0, len(pieces), batch):
        if start and delta_s:
            yield Wait(delta_s)
        yield b"".join(pieces[start : start + batch])


def answer_steps(ask: Ask, answer: Answer) -> Steps:
    """The answer, streamed or not as it was asked for."""
    if ask.stream:
        return stream_steps(ask, events(ask, answer))
    return body_steps(ask, body(ask, answer))
