"""Embeddings, both sides: what is asked for, what comes back, and what is no answer."""

import base64
import json
import math
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import CreateEmbeddingResponse
from openrouter.operations import CreateEmbeddingsResponseBody

from darkhorse.base.errors import InvalidRequest
from darkhorse.cloak.mint import mint
from darkhorse.cloak.stream import Cloak
from darkhorse.wire.chunks import Chunk, Usage
from darkhorse.wire.dialect import Head
from darkhorse.wire.embeddings import engine
from darkhorse.wire.embeddings.answer import EmbeddingsAnswer
from darkhorse.wire.embeddings.request import MOST_INPUTS, parse
from darkhorse.wire.embeddings.vectors import checked_vectors, pack, unpack
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import EngineRequest
from wire.dialect_kit import JSON, mutated

NUMBER = st.floats(width=32, allow_nan=False, allow_infinity=False)
VECTORS = st.integers(1, 5).flatmap(
    lambda size: st.lists(st.lists(NUMBER, min_size=size, max_size=size), min_size=1, max_size=4)
)
LAST = mint(finish="stop", usage=Usage(7, 0))


def body(**fields):
    return json.dumps({"model": "m", "input": "hi"} | fields).encode()


def contents(given):
    return [each["content"] for each in json.loads(bytes(parse(body(input=given)).messages))]


def rendered(vectors, **fields):
    head = Head(id="gen-1", created=7, model="stealth/mule", request=parse(body(**fields)))
    return EmbeddingsAnswer(head).whole([mint(vectors=tuple(map(pack, vectors))), LAST])


def test_each_input_is_a_message():
    parts = [{"type": "text", "text": "abcd"}]
    assert contents("hi") == ["hi"]
    assert contents(["a", {"content": parts}]) == ["a", parts]
    assert parse(body(input=["a", "é"])).text_bytes == (1, 2)


def test_a_request_is_never_streamed_and_keeps_its_words_for_the_engine():
    request = parse(body(dimensions=4, input_type="query", stream=True, encoding_format="base64"))
    read = {name: json.loads(bytes(value)) for name, value in request.parameters.items()}
    assert read == {"dimensions": 4, "input_type": "query"}
    assert (request.kind, request.stream) == ("embedding", False)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"input": None}, "`input`"),
        ({"input": []}, "input"),
        ({"input": ""}, "input: it is empty"),
        ({"input": ["a", ""]}, "input[1]"),
        ({"input": [1, 2]}, "token ids"),
        ({"input": [[1, 2]]}, "token ids"),
        ({"input": [{}]}, "input[0]"),
        ({"input": [{"content": [5]}]}, "input[0]"),
        ({"input": [None]}, "input"),
        ({"input": [{"content": [{"type": "image_url", "image_url": {}}]}]}, "input[0].content[0]"),
        ({"input": ["a"] * (MOST_INPUTS + 1)}, str(MOST_INPUTS)),
        ({"dimensions": 0}, "dimensions"),
        ({"encoding_format": "hex"}, "encoding_format"),
        ({"model": None}, "model"),
    ],
)
def test_a_refusal_names_what_is_wrong(fields, word):
    with pytest.raises(InvalidRequest) as caught:
        parse(body(**fields))
    assert word in caught.value.message
    assert caught.value.message.endswith(".")


@given(st.dictionaries(st.sampled_from(["input", "model", "dimensions", "user"]), JSON))
def test_any_fields_are_a_request_or_a_clear_refusal(fields):
    try:
        assert parse(json.dumps({"model": "m"} | fields).encode()).message_count
    except InvalidRequest as e:
        assert e.message.endswith(".")  # noqa: PT017 (either outcome is right)


@given(st.lists(st.text(min_size=1, max_size=9), min_size=1), st.none() | st.integers(1, 99))
def test_what_an_engine_is_asked_reads_as_what_was_asked(texts, dimensions):
    asked = parse(body(input=texts, dimensions=dimensions))
    sent = engine.render(
        EngineRequest(
            messages=asked.messages,
            stream=False,
            max_tokens=None,
            parameters=asked.parameters,
            kind="embedding",
        ),
        "real-name",
    )
    assert "encoding_format" not in json.loads(sent)
    found = parse(sent)
    assert (bytes(found.messages), found.model) == (bytes(asked.messages), "real-name")
    assert set(found.parameters) == set(asked.parameters)


@given(VECTORS, st.sampled_from(["float", "base64", None]))
def test_an_answer_reads_as_it_was_meant(vectors, form):
    data = rendered(vectors, encoding_format=form)
    chunk = engine.parse_whole(data)
    assert [unpack(vector) for vector in chunk.vectors] == vectors
    assert (chunk.finish, chunk.usage.prompt) == ("stop", 7)
    kinds = {type(each["embedding"]) for each in json.loads(data)["data"]}
    assert kinds == {str if form == "base64" else list}
    if form != "base64":  # OpenAI's SDK takes that apart before it looks
        CreateEmbeddingResponse.model_validate_json(data)
    CreateEmbeddingsResponseBody.model_validate_json(data)


def test_base64_is_little_endian():
    text = json.loads(rendered([[1.0, -2.5]], encoding_format="base64"))["data"][0]["embedding"]
    assert base64.b64decode(text) == struct.pack("<2f", 1.0, -2.5)


def reply(*items):
    return json.dumps({"data": items, "model": "native", "id": "x"}).encode()


def test_vectors_are_put_in_the_order_of_the_inputs():
    found = engine.parse_whole(
        reply({"index": 1, "embedding": [2]}, {"index": 0, "embedding": [1]})
    )
    assert [unpack(vector) for vector in found.vectors] == [[1.0], [2.0]]
    assert (found.upstream_id, found.upstream_model) == ("x", "native")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"data: {}",
        reply(),
        reply({"embedding": None}),
        reply({"embedding": [[1.0]]}),
        reply({"embedding": ["1"]}),
        reply({"embedding": "no base64"}),
        reply({"index": 0, "embedding": [1]}, {"index": 0, "embedding": [1]}),
    ],
)
def test_what_holds_no_vectors_is_garbage(data):
    with pytest.raises(UpstreamFault) as caught:
        engine.parse_whole(data)
    assert caught.value.kind == "garbage"


def test_an_error_in_place_of_vectors_is_a_fault():
    with pytest.raises(UpstreamFault) as caught:
        engine.parse_whole(b'{"error":{"code":429,"message":"x"}}')
    assert (caught.value.kind, caught.value.status) == ("error_event", 429)


def test_a_stream_of_vectors_is_no_answer():
    reader = engine.ENGINE.reader()
    for read in (lambda: reader.event(b"{}"), reader.close):
        with pytest.raises(UpstreamFault):
            read()


GOOD = {"data": [{"index": 0, "embedding": [1.0]}], "usage": {"prompt_tokens": 1}, "error": None}


@given(mutated(GOOD), JSON, st.binary(max_size=100))
def test_any_answer_is_read_or_a_fault(strange, value, data):
    for each in (strange, msgspec.json.encode(repr(value)), data):
        try:
            engine.parse_whole(each)
        except UpstreamFault as e:
            assert e.kind in ("garbage", "error_event")  # noqa: PT017


@pytest.mark.parametrize(
    "vectors",
    [
        [],
        [pack([1.0])],
        [pack([1.0]), pack([1.0, 2.0])],
        [b"", b""],
        [b"abc", b"abc"],
        [pack([1.0]), pack([math.nan])],
        [pack([1.0]), pack([1e300])],
    ],
)
def test_vectors_that_are_no_answer_to_two_inputs(vectors):
    with pytest.raises(UpstreamFault) as caught:
        checked_vectors(vectors, 2)
    assert caught.value.kind == "garbage"


def test_the_cloak_passes_vectors_and_no_more_of_an_embedding():
    cloak = Cloak(prompt_tokens=3, limit=0, call_id=lambda: "call_x", vectors=1)
    chunk = Chunk(vectors=(pack([0.5]),), finish="stop", upstream_id="theirs")
    (public,) = cloak.feed([chunk])
    assert (public.vectors, public.text) == ((pack([0.5]),), "")
    assert cloak.vectors == public.vectors
    assert (cloak.last().finish, cloak.usage().total) == ("stop", 3)


@pytest.mark.parametrize("owed", [0, 2])
def test_the_cloak_takes_as_many_vectors_as_were_asked_for(owed):
    cloak = Cloak(prompt_tokens=3, limit=0, call_id=lambda: "call_x", vectors=owed)
    with pytest.raises(UpstreamFault):
        cloak.feed([Chunk(vectors=(pack([0.5]),))])
