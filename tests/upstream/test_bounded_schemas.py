"""Schemas that would hold up the engine or break ours: what is made of them has an end."""

import asyncio
import json
import random

import jsonschema_rs
import pytest
from engine_kit import Says, read, request, text
from gbnf_kit import Grammar
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.catalog.quirks import Quirks
from darkhorse.upstream.emulation.by_schema import BySchema
from darkhorse.upstream.emulation.gbnf import TooLarge, grammar_of
from darkhorse.upstream.emulation.schema import schema_of
from darkhorse.upstream.emulation.shape import Either
from darkhorse.upstream.emulation.shapes import NARROW, WIDE, shape_of
from darkhorse.upstream.emulation.ways import ways
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.faults import UpstreamFault

OWN = Quirks(tools="schema", schemas="gbnf")


def written(schema, count=60):
    grammar, chance = Grammar(grammar_of(shape_of(schema, NARROW))), random.Random(4)
    return [grammar.write(chance) for _ in range(count)]


def strict(schema):
    form = {"name": "a", "strict": True, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": form}}


def parameters(**asked):
    inner = Says(*text('{"reply":"ok"}'))
    read(BySchema(inner, OWN), request(**asked))
    return {name: json.loads(bytes(raw)) for name, raw in inner.asked[0].parameters.items()}


@pytest.mark.parametrize(
    "bounds",
    [
        {"multipleOf": 0.01},
        {"multipleOf": 0.01, "minimum": 0},
        {"multipleOf": 0.01, "minimum": 0.99, "maximum": 19.95},
        {"multipleOf": 0.1, "exclusiveMinimum": 0.1, "maximum": 0.35},
        {"multipleOf": 1e-7, "minimum": 0},
        {"multipleOf": 0.5, "minimum": 0, "maximum": 20},
        {"multipleOf": 0.25, "exclusiveMinimum": -3},
        {"multipleOf": 0.05, "maximum": -5},
        {"multipleOf": 0.3},
        {"multipleOf": 2.0, "minimum": 3},
        {"type": "integer", "multipleOf": 1.5, "minimum": 10},
        {"type": "integer", "multipleOf": 0.1, "minimum": 10, "maximum": 12},
    ],
)
def test_steps_are_kept_to_exactly(bounds):
    schema = {"type": "number", **bounds}
    holds = jsonschema_rs.validator_for(schema)
    for value in written(schema):
        assert holds.is_valid(json.loads(value)), value
    simple = jsonschema_rs.validator_for(schema_of(shape_of(schema, WIDE)))
    assert all(simple.is_valid(json.loads(value)) for value in written(schema))


def test_prices_are_more_than_the_first_few():
    assert len(set(written({"type": "number", "multipleOf": 0.01, "minimum": 0}, 400))) > 200


@given(st.integers(1, 400), st.sampled_from([1, 2, 10, 100, 1000]), st.integers(-50, 50))
def test_any_step_of_a_few_decimals(numerator, denominator, low):
    step = numerator / denominator
    schema = {"type": "number", "multipleOf": step, "minimum": low}
    for value in written(schema, 5):
        assert jsonschema_rs.is_valid(schema, json.loads(value)), value


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "enum": [10**400]},
        {"const": 2**70},
        {"type": "integer", "multipleOf": 10**400, "minimum": 0.5},
        {"type": "integer", "minimum": -(10**400), "maximum": 10**400},
        {"type": "number", "multipleOf": 1e-300},
        {"enum": ["a" * at for at in range(400)]},
        {"enum": [10**400, 1, "\ud800"]},
    ],
)
def test_no_schema_is_an_exception(schema):
    shape = shape_of(schema, NARROW)
    assert shape is None or grammar_of(shape)


def test_words_that_begin_with_each_other_are_all_there():
    words = ["a" * at for at in range(60)] + ['a"b', "a\\", "é"]
    grammar = Grammar(grammar_of(shape_of({"enum": words}, NARROW)))
    chance = random.Random(1)
    seen = {json.loads(grammar.write(chance)) for _ in range(20_000)}
    assert seen <= set(words)
    assert {"a" * 5, 'a"b', "a\\", "é"} <= seen


def texts(count):
    return [{"type": "string", "maxLength": at + 1} for at in range(count)]


def tree(depth, width):
    if not depth:
        return {"type": "integer"}
    inner = {"a": tree(depth - 1, width)}
    options = [
        {"type": "object", "properties": inner | {f"b{at}": {}}, "required": ["a", f"b{at}"]}
        for at in range(width)
    ]
    return {"anyOf": options}


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": texts(500)},
        {"type": "array", "items": {"anyOf": texts(500)}},
        {"anyOf": [{"type": "array", "items": {"anyOf": texts(20)}}, *texts(40)]},
        tree(3, 8),
        tree(9, 2),
        {"type": "object", "properties": {f"p{'a' * at}": {} for at in range(300)}},
        {"anyOf": [{"type": "integer", "minimum": at} for at in range(300)]},
    ],
)
def test_there_are_only_so_many_ways_to_read_an_answer(schema):
    shape = shape_of(schema, NARROW)
    assert ways(shape) <= 65
    holds = jsonschema_rs.validator_for(schema)
    assert all(holds.is_valid(json.loads(value)) for value in written(schema, 10))


def test_options_that_their_first_field_tells_apart_are_all_kept():
    options = [
        {
            "type": "object",
            "properties": {"kind": {"const": f"k{at}"}, "it": {"anyOf": texts(9)}},
            "required": ["kind", "it"],
        }
        for at in range(50)
    ]
    shape = shape_of({"anyOf": options}, NARROW)
    assert isinstance(shape, Either)
    assert len(shape.options) == 50


def test_needed_fields_are_all_kept_however_many():
    names = [f"p{at}" for at in range(300)]
    schema = {"type": "object", "properties": {name: {} for name in names}, "required": names}
    assert [field.name for field in shape_of(schema, NARROW).fields] == names


LARGE = {"enum": [f"{at}-{'x' * 70}-{at}" for at in range(4900)]}


def test_a_grammar_that_would_be_too_large_says_less():
    with pytest.raises(TooLarge):
        grammar_of(shape_of(LARGE, NARROW))
    assert len(parameters(**strict(LARGE))["grammar"]) < 4000
    arguments = {"type": "object", "properties": {"a": LARGE}, "required": ["a"]}
    tool = {"type": "function", "function": {"name": "f", "parameters": arguments}}
    grammar = Grammar(parameters(tools=[tool], tool_choice="required")["grammar"])
    call = json.loads(grammar.write(random.Random(2)))
    assert call["tool"] == "f"
    assert isinstance(call["arguments"], dict)


def test_many_tools_share_the_room_there_is():
    own = {"$ref": "#/$defs/x", "$defs": {"x": {"type": "object", "properties": {}}}}
    own["$defs"]["x"]["properties"] = {k: {"$ref": "#/$defs/x"} for k in "abcdefgh"}
    tools = [
        {"type": "function", "function": {"name": f"f{at}", "parameters": own}} for at in range(99)
    ]
    grammar = parameters(tools=tools, tool_choice="required")["grammar"]
    assert len(grammar) < 256 * 1024
    assert all(f'\\"f{at}\\"' in grammar for at in range(99))


def test_no_more_than_a_hundred_patterns_are_translated():
    properties = {f"p{at}": {"type": "string", "pattern": f"^[a-c]{at}$"} for at in range(150)}
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    fields = shape_of(schema, NARROW).fields
    assert [bool(field.shape.pattern) for field in fields] == [True] * 100 + [False] * 50


def test_too_many_tools_are_a_fault_of_the_request():
    names = [f"{at}-{'x' * 60}" for at in range(5000)]
    tools = [{"type": "function", "function": {"name": name}} for name in names]
    with pytest.raises(UpstreamFault) as caught:
        parameters(tools=tools, tool_choice="required")
    assert (caught.value.kind, caught.value.status) == ("status", 400)


POINT = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


@pytest.mark.parametrize("form", [strict(POINT), {"response_format": {"type": "json_object"}}])
def test_a_stop_does_not_cut_json_short(form):
    assert "stop" not in parameters(**form, stop=["}", ","])
    assert parameters(stop=["}"])["stop"] == ["}"]
    tool = {"type": "function", "function": {"name": "f"}}
    said = '{"reply":{"a":1}}'
    asked = request(tools=[tool], **form, stop=[":"])
    batches = read(BySchema(Says(*text(said)), OWN), asked)
    assert batches[-1][-1] == Chunk(text='{"a":1}', finish="stop", native_finish="eos")


class Endless:
    """Goes on for ever; counts what was read of it."""

    def __init__(self):
        self.sent = 0

    async def answer(self, _):
        yield [Chunk(text='{"reply":"')]
        while True:
            self.sent += 1
            yield [Chunk(text="word ")]
            await asyncio.sleep(0)

    async def close(self):
        pass


@pytest.mark.parametrize("limit", [1, 100])
def test_a_wrapped_answer_that_does_not_end_is_cut_at_its_limit(limit):
    inner = Endless()
    tool = {"type": "function", "function": {"name": "f"}}
    batches = read(BySchema(inner, OWN), request(tools=[tool], max_tokens=limit))
    assert batches[-1][-1].finish == "length"
    assert "".join(chunk.text for batch in batches for chunk in batch).startswith("word word ")
    assert inner.sent < 2000
