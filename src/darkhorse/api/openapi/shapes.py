"""Pieces of JSON Schema that the hot routes' bodies are put together from."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct, structs

__all__ = ["COUNT", "MODEL", "TEXT", "Schema", "array", "body_of", "either", "nullable", "shape"]

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
MODEL: Schema = {"type": "string", "minLength": 1, "description": "Slug or alias."}


def shape(required: Mapping[str, Any], **optional: Any) -> Schema:
    """An object; what is not named is let pass."""
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": [*required],
    }


def array(of: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": of, **({"minItems": least} if least else {})}


def either(*schemas: Schema) -> Schema:
    return {"anyOf": [*schemas]}


def nullable(schema: Schema) -> Schema:
    return either(schema, {"type": "null"})


def body_of(
    body: type[Struct], by_hand: Mapping[str, Schema], required: Sequence[str], without: str = ""
) -> Schema:
    """The fields that a body's struct reads; `by_hand` says what it leaves raw.

    `without` are words, with blanks between, of fields that are there to be refused.
    """
    given = {**by_hand, "model": MODEL}
    read = {
        field.encode_name: _schema(field.type)
        for field in structs.fields(body)
        if field.encode_name not in given
    }
    properties = {**read, **given}
    for name in without.split():
        del properties[name]
    return {"type": "object", "properties": properties, "required": [*required]}


def _schema(kind: Any) -> Any:
    (found,), components = msgspec.json.schema_components([kind], ref_template="{name}")
    return _inlined(found, components)


def _inlined(schema: Any, components: Mapping[str, Any]) -> Any:
    """Private structs have no business among the document's named schemas."""
    if isinstance(schema, list):
        return [_inlined(each, components) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        found = _inlined(components[schema["$ref"]], components)
        return {name: it for name, it in found.items() if name not in ("title", "description")}
    return {name: _inlined(each, components) for name, each in schema.items()}
