"""Blocks inside blocks of a Messages request: one level of each, and no deeper."""

import json

import pytest

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.messages.request import parse


def sent(block):
    body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [block]}]}
    return json.loads(bytes(parse(json.dumps(body).encode()).messages))


def document(*blocks):
    return {"type": "document", "source": {"type": "content", "content": list(blocks)}}


def refusal(block):
    with pytest.raises(InvalidRequest) as caught:
        sent(block)
    return caught.value.message


TEXT = {"type": "text", "text": "a"}
IMAGE = {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}


def test_a_document_holds_texts_and_images():
    (message,) = sent(document(TEXT, IMAGE))
    assert [part["type"] for part in message["content"]] == ["text", "image_url"]


@pytest.mark.parametrize(
    "block",
    [
        document(TEXT),
        {"type": "search_result", "title": "t", "source": "s", "content": []},
        {"type": "tool_reference", "tool_name": "f"},
        {"type": "tool_result", "tool_use_id": "c"},
    ],
)
def test_a_document_holds_nothing_else(block):
    """Documents in documents would be read once more for every level."""
    place = "messages[0].content[0].source.content[1]"
    expected = f"{place}: `{block['type']}` is not taken here, only text, image."
    assert refusal(document(TEXT, block)) == expected


def test_a_result_holds_documents_and_no_other_result():
    result = {"type": "tool_result", "tool_use_id": "c", "content": [document(TEXT)]}
    assert sent(result) == [{"role": "tool", "tool_call_id": "c", "content": [TEXT]}]
    found = refusal(result | {"content": [result]})
    assert found.startswith("messages[0].content[0].content[0]: `tool_result` is not taken here")
