"""What a client of Messages may send, and what becomes of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.messages.request import parse, parse_count
from wire.dialect_kit import JSON, mutated

PNG = "iVBORw0KGgo="
PDF = "JVBERi0xLjQK"


def body(**fields):
    usual = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    return json.dumps(usual | fields).encode()


def messages(*given, **fields):
    return json.loads(bytes(parse(body(messages=list(given), **fields)).messages))


def user(*blocks):
    return messages({"role": "user", "content": list(blocks)})


def assistant(*blocks):
    return messages({"role": "assistant", "content": list(blocks)})


def source(kind, **fields):
    return {"type": kind, **fields}


def parameter(name, **fields):
    found = parse(body(**fields)).parameters.get(name)
    return found and json.loads(bytes(found))


def refusal(data, read=parse):
    with pytest.raises(InvalidRequest) as caught:
        read(data)
    return caught.value.message


def test_a_turn_of_an_agent():
    """As Claude's own clients send one."""
    found = messages(
        {"role": "user", "content": [{"type": "text", "text": "go"}]},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
                {"type": "redacted_thinking", "data": "x"},
                {"type": "text", "text": "I "},
                {"type": "text", "text": "look."},
                {"type": "tool_use", "id": "call_1", "name": "read", "input": {"a": 1.0}},
                {"type": "tool_use", "id": "call_2", "name": "stop"},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "before"},
                {"type": "tool_result", "tool_use_id": "call_1", "content": "one"},
                {"type": "tool_result", "tool_use_id": "call_2", "is_error": True},
                {"type": "text", "text": "after", "cache_control": {"type": "ephemeral"}},
            ],
        },
        system=[{"type": "text", "text": "Be.", "cache_control": {"type": "ephemeral"}}],
    )
    called = [("call_1", "read", '{"a": 1.0}'), ("call_2", "stop", "{}")]
    assert found == [
        {"role": "system", "content": [{"type": "text", "text": "Be."}]},
        {"role": "user", "content": [{"type": "text", "text": "go"}]},
        {
            "role": "assistant",
            "content": "I look.",
            "reasoning": "hm",
            "tool_calls": [
                {"id": i, "type": "function", "function": {"name": n, "arguments": a}}
                for i, n, a in called
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "one"},
        {"role": "tool", "tool_call_id": "call_2", "content": "The tool failed."},
        {
            "role": "user",
            "content": [{"type": "text", "text": "before"}, {"type": "text", "text": "after"}],
        },
    ]


@pytest.mark.parametrize(
    ("block", "part"),
    [
        (
            {"type": "image", "source": source("base64", media_type="image/png", data=PNG)},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        ),
        (
            {"type": "image", "source": source("url", url="https://example.org/a.png")},
            {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
        ),
        (
            {
                "type": "document",
                "title": "a.pdf",
                "source": source("base64", media_type="application/pdf", data=PDF),
            },
            {
                "type": "file",
                "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PDF}"},
            },
        ),
        (
            {"type": "document", "source": source("file", file_id="file_1")},
            {"type": "file", "file": {"filename": "document.pdf", "file_id": "file_1"}},
        ),
        (
            {
                "type": "document",
                "title": "T",
                "source": source("text", media_type="text/plain", data="D"),
            },
            {"type": "text", "text": "T\n\nD"},
        ),
        (
            {
                "type": "document",
                "source": source("content", content=[{"type": "text", "text": "D"}]),
            },
            {"type": "text", "text": "D"},
        ),
        (
            {
                "type": "search_result",
                "title": "T",
                "source": "S",
                "content": [{"type": "text", "text": "D"}],
            },
            {"type": "text", "text": "T\n\nS\n\nD"},
        ),
    ],
)
def test_what_a_user_can_say_has_a_counterpart(block, part):
    assert user(block) == [{"role": "user", "content": [part]}]
    result = {"type": "tool_result", "tool_use_id": "call_1", "content": [block]}
    assert user(result) == [{"role": "tool", "tool_call_id": "call_1", "content": [part]}]


def test_what_another_server_did_is_left_out_of_an_assistants_turn():
    done = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    said = {"type": "text", "text": "So."}
    assert assistant(done, found, said) == [{"role": "assistant", "content": "So."}]
    summary = {"type": "compaction", "content": "It began."}
    assert assistant(summary) == [{"role": "assistant", "content": "It began."}]
    unsaid = {"role": "assistant", "content": [done, found]}
    assert messages(unsaid, {"role": "user", "content": "hi"}) == [
        {"role": "user", "content": "hi"}
    ]
    assert "says something" in refusal(body(messages=[unsaid]))


def test_sizes_and_media_are_noted():
    image = {"type": "image", "source": source("base64", media_type="image/png", data=PNG)}
    call = {"type": "tool_use", "id": "i", "name": "ab", "input": {}}
    request = parse(
        body(
            system="sys",
            messages=[
                {"role": "user", "content": [{"type": "text", "text": "é"}, image]},
                {"role": "assistant", "content": [{"type": "thinking", "thinking": "1234"}, call]},
            ],
            tools=[{"name": "ab", "input_schema": {"type": "object"}}],
        )
    )
    size = len(bytes(request.parameters["tools"])) - len("[]")
    assert request.text_bytes == (3, 2, 4, 4, size)
    assert request.message_count == 3
    assert [(part.place, part.format) for part in request.media] == [
        ("messages[0].content[1]", "png")
    ]


@pytest.mark.parametrize(
    ("fields", "expected", "shown"),
    [
        ({}, None, False),
        ({"thinking": {"type": "disabled"}}, {"enabled": False}, False),
        ({"thinking": {"type": "enabled", "budget_tokens": 2048}}, {"max_tokens": 2048}, True),
        ({"thinking": {"type": "adaptive"}}, {"enabled": True}, True),
        ({"thinking": {"type": "adaptive", "display": "omitted"}}, {"enabled": True}, False),
        (
            {"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}},
            {"effort": "low"},
            True,
        ),
        ({"output_config": {"effort": "max"}}, {"effort": "max"}, False),
    ],
)
def test_thinking_is_reasoning_shown_to_who_asked_for_it(fields, expected, shown):
    assert parameter("reasoning", **fields) == expected
    assert parse(body(**fields)).shows_reasoning is shown


TOOL = {"name": "f", "description": "d", "input_schema": {"type": "object"}, "strict": True}
FUNCTION = {
    "type": "function",
    "function": {
        "name": "f",
        "description": "d",
        "parameters": {"type": "object"},
        "strict": True,
    },
}


def test_tools_that_run_at_the_client_go_on():
    served = {"type": "web_search_20250305", "name": "web_search"}
    found = parameter("tools", tools=[TOOL, served, {"type": "custom", "name": "g"}])
    assert found == [FUNCTION, {"type": "function", "function": {"name": "g"}}]
    assert parameter("tools", tools=[served]) is None


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"type": "auto"}, "auto"),
        ({"type": "any"}, "required"),
        ({"type": "none"}, "none"),
        ({"type": "tool", "name": "f"}, {"type": "function", "function": {"name": "f"}}),
    ],
)
def test_a_choice_of_tool_in_the_words_of_chat(choice, expected):
    assert parameter("tool_choice", tools=[TOOL], tool_choice=choice) == expected
    assert parameter("parallel_tool_calls", tools=[TOOL], tool_choice=choice) is None
    one = choice | {"disable_parallel_tool_use": True}
    assert parameter("parallel_tool_calls", tools=[TOOL], tool_choice=one) is False


def test_a_schema_for_the_answer_is_a_strict_one():
    wanted = {"type": "json_schema", "schema": {"type": "object"}}
    expected = {"name": "answer", "strict": True, "schema": {"type": "object"}}
    for fields in ({"output_config": {"format": wanted}}, {"output_format": wanted}):
        found = parameter("response_format", **fields)
        assert found == {"type": "json_schema", "json_schema": expected}


def test_routing_words_and_whom_it_is_for():
    request = parse(
        body(
            fallbacks=[{"model": "n"}],
            models=["o"],
            metadata={"user_id": "u"},
            session_id="s",
            stop_sequences=["x"] * 6,
            provider={"data_collection": "deny"},
            stream=True,
        )
    )
    assert (request.model, request.models) == ("m", ("o", "n"))
    assert (request.user, request.session, request.stream) == ("u", "s", True)
    assert request.provider.denies_logging
    assert json.loads(bytes(request.parameters["stop"])) == ["x"] * 6


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"max_tokens": None}, "`max_tokens`"),
        ({"max_tokens": 0}, "$.max_tokens"),
        ({"messages": []}, "at least one"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "$.messages[0].role"),
        ({"messages": [{"role": "user", "content": [{"type": "dance"}]}]}, "`dance`"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages[0].content[0]"),
        ({"messages": [{"role": "assistant", "content": [{"type": "image"}]}]}, "`image`"),
        ({"system": [{"type": "image"}]}, "system[0]"),
        ({"tools": [{"input_schema": {}}]}, "tools[0]"),
        ({"tools": [3]}, "$.tools[0]"),
        ({"tools": [TOOL | {"input_schema": "x"}]}, "$.tools[0].input_schema"),
        ({"tools": [TOOL | {"input_schema": [{}]}]}, "$.tools[0].input_schema"),
        ({"fallbacks": [{"model": "n"}] * 17}, "$.fallbacks"),
        ({"fallbacks": [{"model": "n"}] * 9, "models": ["o"] * 8}, "16 at the most"),
        ({"tool_choice": {"type": "any"}}, "offers none"),
        ({"tools": [TOOL], "tool_choice": {"type": "tool"}}, "`name`"),
        ({"temperature": 2.5}, "$.temperature"),
        ({"model": None}, "`model`"),
    ],
)
def test_a_refusal_names_what_is_wrong(fields, words):
    found = refusal(body(**fields))
    assert words in found
    assert found.endswith(".")


def test_a_number_that_nobody_can_read_is_found_inside_a_schema():
    data = body(tools=[TOOL | {"input_schema": {"maximum": "@"}}]).replace(b'"@"', b"1e999")
    assert "$.tools[0].input_schema" in refusal(data)


@pytest.mark.parametrize("content", [None, "", []])
def test_a_failure_that_says_nothing_is_told_in_our_words(content):
    block = {"type": "tool_result", "tool_use_id": "c", "content": content, "is_error": True}
    told = {"role": "tool", "tool_call_id": "c", "content": "The tool failed."}
    assert user(block) == [told]


def test_a_broken_image_is_named_by_its_place_in_the_body():
    lie = {"type": "image", "source": source("base64", media_type="image/png", data=PDF)}
    nested = {"type": "tool_result", "tool_use_id": "i", "content": [lie]}
    found = refusal(body(messages=[{"role": "user", "content": [nested]}]))
    assert found.startswith("messages[0].content[0].content[0]")


def test_a_count_needs_no_limit():
    data = body(max_tokens=None)
    assert parse_count(data).text_bytes == (2,)


FULL = {
    "model": "m",
    "max_tokens": 9,
    "system": [{"type": "text", "text": "s"}],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "t"},
                {"type": "image", "source": source("base64", media_type="image/png", data=PNG)},
                {"type": "document", "source": source("text", data="D"), "title": "T"},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "h", "signature": ""},
                {"type": "tool_use", "id": "i", "name": "f", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "i", "content": []}],
        },
    ],
    "tools": [TOOL],
    "tool_choice": {"type": "tool", "name": "f"},
    "thinking": {"type": "enabled", "budget_tokens": 5},
    "output_config": {"format": {"type": "json_schema", "schema": {}}, "effort": "low"},
    "metadata": {"user_id": "u"},
    "stop_sequences": ["x"],
}


@given(st.binary(max_size=200) | JSON.map(lambda v: json.dumps(v).encode()) | mutated(FULL))
def test_any_body_is_a_request_or_a_clear_refusal(data):
    for read in (parse, parse_count):
        try:
            assert json.loads(bytes(read(data).messages)) is not None
        except InvalidRequest as e:
            assert e.message.endswith(".")  # noqa: PT017 (either outcome is right)
