"""Listings with several endpoints: whom they ask first, and what a client must not see."""

import itertools
import json
import re
from collections.abc import Iterable, Iterator

from darkhorse.accounts.keys import hash_key
from darkhorse.base.secret import Secret
from darkhorse.router.order import conversation, order

from .stage import Relay, Reply

_MASKED = [
    (re.compile(rb'"id":"gen-[^"]+"'), b'"id":"gen"'),
    (re.compile(rb'"id":"call_[^"]+"'), b'"id":"call"'),
    (re.compile(rb'"created":\d+'), b'"created":0'),
]


def in_order(url: str, models: Iterable[str]) -> list[tuple[str, ...]]:
    """Endpoints that are asked in this order, but for one time in a million."""
    return [(url, model, f"weight = {1000 / 10 ** (6 * at)}") for at, model in enumerate(models)]


def attempts(relay: Relay, generation: str) -> list[tuple[int, str, int]]:
    """Of each try: which endpoint, what came of it, its status."""
    end = relay.record(generation).end
    return [(int(each.endpoint.split("-")[-1]), each.outcome, each.status) for each in end.attempts]


def answered_by(relay: Relay) -> dict[str, int]:
    """Of each generation that ended well: which endpoint gave the answer."""
    ends = [each.end for each in relay.records().values() if each.end]
    return {
        end.id: int(end.attempts[-1].endpoint.split("-")[-1])
        for end in ends
        if end.outcome == "done"
    }


def session_of(relay: Relay, slug: str, at: int) -> str:
    """A session that the relay takes to the listing's endpoint number `at` first."""
    endpoints = next(e.private.endpoint for e in relay.desk.launches() if e.listing.slug == slug)
    key = hash_key(Secret(relay.key))
    for number in range(1000):
        talk = conversation(slug, key, f"s{number}")
        if order(endpoints, lambda: 0.0, talk)[0] is endpoints[at]:
            return f"s{number}"
    raise AssertionError("no session goes there")


def masked(reply: Reply) -> list[str]:
    """All that a client got, but for ids, moments, and where the pieces of a text begin and end."""
    head = reply.raw.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    ids = ("date:", "x-generation-id:", "x-request-id:")
    shown = [line for line in head if not line.lower().startswith(ids)]
    body = reply.body
    for pattern, instead in _MASKED:
        body = pattern.sub(instead, body)
    if not body.startswith(b"data"):
        return [*shown, body.decode()]
    pieces: list[tuple[str, str]] = []
    for event in body.decode().removesuffix("\n\n").split("\n\n"):
        pieces.extend(_pieces(event))
    return [*shown, *_joined(pieces)]


def _pieces(event: str) -> Iterator[tuple[str, str]]:
    """(Shape, text) of an event: all that is in it, its texts apart from the rest."""
    data = event.removeprefix("data: ")
    whole = {} if data == "[DONE]" else json.loads(data)
    if not whole.get("choices"):
        yield event, ""
        return
    assert json.dumps(whole, separators=(",", ":"), ensure_ascii=False) == data
    delta = whole["choices"][0].pop("delta")
    shape = json.dumps(whole)
    if delta.pop("role", None):
        yield "role", ""
    for call in delta.pop("tool_calls", ()):
        arguments = call["function"].pop("arguments")
        if "id" in call:
            yield f"{shape} {json.dumps(call)}", ""
        yield f"{shape} arguments of {call['index']}", arguments
    for detail in delta.pop("reasoning_details", ()):
        yield f"{shape} {list(detail)} of reasoning", detail.pop("text")
    texts = {kind: text for kind, text in delta.items() if text}
    assert len(texts) <= 1
    for kind, text in texts.items():
        yield f"{shape} {kind}", text
    if whole["choices"][0]["finish_reason"]:
        yield f"{shape} {list(delta)}", ""


def _joined(pieces: list[tuple[str, str]]) -> list[str]:
    """Neighbours of one shape as one, with all of their text."""
    groups = itertools.groupby(pieces, key=lambda piece: piece[0])
    joined = [(shape, "".join(text for _, text in group)) for shape, group in groups]
    return [f"{shape} | {text}" for shape, text in joined]
