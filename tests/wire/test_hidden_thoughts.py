"""Whoever asked for an answer without its thoughts gets none, in any dialect, streamed or whole."""

import pytest
from msgspec import structs

from darkhorse.cloak.mint import mint
from darkhorse.wire.chunks import Usage
from darkhorse.wire.dialect import Head
from darkhorse.wire.dialects import CLIENTS
from wire.round_trip_kit import asked

CHUNKS = [
    mint(reasoning="ponder"),
    mint(reasoning="musing"),
    mint(text="yes"),
    mint(finish="stop", usage=Usage(3, 9, 8)),
]


def written(dialect, *, stream, shows):
    request = structs.replace(asked(dialect, stream=stream), shows_reasoning=shows)
    head = Head(id="gen-1", created=1, model="x/y", request=request, prompt_tokens=3)
    answer = CLIENTS[dialect].answer(head)
    return answer.chunks(CHUNKS) + answer.done() if stream else answer.whole(CHUNKS)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", ["chat", "completions", "messages", "responses"])
def test_thoughts_are_sent_where_they_are_wanted_only(dialect, stream):
    hidden = written(dialect, stream=stream, shows=False)
    assert b"yes" in hidden
    assert b"ponder" not in hidden
    assert b"musing" not in hidden
    assert b"ponder" in written(dialect, stream=stream, shows=True)
