"""Asks a model who it is, in eight languages, in text, thoughts, JSON and tool arguments."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from darkhorse.attribution.asked.wordings import LANGUAGES, Wording
from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import Ask, Dialect, Tool, ask
from darkhorse.attribution.client.door import Door, Names
from darkhorse.attribution.heard.names import folded
from darkhorse.audit.attacks.guesses import decoys, true_guess
from darkhorse.audit.gathering import Turnout, turnout

__all__ = ["Interview", "Statement", "interview"]

_LIMIT = 64
_ROOM = 256  # for a model that thinks first
_QUICK_ROOM = 96
_TRIED = 2  # decoys a language
_TOOL = Tool(
    name="introduce_yourself",
    description="Introduces the assistant to the user.",
    parameters={
        "properties": {"maker": {"type": "string"}, "model": {"type": "string"}},
        "required": ["maker", "model"],
    },
)
_SCHEMA = {
    "type": "json_schema",
    "json_schema": {"name": "who", "strict": True, "schema": dict(_TOOL.parameters)},
}
_THINKING: Mapping[str, dict[str, Any]] = {
    "raw": {"reasoning_effort": "high"},
    "public": {"reasoning": {"effort": "high"}},
}
_WAYS = {"open", "whether"}
"""What a quick interview asks in each language."""


class Statement(Struct, frozen=True, kw_only=True):
    """What it said to one question. `tried`: true or decoy, where names were put to it."""

    way: str
    language: str
    dialect: Dialect
    asked: str
    answered: str  # text, thoughts and arguments
    shown: str  # to people: which of these
    outcome: str  # of a question of yes or no
    tried: str = ""


class Interview(Struct, frozen=True):
    """All it said."""

    names: Names
    statements: tuple[Statement, ...]
    turnout: Turnout  # by language


class _Question(Struct, frozen=True, kw_only=True):
    way: str
    language: str
    asked: Ask
    dialect: Dialect | None = None
    tried: str = ""


async def interview(door: Door, *, is_quick: bool) -> Interview:
    """Every question once."""
    questions = [
        *_everywhere(door, is_quick=is_quick),
        *_once(door, is_quick=is_quick),
    ]
    answers = await asyncio.gather(*(door.ask(each.asked, each.dialect) for each in questions))
    made = [_statement(*pair) for pair in zip(questions, answers, strict=True)]
    told = [(s, a.reply) for s, a in zip(made, answers, strict=True)]
    came = turnout((each.language, reply, bool(each.answered)) for each, reply in told)
    statements = tuple(each for each, reply in told if reply.ok and each.answered)
    return Interview(door.names, statements, came)


def _everywhere(door: Door, *, is_quick: bool) -> Iterator[_Question]:
    """What is asked in each language."""
    room = _QUICK_ROOM if is_quick else _ROOM
    for language, words in LANGUAGES.items():
        asks = {
            "plain": ask(words.who, limit=room, stream=True),
            "open": ask(words.who, system=words.opens, limit=room),
            "complete": ask(words.complete, limit=_LIMIT, stream=True),
            "spelled": ask(words.spelled, limit=_LIMIT),
        }
        for way, asked in asks.items():
            if way in _WAYS or not is_quick:
                yield _Question(way=way, language=language, asked=asked)
        yield from _whether(door.names, language, words)


def _whether(names: Names, language: str, words: Wording) -> Iterator[_Question]:
    """Are you …? Of the true one and of others."""
    true = true_guess(names)
    tried = [("true", true)] if true else []
    at = list(LANGUAGES).index(language)
    others = decoys(names)
    turn = [others[(at * _TRIED + each) % len(others)] for each in range(_TRIED)]
    for kind, guess in [*tried, *((("decoy", each)) for each in turn if true)]:
        text = words.whether.format(model=guess.model, maker=guess.maker)
        asked = ask(text, limit=_LIMIT)
        yield _Question(way="whether", language=language, asked=asked, tried=kind)


def _once(door: Door, *, is_quick: bool) -> Iterator[_Question]:
    """What is asked in one language or two: JSON, a tool's arguments, thoughts, other dialects."""
    room = _QUICK_ROOM if is_quick else _ROOM
    for language in ("en", "zh"):
        words = LANGUAGES[language]
        plain = ask(words.json, limit=_LIMIT)
        formed = ask(words.json, limit=_LIMIT, extra={"response_format": _SCHEMA})
        called = ask(words.who, limit=_LIMIT, tools=(_TOOL,), must_call=_TOOL.name)
        thought = ask(words.who, system=words.opens, limit=room, extra=_THINKING[door.side])
        yield _Question(way="json", language=language, asked=plain)
        if door.dialect == "chat":
            yield _Question(way="schema", language=language, asked=formed)
            yield _Question(way="thoughts", language=language, asked=thought)
        yield _Question(way="tool", language=language, asked=called)
    for dialect in door.dialects[1:]:
        for language in ("en",) if is_quick else ("en", "zh"):
            words = LANGUAGES[language]
            asked = ask(words.who, system=words.opens, limit=room, stream=language == "en")
            yield _Question(way="open", language=language, asked=asked, dialect=dialect)


def _statement(question: _Question, answer: Answer) -> Statement:
    parts = {
        "": answer.text,
        "thoughts: ": answer.reasoning,
        "arguments: ": " ".join(call.arguments for call in answer.calls),
    }
    words = LANGUAGES[question.language]
    return Statement(
        way=question.way,
        language=question.language,
        dialect=answer.dialect,
        asked=" ⏎ ".join(question.asked.texts),
        answered="\n".join(part for part in parts.values() if part),
        shown=" ⏎ ".join(f"{name}{part}" for name, part in parts.items() if part),
        outcome=_outcome(answer.text, words) if question.way == "whether" else "",
        tried=question.tried,
    )


def _outcome(text: str, words: Wording) -> str:
    """Yes, no, or neither."""
    begun = folded(text).lstrip(" \n\"'*#`_-(¡¿「“")
    for outcome, starts in (("no", words.no), ("yes", words.yes)):
        for start in map(folded, starts):
            rest = begun[len(start) :]
            is_word = not rest[:1].isalpha() or (not start.isascii() and start[0] >= "\u3000")
            if begun.startswith(start) and is_word:
                return outcome
    return "neither"
