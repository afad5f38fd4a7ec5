"""Answers of an asked form through the real relay: checked, tried once more, or a stated error."""

import json
from urllib.parse import quote

import pytest

from .stage import Relay, eventually

WAYS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
POINT = {
    "type": "object",
    "properties": {"x": {"type": "integer"}},
    "required": ["x"],
    "additionalProperties": False,
}
WHOLE = '{"x": 12345678}'


def says(text, **shape):
    """A scripted model that says this, whatever it is asked."""
    return "ok?" + "&".join([f"text={quote(text)}", *(f"{k}={v}" for k, v in shape.items())])


GOOD = says(WHOLE)
FENCED = says(f"```json\n{WHOLE}\n```")
WRONG = says('{"x": "12345678"}')
SLOW_WRONG = says('{"y": "12345678"}', delta_ms=150)
SLOW = says('{"x": 87654321}', delta_ms=150)
CUT = "finish-length?text=" + quote('{"x": 1')
TOOLS = "tools"
PLAIN = says("I had rather not.")
MODELS = (GOOD, FENCED, WRONG, SLOW_WRONG, SLOW, CUT, TOOLS, PLAIN)
PARAMETERS = """
parameters = ["response_format", "tools", "tool_choice", "parallel_tool_calls", "max_tokens"]
"""


def relay_of(scripted, folder, structured):
    """Every listing of it keeps promises in this way."""
    listings = {model: [(scripted.url, model)] for model in MODELS}
    extra = f"{PARAMETERS}structured = '{structured}'\nrhythm.piece = 4\n"
    return Relay(folder, listings, "[server]\nkeepalive_s = 0.1\n", listing_extra=extra).start()


@pytest.fixture(scope="module", params=["held", "constrained", "unchecked"])
def kept(request, scripted, tmp_path_factory):
    relay = relay_of(scripted, tmp_path_factory.mktemp(request.param), request.param)
    yield request.param, relay
    relay.close()


@pytest.fixture(scope="module")
def held(scripted, tmp_path_factory):
    relay = relay_of(scripted, tmp_path_factory.mktemp("held-alone"), "held")
    yield relay
    relay.close()


def strict(schema=POINT):
    return {"type": "json_schema", "json_schema": {"name": "p", "strict": True, "schema": schema}}


def function(name, **fields):
    return {"type": "function", "function": {"name": name, **fields}}


def outcomes(relay, reply):
    return [each.outcome for each in relay.record(reply.id).end.attempts]


def told(reply):
    """The error a client was told, as a status of its own or at a stream's end."""
    if reply.status != 200:
        return reply.json["error"]
    assert reply.chunks[-1]["choices"][0]["finish_reason"] == "error"
    assert "[DONE]" not in reply.events
    return reply.chunks[-1]["error"]


@WAYS
def test_an_answer_that_holds_comes_the_first_time(kept, stream):
    _, relay = kept
    reply = relay.chat(GOOD, stream=stream, response_format=strict())
    assert (reply.status, reply.text) == (200, WHOLE)
    assert outcomes(relay, reply) == ["ok"]


@WAYS
@pytest.mark.parametrize("model", [FENCED, WRONG])
def test_an_answer_that_never_holds(kept, model, stream):
    structured, relay = kept
    reply = relay.chat(model, stream=stream, response_format=strict())
    if structured == "unchecked":
        assert (reply.status, outcomes(relay, reply)) == (200, ["ok"])
        return
    error = told(reply)
    assert error["code"] == 422
    assert error["metadata"]["error_type"] == "unprocessable"
    end = relay.record(reply.id).end
    assert (end.outcome, end.status, end.error_type, end.micro_usd) == (
        "failed",
        422,
        "unprocessable",
        0,
    )
    if structured == "constrained" and stream:
        assert outcomes(relay, reply) == ["broken_promise"]
        assert error["message"] == "The model's answer did not fit what was asked of it."
    else:
        assert reply.status == 422
        assert outcomes(relay, reply) == ["broken_promise"] * 2
        assert error["message"] == "The model's answer did not fit what was asked of it, twice."


def test_only_a_constrained_stream_flows(kept):
    structured, relay = kept
    call = relay.begin(SLOW, stream=True, response_format=strict())
    if structured == "held":
        early = call.read_until(b": processing")
        assert b"content" not in early.partition(b"\r\n\r\n")[2]
    else:
        early = call.read_until(b'"content":"')
        assert b"87654321" not in early
    reply = call.rest()
    assert reply.text == '{"x": 87654321}'
    assert reply.chunks[-1]["usage"]["completion_tokens"] == 4


def test_a_held_stream_that_has_shown_signs_of_life_ends_in_the_error(held):
    reply = held.chat(SLOW_WRONG, stream=True, response_format=strict())
    assert (reply.status, told(reply)["code"], reply.text) == (200, 422, "")
    assert outcomes(held, reply) == ["broken_promise"] * 2


def test_what_was_said_is_for_the_operator_alone(held):
    reply = held.chat(WRONG, response_format=strict())
    assert b"12345678" not in reply.raw
    assert '"12345678"' in held.record(reply.id).end.attempts[0].detail


@WAYS
def test_a_client_that_hangs_up_on_a_held_answer_is_recorded_as_gone(held, stream):
    known = set(held.records())
    call = held.begin(SLOW, stream=stream, response_format=strict())
    (begun,) = eventually(lambda: set(held.records()) - known)
    call.reset()
    assert held.record(begun).end.outcome == "cancelled"


@WAYS
def test_an_answer_cut_at_its_limit_is_handed_on_with_its_finish(kept, stream):
    _, relay = kept
    reply = relay.chat(CUT, stream=stream, response_format=strict())
    assert (reply.status, reply.text) == (200, '{"x": 1')
    assert b'"finish_reason":"length"' in reply.body
    assert relay.chat(GOOD, stream=stream, response_format=strict(), max_tokens=2).status == 200


@WAYS
def test_json_of_any_kind(held, stream):
    asked = {"response_format": {"type": "json_object"}, "stream": stream}
    assert held.chat(WRONG, **asked).text == '{"x": "12345678"}'
    assert held.chat(FENCED, **asked).status == 422
    loose = {"type": "json_schema", "json_schema": {"name": "p", "schema": POINT}}
    assert held.chat(WRONG, stream=stream, response_format=loose).status == 200


WEATHER = function("get_weather")


@WAYS
@pytest.mark.parametrize("choice", ["required", WEATHER])
def test_a_forced_tool_is_called_or_it_is_an_error(held, choice, stream):
    asked = {"tools": [WEATHER, function("jump")], "tool_choice": choice, "stream": stream}
    reply = held.chat(TOOLS, **asked)
    assert reply.status == 200
    assert b"get_weather" in reply.body
    assert "Reykjav" in reply.arguments
    reply = held.chat(PLAIN, **asked)
    assert (reply.status, outcomes(held, reply)) == (422, ["broken_promise"] * 2)


@WAYS
def test_calls_that_must_not_be_or_are_others(held, stream):
    tools = [WEATHER, function("jump")]
    assert held.chat(TOOLS, stream=stream, tools=tools, tool_choice="none").status == 422
    assert held.chat(TOOLS, stream=stream, tools=tools, tool_choice=tools[1]).status == 422
    assert held.chat(PLAIN, stream=stream, tools=tools, tool_choice="none").status == 200
    assert held.chat(TOOLS, stream=stream, tools=tools, tool_choice="auto").status == 200


@WAYS
def test_arguments_of_a_strict_function(held, stream):
    fits = {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]}
    for schema, status in ((fits, 200), (POINT, 422)):
        tool = function("get_weather", strict=True, parameters=schema)
        assert held.chat(TOOLS, stream=stream, tools=[tool]).status == status
        lax = function("get_weather", parameters=schema)
        assert held.chat(TOOLS, stream=stream, tools=[lax]).status == 200


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"response_format": strict({"$ref": "http://127.0.0.1:1/x"})}, "must lead into the same"),
        ({"response_format": strict({"type": "objekt"})}, "not a valid JSON Schema"),
        ({"response_format": {"type": "grammar"}}, "`grammar` is not taken here"),
        ({"response_format": 1}, "response_format"),
        ({"tools": [WEATHER], "tool_choice": function("fly")}, "`fly` is not among `tools`"),
        ({"tool_choice": "required"}, "no `tools` to call"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_it_begins(scripted, held, asked, problem):
    before = len(scripted.seen(GOOD))
    reply = held.chat(GOOD, **asked)
    assert (reply.status, reply.json["error"]["code"]) == (400, 400)
    assert problem in reply.json["error"]["message"]
    assert len(scripted.seen(GOOD)) == before


def test_the_schema_goes_to_the_engine_as_it_came(scripted, held):
    held.chat(GOOD, response_format=strict())
    assert json.loads(scripted.seen(GOOD)[-1]["body"])["response_format"] == strict()
