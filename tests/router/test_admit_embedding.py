"""An embedding's inputs have the context to themselves, each alone."""

import pytest
from msgspec import Raw, structs

from darkhorse.base.errors import ContextExceeded, UnsupportedByListing
from darkhorse.catalog.endpoint import Endpoint, Private
from darkhorse.catalog.launch import Launch, Life
from darkhorse.catalog.listing import Listing
from darkhorse.router.admit import admit, engine_request
from darkhorse.wire.request import GenerationRequest

EAST = Endpoint(name="east", url="http://127.0.0.1:1/v1")
LISTING = Listing(slug="x/y", title="Y", context=100, max_output=40, output=("embeddings",))
LAUNCH = Launch(
    id="lch-1",
    listing=LISTING,
    private=Private(maker="M", model="m", endpoint=(EAST,)),
    life=Life(state="live", created_us=1, live_us=1),
)


def request(*tokens, kind="embedding", **fields):
    """An input of so many public tokens each: 4 for its frame, the rest in one text."""
    return GenerationRequest(
        dialect="embeddings",
        kind=kind,
        model="x/y",
        messages=Raw(b"[]"),
        message_count=len(tokens),
        text_bytes=tuple((each - 4) * 4 for each in tokens),
        stream=False,
        body=b"{}",
        **fields,
    )


def test_each_input_may_fill_the_context():
    plan = admit(request(100, 100, 7), LAUNCH)
    assert (plan.prompt_tokens, plan.limit) == (207, 0)
    with pytest.raises(ContextExceeded, match=r"An input has 101 tokens; .* is 100\."):
        admit(request(7, 101), LAUNCH)


def test_words_and_vectors_are_each_asked_where_they_are_given():
    words = structs.replace(LAUNCH, listing=structs.replace(LISTING, output=("text",)))
    with pytest.raises(UnsupportedByListing, match="gives no embeddings"):
        admit(request(9), words)
    with pytest.raises(UnsupportedByListing, match="gives embeddings only"):
        admit(request(9, kind="chat"), LAUNCH)


def test_every_parameter_of_an_embedding_goes_on():
    """A vector of another length than was asked for is of no use."""
    asked = request(9, parameters={"dimensions": Raw(b"3")})
    told = engine_request(asked, admit(asked, LAUNCH), EAST)
    assert {name: bytes(value) for name, value in told.parameters.items()} == {"dimensions": b"3"}
    assert (told.kind, told.max_tokens) == ("embedding", None)
