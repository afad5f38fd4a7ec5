"""A listing's profile held against requests: what is refused, what told, what asked plainer."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from darkhorse.base.errors import InvalidRequest, UnsupportedByListing
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.profile import EFFORTS, Ranges, Stops
from darkhorse.router import profile
from darkhorse.router.plainer import plainer
from darkhorse.wire.chunks import Chunk, ToolDelta
from darkhorse.wire.dialects import CLIENTS
from darkhorse.wire.request import EngineRequest

ALL = (
    *("frequency_penalty", "min_p", "parallel_tool_calls", "presence_penalty", "reasoning"),
    *("repetition_penalty", "response_format", "seed", "stop", "temperature", "tool_choice"),
    *("tools", "top_k", "top_p"),
)
TOOLS = [{"type": "function", "function": {"name": name}} for name in ("look", "call")]
USER = {"role": "user", "content": "hi"}
SYSTEM, SAID = {"role": "system", "content": "be"}, {"role": "assistant", "content": "a"}
CALLED = {"role": "assistant", "content": None, "tool_calls": [{"id": "c"}]}
RESULT = {"role": "tool", "tool_call_id": "c", "content": "1"}
IMAGE = {"type": "image_url", "image_url": {"url": "u"}}


def listing(**fields):
    return Listing(
        **{"slug": "x/y", "title": "Y", "context": 100, "max_output": 40, "parameters": ALL}
        | fields
    )


def asked(dialect="chat", **fields):
    usual = {
        "chat": {"messages": [USER]},
        "responses": {"input": "hi"},
        "messages": {"messages": [USER], "max_tokens": 9},
    }
    return CLIENTS[dialect].parse(json.dumps({"model": "x/y", **usual[dialect], **fields}).encode())


NARROW = Ranges(
    temperature=(0.5, 1),
    top_p=(0.1, 0.9),
    min_p=(0.1, 0.5),
    top_k=(1, 100),
    seed=(0, 9),
    frequency_penalty=(-1, 1),
    presence_penalty=(-1, 1),
    repetition_penalty=(1, 1.5),
    max_tokens=(16, 4096),
    reasoning_max_tokens=(1024, 32_000),
)


def body_of(name, value):
    return {"reasoning": {"max_tokens": value}} if name == "reasoning_max_tokens" else {name: value}


@pytest.mark.parametrize("name", Ranges.__struct_fields__)
def test_both_ends_of_a_range_are_taken_and_nothing_beyond(name):
    low, high = getattr(NARROW, name)
    step = 1 if isinstance(low, int) and isinstance(high, int) else 0.01
    called = "reasoning.max_tokens" if name == "reasoning_max_tokens" else name
    for value in (low, high):
        profile.check(asked(**body_of(name, value)), listing(ranges=NARROW))
    for value in (low - step, high + step):
        with pytest.raises(InvalidRequest) as refused:
            profile.check(asked(**body_of(name, value)), listing(ranges=NARROW))
        assert refused.value.message == f"`{called}`: this model takes {low} to {high}."


@pytest.mark.parametrize(
    ("dialect", "fields", "called"),
    [
        ("chat", {"max_completion_tokens": 5}, "max_tokens"),
        ("responses", {"max_output_tokens": 5}, "max_output_tokens"),
        ("messages", {"max_tokens": 5}, "max_tokens"),
        ("messages", {"max_tokens": 99, "thinking": {"type": "enabled", "budget_tokens": 9}},
         "thinking.budget_tokens"),
        ("messages", {"max_tokens": 99, "stop_sequences": ["a", "b"]}, "stop_sequences"),
        ("chat", {"stop": ["a", "b"]}, "stop"),
        ("chat", {"stop": "ä" * 6}, "stop"),
        ("chat", {"seed": 2**70}, "seed"),
        ("chat", {"seed": -(2**63) - 1}, "seed"),
    ],
)  # fmt: skip
def test_what_is_outside_is_called_as_the_dialect_calls_it(dialect, fields, called):
    narrow = listing(ranges=NARROW, stops=Stops(max_count=1, max_bytes=11))
    with pytest.raises(InvalidRequest, match=f"^`{called}`: "):
        profile.check(asked(dialect, **fields), narrow)


def test_a_stop_sequence_is_measured_in_bytes():
    narrow = listing(stops=Stops(max_count=1, max_bytes=12))
    profile.check(asked(stop="ä" * 6), narrow)
    with pytest.raises(InvalidRequest, match="one has 13 bytes; this model takes 12"):
        profile.check(asked(stop=["ä" * 6 + "a"]), narrow)


def test_a_parameter_that_is_not_honoured_is_left_out_whatever_its_value():
    none = listing(parameters=("temperature",), ranges=Ranges(temperature=(0, 1)))
    request = asked(seed=2**70, top_k=2**40, stop=["x" * 5000], reasoning={"max_tokens": 2**62})
    profile.check(request, none)
    assert profile.told(request, none) == {}


@pytest.mark.parametrize(
    ("choice", "mode"),
    [
        ("none", "none"),
        ("auto", "auto"),
        ("required", "required"),
        (TOOLS[0], "function"),
        ({"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": TOOLS[:1]}},
         "required"),
        ({"type": "allowed_tools", "allowed_tools": {"tools": TOOLS[:1]}}, "auto"),
    ],
)  # fmt: skip
def test_a_mode_of_tools_is_taken_or_refused_with_those_that_are(choice, mode):
    request = asked(tools=TOOLS, tool_choice=choice)
    profile.check(request, listing(tool_choice=tuple({"auto", mode})))
    if mode != "auto":
        with pytest.raises(UnsupportedByListing, match="`tool_choice`: this model takes auto"):
            profile.check(request, listing(tool_choice=("auto",)))


@pytest.mark.parametrize("name", ["a b", "a.b", "x" * 65, "naïve", "a\n"])
def test_a_function_has_a_plain_name(name):
    tools = [*TOOLS, {"type": "function", "function": {"name": name}}]
    with pytest.raises(InvalidRequest, match=r"^`tools\[2\]`: a function's name is"):
        profile.check(asked(tools=tools), listing())
    profile.check(asked(tools=TOOLS), listing())


def told(request, **fields):
    return {
        name: json.loads(bytes(raw))
        for name, raw in profile.told(request, listing(**fields)).items()
    }


@pytest.mark.parametrize(
    ("effort", "ladder", "becomes"),
    [
        ("medium", ("low", "high", "max"), "low"),
        ("minimal", ("low", "high"), "low"),
        ("max", ("low", "high"), "high"),
        ("xhigh", ("max", "low", "high"), "high"),
        ("high", EFFORTS, "high"),
        ("none", ("low", "high"), "none"),
    ],
)
def test_an_effort_off_the_ladder_becomes_the_nearest(effort, ladder, becomes):
    for fields in ({"reasoning_effort": effort}, {"reasoning": {"effort": effort}}):
        assert told(asked(**fields), efforts=ladder) == {"reasoning": {"effort": becomes}}


OFF = ({"effort": "none"}, {"enabled": False}, {"max_tokens": 0})


@pytest.mark.parametrize("off", OFF)
def test_thoughts_turned_off_stay_off_or_become_the_least(off):
    request = asked(reasoning=off)
    assert profile.drops_reasoning(request, listing())
    assert told(request) == {"reasoning": off}
    always = {"reasoning_always": True, "efforts": ("high", "low")}
    assert not profile.drops_reasoning(request, listing(**always))
    assert told(request, **always) == {"reasoning": {"effort": "low"}}


@pytest.mark.parametrize("on", [None, {"effort": "low"}, {"enabled": True}, {"max_tokens": 9}])
def test_thoughts_not_turned_off_are_shown(on):
    request = asked(**({"reasoning": on} if on else {}))
    assert not profile.drops_reasoning(request, listing())
    assert told(request) == ({"reasoning": on} if on else {})


def test_what_is_turned_off_is_dropped_where_reasoning_is_no_parameter_too():
    silent = listing(parameters=("temperature",))
    assert profile.drops_reasoning(asked(reasoning={"enabled": False}), silent)
    chunks = [Chunk(reasoning="hm", text="a"), Chunk(tools=(ToolDelta(0, "i", "n"),))]
    left = profile.unthought(chunks)
    assert [each.reasoning for each in left] == ["", ""]
    assert (left[0].text, left[1]) == ("a", chunks[1])


def test_allowed_tools_are_said_without_that_word():
    allowed = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": TOOLS[1:]}}
    assert told(asked(tools=TOOLS, tool_choice=allowed)) == {
        "tools": TOOLS[1:],
        "tool_choice": "required",
    }


def test_one_call_where_the_listing_or_the_client_wants_no_more():
    assert not profile.one_call(asked(tools=TOOLS), listing())
    assert profile.one_call(asked(tools=TOOLS), listing(parallel_calls=False))
    single = asked(tools=TOOLS, parallel_tool_calls=False)
    assert profile.one_call(single, listing())
    assert not profile.one_call(single, listing(parameters=("tools",)))


def engine(messages=(USER,), kind="chat", limit=None, **parameters):
    return EngineRequest(
        messages=Raw(json.dumps(messages).encode()),
        stream=False,
        max_tokens=limit,
        parameters={name: Raw(json.dumps(value).encode()) for name, value in parameters.items()},
        kind=kind,
    )


def said(request):
    messages = json.loads(bytes(request.messages))
    return messages, {name: json.loads(bytes(raw)) for name, raw in request.parameters.items()}


def test_plainer_and_plainer_until_nothing_is_left_to_refuse():
    odd = [USER | {"cache_control": {"type": "ephemeral"}, "weight": 1}]
    tools = [TOOLS[0] | {"cache_control": {}}]
    first = engine(odd, tools=tools, stop=["a"], top_k=5, reasoning={"effort": "low"}, seed=1)
    second = plainer(first)
    assert said(second) == ([USER], {"tools": TOOLS[:1], "stop": ["a"]})
    third = plainer(second)
    assert said(third) == ([USER], {"tools": TOOLS[:1]})
    assert plainer(third) is None


@pytest.mark.parametrize(
    "asked",
    [
        engine(),
        engine([USER, SAID, USER]),
        engine(tools=TOOLS),
        engine(kind="embedding", dimensions=5),
    ],
)
def test_what_is_plain_is_not_asked_for_again(asked):
    """However its JSON is written: with blanks, as here."""
    assert plainer(asked) is None


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ({"role": "developer", "content": "hi"}, {"role": "system", "content": "hi"}),
        ({"role": "user", "content": "hi", "name": 7}, USER),
        ({"role": "assistant", "content": None, "refusal": "no"},
         {"role": "assistant", "content": "no"}),
        ({"role": "assistant", "content": "a", "reasoning_content": "hm", "audio": {}},
         {"role": "assistant", "content": "a"}),
        ({"role": "function", "name": "look", "content": "1"},
         {"role": "function", "name": "look", "content": "1"}),
        ({"role": "tool", "name": "look", "tool_call_id": "a", "content": "1"},
         {"role": "tool", "tool_call_id": "a", "content": "1"}),
        ({"role": "user", "content": [{"type": "text", "text": "hi", "cache_control": {}}]},
         {"role": "user", "content": [{"type": "text", "text": "hi"}]}),
        ({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}, "x": 1}]},
         {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}),
    ],
)  # fmt: skip
def test_a_plain_message_has_what_every_engine_knows(odd, plain):
    asked = plainer(engine([odd], seed=1))
    assert said(asked)[0] == [plain]


@pytest.mark.parametrize(
    ("talk", "plain"),
    [
        ([SYSTEM, USER, SAID, USER], [SYSTEM, USER, SAID, USER]),
        ([USER, USER], [{"role": "user", "content": "hi\n\nhi"}]),
        ([SYSTEM, SYSTEM, USER], [{"role": "system", "content": "be\n\nbe"}, USER]),
        ([USER, SYSTEM], [{"role": "user", "content": "hi\n\nbe"}]),
        ([USER, SAID, SYSTEM], [USER, SAID, {"role": "user", "content": "be"}]),
        ([USER, {"role": "user", "content": [IMAGE]}],
         [{"role": "user", "content": [{"type": "text", "text": "hi"}, IMAGE]}]),
        ([USER, {"role": "user", "content": ""}, USER],
         [{"role": "user", "content": "hi\n\nhi"}]),
        ([USER, CALLED, RESULT, RESULT, CALLED, RESULT, SAID],
         [USER, CALLED, RESULT, RESULT, CALLED, RESULT, SAID]),
        ([USER, SAID, CALLED, RESULT], [USER, SAID, CALLED, RESULT]),
    ],
)  # fmt: skip
def test_a_plain_talk_has_its_system_first_and_takes_turns(talk, plain):
    assert said(plainer(engine(talk, seed=1)))[0] == plain


def test_a_chat_is_asked_without_a_limit_and_a_bare_text_with_it():
    assert plainer(engine(limit=400_001)).max_tokens is None
    assert plainer(engine(kind="text", limit=5)) is None
    assert plainer(engine(kind="text", limit=5, stop="a")).max_tokens == 5


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


_message = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "developer", "user", "assistant", "tool", "function"])},
    optional={
        "content": st.none() | st.text(max_size=5) | st.lists(_json, max_size=2),
        **dict.fromkeys(("name", "refusal", "tool_calls", "x"), _json),
    },
)


@given(st.lists(_message, max_size=4), _json)
def test_asking_plainer_ends_whatever_was_asked(messages, tools):
    request, rounds = engine(messages, tools=tools, stop="a", seed=1), 0
    while request := plainer(request):
        rounds += 1
    assert rounds == 2
