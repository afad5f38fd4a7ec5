"""A model that does as it is asked: calls the tool it may call, writes what the schema wants."""

from typing import Any

import msgspec
from msgspec import Raw

from darkhorse.upstream.scripted.ask import Ask, Shape, results_behind_user
from darkhorse.upstream.scripted.book import Book
from darkhorse.upstream.scripted.delivery import answer_steps
from darkhorse.upstream.scripted.plant import JsonObject
from darkhorse.upstream.scripted.rendering import Answer, good, json_bytes
from darkhorse.upstream.scripted.steps import Steps
from darkhorse.upstream.scripted.text import thoughts

__all__ = ["arguments_of", "book", "tool_of"]

book = Book()
replace = msgspec.structs.replace


@book.scenario(
    "obliging",
    "Calls the first tool offered, or the one it must, with the least that its schema wants; after "
    "the result says `text`. Where a JSON schema is asked for, the least that holds it.",
    Shape(text="As you wish."),
    pure=False,
)
def obliging(ask: Ask, *, thinks: bool = False) -> Steps:
    tool = None if results_behind_user(ask.messages) else tool_of(ask)
    if tool:
        return _answers(ask, _call(ask, tool), "tool_calls", thinks=thinks)
    wanted = _object(ask.response_format).get("json_schema")
    if isinstance(wanted, dict):
        text = json_bytes(_least(wanted.get("schema"))).decode()
        ask = replace(ask, shape=replace(ask.shape, text=text))
    return _answers(ask, good(ask).deltas, "stop", thinks=thinks)


def tool_of(ask: Ask) -> JsonObject | None:
    """The function to call, where one may be."""
    choice = _decoded(ask.tool_choice)
    tools = _decoded(ask.tools)
    offered = tools if isinstance(tools, list) else []
    functions: list[JsonObject] = [each["function"] for each in offered]
    if choice == "none" or not functions:
        return None
    named = choice.get("function", {}).get("name") if isinstance(choice, dict) else None
    return next((each for each in functions if each.get("name") == named), functions[0])


def arguments_of(function: JsonObject) -> str:
    """The least that its schema wants."""
    return json_bytes(_least(function.get("parameters"))).decode()


def _call(ask: Ask, function: JsonObject) -> tuple[JsonObject, ...]:
    arguments = arguments_of(function)
    call = ask.plant.call(
        0, arguments=arguments, call_id=ask.plant.call_id(1), name=function["name"]
    )
    return ({"tool_calls": [call]},)


def _answers(ask: Ask, deltas: tuple[JsonObject, ...], finish: str, *, thinks: bool) -> Steps:
    thought = tuple({"reasoning_content": each} for each in thoughts()) if thinks else ()
    return answer_steps(ask, Answer(deltas=(*thought, *deltas), finish=finish))


def _least(schema: Any) -> Any:
    """The smallest value of a plain schema: objects with what they require, one item a list."""
    known = schema if isinstance(schema, dict) else {}
    if "enum" in known:
        return known["enum"][0]
    kind = known.get("type", "object")
    if kind == "object":
        properties = known.get("properties") or {}
        return {name: _least(properties.get(name)) for name in known.get("required") or ()}
    if kind == "array":
        return [_least(known.get("items"))]
    return {"string": "word", "integer": 1, "number": 1.5, "boolean": True}.get(kind)


def _object(raw: Raw) -> JsonObject:
    value = _decoded(raw)
    return value if isinstance(value, dict) else {}


def _decoded(raw: Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return None
