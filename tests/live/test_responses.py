"""Responses against the real server: whole, streamed, broken; and a relay behind a relay."""

import json

import msgspec
import openai
import pytest

from darkhorse.storage.records import Answer
from darkhorse.upstream.scripted import DEFAULT_TEXT, REASONING_TEXT

from .stage import CANARY, Relay, Reply

BROKEN = "error-mid?delta_ms=50"
SAME = ("ok", "reasoning", "parallel-tools", "finish-length", "unicode")
MODELS = (*SAME, BROKEN, "status-429", "status-500")
PATH = "/api/v1/responses"
TOOLS = [{"type": "function", "name": "get_weather", "parameters": {"type": "object"}}]
EXTRA = "parameters = ['max_tokens', 'temperature', 'tools', 'tool_choice', 'reasoning']"


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    data = tmp_path_factory.mktemp("responses")
    listings = {model: [(scripted.url, model)] for model in MODELS}
    relay = Relay(data, listings, "[upstream]\nattempts = 1\n", listing_extra=EXTRA).start()
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def outer(relay, tmp_path_factory):
    """A relay whose engine is the other relay, asked in either dialect."""
    data = tmp_path_factory.mktemp("outer")
    url = f"http://127.0.0.1:{relay.port}/api/v1"
    listings = {
        f"{dialect}-{model}": [(url, model, f"dialect = '{dialect}'")]
        for dialect in ("chat", "responses")
        for model in MODELS
    }
    env = {"UPSTREAM_KEY": relay.key}
    outer = Relay(data, listings, "[upstream]\nattempts = 1\n", listing_extra=EXTRA, env=env)
    yield outer.start()
    outer.close()


@pytest.fixture
def client(relay):
    base = f"http://127.0.0.1:{relay.port}/api/v1"
    with openai.OpenAI(base_url=base, api_key=relay.key, max_retries=0) as client:
        yield client


def ask(relay: Relay, model: str, **fields) -> Reply:
    body = {"model": model, "input": "hi"} | fields
    reply = relay.post(json.dumps(body).encode(), path=PATH)
    assert CANARY not in reply.raw.decode("latin-1")
    return reply


def events(reply: Reply) -> list[dict]:
    """The data of each event; its name is the same as its type."""
    blocks = [block.split("\n") for block in reply.body.decode().split("\n\n")]
    pairs = [lines for lines in blocks if lines[0].startswith("event: ")]
    told = [json.loads(line.removeprefix("data: ")) for _, line in pairs]
    assert [name.removeprefix("event: ") for name, _ in pairs] == [each["type"] for each in told]
    return told


def said(response: dict, kind: str = "message", part: str = "content") -> str:
    items = [item for item in response["output"] if item["type"] == kind]
    return "".join(piece["text"] for item in items for piece in item[part])


def test_a_whole_response(relay):
    reply = ask(relay, "ok")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    response = reply.json
    assert (response["id"], response["status"], said(response)) == (
        reply.id,
        "completed",
        DEFAULT_TEXT,
    )
    record = relay.record(reply.id)
    assert (record.start.dialect, record.end.outcome) == ("responses", "done")
    assert response["usage"]["input_tokens"] == record.end.usage.prompt


def test_a_streamed_response(relay):
    reply = ask(relay, "ok", stream=True)
    told = events(reply)
    assert reply.body.endswith(b"data: [DONE]\n\n")
    assert [each["sequence_number"] for each in told] == list(range(len(told)))
    deltas = [each["delta"] for each in told if each["type"] == "response.output_text.delta"]
    assert "".join(deltas) == said(told[-1]["response"]) == DEFAULT_TEXT
    assert (told[0]["type"], told[-1]["type"]) == ("response.created", "response.completed")


def test_thoughts_are_an_item_before_the_text(relay):
    response = ask(relay, "reasoning").json
    assert [item["type"] for item in response["output"]] == ["reasoning", "message"]
    assert said(response, "reasoning") == REASONING_TEXT
    summed = ask(relay, "reasoning", reasoning={"summary": "auto"}).json
    assert said(summed, "reasoning", "summary") == REASONING_TEXT


def test_parallel_calls_are_items_under_our_ids(relay):
    for reply in (
        ask(relay, "parallel-tools", tools=TOOLS).json,
        events(ask(relay, "parallel-tools", tools=TOOLS, stream=True))[-1]["response"],
    ):
        calls = [item for item in reply["output"] if item["type"] == "function_call"]
        assert len(calls) > 1
        assert all(call["call_id"].startswith("call_") for call in calls)
        assert all(isinstance(json.loads(call["arguments"]), dict) for call in calls)


def test_an_answer_over_its_limit_is_incomplete(relay):
    response = ask(relay, "ok", max_output_tokens=2).json
    assert response["status"] == "incomplete"
    assert response["incomplete_details"] == {"reason": "max_output_tokens"}
    assert said(response) == DEFAULT_TEXT[:8]


def test_a_refusal_before_the_first_byte_has_its_status(relay):
    for stream in (False, True):
        reply = ask(relay, "status-429", stream=stream)
        assert (reply.status, reply.json["error"]["code"]) == (429, 429)
        assert ask(relay, "ok", previous_response_id="resp_1", stream=stream).status == 400


def test_a_stream_that_breaks_ends_with_response_failed(relay):
    reply = ask(relay, BROKEN, stream=True)
    *_, error, failed = events(reply)
    assert (error["type"], failed["type"]) == ("error", "response.failed")
    assert failed["response"]["error"]["message"] == error["message"]
    assert b"[DONE]" not in reply.body


def test_openais_sdk_reads_and_streams(client):
    response = client.responses.create(model="ok", input="hi")
    assert (response.output_text, response.status) == (DEFAULT_TEXT, "completed")
    with client.responses.stream(model="reasoning", input="hi") as stream:
        texts = [each.delta for each in stream if each.type == "response.output_text.delta"]
        final = stream.get_final_response()
    assert "".join(texts) == final.output_text == DEFAULT_TEXT
    assert final.output[0].content[0].text == REASONING_TEXT


def test_openais_sdk_goes_on_after_a_call(client):
    first = client.responses.create(model="parallel-tools", input="hi", tools=TOOLS)
    calls = [item for item in first.output if item.type == "function_call"]
    results = [
        {"type": "function_call_output", "call_id": call.call_id, "output": "12 °C"}
        for call in calls
    ]
    asked = [{"role": "user", "content": "hi"}, *first.output, *results]
    assert client.responses.create(model="ok", input=asked, tools=TOOLS).output_text == DEFAULT_TEXT


def test_openais_sdk_shows_our_errors(client):
    with pytest.raises(openai.RateLimitError) as caught:
        client.responses.create(model="status-429", input="hi")
    assert caught.value.status_code == 429
    kinds = [each.type for each in client.responses.create(model=BROKEN, input="hi", stream=True)]
    assert kinds[-2:] == ["error", "response.failed"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", SAME)
def test_a_relay_behind_a_relay_answers_the_same_in_either_dialect(outer, model, stream):
    def gist(dialect: str) -> dict:
        reply = outer.chat(f"{dialect}-{model}", stream=stream, tools=_nested(), max_tokens=9_000)
        assert reply.status == 200
        record = outer.record(reply.id)
        answer = msgspec.json.decode(record.answer, type=Answer)
        calls = [(call.name, call.arguments) for call in answer.tools]
        return {
            "calls": calls,
            "text": answer.content,
            "reasoning": answer.reasoning,
            "finish": record.end.finish,
            "counts": (record.end.native.completion, record.end.native.reasoning),
        }

    chat, responses = gist("chat"), gist("responses")
    assert chat == responses
    assert responses["text"] or responses["calls"]


@pytest.mark.parametrize(("model", "status"), [("status-429", 429), ("status-500", 502)])
def test_a_relay_behind_a_relay_fails_the_same_in_either_dialect(outer, model, status):
    replies = [outer.chat(f"{dialect}-{model}") for dialect in ("chat", "responses")]
    assert [reply.status for reply in replies] == [status, status]


def test_a_stream_that_breaks_two_relays_away_is_told(outer):
    reply = outer.chat(f"responses-{BROKEN}", stream=True)
    assert reply.chunks[-1]["choices"][0]["finish_reason"] == "error"
    assert "[DONE]" not in reply.events


def _nested() -> list[dict]:
    return [{"type": "function", "function": {"name": "get_weather", "parameters": {}}}]


@pytest.mark.parametrize(
    "field", [b'"metadata":{"a":1e999}', b'"reasoning":{"summary":{"a":1e999}}']
)
def test_what_cannot_be_repeated_begins_nothing(relay, field):
    before = relay.records().keys()
    body = b'{"model":"ok","stream":true,"input":"x",%b}' % field
    reply = relay.post(body, path="/api/v1/responses")
    assert reply.status == 400
    assert relay.records().keys() == before
