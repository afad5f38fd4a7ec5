"""A stop ends the text, whether the engine heeds it or not, wherever its pieces are cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.cloak.stops import Stops
from darkhorse.cloak.stream import Cloak
from darkhorse.wire.chunks import Chunk, ToolDelta

WORDS = st.text("ab\n.", max_size=30)
STOPS = st.lists(st.text("ab.", min_size=1, max_size=4), min_size=1, max_size=3)


def cut(text, stops):
    return min((text.find(stop) for stop in stops if stop in text), default=len(text))


@given(WORDS, STOPS, st.lists(st.integers(0, 99)))
def test_the_text_ends_in_front_of_the_first(text, stops, places):
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    kept = Stops(stops)
    shown = [kept.feed(text[start:end]) for start, end in itertools.pairwise(edges)]
    # A stop may be whole before a longer one that began earlier is: then the earlier one wins only
    # where it comes to its end in the same piece.
    whole = "".join(shown) + kept.close()
    assert text.startswith(whole)
    assert not any(stop in whole for stop in stops)
    assert kept.found == any(stop in text for stop in stops)
    assert len(whole) >= cut(text, stops)


def cloak_of(*stops, piece=4):
    return Cloak(prompt_tokens=0, limit=100, call_id=lambda: "c", piece=piece, stops=stops)


def told(cloak, *chunks):
    public = [*cloak.feed(chunks), *cloak.close(), cloak.last()]
    return [(chunk.text, chunk.finish) for chunk in public]


def test_heeded_or_not_it_is_the_same_answer():
    heeds = told(cloak_of("END"), Chunk(text="Good day, "), Chunk(finish="stop"))
    ignores = told(cloak_of("END"), Chunk(text="Good day, END and on"), Chunk(finish="length"))
    assert heeds == ignores == [("Good", None), (" day", None), (", ", None), ("", "stop")]


def test_after_it_nothing_more_is_wanted():
    cloak = cloak_of("END")
    call = Chunk(tools=(ToolDelta(0, "x", "look", "{}"),))
    assert told(cloak, Chunk(text="aEND"), call, Chunk(text="b"))[:1] == [("a", None)]
    assert cloak.is_stopped
    assert cloak.calls == ()
    assert cloak.usage().completion == 1


def test_only_the_answers_own_text_is_stopped():
    cloak = cloak_of("END")
    public = cloak.feed([Chunk(reasoning="END"), Chunk(text="on")])
    assert public[0].reasoning == "END"
    assert not cloak.is_stopped


@pytest.mark.parametrize("tail", ["E", "EN"])
def test_what_might_have_become_one_is_not_lost(tail):
    shown = told(cloak_of("END", piece=0), Chunk(text=f"a{tail}", finish="stop"))
    assert "".join(text for text, _ in shown) == f"a{tail}"
