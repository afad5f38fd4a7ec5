"""The scenario `veiled`: repeats what it is told to repeat, and else says its text."""

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from darkhorse.upstream.scripted.ask import Ask, last_user_text, objects_of, text_of
from darkhorse.upstream.scripted.book import Book, ScenarioError
from darkhorse.upstream.scripted.delivery import CHUNKED, EVENT_STREAM, JSON, chunked_steps, pauses
from darkhorse.upstream.scripted.imitations.ids import Ids
from darkhorse.upstream.scripted.plant import JsonObject
from darkhorse.upstream.scripted.rendering import DONE, event, json_bytes
from darkhorse.upstream.scripted.steps import Steps
from darkhorse.upstream.scripted.text import DEFAULT_TEXT
from darkhorse.upstream.scripted.veiled.gateways import (
    GATEWAYS,
    Counting,
    Gateway,
    GatewayName,
)

__all__ = ["book"]

_FRAME = 7  # tokens its template adds to a prompt of one message
_TURN = 4
_BETWEEN = "~"
_REPEAT = re.compile(r"(?s)(?:Repeat|Copy|Write the text)\b[^\n]*\n\n(.+)\Z")
_FIRST_SECOND = 1_795_300_000

book = Book()


class _Said(Struct, frozen=True):
    pieces: tuple[str, ...]
    finish: str
    usage: JsonObject | None


@book.scenario(
    "veiled",
    "An anonymous model that counts as the tokenizer `of` in the server's `--measured` file does; "
    "several names with `~` between them answer in turn. `behind` it stands a gateway.",
    pure=False,
)
def veiled(ask: Ask, *, of: str = "", behind: GatewayName = "", model: str = "veiled") -> Steps:
    number = ask.count(f"veiled {of}")
    names = of.split(_BETWEEN)
    vocabulary = names[number % len(names)]
    if vocabulary not in ask.measured.counts:
        raise ScenarioError(f"no tokenizer {vocabulary!r} was measured; see --measured.")
    gateway = GATEWAYS[behind]
    said = _said(ask, vocabulary, gateway)
    ids = Ids(f"veiled {ask.shape.seed} {number}")
    made = {"id": ids.fill(gateway.id), "created": _FIRST_SECOND + number, "model": model}
    return _stream(ask, made, said) if ask.stream else _whole(ask, made, said)


def _said(ask: Ask, vocabulary: str, gateway: Gateway) -> _Said:
    measured = ask.measured
    tokens = measured.tokens(vocabulary, _text(ask))
    room = len(tokens) if ask.max_tokens is None else ask.max_tokens
    kept = tokens[:room]
    prompts = tuple(text_of(each.get("content")) for each in objects_of(ask.messages))
    native = _FRAME + _TURN * (len(prompts) - 1)
    native += sum(measured.count(vocabulary, text) for text in prompts)
    answer = "".join(kept)
    counting = Counting(prompts, answer, native, len(kept), measured.count)
    finish = "length" if len(kept) < len(tokens) else "stop"
    pieces = tuple(_gathered(answer, gateway.piece) if gateway.piece else kept)
    return _Said(pieces, finish, _usage(ask, counting, gateway))


def _text(ask: Ask) -> str:
    asked = last_user_text(ask.messages)
    repeated = _REPEAT.search(asked)
    return repeated[1] if repeated else ask.shape.text or DEFAULT_TEXT


def _gathered(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(0, len(text), size))


def _usage(ask: Ask, counting: Counting, gateway: Gateway) -> JsonObject | None:
    told = gateway.told(counting) if ask.shape.usage else None
    if told is None:
        return None
    prompt, completion = told
    counts = {"prompt_tokens": prompt, "completion_tokens": completion}
    return {**counts, "total_tokens": prompt + completion}


def _whole(ask: Ask, made: JsonObject, said: _Said) -> Steps:
    message = {"role": "assistant", "content": "".join(said.pieces)}
    choice = {"index": 0, "message": message, "finish_reason": said.finish}
    whole = {**made, "object": "chat.completion", "choices": [choice]}
    content = json_bytes(whole | ({"usage": said.usage} if said.usage else {}))
    yield from pauses(ask)
    yield _head(f"content-type: {JSON}", f"content-length: {len(content)}") + content


def _stream(ask: Ask, made: JsonObject, said: _Said) -> Steps:
    chunk = {**made, "object": "chat.completion.chunk"}
    deltas = [{"role": "assistant", "content": ""}, *({"content": each} for each in said.pieces)]
    ends: list[JsonObject] = [{"delta": each, "finish_reason": None} for each in deltas]
    choices = [{"index": 0, **end} for end in (*ends, {"delta": {}, "finish_reason": said.finish})]
    chunks = [{**chunk, "choices": [each]} for each in choices]
    if said.usage and _wants_usage(ask):
        chunks.append({**chunk, "choices": [], "usage": said.usage})
    framing = (f"{name}: {value}" for name, value in CHUNKED)
    opened = _head(f"content-type: {EVENT_STREAM}", *framing)
    return chunked_steps(ask, opened, [*(event(json_bytes(each)) for each in chunks), DONE])


def _wants_usage(ask: Ask) -> bool:
    body: JsonObject = msgspec.json.decode(ask.body)
    options = body.get("stream_options")
    return isinstance(options, dict) and bool(options.get("include_usage"))


def _head(*lines: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode("latin-1")
