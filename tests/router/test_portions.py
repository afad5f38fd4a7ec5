"""A long read is worked on in portions, and nothing of it changes."""

from hypothesis import given
from hypothesis import strategies as st

from darkhorse.router.portions import MOST, portions
from darkhorse.wire.chunks import Chunk, ToolDelta

SIZES = st.sampled_from([0, 1, MOST - 1, MOST, MOST + 1, 3 * MOST])


@given(st.lists(st.tuples(SIZES, SIZES), max_size=4))
def test_all_of_it_comes_in_order_and_in_short_pieces(sizes):
    chunks = [
        Chunk(reasoning="r" * thought, text="t" * said, tools=(ToolDelta(at),), upstream_id=f"{at}")
        for at, (thought, said) in enumerate(sizes)
    ]
    parts = [chunk for part in portions(chunks) for chunk in part]
    assert all(len(each.text) <= MOST and len(each.reasoning) <= MOST for each in parts)
    assert "".join(each.text for each in parts) == "".join(each.text for each in chunks)
    assert "".join(each.reasoning for each in parts) == "".join(each.reasoning for each in chunks)
    assert [each.tools for each in parts if each.tools] == [each.tools for each in chunks]
    assert [each.upstream_id for each in parts if each.upstream_id] == [
        each.upstream_id for each in chunks
    ]


def test_thoughts_come_before_the_text_they_came_with():
    parts = list(portions([Chunk(reasoning="r" * (MOST + 1), text="t" * (MOST + 1))]))
    kinds = ["".join("r" * bool(c.reasoning) + "t" * bool(c.text) for c in part) for part in parts]
    assert kinds == ["r", "r", "t", "t"]


def test_what_is_short_comes_as_it_is():
    chunks = [Chunk(text="a"), Chunk(finish="stop")]
    assert list(portions(chunks)) == [chunks]
