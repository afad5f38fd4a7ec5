"""What an answer says, whatever its dialect and whether it was streamed."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from darkhorse.attribution.client.asking import Call, Dialect
from darkhorse.attribution.client.reply import Reply
from darkhorse.attribution.client.signs import sound

__all__ = ["Answer", "Piece", "Usage", "answer_of", "walk"]


_DEEPEST = 64  # deeper than any API goes; JSON of a stranger may be deeper than our stack


class Usage(Struct, frozen=True, kw_only=True):
    """The counts it names; None: it names none."""

    prompt: int | None = None
    completion: int | None = None
    reasoning: int | None = None
    cached: int | None = None
    total: int | None = None


class Piece(Struct, frozen=True):
    """One streamed piece of text, reasoning or arguments."""

    part: str  # text, reasoning, arguments
    text: str
    at: float  # seconds since the request was sent


class Answer(Struct, frozen=True, kw_only=True):
    """What the model said, and how the door wrapped it."""

    dialect: Dialect
    reply: Reply
    text: str = ""
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    finish: str = ""
    usage: Usage = Usage()
    pieces: tuple[Piece, ...] = ()  # only of a stream

    @property
    def ok(self) -> bool:
        """Did the model answer, to the end?"""
        return self.reply.ok and bool(self.reply.objects) and not self.reply.problem


def answer_of(dialect: Dialect, reply: Reply) -> Answer:
    """Read a reply; what is missing or odd stays empty."""
    if not reply.ok:
        return Answer(dialect=dialect, reply=reply)
    reader = _STREAMS if reply.is_stream else _WHOLES
    gathered = _Gathered()
    if reply.is_stream:
        for event in reply.events:
            if isinstance(event.object, dict):
                reader[dialect](gathered, event.object, event.at)
    elif isinstance(reply.json, dict):
        reader[dialect](gathered, reply.json, reply.seconds)
    return gathered.answer(dialect, reply)


def walk(value: Any, at: str = "", depth: int = _DEEPEST) -> Iterator[tuple[str, Any]]:
    """Every value in a JSON value, with its path: `choices[].delta.content`."""
    if depth == 0:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            path = f"{at}.{key}" if at else key
            yield path, item
            yield from walk(item, path, depth - 1)
    elif isinstance(value, list):
        for item in value:
            yield f"{at}[]", item
            yield from walk(item, f"{at}[]", depth - 1)


class _Gathered:
    """What was read so far."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.calls: dict[int, list[str]] = {}  # index → id, name, arguments
        self.finish = ""
        self.usage: dict[str, int] = {}

    def say(self, part: str, text: Any, at: float) -> None:
        if isinstance(text, str) and text:
            self.pieces.append(Piece(part, text, at))

    def call(self, index: Any, *, id: Any = "", name: Any = "", arguments: Any = "") -> None:  # noqa: A002 a call's own word
        place = index if isinstance(index, int) else 0
        had = self.calls.setdefault(place, ["", "", ""])
        for part, value in enumerate((id, name)):
            if isinstance(value, str) and value:
                had[part] = value
        if isinstance(arguments, str):
            had[2] += arguments

    def end(self, reason: Any) -> None:
        if isinstance(reason, str) and reason:
            self.finish = reason

    def count(self, usage: Any, names: Mapping[str, str]) -> None:
        for path, wanted in names.items():
            value = usage
            for step in path.split("."):
                value = _dict(value).get(step)
            if isinstance(value, int) and not isinstance(value, bool):
                self.usage[wanted] = value

    def answer(self, dialect: Dialect, reply: Reply) -> Answer:
        return Answer(
            dialect=dialect,
            reply=reply,
            text=self._joined("text"),
            reasoning=self._joined("reasoning"),
            calls=tuple(Call(*map(sound, each)) for each in self.calls.values()),
            finish=self.finish,
            usage=Usage(**self.usage),
            pieces=tuple(self.pieces) if reply.is_stream else (),
        )

    def _joined(self, part: str) -> str:
        return sound("".join(piece.text for piece in self.pieces if piece.part == part))


_OPENAI = {
    "prompt_tokens": "prompt",
    "completion_tokens": "completion",
    "completion_tokens_details.reasoning_tokens": "reasoning",
    "prompt_tokens_details.cached_tokens": "cached",
    "total_tokens": "total",
}
_ITEMS = {
    "input_tokens": "prompt",
    "output_tokens": "completion",
    "output_tokens_details.reasoning_tokens": "reasoning",
    "output_tokens_details.thinking_tokens": "reasoning",
    "input_tokens_details.cached_tokens": "cached",
    "cache_read_input_tokens": "cached",
    "total_tokens": "total",
}


def _chat(gathered: _Gathered, body: dict[str, Any], at: float) -> None:
    gathered.count(body.get("usage"), _OPENAI)
    for choice in _dicts(body.get("choices"))[:1]:
        gathered.end(choice.get("finish_reason"))
        said = _dict(choice.get("delta") or choice.get("message"))
        gathered.say("reasoning", said.get("reasoning") or said.get("reasoning_content"), at)
        gathered.say("text", said.get("content"), at)
        for place, call in enumerate(_dicts(said.get("tool_calls"))):
            function = _dict(call.get("function"))
            name, arguments = function.get("name"), function.get("arguments")
            gathered.say("arguments", arguments, at)
            index = call.get("index")
            index = index if isinstance(index, int) else place
            gathered.call(index, id=call.get("id"), name=name, arguments=arguments)


def _completions(gathered: _Gathered, body: dict[str, Any], at: float) -> None:
    gathered.count(body.get("usage"), _OPENAI)
    for choice in _dicts(body.get("choices"))[:1]:
        gathered.end(choice.get("finish_reason"))
        gathered.say("text", choice.get("text"), at)


def _response(gathered: _Gathered, body: dict[str, Any], at: float) -> None:
    _response_end(gathered, body)
    for place, item in enumerate(_dicts(body.get("output"))):
        part = "reasoning" if item.get("type") == "reasoning" else "text"
        if item.get("type") == "function_call":
            _response_call(gathered, place, item)
            gathered.call(place, arguments=item.get("arguments"))
        for content in _dicts(item.get("content")) or _dicts(item.get("summary")):
            gathered.say(part, content.get("text"), at)


def _response_end(gathered: _Gathered, body: dict[str, Any]) -> None:
    gathered.count(body.get("usage"), _ITEMS)
    details = _dict(body.get("incomplete_details"))
    gathered.end(details.get("reason") or body.get("status"))


def _response_call(gathered: _Gathered, index: Any, item: dict[str, Any]) -> None:
    gathered.call(index, id=item.get("call_id"), name=item.get("name"))


def _response_event(gathered: _Gathered, event: dict[str, Any], at: float) -> None:
    kind = event.get("type")
    if kind == "response.output_text.delta":
        gathered.say("text", event.get("delta"), at)
    elif kind in ("response.reasoning_text.delta", "response.reasoning_summary_text.delta"):
        gathered.say("reasoning", event.get("delta"), at)
    elif kind == "response.function_call_arguments.delta":
        gathered.say("arguments", event.get("delta"), at)
        gathered.call(event.get("output_index"), arguments=event.get("delta"))
    elif kind == "response.output_item.added":
        item = _dict(event.get("item"))
        if item.get("type") == "function_call":
            _response_call(gathered, event.get("output_index"), item)
    elif "response" in event:
        _response_end(gathered, _dict(event.get("response")))


def _message(gathered: _Gathered, body: dict[str, Any], at: float) -> None:
    gathered.count(body.get("usage"), _ITEMS)
    gathered.end(body.get("stop_reason"))
    for place, block in enumerate(_dicts(body.get("content"))):
        gathered.say("text", block.get("text"), at)
        gathered.say("reasoning", block.get("thinking"), at)
        if block.get("type") == "tool_use":
            gathered.call(place, id=block.get("id"), name=block.get("name"), arguments="{}")


def _message_event(gathered: _Gathered, event: dict[str, Any], at: float) -> None:
    delta = _dict(event.get("delta"))
    gathered.count(_dict(event.get("message")).get("usage"), _ITEMS)
    gathered.count(event.get("usage"), _ITEMS)
    gathered.end(delta.get("stop_reason"))
    gathered.say("text", delta.get("text"), at)
    gathered.say("reasoning", delta.get("thinking"), at)
    if "partial_json" in delta:
        gathered.say("arguments", delta["partial_json"], at)
        gathered.call(event.get("index"), arguments=delta["partial_json"])
    block = _dict(event.get("content_block"))
    if block.get("type") == "tool_use":
        gathered.call(event.get("index"), id=block.get("id"), name=block.get("name"))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


_WHOLES = {
    "chat": _chat,
    "completions": _completions,
    "responses": _response,
    "messages": _message,
}
_STREAMS = {
    "chat": _chat,
    "completions": _completions,
    "responses": _response_event,
    "messages": _message_event,
}
