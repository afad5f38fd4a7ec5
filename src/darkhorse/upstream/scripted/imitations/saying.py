"""What an imitation says: a call of the tool it is offered, who it is where it is asked, or a text.

Cut at `max_tokens` and counted by its tokenizer.
"""

import re
from typing import Any

import msgspec
from msgspec import Struct

from darkhorse.upstream.scripted.ask import (
    Ask,
    last_user_text,
    objects_of,
    results_behind_user,
    text_of,
)
from darkhorse.upstream.scripted.imitations import probes
from darkhorse.upstream.scripted.imitations.house import Counts, House
from darkhorse.upstream.scripted.obliging import arguments_of, tool_of
from darkhorse.upstream.scripted.text import DEFAULT_TEXT, REASONING_TEXT
from darkhorse.upstream.scripted.vocabulary import decoded

__all__ = ["Said", "prompt_count", "said"]

_WHO = re.compile(
    r"\bwho (are|made|built|trained|created)\b|\bwhat model\b|你是谁|谁(开发|创造|训练)|quién|"
    r"\bqui (es|êtes|t)|\bwer (bist|hat)\b|кто ты|кто тебя|من أنت|誰",
    re.IGNORECASE,
)


class Said(Struct, frozen=True, kw_only=True):
    """An answer in pieces. `finish`: stop, length or tool_calls."""

    thoughts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    call: str = ""  # the tool's name
    arguments: tuple[str, ...] = ()
    finish: str
    counts: Counts


def prompt_count(house: House, ask: Ask) -> int:
    """Native tokens of the prompt."""
    messages, tools = objects_of(ask.messages), objects_of(ask.tools)
    texts = [text_of(each.get("content")) for each in messages]
    texts += [msgspec.json.encode(tool).decode() for tool in tools]
    turns = 4 * (len(messages) - 1) + house.tool_frame * bool(tools)
    return house.frame + turns + sum(probes.count(house.known, text) for text in texts)


def said(house: House, ask: Ask, *, echo: bool, thinks: bool) -> Said:
    """The whole answer. The tool's name is never cut."""
    room = _Room(house, ask.max_tokens)
    thoughts = room.take(REASONING_TEXT) if house.thinks and thinks else ()
    reasoning = room.spent
    tool = None if results_behind_user(ask.messages) else tool_of(ask)
    texts = () if tool else room.take(_text(house, ask, echo=echo))
    arguments = room.take(arguments_of(tool)) if tool else ()
    prompt, end = prompt_count(house, ask), 0 if room.is_cut else house.end
    counts = Counts(prompt, room.spent + end, reasoning, _cached(house, ask, prompt))
    finish = "length" if room.is_cut else "tool_calls" if tool else "stop"
    return Said(
        thoughts=() if house.thinks == "hidden" else thoughts,
        texts=texts,
        call=str(tool["name"]) if tool and not room.is_cut else "",
        arguments=arguments,
        finish=finish,
        counts=counts,
    )


def _text(house: House, ask: Ask, *, echo: bool) -> str:
    asked = last_user_text(ask.messages)
    if echo and asked:
        return asked
    if _WHO.search(asked):
        return f"I am {house.model}, a large language model made by {house.maker}."
    return ask.shape.text or DEFAULT_TEXT


def _cached(house: House, ask: Ask, prompt: int) -> int:
    """Blocks of the prompt that were seen before; by its text, which is all that is the same."""
    if not house.block:
        return 0
    text = "\n".join(text_of(each.get("content")) for each in objects_of(ask.messages))
    tokens = probes.tokens(house.known, f"{house.name}\n{text}")
    return min(ask.prefixes.cached(tokens, house.block), prompt)


class _Room:
    """What the limit leaves of an answer's tokens."""

    def __init__(self, house: House, limit: int | None) -> None:
        self._house = house
        self._limit = limit
        self.spent = 0
        self.is_cut = False

    def take(self, text: str) -> tuple[str, ...]:
        """As much of a text as there is room for, in the house's pieces."""
        tokens: list[Any] = probes.tokens(self._house.known, text)
        left = len(tokens) if self._limit is None else max(0, self._limit - self.spent)
        self.is_cut = self.is_cut or left < len(tokens)
        pieces = decoded(tokens[:left])
        self.spent += len(pieces)
        size = self._house.piece
        joined = ("".join(pieces[at : at + size]) for at in range(0, len(pieces), size))
        return tuple(piece for piece in joined if piece)
