"""Engines that hang, hang up, or break off; and errors inside an answer that began well."""

from collections.abc import Iterator
from typing import Annotated, Any

from msgspec import Meta

from darkhorse.upstream.scripted.answers import plain
from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.book import Book
from darkhorse.upstream.scripted.delivery import (
    EVENT_STREAM,
    JSON,
    body_steps,
    head,
    http_chunk,
    pauses,
    stream_head,
    stream_steps,
    whole,
)
from darkhorse.upstream.scripted.rendering import (
    DONE,
    body,
    completion,
    event,
    events,
    good,
    json_bytes,
    opening,
)
from darkhorse.upstream.scripted.statuses import Status, error_steps
from darkhorse.upstream.scripted.steps import End, Step, Steps

__all__ = ["book"]

book = Book()

After = Annotated[int, Meta(ge=0)]


def _begun(ask: Ask, after: int) -> list[bytes]:
    """The events of an answer that stops after `after` deltas."""
    return events(ask, good(ask))[: 1 + after]


def _begin_stream(ask: Ask, after: int) -> bytes:
    return stream_head(ask.plant) + b"".join(map(http_chunk, _begun(ask, after)))


def _half_whole(ask: Ask) -> bytes:
    """A response cut in the middle of its body."""
    content = body(ask, good(ask))
    return whole(ask.plant, content)[: -(len(content) // 2)]


@book.scenario("hang", "Accepts, reads, never answers.")
def hang(_: Ask) -> Iterator[Step]:
    yield End.HANG


@book.scenario("hang-headers", "Sends the headers, then nothing.")
def hang_headers(ask: Ask) -> Iterator[Step]:
    yield from pauses(ask)
    yield _head_only(ask)
    yield End.HANG


def _head_only(ask: Ask) -> bytes:
    if ask.stream:
        return stream_head(ask.plant)
    return head(ask.plant, 200, (("content-type", JSON), ("content-length", "4096")))


@book.scenario("hang-mid", "Sends `after` deltas (unstreamed: half the body), then nothing.")
def hang_mid(ask: Ask, *, after: After = 2) -> Iterator[Step]:
    yield from pauses(ask)
    yield _begin_stream(ask, after) if ask.stream else _half_whole(ask)
    yield End.HANG


@book.scenario("refuse", "Closes before any byte of an answer.")
def refuse(ask: Ask) -> Iterator[Step]:
    yield from pauses(ask)
    yield End.CLOSE


@book.scenario("reset", "Resets the connection (RST), before any byte or `after` deltas in.")
def reset(ask: Ask, *, after: After = 0) -> Iterator[Step]:
    yield from pauses(ask)
    if after:
        yield _begin_stream(ask, after) if ask.stream else _half_whole(ask)
    yield End.RESET


@book.scenario("cut-headers", "Closes in the middle of the headers.")
def cut_headers(ask: Ask) -> Iterator[Step]:
    yield from pauses(ask)
    opened = _head_only(ask)
    yield opened[: len(opened) // 2]
    yield End.CLOSE


@book.scenario("cut-first", "Closes after the headers, before the first event or byte of body.")
def cut_first(ask: Ask) -> Iterator[Step]:
    yield from pauses(ask)
    yield _head_only(ask)
    yield End.CLOSE


@book.scenario("cut-mid-event", "Closes in the middle of the event after `after` deltas.")
def cut_mid_event(ask: Ask, *, after: After = 2) -> Iterator[Step]:
    yield from pauses(ask)
    if ask.stream:
        *said, last = _begun(ask, after + 1)
        pieces = map(http_chunk, [*said, last[: len(last) // 2]])
        yield stream_head(ask.plant) + b"".join(pieces)
    else:
        yield _half_whole(ask)
    yield End.CLOSE


@book.scenario(
    "cut-between",
    "Ends the body properly after `after` deltas: no finish, no `[DONE]` (unstreamed: half the "
    "JSON under its true length).",
)
def cut_between(ask: Ask, *, after: After = 2) -> Steps:
    if ask.stream:
        return stream_steps(ask, _begun(ask, after))
    content = body(ask, good(ask))
    return body_steps(ask, content[: len(content) // 2])


@book.scenario("cut-chunked", "Closes inside an HTTP chunk that promised more.")
def cut_chunked(ask: Ask, *, after: After = 2) -> Iterator[Step]:
    yield from pauses(ask)
    said = b"".join(_begun(ask, after)) if ask.stream else body(ask, good(ask))
    kind = EVENT_STREAM if ask.stream else JSON
    yield stream_head(ask.plant, content_type=kind) + b"%x\r\n%b" % (len(said) + 1000, said)
    yield End.CLOSE


@book.scenario("cut-length", "Content-Length promises 1,000 bytes more than come; then closes.")
def cut_length(ask: Ask) -> Iterator[Step]:
    yield from pauses(ask)
    said = b"".join(events(ask, good(ask))) if ask.stream else body(ask, good(ask))
    framing = (
        ("content-type", EVENT_STREAM if ask.stream else JSON),
        ("content-length", str(len(said) + 1000)),
    )
    yield head(ask.plant, 200, framing) + said
    yield End.CLOSE


def _errored(ask: Ask, *, at: int, code: int | str) -> Steps:
    """A good answer with an error as its event number `at`, and nothing after it but [DONE]."""
    error = ask.plant.error(code)
    if not ask.stream:
        partial: dict[str, Any] = completion(ask, good(ask))
        partial["choices"][0]["finish_reason"] = "error"
        return body_steps(ask, json_bytes({**partial, **error}))
    said = events(ask, good(ask))[:at]
    first = b"" if said else opening(ask)
    return stream_steps(ask, [*said, first + event(json_bytes(error)), DONE])


@book.scenario(
    "error-first", "200; an error object as the first event (unstreamed: beside the choices)."
)
def error_first(ask: Ask, *, code: Status = 502) -> Steps:
    return _errored(ask, at=0, code=code)


@book.scenario("error-mid", "An error object as an event after `after` deltas, then `[DONE]`.")
def error_mid(ask: Ask, *, after: After = 2, code: Status = 502) -> Steps:
    return _errored(ask, at=1 + after, code=code)


@book.scenario("error-mid-string-code", "As error-mid, but the code is a word.")
def error_mid_string_code(ask: Ask, *, after: After = 2) -> Steps:
    return _errored(ask, at=1 + after, code=f"{ask.plant.canary}_overloaded")


@book.scenario("error-last", "An error object after the finish, before `[DONE]`.")
def error_last(ask: Ask, *, code: Status = 502) -> Steps:
    return _errored(ask, at=len(good(ask).deltas) + 2, code=code)


@book.scenario(
    "flaky", "`status` for the first `fail` requests of a `key`, then good answers.", pure=False
)
def flaky(ask: Ask, *, fail: After = 1, status: Status = 503, key: str = "") -> Steps:
    if ask.count(f"flaky {key}") < fail:
        return error_steps(ask, status)
    return plain(ask)


@book.scenario(
    "down-then-up",
    "Closes before any byte for the first `fail` requests of a `key`, then good answers.",
    pure=False,
)
def down_then_up(ask: Ask, *, fail: After = 3, key: str = "") -> Steps:
    if ask.count(f"down-then-up {key}") < fail:
        return refuse(ask)
    return plain(ask)


@book.scenario(
    "cut-then-up",
    "Breaks off after `after` deltas for the first `fail` requests of a `key`, then good answers.",
    pure=False,
)
def cut_then_up(ask: Ask, *, fail: After = 1, after: After = 2, key: str = "") -> Steps:
    if ask.count(f"cut-then-up {key}") < fail:
        return cut_mid_event(ask, after=after)
    return plain(ask)
