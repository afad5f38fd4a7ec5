"""A number of streams, one shortly after the other, with every piece's moment and length."""

import asyncio
from functools import cached_property
from itertools import accumulate

from msgspec import Struct

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door

__all__ = ["FEW", "MANY", "Flow", "Flows", "flows"]

MANY = 24
FEW = 8
_LANES = 3
_LIMIT = 64
_INSTANT_S = 0.0005
_TOPICS = ("a harbour at dawn", "a train in the rain", "an old clock", "bees", "a market", "snow")
_LONG = " ".join(f"Note {at}: the lamp by the door was lit again tonight." for at in range(1, 25))


class Flow(Struct, frozen=True, dict=True):
    """One stream. `parts`: the lengths of the pieces of each part, in characters."""

    is_long: bool  # was its prompt?
    moments: tuple[tuple[float, int], ...]  # seconds since sending, characters; in order
    parts: tuple[tuple[int, ...], ...]

    @property
    def first(self) -> float:
        """When the first piece was there."""
        return self.moments[0][0]

    @property
    def seconds(self) -> float:
        """From the first piece to the last."""
        return self.moments[-1][0] - self.first

    @cached_property
    def before(self) -> tuple[int, ...]:
        """The characters before each piece."""
        return (0, *accumulate(many for _, many in self.moments[:-1]))

    @cached_property
    def bursts(self) -> tuple[int, ...]:
        """How many pieces came in the same moment."""
        found = [1]
        for (earlier, _), (at, _) in zip(self.moments, self.moments[1:], strict=False):
            if at - earlier < _INSTANT_S:
                found[-1] += 1
            else:
                found.append(1)
        return tuple(found)


class Flows(Struct, frozen=True):
    """All streams of a door that have two pieces or more."""

    all: tuple[Flow, ...]
    problem: str = ""
    is_silent: bool = False  # less than half were answered


async def flows(door: Door, many: int) -> Flows:
    """So many streams; asked once a door, half of them with a long prompt."""
    return await door.once(f"streams-{many}", lambda: _flows(door, many))


async def _flows(door: Door, many: int) -> Flows:
    lanes = asyncio.Semaphore(_LANES)

    async def one(at: int) -> tuple[bool, Answer]:
        text = f"Describe {_TOPICS[at // 2 % len(_TOPICS)]} in one paragraph."
        is_long = at % 2 == 1
        prompt = f"{_LONG}\n\n{text}" if is_long else text
        async with lanes:
            return is_long, await door.ask(ask(prompt, stream=True, limit=_LIMIT))

    told = await asyncio.gather(*(one(at) for at in range(many)))
    found = tuple(_flow(*each) for each in told if each[1].ok and len(each[1].pieces) > 1)
    reply = told[0][1].reply
    problem = "" if found else f"no stream came: {reply.problem or reply.status}"
    return Flows(found, problem, sum(answer.ok for _, answer in told) * 2 < many)


def _flow(is_long: bool, answer: Answer) -> Flow:  # noqa: FBT001 (its field's name)
    moments = tuple((piece.at, len(piece.text)) for piece in answer.pieces)
    names = dict.fromkeys(piece.part for piece in answer.pieces)
    parts = tuple(
        tuple(len(piece.text) for piece in answer.pieces if piece.part == name) for name in names
    )
    return Flow(is_long, moments, parts)
