"""Who sits where in the embedded engine: its slots read their prompts in the order of numbers."""

import asyncio
from contextlib import AsyncExitStack

from hypothesis import given
from hypothesis import strategies as st

from darkhorse.upstream.seats import BANDS, Seats

LENGTHS = st.sampled_from([0, 10, 1_000, 1_001, 4_000, 4_001, 16_001, 200_000])


def text(number: int, size: int) -> bytes:
    return (b"%05d" % number * (size // 5 + 1))[:size]


@given(st.integers(1, 6), st.lists(LENGTHS, max_size=30))
def test_whatever_ran_before_a_short_prompt_sits_in_front_of_a_long_one(width, sizes):
    async def scene() -> None:
        seats = Seats(width)
        for number, size in enumerate(sizes):
            async with seats.taken(text(number, size)) as seat:
                assert 0 <= seat < width * BANDS
        async with seats.taken(text(99_999, 20_000)) as long:
            assert seats.choose(text(88_888, 900)) < long

    asyncio.run(scene())


def test_a_conversation_comes_back_to_its_seat():
    async def scene() -> None:
        seats = Seats(4)
        talk = text(1, 600)
        async with seats.taken(talk) as first:
            pass
        for number in range(2, 5):
            async with seats.taken(text(number, 600)):
                pass
            talk += text(number, 300)
            async with seats.taken(talk) as again:
                assert again == first

    asyncio.run(scene())


def test_a_long_paste_into_a_short_conversation_does_not_stay_in_front():
    async def scene() -> None:
        seats = Seats(4)
        async with seats.taken(text(1, 900)) as front:
            pass
        async with seats.taken(text(1, 900) + text(2, 20_000)) as seat:
            assert seats.band(seat) > seats.band(front)

    asyncio.run(scene())


def test_long_prompts_leave_a_turn_for_short_ones():
    async def scene() -> None:
        seats = Seats(2)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(seats.taken(text(1, 5_000)))
            waiting = asyncio.ensure_future(stack.enter_async_context(seats.taken(text(2, 5_000))))
            async with asyncio.timeout(10):
                async with seats.taken(text(3, 10)):
                    assert not waiting.done()
        async with asyncio.timeout(10):
            await waiting

    asyncio.run(scene())
