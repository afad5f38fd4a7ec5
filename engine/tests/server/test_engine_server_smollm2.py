"""Without a model of one's own: SmolLM2, lifted at the first start, which answers with sense."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_server_kit import Served, serving

from darkhorse.wire.schema import Schema

HORSE = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 12},
        "colour": {"enum": ["black", "white", "brown"]},
        "age": {"type": "integer", "minimum": 0, "maximum": 40},
    },
    "required": ["name", "colour", "age"],
    "additionalProperties": False,
}
TOOLS: Any = [
    {"type": "function", "function": {"name": "note_horse", "parameters": HORSE}},
]


@pytest.fixture(scope="module")
def lifted_server(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    assert smollm2.is_file()
    where = tmp_path_factory.mktemp("lift")
    options = ("--lift-dir", str(where / "smollm2"), "--memory-mib", "256", "--threads", "1")
    with serving(None, *options, exact=False) as server:
        yield server
    shutil.rmtree(where)  # 790 MB, which pytest would keep


def test_it_knows_a_capital(lifted_server: Served):
    with lifted_server.client as client:
        assert client.models.list().data[0].id == "smollm2-135m-dsa"
        answer = client.chat.completions.create(
            model="",
            messages=[{"role": "user", "content": "What is the capital of France?"}],
            temperature=0,
        )
    assert "Paris" in (answer.choices[0].message.content or "")
    assert answer.choices[0].finish_reason == "stop"


def test_a_forced_call_in_its_own_form_holds_its_schema(lifted_server: Served):
    with lifted_server.client as client:
        answer = client.chat.completions.create(
            model="",
            messages=[{"role": "user", "content": "Tom is a brown horse and five years old."}],
            tools=TOOLS,
            tool_choice="required",
            parallel_tool_calls=False,
            temperature=0,
        )
    (call,) = answer.choices[0].message.tool_calls or ()
    assert Schema(HORSE).problem(call.function.arguments) is None
    assert answer.choices[0].finish_reason == "tool_calls"


def test_a_schema_holds_even_when_it_is_hot(lifted_server: Served):
    form: Any = {"type": "json_schema", "json_schema": {"name": "horse", "schema": HORSE}}
    with lifted_server.client as client:
        answer = client.chat.completions.create(
            model="",
            messages=[{"role": "user", "content": "Invent a horse."}],
            response_format=form,
            temperature=1.5,
            seed=1,
        )
    assert Schema(HORSE).problem(answer.choices[0].message.content or "") is None


def test_a_result_of_a_tool_is_read(lifted_server: Served):
    call = {"name": "note_horse", "arguments": '{"name": "Tom", "colour": "brown", "age": 5}'}
    talk: Any = [
        {"role": "user", "content": "What colour is the horse Tom?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": call}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "Tom is brown."},
    ]
    with lifted_server.client as client:
        answer = client.chat.completions.create(
            model="", messages=talk, tools=TOOLS, temperature=0, max_tokens=30
        )
    assert "brown" in (answer.choices[0].message.content or "")
