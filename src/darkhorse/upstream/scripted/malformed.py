"""Answers that are not answers: bytes no parser of ours may trip over."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

from msgspec import Meta

from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.book import Book
from darkhorse.upstream.scripted.delivery import (
    CHUNKED,
    EVENT_STREAM,
    HTML,
    JSON,
    body_steps,
    head,
    http_chunk,
    pauses,
    stream_head,
    stream_steps,
    whole,
)
from darkhorse.upstream.scripted.plant import JsonObject
from darkhorse.upstream.scripted.rendering import (
    body,
    chunks,
    completion,
    event,
    events,
    good,
    json_bytes,
    opening,
)
from darkhorse.upstream.scripted.statuses import html_page, noise
from darkhorse.upstream.scripted.steps import End, Step, Steps

__all__ = ["book"]

book = Book()

Megabytes = Annotated[int, Meta(ge=1, le=4096)]

_GOOD_BEFORE = 3  # the role and two deltas come before the bad event
_PIECE = 64 * 1024


def _spoiled(ask: Ask, bad: bytes) -> Steps:
    """`bad` as the unstreamed body, or as an event amid good ones."""
    if not ask.stream:
        return body_steps(ask, bad)
    said = events(ask, good(ask))
    return stream_steps(ask, [*said[:_GOOD_BEFORE], event(bad), *said[_GOOD_BEFORE:]])


def _object(ask: Ask) -> JsonObject:
    """A good object for the place `_spoiled` puts it: a chunk, or the whole completion."""
    answer = good(ask)
    if not ask.stream:
        return completion(ask, answer)
    return chunks(ask, answer)[min(_GOOD_BEFORE, len(answer.deltas))]


@book.scenario("garbage", "Seeded random bytes: as the body, or from the first byte on.")
def garbage(
    ask: Ask,
    *,
    where: Literal["body", "all"] = "body",
    kb: Annotated[int, Meta(ge=1, le=65_536)] = 64,
) -> Iterator[Step]:
    yield from pauses(ask)
    content = noise(ask, kb * 1024)
    if where == "all":
        yield content
        yield End.CLOSE
    elif ask.stream:
        yield from stream_steps(ask, [content])
    else:
        yield whole(ask.plant, content)


@book.scenario("not-json", "Words where JSON belongs.")
def not_json(ask: Ask) -> Steps:
    return _spoiled(ask, f"{ask.plant.canary} is not JSON".encode())


@book.scenario("json-array", "A JSON array where an object belongs.")
def json_array(ask: Ask) -> Steps:
    return _spoiled(ask, json_bytes([1, ask.plant.canary, {"choices": []}]))


@book.scenario("json-scalar", "A JSON string where an object belongs.")
def json_scalar(ask: Ask) -> Steps:
    return _spoiled(ask, json_bytes(ask.plant.canary))


@book.scenario("html-200", "200 with a proxy's HTML page, streamed or not.")
def html_under_200(ask: Ask) -> Steps:
    return body_steps(ask, html_page(ask.plant, 200), content_type=HTML)


@book.scenario("bad-utf8", "Bytes that are no UTF-8 inside a JSON string.")
def bad_utf8(ask: Ask) -> Steps:
    return _spoiled(ask, _with_content(ask, b"\xff\xfe\xc3("))


@book.scenario("null-bytes", "Raw NUL bytes inside a JSON string.")
def null_bytes(ask: Ask) -> Steps:
    return _spoiled(ask, _with_content(ask, b"\x00\x00"))


@book.scenario("lone-surrogate", r"A JSON escape of half a surrogate pair: `\ud83c`.")
def lone_surrogate(ask: Ask) -> Steps:
    return _spoiled(ask, _with_content(ask, b"\\ud83c"))


def _with_content(ask: Ask, raw: bytes) -> bytes:
    """A good object whose content is `raw`, whatever JSON thinks of it."""
    mark = "@content@"
    found = _object(ask)
    found["choices"][0]["delta" if ask.stream else "message"]["content"] = mark
    return json_bytes(found).replace(mark.encode(), raw)


@book.scenario("truncated-json", "JSON cut in half, the event or body whole.")
def truncated_json(ask: Ask) -> Steps:
    whole_object = json_bytes(_object(ask))
    return _spoiled(ask, whole_object[: len(whole_object) // 2])


@book.scenario("choices-empty", "`choices: []` in every event, or in the body.")
def choices_empty(ask: Ask) -> Steps:
    return _everywhere(ask, lambda found: {**found, "choices": []})


@book.scenario("no-choices", "No `choices` in any event, or in the body.")
def no_choices(ask: Ask) -> Steps:
    return _everywhere(ask, lambda found: {k: v for k, v in found.items() if k != "choices"})


def _everywhere(ask: Ask, spoil: Callable[[JsonObject], JsonObject]) -> Steps:
    if not ask.stream:
        return body_steps(ask, json_bytes(spoil(completion(ask, good(ask)))))
    first, *rest = (event(json_bytes(spoil(each))) for each in chunks(ask, good(ask)))
    return stream_steps(ask, [opening(ask) + first, *rest])


TypeCase = Literal[
    "choices-string",
    "choices-object",
    "choices-null",
    "choice-string",
    "choice-null",
    "index-string",
    "part-list",
    "part-string",
    "part-null",
    "content-number",
    "content-object",
    "content-list",
    "reasoning-number",
    "finish-number",
    "finish-object",
    "tool-calls-object",
    "tool-call-string",
    "tool-call-null",
    "arguments-object",
    "arguments-number",
    "function-null",
    "usage-string",
    "usage-list",
    "id-number",
    "model-null",
    "created-string",
    "error-string",
    "error-number",
]


@book.scenario("wrong-types", "A good object but for one value of the wrong type: see `case`.")
def wrong_types(ask: Ask, *, case: TypeCase = "choices-string") -> Steps:
    found = _object(ask)
    _spoil_type(ask, found, case)
    return _spoiled(ask, json_bytes(found))


def _spoil_type(ask: Ask, found: JsonObject, case: TypeCase) -> None:
    """Put the wrong value in place: at the top, in the choice, or in its delta or message."""
    word = ask.plant.canary
    call = ask.plant.call(0, arguments="{}", call_id=ask.plant.call_id(1), name="get_weather")
    top: dict[str, Any] = {
        "choices-string": word,
        "choices-object": {"0": word},
        "choices-null": None,
        "usage-string": word,
        "usage-list": [word],
        "id-number": 7,
        "model-null": None,
        "created-string": word,
        "error-string": word,
        "error-number": 7,
    }
    in_choice: dict[str, Any] = {
        "index-string": word,
        "finish-number": 7,
        "finish-object": {"maker": word},
        "part-list": [word],
        "part-string": word,
        "part-null": None,
    }
    in_part: dict[str, Any] = {
        "content-number": 7,
        "content-object": {"maker": word},
        "content-list": [{"type": "text", "text": 7, "x_canary": word}],
        "reasoning-number": 7,
        "tool-calls-object": call,
        "tool-call-string": [word],
        "tool-call-null": [None],
        "arguments-object": [{**call, "function": {"name": "f", "arguments": {"maker": word}}}],
        "arguments-number": [{**call, "function": {"name": "f", "arguments": 7}}],
        "function-null": [{**call, "function": None}],
    }
    choice: JsonObject = found["choices"][0]
    part = "delta" if ask.stream else "message"
    if case in top:
        found[case.partition("-")[0]] = top[case]
    elif case in in_choice:
        field = {"index": "index", "finish": "finish_reason", "part": part}
        choice[field[case.partition("-")[0]]] = in_choice[case]
    elif case in in_part:
        names = {"content": "content", "reasoning": "reasoning_content"}
        choice[part][names.get(case.partition("-")[0], "tool_calls")] = in_part[case]
    else:
        found["choices"] = [word if case == "choice-string" else None]


@book.scenario("deep-nesting", "`depth` brackets inside one another, under an unknown key.")
def deep_nesting(ask: Ask, *, depth: Annotated[int, Meta(ge=1, le=8_000_000)] = 100_000) -> Steps:
    found = json_bytes(_object(ask))
    deep = b'{"x_deep":' + b"[" * depth + b"]" * depth + b","
    return _spoiled(ask, deep + found[1:])


@book.scenario("huge-event", "One line of `mb` MiB without a newline, then the end.", pure=False)
def huge_event(ask: Ask, *, mb: Megabytes = 8) -> Iterator[Step]:
    kind = EVENT_STREAM if ask.stream else JSON
    start = b"data: " if ask.stream else b""
    yield from pauses(ask)
    yield stream_head(ask.plant, content_type=kind)
    yield http_chunk(start + b'{"x_canary":"' + ask.plant.canary.encode())
    piece = http_chunk(b"x" * _PIECE)
    for _ in range(mb * 1024 * 1024 // _PIECE):
        yield piece
    yield b"0\r\n\r\n"


@book.scenario(
    "endless",
    "Deltas without end (unstreamed: one endless string); after `mb` MiB it closes.",
    pure=False,
)
def endless(ask: Ask, *, mb: Megabytes = 64) -> Iterator[Step]:
    yield from pauses(ask)
    if ask.stream:
        yield _begin(ask)
        piece = http_chunk(b"".join(events(ask, good(ask))[1:3]))
    else:
        start = b'{"choices":[{"message":{"content":"'
        yield stream_head(ask.plant, content_type=JSON) + http_chunk(start)
        piece = http_chunk(b"and so on " * 100)
    burst = piece * max(1, _PIECE // len(piece))
    for _ in range(max(1, mb * 1024 * 1024 // len(burst))):
        yield burst
    yield End.CLOSE


def _begin(ask: Ask) -> bytes:
    return stream_head(ask.plant) + http_chunk(events(ask, good(ask))[0])


@book.scenario("bad-chunk-size", "An HTTP chunk whose size is no number.")
def bad_chunk_size(ask: Ask) -> Iterator[Step]:
    yield from pauses(ask)
    word = ask.plant.canary.encode()
    content = b"".join(events(ask, good(ask))) if ask.stream else body(ask, good(ask))
    opened = _begin(ask) if ask.stream else stream_head(ask.plant, content_type=JSON)
    yield opened + b"Z" + word + b"\r\n" + content + b"\r\n0\r\n\r\n"
    yield End.CLOSE


@book.scenario("bad-status-line", "A status line that is none.")
def bad_status_line(ask: Ask) -> Iterator[Step]:
    yield from pauses(ask)
    good_bytes = whole(ask.plant, body(ask, good(ask)))
    yield f"HTTP/9.9 {ask.plant.canary} banana\r\n".encode() + good_bytes.partition(b"\r\n")[2]
    yield End.CLOSE


@book.scenario("double-content-length", "Two Content-Length headers that disagree.")
def double_content_length(ask: Ask) -> Iterator[Step]:
    yield from pauses(ask)
    content = b"".join(events(ask, good(ask))) if ask.stream else body(ask, good(ask))
    framing = (
        ("content-type", EVENT_STREAM if ask.stream else JSON),
        ("content-length", str(len(content))),
        ("content-length", str(len(content) // 2)),
    )
    yield head(ask.plant, 200, framing) + content
    yield End.CLOSE


@book.scenario("length-and-chunked", "Content-Length and chunks in one response.")
def length_and_chunked(ask: Ask) -> Iterator[Step]:
    yield from pauses(ask)
    content = b"".join(events(ask, good(ask))) if ask.stream else body(ask, good(ask))
    kind = EVENT_STREAM if ask.stream else JSON
    framing = (("content-type", kind), ("content-length", "5"), *CHUNKED)
    yield head(ask.plant, 200, framing) + http_chunk(content) + b"0\r\n\r\n"
    yield End.CLOSE


@book.scenario("gzip-lie", "Content-Encoding says gzip; the bytes are plain.")
def gzip_lie(ask: Ask) -> Steps:
    lie = (("content-encoding", "gzip"),)
    if ask.stream:
        return stream_steps(ask, events(ask, good(ask)), headers=lie)
    return body_steps(ask, body(ask, good(ask)), headers=lie)
