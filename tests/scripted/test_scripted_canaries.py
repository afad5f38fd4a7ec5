"""The canary is in every place a leak could come from, and never in the answer's text."""

import json
from typing import Any, get_args

import pytest
from msgspec import Raw
from scripted_client import CANARY, chat, get

from darkhorse.upstream.scripted import COMPLETION_TOKENS, CREATED, PROMPT_TOKENS, find
from darkhorse.upstream.scripted.answers import UsageCase
from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.malformed import TypeCase
from darkhorse.upstream.scripted.plant import Plant

HEADERS = {
    "server",
    "via",
    "set-cookie",
    "openai-processing-ms",
    "x-request-id",
    "x-canary-maker",
}


def objects(value: Any) -> list[dict[str, Any]]:
    """Every JSON object inside a value, at any depth."""
    if isinstance(value, dict):
        return [value, *(found for each in value.values() for found in objects(each))]
    if isinstance(value, list):
        return [found for each in value for found in objects(each)]
    return []


def holds_canary(found: dict[str, Any]) -> bool:
    """In a value of this very object or in one of its keys."""
    values = [item for v in found.values() for item in (v if isinstance(v, list) else [v])]
    return any(isinstance(word, str) and CANARY in word for word in [*found, *values])


@pytest.mark.parametrize("model", ["ok", "tools", "parallel-tools", "reasoning-field"])
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_each_object_holds_the_canary(port, model, stream):
    raw = chat(port, model, stream=stream)
    roots = raw.chunks() if stream else [raw.json()]
    for root in roots:
        assert root["created"] == CREATED
        assert all(CANARY in root[key] for key in ("id", "model", "system_fingerprint", "provider"))
        assert [found for found in objects(root) if not holds_canary(found)] == []
    choices = [choice for root in roots for choice in root["choices"]]
    assert CANARY in choices[-1]["native_finish_reason"]
    token = choices[0]["logprobs"]["content"][0]
    assert token["token"] == token["top_logprobs"][0]["token"] == CANARY
    usage = roots[-1]["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"]) == (
        PROMPT_TOKENS,
        COMPLETION_TOKENS,
    )


def test_the_stream_holds_it_outside_data_too(port):
    lines = chat(port, "ok", stream=True).body().decode().split("\n")
    assert f": {CANARY} processing" in lines
    assert f"event: {CANARY}" in lines
    assert f"id: {CANARY}-1" in lines


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize("model", ["ok", "status-200", "status-204", "status-503", "crlf"])
def test_headers_and_reason_phrase_hold_it(port, model, stream):
    raw = chat(port, model, stream=stream)
    assert all(CANARY in raw.headers()[name] for name in HEADERS)
    assert CANARY in raw.data.decode("latin-1").split("\r\n")[0]


def test_each_status_carries_it():
    """Played without a socket: the bytes are the scenario's."""
    for code in range(100, 600):
        check_status(code)


def check_status(code: int) -> None:
    scenario, wish = find(f"status-{code}")
    steps = list(scenario.play(_ask(wish.shape), **wish.arguments()))
    head, _, body = steps[0].partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % code)
    assert CANARY.encode() in head.split(b"\r\n")[0]
    assert (b"\r\nretry-after: 7\r\n" in head) == (code in {429, 503})
    assert (b"\r\nlocation: /v1/CANARYMAKER/" in head) == (300 <= code < 400)
    if code >= 200 and code not in {204, 205, 304}:
        error = json.loads(body)["error"]
        assert error["code"] == code
        assert all(CANARY in error[key] for key in ("message", "type", "param", "url", "traceback"))
    else:
        assert body == b""
    assert (len(steps) == 2) == (code < 200)


def _ask(shape: Any) -> Any:
    return Ask(stream=False, shape=shape, plant=Plant(), messages=Raw(b"[]"), count=lambda _: 0)


@pytest.mark.parametrize(
    ("kind", "start"),
    [("html", b"<!DOCTYPE"), ("text", b"upstream CANARY"), ("empty", b""), ("huge", b'{"error"')],
)
def test_error_bodies_of_other_kinds(port, kind, start):
    raw = chat(port, f"status-502?body={kind}&mb=1", stream=True)
    assert raw.status == 502
    assert raw.body().startswith(start)
    assert (raw.body() == b"") == (kind == "empty")
    assert (len(raw.body()) > 1_000_000) == (kind == "huge")


def test_garbage_is_seeded(port):
    def body(model: str) -> bytes:
        return chat(port, model, stream=False).body()

    assert body("garbage?seed=1") == body("garbage?seed=1") != body("garbage?seed=2")
    assert body("status-500?body=garbage&seed=1") != body("status-500?body=garbage&seed=2")
    assert not chat(port, "garbage?where=all", stream=False).data.startswith(b"HTTP")


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize("case", get_args(TypeCase))
def test_each_wrong_type_is_wrong_in_its_own_way(port, case, stream):
    raw = chat(port, f"wrong-types?case={case}", stream=stream)
    good = chat(port, "ok", stream=stream)
    if stream:
        changed = [now for now in raw.events() if now not in good.events()]
        assert len(changed) == 1
        assert len(raw.events()) == len(good.events()) + 1
    else:
        changed = [raw.body().decode()]
        assert changed[0] != good.body().decode()
    assert isinstance(json.loads(changed[0]), dict)
    assert CANARY in changed[0]


def test_wrong_types_are_all_different(port):
    bodies = {
        chat(port, f"wrong-types?case={case}", stream=False).body() for case in get_args(TypeCase)
    }
    assert len(bodies) == len(get_args(TypeCase))


@pytest.mark.parametrize("case", get_args(UsageCase))
def test_each_odd_usage_is_odd(port, case):
    usage = chat(port, f"usage-odd?case={case}", stream=False).json()["usage"]
    counts = [usage.get(key) for key in ("prompt_tokens", "completion_tokens", "total_tokens")]
    assert any(not isinstance(count, int) or not 0 <= count < 2**63 for count in counts)


@pytest.mark.parametrize("path", ["/v1/models", "/health", "/nothing", "/v1/chat/completions"])
def test_other_routes_hold_it_too(port, path):
    raw = get(port, path)
    assert CANARY.encode() in raw.head
    assert CANARY.encode() in raw.body()


def test_models_lists_the_scenarios(port):
    ids = [model["id"] for model in get(port, "/v1/models").json()["data"]]
    assert {"ok", "hang", "status-NNN"} < set(ids)
