"""Where an engine of chat completions writes its thoughts: under either of two names."""

import json

import pytest

from darkhorse.wire.chat.engine import parse_event, parse_whole


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
def test_thoughts_are_read_under_either_name(name):
    said = {"role": "assistant", "content": "Hello", name: "Hm."}
    event = {"choices": [{"index": 0, "delta": said}]}
    whole = {"choices": [{"index": 0, "message": said, "finish_reason": "stop"}]}
    for read, answer in ((parse_event, event), (parse_whole, whole)):
        chunk = read(json.dumps(answer).encode())
        assert (chunk.reasoning, chunk.text) == ("Hm.", "Hello")
