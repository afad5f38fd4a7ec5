"""What stands around an answer in each dialect: golden values, none of which an engine chose."""

import json

import pytest

from darkhorse.cloak.mint import mint
from darkhorse.wire.chunks import ToolDelta, Usage
from darkhorse.wire.dialect import Head
from darkhorse.wire.dialects import CLIENTS

ASKED = {
    "chat": {"messages": [{"role": "user", "content": "hi"}]},
    "completions": {"prompt": "hi", "include_reasoning": True},
    "messages": {
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 2000,
        "thinking": {"type": "enabled", "budget_tokens": 1024},
    },
    "responses": {"input": "hi"},
}
SAID = (
    mint(reasoning="Hm."),
    mint(text="Good"),
    mint(text=" day"),
    mint(tools=(ToolDelta(0, "call_1", "look", "{}"),)),
    mint(finish="tool_calls", usage=Usage(5, 4, 1, 250)),
)
USAGE = {
    "prompt_tokens": 5,
    "completion_tokens": 4,
    "total_tokens": 9,
    "cost": 0.00025,
    "is_byok": False,
    "prompt_tokens_details": {"cached_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 1},
}
FACTS = {"id": "gen-7-x", "created": 7, "model": "stealth/mule", "provider": "Stealth"}
DETAIL = {"type": "reasoning.text", "text": "Hm.", "format": "unknown", "index": 0}
WORD = {"finish_reason": "tool_calls", "native_finish_reason": "tool_calls", "logprobs": None}
NO_WORD = dict.fromkeys(WORD)
FUNCTION = {"name": "look", "arguments": "{}"}


def answer(dialect, **fields):
    body = json.dumps({"model": "m", **ASKED[dialect], **fields}).encode()
    request = CLIENTS[dialect].parse(body)
    head = Head(id="gen-7-x", created=7, model="stealth/mule", request=request, prompt_tokens=5)
    return CLIENTS[dialect].answer(head)


def whole(dialect, chunks=SAID, **fields):
    return json.loads(answer(dialect, **fields).whole(chunks))


def events(data):
    """The data of each event; whatever is no event must not be there."""
    lines = [line for line in data.decode().split("\n") if line]
    assert all(line.startswith(("data: ", "event: ")) for line in lines)
    return [line[6:] for line in lines if line.startswith("data: ")]


def streamed(dialect, chunks=SAID):
    writes = answer(dialect, stream=True)
    *told, end = events(b"".join([*map(writes.chunks, [[each] for each in chunks]), writes.done()]))
    return [json.loads(each) for each in told], end


def test_a_whole_chat_answer():
    assert whole("chat") == {
        **FACTS,
        "object": "chat.completion",
        "system_fingerprint": "",
        "usage": USAGE,
        "choices": [
            {
                "index": 0,
                **WORD,
                "message": {
                    "role": "assistant",
                    "content": "Good day",
                    "refusal": None,
                    "reasoning": "Hm.",
                    "reasoning_details": [DETAIL],
                    "tool_calls": [{"id": "call_1", "type": "function", "function": FUNCTION}],
                },
            }
        ],
    }


def test_a_streamed_chat_answer():
    told, end = streamed("chat")
    call = {"index": 0, "id": "call_1", "type": "function", "function": FUNCTION}
    deltas = [
        {"role": "assistant", "content": "", "reasoning": "Hm.", "reasoning_details": [DETAIL]},
        {"content": "Good"},
        {"content": " day"},
        {"content": "", "tool_calls": [call]},
        {"content": ""},
    ]
    words = [NO_WORD] * 4 + [WORD]
    event = {**FACTS, "object": "chat.completion.chunk"}
    assert told == [
        *(
            {**event, "choices": [{"index": 0, "delta": delta, **word}]}
            for delta, word in zip(deltas, words, strict=True)
        ),
        {**event, "choices": [], "usage": USAGE},
    ]
    assert end == "[DONE]"


def test_a_whole_completion():
    word = {"finish_reason": "stop", "native_finish_reason": "stop", "logprobs": None}
    assert whole("completions") == {
        **FACTS,
        "object": "text_completion",
        "system_fingerprint": "",
        "usage": USAGE,
        "choices": [{"index": 0, "text": "Good day", **word, "reasoning": "Hm."}],
    }


COUNTS = {
    "input_tokens": 5,
    "output_tokens": 4,
    "output_tokens_details": {"thinking_tokens": 1},
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
    "server_tool_use": None,
}
BESIDE = {"cache_creation": None, "inference_geo": None, "service_tier": "standard"}
STOPPED = {"stop_sequence": None, "stop_details": None, "container": None}


def test_a_whole_message():
    call = {"type": "tool_use", "id": "call_1", "name": "look", "input": {}}
    assert whole("messages") == {
        "id": "gen-7-x",
        "type": "message",
        "role": "assistant",
        "model": "stealth/mule",
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": ""},
            {"type": "text", "text": "Good day", "citations": None},
            {**call, "caller": {"type": "direct"}},
        ],
        "stop_reason": "tool_use",
        **STOPPED,
        "usage": {**COUNTS, **BESIDE},
    }


def test_a_streamed_message():
    writes = answer("messages", stream=True)
    told = [json.loads(each) for each in events(b"".join(writes.chunks([c]) for c in SAID))]
    start = told[0]["message"]
    assert start["usage"]["input_tokens"] == 5
    assert start["usage"]["service_tier"] == "standard"
    assert (start["id"], start["model"], start["content"]) == ("gen-7-x", "stealth/mule", [])
    blocks = [each["content_block"] for each in told if each["type"] == "content_block_start"]
    assert blocks == [
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "text", "text": "", "citations": None},
        {
            "type": "tool_use",
            "id": "call_1",
            "name": "look",
            "input": {},
            "caller": {"type": "direct"},
        },
    ]
    assert told[-1] == {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use", **STOPPED},
        "usage": COUNTS,
    }


def test_a_whole_response():
    said = whole("responses")
    assert [item["id"] for item in said["output"]] == ["rs_x_0", "msg_x_1", "fc_x_2"]
    assert said["output"][0]["content"] == [{"type": "reasoning_text", "text": "Hm."}]
    text = {"type": "output_text", "text": "Good day", "annotations": [], "logprobs": []}
    assert said["output"][1]["content"] == [text]
    assert said["output"][2]["call_id"] == "call_1"
    assert said["usage"] == {
        "input_tokens": 5,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": 4,
        "output_tokens_details": {"reasoning_tokens": 1},
        "total_tokens": 9,
        "cost": 0.00025,
        "is_byok": False,
    }
    facts = ("id", "created_at", "completed_at", "model", "service_tier", "top_logprobs", "store")
    assert [said[name] for name in facts] == ["gen-7-x", 7, None, "stealth/mule", "default", 0,
                                              False]  # fmt: skip


@pytest.mark.parametrize("dialect", ASKED)
def test_thoughts_that_were_not_wanted_are_nowhere(dialect):
    hidden = {"messages": {"thinking": {"type": "disabled"}}}
    fields = hidden.get(dialect, {"reasoning": {"exclude": True}})
    writes = answer(dialect, stream=True, **fields)
    stream = b"".join(map(writes.chunks, [[each] for each in SAID]))
    assert b"Hm." not in stream
    assert "Hm." not in json.dumps(whole(dialect, **fields))


@pytest.mark.parametrize(
    ("dialect", "sign"),
    [
        *(("chat", b": processing\n\n"), ("completions", b": processing\n\n")),
        *(("responses", b": processing\n\n"),),
        ("messages", b'event: ping\ndata: {"type":"ping"}\n\n'),
    ],
)
def test_a_sign_of_life_is_our_own(dialect, sign):
    assert answer(dialect, stream=True).keepalive() == sign
