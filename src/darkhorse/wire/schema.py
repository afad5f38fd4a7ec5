"""JSON Schemas that clients send, compiled, and whether a text holds one. Pure: nothing is fetched.

Drafts 4 to 2020-12, as jsonschema-rs reads them; `format` is a note and checks nothing, as 2020-12
has it. A schema comes from a stranger, so everything is bounded before it is compiled: bytes,
depth, patterns, and its size (wire/schema_size.py). So is the work of a check, since it holds up
whatever else runs here: a text too large for its schema is not said to hold it, nor is a long
string where its pattern is beyond the linear engine (wire/patterns.py).
"""

import re
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs
import msgspec

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.patterns import OPTIONS, SHORT, guarded
from darkhorse.wire.schema_size import size_of

__all__ = ["ANYTHING", "MOST_BYTES", "OBJECT", "Schema"]

MOST_BYTES: Final = 256 * 1024
"""Of one schema, as written."""
_MOST_WORK: Final = 50_000_000  # steps; about a second at the worst
_TOO_LARGE: Final = "it is too large to be checked"
_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_DENIALS = (b'"not":', b'"if":', b'"oneOf":', b'"contains":', b'"patternProperties":')
"""Where what does not hold inside may hold as a whole: there a long string cannot be let go."""


class Schema:
    """A compiled schema."""

    __slots__ = ("_is_denied", "_size", "_validator")

    def __init__(self, schema: dict[str, Any]) -> None:
        """Raises InvalidRequest; its text follows on what was the schema's place."""
        self._size = size_of(schema)
        self._is_denied = False
        if self._size.squares:
            written = msgspec.json.encode(schema)
            self._is_denied = any(word in written for word in _DENIALS)
            schema = guarded(schema)
        try:
            self._validator = jsonschema_rs.validator_for(
                schema, validate_formats=False, offline=True, pattern_options=OPTIONS
            )
        except jsonschema_rs.ValidationError as e:
            raise InvalidRequest(f"it is not a valid JSON Schema{_place(e)}.") from None
        except ValueError:  # too deep for the library, or half a surrogate pair
            raise InvalidRequest("it is not a valid JSON Schema.") from None

    @staticmethod
    def compile(raw: bytes) -> "Schema":
        """Of JSON text. Raises InvalidRequest; clients send the same one again and again."""
        if len(raw) > MOST_BYTES:
            raise InvalidRequest(f"it has {len(raw)} bytes; {MOST_BYTES} are the most.")
        return _compile(raw)

    def problem(self, text: str) -> str | None:
        """Why this text, read as JSON, does not hold; None where it does."""
        try:
            value = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return "it is not JSON"
        if self._is_too_much(text):
            return _TOO_LARGE
        try:
            holds = self._validator.is_valid(value)
        except ValueError:
            return "it is nested too deeply to be checked"
        return None if holds else "it does not hold its schema"

    def _is_too_much(self, text: str) -> bool:
        """At most: every value of the text against every one of the schema."""
        values = 1 + text.count(",") + text.count("[") + text.count("{")
        work = self._size.nodes * values + self._size.characters * len(text)
        if not self._size.squares or work > _MOST_WORK:
            return work > _MOST_WORK
        written = [found[1] for found in _STRING.finditer(text)]
        if self._is_denied and max(map(len, written), default=0) > SHORT:
            return True
        short = [each for each in written if len(each) <= SHORT or "\\" in each]
        squared = sum(min(len(each), SHORT) ** 2 for each in short)
        return work + self._size.squares * squared > _MOST_WORK


@lru_cache(maxsize=128)
def _compile(raw: bytes) -> Schema:
    try:
        schema = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidRequest("it is not JSON, or nested too deeply.") from None
    if not isinstance(schema, dict):
        raise InvalidRequest("it must be an object.")
    return Schema(schema)


def _place(error: jsonschema_rs.ValidationError) -> str:
    """Where in the schema, in a client's own words, cut short."""
    steps = ".".join(str(step) for step in error.instance_path)[:120]
    return f" (at `{steps}`)" if steps.isprintable() and steps else ""


OBJECT: Final = Schema({"type": "object"})
"""Any JSON object."""
ANYTHING: Final = Schema({})
"""Any JSON."""
