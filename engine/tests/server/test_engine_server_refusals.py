"""What cannot be done is said, in words that help."""

from typing import Any

import openai
import pytest
from engine_server_asking import ASK, TOOLS
from engine_server_kit import Served


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"n": 2}, "n"),
        ({"temperature": 3}, "temperature"),
        ({"top_logprobs": 21}, "top_logprobs"),
        ({"messages": []}, "at least one message"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "wizard"),
        ({"tool_choice": "required"}, "no `tools`"),
        ({"tools": TOOLS, "tool_choice": {"type": "function", "function": {"name": "x"}}}, "'x'"),
        ({"response_format": {"type": "xml"}}, "'xml'"),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "a"}}}, "missing"),
        (
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "a", "schema": {"type": 7}},
                }
            },
            "not a valid JSON Schema",
        ),
        ({"response_format": {"type": "json_object"}, "tools": TOOLS}, "two forms"),
        ({"response_format": {"type": "regex", "pattern": "("}}, "grammar"),
        ({"logit_bias": {"x": 1}}, "logit_bias"),
        ({"stop": ["x" * 501]}, "stop"),
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {
                                "type": "image_url",
                                "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="},
                            }
                        ],
                    }
                ]
            },
            "reads text",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(served: Served, asked: Any, why: str):
    with served.client as client, pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(**{**ASK, "extra_body": asked})
    assert refused.value.body["type"] == "invalid_request_error"
    assert why in refused.value.body["message"]


def test_a_prompt_that_is_too_long_is_refused_with_numbers(served: Served):
    messages = [{"role": "user", "content": "x" * 5000}]
    with served.client as client, pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model="tiny", messages=messages)
    assert refused.value.code == "context_length_exceeded"
    assert "5005 tokens" in refused.value.body["message"]
    assert "4096" in refused.value.body["message"]
