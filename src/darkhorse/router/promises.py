"""What an answer must be, by what was asked: JSON, a schema, a tool that is called or is not.

An engine that is told of it may still not keep to it, so the answer is looked at when it is whole.
One that was cut at its limit or by a content filter, or is a refusal, is not held against it: the
client is told so by its finish.

Covered: `response_format` json_object and json_schema (without `strict`, any JSON); `tool_choice`
none, required, named and allowed_tools; `parallel_tool_calls: false`; functions that are `strict`.
Not covered: arguments of functions that are not strict, and calls of functions that are not there;
of those the cloak drops the ones whose name tells somebody's.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

from darkhorse.base.errors import InvalidRequest, UnsupportedByListing
from darkhorse.catalog.listing import Listing
from darkhorse.wire.chunks import Finish, ToolDelta
from darkhorse.wire.request import GenerationRequest
from darkhorse.wire.schema import ANYTHING, MOST_BYTES, OBJECT, Schema

__all__ = ["NOTHING", "Promise", "offered", "promise_of"]

_NULL = (b"", b"null")


class Promise(Struct, frozen=True, kw_only=True):
    """What holds of a whole answer, and how much of a stream waits until that is known."""

    form: Schema | None = None  # of the text, where no tool is called
    calls: Literal["any", "none", "some"] = "any"
    names: frozenset[str] = frozenset()  # the tools that may be called; empty: whichever
    at_most_one: bool = False  # the cloak sees to it: what comes after the first call is dropped
    strict: Mapping[str, Schema] = {}  # of the arguments, by tool
    holds: Literal["nothing", "calls", "all"] = "nothing"

    def broken(self, text: str, calls: Sequence[ToolDelta], finish: Finish | None) -> str | None:
        """What of it does not hold, for the record; None where all does."""
        if finish in ("length", "content_filter"):
            return None
        if calls:
            return self._wrong_calls(calls)
        if self.calls == "some":
            return "no tool is called"
        problem = self.form.problem(text) if self.form else None
        return f"the text: {problem}" if problem else None

    def _wrong_calls(self, calls: Sequence[ToolDelta]) -> str | None:
        if self.calls == "none":
            return "a tool is called"
        for call in calls:
            if self.names and call.name not in self.names:
                return "another tool is called"
            schema = self.strict.get(call.name)
            if schema and (problem := schema.problem(call.arguments or "{}")):
                return f"the arguments of call {call.index}: {problem}"
        return None


NOTHING = Promise()
"""Any answer will do."""


class _Asked(Struct, frozen=True):
    name: str
    schema: Raw = Raw()
    strict: bool | None = None


class _Format(Struct, frozen=True):
    type: str
    json_schema: _Asked | None = None


class _Named(Struct, frozen=True):
    name: str = ""


class _AllowedTool(Struct, frozen=True):
    function: _Named = _Named()


class _Allowed(Struct, frozen=True):
    mode: Literal["auto", "required"] = "auto"
    tools: tuple[_AllowedTool, ...] = ()


class _Choice(Struct, frozen=True):
    type: str
    function: _Named = _Named()
    allowed_tools: _Allowed = _Allowed()


class _Function(Struct, frozen=True):
    name: str = ""
    parameters: Raw = Raw()
    strict: bool | None = None


class _Tool(Struct, frozen=True):
    function: _Function = _Function()


_format = msgspec.json.Decoder(_Format)
_choice = msgspec.json.Decoder(str | _Choice)
_tools = msgspec.json.Decoder(tuple[_Tool, ...])
_flag = msgspec.json.Decoder(bool)


def promise_of(request: GenerationRequest, listing: Listing) -> Promise:
    """What `request` asks of its answer. Raises InvalidRequest, UnsupportedByListing."""
    asked = request.parameters
    if not ("response_format" in asked or "tools" in asked or "tool_choice" in asked):
        return NOTHING
    form = _form(asked.get("response_format"))
    if form and "response_format" not in listing.parameters:
        raise UnsupportedByListing("This model does not take `response_format`; leave it out.")
    calls, names = _wanted(asked, listing)
    if form and "tools" not in asked:
        calls = "none"
    promise = Promise(
        form=form,
        calls=calls,
        names=names,
        at_most_one=_is_single(asked, listing),
        strict=_strict(asked.get("tools")),
    )
    if promise == NOTHING or listing.structured == "unchecked":
        return NOTHING
    return msgspec.structs.replace(promise, holds=_holds(promise, listing))


def _holds(promise: Promise, listing: Listing) -> Literal["nothing", "calls", "all"]:
    """Text may flow where only the calls can be wrong."""
    if listing.structured == "constrained":
        return "nothing"
    if promise.form or promise.calls == "some":
        return "all"
    return "calls" if promise.names or promise.strict or promise.calls == "none" else "nothing"


def _decode(decoder: "msgspec.json.Decoder[Any]", raw: Raw, place: str) -> Any:
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError) as e:
        problem = str(e) if isinstance(e, msgspec.ValidationError) else "it is nested too deeply"
        raise InvalidRequest(f"{place}: {problem}.") from None


def _form(raw: Raw | None) -> Schema | None:
    """The schema that the text must hold."""
    if raw is None:
        return None
    asked: _Format = _decode(_format, raw, "response_format")
    if asked.type == "text":
        return None
    if asked.type == "json_object":
        return OBJECT
    if asked.type != "json_schema":
        raise InvalidRequest(
            f"response_format.type: `{asked.type[:40]}` is not taken here; text, json_object and "
            "json_schema are."
        )
    if asked.json_schema is None or not asked.json_schema.name:
        raise InvalidRequest("response_format.json_schema: it needs a `name`.")
    schema = _compile(asked.json_schema.schema, "response_format.json_schema.schema")
    return schema if schema and asked.json_schema.strict else ANYTHING


def _compile(raw: Raw, place: str) -> Schema | None:
    text = bytes(raw)
    if text in _NULL:
        return None
    try:
        return Schema.compile(text)
    except InvalidRequest as e:
        raise InvalidRequest(f"{place}: {e.message}") from None


def _functions(raw: Raw | None) -> tuple[_Function, ...]:
    tools: tuple[_Tool, ...] = _decode(_tools, raw, "tools") if raw else ()
    return tuple(tool.function for tool in tools if tool.function.name)


def offered(request: GenerationRequest) -> frozenset[str]:
    """Names of the tools that a request gives."""
    return frozenset(function.name for function in _functions(request.parameters.get("tools")))


def _strict(raw: Raw | None) -> dict[str, Schema]:
    """Schemas of the functions that are strict; the others', too, are bounded in their bytes."""
    schemas: dict[str, Schema] = {}
    functions = _functions(raw)
    size = sum(len(bytes(function.parameters)) for function in functions)
    if size > MOST_BYTES:
        raise InvalidRequest(
            f"tools: their `parameters` have {size} bytes; {MOST_BYTES} are the most."
        )
    for at, function in enumerate(functions):
        if function.strict:
            schema = _compile(function.parameters, f"tools[{at}].function.parameters")
            if schema:
                schemas[function.name] = schema
    return schemas


def _is_single(asked: Mapping[str, Raw], listing: Listing) -> bool:
    """`parallel_tool_calls: false`, where the listing honours it at all."""
    raw = asked.get("parallel_tool_calls")
    if raw is None or "tools" not in asked or "parallel_tool_calls" not in listing.parameters:
        return False
    return not _decode(_flag, raw, "parallel_tool_calls")


def _wanted(
    asked: Mapping[str, Raw], listing: Listing
) -> tuple[Literal["any", "none", "some"], frozenset[str]]:
    """Must a tool be called, and which may be?"""
    raw = asked.get("tool_choice")
    if raw is None:
        return "any", frozenset()
    choice: str | _Choice = _decode(_choice, raw, "tool_choice")
    mode, named = _read(choice)
    known = frozenset(function.name for function in _functions(asked.get("tools")))
    if mode == "none":
        return ("none" if known else "any"), frozenset()
    if mode == "some" or named:
        _check_choice(known, named, listing)
    return mode, named or (known if mode == "some" else frozenset())


def _check_choice(known: frozenset[str], named: frozenset[str], listing: Listing) -> None:
    if not known:
        raise InvalidRequest("tool_choice: there are no `tools` to call.")
    if strangers := sorted(named - known):
        raise InvalidRequest(f"tool_choice: `{strangers[0][:64]}` is not among `tools`.")
    if "tool_choice" not in listing.parameters:
        raise UnsupportedByListing(
            "This model cannot be made to call a tool; leave out `tool_choice`."
        )


def _read(choice: "str | _Choice") -> tuple[Literal["any", "none", "some"], frozenset[str]]:
    """The mode, and the tools it names."""
    if isinstance(choice, _Choice):
        if choice.type == "function" and choice.function.name:
            return "some", frozenset({choice.function.name})
        if choice.type == "allowed_tools" and choice.allowed_tools.tools:
            allowed = frozenset(tool.function.name for tool in choice.allowed_tools.tools)
            return ("some" if choice.allowed_tools.mode == "required" else "any"), allowed
        raise InvalidRequest("tool_choice: it must name a function.")
    if choice == "none":
        return "none", frozenset()
    if choice not in ("auto", "required"):
        raise InvalidRequest("tool_choice: it is none, auto, required, or names a function.")
    return ("some" if choice == "required" else "any"), frozenset()
