"""Repeats a long prefix: do cached tokens show an engine's blocks, do costs show prices?"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door
from darkhorse.audit.attack import closed, exhibit, leaks, unanswered, untested
from darkhorse.audit.survey import survey
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["CacheAndCost"]

_LINE = "The bridge hums in the wind and nobody counts the notes of it. "
_PREFIX = _LINE * 128  # about 2,000 public tokens: more than the block of any engine
_PROMPTS = (
    f"{_PREFIX}\nWhich bridge?",
    f"{_PREFIX}\nWhich bridge?",
    f"{_PREFIX}\nHow many notes?",
    f"{_PREFIX}{_LINE * 8}\nWhich wind?",
)
_STREAMED = 2  # which of them is streamed: a cache may be told of there alone
_CENT = 1e-6  # a millionth of a dollar: what costs are rounded to


class Repeated(Struct, frozen=True):
    """Answers in the order of the questions; the listing's card, where there is one."""

    answers: tuple[Answer, ...]
    card: Mapping[str, Any]


class CacheAndCost:
    """The same prefix four times, one after another."""

    name = "cache and cost"
    channels = ("cache-and-cost",)
    calls = len(_PROMPTS)

    async def read(self, door: Door) -> Repeated:
        """One after another: a cache has to have been filled."""
        usual = await survey(door)
        answers = [
            await door.ask(ask(prompt, limit=16, stream=at == _STREAMED))
            for at, prompt in enumerate(_PROMPTS)
        ]
        models = {each.reply.json.get("model") for each in answers if _is_object(each)}
        cards = [usual.listed[name] for name in models if name in usual.listed]
        return Repeated(tuple(answers), cards[0] if cards else {})

    def judge(self, raw: Repeated | None, public: Repeated) -> Iterable[Finding]:
        """What steps and prices are left."""
        answers = [each for each in public.answers if each.ok]
        if len(answers) < 2:
            reply = public.answers[0].reply
            if reply.status == 400:  # a small context: our words of it are context-limit's affair
                return [untested("cache-and-cost", "a prompt long enough to be cached is refused")]
            return [unanswered("cache-and-cost", f"no answer: {reply.problem or reply.status}")]
        before = _said(raw)
        cached = [each.usage.cached or 0 for each in answers]
        shown = _shown(cached)
        found = [_steps(cached, shown, before)] if any(cached) else []
        found += [_cost(odd, before) for odd in answers if not _is_priced(odd, public.card)][:1]
        well = (
            "no cached tokens, however often a prefix is repeated; costs are the listing's prices"
        )
        return found or [closed("cache-and-cost", well, shown, raw=before)]


def _steps(cached: list[int], shown: Exhibit, before: str) -> Finding:
    step = math.gcd(*cached)
    block = f" in steps of {step}" if step > 1 else ""
    text = f"`cached_tokens` tells what the endpoint has kept{block}"
    return leaks("cache-and-cost/cached", text, shown, raw=before)


def _cost(answer: Answer, before: str) -> Finding:
    usage = answer.reply.json["usage"]
    shown = exhibit("public", "usage of a priced answer", str(usage))
    text = "`cost` is not the listing's price of its counts"
    return leaks("cache-and-cost/cost", text, shown, raw=before)


def _is_priced(answer: Answer, card: Mapping[str, Any]) -> bool:
    """Is its cost what the catalogue's prices make of its counts? Without both: nothing to say."""
    pricing = card.get("pricing")
    usage = answer.reply.json.get("usage") if _is_object(answer) else None
    cost = usage.get("cost") if isinstance(usage, dict) else None
    if not isinstance(pricing, dict) or not isinstance(cost, int | float):
        return True
    try:
        prompt, completion, request = (
            float(pricing.get(name) or 0) for name in ("prompt", "completion", "request")
        )
    except (TypeError, ValueError):
        return True
    counts = answer.usage
    expected = prompt * (counts.prompt or 0) + completion * (counts.completion or 0) + request
    return abs(cost - expected) <= 2 * _CENT


def _is_object(answer: Answer) -> bool:
    return isinstance(answer.reply.json, dict)


def _shown(cached: list[int]) -> Exhibit:
    return exhibit("public", "one long prefix, again and again", f"cached_tokens {cached}")


def _said(raw: Repeated | None) -> str:
    if raw is None:
        return ""
    cached = [each.usage.cached or 0 for each in raw.answers]
    step = math.gcd(*cached)
    return f"cached_tokens {cached}{f', steps of {step}' if step > 1 else ''}"
