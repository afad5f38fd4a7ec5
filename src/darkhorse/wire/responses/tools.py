"""Tools, their choice and the format of an answer: flat in this dialect, nested in chat's.

A custom tool (free text in, not JSON) goes on as a function with one string; Codex and others may
send such tools for patches. Tools that a server would have to run itself (web search, file search,
namespaces, …) are left out, as OpenRouter's clients send them to every model.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.conversation import Function, Tool

__all__ = [
    "Format",
    "Tools",
    "flat_choice",
    "flat_format",
    "flat_tools",
    "nested_format",
    "read_choice",
    "read_tools",
]

_MODES = ("none", "auto", "required")
_CUSTOM = {
    "type": "object",
    "properties": {"input": {"type": "string"}},
    "required": ["input"],
    "additionalProperties": False,
}

_encode = msgspec.json.Encoder().encode


class _Flat(Struct):
    type: str = "function"
    name: str | None = None
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None
    format: dict[str, Any] | None = None


class _Choice(Struct):
    type: str
    name: str | None = None
    mode: str | None = None
    tools: list[_Flat] | None = None


class Format(Struct, omit_defaults=True):
    """`text.format`."""

    type: str
    name: str | None = None
    description: str | None = None
    schema: dict[str, Any] | None = None
    strict: bool | None = None


class Tools(Struct, frozen=True):
    """The functions among the tools of a request, and which of them were custom tools."""

    functions: tuple[Tool, ...] = ()
    custom: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(tool.function.name for tool in self.functions if tool.function)

    def only(self, names: frozenset[str]) -> "Tools":
        """Those of them with these names."""
        kept = [tool for tool in self.functions if tool.function and tool.function.name in names]
        return Tools(tuple(kept), self.custom)


_flat = msgspec.json.Decoder(_Flat)
_choice = msgspec.json.Decoder(_Choice | str)


def read_tools(raws: Sequence[Raw] | None) -> Tools:
    """Raises InvalidRequest for a tool without a name."""
    functions: list[Tool] = []
    custom: set[str] = set()
    for at, raw in enumerate(raws or ()):
        flat = _decode(_flat, raw, f"tools[{at}]")
        if flat.type not in ("function", "custom"):
            continue
        if not flat.name:
            raise InvalidRequest(f"A {flat.type} tool needs a name - at `$.tools[{at}]`.")
        if flat.type == "custom":
            custom.add(flat.name)
        functions.append(_function(flat, flat.name))
    return Tools(tuple(functions), frozenset(custom))


def _function(flat: _Flat, name: str) -> Tool:
    if flat.type == "function":
        function = Function(
            name=name,
            description=flat.description,
            parameters=flat.parameters,
            strict=flat.strict,
        )
    else:
        told = [flat.description or "", _grammar(flat.format or {})]
        description = "\n\n".join(each for each in told if each) or None
        function = Function(name=name, description=description, parameters=_CUSTOM)
    return Tool(function=function)


def _grammar(form: Mapping[str, Any]) -> str:
    """What a custom tool's text must look like, told: nobody holds the model to it."""
    definition = form.get("definition")
    if not isinstance(definition, str):
        return ""
    return f"`input` follows this {form.get('syntax', '')} grammar:\n{definition}"


class Chosen(Struct, frozen=True):
    """Chat's `tool_choice`, and the tools that may be called."""

    choice: Any
    tools: Tools


def read_choice(raw: Raw, tools: Tools) -> Chosen:
    """Raises InvalidRequest for a choice that none of `tools` can meet."""
    if bytes(raw) in (b"", b"null"):
        return Chosen(None, tools)
    choice = _decode(_choice, raw, "tool_choice")
    if isinstance(choice, str):
        return Chosen(_mode(choice), tools)
    if choice.type == "allowed_tools":
        names = frozenset(each.name or "" for each in choice.tools or ())
        return Chosen(_mode(choice.mode or "auto"), tools.only(names))
    if choice.type not in ("function", "custom") or choice.name not in tools.names:
        raise InvalidRequest("`tool_choice` names a tool that is not among the functions sent.")
    return Chosen({"type": "function", "function": {"name": choice.name}}, tools)


def _mode(word: str) -> str:
    if word not in _MODES:
        raise InvalidRequest(f"`tool_choice` is one of {', '.join(_MODES)}, or names a function.")
    return word


def _decode(decoder: Any, raw: Raw, place: str) -> Any:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as e:
        raise InvalidRequest(f"{e} - in `$.{place}`.") from None
    except RecursionError:
        raise InvalidRequest("The body is nested too deeply.") from None


def nested_format(form: Format | None) -> dict[str, Any] | None:
    """Chat's `response_format`. Raises InvalidRequest."""
    if form is None or form.type == "text":
        return None
    if form.type == "json_object":
        return {"type": "json_object"}
    if form.type != "json_schema" or not form.name or form.schema is None:
        raise InvalidRequest(
            "`text.format` is of type text, json_object, or json_schema with `name` and `schema`."
        )
    inner = {name: value for name, value in msgspec.to_builtins(form).items() if name != "type"}
    return {"type": "json_schema", "json_schema": inner}


def flat_tools(functions: Sequence[Tool]) -> list[dict[str, Any]]:
    """Functions as this dialect writes them. Strictness is said: left out, it would be true."""
    return [
        {
            "type": "function",
            "name": function.name,
            "description": function.description,
            "parameters": function.parameters,
            "strict": bool(function.strict),
        }
        for tool in functions
        if (function := tool.function)
    ]


def flat_choice(choice: Any) -> Any:
    """Chat's `tool_choice` in this dialect."""
    function = choice.get("function") if isinstance(choice, dict) else None
    if not isinstance(function, dict):
        return choice
    return {"type": "function", "name": function.get("name")}


def flat_format(form: Any) -> Any:
    """Chat's `response_format` in this dialect."""
    inner = form.get("json_schema") if isinstance(form, dict) else None
    return {**inner, "type": "json_schema"} if isinstance(inner, dict) else form
