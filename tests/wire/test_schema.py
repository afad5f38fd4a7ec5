"""Schemas from strangers: what holds, what is refused, and that nothing runs away."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.schema import ANYTHING, OBJECT, Schema

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[A-Z]"},
        "age": {"type": "integer", "minimum": 0},
        "friends": {"type": "array", "items": {"$ref": "#"}, "maxItems": 2},
        "mood": {"enum": ["good", "bad", None]},
    },
    "required": ["name", "age"],
    "additionalProperties": False,
}
# what zod makes of z.email(): look-ahead, which a purely linear engine does not know
EMAIL = (
    r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+"
    r"[A-Za-z]{2,}$"
)


def compiled(schema):
    return Schema.compile(json.dumps(schema).encode())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"name": "Ann", "age": 3}', None),
        ('\n {"name":"Ann","age":3,"friends":[{"name":"Bo","age":0}],"mood":null} ', None),
        ('{"name": "ann", "age": 3}', "hold"),
        ('{"name": "Ann"}', "hold"),
        ('{"name": "Ann", "age": 3.5}', "hold"),
        ('{"name": "Ann", "age": 3, "x": 1}', "hold"),
        ('{"name": "Ann", "age": 3, "friends": [{"name": "Bo"}]}', "hold"),
        ('{"name": "Ann", "age": 3, "mood": "fair"}', "hold"),
        ("[]", "hold"),
        ("", "not JSON"),
        ('```json\n{"name": "Ann", "age": 3}\n```', "not JSON"),
        ('{"name": "Ann", "age": 3} ok?', "not JSON"),
        ('{"name": "Ann", "age": NaN}', "not JSON"),
        ('{"name": "\ud800", "age": 3}', "not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_text_holds_or_does_not(text, problem):
    found = compiled(PERSON).problem(text)
    assert (found is None) if problem is None else (problem in found)


def test_patterns_with_look_ahead():
    schema = compiled({"pattern": EMAIL})
    assert schema.problem('"ann.lee+x@mail.example.org"') is None
    assert schema.problem('"a..b@example.org"') is not None


def test_any_object_and_any_json():
    assert OBJECT.problem("{}") is None
    assert OBJECT.problem("[]") is not None
    assert ANYTHING.problem("[1, null]") is None
    assert ANYTHING.problem("yes") is not None


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "integer"}}},
        {"$ref": "#/definitions/a~1b", "definitions": {"a/b": {"type": "integer"}}},
        {"$ref": "#/%24defs/a%20b", "$defs": {"a b": {"type": "integer"}}},
        {"$ref": "#/allOf/0", "allOf": [{"type": "integer"}]},
        {"$schema": "http://json-schema.org/draft-07/schema#", "type": "integer"},
        {"$id": "https://example.org/x", "$ref": "#/$defs/a", "$defs": {"a": {"type": "integer"}}},
    ],
)
def test_references_into_itself_hold(schema):
    assert compiled(schema).problem("1") is None
    assert compiled(schema).problem('"1"') is not None


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"type": "objekt"}, "it is not a valid JSON Schema (at `type`)."),
        ({"properties": {"a": {"pattern": "("}}}, "(at `properties.a.pattern`)."),
        ({"pattern": "(a{1000}){1000}"}, "its patterns are too large once they are written out."),
        ({"$ref": "https://example.org/x.json"}, "a reference must lead into the same schema"),
        ({"$ref": "file:///etc/passwd"}, "a reference must lead into the same schema"),
        ({"$ref": "other.json#/a"}, "a reference must lead into the same schema"),
        ({"$defs": {"a": {"$ref": "http://x/"}}}, "a reference must lead into the same schema"),
        ({"$ref": "/$defs/a", "$defs": {"a": {}}}, "a reference must lead into the same schema"),
        ({"$dynamicRef": "#node"}, "a reference must lead into the same schema"),
        ({"$ref": "#/$defs/none"}, "one of its references leads nowhere."),
        ({"$ref": "#/allOf/1", "allOf": [{}]}, "one of its references leads nowhere."),
        ({"$schema": "https://example.org/own"}, "it is not a valid JSON Schema."),
        ({"properties": {"a": {"$id": "http://x/"}}}, "an `$id` is taken at its top only."),
        ({"const": "x" * 300_000}, "262144 are the most."),
        ({"allOf": [{"pattern": "a"}] * 101}, "it has too many patterns; 100 are the most."),
        ([], "it must be an object."),
        (True, "it must be an object."),
    ],
)
def test_a_schema_that_is_refused_says_why(schema, problem):
    with pytest.raises(InvalidRequest) as refused:
        compiled(schema)
    assert problem in refused.value.message
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'{"const": "\\ud800"}', b'{"not":' * 20_000])
def test_what_is_no_json(raw):
    with pytest.raises(InvalidRequest, match="it is not JSON"):
        Schema.compile(raw)


def doubling(depth):
    """Definitions that each name the next one twice: 2**depth when followed."""
    defs = {
        f"d{at}": {"anyOf": [{"$ref": f"#/$defs/d{at + 1}"}, {"$ref": f"#/$defs/d{at + 1}"}]}
        for at in range(depth)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**defs, f"d{depth}": {"type": "string"}}}


def chained(length):
    defs = {f"d{at}": {"$ref": f"#/$defs/d{at + 1}"} for at in range(length)}
    return {"$ref": "#/$defs/d0", "$defs": {**defs, f"d{length}": {"type": "string"}}}


def nested(depth):
    schema = {}
    for _ in range(depth):
        schema = {"not": schema}
    return schema


def test_what_grows_when_references_are_followed():
    assert compiled(doubling(8)).problem("1") is not None
    assert compiled(chained(50)).problem('"a"') is None
    assert compiled(nested(100)).problem("1") is None
    for bomb in (doubling(20), doubling(40), {**doubling(9), "items": [{"$ref": "#"}] * 200}):
        with pytest.raises(InvalidRequest, match="too large once its references are followed"):
            compiled(bomb)
    known = {**chained(100)["$defs"], "low": {"$ref": "#/$defs/d0"}}
    low = {"$defs": known, "items": {"$ref": "#/$defs/low"}, "not": nested(60)}
    assert compiled(low).problem("[1]") is not None
    steep = {**low, "contains": {"$ref": "#/$defs/low"}}
    for _ in range(40):
        steep["contains"] = {"items": steep["contains"]}
    for deep in (steep, chained(1000), nested(200), {"items": nested(128)}, doubling(60)):
        with pytest.raises(InvalidRequest, match="nested too deeply; 128 levels"):
            compiled(deep)


@pytest.mark.parametrize(
    "loop",
    [
        {"$ref": "#"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        {"anyOf": [{"$ref": "#"}, {"type": "array", "items": {"$ref": "#"}}]},
    ],
)
def test_a_schema_that_leads_back_to_itself_ends(loop):
    compiled(loop).problem("[[[1]]]")


def test_what_is_too_much_to_check_does_not_hold():
    wide = compiled({"items": {"allOf": [{"minimum": -at} for at in range(3000)]}})
    assert wide.problem("[1, 2]") is None
    assert "too large" in wide.problem(json.dumps([1] * 20_000))
    patterned = compiled({"items": {"allOf": [{"pattern": f"a+b{at}?"} for at in range(90)]}})
    assert "too large" in patterned.problem(json.dumps(["a" * 100_000]))


def test_what_would_run_away_is_given_up():
    evil = compiled({"pattern": r"(?:(?=(a|b|ab))\w)+c(?!d)$"})
    assert evil.problem(json.dumps("ab" * 20_000)) is not None
    assert compiled({"items": {"$ref": "#"}}).problem("[" * 900 + "]" * 900) is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=9))
def test_const_holds_for_the_one_value(value):
    try:
        schema = Schema.compile(msgspec.json.encode({"const": value}))
    except InvalidRequest:
        return  # an integer that has no place in 64 bits
    assert schema.problem(json.dumps(value)) is None
    assert schema.problem(json.dumps([value, 1])) is not None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["#", "#/a", "x", "object"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["$ref", "$defs", "a", "anyOf", "items", "type", "$id", "pattern"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(VALUES, VALUES)
def test_any_json_for_a_schema_is_compiled_or_refused(schema, value):
    try:
        made = compiled(schema)
    except InvalidRequest:
        return
    assert made.problem(json.dumps(value)) in (None, "it does not hold its schema")
