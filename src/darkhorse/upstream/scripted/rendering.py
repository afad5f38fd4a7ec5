"""An answer as the engine would say it: as server-sent events, or as one JSON body."""

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.plant import JsonObject
from darkhorse.upstream.scripted.text import cut
from darkhorse.upstream.scripted.voice import voiced

__all__ = [
    "DONE",
    "Answer",
    "body",
    "chunks",
    "completion",
    "event",
    "events",
    "good",
    "json_bytes",
    "opening",
    "render",
    "say",
]

DONE = b"data: [DONE]\n\n"

json_bytes = msgspec.json.encode


class Answer(Struct, frozen=True, kw_only=True):
    """What is said, before it is put on a wire."""

    deltas: tuple[JsonObject, ...]
    finish: str | None = "stop"
    usage: JsonObject | UnsetType | None = UNSET  # UNSET: the usual counts, if the shape has any
    done: bool = True
    role: str | None = "assistant"


def say(*texts: str) -> tuple[JsonObject, ...]:
    return tuple({"content": text} for text in texts)


def good(ask: Ask) -> Answer:
    """The plain answer: the text, then stop."""
    shape = ask.shape
    return Answer(deltas=say(*cut(shape.text, deltas=shape.deltas, size=shape.size)))


def event(data: bytes) -> bytes:
    return b"data: " + data + b"\n\n"


def opening(ask: Ask) -> bytes:
    """A comment and, for the event after it, a name and an id: the canary's places in SSE."""
    word = ask.plant.canary.encode()
    return b": %b processing\n\nevent: %b\nid: %b-1\n" % (word, word, word)


def chunks(ask: Ask, answer: Answer) -> list[JsonObject]:
    """Role, deltas, finish, usage: one object an event."""
    plant, answer = ask.plant, _said(ask, answer)
    first = plant.choice("delta", {"role": answer.role, "content": ""}, None)
    choices = [
        {**first, "logprobs": plant.logprobs()},
        *(plant.choice("delta", delta, None) for delta in answer.deltas),
    ]
    if answer.finish is not None:
        choices.append(plant.choice("delta", {}, answer.finish))
    said = [plant.chunk([choice]) for choice in choices]
    usage = _usage(ask, answer)
    return said if usage is None else [*said, {**plant.chunk([]), "usage": usage}]


def render(ask: Ask, objects: list[JsonObject], *, done: bool = True) -> list[bytes]:
    """Objects as events. The first carries the opening."""
    rendered = [event(json_bytes(each)) for each in objects]
    if done:
        rendered.append(DONE)
    return [opening(ask) + rendered[0], *rendered[1:]]


def events(ask: Ask, answer: Answer) -> list[bytes]:
    return render(ask, chunks(ask, answer), done=answer.done)


def completion(ask: Ask, answer: Answer) -> JsonObject:
    """The unstreamed answer as an object."""
    plant, answer = ask.plant, _said(ask, answer)
    message = {"role": answer.role, **_message(answer.deltas), **plant.extra()}
    choice = plant.choice("message", message, answer.finish)
    whole = plant.completion([{**choice, "logprobs": plant.logprobs()}])
    usage = _usage(ask, answer)
    return whole if usage is None else {**whole, "usage": usage}


def body(ask: Ask, answer: Answer) -> bytes:
    return json_bytes(completion(ask, answer))


def _said(ask: Ask, answer: Answer) -> Answer:
    """As the shape's vocabulary has it, where there is one. Odd usage stays as odd as it is."""
    if not ask.shape.vocabulary:
        return answer
    spoken = voiced(ask, answer.deltas, answer.finish)
    usage = answer.usage
    if usage is UNSET and ask.shape.usage:
        usage = ask.plant.usage(**msgspec.structs.asdict(spoken.counts))
    return msgspec.structs.replace(answer, deltas=spoken.deltas, finish=spoken.finish, usage=usage)


def _usage(ask: Ask, answer: Answer) -> JsonObject | None:
    if not isinstance(answer.usage, UnsetType):
        return answer.usage
    return ask.plant.usage() if ask.shape.usage else None


def _message(deltas: tuple[JsonObject, ...]) -> JsonObject:
    """Deltas joined: texts and lists appended, tool calls by index."""
    message: JsonObject = {"content": None}
    calls: dict[int, JsonObject] = {}
    for delta in deltas:
        for key, value in delta.items():
            if key == "tool_calls":
                _join_calls(calls, value)
            else:
                message[key] = value if message.get(key) is None else message[key] + value
    if calls:
        message["tool_calls"] = list(calls.values())
    return message


def _join_calls(calls: dict[int, JsonObject], pieces: list[JsonObject]) -> None:
    for piece in pieces:
        index: Any = piece["index"]
        if index not in calls:
            whole = {key: value for key, value in piece.items() if key != "index"}
            calls[index] = {**whole, "function": dict(piece["function"])}
        else:
            calls[index]["function"]["arguments"] += piece["function"]["arguments"]
