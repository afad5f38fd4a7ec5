"""Thoughts, calls and schemas: told apart, and held."""

import json
from typing import Any

import pytest
from engine_server_asking import ASK, NO_THOUGHTS, PLACE, TOOLS, both, said_by_heart
from engine_server_kit import Served

from darkhorse.wire.schema import Schema

SCRIPT = (
    "Let me <tool_call> think</think>Wait: äöü 漢字 🦄"
    "<tool_call>weather<arg_key>city</arg_key><arg_value>Köln</arg_value>"
    "<arg_key>days</arg_key><arg_value>3</arg_value></tool_call><tool_call>now</tool_call>"
)


def test_thoughts_text_and_calls_are_told_apart(served: Served):
    whole, streamed = both(served, tools=TOOLS, extra_body=said_by_heart(SCRIPT))
    message = whole.choices[0].message
    assert message.reasoning_content == streamed.thoughts == "Let me <tool_call> think"
    assert message.content == streamed.content == "Wait: äöü 漢字 🦄"
    calls = [
        (call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls
    ]
    assert calls == [("weather", {"city": "Köln", "days": 3}), ("now", {})]
    assert [(name, json.loads(raw)) for _, name, raw in streamed.calls.values()] == calls
    assert len({call.id for call in message.tool_calls}) == 2
    assert whole.choices[0].finish_reason == streamed.finish == "tool_calls"
    details = whole.usage.completion_tokens_details
    assert 0 < details.reasoning_tokens < whole.usage.completion_tokens


def test_without_tools_nothing_is_a_call(served: Served):
    whole, streamed = both(served, extra_body=said_by_heart("</think>a<tool_call>now</tool_call>"))
    assert whole.choices[0].message.content == streamed.content == "a<tool_call>now</tool_call>"
    assert whole.choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    "choice", ["required", {"type": "function", "function": {"name": "weather"}}]
)
def test_a_forced_call_holds_its_schema(served: Served, choice: Any):
    schema = Schema(PLACE)
    for seed in range(3):
        whole, streamed = both(
            served, tools=TOOLS[:1], tool_choice=choice, seed=seed, extra_body=NO_THOUGHTS
        )
        calls = whole.choices[0].message.tool_calls
        assert whole.choices[0].finish_reason == streamed.finish == "tool_calls"
        assert {call.function.name for call in calls} == {"weather"}
        assert [schema.problem(call.function.arguments) for call in calls] == [None] * len(calls)
        raw = [call.function.arguments for call in calls]
        assert raw == [arguments for _, _, arguments in streamed.calls.values()]


def test_one_call_at_a_time_where_it_is_asked_for(served: Served):
    def calls(seed: int, **more: Any) -> int:
        with served.client as client:
            answer = client.chat.completions.create(
                **ASK,
                tools=TOOLS[:1],
                tool_choice="required",
                seed=seed,
                extra_body=NO_THOUGHTS,
                **more,
            )
        return len(answer.choices[0].message.tool_calls or ())

    seed = next(seed for seed in range(50) if calls(seed) > 1)
    assert calls(seed, parallel_tool_calls=False) == 1


def test_tools_that_may_not_be_called_are_not(served: Served):
    whole, _ = both(
        served,
        tools=TOOLS,
        tool_choice="none",
        extra_body=said_by_heart("</think><tool_call>now</tool_call>"),
    )
    assert whole.choices[0].message.tool_calls is None


def test_json_by_schema(served: Served):
    schema = Schema(PLACE)
    form = {"type": "json_schema", "json_schema": {"name": "place", "schema": PLACE}}
    for seed in range(3):
        whole, streamed = both(served, response_format=form, seed=seed, extra_body=NO_THOUGHTS)
        assert schema.problem(whole.choices[0].message.content) is None
        assert streamed.content == whole.choices[0].message.content
        assert streamed.finish == "stop"


def test_json_follows_thoughts(served: Served):
    """The grammar begins behind them; with a bias towards their end, they do end."""
    with served.http as http:
        page = http.post("/tokenize", json={"content": "</think>"}).json()
    form = {"type": "json_schema", "json_schema": {"name": "place", "schema": PLACE}}
    bias = {str(page["tokens"][0]): 8}
    whole, _ = both(served, response_format=form, seed=1, logit_bias=bias, max_tokens=900)
    assert Schema(PLACE).problem(whole.choices[0].message.content) is None
    assert whole.usage.completion_tokens_details.reasoning_tokens > 0
