"""Messages against a real relay: what Anthropic's clients are sent, and engines that speak it."""

import json

import pytest

from darkhorse.upstream.scripted import DEFAULT_TEXT

from .stage import CANARY, Relay, Reply

PATH = "/api/v1/messages"
SILENT = "slow?first_ms=400&delta_ms=1&deltas=3"
MODELS = (
    "ok",
    "tools",
    "parallel-tools",
    "reasoning",
    "think-tags",
    "finish-length",
    "echo",
    "status-400",
    "status-429",
    "status-503",
    "error-first",
    "error-mid?delta_ms=30",
    "cut-between?delta_ms=30",
    SILENT,
)
LISTING = """
input = ['text', 'image']
parameters = ['temperature', 'stop', 'tools', 'tool_choice', 'parallel_tool_calls', 'reasoning']
"""
SETTINGS = """
[server]
keepalive_s = 0.1
[upstream]
attempts = 1
cooldown_s = 0.1
failures_in_row = 1000
"""
TOOLS = [{"name": "get_weather", "input_schema": {"type": "object"}}]
ADAPTIVE = {"type": "adaptive"}


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    listings = {model: [(scripted.url, model)] for model in MODELS}
    data = tmp_path_factory.mktemp("messages")
    relay = Relay(data, listings, SETTINGS, listing_extra=LISTING).start()
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def behind(relay, tmp_path_factory):
    """A relay whose endpoints are the first one, once in each dialect."""
    url = f"http://127.0.0.1:{relay.port}/api/v1"
    listings = {
        f"{dialect}-{model.partition('?')[0]}": [
            (url, relay._odd.get(model, model), f"dialect = '{dialect}'")
        ]
        for dialect in ("chat", "messages")
        for model in MODELS
    }
    data = tmp_path_factory.mktemp("behind")
    env = {"UPSTREAM_KEY": relay.key}
    behind = Relay(data, listings, SETTINGS, listing_extra=LISTING, env=env).start()
    yield behind
    behind.close()


def ask(relay: Relay, model: str, **fields) -> Reply:
    usual = {"max_tokens": 5000, "messages": [{"role": "user", "content": "hi"}]}
    name = relay._odd.get(model, model)
    return relay.post(json.dumps({"model": name} | usual | fields).encode(), path=PATH)


def events(reply: Reply) -> list[dict]:
    """All but pings; each `event:` line names its data's type."""
    assert reply.headers["content-type"] == "text/event-stream"
    found = []
    for block in reply.body.decode().split("\n\n")[:-1]:
        first, _, second = block.partition("\n")
        found.append(json.loads(second.removeprefix("data: ")))
        assert first == f"event: {found[-1]['type']}"
    return [event for event in found if event["type"] != "ping"]


def put_together(found: list[dict]) -> dict:
    """The message that the events of a good stream tell of."""
    start, *middle, end, stop = found
    assert (start["type"], end["type"], stop["type"]) == (
        "message_start",
        "message_delta",
        "message_stop",
    )
    message = start["message"]
    for event in middle:
        if event["type"] == "content_block_start":
            assert event["index"] == len(message["content"])
            message["content"].append(event["content_block"] | {"said": ""})
        elif event["type"] == "content_block_delta":
            kind, said = event["delta"].pop("type"), event["delta"].popitem()[1]
            assert kind in ("text_delta", "thinking_delta", "input_json_delta")
            message["content"][event["index"]]["said"] += said
    for block in message["content"]:
        said = block.pop("said")
        if block["type"] == "tool_use":
            block["input"] = json.loads(said)
        else:
            block[block["type"]] = said
    message["usage"] |= end["usage"]
    return message | end["delta"]


def without_ids(message: dict) -> dict:
    blocks = [{k: v for k, v in block.items() if k != "id"} for block in message["content"]]
    return {k: v for k, v in message.items() if k != "id"} | {"content": blocks}


@pytest.mark.parametrize(
    "model", ["ok", "tools", "parallel-tools", "reasoning", "think-tags", "finish-length"]
)
def test_a_stream_says_what_the_whole_message_says(relay, model):
    whole = ask(relay, model, tools=TOOLS, thinking=ADAPTIVE)
    stream = ask(relay, model, tools=TOOLS, thinking=ADAPTIVE, stream=True)
    message = put_together(events(stream))
    assert message["id"] == stream.id
    assert without_ids(message) == without_ids(whole.json)
    assert CANARY.encode() not in whole.raw + stream.raw


def test_a_message_has_what_clients_look_for(relay):
    reply = ask(relay, "ok")
    assert reply.status == 200
    assert reply.json["id"] == reply.id
    assert [block["text"] for block in reply.json["content"]] == [DEFAULT_TEXT]
    assert (reply.json["stop_reason"], reply.json["stop_sequence"]) == ("end_turn", None)
    assert reply.json["usage"]["input_tokens"] == 5
    record = relay.record(reply.id)
    assert record.start.dialect == "messages"


def test_calls_and_thoughts_are_blocks(relay):
    called = ask(relay, "tools", tools=TOOLS).json
    assert called["stop_reason"] == "tool_use"
    assert [block["type"] for block in called["content"]] == ["tool_use"]
    assert called["content"][0]["id"].startswith("call_")
    thought = ask(relay, "reasoning", thinking=ADAPTIVE).json
    assert [block["type"] for block in thought["content"]] == ["thinking", "text"]


@pytest.mark.parametrize("stream", [False, True])
def test_who_did_not_ask_for_thoughts_gets_the_text_first(relay, stream):
    reply = ask(relay, "reasoning", stream=stream)
    message = put_together(events(reply)) if stream else reply.json
    assert [block["type"] for block in message["content"]] == ["text"]
    assert message["usage"]["output_tokens_details"]["thinking_tokens"] > 0


def test_a_second_turn_reaches_the_engine_as_chat(scripted, relay):
    first = ask(relay, "parallel-tools", tools=TOOLS).json
    ids = [block["id"] for block in first["content"]]
    results = [{"type": "tool_result", "tool_use_id": i, "content": "sun"} for i in ids]
    turns = [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": first["content"]},
        {"role": "user", "content": [*results, {"type": "text", "text": "And now?"}]},
    ]
    reply = ask(relay, "echo", messages=turns, tools=TOOLS, system="Be brief.")
    assert reply.json["content"][0]["text"] == "And now?"
    sent = json.loads(scripted.seen("echo")[-1]["body"])["messages"]
    assert [m["role"] for m in sent] == ["system", "user", "assistant", "tool", "tool", "user"]
    assert [m["tool_call_id"] for m in sent[3:5]] == ids
    assert [call["id"] for call in sent[2]["tool_calls"]] == ids


@pytest.mark.parametrize(
    ("model", "status", "kind"),
    [
        ("status-400", 400, "invalid_request_error"),
        ("status-429", 429, "rate_limit_error"),
        ("status-503", 503, "overloaded_error"),
        ("error-first", 502, "api_error"),
        ("nobody", 400, "invalid_request_error"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_failure_before_the_first_byte_has_its_status(relay, model, status, kind, stream):
    reply = ask(relay, model, stream=stream)
    assert reply.status == status
    assert reply.json["error"]["type"] == kind
    assert reply.json["request_id"].startswith(("gen-", "req-"))
    assert CANARY.encode() not in reply.raw


@pytest.mark.parametrize("model", ["error-mid?delta_ms=30", "cut-between?delta_ms=30"])
def test_a_stream_that_breaks_ends_with_an_error(relay, model):
    reply = ask(relay, model, stream=True)
    found = events(reply)
    assert reply.status == 200
    assert found[0]["type"] == "message_start"
    assert found[-1]["type"] == "error"
    assert found[-1]["error"]["type"] == "api_error"
    assert CANARY.encode() not in reply.raw


def test_a_silent_stream_pings(relay):
    reply = ask(relay, SILENT, stream=True)
    assert b'event: ping\ndata: {"type":"ping"}\n\n' in reply.body
    assert put_together(events(reply))["content"][0]["text"] == DEFAULT_TEXT


def test_anthropics_own_header_carries_the_key(relay):
    body = json.dumps({"model": "ok", "messages": [{"role": "user", "content": "hi"}]}).encode()
    lines = (f"content-length: {len(body)}", "anthropic-version: 2023-06-01")
    path = f"POST {PATH}/count_tokens HTTP/1.1"
    assert relay.request(path, f"x-api-key: {relay.key}", *lines, body=body).json == {
        "input_tokens": 5
    }
    refused = relay.request(path, "x-api-key: wrong", *lines, body=body)
    assert refused.status == 401
    assert refused.json["error"]["type"] == "authentication_error"


# A relay behind a relay


def chat(relay: Relay, model: str, *, stream: bool) -> dict:
    """What the answer says, in any dialect the same."""
    fields = {"reasoning": {"enabled": True}, "max_tokens": 5000, "stream": stream}
    tools = [{"type": "function", "function": {"name": "get_weather"}}]
    reply = relay.chat(model, tools=tools, **fields)
    assert reply.status == 200, reply.body
    assert CANARY.encode() not in reply.raw
    if not stream:
        message = reply.json["choices"][0]["message"]
        calls = [call["function"] for call in message.get("tool_calls", ())]
        finish = reply.json["choices"][0]["finish_reason"]
        return {
            "text": message["content"] or "",
            "reasoning": message["reasoning"] or "",
            "calls": [(call["name"], call["arguments"]) for call in calls],
            "finish": finish,
        }
    choices = [chunk["choices"][0] for chunk in reply.chunks if chunk["choices"]]
    calls: dict[int, list[str]] = {}
    for choice in choices:
        for call in choice["delta"].get("tool_calls", ()):
            known = calls.setdefault(call["index"], ["", ""])
            known[0] += call["function"].get("name", "")
            known[1] += call["function"]["arguments"]
    return {
        "text": reply.text,
        "reasoning": "".join(choice["delta"].get("reasoning", "") for choice in choices),
        "calls": [tuple(call) for call in calls.values()],
        "finish": choices[-1]["finish_reason"],
    }


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "model", ["ok", "tools", "parallel-tools", "reasoning", "finish-length", "echo"]
)
def test_an_engine_of_this_dialect_answers_like_one_of_chat(behind, model, stream):
    expected = chat(behind, f"chat-{model}", stream=stream)
    assert expected["text"] or expected["calls"]
    assert chat(behind, f"messages-{model}", stream=stream) == expected


@pytest.mark.parametrize("model", ["status-400", "status-429", "status-503", "error-first"])
def test_an_engine_of_this_dialect_fails_like_one_of_chat(behind, model):
    expected, found = (behind.chat(f"{dialect}-{model}") for dialect in ("chat", "messages"))
    assert found.status == expected.status >= 400
    assert found.json["error"]["message"] == expected.json["error"]["message"]


@pytest.mark.parametrize("model", ["error-mid", "cut-between"])
def test_an_engine_of_this_dialect_breaks_off_like_one_of_chat(behind, model):
    reply = behind.chat(f"messages-{model}", stream=True)
    assert reply.status == 200
    assert reply.chunks[-1]["error"]["code"] == 502


def test_its_counts_are_on_record(behind):
    reply = behind.chat("messages-ok")
    record = behind.record(reply.id)
    usage = reply.json["usage"]
    assert record.end.native.prompt > usage["prompt_tokens"]  # with what it is told of itself
    assert record.end.native.completion == usage["completion_tokens"]
