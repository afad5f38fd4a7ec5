"""What little of a tool's JSON Schema the reading and forcing of its calls has to know."""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["kind_of", "properties_of", "resolved", "types_of"]

_MOST_REFERENCES = 32
_ANY_OF = ("anyOf", "oneOf")
_KINDS: dict[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}


def properties_of(schema: Any) -> Mapping[str, Any]:
    """The properties that an object's schema names."""
    found = schema.get("properties") if isinstance(schema, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def types_of(schema: Any, key: str) -> frozenset[str] | None:
    """The types that an object's property may have, in JSON Schema's words; None: not known."""
    return _types(properties_of(resolved(schema, schema)).get(key), schema, _MOST_REFERENCES)


def resolved(schema: Any, root: Any) -> Any:
    """What a local `$ref` leads to; None where it leads nowhere."""
    for _ in range(_MOST_REFERENCES):
        reference = schema.get("$ref") if isinstance(schema, Mapping) else None
        if not isinstance(reference, str):
            return schema
        schema = _at(root, reference)
    return None


def _at(root: Any, reference: str) -> Any:
    """By JSON pointer."""
    if not reference.startswith("#"):
        return None
    for step in reference.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        root = root.get(name) if isinstance(root, Mapping) else None
    return root


def _types(schema: Any, root: Any, depth: int) -> frozenset[str] | None:
    schema = resolved(schema, root)
    if not isinstance(schema, Mapping) or not depth:
        return None
    said = schema.get("type")
    if isinstance(said, str):
        return frozenset({said})
    if isinstance(said, Sequence):
        return frozenset(map(str, said))
    if "const" in schema or isinstance(schema.get("enum"), list):
        return frozenset(map(kind_of, schema.get("enum", [schema.get("const")])))
    options = next((schema[word] for word in _ANY_OF if isinstance(schema.get(word), list)), None)
    each = [_types(option, root, depth - 1) for option in options or ()]
    if not each or None in each:
        return None
    return frozenset().union(*(types for types in each if types is not None))


def kind_of(value: Any) -> str:
    """The type of a JSON value, in JSON Schema's words."""
    return _KINDS[type(value)]
