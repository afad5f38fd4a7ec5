"""Reads every stream byte by byte: comments, event names, pings, ends of lines, `[DONE]`."""

import re
from collections.abc import Iterable
from typing import Any

from darkhorse.attribution.client.door import Door
from darkhorse.audit.attack import exhibit, untested
from darkhorse.audit.gathering import Gathering
from darkhorse.audit.survey import Scene, Survey, survey
from darkhorse.catalog.audits import Finding

__all__ = ["Grammar"]

_COMMENT = re.compile(r": ?(?:OPENROUTER )?processing\Z", re.IGNORECASE)
_DATA = re.compile(r"data: (?:\{.*\}|\[DONE\])\Z")
_EVENT = re.compile(r"event: [a-z_.]+\Z")
_ITEMS = ("responses", "messages")


class Grammar:
    """Holds each stream against the grammar of its dialect."""

    name = "grammar"
    channels = ("stream-grammar",)
    calls = 0  # the usual questions, which others ask too

    async def read(self, door: Door) -> Survey:
        """The usual questions."""
        return await survey(door)

    def judge(self, raw: Survey | None, public: Survey) -> Iterable[Finding]:
        """What the form of the public side's streams tells."""
        streams = [each for each in public.answered if each.answer.reply.is_stream]
        if not streams:
            return [untested("stream-grammar", public.problem or "no question was streamed")]
        gathering = Gathering()
        for scene in streams:
            _bytes(scene, gathering)
            _lines(scene, gathering)
            _ends(scene, gathering)
            _roles(scene, gathering)
        well = f"{len(streams)} streams of nothing but the dialects' own events"
        return gathering.findings("stream-grammar", well, _before(raw), unless=public.lacking)


def _bytes(scene: Scene, gathering: Gathering) -> None:
    body = scene.answer.reply.body
    for mark, name, what in _MARKS:
        if mark in body:
            at = body.index(mark)
            shown = exhibit("public", scene.title, repr(body[max(0, at - 40) : at + 40]))
            gathering.add(f"stream-grammar/{name}", what, shown)
    if not body.endswith(b"\n\n"):
        shown = exhibit("public", scene.title, repr(body[-60:]))
        gathering.add("stream-grammar/end", "the last event has no empty line behind it", shown)


_MARKS = (
    (b"\r", "line-ends", "lines end with CR"),
    (b"\xef\xbb\xbf", "line-ends", "a byte order mark"),
    (b"\n\n\n", "line-ends", "more than one empty line"),
)


def _lines(scene: Scene, gathering: Gathering) -> None:
    for event in scene.answer.reply.events:
        for line in event.lines:
            what = _oddity(scene, line)
            if what:
                shown = exhibit("public", scene.title, line)
                gathering.add(f"stream-grammar/{what}", _SAYS[what], shown)
        kind = event.object.get("type") if isinstance(event.object, dict) else None
        if scene.dialect in _ITEMS and kind and event.name != kind:
            shown = exhibit("public", scene.title, "\n".join(event.lines))
            gathering.add("stream-grammar/event", _SAYS["event"], shown)


def _oddity(scene: Scene, line: str) -> str:
    """What is odd about a line; empty where nothing is."""
    if line.startswith(":"):
        return "" if _COMMENT.match(line) else "comment"
    if line.startswith("data:"):
        return "" if _DATA.match(line) else "data"
    if line.startswith("event:"):
        return "" if scene.dialect in _ITEMS and _EVENT.match(line) else "event"
    return "field"


_SAYS = {
    "comment": "a comment of another server",
    "data": "`data:` is written as another server does",
    "event": "an event's name that its dialect has not",
    "field": "a field of events that no dialect has",
}


def _ends(scene: Scene, gathering: Gathering) -> None:
    """All but messages end with one `[DONE]`; chats have usage in the event before it."""
    said = [event.data for event in scene.answer.reply.events if event.data is not None]
    if any(body.get("error") for body in scene.answer.reply.objects):
        return  # it broke off
    wanted = 0 if scene.dialect == "messages" else 1
    if said.count("[DONE]") != wanted or (wanted and said[-1] != "[DONE]"):
        shown = exhibit("public", scene.title, "\n".join(said[-3:]))
        text = f"`[DONE]` comes {said.count('[DONE]')} times, or not at the end"
        gathering.add("stream-grammar/done", text, shown)
    if scene.dialect not in _ITEMS:
        counted = [bool(body.get("usage")) for body in scene.answer.reply.objects]
        if sum(counted) > 1 or (any(counted) and not counted[-1]):
            shown = exhibit("public", scene.title, "\n".join(said[-4:]))
            gathering.add("stream-grammar/usage", "usage in more events than the last", shown)


def _roles(scene: Scene, gathering: Gathering) -> None:
    """The role is told once, in the first delta."""
    if scene.dialect != "chat":
        return
    deltas: list[dict[str, Any]] = [
        choice["delta"]
        for body in scene.answer.reply.objects
        for choice in body.get("choices") or ()
        if isinstance(choice, dict) and isinstance(choice.get("delta"), dict)
    ]
    told = ["role" in delta for delta in deltas]
    if deltas and (not told[0] or any(told[1:]) or any(d.get("role", 1) is None for d in deltas)):
        shown = exhibit("public", scene.title, "\n".join(str(delta) for delta in deltas[:4]))
        gathering.add("stream-grammar/role", "the role is not told just once, at first", shown)


def _before(raw: Survey | None) -> str:
    """What the raw side's streams have beyond events of data."""
    found = dict.fromkeys(
        line
        for scene in (raw.answered if raw else ())
        for event in scene.answer.reply.events
        for line in event.lines
        if _oddity(scene, line)
    )
    return "; ".join(line[:80] for line in list(found)[:4])
