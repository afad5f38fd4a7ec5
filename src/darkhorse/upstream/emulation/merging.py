"""Two JSON schemas that must both hold, as one. Pure."""

from typing import Any

__all__ = ["merge"]

_MOSTS = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_NOTES = frozenset({"title", "description", "default", "examples", "$schema", "$id", "$comment"})


def merge(*schemas: Any) -> Any:
    """One schema for all; False where one of them admits nothing.

    What cannot be made one is kept apart in `allOf` where it is about properties, and otherwise the
    later wins: a rare case, and the answer is checked.
    """
    merged: dict[str, Any] = {}
    for schema in schemas:
        if schema is True:
            continue
        if not isinstance(schema, dict):
            return False
        for name, value in schema.items():
            merged[name] = _both(name, merged[name], value) if name in merged else value
    return merged or True


def _both(name: str, one: Any, other: Any) -> Any:
    if name in _NOTES or one == other:
        return one
    if name == "type":
        return _types(one, other)
    if name in ("items", "additionalProperties"):
        return {"allOf": [one, other]}
    if _is_number(one) and _is_number(other):
        return min(one, other) if name in _MOSTS else max(one, other)
    return _collections(name, one, other)


def _collections(name: str, one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return _properties(one, other) if name == "properties" else {**one, **other}
    if isinstance(one, list) and isinstance(other, list):
        return _lists(name, one, other)
    return other


def _properties(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    shared = {name: {"allOf": [one[name], other[name]]} for name in one if name in other}
    return {**one, **other, **shared}


def _lists(name: str, one: list[Any], other: list[Any]) -> list[Any]:
    if name in ("required", "allOf"):
        return [*one, *(value for value in other if value not in one)]
    if name in ("enum", "type"):
        return [value for value in one if value in other]
    return other


def _types(one: Any, other: Any) -> list[Any]:
    first, second = (kinds if isinstance(kinds, list) else [kinds] for kinds in (one, other))
    both = [kind for kind in first if kind in second]
    if "number" in first + second and "integer" in first + second and "integer" not in both:
        both.append("integer")
    return both


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
