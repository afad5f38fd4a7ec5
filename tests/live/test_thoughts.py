"""Thoughts inside an engine's text come as reasoning, in every dialect, streamed and whole."""

import json

import pytest

from darkhorse.upstream.scripted import DEFAULT_TEXT, REASONING_TEXT

from .stage import Relay

TAGS, FIELD, OPEN = "think-tags", "reasoning", "ok?text=hm%20so.%3C/think%3Ewell"


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    quirk = "[private.endpoint.quirks]\nthinking = 'open'"
    listings = {model: [(scripted.url, model)] for model in (TAGS, FIELD)}
    listings[OPEN] = [(scripted.url, OPEN, quirk)]
    relay = Relay(tmp_path_factory.mktemp("thoughts"), listings).start()
    yield relay
    relay.close()


def said(relay, model, *, stream):
    """Text and thoughts, and that no tag is left."""
    reply = relay.chat(model, stream=stream)
    assert b"think>" not in reply.body
    if not stream:
        message = reply.json["choices"][0]["message"]
        return message["content"], message["reasoning"]
    deltas = [chunk["choices"][0]["delta"] for chunk in reply.chunks if chunk["choices"]]
    return reply.text, "".join(delta.get("reasoning") or "" for delta in deltas)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("model", "text", "thought"),
    [
        (TAGS, DEFAULT_TEXT, REASONING_TEXT),
        (FIELD, DEFAULT_TEXT, REASONING_TEXT),
        (OPEN, "well", "hm so."),
    ],
)
def test_thoughts_are_told_apart(relay, model, text, thought, stream):
    assert said(relay, model, stream=stream) == (text, thought)


def test_another_dialect_has_its_own_place_for_them(relay):
    body = {"model": TAGS, "input": "hi"}
    reply = relay.post(json.dumps(body).encode(), path="/api/v1/responses")
    kinds = [item["type"] for item in reply.json["output"]]
    assert kinds == ["reasoning", "message"]
    assert reply.json["output"][0]["content"][0]["text"] == REASONING_TEXT
