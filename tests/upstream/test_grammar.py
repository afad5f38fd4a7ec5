"""What an engine may write by our grammar holds by the schema it was made from."""

import functools
import json
import random
import re

import jsonschema_rs
import pytest
from gbnf_kit import Grammar
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.upstream.emulation.gbnf import grammar_of
from darkhorse.upstream.emulation.machines import machine_of
from darkhorse.upstream.emulation.schema import schema_of
from darkhorse.upstream.emulation.shapes import NARROW, WIDE, shape_of


def written(schema, seed=0, count=20):
    """Some JSON that the grammar for a schema allows."""
    shape = shape_of(schema, NARROW)
    assert shape is not None, schema
    grammar, chance = Grammar(grammar_of(shape)), random.Random(seed)
    return [json.loads(grammar.write(chance)) for _ in range(count)]


def obj(required=None, **properties):
    needed = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": needed}


TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": obj(
            ["name", "children"],
            name={"type": "string"},
            children={"type": "array", "items": {"$ref": "#/$defs/node"}},
        )
    },
}
SCHEMAS = {
    "string": {"type": "string"},
    "lengths": {"type": "string", "minLength": 3, "maxLength": 5},
    "long": {"type": "string", "minLength": 1500},
    "email": {"type": "string", "format": "email"},
    "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
    "uuid": {"type": "string", "format": "uuid"},
    "uri": {"type": "string", "format": "uri"},
    "ipv4": {"type": "string", "format": "ipv4"},
    "hostname": {"type": "string", "format": "hostname"},
    "unknown format": {"type": "string", "format": "poem"},
    "pattern": {"type": "string", "pattern": r"^\d{3}-[A-Z]+(x|y\.z)?$"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "share": {"type": "number", "minimum": 0, "maximum": 1},
    "open share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "narrow": {"type": "number", "minimum": 0.25, "maximum": 0.26},
    "draft 4": {"type": "integer", "minimum": 3, "maximum": 9},
    "float bound": {"type": "integer", "minimum": 2.5, "maximum": 4.0},
    "multiples": {"type": "integer", "multipleOf": 7, "minimum": 10, "maximum": 40},
    "odd multiples": {"type": "number", "multipleOf": 3, "maximum": -5},
    "boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "types": {"type": ["integer", "null", "string"], "minimum": 4, "maxLength": 2},
    "const": {"const": {"k": [1, "é\n"]}},
    "enum": {"enum": ["x", 3, None, True, 1.5, '\\d"]']},
    "enum of a type": {"type": "string", "enum": ["x", 3]},
    "long enum": {"enum": [f"word {number}" for number in range(300)] + ["word", ""]},
    "array": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3},
    "no items": {"type": "array", "items": False},
    "tuple": {"type": "array", "prefixItems": [{"type": "integer"}, {"const": "s"}]},
    "tuple and more": {
        "type": "array",
        "prefixItems": [{"const": "s"}],
        "items": {"type": "integer"},
        "minItems": 3,
    },
    "object": obj(a={"type": "integer"}, b={"type": "string"}),
    "optional": obj(["b"], a={"type": "integer"}, b={"type": "null"}, c={"type": "null"}),
    "all optional": obj([], a={"type": "integer"}, b={"type": "null"}),
    "no properties": {"type": "object", "additionalProperties": False},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 0},
    "free object": {"type": "object"},
    "anything": {},
    "required, unknown": {"type": "object", "required": ["zz"]},
    "counted": {**obj([], a={"type": "null"}, b={"type": "null"}), "minProperties": 1},
    "at most one": {**obj([], a={"type": "null"}, b={"type": "null"}), "maxProperties": 1},
    "odd names": obj(**{'a"b\\c\n': {"type": "null"}, "é日": {"type": "null"}, "-]": {}}),
    "no type": {"properties": {"a": {"type": "integer"}}, "required": ["a"]},
    "anyOf": {"anyOf": [{"type": "integer"}, obj(a={"type": "null"})]},
    "anyOf beside": {**obj([], a={}, b={}), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
    "oneOf": {"oneOf": [{"type": "integer"}, {"type": "string"}]},
    "allOf": {"allOf": [obj(a={"type": "integer"}), obj(b={"minimum": 3, "type": "integer"})]},
    "allOf the same": {
        "allOf": [obj(a={"type": "number", "minimum": 3}), obj(a={"type": "integer"})]
    },
    "allOf bounds": {
        "allOf": [
            {"type": "integer", "minimum": 3, "maximum": 90},
            {"minimum": 50, "maximum": 70},
            {"minimum": 2, "maximum": 95},
        ]
    },
    "allOf references": {
        "allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}],
        "$defs": {"a": obj(a={"type": "null"}), "b": obj(b={"type": "null"})},
    },
    "reference": {**obj(a={"$ref": "#/definitions/x"}), "definitions": {"x": {"enum": ["q"]}}},
    "pointer": {
        **obj(a={"$ref": "#/$defs/a~1b/anyOf/0"}),
        "$defs": {"a/b": {"anyOf": [{"const": 1}]}},
    },
    "tree": TREE,
    "itself": {**obj(n={"anyOf": [{"type": "null"}, {"$ref": "#"}]})},
    "impossible option": {
        "anyOf": [{"type": "string", "minLength": 5, "maxLength": 2}, {"const": 1}]
    },
    "impossible property": obj([], a={"type": "string", "enum": []}, b={"const": 1}),
    "nested deep": functools.reduce(lambda inner, _: obj(a=inner), range(20), {"type": "string"}),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_the_grammar_allows_holds_by_the_schema(name):
    schema = SCHEMAS[name]
    holds = jsonschema_rs.validator_for(schema, validate_formats=True)
    for value in written(schema):
        assert holds.is_valid(value), value


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_simple_schema_takes_what_the_grammar_allows_and_says_nothing_hard(name):
    schema = SCHEMAS[name]
    narrow, wide = (schema_of(shape_of(schema, bounds)) for bounds in (NARROW, WIDE))
    text = json.dumps([narrow, wide])
    assert not re.search(r'"(\$ref|\$defs|allOf|oneOf|not|const|prefixItems|if)":', text)
    for value in written(schema):
        assert jsonschema_rs.is_valid(narrow, value)
        assert jsonschema_rs.is_valid(wide, value)


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"$ref": "#/$defs/none"},
        {"$ref": "https://example.invalid/schema.json"},
        {"enum": []},
        {"type": "potato"},
        {"type": "string", "minLength": 5, "maxLength": 2},
        {"type": "integer", "minimum": 4, "maximum": 3},
        {"type": "number", "exclusiveMinimum": 3, "maximum": 3},
        {"type": "array", "items": {"type": "null"}, "minItems": 10**6},
        obj(a=False),
        {"type": "object", "required": ["a"], "additionalProperties": False},
        {"$ref": "#/a", "a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}},
    ],
)
def test_where_nothing_fits_there_is_no_shape(schema):
    assert shape_of(schema, NARROW) is None


def test_a_schema_that_multiplies_is_cut_short():
    """Five times itself at each step, and nested as deep as may be."""
    wide = {
        "$ref": "#/$defs/x",
        "$defs": {"x": obj([], **{k: {"$ref": "#/$defs/x"} for k in "abcde"})},
    }
    assert len(grammar_of(shape_of(wide, NARROW))) < 100_000
    deep = {"type": "null"}
    for _ in range(500):
        deep = {"type": "array", "items": deep}
    assert shape_of(deep, NARROW) is not None


SIMPLE = st.sampled_from(
    [{"type": "null"}, {"enum": ["a", 1]}, {"type": "integer", "minimum": 2}, {"type": "boolean"}]
)
NAMES = st.sampled_from(["a", "b", 'c"', "dé"])


@st.composite
def objects(draw, inner):
    properties = draw(st.dictionaries(NAMES, inner, max_size=4))
    return obj(sorted(draw(st.sets(NAMES, max_size=3))), **properties)


@st.composite
def arrays(draw, inner):
    least = draw(st.integers(0, 2))
    most = least + draw(st.integers(0, 2))
    return {"type": "array", "items": draw(inner), "minItems": least, "maxItems": most}


def composed(inner):
    options = st.lists(inner, min_size=1, max_size=3).map(lambda each: {"anyOf": each})
    return st.one_of(objects(inner), arrays(inner), options)


@given(st.recursive(SIMPLE, composed, max_leaves=8), st.integers(0, 999))
def test_any_schema_of_these_parts(schema, seed):
    shape = shape_of(schema, NARROW)
    assert shape is not None
    for value in written(schema, seed, 5):
        assert jsonschema_rs.is_valid(schema, value), value
        assert jsonschema_rs.is_valid(schema_of(shape), value), value


@given(
    st.integers(-3000, 3000),
    st.integers(0, 3000),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 999),
)
def test_numbers_stay_between_their_bounds(low, span, is_over, is_under, is_whole, seed):
    schema = {
        "type": "integer" if is_whole else "number",
        "exclusiveMinimum" if is_over else "minimum": low,
        "exclusiveMaximum" if is_under else "maximum": low + span,
    }
    shape = shape_of(schema, NARROW)
    room = span - is_over - is_under
    assert (shape is None) is (room < 0 and (is_whole or span == 0))
    if shape is not None:
        assert all(jsonschema_rs.is_valid(schema, value) for value in written(schema, seed))


@pytest.mark.parametrize(("low", "high"), [(-12, 105), (0, 9), (17, 39), (95, 1005), (-30, -8)])
def test_every_whole_number_in_a_range_can_be_written(low, high):
    schema = {"type": "integer", "minimum": low, "maximum": high}
    grammar, chance = Grammar(grammar_of(shape_of(schema, NARROW))), random.Random(1)
    count = 40 * (high - low + 1)
    assert {int(grammar.write(chance)) for _ in range(count)} == set(range(low, high + 1))


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[a-z]{2}$",
        r"[a-z]{2}",
        r"^\d{3}-\w+$",
        r"^a|b$",
        r"^(a|b(?:c|d)?)*$",
        r"^.{2,4}$",
        r'^[^"]+$',
        r"^[\\/\"]{2}$",
        r"^\S+@\S+\.\S+$",
        r"^#?([a-fA-F0-9]{6}|[a-fA-F0-9]{3})$",
        r"^[-+]?[0-9]+$",
        r"^[a\-z\]]$",
        r"é[äöü]?",
        r"^x{3,}?y$",
        r"^\.\*\\$",
        "^$",
        "",
    ],
)
def test_what_a_pattern_s_expression_allows_matches(pattern):
    machine = machine_of(pattern)
    assert machine is not None
    for value in written({"type": "string", "pattern": pattern}):
        assert re.search(pattern, value, re.ASCII), value


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(?=a)b$",
        r"(a)\1",
        r"\bword\b",
        r"\p{L}+",
        r"a^b",
        r"a$b",
        r"(^a)",
        "(",
        "[a",
        "a)",
        "*a",
        r"^((a{0,900}){0,900})$",
        "a{5,2}",
        "[]",
        "\\",
        "(" * 40 + ")" * 40,
    ],
)
def test_a_pattern_that_is_not_taken(pattern):
    assert machine_of(pattern) is None
