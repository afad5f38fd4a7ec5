"""Documents of a Messages request whose source is neither bytes nor an address."""

import json

import pytest

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.messages.request import parse


def sent(source, **fields):
    block = {"type": "document", "source": source, **fields}
    body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [block]}]}
    return parse(json.dumps(body).encode())


def parts(*args, **fields):
    (message,) = json.loads(bytes(sent(*args, **fields).messages))
    return message["content"]


def text(words):
    return {"type": "text", "text": words}


def test_content_that_is_one_text():
    assert parts({"type": "content", "content": "all of it"}) == [text("all of it")]
    told = parts({"type": "content", "content": "all"}, title="T", context="C")
    assert told[-1] == text("all")
    assert "T" in told[0]["text"]
    assert "C" in told[0]["text"]


def test_a_file_that_is_named_by_its_id():
    (medium,) = sent({"type": "file", "file_id": "file_1"}).media
    assert (medium.kind, medium.form) == ("file", "id")


def test_an_unknown_source_is_refused_with_those_that_are_known():
    with pytest.raises(InvalidRequest, match=r"smoke.*base64, content, file, text, url"):
        sent({"type": "smoke"})
