"""One generation, from the client's words to the ledger's: what goes up, comes back, is kept."""

import json
import uuid

import pytest

from darkhorse.upstream.scripted import DEFAULT_TEXT, REASONING_TEXT
from darkhorse.upstream.scripted.framings import _WIDE_TEXT

from .stage import CANARY, Relay, chat_body, exchange

TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": {}}}]
PARAMETERS = ("max_tokens", "temperature", "top_p", "seed", "stop", "tools", "tool_choice")
WEATHER = '{"city": "Reykjavík", "days": 3, "note": "a \\"dry\\" week"}'
FERRY = '{"from": "Calais", "to": "Dover"}'
SAY = "ok?text=Grüße 🎹 aus 東京! Ende."
TEXTS = {
    "ok": DEFAULT_TEXT,
    "unicode": "".join(_WIDE_TEXT),
    "long": None,
    "empty": "",
    SAY: SAY.partition("=")[2],
    **dict.fromkeys(
        (
            *("dribble", "crlf", "cr-only", "coalesced", "split-events", "split-events?bytes=1"),
            *("no-space", "no-last-newline", "until-close", "trailers", "early-hints", "no-done"),
            *("finish-missing", "after-done", "usage-missing", "usage-odd", "role-null"),
            *("reasoning", "reasoning-field", "n-choices", "ok-content-type-odd?case=json"),
        ),
        DEFAULT_TEXT,
    ),
}
CALLS = ("tools", "tools-whole", "parallel-tools", "duplicate-ids")
WAYS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    listings = {model: [(scripted.url, model)] for model in (*TEXTS, *CALLS, "echo")}
    data = tmp_path_factory.mktemp("generation")
    extra = f"parameters = {list(PARAMETERS)}"
    relay = Relay(data, listings, "[upstream]\nidle_s = 5\n", listing_extra=extra).start()
    yield relay
    relay.close()


@pytest.fixture
def alone(scripted, tmp_path):
    """Relays of one listing, behind it whatever is asked for."""
    relays = []

    def start(*models: str, settings: str = "", **more) -> Relay:
        endpoints = [(scripted.url, model) for model in models]
        relays.append(Relay(tmp_path / f"{len(relays)}", {"pony": endpoints}, settings, **more))
        return relays[-1].start()

    yield start
    for relay in relays:
        relay.close()


def reasoning_of(reply) -> str:
    if reply.body.startswith(b"data"):
        deltas = [chunk["choices"][0]["delta"] for chunk in reply.chunks if chunk["choices"]]
        return "".join(delta.get("reasoning", "") for delta in deltas)
    return reply.json["choices"][0]["message"]["reasoning"] or ""


def usage_of(reply) -> dict:
    return reply.chunks[-1]["usage"] if reply.body.startswith(b"data") else reply.json["usage"]


def finish_of(reply) -> str:
    last = reply.chunks[-2] if reply.body.startswith(b"data") else reply.json
    return last["choices"][0]["finish_reason"]


def calls_of(reply) -> list[dict]:
    """Tool calls, the streamed pieces joined by index as clients do."""
    if not reply.body.startswith(b"data"):
        return reply.json["choices"][0]["message"]["tool_calls"]
    calls: dict[int, dict] = {}
    for chunk in reply.chunks:
        for piece in chunk["choices"][0]["delta"].get("tool_calls", ()) if chunk["choices"] else ():
            if piece["index"] not in calls:
                calls[piece["index"]] = {**piece, "function": dict(piece["function"])}
            else:
                assert "id" not in piece
                calls[piece["index"]]["function"]["arguments"] += piece["function"]["arguments"]
    assert list(calls) == sorted(calls) == [call.pop("index") for call in calls.values()]
    return list(calls.values())


def tokens(text: str) -> int:
    return -(-len(text.encode()) // 4)


# What comes back


@WAYS
@pytest.mark.parametrize("model", TEXTS)
def test_the_text_is_the_upstreams(relay, model, stream):
    reply = relay.chat(model, stream=stream)
    expected = TEXTS[model]
    if expected is None:
        expected = relay.chat(model).text
        assert len(expected) == 32_000
    assert reply.text == expected
    assert finish_of(reply) == "stop"
    reasoning = REASONING_TEXT if model.startswith("reasoning") else ""
    assert reasoning_of(reply) == reasoning
    usage = usage_of(reply)
    assert usage["completion_tokens"] == tokens(expected) + tokens(reasoning)
    assert usage["completion_tokens_details"]["reasoning_tokens"] == tokens(reasoning)


@WAYS
@pytest.mark.parametrize("model", CALLS)
def test_tool_calls_come_whole_under_our_ids(relay, model, stream):
    reply = relay.chat(model, stream=stream, tools=TOOLS)
    calls = calls_of(reply)
    expected = [("get_weather", WEATHER), ("find_ferry", FERRY)]
    expected = expected[: 1 if model.startswith("tools") else 2]
    said = [(call["function"]["name"], call["function"]["arguments"]) for call in calls]
    assert said == expected
    assert len({call["id"] for call in calls}) == len(calls)
    assert finish_of(reply) == "tool_calls"
    assert usage_of(reply)["completion_tokens"] == tokens("".join(map("".join, expected)))
    kept = json.loads(relay.record(reply.id).answer)["tools"]
    assert [(call["id"], call["arguments"]) for call in kept] == [
        (call["id"], call["function"]["arguments"]) for call in calls
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 7, 8, 11, 60])
def test_max_tokens_cuts_at_four_bytes_a_token(relay, limit):
    whole, streamed = (relay.chat(SAY, max_tokens=limit, stream=s) for s in (False, True))
    text = TEXTS[SAY]
    expected = text.encode()[: limit * 4].decode(errors="ignore")  # no half characters
    assert whole.text == streamed.text == expected
    finish = "length" if len(expected) < len(text) else "stop"
    assert finish_of(whole) == finish_of(streamed) == finish
    assert usage_of(whole) == usage_of(streamed)
    assert usage_of(whole)["completion_tokens"] == tokens(expected) <= limit


def test_the_newer_name_of_the_limit_wins(relay):
    reply = relay.chat("ok", max_completion_tokens=3, max_tokens=9)
    assert reply.text == DEFAULT_TEXT[:12]


@pytest.mark.parametrize("stream", [False, True])
def test_a_listings_own_limit_holds_without_being_asked_for(alone, stream):
    relay = alone("ok", max_output=5)
    reply = relay.chat("pony", stream=stream)
    assert (reply.text, finish_of(reply)) == (DEFAULT_TEXT[:20], "length")


def test_prompt_tokens_follow_the_published_formula(relay):
    messages = [
        {"role": "system", "content": "Kürze!"},
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": ""}]},
        {"role": "assistant", "content": None, "reasoning": "12345"},
        {"role": "tool", "content": "ok", "tool_call_id": "call_1"},
    ]
    usage = usage_of(relay.chat("ok", messages=messages))
    assert usage["prompt_tokens"] == 4 * 4 + tokens("Kürze!") + 1 + tokens("12345") + 1
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


@pytest.mark.parametrize("path", ["/api/v1/chat/completions", "/v1/chat/completions"])
@pytest.mark.parametrize("name", ["ok", "stealth/listing-0"])
def test_each_name_under_each_prefix(relay, path, name):
    reply = relay.post(chat_body(name), path=path)
    assert reply.text == DEFAULT_TEXT
    assert reply.json["model"] == "stealth/listing-0"


def test_many_requests_on_one_connection(relay):
    """Kept alive, and pipelined: the second is sent before the first is answered."""
    body = chat_body("echo", messages=[{"role": "user", "content": "ONE"}])
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {relay.key}\r\n"
        f"content-length: {len(body)}\r\n"
    ).encode()
    two = body.replace(b"ONE", b"TWO")
    raw = exchange(relay.port, head + b"\r\n" + body + head, two).raw
    assert raw.count(b"HTTP/1.1 200 OK") == 2
    assert raw.index(b'"content":"ONE"') < raw.index(b'"content":"TWO"')


# What goes up


def test_only_the_conversation_goes_up(scripted, alone):
    """Byte for byte, and nothing else of the client's."""
    model = f"ok?seed={uuid.uuid4().int % 10**9}"
    relay = alone(model, listing_extra=f"parameters = {list(PARAMETERS)}")
    messages = (
        b'[ {"role":"user", "content":"h\\u00eb\\/llo \xf0\x9f\x8e\xb9", "x_extra":[1e3, -0]} ]'
    )
    private = (
        b'"user":"bob","metadata":{"a":"b"},"provider":{"only":["stealth"]},"models":["y"],"x":1,'
    )
    private += (
        b'"usage":{"include":true},"transforms":[],"plugins":[],"store":true,"logprobs":true,'
    )
    promised = b'"temperature":0.5,"stop":["END"],"tool_choice":"auto","seed":7,"max_tokens":9,'
    unpromised = b'"top_k":3,"reasoning":{"effort":"low"},"response_format":{"type":"text"},'
    body = b'{"model":"pony",' + private + promised + unpromised + b'"messages":' + messages + b"}"
    theirs = ("x-title: Kilo", "http-referer: https://a.example", "cookie: a=b", "user-agent: K/1")
    reply = relay.post(body, *theirs, "x-forwarded-for: 10.0.0.9", "x-request-id: mine")
    assert reply.status == 200
    (seen,) = scripted.seen(model)
    assert messages.strip()[1:] in seen["body"].encode()  # behind what it is told of itself
    sent = json.loads(seen["body"])
    del sent["messages"]
    assert sent == {
        "model": model,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 2149,
        "temperature": 0.5,
        "seed": 7,
    }
    assert seen["headers"]["authorization"] == f"Bearer sk-{CANARY}"
    usual = {"host", "accept-encoding", "content-type", "content-length", "authorization"}
    assert set(seen["headers"]) == usual
    assert relay.key not in json.dumps(seen)


def test_an_unstreamed_request_without_a_limit_is_asked_whole(scripted, alone):
    model = f"ok?seed={uuid.uuid4().int % 10**9}"
    relay = alone(model, max_output=1000)
    relay.chat("pony")
    sent = json.loads(scripted.seen(model)[0]["body"])
    assert set(sent) == {"model", "messages", "stream"}
    assert sent["stream"] is False


# What is kept


@WAYS
def test_the_ledger_has_both_sides_whole(relay, stream):
    body = chat_body("reasoning", stream=stream, messages=[{"role": "user", "content": "Hör zu"}])
    reply = relay.post(body, "x-title: Title", "http-referer: https://a.example", "user-agent: U/1")
    kept = relay.record(reply.id)
    assert kept.request == body
    assert json.loads(kept.answer) == {"content": DEFAULT_TEXT, "reasoning": REASONING_TEXT}
    start, end = kept.start, kept.end
    assert (start.app_title, start.app_url) == ("Title", "https://a.example")
    assert (start.user_agent, start.streamed, start.dialect) == ("U/1", stream, "chat")
    assert (end.outcome, end.finish, end.status, end.error_type) == ("done", "stop", 200, "")
    usage = usage_of(reply)
    assert end.usage.prompt == start.prompt_tokens == usage["prompt_tokens"]
    assert end.usage.completion == usage["completion_tokens"]
    assert (end.native.prompt, end.native.completion) == (70_001, 70_003)
    (attempt,) = end.attempts
    assert (attempt.outcome, attempt.status) == ("ok", 200)
    assert attempt.upstream_id == f"chatcmpl-{CANARY}-0001"
    assert 0 < end.first_token_ms <= end.duration_ms
    assert relay.key not in json.dumps([str(start), str(end)])
