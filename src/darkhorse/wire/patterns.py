"""What the patterns of a JSON Schema cost to match. Pure.

jsonschema-rs has two engines. One is linear in the text, at a price that grows with the pattern
written out (`[ab]{500}` is five hundred states); it knows no look-around and no back references.
Where a pattern has these the other one begins anew at every character: quadratic in a string, until
it gives up. So such a pattern is only ever asked about short strings: `guarded` puts their length
before it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs

__all__ = ["OPTIONS", "SHORT", "guarded", "is_linear", "states"]

SHORT: Final = 1000
"""Characters of a string that a pattern beyond the linear engine is asked about."""
_BACKTRACKS: Final = 10_000
_BYTES: Final = 2_000_000  # of one compiled pattern
OPTIONS: Final = jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKS, size_limit=_BYTES)
_LINEAR = jsonschema_rs.RegexOptions(size_limit=_BYTES)
_VALUES = frozenset({"const", "enum", "default", "examples"})  # what looks like a schema is none
_BY_NAME = frozenset(
    {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"}
)

_TOKEN = re.compile(
    r"(?P<property>\\[pP](?:\{[^}]*\}|.))|(?P<wide>\[\^(?:\\.|[^\]\\])*\]|\.)"
    r"|(?P<open>\((?:\?(?:[:=!>]|<[=!]|<[^>]*>))?)|(?P<close>\))"
    r"|(?P<times>\{(?P<least>\d+)(?P<comma>,(?P<most>\d*))?\})"
    r"|(?P<none>[|^$*+?])"
    r"|\\.|\[(?:\\.|[^\]\\])*\]|.",
    re.DOTALL,
)
_WIDE = 3  # states of a class of many characters, in the bytes of UTF-8
_PROPERTY = 24  # of one of Unicode's own
_HUGE = 10**6


@lru_cache(maxsize=1024)
def is_linear(pattern: str) -> bool:
    """Does the linear engine take it? False, too, for what is no pattern at all."""
    return _is_taken(pattern, _LINEAR)


def _is_taken(pattern: str, options: Any) -> bool:
    try:
        jsonschema_rs.validator_for(
            {"pattern": pattern}, validate_formats=False, offline=True, pattern_options=options
        )
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1024)
def states(pattern: str) -> int:
    """About how many states it has, its counted repetitions written out."""
    outer: list[int] = []  # of the groups around
    here = last = 0  # in this group; in its last atom
    for token in _TOKEN.finditer(pattern):
        if token["none"]:
            continue
        if token["times"]:
            here += last * (_times(token) - 1)
        elif token["open"]:
            outer.append(here)
            here = last = 0
        elif token["close"] and outer:
            last = here + 1
            here = outer.pop() + last
        else:
            last = _PROPERTY if token["property"] else _WIDE if token["wide"] else 1
            here += last
        here = min(here, _HUGE)
    return min(here + sum(outer), _HUGE)


def _times(token: "re.Match[str]") -> int:
    """How often an atom is written out."""
    written = token["most"] or token["least"]
    open_ended = bool(token["comma"]) and not token["most"]
    return max(1, min(int(written[:7]), _HUGE) + open_ended)


def guarded(schema: Any) -> Any:
    """The same schema, in which patterns that are not linear are asked about short strings only.

    A longer string does not hold. `allOf` looks at its parts in their order, up to the first that
    does not hold.
    """
    if isinstance(schema, list):
        return [guarded(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = dict(_guarded_words(schema))
    pattern = kept.get("pattern")
    if isinstance(pattern, str) and not is_linear(pattern) and _is_taken(pattern, OPTIONS):
        before = kept["allOf"] if isinstance(kept.get("allOf"), list) else []
        del kept["pattern"]
        kept["allOf"] = [*before, {"allOf": [{"maxLength": SHORT}, {"pattern": pattern}]}]
    return kept


def _guarded_words(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for word, value in schema.items():
        if word in _BY_NAME and isinstance(value, dict):
            yield word, {name: guarded(each) for name, each in value.items()}
        else:
            yield word, value if word in _VALUES else guarded(value)
