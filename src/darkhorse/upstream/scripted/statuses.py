"""Every HTTP status, with the error bodies engines and proxies put under them."""

import random  # noqa: TID251 seeded, part of a scenario
from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.book import Book
from darkhorse.upstream.scripted.delivery import (
    HTML,
    JSON,
    body_steps,
    head,
    pauses,
    stream_steps,
    whole,
)
from darkhorse.upstream.scripted.plant import Plant
from darkhorse.upstream.scripted.rendering import json_bytes, render
from darkhorse.upstream.scripted.steps import End, Step, Steps

__all__ = ["STATUS_FAMILY", "book", "error_steps", "html_page", "noise"]

book = Book()

STATUS_FAMILY = "status-NNN"
"""`status-503` is this scenario with `code=503`."""

BodyKind = Literal["json", "html", "empty", "text", "garbage", "huge"]
Status = Annotated[int, Meta(ge=100, le=599)]

_INTERIM = 200  # below: an interim response, without a body
_BODILESS = frozenset({204, 205, 304})


@book.scenario(
    STATUS_FAMILY,
    "`status-100` … `status-599`: that status with an error body; 1xx then closes.",
)
def status(
    ask: Ask,
    *,
    code: Status = 500,
    body: BodyKind = "json",
    retry_after: Annotated[int, Meta(ge=-1)] = 7,
    mb: Annotated[int, Meta(ge=1, le=256)] = 4,
) -> Iterator[Step]:
    headers = _status_headers(ask.plant, code, retry_after=retry_after)
    yield from pauses(ask)
    if code < _INTERIM:
        yield head(ask.plant, code, headers)
        yield End.CLOSE
    elif code in _BODILESS:
        yield head(ask.plant, code, headers)
    else:
        kind, content = _error_body(ask, code, body, mb=mb)
        yield whole(ask.plant, content, status=code, content_type=kind, headers=headers)


def _status_headers(plant: Plant, code: int, *, retry_after: int) -> list[tuple[str, str]]:
    word = plant.canary
    if code in {429, 503}:
        return [("retry-after", str(retry_after))] if retry_after >= 0 else []
    special = {
        401: [("www-authenticate", f'Bearer realm="{word}"')],
        405: [("allow", word)],
        426: [("upgrade", word)],
    }
    if 300 <= code < 400:
        return [("location", f"/v1/{word}/chat/completions")]
    return special.get(code, [])


def _error_body(ask: Ask, code: int, kind: BodyKind, *, mb: int) -> tuple[str, bytes]:
    word = ask.plant.canary
    match kind:
        case "json":
            return JSON, json_bytes(ask.plant.error(code))
        case "html":
            return HTML, html_page(ask.plant, code)
        case "empty":
            return JSON, b""
        case "text":
            return "text/plain", f"upstream {word} failed: {code}\n".encode()
        case "garbage":
            return "application/octet-stream", noise(ask, 4096)
        case "huge":
            error = ask.plant.error(code)
            error["error"]["message"] = f"{word} " * (mb * 1024 * 1024 // (len(word) + 1))
            return JSON, json_bytes(error)


def html_page(plant: Plant, code: int) -> bytes:
    word = plant.canary
    return (
        f"<!DOCTYPE html>\n<html><head><title>{code} | {word}</title></head>\n"
        f"<body><h1>{word} Gateway</h1><p>Ray id: {word}-0001</p></body></html>\n"
    ).encode()


def noise(ask: Ask, size: int) -> bytes:
    """Seeded random bytes with the canary in the middle."""
    source = random.Random(ask.shape.seed)
    return source.randbytes(size // 2) + ask.plant.canary.encode() + source.randbytes(size // 2)


def error_steps(ask: Ask, code: int) -> Steps:
    """What `status-<code>` answers."""
    return status(ask, code=code)


@book.scenario(
    "status-200-error", "200, but an error object: as the body, or as the one SSE event."
)
def error_under_200(ask: Ask, *, code: Status = 500) -> Steps:
    error = ask.plant.error(code)
    if ask.stream:
        return stream_steps(ask, render(ask, [error]))
    return body_steps(ask, json_bytes(error))
