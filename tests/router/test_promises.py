"""What is asked of an answer, and whether an answer is that."""

import pytest
from msgspec import Raw, json, structs

from darkhorse.base.errors import InvalidRequest, UnsupportedByListing
from darkhorse.catalog.listing import Listing
from darkhorse.router.promises import NOTHING, promise_of
from darkhorse.wire.chunks import ToolDelta
from darkhorse.wire.request import GenerationRequest

LISTING = Listing(
    slug="x/y",
    title="Y",
    context=1000,
    max_output=100,
    parameters=("tools", "tool_choice", "response_format", "parallel_tool_calls"),
)
POINT = {
    "type": "object",
    "properties": {"x": {"type": "integer"}},
    "required": ["x"],
    "additionalProperties": False,
}


def function(name, **fields):
    return {"type": "function", "function": {"name": name, **fields}}


def schema(**fields):
    return {"type": "json_schema", "json_schema": {"name": "point", **fields}}


TOOLS = [function("look"), function("move", parameters=POINT, strict=True)]


def promised(listing=LISTING, **parameters):
    request = GenerationRequest(
        dialect="chat",
        model="x/y",
        stream=True,
        body=b"",
        messages=Raw(b"[]"),
        message_count=1,
        text_bytes=(8,),
        parameters={name: Raw(json.encode(value)) for name, value in parameters.items()},
    )
    return promise_of(request, listing)


def calls(*made):
    return tuple(ToolDelta(at, f"call_{at}", *each) for at, each in enumerate(made))


MOVE, LOOK = ("move", '{"x": 1}'), ("look", "")
STRICT = {"response_format": schema(strict=True, schema=POINT)}
LOOSE = {"response_format": schema(schema=POINT)}
OBJECT = {"response_format": {"type": "json_object"}}
NAMED = {"tools": TOOLS, "tool_choice": function("look")}
ALLOWED = {
    "tools": TOOLS,
    "tool_choice": {
        "type": "allowed_tools",
        "allowed_tools": {"mode": "auto", "tools": [function("look")]},
    },
}
REQUIRED = {"tools": TOOLS, "tool_choice": "required"}
NONE = {"tools": TOOLS, "tool_choice": "none"}
SINGLE = {"tools": TOOLS[:1], "parallel_tool_calls": False}


@pytest.mark.parametrize(
    ("asked", "text", "made", "problem"),
    [
        (STRICT, '{"x": 1}', (), None),
        (STRICT, '{"x": "1"}', (), "does not hold its schema"),
        (STRICT, "", (), "is not JSON"),
        (LOOSE, '{"y": 1}', (), None),
        (LOOSE, "well", (), "is not JSON"),
        ({"response_format": schema(strict=True)}, "[1]", (), None),
        (OBJECT, "{}", (), None),
        (OBJECT, "[]", (), "does not hold its schema"),
        (OBJECT, "", (LOOK,), "a tool is called"),
        ({**STRICT, "tools": TOOLS}, "", (LOOK,), None),
        ({**STRICT, "tools": TOOLS}, "I look", (), "is not JSON"),
        (REQUIRED, "", (LOOK,), None),
        (REQUIRED, "so", (LOOK, MOVE), None),
        (REQUIRED, "I would rather not.", (), "no tool is called"),
        (REQUIRED, "", (("jump", "{}"),), "another tool is called"),
        (REQUIRED, "", (("move", "{}"),), "the arguments of call 0: it does not hold its schema"),
        (NAMED, "", (LOOK,), None),
        (NAMED, "", (MOVE,), "another tool is called"),
        (NAMED, "no", (), "no tool is called"),
        (ALLOWED, "no", (), None),
        (ALLOWED, "", (LOOK,), None),
        (ALLOWED, "", (MOVE,), "another tool is called"),
        (NONE, "a text", (), None),
        (NONE, "a text", (LOOK,), "a tool is called"),
        (SINGLE, "", (LOOK,), None),
        ({"tools": TOOLS}, "hm", (MOVE, LOOK), None),
        ({"tools": TOOLS}, "", (LOOK, ("move", '{"x":')), "the arguments of call 1: it is not"),
        ({"tools": TOOLS}, "", (("move", ""),), "the arguments of call 0: it does not hold"),
    ],
)
def test_an_answer_keeps_it_or_does_not(asked, text, made, problem):
    found = promised(**asked).broken(text, calls(*made), "tool_calls" if made else "stop")
    assert (found is None) if problem is None else (problem in found)


def test_arguments_that_are_left_out_are_an_empty_object():
    tools = [function("look", parameters={"type": "object"}, strict=True)]
    assert promised(tools=tools).broken("", calls(LOOK), "tool_calls") is None


@pytest.mark.parametrize("finish", ["length", "content_filter"])
@pytest.mark.parametrize("asked", [STRICT, REQUIRED, OBJECT])
def test_an_answer_that_was_cut_is_not_held_against_it(asked, finish):
    assert promised(**asked).broken('{"x": ', (), finish) is None
    assert promised(**asked).broken('{"x": ', (), "stop") is not None


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"response_format": {"type": "text"}},
        {"tools": TOOLS[:1]},
        {"tools": TOOLS[:1], "tool_choice": "auto"},
        {"tools": TOOLS[:1], "parallel_tool_calls": True},
        {"tool_choice": "auto"},
        {"tool_choice": "none"},
        {"parallel_tool_calls": False},
        {"tools": [function("move", strict=True)]},
        {"tools": [function("move", strict=False, parameters={"type": "objekt"})]},
    ],
)
def test_where_any_answer_will_do(asked):
    assert promised(**asked) is NOTHING


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        (STRICT, "all"),
        (OBJECT, "all"),
        (REQUIRED, "all"),
        (NAMED, "all"),
        (NONE, "calls"),
        (SINGLE, "nothing"),
        (ALLOWED, "calls"),
        ({"tools": TOOLS}, "calls"),
    ],
)
def test_how_much_of_a_stream_waits_is_the_listings_to_say(asked, held):
    assert promised(**asked).holds == held
    constrained = structs.replace(LISTING, structured="constrained")
    flowing = promised(constrained, **asked)
    assert flowing.holds == "nothing"
    assert flowing is not NOTHING  # and checked all the same
    assert promised(structs.replace(LISTING, structured="unchecked"), **asked) is NOTHING


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"response_format": "json"}, "response_format: Expected `object`"),
        ({"response_format": {"type": "grammar"}}, "`grammar` is not taken here; text, json_obj"),
        ({"response_format": {}}, "response_format: Object missing required field `type`"),
        ({"response_format": {"type": "json_schema"}}, "json_schema: it needs a `name`."),
        ({"response_format": schema(name="")}, "json_schema: it needs a `name`."),
        (
            {"response_format": schema(schema={"type": "objekt"})},
            "response_format.json_schema.schema: it is not a valid JSON Schema (at `type`).",
        ),
        (
            {"response_format": schema(strict=True, schema={"$ref": "http://x/"})},
            "response_format.json_schema.schema: a reference must lead into the same schema",
        ),
        ({"response_format": schema(schema=[])}, "it must be an object."),
        ({"tools": TOOLS, "tool_choice": "any"}, "tool_choice: it is none, auto, required, or"),
        ({"tools": TOOLS, "tool_choice": 1}, "tool_choice: Expected"),
        ({"tools": TOOLS, "tool_choice": {"type": "function"}}, "it must name a function."),
        ({"tools": TOOLS, "tool_choice": function("jump")}, "`jump` is not among `tools`."),
        ({"tool_choice": "required"}, "there are no `tools` to call."),
        ({"tool_choice": function("look")}, "there are no `tools` to call."),
        (
            {"tools": [TOOLS[0], function("a", strict=True, parameters={"items": 3})]},
            "tools[1].function.parameters: it is not a valid JSON Schema (at `items`).",
        ),
        ({"tools": TOOLS, "parallel_tool_calls": "no"}, "parallel_tool_calls: Expected `bool`"),
    ],
)
def test_what_makes_no_sense_is_refused_before_it_begins(asked, problem):
    with pytest.raises(InvalidRequest) as refused:
        promised(**asked)
    assert problem in refused.value.message


@pytest.mark.parametrize("asked", [STRICT, LOOSE, OBJECT])
def test_a_listing_without_formats_says_so(asked):
    plain = structs.replace(LISTING, parameters=("tools",))
    with pytest.raises(UnsupportedByListing, match="does not take `response_format`"):
        promised(plain, **asked)


def test_a_listing_that_cannot_be_told_to_call_a_tool_says_so():
    plain = structs.replace(LISTING, parameters=("tools",))
    for asked in (REQUIRED, NAMED):
        with pytest.raises(UnsupportedByListing, match="cannot be made to call a tool"):
            promised(plain, **asked)
    assert promised(plain, **NONE).calls == "none"
    assert promised(plain, tools=TOOLS[:1], tool_choice="auto") is NOTHING
    assert promised(plain, **SINGLE) is NOTHING


@pytest.mark.parametrize("is_strict", [False, True])
def test_all_tools_together_are_bounded(is_strict):
    large = {"type": "object", "description": "x" * 70_000}
    tools = [function(f"f{at}", parameters=large, strict=is_strict) for at in range(4)]
    assert promised(tools=tools[:3]) is not None
    with pytest.raises(InvalidRequest, match=r"`parameters` have \d{6} bytes; 262144 are the most"):
        promised(tools=tools)
