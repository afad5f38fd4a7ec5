"""JSON Schemas that clients send, compiled, and whether a text holds one. Pure: nothing is fetched.

Drafts 4 to 2020-12, as jsonschema-rs reads them; `format` is a note and checks nothing, as 2020-12
has it. Patterns run on an engine that is linear but for look-around and back references, and for
those gives up after a number of steps. A schema comes from a stranger, so everything is bounded
before it is compiled: bytes, depth, patterns, and its size when its references are followed (twenty
definitions that name each other twice make a million). So is the work of a check, since it holds up
whatever else runs here: a text too large for its schema is not said to hold it.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

import jsonschema_rs
import msgspec

from darkhorse.base.errors import InvalidRequest

__all__ = ["ANYTHING", "OBJECT", "Schema"]

_MOST_BYTES: Final = 256 * 1024
_DEEPEST: Final = 128  # levels, references followed
_MOST_NODES: Final = 100_000  # values in it, references followed
_MOST_PATTERNS: Final = 100
_MOST_WORK: Final = 50_000_000  # values of schema x values of text; about a second at the worst
_PATTERN_WORK: Final = 8  # of each character of a text, for each pattern
_PATTERNS = jsonschema_rs.FancyRegexOptions(backtrack_limit=10_000, size_limit=2_000_000)
_REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})
_HELD_APART = frozenset({"$defs", "definitions"})  # counted where something refers to them


class Schema:
    """A compiled schema."""

    __slots__ = ("_nodes", "_patterns", "_validator")

    def __init__(self, schema: dict[str, Any]) -> None:
        """Raises InvalidRequest; its text follows on what was the schema's place."""
        size = _Size(schema)
        self._nodes, self._patterns = size.nodes, size.patterns
        try:
            self._validator = jsonschema_rs.validator_for(
                schema, validate_formats=False, offline=True, pattern_options=_PATTERNS
            )
        except jsonschema_rs.ValidationError as e:
            raise InvalidRequest(f"it is not a valid JSON Schema{_place(e)}.") from None
        except ValueError:  # too deep for the library, or half a surrogate pair
            raise InvalidRequest("it is not a valid JSON Schema.") from None

    @staticmethod
    def compile(raw: bytes) -> "Schema":
        """Of JSON text. Raises InvalidRequest; clients send the same one again and again."""
        if len(raw) > _MOST_BYTES:
            raise InvalidRequest(f"it has {len(raw)} bytes; {_MOST_BYTES} are the most.")
        return _compile(raw)

    def problem(self, text: str) -> str | None:
        """Why this text, read as JSON, does not hold; None where it does."""
        try:
            value = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return "it is not JSON"
        if self._work(text) > _MOST_WORK:
            return "it is too large to be checked"
        try:
            holds = self._validator.is_valid(value)
        except ValueError:
            return "it is nested too deeply to be checked"
        return None if holds else "it does not hold its schema"

    def _work(self, text: str) -> int:
        """At most: every value of the text against every one of the schema."""
        values = 1 + text.count(",") + text.count("[") + text.count("{")
        return self._nodes * values + self._patterns * len(text) * _PATTERN_WORK


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


class _Size:
    """Bounds of a schema, references followed; one that leads back to itself counts once."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._known: dict[str, tuple[int, int]] = {}  # pointer → values, levels below it
        self.patterns = 0
        for key, value in root.items():
            if key in _HELD_APART:
                self._measure(value, 1)  # what nothing refers to must be sound, too
        self.nodes, _ = self._measure(root, 0)

    def _measure(self, value: Any, depth: int) -> tuple[int, int]:
        """Values in it and levels below it."""
        nodes, height = 1, 0
        for inner, inner_height in self._inside(value, depth):
            nodes += inner
            height = max(height, inner_height + 1)
        if nodes > _MOST_NODES:
            raise InvalidRequest("it is too large once its references are followed.")
        return nodes, height

    def _inside(self, value: Any, depth: int) -> Iterator[tuple[int, int]]:
        if depth > _DEEPEST:
            raise InvalidRequest(f"it is nested too deeply; {_DEEPEST} levels are the most.")
        if isinstance(value, list):
            yield from (self._measure(each, depth + 1) for each in value)
        if not isinstance(value, dict):
            return
        self._look_at(value, is_root=value is self._root)
        for key, each in value.items():
            if key in _REFERENCES and isinstance(each, str):
                yield self._follow(each, depth + 1)
            elif value is not self._root or key not in _HELD_APART:
                yield self._measure(each, depth + 1)

    def _look_at(self, schema: dict[str, Any], *, is_root: bool) -> None:
        """Count its patterns; an `$id` further down would change what references mean."""
        if isinstance(schema.get("$id"), str) and not is_root:
            raise InvalidRequest("an `$id` is taken at its top only.")
        self.patterns += isinstance(schema.get("pattern"), str)
        if isinstance(named := schema.get("patternProperties"), dict):
            self.patterns += len(named)
        if self.patterns > _MOST_PATTERNS:
            raise InvalidRequest(f"it has too many patterns; {_MOST_PATTERNS} are the most.")

    def _follow(self, reference: str, depth: int) -> tuple[int, int]:
        pointer = unquote(reference.removeprefix("#"))
        if not reference.startswith("#") or pointer[:1] not in ("", "/"):
            raise InvalidRequest("a reference must lead into the same schema: `#/…`.")
        if pointer in self._known:
            nodes, height = self._known[pointer]
            if depth + height > _DEEPEST:
                raise InvalidRequest(f"it is nested too deeply; {_DEEPEST} levels are the most.")
            return nodes, height
        self._known[pointer] = 1, 0  # it leads back to itself, if it is met again below
        self._known[pointer] = found = self._measure(self._find(pointer), depth)
        return found

    def _find(self, pointer: str) -> Any:
        """What a JSON pointer (RFC 6901) names."""
        found: Any = self._root
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and key.isdecimal() and int(key) < len(found):
                found = found[int(key)]
            elif isinstance(found, dict) and key in found:
                found = found[key]
            else:
                raise InvalidRequest("one of its references leads nowhere.")
        return found


OBJECT: Final = Schema({"type": "object"})
"""Any JSON object."""
ANYTHING: Final = Schema({})
"""Any JSON."""
