"""A tool call as Hermes and Qwen2.5 write it, read as it comes.

    <tool_call>{"name": …, "arguments": {…}}</tool_call>

The arguments stream as they are written; where they come before the name, they wait for it. What
is inside a JSON string is never a tag. Arguments that are JSON in a string are unpacked.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from darkhorse_engine.chat.events import CallArguments, CallFinished, CallStarted, Event
from darkhorse_engine.chat.tags import BLANKS, MOST_BLANKS, follows

__all__ = ["HermesCall"]

_END = "</tool_call>"
_GAP = rf"[{BLANKS}]{{0,{MOST_BLANKS}}}"
_STRING = r'("(?:[^"\\]|\\.){0,256}")'
_KEY = re.compile(rf"{_GAP}{_STRING}{_GAP}:", re.DOTALL)
_NAME = re.compile(rf"{_GAP}{_STRING}", re.DOTALL)
_LONGEST = 1024
"""Characters in which a key or a name has to be whole."""
_SIGNS = re.compile(r'["\\{}\[\],]')


class HermesCall:
    """See `calls.Call`."""

    def __init__(self, index: int, tools: Mapping[str, Mapping[str, Any]]) -> None:
        """A call of another than `tools` is a call all the same."""
        del tools
        self.has_begun = False
        self.rest: str | None = None
        self._index = index
        self._raw: list[str] = []  # all of it, until it has begun
        self._held = ""
        self._arguments: list[str] | None = None
        self._sent = 0  # pieces of the arguments
        self._end = _ValueEnd()
        self._is_arguments = False
        self._events: list[Event] = []
        self._step: Callable[[], bool] = self._read_brace

    def feed(self, text: str) -> list[Event]:
        self._held += text
        if not self.has_begun:
            self._raw.append(text)
        while self.rest is None and self._step():
            pass
        events, self._events = self._events, []
        return events

    def close(self) -> list[Event]:
        if self._step == self._read_tag:
            self._finish()
        else:
            if self.has_begun and _END not in self._held:
                self._held = ""  # half a key, say, which is no content
            self._fail()
        return self.feed("")

    def _read_brace(self) -> bool:
        tag = follows(self._held, ("{",))
        if tag is None:
            self._fail()
        if not tag:
            return False
        self._held = self._held.partition("{")[2]
        self._step = self._read_key
        return True

    def _read_key(self) -> bool:
        """A key and its colon, a comma, or the end of the object."""
        sign = follows(self._held, (",", "}", '"'))
        if sign in (",", "}"):
            self._held = self._held.partition(sign)[2]
            self._step = self._read_tag if sign == "}" else self._read_key
            return True
        if (found := self._match(sign, _KEY)) is None:
            return False
        key = _decoded(found[1])
        self._is_arguments = key in ("arguments", "parameters") and self._arguments is None
        if self._is_arguments:
            self._arguments = []
        is_name = key == "name" and not self.has_begun
        self._end = _ValueEnd()
        self._step = self._read_name if is_name else self._read_value
        return True

    def _read_name(self) -> bool:
        if (found := self._match(follows(self._held, ('"',)), _NAME)) is None:
            return False
        name = _decoded(found[1])
        if not name:
            self._fail()
            return False
        self.has_begun = True
        self._raw.clear()
        self._events.append(CallStarted(self._index, name))
        self._send()
        self._step = self._read_key
        return True

    def _match(self, sign: str | None, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take what the text has to go on with; None if that is not there yet, or never.

        `sign`: what `follows` found of a string's first quote.
        """
        found = pattern.match(self._held) if sign else None
        if found is not None:
            self._held = self._held[found.end() :]
        elif sign is None or len(self._held) > _LONGEST:
            self._fail()
        return found

    def _read_value(self) -> bool:
        text, self._held = self._held, ""
        end = self._end.find(text)
        if end is not None:
            text, self._held = text[:end], text[end:]
        if self._is_arguments and self._arguments is not None:
            if text := text if self._arguments else text.lstrip(BLANKS):
                self._arguments.append(text)
            self._send()
        if end is None:
            return False
        self._step = self._read_key
        return True

    def _send(self) -> None:
        """Pass on the arguments that are an object; others are first read to their end."""
        if self.has_begun and self._arguments and self._arguments[0][0] == "{":
            self._say("".join(self._arguments[self._sent :]))
            self._sent = len(self._arguments)

    def _read_tag(self) -> bool:
        """Behind the object; the tag that closes a call may be missing."""
        tag = follows(self._held, (_END,))
        if tag == "":
            return False
        if tag:
            self._held = self._held.partition(tag)[2]
        self._finish()
        return False

    def _finish(self) -> None:
        """The object is whole; a call it is if it has named a function."""
        if not self.has_begun:
            self._fail()
            return
        arguments = "".join(self._arguments or ())
        if not self._sent:
            arguments = _unpacked(arguments)
            self._say(arguments)
        self._over(is_whole=_is_object(arguments))

    def _fail(self) -> None:
        """It is no call, or one that breaks off."""
        if not self.has_begun:
            self.rest, self._held = "".join(self._raw), ""
            return
        if not self._sent:
            self._say("".join(self._arguments or ()))
        self._over(is_whole=False)

    def _over(self, *, is_whole: bool) -> None:
        self._events.append(CallFinished(self._index, is_whole))
        self.rest, self._held = self._held, ""

    def _say(self, text: str) -> None:
        if text:
            self._events.append(CallArguments(self._index, text))


class _ValueEnd:
    """Finds the end of one JSON value in text that comes in pieces, by its brackets and quotes."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._is_escaped = False

    def find(self, text: str) -> int | None:
        """Where in this piece the value ends."""
        at = 0
        if self._is_escaped and text:
            at, self._is_escaped = 1, False
        while (sign := _SIGNS.search(text, at)) is not None:
            at = sign.end()
            if sign[0] == "\\":
                self._is_escaped = self._in_string and at == len(text)
                at += self._in_string
            elif (end := self._pass(sign)) is not None:
                return end
        return None

    def _pass(self, sign: re.Match[str]) -> int | None:
        """One sign; its place if the value ends there."""
        if sign[0] == '"':
            self._in_string = not self._in_string
        elif self._in_string:
            return None
        elif sign[0] in "{[":
            self._depth += 1
        elif not self._depth:
            return sign.start()  # a number or a word ends where the object goes on
        elif sign[0] in "}]":
            self._depth -= 1
        is_over = not self._depth and not self._in_string and sign[0] != ","
        return sign.end() if is_over else None


def _decoded(string: str) -> str:
    """A JSON string's text; "" if it is not one."""
    try:
        return str(json.loads(string))
    except ValueError:
        return ""


def _unpacked(arguments: str) -> str:
    """Arguments that are no object: none, or JSON in a string."""
    text = arguments.strip(BLANKS)
    if text in ("", "null"):
        return "{}"
    return _decoded(text) if text.startswith('"') else text


def _is_object(text: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(text), dict)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return False
