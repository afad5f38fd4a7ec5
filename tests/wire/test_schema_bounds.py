"""Schemas at their bounds: what hides in a corner is counted too, and nothing is ever fetched."""

import json
import socket

import pytest

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.schema import Schema

HOLDS = (None, "it does not hold its schema")


def compiled(schema):
    return Schema.compile(json.dumps(schema).encode())


@pytest.mark.parametrize("word", ["$schema", "$ref"])
def test_nothing_is_fetched_for_a_schema(word):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/schema.json"
        server.settimeout(0)
        with pytest.raises(InvalidRequest, match=r"JSON Schema|must lead into the same"):
            compiled({word: url})
        with pytest.raises(BlockingIOError):
            server.accept()


def test_names_of_patterns_are_patterns():
    named = {f"^{at}": {} for at in range(100)}
    assert compiled({"patternProperties": named}).problem("{}") is None
    with pytest.raises(InvalidRequest, match="too many patterns; 100 are the most"):
        compiled({"patternProperties": {**named, "^x": {}}})


def test_definitions_further_down_are_looked_at_too():
    inner = {"$defs": {"a": {"$ref": "http://127.0.0.1:1/x"}}}
    with pytest.raises(InvalidRequest, match="must lead into the same schema"):
        compiled({"properties": {"a": inner}})


def nested(depth):
    schema = {}
    for _ in range(depth):
        schema = {"not": schema}
    return schema


def test_the_deepest_that_is_taken():
    compiled(nested(128))
    with pytest.raises(InvalidRequest, match="128 levels are the most"):
        compiled(nested(129))


AGAIN = {  # measured: each takes twice as long for a level more, or longer
    "in its place": lambda inner: {"allOf": [inner], "unevaluatedProperties": False},
    "in one of several": lambda inner: {"anyOf": [inner, {}], "unevaluatedProperties": True},
    "in a condition": lambda inner: {"if": inner, "unevaluatedProperties": True},
    "in a property": lambda inner: {
        "anyOf": [{"properties": {"a": inner}}],
        "unevaluatedProperties": False,
    },
    "in what is left": lambda inner: {"allOf": [{"unevaluatedProperties": inner}]},
    "in an item": lambda inner: {"anyOf": [{"contains": inner}], "unevaluatedItems": False},
}


def levels(step, count, inner):
    for _ in range(count):
        inner = step(inner)
    return inner


@pytest.mark.parametrize("name", AGAIN)
def test_what_is_looked_at_again_at_every_level_is_bounded(name):
    step = AGAIN[name]
    assert compiled(levels(step, 4, {"properties": {"a": {}}})).problem('"x"') in HOLDS
    for deep in (7, 18, 30):
        with pytest.raises(InvalidRequest, match="levels deep in it; 6 are the most"):
            compiled(levels(step, deep, {"properties": {"a": {}}}))


def test_levels_that_are_reached_by_references_count_too():
    defs = {
        f"d{at}": {"anyOf": [{"$ref": f"#/$defs/d{at + 1}"}], "unevaluatedProperties": False}
        for at in range(9)
    }
    chain = {"$ref": "#/$defs/d0", "$defs": {**defs, "d9": {}}}
    with pytest.raises(InvalidRequest, match="6 are the most"):
        compiled(chain)


def test_a_tree_of_closed_objects_is_still_taken():
    node = {
        "allOf": [{"properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/node"}}}}],
        "unevaluatedProperties": False,
    }
    tree = compiled({"$ref": "#/$defs/node", "$defs": {"node": node}})
    text = "{}"
    for _ in range(60):
        text = f'{{"kids": [{text}]}}'
    assert tree.problem(text) is None
    assert tree.problem(text.replace("{}", '{"x": 1}')) is not None


def test_each_level_makes_less_text_checkable():
    closed = AGAIN["in its place"]
    one, four = (compiled({"items": levels(closed, deep, {})}) for deep in (1, 4))
    text = "[" + ", ".join(["{}"] * 20_000) + "]"
    assert one.problem(text) is None
    assert four.problem(text) == "it is too large to be checked"


LOOK_AHEAD = r"(?=(a*)*$)[ab]"


def test_long_strings_are_not_asked_of_a_pattern_that_is_not_linear():
    schema = compiled({"properties": {"a": {"pattern": LOOK_AHEAD}}, "required": ["b"]})
    assert schema.problem(json.dumps({"a": "a" * 1000, "b": "x" * 100_000})) is None
    assert schema.problem(json.dumps({"a": "a" * 1001, "b": ""})) == "it does not hold its schema"
    assert schema.problem(json.dumps({"a": "é" * 1000, "b": ""})) == "it does not hold its schema"
    assert compiled({"pattern": "^a+$"}).problem(json.dumps("a" * 100_000)) is None


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {"pattern": LOOK_AHEAD}},
        {"oneOf": [{"pattern": LOOK_AHEAD}, {"type": "string"}]},
        {"if": {"pattern": LOOK_AHEAD}, "then": False},
        {"$ref": "#/$defs/a", "$defs": {"a": {"not": {"pattern": LOOK_AHEAD}}}},
    ],
)
def test_a_long_string_never_slips_through_a_denial(schema):
    assert compiled(schema).problem(json.dumps("a" * 1001)) == "it is too large to be checked"
    assert compiled(schema).problem(json.dumps("b" * 9)) in HOLDS


@pytest.mark.parametrize("pattern", [LOOK_AHEAD, "(?=a*)" * 20 + "b", r"(a+)\1b", "(?<!b)(a+)+c"])
def test_many_strings_for_many_such_patterns_are_too_much(pattern):
    schema = compiled({"items": {"anyOf": [{"pattern": f"{pattern}{at}"} for at in range(100)]}})
    assert schema.problem(json.dumps(["a" * 30] * 10)) in HOLDS
    for many in (["a" * 1000] * 9, ["a" * 200] * 99, ["a" * 30] * 999, ['"\\' * 500] * 9):
        assert schema.problem(json.dumps(many)) == "it is too large to be checked"


def test_a_pattern_costs_what_it_is_written_out():
    small, large = (compiled({"pattern": f"[ab]*a[ab]{{{n}}}c"}) for n in (5, 5000))
    text = json.dumps("ab" * 20_000)
    assert small.problem(text) == "it does not hold its schema"
    assert large.problem(text) == "it is too large to be checked"


def test_a_pattern_counts_wherever_a_reference_leads_to_it():
    named = {"$defs": {"a": {"pattern": "a{100}b"}}, "anyOf": [{"$ref": "#/$defs/a"}] * 900}
    assert compiled(named).problem(json.dumps("a" * 9000)) == "it is too large to be checked"


def test_guards_leave_values_alone():
    value = {"pattern": LOOK_AHEAD}
    schema = compiled({"anyOf": [{"const": value}, {"enum": [value]}], "pattern": LOOK_AHEAD})
    assert schema.problem(json.dumps(value)) is None
    named = compiled({"properties": {"const": {"pattern": LOOK_AHEAD}, "pattern": {"const": 1}}})
    assert named.problem('{"const": "b", "pattern": 1}') == "it does not hold its schema"


def test_emails_are_checked_by_zod_s_own_pattern():
    pattern = (
        r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+"
        r"[A-Za-z]{2,}$"
    )
    body = {"type": "string"}
    schema = compiled({"items": {"properties": {"email": {"pattern": pattern}, "body": body}}})
    people = [{"email": f"ann.lee+{at}@mail.example.org", "body": "x" * 2000} for at in range(500)]
    assert schema.problem(json.dumps(people)) is None
    assert schema.problem(json.dumps([*people, {"email": "a..b@example.org"}])) == HOLDS[1]


def test_patterns_are_bounded_by_what_they_are_written_out():
    assert compiled({"pattern": "^.{1,500}$"}).problem('"abc"') is None
    large = {f"k{at}": {"pattern": f"a.{{600}}{at}"} for at in range(30)}
    with pytest.raises(InvalidRequest, match="too large once they are written out"):
        compiled({"properties": large})
