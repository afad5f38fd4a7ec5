"""A conversation as it was sent, in whatever dialect, for a page. Pure.

All of it is a stranger's text. Media are named, never loaded: an address may tell who reads.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.storage.records import Answer
from darkhorse.wire.dialects import CLIENTS
from darkhorse.wire.request import GenerationRequest

__all__ = ["Call", "Piece", "Talk", "Turn", "calls_of", "indented", "talk_of"]

MOST_TURNS = 400
_FIRST_TURNS = 20
MOST_TEXT = 60_000  # characters of one piece
_MOST_OTHER = 4_000  # of a parameter, or of an address


class Call(Struct, frozen=True):
    """A call of a tool; `arguments` indented where they are JSON."""

    name: str
    arguments: str
    id: str = ""


class Piece(Struct, frozen=True):
    """Text, or the name of something that is no text. `more`: characters that were left out."""

    text: str
    is_media: bool = False
    more: int = 0


class Turn(Struct, frozen=True, kw_only=True):
    """One message."""

    role: str
    name: str = ""  # of a tool, or whom the client says it is
    pieces: tuple[Piece, ...] = ()
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    answers: str = ""  # the id of the call that it is the result of


class Talk(Struct, frozen=True, kw_only=True):
    """All of a request. `left_out`: turns in the middle that are not in `turns`."""

    turns: tuple[Turn, ...] = ()
    left_out: int = 0
    left_out_at: int = 0
    tools: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    problem: str = ""  # a sentence, where it cannot be read


def talk_of(dialect: str, body: bytes) -> Talk:
    """Raises nothing: what cannot be read is a sentence in `problem`."""
    client = CLIENTS.get(dialect)
    if client is None:
        return Talk(problem="It came in a dialect that this version does not know.")
    try:
        request = client.parse(body)
        messages = msgspec.json.decode(request.messages)
    except InvalidRequest:
        return Talk(problem="This version would not take it any more, so it is shown raw alone.")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Talk(problem="It cannot be read as a conversation; it is shown raw alone.")
    return _talk(request, messages)


def calls_of(answer: Answer) -> tuple[Call, ...]:
    """The calls of an answer."""
    return tuple(Call(each.name, indented(each.arguments), each.id) for each in answer.tools)


def indented(text: str) -> str:
    """JSON with a line for each value; anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _talk(request: GenerationRequest, messages: list[Any]) -> Talk:
    left_out = max(0, len(messages) - MOST_TURNS)
    kept = messages
    if left_out:
        kept = [*messages[:_FIRST_TURNS], *messages[_FIRST_TURNS - MOST_TURNS :]]
    return Talk(
        turns=tuple(_turn(each) for each in kept),
        left_out=left_out,
        left_out_at=_FIRST_TURNS if left_out else 0,
        tools=tuple(_tools(request.parameters)),
        parameters=tuple(_parameters(request)),
    )


def _turn(message: Mapping[str, Any]) -> Turn:
    reasoning = message.get("reasoning") or message.get("reasoning_content") or ""
    return Turn(
        role=_text(message.get("role")),
        name=_text(message.get("name")),
        pieces=tuple(_pieces(message.get("content"))),
        reasoning=_text(reasoning)[:MOST_TEXT],
        calls=tuple(_calls(message.get("tool_calls"))),
        answers=_text(message.get("tool_call_id")),
    )


def _pieces(content: Any) -> Iterator[Piece]:
    if isinstance(content, str):
        yield _piece(content)
        return
    for part in content or ():
        if part.get("type") == "text":
            yield _piece(_text(part.get("text")))
        else:
            yield Piece(_media(part), is_media=True)


def _piece(text: str) -> Piece:
    return Piece(text[:MOST_TEXT], more=max(0, len(text) - MOST_TEXT))


def _media(part: Mapping[str, Any]) -> str:
    """`image, image/png, 12,345 characters of base64`; of an address, the address."""
    kind = _text(part.get("type")).partition("_")[0] or "part"
    held = part.get(_text(part.get("type")))
    inner = held if isinstance(held, dict) else {}
    url = next((inner[name] for name in _PLACES if isinstance(inner.get(name), str)), "")
    named = _text(inner.get("filename") or inner.get("format"))
    return ", ".join(filter(None, (kind, named[:200], _address(url))))


_PLACES = ("url", "file_data", "data")


def _address(url: str) -> str:
    if url.startswith(("http://", "https://")):
        return url[:_MOST_OTHER]
    head, comma, data = url.partition(",")
    if head.startswith("data:") and comma:
        return f"{head[5:].partition(';')[0][:100]}, {len(data):,} characters"
    return f"{len(url):,} characters" if url else ""


def _calls(calls: Any) -> Iterator[Call]:
    for each in calls or ():
        function = each.get("function") or {}
        arguments = _text(function.get("arguments"))[:MOST_TEXT]
        yield Call(_text(function.get("name")), indented(arguments), _text(each.get("id")))


def _tools(parameters: Mapping[str, Raw]) -> Iterable[str]:
    tools = msgspec.json.decode(parameters["tools"]) if "tools" in parameters else []
    return (_text((each.get("function") or {}).get("name")) for each in tools)


def _parameters(request: GenerationRequest) -> Iterator[tuple[str, str]]:
    if request.max_tokens is not None:
        yield "max_tokens", str(request.max_tokens)
    for name, raw in request.parameters.items():
        if name != "tools":
            yield name, bytes(raw).decode("utf-8", "replace")[:_MOST_OTHER]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)[:MOST_TEXT]
