"""What the first day sends: as long as the trace says, repeating what it says, and nothing else."""

import json

import pytest
from day.plan import plan
from day.telling import HEAD_BYTES, Client
from day.trace import PLAUSIBLE, STRESS, Copy, Row, Session, day, read, redundancy
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.errors import ConfigError
from darkhorse.upstream.scripted.prose import Prose


@st.composite
def sessions(draw):
    """Any tree of prompts that the trace could hold."""
    rows, longest = [], 0
    for at in range(draw(st.integers(1, 12))):
        shared = draw(st.integers(0, longest))
        blocks = max(1, shared + draw(st.integers(0, 8)))
        longest = max(longest, blocks)
        tail, answer, gap = (draw(st.integers(0, most)) for most in (63, 40, 100))
        rows.append(Row(at * gap, 64 * blocks + tail, answer, shared, blocks, 0))
    tool, system = draw(st.integers(0, 300)), draw(st.integers(0, 300))
    return Session(draw(st.text("abc", min_size=1, max_size=4)), tool, system, tuple(rows))


def told(session, name="1/x/0"):
    client = Client(Copy(name, session, 0.0), plan(session, HEAD_BYTES), Prose.usual())
    while client.due_s is not None:
        yield client.ask()


def pieces(body):
    """Tools, system prompt and messages in the order in which a prompt has them."""
    read = json.loads(body)
    found = [*read.get("tools", ()), *read.get("system", ()), *read["messages"]]
    return [json.dumps(each) for each in found]


@given(sessions())
def test_a_prompt_repeats_the_blocks_that_the_trace_says(session):
    earlier: list[list[str]] = []
    for row, asked in zip(session.r, told(session), strict=True):
        now = pieces(asked.body)
        same = max((common(now, each) for each in earlier), default=0)
        assert 256 * row.shared <= same <= 256 * row.shared + 256
        earlier.append(now)


def common(one, other):
    """Bytes of the messages that both begin with, as they were sent."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += len(json.dumps(json.loads(a), separators=(",", ":")))
    return count


@given(sessions())
def test_bodies_are_as_long_as_their_tokens(session):
    sent = sum(len(asked.body) for asked in told(session))
    expected = 4 * sum(row.prompt for row in session.r)
    # What stands around the messages is taken off the last one, where it is long enough.
    slack = sum(len(pieces(asked.body)) + 2 * HEAD_BYTES for asked in told(session))
    assert abs(sent - expected) <= slack


@given(sessions())
def test_the_same_copy_says_the_same_and_another_does_not(session):
    first, again, other = (
        [asked.body for asked in told(session, name)] for name in ("1/x/0", "1/x/0", "1/x/1")
    )
    assert first == again
    assert not set(first) & set(other)


def test_a_day_has_its_requests_and_tokens():
    rows = tuple(Row(n, 64_000 * n, 400, 1_000 * (n - 1), 1_000 * n, 0) for n in range(1, 8))
    trace = [Session(f"s{n}", 500, 900, rows[: 1 + n % 7]) for n in range(70)]
    for tokens in (STRESS, PLAUSIBLE):
        copies = day(trace, tokens, 0.01, seed=3)
        requests = sum(len(copy.session.r) for copy in copies)
        assert abs(requests - 2_060) < 20
        assert 0 < redundancy(copies) < 1
        assert len({copy.name for copy in copies}) == len(copies)
        assert copies == day(trace, tokens, 0.01, seed=3)
    with pytest.raises(ConfigError, match="40e9"):
        day(trace, 1e9, 0.01, seed=3)


def test_a_trace_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigError, match="--trace"):
        read(tmp_path / "none.gz")
