"""What an answer will be held against: the functions offered, the form asked for."""

from collections.abc import Iterable

import msgspec
from msgspec import Raw, Struct

from darkhorse.analytics.reading.tolerant import ABSENT, decoded

__all__ = ["form_in", "functions_in"]

_NOTHING = frozenset({b"", b"null"})
_ANY_OBJECT, _ANY_JSON = b"", b"{}"


class _Function(Struct, frozen=True):
    name: str = ""
    parameters: Raw = ABSENT


class _Tool(Struct, frozen=True):
    """In any dialect. Flat in Responses and Messages, nested in chat."""

    type: str | None = None
    name: str = ""
    parameters: Raw = ABSENT
    input_schema: Raw = ABSENT
    function: _Function = _Function()


class _Named(Struct):
    schema: Raw = ABSENT


class _Form(Struct):
    type: str = ""
    schema: Raw = ABSENT
    json_schema: _Named | None = None


class _Holder(Struct):
    format: Raw = ABSENT


_raws = msgspec.json.Decoder(list[Raw])
_tool = msgspec.json.Decoder(_Tool)
_form = msgspec.json.Decoder(_Form)
_holder = msgspec.json.Decoder(_Holder)


def functions_in(dialect: str, tools: Raw) -> tuple[tuple[str, bytes], ...]:
    """Name and schema of each. Those that a server would run itself were left out at admission."""
    given: list[Raw] = decoded(_raws, tools) or []
    return tuple(_functions(dialect, given))


def _functions(dialect: str, tools: Iterable[Raw]) -> Iterable[tuple[str, bytes]]:
    for raw in tools:
        tool = decoded(_tool, raw) or _Tool()
        if dialect == "chat":
            name, schema = tool.function.name, tool.function.parameters
            is_taken = tool.type in (None, "function")
        elif dialect == "messages":
            name, schema, is_taken = tool.name, tool.input_schema, tool.type in (None, "custom")
        else:
            name, schema = tool.name, tool.parameters if tool.type != "custom" else ABSENT
            is_taken = tool.type in (None, "function", "custom")
        if name and is_taken:
            yield name, b"" if bytes(schema) in _NOTHING else bytes(schema)


def form_in(
    dialect: str, response_format: Raw, output_config: Raw, output_format: Raw, text: Raw
) -> bytes | None:
    """The JSON schema asked for; b"" for any JSON object; None where none was."""
    if dialect == "chat":
        return _schema(response_format)
    if dialect == "messages":
        return _schema((decoded(_holder, output_config) or _Holder()).format or output_format)
    return _schema((decoded(_holder, text) or _Holder()).format)


def _schema(raw: Raw) -> bytes | None:
    form = decoded(_form, raw) or _Form()
    if form.type == "json_object":
        return _ANY_OBJECT
    if form.type != "json_schema":
        return None
    schema = bytes(form.json_schema.schema if form.json_schema else form.schema)
    return _ANY_JSON if schema in _NOTHING else schema
