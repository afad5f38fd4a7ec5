"""The usual questions, asked once at a door in every dialect: many attacks read the same answers.

Plain, streamed, cut, with a tool forced, with thoughts, with log probabilities, under each alias.
"""

import asyncio
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct, structs

from darkhorse.attribution.client.answer import Answer, walk
from darkhorse.attribution.client.asking import Ask, Dialect, Message, Tool, ask
from darkhorse.attribution.client.door import Door, Names
from darkhorse.audit.gathering import BUSY, muted

__all__ = ["CUT", "TOOL", "Scene", "Survey", "survey"]

TOOL = Tool(
    name="note_weather",
    description="Notes the weather of a town.",
    parameters={"properties": {"town": {"type": "string"}}, "required": ["town"]},
)
CUT = 8
"""Tokens that the questions called `cut` allow."""
_PLAIN = "Say in three sentences why bridges hum in the wind — é, ß, 雨."
_CALL = "Note the weather of Oslo."
_MOST_ALIASES = 3
_CALLED = 256  # a call may come after thoughts
_ENOUGH = 64  # tokens of an answer: what it shows, it shows by then
_THOUGHT = 192

_LOGPROBS: Mapping[str, dict[str, Any]] = {
    "chat": {"logprobs": True, "top_logprobs": 5},
    "completions": {"logprobs": 5},
    "responses": {"top_logprobs": 5, "include": ["message.output_text.logprobs"]},
    "messages": {"logprobs": True, "top_logprobs": 5},
}
_THINKING: Mapping[str, dict[str, Any]] = {
    "chat": {"reasoning": {"effort": "high"}},
    "completions": {"reasoning": {"effort": "high"}},
    "responses": {"reasoning": {"effort": "high"}},
    "messages": {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 1088},
}
_RAW_THINKING = {**_THINKING, "chat": {"reasoning_effort": "high"}}


class Scene(Struct, frozen=True, dict=True):
    """One question and its answer. `name`: whole, stream, tool …"""

    name: str
    dialect: Dialect
    asked: Ask
    answer: Answer

    @property
    def title(self) -> str:
        """What was asked, in a few words."""
        return f"/{self.dialect} {self.name}: {self.asked.texts[-1]!r}"

    @cached_property
    def values(self) -> tuple[tuple[str, Any], ...]:
        """Every JSON value of the answer with its path."""
        return tuple(pair for body in self.answer.reply.objects for pair in walk(body))


class Survey(Struct, frozen=True, kw_only=True):
    """All that the usual questions brought at one door."""

    side: Literal["raw", "public"]
    model: str
    names: Names
    scenes: tuple[Scene, ...]
    listed: Mapping[str, Any]  # model → its card, as `/models` has it

    @property
    def answered(self) -> tuple[Scene, ...]:
        """The scenes that have an answer of the model."""
        return tuple(scene for scene in self.scenes if scene.answer.ok)

    def named(self, *names: str) -> Iterator[Scene]:
        """The answered scenes of these names."""
        return (scene for scene in self.answered if scene.name.partition("-")[0] in names)

    @property
    def lacking(self) -> str:
        """Why too little was answered to call anything closed; empty where enough was."""
        return muted((scene.answer.reply.status for scene in self.scenes), BUSY)

    @property
    def problem(self) -> str:
        """Why nothing can be said of it; empty where something was answered."""
        if self.answered:
            return ""
        reply = self.scenes[0].answer.reply
        return f"the {self.side} side answered no question: {reply.problem or reply.status}"


async def survey(door: Door) -> Survey:
    """The answers to the usual questions; asked once a door."""
    return await door.once("survey", lambda: _survey(door))


async def _survey(door: Door) -> Survey:
    jobs = [(name, words, asked) for words in door.dialects for name, asked in _asks(door, words)]
    scenes, again, aliases, listed = await asyncio.gather(
        asyncio.gather(*(_scene(door, *job) for job in jobs)),
        asyncio.gather(*(_second_turn(door, words) for words in door.dialects)),
        asyncio.gather(*(_alias(door, name) for name in door.aliases[:_MOST_ALIASES])),
        _listed(door),
    )
    every = (*scenes, *(scene for turns in again for scene in turns), *aliases)
    return Survey(side=door.side, model=door.model, names=door.names, scenes=every, listed=listed)


def _asks(door: Door, words: Dialect) -> Iterator[tuple[str, Ask]]:
    """What is asked in one dialect, whole and streamed."""
    thinking = (_RAW_THINKING if door.side == "raw" else _THINKING)[words]
    asks = {
        "whole": ask(_PLAIN, limit=_ENOUGH),
        "cut": ask(_PLAIN, limit=CUT),
        "logprobs": ask(_PLAIN, limit=_ENOUGH, extra=_LOGPROBS[words]),
        "thinking": ask(_PLAIN, limit=_THOUGHT, extra=thinking),
    }
    for name, asked in asks.items():
        yield name, asked
        yield f"{name}-stream", structs.replace(asked, stream=True)


async def _scene(door: Door, name: str, words: Dialect, asked: Ask) -> Scene:
    return Scene(name, words, asked, await door.ask(asked, words))


async def _second_turn(door: Door, words: Dialect) -> list[Scene]:
    """A tool forced, whole and streamed, and its result given back under the same id."""
    if words == "completions":
        return []
    first = ask(_CALL, tools=(TOOL,), must_call=TOOL.name, limit=_CALLED)
    streamed = structs.replace(first, stream=True)
    whole, stream = await asyncio.gather(
        _scene(door, "tool", words, first), _scene(door, "tool-stream", words, streamed)
    )
    if not whole.answer.calls:
        return [whole, stream]
    call = whole.answer.calls[0]
    result = Message(role="tool", text="Rain, 7 degrees.", answers=call.id)
    turns = (*first.messages, Message(role="assistant", calls=whole.answer.calls[:1]), result)
    second = Ask(messages=turns, tools=first.tools, limit=_ENOUGH)
    return [whole, stream, await _scene(door, "result", words, second)]


async def _alias(door: Door, name: str) -> Scene:
    return await _scene(door, "alias", door.dialect, ask(_PLAIN, limit=CUT, extra={"model": name}))


async def _listed(door: Door) -> Mapping[str, Any]:
    reply = await door.get("/models")
    data = reply.json.get("data") if isinstance(reply.json, dict) else None
    cards = data if isinstance(data, list) else []
    return {card["id"]: card for card in cards if isinstance(card, dict) and "id" in card}
