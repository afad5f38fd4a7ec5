"""A generation's content: made of the fields of its own dialect, sent within bounds."""

import asyncio
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from operations_kit import ask

from darkhorse.api.operations.content import Outbox, content_answer
from darkhorse.api.operations.generations import generation_operations
from darkhorse.base.errors import RateLimited
from darkhorse.storage.accounting import ContentGone, ContentLate, GenerationContent
from darkhorse.storage.records import Answer

FIELDS = ("messages", "system", "input", "instructions", "prompt")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def shown(dialect, body, **more):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"id": "gen-1", "answer": Answer("yes"), "outcome": "done", **more}
    found = GenerationContent(dialect=dialect, request=body, **fields)
    return json.loads(content_answer(found))["data"]


@pytest.mark.parametrize(
    ("given_input", "told"),
    [
        ("one", {"prompt": "one"}),
        (["one"], {"prompt": "one"}),
        (["one", "two"], {"messages": ["one", "two"]}),
        ([{"content": []}], {"messages": [{"content": []}]}),
    ],
)
def test_embeddings(given_input, told):
    junk = {"messages": [1], "prompt": "x", "instructions": "y"}
    assert shown("embeddings", {"input": given_input, **junk})["input"] == told


def test_blanks_and_repeated_fields_are_read_as_the_dialect_reads_them():
    body = b'{"prompt":"first", "prompt" : \n [ "last" ] }'
    assert shown("completions", body)["input"] == {"prompt": "last"}
    body = b'{"system": "s", "messages" :\t[ 1 , 2 ]}'
    told = [{"role": "system", "content": "s"}, 1, 2]
    assert shown("messages", body)["input"] == {"messages": told}


@pytest.mark.parametrize("dialect", ["chat", "messages", "responses", "completions", "embeddings"])
def test_an_empty_body_is_an_empty_input(dialect):
    told = shown(dialect, b"{}")["input"]
    assert told in ({"prompt": ""}, {"messages": []})


@pytest.mark.parametrize("dialect", ["chat", "completions", "embeddings"])
@given(body=st.dictionaries(st.sampled_from((*FIELDS, "x")), JSON))
def test_only_the_field_of_its_dialect_is_shown(dialect, body):
    own = {"chat": "messages", "completions": "prompt", "embeddings": "input"}[dialect]
    told = shown(dialect, body)["input"]
    assert told == shown(dialect, {own: body[own]} if own in body else {})["input"]
    assert len(told) == 1


@given(messages=st.lists(JSON), system=st.text(min_size=1) | st.lists(JSON, min_size=1))
def test_the_system_prompt_stands_in_front(messages, system):
    told = shown("messages", {"messages": messages, "system": system})["input"]["messages"]
    assert told == [{"role": "system", "content": system}, *messages]
    told = shown("responses", {"input": messages, "instructions": "be"})["input"]["messages"]
    assert told == [{"role": "system", "content": "be"}, *messages]


def test_a_failure_is_told_in_our_words():
    told = shown("chat", {"messages": []}, outcome="failed", status=504, error_type="timeout")
    assert told["error"]["status"] == 504
    assert told["error"]["message"] == "The model took too long to answer."


# --- how it is found, or not ---


class Found:
    """Generations, of which one thing is known."""

    def __init__(self, outcome):
        self.outcome = outcome

    async def content(self, generation, key, show):
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome and show(self.outcome)


def reach(outcome):
    return ask(
        generation_operations(Found(outcome), None),
        *("GET", "/generation/content"),
        key="developer",
        query="id=gen-1",
    )


def test_each_way_of_not_being_there_is_told_apart():
    told = reach(None)
    assert (told.status, "No finished generation" in told.problem) == (404, True)
    told = reach(ContentGone())
    assert (told.status, told.problem) == (404, "Its content is no longer kept.")
    told = reach(ContentLate())
    assert (told.status, told.headers["retry-after"]) == (503, "5")


def test_what_is_there_comes_whole_in_pieces():
    body = msgspec.json.encode({"prompt": "x" * 1_000_000})
    found = GenerationContent(
        id="gen-1", dialect="completions", request=body, answer=Answer("yes"), outcome="done"
    )
    told = reach(found)
    assert (told.status, told.headers["content-type"]) == (200, "application/json")
    assert int(told.headers["content-length"]) == len(told.body)
    assert told.json["data"]["input"] == {"prompt": "x" * 1_000_000}


# --- what is on its way out ---


def sent(answer, client):
    return asyncio.run(answer({}, None, client))


async def takes_all(_):
    pass


async def hangs_up(message):
    if message["type"] == "http.response.body":
        raise ConnectionResetError


def test_what_is_being_sent_has_a_bound():
    outbox = Outbox(100)
    large, small = outbox.answer(b"x" * 500), b"x" * 60
    with pytest.raises(RateLimited) as refused:
        outbox.answer(small)
    assert refused.value.retry_after
    sent(large, takes_all)
    held = outbox.answer(small)
    with pytest.raises(RateLimited):
        outbox.answer(small)
    with pytest.raises(ConnectionResetError):
        sent(held, hangs_up)
    sent(outbox.answer(small), takes_all)


def test_one_who_takes_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr("darkhorse.api.operations.content._SEND_S", 0.05)

    async def stalls(message):
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    outbox = Outbox(100)
    sent(outbox.answer(b"x" * 500), stalls)
    sent(outbox.answer(b"x" * 500), takes_all)
