"""The cloak: public counts, the cut at the public limit, our ids, and nobody else's mint."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.cloak import tokens
from darkhorse.cloak.stream import Cloak
from darkhorse.wire.chunks import Chunk, NativeUsage, PublicChunk, ToolDelta, claim_mint

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=8)


def cover(chunks, limit=10_000, **more):
    numbers = itertools.count()
    cloak = Cloak(prompt_tokens=3, limit=limit, call_id=lambda: f"call_{next(numbers)}", **more)
    public = [piece for chunk in chunks for piece in cloak.feed([chunk])]
    return cloak, [*public, cloak.last()]


def test_only_the_cloak_makes_public_chunks():
    with pytest.raises(TypeError):
        PublicChunk()
    with pytest.raises(RuntimeError):
        claim_mint()


@given(TEXTS)
def test_text_passes_whole_and_is_counted_by_bytes(texts):
    __, public = cover([Chunk(text=text) for text in texts])
    whole = "".join(texts)
    assert "".join(chunk.text for chunk in public) == whole
    assert public[-1].usage.completion == -(-len(whole.encode()) // 4)
    assert public[-1].usage.prompt == 3


@given(TEXTS, TEXTS, st.integers(1, 8))
def test_the_cut_depends_on_the_text_alone(one, other, limit):
    """However the same text was split into deltas, it is cut at the same character."""
    whole = "".join(one)
    _, split = cover([Chunk(text=text) for text in one], limit)
    _, joined = cover([Chunk(text=whole)], limit)
    texts = ["".join(chunk.text for chunk in public) for public in (split, joined)]
    assert texts[0] == texts[1] == whole.encode()[: limit * 4].decode(errors="ignore")
    assert split[-1].finish == ("length" if texts[0] != whole else "stop")
    assert split[-1].usage.completion <= limit


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 40))
def test_a_cut_keeps_whole_characters(text, size):
    kept = tokens.cut(text, size)
    assert text.startswith(kept)
    assert len(kept.encode()) <= size
    assert kept == text or len(kept.encode()) + 4 > size


def test_reasoning_and_text_share_the_limit():
    _, public = cover([Chunk(reasoning="a" * 8), Chunk(text="b" * 100)], limit=5)
    assert public[-1].usage.reasoning == 2
    assert public[-1].usage.completion == 5
    assert "".join(chunk.text for chunk in public) == "b" * 12


def test_tool_calls_get_our_ids_and_indices():
    deltas = [
        ToolDelta(7, "toolu_CANARY", "f", '{"a"'),
        ToolDelta(7, "toolu_CANARY", "", ":1}"),
        ToolDelta(9, "", "g", "{}"),
    ]
    cloak, public = cover([Chunk(tools=(delta,)) for delta in deltas] + [Chunk(finish="stop")])
    shown = [delta for chunk in public for delta in chunk.tools]
    opened = [(0, "call_0"), (0, ""), (0, ""), (1, "call_1"), (1, "")]
    assert [(d.index, d.id) for d in shown] == opened
    assert [(c.name, c.arguments) for c in cloak.calls] == [("f", '{"a":1}'), ("g", "{}")]
    assert public[-1].finish == "tool_calls"


def test_native_facts_stay_private():
    chunk = Chunk(text="x", usage=NativeUsage(99, 98, 97, 96), upstream_id="u", upstream_model="m")
    cloak, public = cover([chunk])
    assert (cloak.native.prompt, cloak.upstream_id, cloak.upstream_model) == (99, "u", "m")
    assert public[-1].usage.total == 4


def test_prompt_tokens_are_the_published_formula():
    assert tokens.prompt_tokens(2, (5, 0, 8)) == 2 * 4 + 2 + 0 + 2


PIECES = st.lists(
    st.one_of(
        st.builds(Chunk, text=st.text("aé🎹", max_size=6)),
        st.builds(Chunk, reasoning=st.text("bü", max_size=6)),
        st.builds(
            Chunk,
            tools=st.tuples(
                st.builds(
                    ToolDelta,
                    index=st.integers(0, 1),
                    name=st.text("n", max_size=2),
                    arguments=st.text("x1", max_size=5),
                )
            ),
        ),
    ),
    max_size=10,
)


def flat(public):
    """What a client makes of it, however it was cut into events."""
    shown = []
    for chunk in public:
        for kind in ("reasoning", "text", "refusal"):
            piece = getattr(chunk, kind)
            if piece and shown and shown[-1][0] == kind:
                shown[-1] = (kind, shown[-1][1] + piece)
            elif piece:
                shown.append((kind, piece))
        shown += [("call", d.index, d.id, d.name, d.arguments) for d in chunk.tools]
    return shown


@given(PIECES, st.integers(1, 12), st.integers(0, 10))
def test_how_reads_fall_changes_nothing(chunks, limit, cut):
    def feed(*reads):
        numbers = itertools.count()
        cloak = Cloak(prompt_tokens=0, limit=limit, call_id=lambda: f"c{next(numbers)}")
        public = [piece for read in reads for piece in cloak.feed(read)]
        return flat(public), cloak.last().usage, cloak.full

    one_by_one = feed(*([chunk] for chunk in chunks))
    assert feed(chunks) == one_by_one
    assert feed(chunks[:cut], chunks[cut:]) == one_by_one


def test_a_name_that_comes_late_or_twice_is_one_name():
    late = [ToolDelta(0, "x"), ToolDelta(0, "", "get_weather", "{"), ToolDelta(0, "", "", "}")]
    twice = [ToolDelta(0, "x", "get_weather", "{"), ToolDelta(0, "x", "get_weather", "}")]
    for deltas in (late, twice):
        cloak, _ = cover([Chunk(tools=(delta,)) for delta in deltas])
        assert [(c.name, c.arguments) for c in cloak.calls] == [("get_weather", "{}")]


@pytest.mark.parametrize("limit", [1, 2])
def test_a_name_is_never_cut(limit):
    cloak, public = cover([Chunk(tools=(ToolDelta(0, "x", "get_weather", "{}"),))], limit)
    assert not cloak.calls
    assert public[-1].finish == "length"


def test_a_finish_fits_the_answer():
    assert cover([Chunk(text="a"), Chunk(finish="tool_calls")])[1][-1].finish == "stop"


def test_of_several_calls_one_may_pass_alone():
    """Their pieces interleaved, as engines send them; what is dropped is not counted."""
    deltas = [
        ToolDelta(3, "x", "look", ""),
        ToolDelta(5, "y", "move", ""),
        ToolDelta(3, arguments='{"a":'),
        ToolDelta(5, arguments='{"b": 2}'),
        ToolDelta(3, arguments=" 1}"),
    ]
    chunks = [*(Chunk(tools=(delta,)) for delta in deltas), Chunk(finish="tool_calls")]
    cloak, public = cover(chunks, one_call=True)
    assert [(call.name, call.arguments) for call in cloak.calls] == [("look", '{"a": 1}')]
    assert {delta.index for chunk in public for delta in chunk.tools} == {0}
    assert public[-1].usage.completion == 3
    assert public[-1].finish == "tool_calls"
    assert len(cover(chunks)[0].calls) == 2


def made(deltas, **more):
    """Names and arguments of the calls, and what a client puts together from the stream."""
    chunks = [*(Chunk(tools=(delta,)) for delta in deltas), Chunk(finish="tool_calls")]
    cloak, public = cover(chunks, **more)
    public[-1:-1] = cloak.close()
    seen: dict[int, list[str]] = {}
    for delta in (delta for chunk in public for delta in chunk.tools):
        call = seen.setdefault(delta.index, ["", ""])
        call[:] = [call[0] + delta.name, call[1] + delta.arguments]
    calls = [(call.name, call.arguments) for call in cloak.calls]
    assert [tuple(call) for _, call in sorted(seen.items())] == calls
    return calls


@pytest.mark.parametrize(
    "deltas",
    [
        [ToolDelta(0, "a", "f", '{"a":1}'), ToolDelta(0, "b", "g", '{"b":2}')],
        [ToolDelta(0, "", "f", '{"a":1}'), ToolDelta(0, "", "g", '{"b":2}')],
        [
            ToolDelta(0, "a", "f", '{"a"'),
            ToolDelta(0, "", "", ":1}"),
            ToolDelta(0, "b", "g", ""),
            ToolDelta(0, "", "", '{"b":2}'),
        ],
    ],
)
def test_calls_that_share_an_index_are_told_apart(deltas):
    assert made(deltas) == [("f", '{"a":1}'), ("g", '{"b":2}')]
    assert made(deltas, one_call=True) == [("f", '{"a":1}')]


def test_one_tool_may_be_called_twice_under_one_index():
    deltas = [ToolDelta(0, "", "f", '{"a":1}'), ToolDelta(0, "", "f", '{"a":2}')]
    assert made(deltas) == [("f", '{"a":1}'), ("f", '{"a":2}')]


def test_an_id_made_up_for_each_piece_begins_no_call():
    deltas = [ToolDelta(0, "a", "f", '{"a"'), ToolDelta(0, "b", "", ":1}"), ToolDelta(0, "c")]
    assert made(deltas) == [("f", '{"a":1}')]


def test_a_call_without_arguments_has_an_empty_object_of_them():
    deltas = [ToolDelta(0, "a", "f"), ToolDelta(1, "b", "g", '{"b":2}')]
    assert made(deltas) == [("f", "{}"), ("g", '{"b":2}')]
    assert made([ToolDelta(0, "a", "ffff")], limit=1) == [("ffff", "")]
