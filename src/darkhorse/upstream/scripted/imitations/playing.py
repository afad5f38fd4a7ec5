"""The scenarios `imitate-NAME`: answers and refusals as a real upstream's, without a canary."""

from collections.abc import Iterable
from http import HTTPStatus

import msgspec

from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.book import Book
from darkhorse.upstream.scripted.delivery import CHUNKED, JSON, Headers, chunked_steps, pauses
from darkhorse.upstream.scripted.imitations import chat, messages
from darkhorse.upstream.scripted.imitations.checking import error_of, refusal
from darkhorse.upstream.scripted.imitations.house import House, JsonObject, Refusal
from darkhorse.upstream.scripted.imitations.houses import HOUSES
from darkhorse.upstream.scripted.imitations.ids import Ids
from darkhorse.upstream.scripted.imitations.saying import Said, said
from darkhorse.upstream.scripted.imitations.turned import as_chat
from darkhorse.upstream.scripted.rendering import json_bytes
from darkhorse.upstream.scripted.steps import Steps

__all__ = ["book", "models_of", "refused"]

_FIRST_SECOND = (
    1_795_300_000  # of an answer's `created`; each is three seconds behind the one before
)
_DATE = ("date", "Sun, 22 Nov 2026 10:00:00 GMT")

book = Book()


def _enter(house: House) -> None:
    @book.scenario(f"imitate-{house.name}", house.help, pure=False)
    def play(ask: Ask, *, key: str = "", echo: bool = False, thinks: bool = True) -> Steps:
        if ask.dialect != house.speaks:
            return refused(house, ask, Refusal("path", value=f"POST {ask.path}"))
        turned = as_chat(ask) if house.speaks == "messages" else ask
        if found := refusal(house, turned, key):
            return refused(house, ask, found)
        return _answer(house, ask, said(house, turned, echo=echo, thinks=thinks))


for _house in HOUSES.values():
    _enter(_house)


def _answer(house: House, ask: Ask, spoken: Said) -> Steps:
    number = ask.count(f"imitate-{house.name}")
    ids = _ids(house, ask, number)
    head = _headers(house, ids)
    if house.speaks == "messages":
        if ask.stream:
            return _stream(house, ask, head, messages.events(house, ids, spoken))
        return _whole(ask, 200, head, messages.body(house, ids, spoken))
    marks = chat.Marks(house, ids, _FIRST_SECOND + 3 * number)
    if ask.stream:
        events = chat.events(marks, spoken, tells_usage=_wants_usage(house, ask))
        return _stream(house, ask, head, events)
    return _whole(ask, 200, head, chat.body(marks, spoken))


def _wants_usage(house: House, ask: Ask) -> bool:
    """Most that have a chunk of its own for usage send it only if asked to."""
    body: JsonObject = msgspec.json.decode(ask.body)
    options = body.get("stream_options")
    return house.usage_in != "chunk" or bool(
        isinstance(options, dict) and options.get("include_usage")
    )


def refused(house: House, ask: Ask, why: Refusal) -> Steps:
    """The refusal in the house's words and shape."""
    ids = _ids(house, ask, ask.count(f"imitate-{house.name} refuses"), "refused")
    error = error_of(house, ids, why)
    return _whole(ask, error.status, _headers(house, ids), json_bytes(house.shape(error)))


def models_of(house: House, ask: Ask) -> Steps:
    """The house's list of models: one."""
    model = {"id": house.model, "object": "model", "created": _FIRST_SECOND, "owned_by": house.name}
    headers = _headers(house, _ids(house, ask, 0))
    return _whole(ask, 200, headers, json_bytes({"object": "list", "data": [model]}))


def _ids(house: House, ask: Ask, number: int, what: str = "answer") -> Ids:
    return Ids(f"{house.name} {what} {ask.shape.seed} {number}")


def _headers(house: House, ids: Ids) -> Headers:
    return [_DATE, *((name, ids.fill(value)) for name, value in house.headers)]


def _head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _whole(ask: Ask, status: int, headers: Headers, content: bytes) -> Steps:
    framing = (("content-type", JSON), ("content-length", str(len(content))))
    yield from pauses(ask)
    yield _head(status, [*headers[:1], *framing, *headers[1:]]) + content


def _stream(house: House, ask: Ask, headers: Headers, events: list[bytes]) -> Steps:
    framing = (("content-type", house.stream_type), *CHUNKED, ("cache-control", "no-cache"))
    return chunked_steps(ask, _head(200, [*headers[:1], *framing, *headers[1:]]), events)
