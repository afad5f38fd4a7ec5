"""Compares the dialects: what does one of them tell that the first hides?

The first dialect's own counts are other attacks' business; where they are not neutral, those of
the others are no news.
"""

import asyncio
from collections.abc import Iterable, Mapping

from msgspec import Struct

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import PATHS, Dialect, ask, body_of
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.client.reply import Reply
from darkhorse.audit.attack import exhibit, untested
from darkhorse.audit.attacks.answers import echo, is_odd_cut, spoken
from darkhorse.audit.gathering import Gathering
from darkhorse.audit.known.tokenizers import PROBES
from darkhorse.audit.neutral import prompt_tokens
from darkhorse.audit.survey import survey
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["Dialects"]

_TEXTS = (echo(PROBES[0]), echo("antidisestablishmentarianism 0123"))
_LIMIT = 64


class Said(Struct, frozen=True):
    """One text in one dialect."""

    dialect: Dialect
    text: str
    answer: Answer
    limit: int


class Compared(Struct, frozen=True):
    """Texts in every dialect; and what counting them beforehand says."""

    said: tuple[Said, ...]
    counted: Mapping[str, Reply]


class Dialects:
    """Counts, cuts and cached tokens, dialect by dialect."""

    name = "dialects"
    channels = ("dialects",)

    def __init__(self, texts: int = len(_TEXTS)) -> None:
        """`texts`: how many are put to each dialect."""
        self._texts = _TEXTS[:texts]

    @property
    def calls(self) -> int:
        """About so many a door."""
        return 5 * len(self._texts)

    async def read(self, door: Door) -> Compared:
        """The texts in each dialect, and the usual questions."""
        jobs = [(words, text) for words in door.dialects for text in self._texts]
        usual, own, counted = await asyncio.gather(
            survey(door),
            asyncio.gather(*(_said(door, *job) for job in jobs)),
            asyncio.gather(*(_counted(door, text) for text in self._texts)),
        )
        plain = [
            Said(scene.dialect, scene.asked.texts[0], scene.answer, scene.asked.limit or 0)
            for scene in usual.named("whole", "cut")
        ]
        return Compared((*own, *plain), dict(zip(self._texts, counted, strict=True)))

    def judge(self, raw: object, public: Compared) -> Iterable[Finding]:
        """What differs."""
        del raw  # an endpoint speaks one dialect
        answered = [each for each in public.said if each.answer.ok]
        spoken_in = {each.dialect for each in answered}
        if len(spoken_in) < 2:
            return [untested("dialects", "the public side answers in one dialect only")]
        gathering = Gathering()
        for name, is_odd in _ODD.items():
            odd = [each for each in answered if is_odd(each)]
            if any(each.dialect == public.said[0].dialect for each in odd):
                continue
            for each in odd:
                gathering.add(f"dialects/{name}", f"/{each.dialect} {_SAYS[name]}", _shown(each))
        for text, reply in public.counted.items():
            if not _is_public(reply, text):
                shown = exhibit("public", f"count_tokens of {text!r}", reply.text)
                gathering.add("dialects/count-tokens", "counts otherwise beforehand", shown)
        return gathering.findings("dialects", f"{len(spoken_in)} dialects count and cut alike")


async def _said(door: Door, words: Dialect, text: str) -> Said:
    return Said(words, text, await door.ask(ask(text, limit=_LIMIT), words), _LIMIT)


async def _counted(door: Door, text: str) -> Reply:
    path = f"{PATHS['messages']}/count_tokens"
    return await door.post(path, body_of("messages", door.model, ask(text)))


def _is_public(reply: Reply, text: str) -> bool:
    """Is it the public count, where there is one?"""
    told = reply.json.get("input_tokens") if isinstance(reply.json, dict) else None
    return told is None or told == prompt_tokens((text,))


def _miscounts_prompt(said: Said) -> bool:
    return said.answer.usage.prompt not in (None, prompt_tokens((said.text,)))


def _miscounts_answer(said: Said) -> bool:
    """Calls are let be: completions show none, and messages give their arguments parsed."""
    answer = said.answer
    if answer.calls or not spoken(answer):
        return False
    hidden = 0 if answer.reasoning else answer.usage.reasoning or 0
    return answer.usage.completion not in (None, spoken(answer) + hidden)


def _cuts_elsewhere(said: Said) -> bool:
    return is_odd_cut(said.answer, said.limit)


def _tells_cache(said: Said) -> bool:
    return bool(said.answer.usage.cached)


_ODD = {
    "prompt-counts": _miscounts_prompt,
    "answer-counts": _miscounts_answer,
    "cut": _cuts_elsewhere,
    "cached": _tells_cache,
}
_SAYS = {
    "prompt-counts": "counts the prompt otherwise than the others",
    "answer-counts": "counts the answer otherwise than the others",
    "cut": "cuts the answer elsewhere than the others",
    "cached": "tells of cached tokens, which the others do not",
}


def _shown(said: Said) -> Exhibit:
    asked = f"/{said.dialect}, at most {said.limit} tokens: {said.text!r}"
    return exhibit("public", asked, f"{said.answer.usage}, {said.answer.text!r}")
