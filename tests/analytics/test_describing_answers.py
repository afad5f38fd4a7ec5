"""What is read off an answer."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.analytics.describing import describer
from darkhorse.storage.records import Answer, Attempt, EndRecord
from darkhorse.storage.traits import Expected, Told
from darkhorse.wire.chunks import ToolDelta

SCHEMA = b'{"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}}'
OFFERED = Expected(tools=(("weather", SCHEMA), ("anything", b""), ("broken", b'{"type": 7}')))
NO = "I'm sorry, but I can't help with that."


def told(answer, expected=Expected(), **end) -> Told:  # noqa: B008 (frozen)
    record = EndRecord(**{"id": "gen-1", "at_us": 2, "outcome": "done", "finish": "stop", **end})
    raw = answer if isinstance(answer, bytes) else msgspec.json.encode(answer)
    return describer().told(expected, record, raw)


def calling(name, arguments):
    return Answer(tools=(ToolDelta(0, "call-1", name, arguments),))


def broken(detail):
    return Attempt(endpoint="a", duration_ms=1, outcome="broken_promise", status=200, detail=detail)


def test_a_good_answer_has_no_trouble():
    assert told(Answer(content="It rains.")) == Told()


def test_an_answer_at_its_longest_is_cut_and_not_held_against_its_form():
    found = told(Answer(content='{"ci'), Expected(schema=SCHEMA), finish="length")
    assert found.troubles == {"cut"}
    partly = told(calling("weather", '{"ci'), OFFERED, finish="length")
    assert (partly.called, partly.troubles) == (True, {"cut"})


@pytest.mark.parametrize("content", ["", "  \n"])
def test_no_word_and_no_call_is_empty(content):
    assert told(Answer(content=content, reasoning="Hm.")).troubles == {"empty"}
    assert told(Answer(content=content), finish="length").troubles == {"cut", "empty"}


def test_vectors_are_not_empty():
    assert told(Answer(vectors=(b"\0\0\0\0",))).troubles == frozenset()


@pytest.mark.parametrize(
    ("name", "arguments", "is_wrong"),
    [
        ("weather", '{"city": "Turin"}', False),
        ("weather", '{"city": 3}', True),
        ("weather", "{}", True),
        ("weather", "", True),
        ("weather", '{"city": "Tur', True),
        ("anything", "", False),
        ("anything", '{"a": 1}', False),
        ("anything", "[]", True),
        ("anything", '"text"', True),
        ("broken", '{"a": 1}', False),
        ("broken", "[]", True),
        ("forecast", "{}", True),
    ],
)
def test_a_call_is_held_against_the_tools_that_were_offered(name, arguments, is_wrong):
    found = told(calling(name, arguments), OFFERED, finish="tool_calls")
    assert found.called
    assert found.troubles == ({"tool_call"} if is_wrong else frozenset())


def test_a_call_where_no_tool_was_offered_is_wrong():
    assert told(calling("weather", "{}")).troubles == {"tool_call"}


@pytest.mark.parametrize(
    ("schema", "content", "is_kept"),
    [
        (SCHEMA, '{"city": "Turin"}', True),
        (SCHEMA, '{"town": "Turin"}', False),
        (SCHEMA, 'Here it is: {"city": "Turin"}', False),
        (b"", '{"a": 1}', True),
        (b"", "[1]", False),
        (b"{}", "[1]", True),
        (b"{}", "nothing", False),
        (b'{"type": 7}', "nothing", True),
        (b"no JSON", "nothing", True),
        (None, "nothing", True),
    ],
)
def test_a_form_that_was_asked_for_is_kept_or_not(schema, content, is_kept):
    found = told(Answer(content=content), Expected(schema=schema))
    assert found.troubles == (frozenset() if is_kept else {"schema"})


def test_who_declines_is_not_held_against_the_form():
    assert told(Answer(content=NO), Expected(schema=SCHEMA)).troubles == {"refused"}
    assert told(Answer(refusal="No."), Expected(schema=SCHEMA)).troubles == {"refused"}
    assert told(Answer(), finish="content_filter").troubles == {"refused"}


def test_a_refusal_is_seen_though_the_client_hung_up():
    found = told(Answer(content=NO), outcome="cancelled", finish="error", status=499)
    assert (found.troubles, found.signature) == ({"refused"}, "")


def test_half_an_answer_is_not_called_empty_or_wrong():
    found = told(calling("x", "{"), OFFERED, outcome="cancelled", finish="error", status=499)
    assert found == Told(called=True)


def test_a_promise_that_was_broken_twice_is_told_by_what_broke_it():
    text, calls = "the text: it is not JSON: nothing", "the arguments of call 0: it is not JSON: x"
    made = {"outcome": "failed", "status": 422, "finish": "error"}
    assert told(Answer(content="no"), attempts=(broken(text),), **made).troubles == {"schema"}
    assert told(Answer(), attempts=(broken(calls),), **made).troubles == {"tool_call"}
    assert told(Answer(content="{}"), attempts=(broken(text),)).troubles == frozenset()


def test_a_schema_that_costs_too_much_is_nobodys_fault():
    wide = msgspec.json.encode({"anyOf": [{"pattern": f"(a|b|{n})+c"} for n in range(90)]})
    assert told(Answer(content='"' + "a" * 200_000 + '"'), Expected(schema=wide)).troubles == set()


@pytest.mark.parametrize("answer", [b"", b"null", b"[]", b"\xff", b'{"content": 4}', b"[" * 99_999])
def test_an_answer_that_cannot_be_read_has_no_trouble(answer):
    assert told(answer) == Told()


@given(
    st.builds(
        Answer,
        content=st.text(),
        refusal=st.sampled_from(["", "No."]),
        tools=st.lists(st.builds(ToolDelta, st.integers(), name=st.text(), arguments=st.text()))
        .map(tuple),
    ),
    st.sampled_from(["done", "failed", "cancelled", "interrupted"]),
    st.sampled_from([None, "stop", "length", "content_filter"]),
    st.binary(max_size=30),
)  # fmt: skip
def test_nothing_raises_whatever_the_answer_is(answer, outcome, finish, schema):
    expected = Expected(tools=(("f", schema),), schema=schema)
    found = told(answer, expected, outcome=outcome, finish=finish)
    assert found.called == bool(answer.tools)
    assert "retried" not in found.troubles
    if outcome != "done":
        assert not found.troubles & {"cut", "empty", "tool_call", "schema"}
