"""The upstream that tells thoughts from answers: for which requests it takes them to be open."""

import asyncio
from contextlib import aclosing

import pytest
from engine_kit import Says, read, request, text

from darkhorse.catalog.quirks import Quirks
from darkhorse.upstream.thinking import Thinking

OPEN = Quirks(thinking="open", reasoning="template")
USER = {"role": "user", "content": "hi"}


def answer(said, asked, quirks=OPEN):
    chunks = [
        chunk for batch in read(Thinking(Says(*text(said)), quirks), asked) for chunk in batch
    ]
    assert [c.finish for c in chunks if c.finish] == ["stop"]
    return "".join(c.reasoning for c in chunks), "".join(c.text for c in chunks)


def test_thoughts_come_as_reasoning():
    assert answer("<think>why</think>\nso", request(), Quirks()) == ("why", "so")
    assert answer("why</think>\nso", request(), Quirks()) == ("", "why</think>\nso")
    assert answer("why</think>\nso", request()) == ("why", "so")


@pytest.mark.parametrize(
    "asked",
    [
        request(reasoning={"enabled": False}),
        request(USER, {"role": "assistant", "content": "It is"}),
        request(response_format={"type": "json_object"}),
    ],
)
def test_an_open_template_is_closed_where_nothing_is_to_be_thought(asked):
    assert answer('{"a":1}', asked) == ("", '{"a":1}')
    assert answer("<think>why</think>so", asked) == ("why", "so")


def test_one_that_cannot_be_told_not_to_think_goes_on_thinking():
    quirks = Quirks(thinking="open", reasoning="none")
    assert answer("why</think>so", request(reasoning={"enabled": False}), quirks) == ("why", "so")


def test_it_lets_go_of_what_it_wraps():
    inner = Says(*text("<think>why</think>so"))

    async def scene():
        upstream = Thinking(inner, Quirks())
        async with aclosing(upstream.answer(request())) as chunks:
            async for _ in chunks:
                break
        assert inner.ended == 1
        await upstream.close()

    asyncio.run(scene())
    assert inner.is_closed
