"""Asks for log probabilities in every dialect's way, and pushes tokens by their ids."""

import asyncio
import json
import re
from collections.abc import Iterable

from msgspec import Struct

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door
from darkhorse.audit.attack import closed, exhibit, leaks, unanswered
from darkhorse.audit.gathering import Gathering
from darkhorse.audit.neutral_fields import channel_of
from darkhorse.audit.survey import Survey, survey
from darkhorse.catalog.audits import Finding

__all__ = ["Logprobs"]

_PROMPT = "Name a colour."
_IDS = ("1000", "2000")
_REPEATED = re.compile(r"(.{1,40}?)\1{4,}", re.DOTALL)


class Pushed(Struct, frozen=True):
    """The usual questions, and answers where one token was made likely above all."""

    usual: Survey
    plain: Answer
    pushed: tuple[Answer, ...]


class Logprobs:
    """Vocabulary and token ids, asked for and provoked."""

    name = "logprobs"
    channels = ("logprobs",)
    calls = 1 + len(_IDS)

    async def read(self, door: Door) -> Pushed:
        """Ask for them, and with `logit_bias`."""
        asks = [ask(_PROMPT, limit=24, extra={"logit_bias": {each: 100}}) for each in _IDS]
        usual, plain, pushed = await asyncio.gather(
            survey(door),
            door.ask(ask(_PROMPT, limit=24)),
            asyncio.gather(*(door.ask(each) for each in asks)),
        )
        return Pushed(usual, plain, tuple(pushed))

    def judge(self, raw: Pushed | None, public: Pushed) -> Iterable[Finding]:
        """Did any come?"""
        if public.usual.problem:
            return [unanswered("logprobs", public.usual.problem)]
        gathering = Gathering()
        for title, path, said in _given(public.usual):
            shown = exhibit("public", title, f"{path}: {said}")
            gathering.add("logprobs/given", f"`{path}` has them", shown)
        found = gathering.findings("logprobs", "", _before(raw))
        bias = [
            leaks("logprobs/bias", "a token's id in `logit_bias` chooses the words", shown)
            for each, answer in zip(_IDS, public.pushed, strict=True)
            if _repeats(answer) and not _repeats(public.plain)
            for shown in [exhibit("public", f"logit_bias {each}: 100", answer.text)]
        ]
        if bias or found[0].verdict == "leaks":
            return [*bias, *(each for each in found if each.verdict == "leaks")]
        if public.usual.lacking:
            return [unanswered("logprobs", public.usual.lacking)]
        text = "none, asked in every dialect; `logit_bias` changes nothing"
        return [closed("logprobs", text, raw=_before(raw))]


def _given(told: Survey) -> Iterable[tuple[str, str, str]]:
    for scene in told.answered:
        for path, value in scene.values:
            if value and value is not True and channel_of(path) == "logprobs":
                yield scene.title, path, json.dumps(value, ensure_ascii=False)


def _repeats(answer: Answer) -> bool:
    """Is it one thing over and over, as an answer whose one token was chosen for it?"""
    text = answer.text.strip()
    found = _REPEATED.search(text)
    return bool(found) and len(found[0]) * 2 > len(text) if found else False


def _before(raw: Pushed | None) -> str:
    first = next(iter(_given(raw.usual)), None) if raw else None
    return f"`{first[1]}`: {first[2][:120]}" if first else ""
