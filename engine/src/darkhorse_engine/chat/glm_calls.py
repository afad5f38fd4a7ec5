"""A tool call as GLM writes it, read as it comes.

    <tool_call>{name}<arg_key>{key}</arg_key><arg_value>{value}</arg_value>…</tool_call>

A value is a string as it is where the tool's schema says string and nothing else; it then streams.
Others wait for their end, and are JSON if they read as JSON of a type that the schema allows, else
a string. `</arg_value>` ends a value only where another tag of a call follows, so that text about
this very form passes through it whole.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from darkhorse_engine.chat.events import CallArguments, CallFinished, CallStarted, Event
from darkhorse_engine.chat.schema import kind_of, types_of
from darkhorse_engine.chat.tags import BLANKS, MOST_BLANKS, follows, half_of

__all__ = ["GlmCall"]

_KEY, _KEY_END, _VALUE, _VALUE_END, _END = (
    "<arg_key>",
    "</arg_key>",
    "<arg_value>",
    "</arg_value>",
    "</tool_call>",
)
_NAME = re.compile(rf"[{BLANKS}]{{0,{MOST_BLANKS}}}([\w.:/-]{{0,128}})")
_LONGEST_KEY = 256


class GlmCall:
    """See `calls.Call`."""

    def __init__(self, index: int, tools: Mapping[str, Mapping[str, Any]]) -> None:
        """`tools` are functions by name; a call of another is a call all the same."""
        self.has_begun = False
        self.rest: str | None = None
        self._index = index
        self._tools = tools
        self._parameters: Any = None
        self._held = ""
        self._keys = 0
        self._types: frozenset[str] | None = None
        self._value: list[str] = []  # of a value that is not known to be a string
        self._events: list[Event] = []
        self._step: Callable[[], bool] = self._read_name

    def feed(self, text: str) -> list[Event]:
        self._held += text
        while self.rest is None and self._step():
            pass
        events, self._events = self._events, []
        return events

    def close(self) -> list[Event]:
        held = self._held
        if not self.has_begun:
            self.rest = held
            return []
        if self._step == self._read_key and held:
            self._say(self._comma() + json.dumps(held, ensure_ascii=False)[:-1])
        elif self._step == self._read_value:
            self._close_value(held)
        self._held = ""
        self._finish(is_whole=False)
        return self.feed("")

    def _read_name(self) -> bool:
        found = _NAME.match(self._held)
        assert found is not None
        behind = self._held[found.end() :]
        tag = follows(behind, (_KEY, _END))
        if tag is None or (tag and not found[1]):
            self.rest = self._held
        if not tag or not found[1]:
            return False
        self.has_begun = True
        self._parameters = self._tools.get(found[1], {}).get("parameters")
        self._events.append(CallStarted(self._index, found[1]))
        self._held, self._step = behind, self._read_gap
        return True

    def _read_gap(self) -> bool:
        """Behind the name, or a value: where one of the two tags is known to follow."""
        tag = follows(self._held, (_KEY, _END))
        if not tag:
            return False
        self._held = self._held.partition(tag)[2]
        if tag == _END:
            self._say("}" if self._keys else "{}")
            self._finish(is_whole=True)
        self._step = self._read_key
        return True

    def _read_key(self) -> bool:
        key, end, behind = self._held.partition(_KEY_END)
        tag = follows(behind, (_VALUE,)) if end else ""
        if tag is None or len(key) > _LONGEST_KEY + (0 if end else len(_KEY_END)):
            self._finish(is_whole=False)
        if not tag or self.rest is not None:
            return False
        self._held = behind.partition(_VALUE)[2]
        self._types = types_of(self._parameters, key)
        self._say(self._comma() + json.dumps(key, ensure_ascii=False) + ": ")
        self._say('"' if self._is_text else "")
        self._keys += 1
        self._step = self._read_value
        return True

    def _read_value(self) -> bool:
        value, end, behind = self._held.partition(_VALUE_END)
        if not end:
            half = half_of(_VALUE_END, value)
            self._held = value[len(value) - half :]
            self._add(value[: len(value) - half])
            return False
        tag = follows(behind, (_KEY, _END))
        self._add(value)
        if tag is None:
            self._add(end)
        self._held = end + behind if tag == "" else behind
        if tag:
            self._end_value()
        return tag != ""

    def _close_value(self, held: str) -> None:
        """At the end of the answer: ended by half of what ends it, or cut."""
        if held.startswith(_VALUE_END):
            self._end_value()
            return
        self._add(held)
        self._say("".join(self._value))

    def _end_value(self) -> None:
        self._say('"' if self._is_text else _as_json("".join(self._value), self._types))
        self._value.clear()
        self._step = self._read_gap

    @property
    def _is_text(self) -> bool:
        return self._types == frozenset({"string"})

    def _add(self, text: str) -> None:
        """More of a value."""
        if self._is_text:
            self._say(json.dumps(text, ensure_ascii=False)[1:-1])
        elif text:
            self._value.append(text)

    def _comma(self) -> str:
        return ", " if self._keys else "{"

    def _say(self, text: str) -> None:
        if text:
            self._events.append(CallArguments(self._index, text))

    def _finish(self, *, is_whole: bool) -> None:
        self._events.append(CallFinished(self._index, is_whole))
        self.rest, self._held = self._held, ""


def _as_json(text: str, types: frozenset[str] | None) -> str:
    """A value as JSON; `types` are those its schema allows, None if that is not known."""
    trimmed = text.strip(BLANKS)
    try:
        kind = kind_of(msgspec.json.decode(trimmed))
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return json.dumps(text, ensure_ascii=False)
    allowed = types or frozenset()
    fits = kind in allowed or (kind == "integer" and "number" in allowed)
    if "string" in allowed and (kind == "string" or not fits):
        return json.dumps(text, ensure_ascii=False)
    return trimmed
