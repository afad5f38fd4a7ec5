"""An answer that may be a tool call, as JSON: what it may look like, and how it is read. Pure.

{"tool": NAME, "arguments": {…}}      one call
{"calls": [{"tool": …}, …]}           several, where the client said that it takes several
{"reply": TEXT}                       words, where no call is demanded
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

from darkhorse.upstream.emulation.shape import (
    Anything,
    Either,
    Field,
    Fixed,
    Items,
    Record,
    Shape,
    Table,
    Text,
    one_of,
)
from darkhorse.upstream.emulation.shapes import Bounds, Room, shape_of
from darkhorse.wire.chunks import ToolDelta
from darkhorse.wire.conversation import Function, Tool

__all__ = ["Choice", "Content", "choice_of", "functions_of", "read", "read_partly", "shape"]

_MOST_CALLS = 4

_encode = msgspec.json.Encoder().encode


class Choice(Struct, frozen=True):
    """What the client wants called: one of `names`, where it named any."""

    mode: Literal["none", "auto", "required"] = "auto"
    names: frozenset[str] = frozenset()


class Content(Struct, frozen=True):
    """What an answer said."""

    text: str = ""
    calls: tuple[ToolDelta, ...] = ()


def functions_of(parameters: Mapping[str, Raw]) -> list[Function]:
    """The functions among the request's tools."""
    raw = parameters.get("tools")
    tools = msgspec.json.decode(raw, type=list[Tool]) if raw else []
    return [tool.function for tool in tools if tool.function]


class _Named(Struct, frozen=True):
    name: str = ""


class _Allowed(Struct, frozen=True):
    mode: Literal["auto", "required"] = "auto"
    tools: tuple[Tool, ...] = ()


class _Said(Struct, frozen=True):
    type: str = ""
    function: _Named = _Named()
    allowed_tools: _Allowed = _Allowed()


_said = msgspec.json.Decoder(str | _Said)
_MODES = {"none": Choice("none"), "required": Choice("required")}


def choice_of(parameters: Mapping[str, Raw]) -> Choice:
    """From `tool_choice`, whose form was checked; a word we do not know is `auto`."""
    raw = parameters.get("tool_choice")
    said = _said.decode(raw) if raw else ""
    if isinstance(said, str):
        return _MODES.get(said, Choice())
    if said.type == "allowed_tools":
        allowed = said.allowed_tools
        names = frozenset(tool.function.name for tool in allowed.tools if tool.function)
        return Choice(allowed.mode, names)
    return Choice("required", frozenset({said.function.name}))


def shape(
    functions: Sequence[Function],
    choice: Choice,
    bounds: Bounds,
    *,
    several: bool,
    reply: Shape | None = None,
    room: Room,
) -> Shape:
    """What may be answered. `reply`: the shape of words, where they are to have one.

    Where there is no room for the shapes of their arguments, these are any object.
    """
    wanted = [each for each in functions if not choice.names or each.name in choice.names]
    calls = [_call(function, bounds, room) for function in wanted or functions]
    call = one_of(calls) or Anything()
    options = [call]
    if several:
        options = [Record((Field("calls", Items(call, least=1, most=_MOST_CALLS)),))]
    if choice.mode == "auto":
        options.insert(0, Record((Field("reply", reply or Text()),)))
    return one_of(options) or Anything()


def _call(function: Function, bounds: Bounds, room: Room) -> Shape:
    name = Fixed((_encode(function.name),))
    return Record((Field("tool", name), Field("arguments", _arguments(function, bounds, room))))


def _arguments(function: Function, bounds: Bounds, room: Room) -> Shape:
    """Arguments are an object, whatever the schema forgets to say."""
    schema = function.parameters
    if not schema:
        return Record()
    read = shape_of({"type": "object", **schema}, bounds, room)
    objects: list[Shape] = [
        option
        for option in (read.options if isinstance(read, Either) else (read,))
        if isinstance(option, Record | Table)
    ]
    return one_of(objects) or Table(Anything(), most=bounds.items)


class _Call(Struct):
    tool: str
    arguments: Raw


class _Answer(Struct):
    reply: Any = None
    tool: str | None = None
    arguments: Raw = Raw(b"{}")
    calls: list[_Call] | None = None


_answer = msgspec.json.Decoder(_Answer)


def read(text: str) -> Content | None:
    """What a whole answer says; None where it is no such JSON."""
    try:
        answer = _answer.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None
    calls = list(answer.calls or ())
    if answer.tool is not None:
        calls.append(_Call(answer.tool, answer.arguments))
    if calls:
        return Content(calls=tuple(_delta(at, call) for at, call in enumerate(calls)))
    if answer.reply is None:
        return None
    words = answer.reply
    return Content(text=words if isinstance(words, str) else _encode(words).decode())


def _delta(index: int, call: _Call) -> ToolDelta:
    return ToolDelta(index, "", call.tool, bytes(call.arguments).decode())


_REPLY = re.compile(r'\s*\{\s*"reply"\s*:\s*"((?:[^"\\]|\\u[0-9a-fA-F]{4}|\\["\\/bfnrt])*)')


def read_partly(text: str) -> str:
    """The words of an answer that was cut off; nothing of a call."""
    found = _REPLY.match(text)
    if not found:
        return ""
    words = re.sub(r"\\u[dD][89abAB][0-9a-fA-F]{2}\Z", "", found[1])  # half a pair
    try:
        return msgspec.json.decode(f'"{words}"', type=str)
    except msgspec.DecodeError:  # half a character in the middle of it
        return ""
