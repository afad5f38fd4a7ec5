"""Embeddings against the real server: OpenAI's SDK, the record, and listings that give none."""

import json

import msgspec
import openai
import pytest

from darkhorse.storage.records import Answer
from darkhorse.upstream.scripted.embeddings import vector
from darkhorse.wire.embeddings.vectors import unpack

from .stage import CANARY, Relay, go_live, launch_text

PATH = "/api/v1/embeddings"
CONTEXT = 100


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    data = tmp_path_factory.mktemp("embeddings")
    listings = {model: [(scripted.url, model)] for model in ("ok", "status-500", "status-429")}
    extra = "output = ['embeddings']"
    relay = Relay(
        data,
        listings,
        "[upstream]\nattempts = 1\n",
        context=CONTEXT,
        max_output=CONTEXT,
        listing_extra=extra,
    )
    go_live(relay.desk, launch_text("stealth/words", [(scripted.url, "ok")], alias="words"))
    yield relay.start()
    relay.close()


@pytest.fixture
def client(relay):
    base = f"http://127.0.0.1:{relay.port}/api/v1"
    with openai.OpenAI(base_url=base, api_key=relay.key, max_retries=0) as client:
        yield client


def ask(relay, model="ok", **fields):
    reply = relay.post(json.dumps({"model": model, "input": "hi"} | fields).encode(), path=PATH)
    assert CANARY not in reply.raw.decode("latin-1")
    return reply


def test_vectors_come_through_and_are_on_record(relay):
    reply = ask(relay, input=["one", "two"], dimensions=3)
    assert reply.status == 200
    found = [each["embedding"] for each in reply.json["data"]]
    assert found == [vector("one", 3), vector("two", 3)]
    assert (reply.json["id"], reply.json["model"]) == (reply.id, "stealth/listing-0")
    record = relay.record(reply.id)
    answer = msgspec.json.decode(record.answer, type=Answer)
    assert [unpack(each) for each in answer.vectors] == found
    assert (record.start.dialect, record.end.outcome) == ("embeddings", "done")
    usage = record.end.usage
    assert reply.json["usage"]["total_tokens"] == usage.total == usage.prompt


def test_openais_sdk_reads_base64_and_floats(client):
    for form in (openai.NOT_GIVEN, "float"):
        found = client.embeddings.create(model="ok", input=["a", "b"], encoding_format=form)
        assert [each.embedding for each in found.data] == [vector("a"), vector("b")]


def test_a_failure_is_told_with_its_status(relay, client):
    assert [ask(relay, model).status for model in ("status-500", "status-429")] == [502, 429]
    with pytest.raises(openai.BadRequestError, match="token ids"):
        client.embeddings.create(model="ok", input=[1, 2, 3])


def test_each_input_has_the_context_to_itself(relay):
    fits, over = "x" * (CONTEXT - 4) * 4, "x" * (CONTEXT + 1) * 4
    assert ask(relay, input=[fits] * 5).status == 200
    reply = ask(relay, input=["a", over])
    assert reply.status == 400
    assert reply.json["error"]["metadata"]["error_type"] == "context_length_exceeded"


def test_a_model_of_words_has_no_vectors(relay):
    reply = ask(relay, "words")
    assert (reply.status, "embeddings" in reply.json["error"]["message"]) == (404, True)


def test_a_model_of_vectors_has_no_words(relay):
    reply = relay.chat("ok")
    assert (reply.status, "/embeddings" in reply.json["error"]["message"]) == (404, True)
