"""Only endpoints that can do what a request asks for are asked."""

import pytest
from msgspec import Raw

from darkhorse.base.errors import UnsupportedByListing
from darkhorse.catalog.endpoint import Endpoint, Quirks
from darkhorse.router.able import able
from darkhorse.wire.request import GenerationRequest

URL = "http://127.0.0.1:1/v1"
CANNOT = Endpoint(name="cannot", url=URL, quirks=Quirks(prefill="none"))
CAN = Endpoint(name="can", url=URL)
BEGUN = b'[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]'
CALLED = b'[{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}]'
ASKED = b'[{"role":"assistant","content":"b"},{"role":"user","content":"a"}]'


def request(messages, **fields):
    return GenerationRequest(
        dialect="chat",
        model="x/y",
        stream=False,
        body=b"",
        messages=Raw(messages),
        message_count=1,
        text_bytes=(),
        **fields,
    )


def test_words_to_go_on_from_go_to_those_that_can():
    assert able(request(BEGUN), (CANNOT, CAN)) == (CAN,)
    with pytest.raises(UnsupportedByListing, match="cannot go on from an assistant's message"):
        able(request(BEGUN), (CANNOT,))


@pytest.mark.parametrize("messages", [CALLED, ASKED])
def test_anything_else_goes_to_all(messages):
    assert able(request(messages), (CANNOT, CAN)) == (CANNOT, CAN)


def test_inputs_of_embeddings_are_no_conversation():
    assert able(request(BEGUN, kind="embedding"), (CANNOT,)) == (CANNOT,)
