"""Tools for an engine that has none: what it is asked, and what becomes of its JSON."""

import asyncio
import json
from contextlib import aclosing

import msgspec
import pytest
from engine_kit import Says, read, request, text
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw, structs

from darkhorse.catalog.quirks import Quirks
from darkhorse.upstream.emulation.by_schema import BySchema
from darkhorse.upstream.fitting import Fitted
from darkhorse.wire.chunks import Chunk, NativeUsage, ToolDelta

TOOLS = Quirks(tools="schema")
OWN = Quirks(tools="schema", schemas="gbnf")


def tool(name, **properties):
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {
        "type": "function",
        "function": {"name": name, "description": f"Does {name}.", "parameters": parameters},
    }


ADD = tool("add", a={"type": "integer"}, b={"type": "integer"})
LOOK = tool("look", at={"type": "string"})
USER = {"role": "user", "content": "hi"}


def asked(given, quirks=TOOLS):
    """What the engine is asked."""
    inner = Says(*text('{"reply":"ok"}'))
    read(BySchema(inner, quirks), given)
    return inner.asked[0]


def messages_of(given, quirks=TOOLS):
    return msgspec.json.decode(asked(given, quirks).messages)


def schema_of(given):
    form = msgspec.json.decode(asked(given).parameters["response_format"])
    assert form["type"] == "json_schema"
    assert form["json_schema"]["strict"] is True
    return form["json_schema"]["schema"]


def options_of(given):
    """What may be answered: `reply`, or the names of tools."""
    schema = schema_of(given)
    options = schema.get("anyOf", [schema])
    return ["".join(o["properties"].get("tool", {}).get("enum", ["reply"])) for o in options]


def answer(said, given, quirks=TOOLS):
    """The last chunk, which has all that was held, with the words that came before it."""
    chunks = [chunk for batch in read(BySchema(Says(*said), quirks), given) for chunk in batch]
    assert sum(chunk.finish is not None for chunk in chunks) == 1
    return structs.replace(chunks[-1], text="".join(chunk.text for chunk in chunks))


@pytest.mark.parametrize(
    ("choice", "options"),
    [
        (None, ["reply", "add", "look"]),
        ("auto", ["reply", "add", "look"]),
        ("required", ["add", "look"]),
        ({"type": "function", "function": {"name": "look"}}, ["look"]),
        (
            {
                "type": "allowed_tools",
                "allowed_tools": {
                    "mode": "auto",
                    "tools": [{"type": "function", "function": {"name": "add"}}],
                },
            },
            ["reply", "add"],
        ),
    ],
)
def test_the_choice_says_what_may_be_answered(choice, options):
    chosen = {"tool_choice": choice} if choice else {}
    assert options_of(request(tools=[ADD, LOOK], **chosen)) == options


def test_arguments_are_held_by_the_tool_s_own_schema():
    call = schema_of(request(tools=[ADD], tool_choice="required"))
    assert call["required"] == ["tool", "arguments"]
    assert call["properties"]["arguments"] == {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("parameters", "arguments"),
    [
        (None, {"type": "object", "properties": {}, "required": [], "additionalProperties": False}),
        ({"type": "array"}, {"type": "object", "additionalProperties": {}}),
        ({"type": "object"}, {"type": "object", "additionalProperties": {}}),
        ({"$ref": "#/nowhere"}, {"type": "object", "additionalProperties": {}}),
    ],
)
def test_arguments_are_an_object_whatever_their_schema_says(parameters, arguments):
    function = {"name": "f"} | ({"parameters": parameters} if parameters else {})
    given = request(tools=[{"type": "function", "function": function}], tool_choice="required")
    assert schema_of(given)["properties"]["arguments"] == arguments


def test_several_calls_only_where_the_client_says_so():
    several = schema_of(request(tools=[ADD], tool_choice="required", parallel_tool_calls=True))
    assert several["properties"]["calls"]["minItems"] == 1
    assert several["properties"]["calls"]["maxItems"] == 4
    for said in ({}, {"parallel_tool_calls": False}):
        one = schema_of(request(tools=[ADD], tool_choice="required", **said))
        assert "calls" not in one["properties"]


def test_nothing_of_tools_goes_to_the_engine_but_words_and_a_schema():
    given = request(tools=[ADD], tool_choice="auto", parallel_tool_calls=True, stop="x", seed=1)
    assert set(asked(given).parameters) == {"response_format", "seed"}
    assert set(asked(given, OWN).parameters) == {"grammar", "seed"}


def test_the_model_is_told_of_its_tools():
    system, user = messages_of(request(tools=[ADD, LOOK]))
    assert system["role"] == "system"
    assert '{"name":"add","description":"Does add.","parameters":{' in system["content"]
    assert '"look"' in system["content"]
    assert user == USER
    first, _ = messages_of(
        request({"role": "developer", "content": "Be brief."}, USER, tools=[ADD])
    )
    assert first["role"] == "system"
    assert first["content"].startswith("Be brief.\nYou can use tools.")


CALLED = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {"id": "1", "type": "function", "function": {"name": "add", "arguments": '{"a":1}'}},
        {"id": "2", "type": "function", "function": {"name": "look", "arguments": ""}},
    ],
}
RESULTS = [
    {"role": "tool", "tool_call_id": "2", "content": "blue"},
    {"role": "tool", "tool_call_id": "1", "content": [{"type": "text", "text": "3"}]},
    {"role": "user", "content": "and?"},
]


@pytest.mark.parametrize("quirks", [TOOLS, OWN])
def test_past_calls_and_results_are_told_in_words(quirks):
    for tools in ({}, {"tools": [ADD]}):
        asking = request(USER, CALLED, *RESULTS, **tools)
        *_, called, results = messages_of(asking, quirks)
        assert called == {
            "role": "assistant",
            "content": 'I used add with {"a":1}.\nI used look with .',
        }
        assert results["role"] == "user"
        assert [part["text"] for part in results["content"]] == [
            *("Result of look: blue", "Result of add:", "3", "and?")
        ]


def test_a_conversation_without_tools_is_handed_on_as_it_is():
    given = request(USER, seed=1)
    assert asked(given) is not given
    assert asked(given).messages is given.messages
    assert asked(given).parameters == given.parameters


def test_no_call_may_come_where_none_is_wanted():
    assert "response_format" not in asked(request(tools=[ADD], tool_choice="none")).parameters
    begun = request(USER, {"role": "assistant", "content": "It is"}, tools=[ADD])
    assert messages_of(begun)[-1] == {"role": "assistant", "content": "It is"}
    assert "response_format" not in asked(begun).parameters


def test_a_call_that_must_come_cannot_go_on_from_words():
    begun = request(
        USER, {"role": "assistant", "content": "It is"}, tools=[ADD], tool_choice="required"
    )
    assert messages_of(begun)[-1]["role"] == "user"
    assert options_of(begun) == ["add"]


def test_the_limit_leaves_room_for_the_wrapping():
    assert asked(request(tools=[ADD], max_tokens=10)).max_tokens == 74
    assert (
        asked(request(tools=[ADD], max_tokens=10), Quirks(tools="schema", max_output=20)).max_tokens
        == 20
    )
    assert asked(request(tools=[ADD])).max_tokens is None
    assert asked(request(max_tokens=10)).max_tokens == 10


# --- what comes back ---

WITH = request(tools=[ADD, LOOK])


def test_a_call_comes_whole():
    last = answer(text('{ "tool": "add",\n "arguments": {"a": 1, "b": 2} }'), WITH)
    assert last.tools == (ToolDelta(0, "", "add", '{"a": 1, "b": 2}'),)
    assert (last.text, last.finish, last.native_finish) == ("", "tool_calls", "eos")


def test_several_come_in_order():
    said = '{"calls":[{"tool":"look","arguments":{"at":"x"}},{"tool":"add","arguments":{}}]}'
    assert [(t.index, t.name) for t in answer(text(said), WITH).tools] == [(0, "look"), (1, "add")]


@given(st.text(max_size=40), st.integers(1, 9))
def test_words_come_as_they_were_meant(words, size):
    said = msgspec.json.encode({"reply": words}).decode()
    last = answer(text(said, size), WITH)
    assert (last.text, last.tools, last.finish) == (words, (), "stop")


@given(st.text(max_size=30), st.data())
def test_words_that_were_cut_off_come_as_far_as_they_go(words, data):
    said = json.dumps({"reply": words})
    said = said[: data.draw(st.integers(0, len(said) - 1))]
    last = answer([[Chunk(text=said)], [Chunk(finish="length")]], WITH)
    assert words.startswith(last.text)
    assert (last.tools, last.finish) == ((), "length")
    if said.startswith('{"reply": "'):
        assert len(words) - len(last.text) <= max(12, len(words) * 12 - len(said) + 12)


def test_half_a_call_is_no_call():
    said = [[Chunk(text='{"tool":"add","argu')], [Chunk(finish="length")]]
    assert answer(said, WITH) == Chunk(finish="length")


@pytest.mark.parametrize("said", ["Hello!", "{}", "[1]", '{"tool":5}', '{"calls":[]}', "{" * 2000])
def test_an_engine_that_keeps_to_nothing_has_said_words(said):
    last = answer(text(said, 500), WITH)
    assert (last.text, last.tools, last.finish) == (said, (), "stop")


def test_half_a_character_that_was_cut_off_is_left_out():
    for said in ('{"reply":"ok\\ud83d', '{"reply":"ok\\ud8', '{"reply":"ok\\'):
        last = answer([[Chunk(text=said)], [Chunk(finish="length")]], WITH)
        assert (last.text, last.finish) == ("ok", "length")
    no_text = answer([[Chunk(text='{"reply":"\\udc00x')], [Chunk(finish="length")]], WITH)
    assert no_text == Chunk(finish="length")


def test_stops_are_kept_within_the_words():
    given = request(tools=[ADD], stop=["three", "two"])
    last = answer(text('{"reply":"one two three"}'), given)
    assert (last.text, last.finish) == ("one ", "stop")
    call = '{"tool":"add","arguments":{"a":"two"}}'
    assert answer(text(call), given).tools[0].arguments == '{"a":"two"}'


def test_thoughts_and_counts_pass_while_the_answer_is_held():
    said = [
        [Chunk(reasoning="hm", upstream_id="1")],
        [Chunk(text='{"reply":')],
        [Chunk(text='"ok"}'), Chunk(finish="stop"), Chunk(usage=NativeUsage(3, 4))],
    ]
    batches = read(BySchema(Says(*said), TOOLS), WITH)
    assert batches == [
        [Chunk(reasoning="hm", upstream_id="1")],
        [Chunk(text="ok"), Chunk(usage=NativeUsage(3, 4))],
        [Chunk(finish="stop")],
    ]


def test_without_tools_an_answer_flows():
    said = text("hello")
    assert read(BySchema(Says(*said), OWN), request()) == said


# --- schemas in the engine's words ---

PERSON = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}


def form(schema=True):  # noqa: FBT002 a schema may be a boolean
    return {"type": "json_schema", "json_schema": {"name": "p", "strict": True, "schema": schema}}


def test_a_schema_goes_as_it_came_to_an_engine_that_takes_it():
    given = request(response_format=form({"$ref": "#/$defs/x", "$defs": {"x": PERSON}}))
    assert asked(given).parameters == given.parameters
    assert asked(given, Quirks(schemas="as_sent")).parameters == given.parameters


def test_a_schema_becomes_a_simple_one_or_a_grammar():
    given = request(response_format=form({"$ref": "#/$defs/x", "$defs": {"x": PERSON}}), seed=1)
    simple = msgspec.json.decode(
        asked(given, Quirks(schemas="simple")).parameters["response_format"]
    )
    assert simple["json_schema"]["schema"] == {**PERSON, "additionalProperties": False}
    own = asked(given, OWN).parameters
    assert set(own) == {"grammar", "seed"}
    assert '\\"age\\":' in msgspec.json.decode(own["grammar"])


@pytest.mark.parametrize(
    "asked_for",
    [
        {"type": "json_object"},
        form(),
        {"type": "json_schema", "json_schema": {"name": "p"}},
        form(schema=False),
    ],
)
def test_any_json_has_a_grammar_too(asked_for):
    grammar = msgspec.json.decode(
        asked(request(response_format=asked_for), OWN).parameters["grammar"]
    )
    assert grammar.startswith("character ::= ")
    assert "root ::= " in grammar


def test_words_beside_tools_have_the_schema_that_was_asked_for():
    given = request(tools=[ADD], response_format=form(PERSON))
    assert schema_of(given)["anyOf"][0]["properties"]["reply"] == {
        **PERSON,
        "additionalProperties": False,
    }
    last = answer(text('{"reply":{"age":3}}'), given)
    assert (json.loads(last.text), last.finish) == ({"age": 3}, "stop")


def test_json_that_is_whole_in_itself_does_not_begin_with_the_client_s_words():
    begun = request(USER, {"role": "assistant", "content": "{"}, response_format=form(PERSON))
    assert messages_of(begun, OWN)[-1]["role"] == "user"


def test_embeddings_are_none_of_its_business():
    inner = Says([Chunk(finish="stop")])
    given = msgspec.structs.replace(request(), kind="embedding", messages=Raw(b'["a"]'))
    read(BySchema(inner, OWN), given)
    assert inner.asked == [given]


def test_it_lets_go_of_what_it_wraps():
    inner = Says([Chunk(reasoning="hm")], *text('{"reply":"ok"}'))

    async def scene():
        upstream = BySchema(inner, TOOLS)
        async with aclosing(upstream.answer(WITH)) as chunks:
            async for _ in chunks:
                break
        assert inner.ended == 1
        await upstream.close()

    asyncio.run(scene())
    assert inner.is_closed


@pytest.mark.parametrize(
    "asked",
    [{"tools": [ADD], "tool_choice": "required"}, {"response_format": {"type": "json_object"}}],
)
def test_words_that_were_told_anew_are_not_gone_on_from(asked):
    """What was known of the client's conversation is not true of ours."""
    inner = Says(*text("{}"))
    quirks = Quirks(tools="schema", schemas="simple", prefill="continue")
    begun = request(
        {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, **asked
    )
    upstream = BySchema(Fitted(inner, quirks), quirks)
    read(upstream, structs.replace(begun, goes_on=True, has_thoughts=False))
    (sent,) = inner.asked
    assert "continue_final_message" not in sent.parameters
