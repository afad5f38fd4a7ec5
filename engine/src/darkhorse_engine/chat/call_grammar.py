"""Tool calls as a grammar in llguidance's Lark, in the forms that the parser reads.

In the JSON form a call's arguments hold its schema whole. In GLM's form, where strings are written
as they are, of a string `enum`, `const`, `pattern`, `minLength` and `maxLength` hold, and `format`
does not; a string with one of the last three holds no `<`, so that it cannot be ended too early.
Arguments come in the schema's order; where a schema names no properties, any may come.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from darkhorse_engine.chat.calls import Form
from darkhorse_engine.chat.schema import properties_of, resolved, types_of

__all__ = ["WHITESPACE", "expression", "lark_of_calls"]

WHITESPACE = {"whitespace_pattern": r"[ \t\r\n]{1,40}"}
"""In one place of JSON, at most: small models go on with blanks for ever."""
_ANY_TEXT = "(?s:.)*"
_UNESCAPED_SLASH = re.compile(r"\\.|/", re.DOTALL)
"""A slash, or what is escaped already."""
_NO_ARGUMENTS: Mapping[str, Any] = {
    "type": "object",
    "properties": {},
    "additionalProperties": False,
}


def lark_of_calls(
    functions: Sequence[Mapping[str, Any]], form: Form, *, may_say: bool, is_one: bool
) -> str:
    """One call or more of `functions`; `may_say`: or text, with or without calls in it."""
    bodies = " | ".join(f"f{at}" for at in range(len(functions)))
    rules = [*_start(form, may_say=may_say, is_one=is_one), f"body: {bodies}"]
    for at, function in enumerate(functions):
        rules += (_glm if form == "glm" else _hermes)(f"f{at}", function)
    return "\n".join(rules) + "\n"


def expression(pattern: str) -> str:
    """A regular expression as Lark writes it, between slashes."""
    inside = _UNESCAPED_SLASH.sub(lambda sign: "\\/" if sign[0] == "/" else sign[0], pattern)
    return f"/{inside}/"


def _start(form: Form, *, may_say: bool, is_one: bool) -> list[str]:
    tail = '"</tool_call>"' if form == "glm" else '"\\n"? "</tool_call>"'
    head = "" if form == "glm" else '"\\n"? '
    if may_say:
        start = "start: text | told" if is_one else "start: told* text"
        return [
            start,
            f"told: lead {head}body {tail}",
            f"lead[lazy]: /{_ANY_TEXT}<tool_call>/",
            f"text: /{_ANY_TEXT}/",
        ]
    gap = "" if form == "glm" else '"\\n"? '
    start = "start: call" if is_one else f"start: call ({gap}call)*"
    return [start, f'call: "<tool_call>" {head}body {tail}']


def _hermes(rule: str, function: Mapping[str, Any]) -> Iterator[str]:
    whole = {
        "type": "object",
        "properties": {
            "name": {"const": function["name"]},
            "arguments": {"$ref": "#/$defs/parameters"},
        },
        "required": ["name", "arguments"],
        "additionalProperties": False,
    }
    yield f"{rule}: %json {_json(whole, _parameters(function))}"


def _glm(rule: str, function: Mapping[str, Any]) -> Iterator[str]:
    """The name, and a rule for each argument."""
    parameters = _parameters(function)
    shape = resolved(parameters, parameters)
    shape = shape if isinstance(shape, Mapping) else {}
    names, needed = list(properties_of(shape)), shape.get("required") or ()
    parts = [f"{rule}_{at}{'' if name in needed else '?'}" for at, name in enumerate(names)]
    if "properties" not in shape and shape.get("additionalProperties") is not False:
        parts = [f"{rule}_any*"]
        yield f'{rule}_any: "<arg_key>" /[^<>]{{1,64}}/ "</arg_key>" "<arg_value>" {rule}_text'
        yield _text(f"{rule}_text")
    yield f"{rule}: {json.dumps(function['name'])} {' '.join(parts)}"
    for at, name in enumerate(names):
        yield from _argument(f"{rule}_{at}", name, properties_of(shape)[name], parameters)


def _argument(rule: str, name: str, schema: Any, root: Mapping[str, Any]) -> Iterator[str]:
    head = json.dumps(f"<arg_key>{name}</arg_key><arg_value>", ensure_ascii=False)
    schema, types = resolved(schema, root), types_of(root, name)
    fixed = _fixed(schema)
    if fixed is not None:
        values = " | ".join(json.dumps(value, ensure_ascii=False) for value in fixed)
        yield f'{rule}: {head} ({values}) "</arg_value>"'
    elif types is None or "string" in types:
        yield f"{rule}: {head} {rule}_text"
        yield from _text_of(f"{rule}_text", schema)
    else:
        yield f'{rule}: {head} {rule}_json "</arg_value>"'
        yield f"{rule}_json: %json {_json(_moved(schema), root)}"


def _text(rule: str) -> str:
    """Any text, up to the tag that ends it."""
    return rf"{rule}[lazy]: /{_ANY_TEXT}<\/arg_value>/"


def _text_of(rule: str, schema: Any) -> Iterator[str]:
    """Text of a length, or that matches a pattern, in part if that is not anchored."""
    said = schema if isinstance(schema, Mapping) else {}
    least, most = said.get("minLength", 0), said.get("maxLength", "")
    pattern = said.get("pattern")
    if not least and most == "" and pattern is None:
        yield _text(rule)
        return
    parts = [f"/[^<]{{{least},{most}}}/"]
    if pattern is not None:
        head = "" if pattern.startswith("^") else _ANY_TEXT
        tail = "" if pattern.endswith("$") else _ANY_TEXT
        body = f"(?:{pattern})" if head and tail else pattern
        parts.append(expression(head + body + tail))
    yield f'{rule}: {rule.upper()} "</arg_value>"'
    yield f"{rule.upper()}: {' & '.join(parts)}"


def _fixed(schema: Any) -> list[str] | None:
    """The only values there are, as GLM writes them."""
    if not isinstance(schema, Mapping) or not ("const" in schema or schema.get("enum")):
        return None
    values = schema["enum"] if schema.get("enum") else [schema["const"]]
    written = (json.dumps(value, ensure_ascii=False) for value in values)
    return [
        value if isinstance(value, str) else text
        for value, text in zip(values, written, strict=True)
    ]


def _parameters(function: Mapping[str, Any]) -> Mapping[str, Any]:
    parameters = function.get("parameters")
    return parameters if isinstance(parameters, Mapping) and parameters else _NO_ARGUMENTS


def _json(schema: Any, parameters: Mapping[str, Any]) -> str:
    """A schema that may point at `#/$defs/parameters`, as text for `%json`."""
    schema = schema if isinstance(schema, Mapping) else {}
    whole = {**schema, "$defs": {"parameters": _moved(parameters)}, "x-guidance": WHITESPACE}
    return json.dumps(whole)


def _moved(schema: Any) -> Any:
    """The same schema for a place below `#/$defs/parameters`: its references begin there."""
    if isinstance(schema, Mapping):
        moved = {key: _moved(value) for key, value in schema.items() if key != "x-guidance"}
        reference = schema.get("$ref")
        if isinstance(reference, str):
            moved["$ref"] = re.sub("^#", "#/$defs/parameters", reference)
        return moved
    return [_moved(each) for each in schema] if isinstance(schema, list) else schema
