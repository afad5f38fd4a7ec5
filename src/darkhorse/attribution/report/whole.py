"""Values as JSON with every key: scripts need not ask what is there."""

import json
import math
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

__all__ = ["json_of", "line_of", "whole"]


def json_of(value: Struct) -> str:
    """One object, and a line feed; the same value always gives the same text.

    ASCII alone, so that halves of characters do no harm; a number that is none becomes null.
    """
    return json.dumps(whole(value), indent=1, allow_nan=False) + "\n"


def line_of(value: Struct) -> str:
    """The same on one line, without a line feed."""
    return json.dumps(whole(value), separators=(",", ":"), allow_nan=False)


def whole(value: Any) -> Any:
    """As JSON has it, without leaving out what is empty."""
    if isinstance(value, Struct):
        return {name: whole(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {str(name): whole(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [whole(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
