"""Completions against a real relay: a prompt in, a text out, and engines that only do that."""

import json

import openai
import pytest

from darkhorse.upstream.scripted import DEFAULT_TEXT

from .stage import CANARY, Relay, Reply

PATH = "/api/v1/completions"
CUT = "cut-between?delta_ms=30"
MODELS = ("ok", "echo", "finish-length", "status-503", CUT)
SETTINGS = """
[upstream]
attempts = 1
cooldown_s = 0.1
failures_in_row = 1000
"""


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    listings = {model: [(scripted.url, model)] for model in MODELS}
    relay = Relay(tmp_path_factory.mktemp("completions"), listings, SETTINGS).start()
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def behind(relay, tmp_path_factory):
    """A relay whose endpoints are the first one's completions."""
    url = f"http://127.0.0.1:{relay.port}/api/v1"
    listings = {
        model: [(url, relay._odd.get(model, model), "dialect = 'completions'")] for model in MODELS
    }
    env = {"UPSTREAM_KEY": relay.key}
    behind = Relay(tmp_path_factory.mktemp("behind"), listings, SETTINGS, env=env).start()
    yield behind
    behind.close()


@pytest.fixture(scope="module")
def client(relay):
    base_url = f"http://127.0.0.1:{relay.port}/api/v1"
    with openai.OpenAI(base_url=base_url, api_key=relay.key, max_retries=0) as client:
        yield client


def ask(relay: Relay, model: str, prompt: str = "Once", **fields) -> Reply:
    name = relay._odd.get(model, model)
    return relay.post(json.dumps({"model": name, "prompt": prompt} | fields).encode(), path=PATH)


@pytest.fixture(params=["relay", "behind"])
def either(request):
    """The relay over an engine of chat, and the one over an engine of completions."""
    return request.getfixturevalue(request.param)


def test_a_prompt_is_answered_with_a_text(either):
    reply = ask(either, "echo", "Once upon")
    assert reply.status == 200
    assert (reply.json["object"], reply.json["id"]) == ("text_completion", reply.id)
    choice = reply.json["choices"][0]
    assert (choice["text"], choice["finish_reason"]) == ("Once upon", "stop")
    assert reply.json["usage"]["prompt_tokens"] == 7
    assert CANARY.encode() not in reply.raw
    assert either.record(reply.id).start.dialect == "completions"


def test_a_stream_says_the_same(either):
    chunks = ask(either, "finish-length", stream=True).chunks
    choices = [chunk["choices"][0] for chunk in chunks if chunk["choices"]]
    assert "".join(choice["text"] for choice in choices) == DEFAULT_TEXT
    assert choices[-1]["finish_reason"] == "length"
    assert (chunks[-1]["choices"], chunks[-1]["usage"]["completion_tokens"]) == ([], 86)


def test_failures_are_those_of_chat(either):
    reply = ask(either, "status-503")
    assert (reply.status, reply.json["error"]["code"]) == (503, 503)
    cut = ask(either, CUT, stream=True)
    assert cut.status == 200
    assert cut.chunks[-1]["error"]["code"] == 502
    assert cut.events[-1] != "[DONE]"


def test_openais_client_completes(client):
    whole = client.completions.create(model="ok", prompt="Once", max_tokens=500)
    assert whole.choices[0].text == DEFAULT_TEXT
    with client.completions.create(model="ok", prompt="Once", stream=True) as stream:
        texts = [chunk.choices[0].text for chunk in stream if chunk.choices]
    assert "".join(texts) == DEFAULT_TEXT
    with pytest.raises(openai.BadRequestError, match="token ids"):
        client.completions.create(model="ok", prompt=[1, 2, 3])


def test_a_conversation_reaches_such_an_engine_as_a_transcript(scripted, behind):
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
    reply = behind.chat("echo", messages=turns)
    assert reply.text.startswith("You are a helpful AI assistant called L")  # and so on
    assert reply.text.endswith("\n\nBe brief.\n")  # where the transcript's stop stands
    assert json.loads(scripted.seen("echo")[-1]["body"])["messages"][0]["role"] == "user"
