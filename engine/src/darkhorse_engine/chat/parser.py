"""An answer's text, as it streams, told apart into thoughts, content and tool calls.

One machine for all three, fed with pieces cut anywhere: what may be half a tag waits, nothing else
does, and each character is looked at a bounded number of times. Nothing of an answer is lost, but
for tags and the blanks between them.

- Thoughts are what stands before the first `</think>`, if the prompt opened them or the answer
  begins with `<think>`. A `<tool_call>` in there is a thought.
- Behind them `<tool_call>` begins a call, if the request gave tools; what turns out not to be one
  is content, tag included. How a call is written: `calls.py`.
- An answer may end inside a call: its `CallFinished` says so (`is_whole`), and its arguments are
  cut where the text was. Ended before its name was whole, it is content.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from darkhorse_engine.chat.calls import Call, Form, new_call
from darkhorse_engine.chat.events import Content, Event, Reasoning
from darkhorse_engine.chat.tags import MOST_BLANKS, half_of

__all__ = ["Parser"]

_THINK, _THOUGHT, _CALL = "<think>", "</think>", "<tool_call>"


class Parser:
    """Of one answer."""

    def __init__(
        self,
        form: Form,
        tools: Sequence[Mapping[str, Any]] = (),
        *,
        is_thinking: bool = False,
    ) -> None:
        """`tools`: as the request gave them; without any, no text is a call.

        `is_thinking`: the prompt has opened `<think>`.
        """
        self._form = form
        self._tools = {tool["function"]["name"]: tool["function"] for tool in tools}
        self._held = ""
        self._calls = 0
        self._call: Call | None = None
        self._events: list[Event] = []
        self._step: Callable[[], bool] = self._think if is_thinking else self._begin

    def feed(self, text: str) -> list[Event]:
        """What is certain now."""
        self._held += text
        while self._step():
            pass
        events, self._events = self._events, []
        return events

    def close(self) -> list[Event]:
        """The rest, once the answer has ended."""
        events = self.feed("")
        while self._call is not None:
            self._after_call(self._call.close())
            events += self.feed("")
        kind = Reasoning if self._step == self._think else Content
        rest, self._held = self._held, ""
        return [*events, kind(rest)] if rest else events

    def _begin(self) -> bool:
        """Nothing so far, or blanks, or half a tag."""
        start = self._held.lstrip()
        blanks = len(self._held) - len(start)
        if blanks <= MOST_BLANKS and len(start) < len(_THINK) and _THINK.startswith(start):
            return False
        if blanks <= MOST_BLANKS and start.startswith(_THINK):
            self._held = start[len(_THINK) :]
            self._step = self._think
        else:
            self._step = self._say
        return True

    def _think(self) -> bool:
        if self._pass_up_to(_THOUGHT, Reasoning):
            self._step = self._say
            return True
        return False

    def _say(self) -> bool:
        if not self._tools:
            self._emit(Content, self._held)
            self._held = ""
        elif self._pass_up_to(_CALL, Content):
            self._call = new_call(self._form, self._calls, self._tools)
            self._step = self._in_call
            return True
        return False

    def _in_call(self) -> bool:
        assert self._call is not None
        text, self._held = self._held, ""
        self._events += self._call.feed(text)
        if self._call.rest is None:
            return False
        self._after_call([])
        return True

    def _after_call(self, last: Sequence[Event]) -> None:
        """Go on with content behind it: after the tag, if that began no call."""
        assert self._call is not None
        self._events += last
        if self._call.has_begun:
            self._calls += 1
        else:
            self._emit(Content, _CALL)
        self._held = (self._call.rest or "") + self._held
        self._call = None
        self._step = self._say

    def _pass_up_to(self, tag: str, kind: type[Reasoning | Content]) -> bool:
        """Emit what stands before a tag, and drop the tag; what may be half of it waits."""
        before, found, behind = self._held.partition(tag)
        if not found:
            half = half_of(tag, before)
            before, behind = before[: len(before) - half], before[len(before) - half :]
        self._emit(kind, before)
        self._held = behind
        return bool(found)

    def _emit(self, kind: type[Reasoning | Content], text: str) -> None:
        if text:
            self._events.append(kind(text))
