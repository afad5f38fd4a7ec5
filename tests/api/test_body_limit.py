"""A body over the limit is refused, whether it says how long it is or not."""

import asyncio

import pytest

from darkhorse.api.asgi import read_body
from darkhorse.base.errors import BodyTooLarge


def read(*pieces, limit, headers=()):
    messages = [
        {"type": "http.request", "body": piece, "more_body": at < len(pieces)}
        for at, piece in enumerate(pieces, 1)
    ]

    async def receive():
        return messages.pop(0)

    return asyncio.run(read_body({"headers": headers}, receive, limit=limit, patience_s=5))


@pytest.mark.parametrize("pieces", [(b"abcd",), (b"ab", b"cd")])
def test_a_body_of_the_limit_is_taken_and_one_byte_more_is_not(pieces):
    assert read(*pieces, limit=4) == b"abcd"
    with pytest.raises(BodyTooLarge):
        read(*pieces, limit=3)


def test_what_is_announced_counts():
    with pytest.raises(BodyTooLarge):
        read(b"ab", limit=4, headers=[(b"content-length", b"5")])
