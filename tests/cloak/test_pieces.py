"""A stream is cut by characters: whatever the engine's deltas, the client's pieces are the same."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from darkhorse.cloak.stream import Cloak
from darkhorse.wire.chunks import Chunk, ToolDelta

WORDS = st.text("aé漢🎹 \n", max_size=40)
KINDS = ("reasoning", "text", "refusal")


def cloak_of(piece=4, limit=1000):
    numbers = itertools.count()
    return Cloak(prompt_tokens=0, limit=limit, call_id=lambda: f"c{next(numbers)}", piece=piece)


def shown(reads, piece=4, limit=1000):
    """Every public chunk as a client would tell it from others."""
    cloak = cloak_of(piece, limit)
    public = [chunk for read in reads for chunk in cloak.feed(read)]
    return [*map(told, [*public, *cloak.close()]), cloak.last().finish]


def told(chunk):
    for kind in KINDS:
        if text := getattr(chunk, kind):
            return kind, text
    (call,) = chunk.tools
    return call.index, call.id, call.name, call.arguments


def cuts(text, places):
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(edges)]


@given(WORDS, WORDS, st.lists(st.integers(0, 99)), st.integers(1, 9), st.integers(1, 30))
def test_where_the_engine_cuts_does_not_show(thoughts, text, places, piece, limit):
    whole = [[Chunk(reasoning=thoughts), Chunk(text=text), Chunk(finish="stop")]]
    pieces = [[Chunk(reasoning=each)] for each in cuts(thoughts, places)]
    pieces += [[Chunk(text=each)] for each in cuts(text, places)]
    assert shown([*pieces, [Chunk(finish="stop")]], piece, limit) == shown(whole, piece, limit)


@given(WORDS.filter(bool), st.lists(st.integers(0, 99)))
def test_nor_in_the_arguments_of_a_call(said, places):
    first, *rest = cuts(said, places) or [""]
    split = [[Chunk(tools=(ToolDelta(0, "x", "look", first),))]]
    split += [[Chunk(tools=(ToolDelta(0, "", "", each),))] for each in rest]
    whole = [[Chunk(tools=(ToolDelta(0, "y", "look", said),))]]
    assert shown(split) == shown(whole)


@given(WORDS, st.integers(1, 9))
def test_each_piece_but_the_last_has_one_length(text, piece):
    *pieces, _ = shown([[Chunk(text=text)]], piece)
    lengths = [len(each[1]) for each in pieces]
    assert all(length == piece for length in lengths[:-1])
    assert "".join(each[1] for each in pieces) == text


def test_what_is_left_goes_before_another_part_begins():
    call = Chunk(tools=(ToolDelta(0, "x", "look", '{"a":1}'),))
    reads = [[Chunk(reasoning="so")], [Chunk(text="Hello")], [call], [Chunk(text="!")]]
    assert shown(reads) == [
        ("reasoning", "so"),
        ("text", "Hell"),
        ("text", "o"),
        (0, "c0", "look", ""),
        (0, "", "", '{"a"'),
        (0, "", "", ":1}"),
        ("text", "!"),
        "tool_calls",
    ]


def test_at_the_limit_everything_has_left():
    cloak = cloak_of(piece=4, limit=2)
    public = cloak.feed([Chunk(text="abcdefghij")])
    assert [chunk.text for chunk in public] == ["abcd", "efgh"]
    cloak = cloak_of(piece=5, limit=2)
    assert [chunk.text for chunk in cloak.feed([Chunk(text="abcdefghij")])] == ["abcde", "fgh"]
    assert cloak.full
    assert cloak.close() == []
