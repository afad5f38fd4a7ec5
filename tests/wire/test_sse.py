"""The decoder gives the same events however the bytes were split."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.wire.sse import EventTooLarge, SseDecoder, event

ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
TEXT = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12)


def decode(pieces: list[bytes]) -> list[bytes]:
    decoder = SseDecoder()
    events = [event for piece in pieces for event in decoder.feed(piece)]
    return events + decoder.close()


@st.composite
def streams(draw):
    """(bytes, expected events): data in one or more lines, with noise, under one line ending."""
    end = draw(ENDS)
    out = bytearray(draw(st.sampled_from([b"", b"\xef\xbb\xbf"])))
    expected = []
    for _ in range(draw(st.integers(0, 5))):
        lines = [draw(TEXT).encode() for _ in range(draw(st.integers(1, 3)))]
        for line in lines:
            noise = draw(st.sampled_from([b"", b": hello", b"event: x", b"id: 1", b"retry: 5"]))
            out += noise + end if noise else b""
            space = draw(st.booleans()) or line.startswith(b" ")
            out += b"data:" + (b" " if space else b"") + line + end
        out += end
        expected.append(b"\n".join(lines))
    return bytes(out), expected


@given(streams(), st.lists(st.integers(0, 400), max_size=8))
def test_any_split_gives_the_same_events(stream, cuts):
    data, expected = stream
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(places)]
    assert decode(pieces) == expected


@given(streams())
def test_byte_by_byte_gives_the_same_events(stream):
    data, expected = stream
    assert decode([data[i : i + 1] for i in range(len(data))]) == expected


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data):
    assert decode([data]) == decode([data[i : i + 1] for i in range(len(data))])


def test_an_event_without_its_blank_line_still_counts():
    assert decode([b"data: a\n\ndata: b"]) == [b"a", b"b"]


def test_a_comment_is_no_event():
    assert decode([b": CANARY\n\n: x\n\ndata: a\n\n"]) == [b"a"]


def test_what_we_write_we_read():
    assert decode([event(b'{"a":1}'), event(b"[DONE]")]) == [b'{"a":1}', b"[DONE]"]


@pytest.mark.parametrize("line", [b"data: " + b"x" * 5000, b"data: xxxxxxx\n" * 500])
def test_an_endless_event_is_refused(line):
    decoder = SseDecoder(max_event_bytes=2000)
    with pytest.raises(EventTooLarge):
        for i in range(0, len(line), 100):
            decoder.feed(line[i : i + 100])
