"""A shape as a JSON schema that every grammar compiler takes. Pure."""

from typing import Any

import msgspec

from darkhorse.upstream.emulation.shape import (
    Anything,
    Either,
    Fixed,
    Items,
    Number,
    Record,
    Shape,
    Table,
    Text,
)

__all__ = ["schema_of"]


def schema_of(shape: Shape) -> dict[str, Any]:  # noqa: PLR0911 one for each kind of shape
    """No references, no booleans as schemas, nothing but type, bounds, steps, enum and anyOf."""
    match shape:
        case Fixed(values):
            return {"enum": [msgspec.json.decode(value) for value in values]}
        case Text(least, most, style, pattern):
            sizes = {"minLength": least or None, "maxLength": most}
            return _given(type="string", **sizes, format=style, pattern=pattern)
        case Number():
            return _number(shape)
        case Items():
            return _array(shape)
        case Record(fields):
            return {
                "type": "object",
                "properties": {field.name: schema_of(field.shape) for field in fields},
                "required": [field.name for field in fields if field.is_required],
                "additionalProperties": False,
            }
        case Table(value, least, most):
            kept = _given(type="object", minProperties=least or None, maxProperties=most)
            return {**kept, "additionalProperties": schema_of(value)}
        case Either(options):
            return {"anyOf": [schema_of(option) for option in options]}
        case Anything():
            return {}


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _number(number: Number) -> dict[str, Any]:
    low = "exclusiveMinimum" if number.is_over else "minimum"
    high = "exclusiveMaximum" if number.is_under else "maximum"
    kind = "integer" if number.is_whole else "number"
    step = None if not number.places else float(f"1e-{number.places}")
    return _given(type=kind, **{low: number.low, high: number.high}, multipleOf=step)


def _array(items: Items) -> dict[str, Any]:
    """Without mixed tuples, which compilers read in different ways: any of the shapes, anywhere."""
    least = len(items.first) + items.least
    most = None if items.most is None and items.rest else len(items.first) + (items.most or 0)
    kinds = [schema_of(shape) for shape in (*items.first, *([items.rest] if items.rest else []))]
    kept = _given(type="array", minItems=least or None, maxItems=most)
    if not kinds:
        return {**kept, "items": {}, "maxItems": 0}
    distinct = [kind for at, kind in enumerate(kinds) if kind not in kinds[:at]]
    return {**kept, "items": distinct[0] if len(distinct) == 1 else {"anyOf": distinct}}
