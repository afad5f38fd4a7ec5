"""Responses, the client's request: items become one conversation, flat tools nested ones."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.conversation import decode_messages
from darkhorse.wire.responses.request import parse

TEXT = st.text(max_size=20)
NAME = st.text("abcdefgh_", min_size=1, max_size=8)
IMAGE = "data:image/png;base64,iVBORw0KGgo="
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def body(**fields):
    return json.dumps({"model": "m", "input": "hi"} | fields).encode()


def conversation(*items, **fields):
    return json.loads(bytes(parse(body(input=list(items), **fields)).messages))


def parameters(**fields):
    return {
        name: json.loads(bytes(value)) for name, value in parse(body(**fields)).parameters.items()
    }


def refusal(**fields):
    with pytest.raises(InvalidRequest) as caught:
        parse(body(**fields))
    assert caught.value.message.endswith(".")
    return caught.value.message


def call(number, name="f"):
    return {"type": "function_call", "call_id": f"c{number}", "name": name, "arguments": "{}"}


def result(number, output="ok"):
    return {"type": "function_call_output", "call_id": f"c{number}", "output": output}


def chat_call(number):
    return {"id": f"c{number}", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def test_a_text_is_a_users_message_behind_the_instructions():
    assert json.loads(bytes(parse(body(instructions="be kind")).messages)) == [
        {"role": "system", "content": "be kind"},
        {"role": "user", "content": "hi"},
    ]


def test_what_an_assistant_did_in_one_go_is_one_message():
    thought = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
    said = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "a"}],
    }
    found = conversation(thought, said, call(1), call(2), result(1), result(2), said)
    assert found == [
        {
            "role": "assistant",
            "content": "a",
            "reasoning": "hm",
            "tool_calls": [chat_call(1), chat_call(2)],
        },
        {"role": "tool", "content": "ok", "tool_call_id": "c1"},
        {"role": "tool", "content": "ok", "tool_call_id": "c2"},
        {"role": "assistant", "content": "a"},
    ]


def test_thoughts_between_parallel_calls_do_not_part_them():
    thought = {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "hm"}]}
    found = conversation(call(1), thought, call(2), result(1), result(2))
    assert [len(each.get("tool_calls", ())) for each in found] == [2, 0, 0]


def test_encrypted_thoughts_and_what_servers_did_are_left_out():
    sealed = {"type": "reasoning", "summary": [], "encrypted_content": "x", "content": None}
    search = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
    user = {"role": "user", "content": "hi"}
    assert conversation(sealed, search, user) == [user]


def test_parts_are_chats_and_results_may_have_them():
    parts = [
        {"type": "input_text", "text": "see"},
        {"type": "input_image", "image_url": IMAGE, "detail": "low"},
    ]
    found = conversation({"role": "user", "content": parts}, call(1), result(1, parts))
    chat = [
        {"type": "text", "text": "see"},
        {"type": "image_url", "image_url": {"url": IMAGE, "detail": "low"}},
    ]
    assert found[0]["content"] == found[2]["content"] == chat


def test_a_result_of_texts_is_a_text():
    texts = [{"type": "input_text", "text": "a"}, {"type": "output_text", "text": "b"}]
    assert conversation(call(1), result(1, texts))[1]["content"] == "ab"


def test_media_are_placed_where_the_client_put_them():
    parts = [{"type": "input_text", "text": "see"}, {"type": "input_image", "image_url": IMAGE}]
    given = [
        {"role": "system", "content": "s"},
        call(1),
        result(1),
        {"role": "user", "content": parts},
    ]
    request = parse(body(input=given, instructions="x"))
    assert [part.place for part in request.media] == ["input[3].content[1]"]


def test_files_keep_their_name_and_an_address_stands_for_their_data():
    part = {"type": "input_file", "filename": "a.pdf", "file_url": "https://example.org/a.pdf"}
    found = conversation({"role": "user", "content": [part]})
    assert found[0]["content"] == [
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "https://example.org/a.pdf"}}
    ]


def test_tools_are_functions_and_a_custom_one_takes_a_text():
    grammar = {"type": "grammar", "syntax": "lark", "definition": "start: X"}
    tools = [
        {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": True},
        {"type": "web_search"},
        {"type": "namespace", "name": "n", "description": "", "tools": []},
        {"type": "custom", "name": "patch", "description": "d", "format": grammar},
    ]
    first, second = parameters(tools=tools)["tools"]
    assert first["function"] == {"name": "f", "parameters": {"type": "object"}, "strict": True}
    assert second["function"]["name"] == "patch"
    assert second["function"]["parameters"]["required"] == ["input"]
    assert "start: X" in second["function"]["description"]


def test_a_custom_call_of_before_is_a_call_with_that_text():
    item = {"type": "custom_tool_call", "call_id": "c", "name": "patch", "input": 'a"b'}
    output = {"type": "custom_tool_call_output", "call_id": "c", "output": "done"}
    calling, done = conversation(item, output)
    assert json.loads(calling["tool_calls"][0]["function"]["arguments"]) == {"input": 'a"b'}
    assert done == {"role": "tool", "content": "done", "tool_call_id": "c"}


TOOLS = [{"type": "function", "name": "f"}, {"type": "function", "name": "g"}]


@pytest.mark.parametrize(
    ("choice", "chat"),
    [
        ("none", "none"),
        ("auto", "auto"),
        ("required", "required"),
        ({"type": "function", "name": "g"}, {"type": "function", "function": {"name": "g"}}),
    ],
)
def test_a_choice_is_chats(choice, chat):
    assert parameters(tools=TOOLS, tool_choice=choice)["tool_choice"] == chat


def test_allowed_tools_are_all_that_is_offered():
    allowed = {
        "type": "allowed_tools",
        "mode": "required",
        "tools": [{"type": "function", "name": "g"}],
    }
    found = parameters(tools=TOOLS, tool_choice=allowed)
    assert found["tool_choice"] == "required"
    assert [tool["function"]["name"] for tool in found["tools"]] == ["g"]


def test_a_choice_between_no_functions_is_none():
    assert (
        parameters(tools=[{"type": "web_search"}], tool_choice="auto", parallel_tool_calls=True)
        == {}
    )


def test_formats_and_reasoning_are_chats():
    form = {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": True}
    found = parameters(
        text={"format": form, "verbosity": "low"}, reasoning={"effort": "high", "summary": "auto"}
    )
    inner = {"name": "n", "schema": {"type": "object"}, "strict": True}
    assert found == {
        "response_format": {"type": "json_schema", "json_schema": inner},
        "reasoning": {"effort": "high"},
    }
    assert parameters(text={"format": {"type": "text"}}) == {}


def test_what_sdks_send_unasked_changes_nothing():
    usual = {
        "store": True,
        "include": ["reasoning.encrypted_content"],
        "service_tier": "auto",
        "truncation": "auto",
        "metadata": {"a": "b"},
        "client_metadata": {"x": 1},
        "prompt_cache_key": "k",
        "safety_identifier": "who",
        "previous_response_id": None,
        "background": False,
    }
    request = parse(body(**usual))
    assert (request.parameters, request.session, request.user) == ({}, "k", "who")


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"input": None}, "`input`"),
        ({"input": []}, "`input`"),
        ({"input": ""}, "`input`"),
        ({"input": [{"type": "web_search_call"}]}, "`input`"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[0]"),
        ({"input": [{"type": "compaction", "encrypted_content": "x"}]}, "input[0]"),
        ({"input": [{"type": "local_shell_call"}]}, "local_shell_call"),
        ({"input": [{}]}, "input[0]"),
        ({"input": [{"role": "tool", "content": "x"}]}, "tool"),
        ({"input": [{"type": "function_call", "name": "f", "arguments": "{}"}]}, "call_id"),
        ({"input": [{"type": "function_call_output", "output": "x"}]}, "call_id"),
        ({"input": [{"role": "user", "content": [{"type": "input_text"}]}]}, "input[0].content[0]"),
        ({"input": [{"role": "user", "content": [{"type": "input_image"}]}]}, "image_url"),
        ({"input": [{"role": "user", "content": [{"type": "input_audio"}]}]}, "input_audio"),
        ({"input": [{"role": "user", "content": [{"type": "hologram"}]}]}, "hologram"),
        ({"input": [{"role": "assistant", "content": [{"type": "input_image"}]}]}, "input_image"),
        ({"input": [{"role": "user", "content": 5}]}, "$.input"),
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"prompt": {"id": "p"}}, "prompt"),
        ({"background": True}, "background"),
        ({"tools": [{"type": "function"}]}, "tools[0]"),
        ({"tools": [{"type": "function", "name": 5}]}, "tools[0]"),
        ({"tools": TOOLS, "tool_choice": "any"}, "tool_choice"),
        ({"tools": TOOLS, "tool_choice": {"type": "function", "name": "h"}}, "tool_choice"),
        ({"tools": TOOLS, "tool_choice": {"type": "file_search"}}, "tool_choice"),
        ({"text": {"format": {"type": "json_schema", "name": "n"}}}, "text.format"),
        ({"text": {"format": {"type": "yaml"}}}, "text.format"),
        ({"reasoning": {"effort": "much"}}, "effort"),
        ({"max_output_tokens": 0}, "max_output_tokens"),
        ({"temperature": 3}, "temperature"),
    ],
)
def test_a_refusal_names_what_is_wrong(fields, word):
    assert word in refusal(**fields)


@given(st.dictionaries(st.sampled_from(["input", "tools", "tool_choice", "text", "model"]), JSON))
def test_any_fields_are_a_request_or_a_clear_refusal(fields):
    try:
        assert parse(json.dumps({"model": "m"} | fields).encode()).messages
    except InvalidRequest as e:
        assert e.message.endswith(".")  # noqa: PT017 (either outcome is right)


ITEM_TYPES = ["message", "reasoning", "function_call", "function_call_output", "custom_tool_call"]
ITEM = st.fixed_dictionaries(
    {"type": st.sampled_from(ITEM_TYPES)},
    optional={
        "role": st.sampled_from(["user", "assistant", "system"]),
        "content": TEXT | st.lists(st.fixed_dictionaries({"type": NAME}, optional={"text": TEXT})),
        "call_id": TEXT,
        "name": TEXT,
        "arguments": TEXT,
        "output": TEXT,
        "input": TEXT,
    },
)


@given(st.lists(ITEM, max_size=6))
def test_any_items_are_a_conversation_or_a_clear_refusal(items):
    try:
        found = parse(body(input=items))
    except InvalidRequest:
        return
    assert len(decode_messages(found.messages)) == found.message_count


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_clear_refusal(data):
    with pytest.raises(InvalidRequest):
        parse(data)
