"""An imitation's answer in the shape of chat completions, with the house's own fields."""

from collections.abc import Iterator

from darkhorse.upstream.scripted.imitations.house import House, JsonObject
from darkhorse.upstream.scripted.imitations.ids import Ids
from darkhorse.upstream.scripted.imitations.saying import Said
from darkhorse.upstream.scripted.rendering import DONE, event, json_bytes

__all__ = ["Marks", "body", "events"]


class Marks:
    """What is the same in every object of one answer: its id, its moment, its house's fields."""

    def __init__(self, house: House, ids: Ids, created: int) -> None:
        self.house = house
        self.ids = ids
        usual = {"id": ids.fill(house.id), "created": created, "model": house.model}
        self._before = {**usual, **ids.fill(house.before)}
        self._after = ids.fill(house.after)
        self.call_id = ids.fill(house.call_id)

    def envelope(self, kind: str, choices: list[JsonObject], **more: object) -> JsonObject:
        first = {"id": self._before["id"], "object": kind, **self._before}
        return {**first, "choices": choices, **more, **self._after}


def body(marks: Marks, said: Said) -> bytes:
    return json_bytes(_whole(marks, said))


def _whole(marks: Marks, said: Said) -> JsonObject:
    house, ids = marks.house, marks.ids
    text = "".join(said.texts)
    message = {"role": "assistant", "content": text or None, **ids.fill(house.message)}
    if said.thoughts:
        message |= _thought(house, "".join(said.thoughts))
    if said.call:
        message["tool_calls"] = [_call(marks, said, "".join(said.arguments))]
    choice = {"index": 0, "message": message, **ids.fill(house.choice), **_end(house, ids, said)}
    usage = house.usage(said.counts)
    return marks.envelope("chat.completion", [choice], usage=usage, **ids.fill(house.body))


def _end(house: House, ids: Ids, said: Said) -> JsonObject:
    finish = house.finishes.get(said.finish, said.finish)
    return {"finish_reason": finish, **ids.fill(house.ending)}


def _call(marks: Marks, said: Said, arguments: str) -> JsonObject:
    call_id = marks.call_id.replace("NAME", said.call)
    return {
        "id": call_id,
        "type": "function",
        "function": {"name": said.call, "arguments": arguments},
    }


def _thought(house: House, text: str) -> JsonObject:
    if house.thinks != "details":
        return {house.thinks: text}
    detail = {"type": "reasoning.text", "text": text, "format": "anthropic-claude-v1", "index": 0}
    return {"reasoning": text, "reasoning_details": [detail]}


def events(marks: Marks, said: Said, *, tells_usage: bool) -> list[bytes]:
    """The stream up to [DONE]."""
    house = marks.house
    chunks = [*_openings(marks), *_chunks(marks, said)]
    if not tells_usage:
        del chunks[-1]
    rendered = [event(json_bytes(chunk)) for chunk in chunks]
    if house.repeats_whole:
        rendered.append(event(json_bytes(_whole(marks, said))))
    if house.comment:
        rendered[0] = f": {house.comment}\n\n".encode() + rendered[0]
    return [*rendered, DONE]


def _openings(marks: Marks) -> Iterator[JsonObject]:
    for fields in marks.house.opens:
        yield marks.envelope("chat.completion.chunk", [], **marks.ids.fill(fields))


def _chunks(marks: Marks, said: Said) -> list[JsonObject]:
    house, ids = marks.house, marks.ids
    deltas = [*_deltas(marks, said)]
    chunks = [_chunk(marks, delta, {"finish_reason": None}) for delta in deltas]
    last = _chunk(marks, _bare(house), _end(house, ids, said))
    usage = house.usage(said.counts)
    if house.usage_in == "every":
        chunks = [{**chunk, "usage": usage} for chunk in chunks]
    if house.usage_in in ("last", "every"):
        last["usage"] = usage
    elif house.usage_in == "choice":
        last["choices"][0]["usage"] = usage
    elif house.usage_in == "vendor":
        last[f"x_{house.name}"] = {"id": ids.fill("req_{lower26}"), "usage": usage}
    chunks.append(last)
    if house.usage_in in ("chunk", "vendor"):
        chunks.append(marks.envelope("chat.completion.chunk", [], usage=usage))
    return chunks


def _bare(house: House) -> JsonObject:
    return {"role": "assistant", "content": ""} if house.role == "each" else {}


def _chunk(marks: Marks, delta: JsonObject, end: JsonObject) -> JsonObject:
    ids = marks.ids
    choice = {"index": 0, "delta": delta, **ids.fill(marks.house.choice), **end}
    return marks.envelope("chat.completion.chunk", [choice], **ids.fill(marks.house.chunk))


def _deltas(marks: Marks, said: Said) -> Iterator[JsonObject]:
    house = marks.house
    roles: dict[str, JsonObject] = {
        "first": {},
        "each": {"role": "assistant"},
        "null": {"role": None},
    }
    role = roles[house.role]
    if house.role != "each":
        yield {"role": "assistant", "content": house.opening, **house.delta}
    for thought in said.thoughts:
        yield {**role, **house.delta, "content": None, **_thought(house, thought)}
    for text in said.texts:
        yield {**role, "content": text, **house.delta}
    for call in _call_pieces(marks, said):
        yield {**role, **house.delta, "tool_calls": [call]}


def _call_pieces(marks: Marks, said: Said) -> Iterator[JsonObject]:
    if said.call:
        yield {"index": 0, **_call(marks, said, "")}
        for piece in said.arguments:
            yield {"index": 0, "function": {"arguments": piece}}
