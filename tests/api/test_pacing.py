"""Under an envelope the moments of an answer tell of the envelope and the text, and no more."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pacing_kit import LAST, Stage, text

from darkhorse.base.errors import BadUpstream, ClientGone, Draining
from darkhorse.catalog.rhythm import Rhythm
from darkhorse.cloak.mint import mint
from darkhorse.wire.chunks import ToolDelta

RHYTHM = Rhythm(piece=10, first_ms=300, chars_per_s=100)  # a piece every 100 ms
THREE = [text(10), text(10), text(4), LAST]
ON_TIME = [(300, 10), (400, 10), (500, 4), (540, "end")]

rhythms = st.builds(
    Rhythm,
    piece=st.integers(1, 200),
    first_ms=st.integers(1, 5000),
    chars_per_s=st.integers(1, 5000),
)
sizes = st.lists(st.integers(1, 200), max_size=12)
pauses = st.lists(st.integers(0, 4000), min_size=13, max_size=13)


def one_by_one(sizes, pauses):
    """A plan that writes each piece on its own, and the end by itself."""
    batches = [[text(size)] for size in sizes] + [[LAST]]
    return list(zip(pauses, batches, strict=False))


def due(rhythm, sizes):
    """By the documentation: what follows leaves when the characters before it had their time."""
    return [
        rhythm.first_ms + math.ceil(sum(sizes[:at]) * 1000 / rhythm.chars_per_s)
        for at in range(len(sizes) + 1)
    ]


def test_each_piece_leaves_at_its_moment():
    assert Stage(RHYTHM, [(5, THREE)]).run().left == ON_TIME
    assert Stage(RHYTHM, [(200, THREE[:2]), (250, THREE[2:])]).run().left == ON_TIME


@given(rhythms, sizes, st.lists(st.floats(0, 1), min_size=13, max_size=13))
def test_an_engine_that_keeps_ahead_does_not_show(rhythm, sizes, shares):
    """It comes with each piece at any moment before that piece must leave."""
    moments = due(rhythm, sizes)
    at, plan = 0, []
    for moment, share, size in zip(moments, shares, [*sizes, 0], strict=False):
        comes = max(at, math.floor(moment * share))
        plan.append((comes - at, [text(size) if size else LAST]))
        at = comes
    seen = Stage(rhythm, plan, keepalive_s=1.0).run()
    assert seen.pieces == list(zip(moments, [*sizes, "end"], strict=True))
    assert seen.missed == 0
    assert seen.left == Stage(rhythm, [(0, [*map(text, sizes), LAST])], keepalive_s=1.0).run().left


@given(rhythms, sizes, pauses)
def test_whatever_the_engine_does_nothing_is_early_and_what_is_late_is_in_beats(
    rhythm, sizes, pauses
):
    seen = Stage(rhythm, one_by_one(sizes, pauses)).run()
    beat = min(math.ceil(rhythm.piece * 1000 / rhythm.chars_per_s), 1000)
    lateness = [at - on for (at, _), on in zip(seen.pieces, due(rhythm, sizes), strict=True)]
    assert min(lateness) >= 0
    assert lateness == sorted(lateness), "it runs after what it lost"
    assert all(late % beat == 0 for late in lateness)
    assert seen.missed == len({late for late in lateness if late})
    arrivals = [sum(pauses[: at + 1]) for at in range(len(lateness))]
    assert all(at >= came for (at, _), came in zip(seen.pieces, arrivals, strict=True))


def test_what_came_too_late_does_not_leave_in_a_burst():
    """Three pieces at 710 ms: the first at the next beat, the rest by the envelope from there."""
    seen = Stage(RHYTHM, [(710, THREE)]).run()
    assert seen.left == [(800, 10), (900, 10), (1000, 4), (1040, "end")]
    assert seen.missed == 1


def test_signs_of_life_follow_the_envelope_and_not_the_engine():
    rhythm = Rhythm(piece=10, first_ms=3500, chars_per_s=4)
    expected = [(1000, 0), (2000, 0), (3000, 0), (3500, 10), (4500, 0), (5500, 0), (6000, 4)]
    for plan in ([(1, [text(10), text(4), LAST])], [(3400, [text(10)]), (2500, [text(4), LAST])]):
        assert Stage(rhythm, plan, keepalive_s=1.0).run().left[:7] == expected


def test_a_late_engine_is_waited_for_with_signs_of_life():
    seen = Stage(RHYTHM, [(2750, [text(10)]), (1, [LAST])], keepalive_s=1.0).run()
    assert seen.left == [(1000, 0), (2000, 0), (2800, 10), (2900, "end")]


@pytest.mark.parametrize("whole", [False, True], ids=["streamed", "whole"])
@pytest.mark.parametrize("comes_ms", [0, 120, 299])
def test_an_error_in_place_of_an_answer_leaves_when_that_would_have_begun(whole, comes_ms):
    seen = Stage(RHYTHM, [(comes_ms, [])] if comes_ms else [], error=BadUpstream()).run(whole=whole)
    assert isinstance(seen.error, BadUpstream)
    assert (seen.left, seen.over_ms) == ([], 300)


@pytest.mark.parametrize("comes_ms", [0, 100, 450])
def test_an_error_inside_a_stream_leaves_when_more_of_it_would_have(comes_ms):
    seen = Stage(RHYTHM, [(5, THREE[:2]), (comes_ms, [])], error=BadUpstream()).run()
    assert (seen.left, seen.over_ms) == (ON_TIME[:2], 500)
    assert isinstance(seen.error, BadUpstream)


@pytest.mark.parametrize("comes_ms", [0, 400, 530])
def test_an_unstreamed_answer_leaves_with_its_last_character(comes_ms):
    seen = Stage(RHYTHM, [(comes_ms, THREE)]).run(whole=True)
    assert {at for at, _ in seen.left} == {540}
    assert seen.missed == 0


def test_an_unstreamed_answer_that_is_late_is_late_by_beats():
    seen = Stage(RHYTHM, [(541, THREE)]).run(whole=True)
    assert (seen.over_ms, seen.missed) == (640, 1)


@pytest.mark.parametrize("whole", [False, True], ids=["streamed", "whole"])
@pytest.mark.parametrize("plan", [[], [(1, THREE)], [(1, THREE[:1]), (5000, THREE[1:])]])
def test_a_hang_up_ends_it_at_once(plan, whole):
    seen = Stage(RHYTHM, [*plan, (9000, [])]).run(whole=whole, stop=(250, ClientGone()))
    assert isinstance(seen.error, ClientGone)
    assert (seen.left, seen.over_ms) == ([], 250)


@pytest.mark.parametrize("whole", [False, True], ids=["streamed", "whole"])
def test_a_shutdown_does_not_wait_for_what_came_before_it(whole):
    seen = Stage(RHYTHM, [(5, THREE[:3]), (345, [])], error=Draining()).run(whole=whole)
    assert isinstance(seen.error, Draining)
    assert seen.over_ms == 350
    assert seen.left == ([] if whole else ON_TIME[:1])


def test_thoughts_that_are_hidden_have_had_their_time():
    """Else the engine's speed at thinking would show in when the answer begins."""
    thoughts = [mint(reasoning="x" * 10)] * 5
    for plan in ([(0, [*thoughts, text(10), LAST])], [(700, thoughts), (90, [text(10), LAST])]):
        seen = Stage(RHYTHM, plan, hides_reasoning=True).run()
        assert (seen.left, seen.missed) == ([(800, 10), (900, "end")], 0)
        assert Stage(RHYTHM, plan, hides_reasoning=True).run(whole=True).over_ms == 900


def test_names_and_arguments_of_calls_take_their_time():
    called = mint(tools=(ToolDelta(0, "call_1", "lookup"),))
    arguments = mint(tools=(ToolDelta(0, arguments='{"a":1}'),))
    seen = Stage(RHYTHM, [(0, [called, arguments, LAST])]).run()
    assert [at for at, _ in seen.left] == [300, 360, 430]
