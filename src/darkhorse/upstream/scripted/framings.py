"""Good answers in every legal disguise HTTP and SSE allow: nothing here is an error."""

import itertools
import re
from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from darkhorse.upstream.scripted.ask import Ask, Shape
from darkhorse.upstream.scripted.book import Book
from darkhorse.upstream.scripted.delivery import (
    EVENT_STREAM,
    LAST_CHUNK,
    answer_steps,
    body_steps,
    head,
    http_chunk,
    pauses,
    stream_head,
    stream_steps,
    whole,
)
from darkhorse.upstream.scripted.rendering import DONE, Answer, body, chunks, events, good, say
from darkhorse.upstream.scripted.steps import End, Step, Steps, Wait

__all__ = ["book"]

book = Book()

Kilobytes = Annotated[int, Meta(ge=1, le=65_536)]

_FOUR_BYTES = re.compile(rb"[\xf0-\xf4][\x80-\xbf]{3}")
_WIDE_TEXT = ("🎹🚲", "🛥️ 𝄞 ", "😀👩‍🚀", "𠜎𠜱 end")


@book.scenario("unicode", "4-byte characters, each cut in two across HTTP chunks and TCP writes.")
def split_characters(ask: Ask) -> Iterator[Step]:
    answer = Answer(deltas=say(*_WIDE_TEXT))
    yield from pauses(ask)
    if not ask.stream:
        yield from _cut_characters(whole(ask.plant, body(ask, answer)))
        return
    yield stream_head(ask.plant)
    for each in events(ask, answer):
        yield from (http_chunk(piece) for piece in _cut_characters(each))
    yield LAST_CHUNK


def _cut_characters(data: bytes) -> list[bytes]:
    """Cut in the middle of every 4-byte character."""
    middles = [match.start() + 2 for match in _FOUR_BYTES.finditer(data)]
    edges = [0, *middles, len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@book.scenario("dribble", "One byte a TCP write, heads included.", Shape(deltas=3))
def dribble(ask: Ask) -> Iterator[Step]:
    gap_s = ask.shape.delta_ms / 1000
    shape = msgspec.structs.replace(ask.shape, delta_ms=0, first_ms=0)
    yield from pauses(ask)
    for step in answer_steps(msgspec.structs.replace(ask, shape=shape), good(ask)):
        assert isinstance(step, bytes)
        for number in step:
            yield bytes((number,))
            if gap_s and ask.stream:
                yield Wait(gap_s)


@book.scenario("coalesced", "All events in one HTTP chunk and one TCP write.")
def coalesced(ask: Ask) -> Steps:
    if not ask.stream:
        return answer_steps(ask, good(ask))
    return stream_steps(ask, [b"".join(events(ask, good(ask)))])


@book.scenario("split-events", "HTTP chunks of `bytes` bytes, blind to the events' borders.")
def split_events(ask: Ask, *, bytes: Annotated[int, Meta(ge=1)] = 7) -> Steps:  # noqa: A002 the parameter's public name
    said = b"".join(events(ask, good(ask))) if ask.stream else body(ask, good(ask))
    pieces = [said[start : start + bytes] for start in range(0, len(said), bytes)]
    kind = EVENT_STREAM if ask.stream else "application/json"
    return stream_steps(ask, pieces, content_type=kind)


@book.scenario(
    "crlf", "SSE with CRLF, a BOM, comments, event: id: retry: lines and data: in two lines."
)
def crlf(ask: Ask) -> Steps:
    if not ask.stream:
        return body_steps(ask, b" \r\n\t" + body(ask, good(ask)) + b"\r\n")
    word = ask.plant.canary.encode()
    said = [_decorated(word, n, each) for n, each in enumerate(chunks(ask, good(ask)))]
    end = b": %b\r\n\r\ndata: [DONE]\r\n\r\n" % word
    return stream_steps(ask, [b"\xef\xbb\xbf: %b\r\n\r\n" % word, *said, end])


def _decorated(word: bytes, number: int, chunk: object) -> bytes:
    """One event with every field SSE has.

    The JSON is cut between tokens: data lines are joined by a newline, which JSON takes as space.
    """
    data = msgspec.json.encode(chunk)
    edge = data.index(b",") + 1
    lines = [
        b": %b comment %d" % (word, number),
        b"event: %b" % word,
        b"id: %b-%d" % (word, number),
        b"retry: 3000",
        b"%b: an unknown field" % word,
        b"data: " + data[:edge],
        b"data: " + data[edge:],
    ]
    return b"\r\n".join([*lines, b"", b""])


@book.scenario("cr-only", "SSE whose lines end with a bare CR, which the standard allows.")
def cr_only(ask: Ask) -> Steps:
    if not ask.stream:
        return answer_steps(ask, good(ask))
    return stream_steps(ask, [each.replace(b"\n", b"\r") for each in events(ask, good(ask))])


@book.scenario("no-space", "`data:{…}` without the space.")
def no_space(ask: Ask) -> Steps:
    if not ask.stream:
        return answer_steps(ask, good(ask))
    said = [each.replace(b"data: ", b"data:") for each in events(ask, good(ask))]
    return stream_steps(ask, said)


@book.scenario("no-last-newline", "The body ends right after `data: [DONE]`, without a newline.")
def no_last_newline(ask: Ask) -> Steps:
    if not ask.stream:
        return answer_steps(ask, good(ask))
    *said, last = events(ask, good(ask))
    assert last == DONE
    return stream_steps(ask, [*said, last.rstrip(b"\n")])


@book.scenario("until-close", "No length and no chunks: the body ends where the connection does.")
def until_close(ask: Ask) -> Iterator[Step]:
    kind = EVENT_STREAM if ask.stream else "application/json"
    yield from pauses(ask)
    yield head(ask.plant, 200, (("content-type", kind), ("connection", "close")))
    yield b"".join(events(ask, good(ask))) if ask.stream else body(ask, good(ask))
    yield End.CLOSE


@book.scenario("trailers", "Chunk extensions and trailers, both with the canary.")
def trailers(ask: Ask) -> Iterator[Step]:
    word = ask.plant.canary.encode()
    said = b"".join(events(ask, good(ask))) if ask.stream else body(ask, good(ask))
    kind = EVENT_STREAM if ask.stream else "application/json"
    yield from pauses(ask)
    yield (
        stream_head(ask.plant, content_type=kind, headers=(("trailer", "x-canary-trailer"),))
        + b"%x;maker=%b\r\n%b\r\n" % (len(said), word, said)
        + b"0\r\nx-canary-trailer: %b\r\n\r\n" % word
    )


@book.scenario("early-hints", "An interim 103 with a canary, then a good answer.")
def early_hints(ask: Ask) -> Iterator[Step]:
    link = (("link", f"<https://{ask.plant.canary}.example/>; rel=preload"),)
    yield head(ask.plant, 103, link)
    yield from answer_steps(ask, good(ask))


@book.scenario("huge-headers", "A good answer under `kb` KiB of headers.")
def huge_headers(ask: Ask, *, kb: Kilobytes = 256) -> Steps:
    word = ask.plant.canary
    line = (word * 1024)[:1000]
    headers = [(f"x-canary-{n}", line) for n in range(kb)]
    if ask.stream:
        return stream_steps(ask, events(ask, good(ask)), headers=headers)
    return body_steps(ask, body(ask, good(ask)), headers=headers)
