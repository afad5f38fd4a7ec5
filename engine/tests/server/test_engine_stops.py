"""Stop strings, however the text is cut."""

import itertools

from hypothesis import example, given, settings
from hypothesis import strategies as st

from darkhorse_engine.server.stops import Stops

TEXTS = st.text("ab🦄", max_size=20)
STOPS = st.lists(st.text("ab🦄", min_size=1, max_size=4), max_size=3)


@given(text=TEXTS, stops=STOPS, cuts=st.lists(st.integers(0, 20), max_size=6))
@example(text="aab", stops=["ab"], cuts=[1, 2])
@example(text="ab🦄", stops=["ab🦄", "b"], cuts=[2])
@settings(max_examples=200)
def test_a_text_ends_in_front_of_the_stop_string_that_is_whole_first(
    text: str, stops: list[str], cuts: list[int]
):
    held = Stops(stops)
    edges = [0, *sorted(cuts), len(text)]
    pieces = [held.feed(text[a:b]) for a, b in itertools.pairwise(edges)]
    said = "".join([*pieces, held.close()])
    found = [(text.index(stop) + len(stop), text.index(stop)) for stop in stops if stop in text]
    assert said == text[: min(found)[1] if found else len(text)]
    assert held.is_over == bool(found)
    assert held.passed == len(said)


def test_nothing_waits_but_what_may_become_one():
    held = Stops(["stop", "st!"])
    said = [held.feed(each) for each in ("a s", "t", "ay", "s", "x")]
    assert said == ["a ", "", "stay", "", "sx"]
    assert held.close() == ""
