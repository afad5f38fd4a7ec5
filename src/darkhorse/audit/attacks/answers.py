"""Counts the answer: `completion_tokens` of known texts, and where `max_tokens` cuts."""

import asyncio
from collections.abc import Iterable

from msgspec import Struct

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.client.public_count import public_tokens
from darkhorse.audit.attack import closed, exhibit, leaks, unanswered
from darkhorse.audit.known.tokenizers import PROBES
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["AnswerCounts", "echo", "is_odd_cut", "spoken"]

_TEXTS = (
    *PROBES[:4],
    "antidisestablishmentarianism 0123456789 XMLHttpRequest",
    "Bridges hum in the wind.\n\nThe wind hums in bridges.",
)
_CUTS = range(1, 17)
_ENOUGH = 64  # tokens for an echo
_LONG = f"{PROBES[1]} {PROBES[2]} {PROBES[0]} {PROBES[3]}"


class Sample(Struct, frozen=True):
    """One answer, what was asked for, and the limit it was given."""

    asked: str
    answer: Answer
    limit: int | None = None


class Told(Struct, frozen=True, kw_only=True):
    """Answers without a limit, and with one."""

    whole: tuple[Sample, ...]
    cut: tuple[Sample, ...]
    problem: str = ""


class AnswerCounts:
    """Asks for an echo of chosen strings; whatever comes, its count and its length are compared."""

    name = "answer counts"
    channels = ("answer-counts",)
    calls = len(_TEXTS) + len(_CUTS)

    async def read(self, door: Door) -> Told:
        """Echoes, whole and cut."""
        whole = asyncio.gather(*(_sample(door, t, None, at) for at, t in enumerate(_TEXTS)))
        cut = asyncio.gather(*(_sample(door, _LONG, limit, limit) for limit in _CUTS))
        samples, cuts = await asyncio.gather(whole, cut)
        reply = samples[0].answer.reply
        return Told(
            whole=tuple(each for each in samples if each.answer.ok),
            cut=tuple(each for each in cuts if each.answer.ok),
            problem=f"no answer: {reply.problem or reply.status}",
        )

    def judge(self, raw: Told | None, public: Told) -> Iterable[Finding]:
        """Whose counts and borders the public ones are."""
        if not public.whole:
            return [unanswered("answer-counts", public.problem)]
        before = _said(raw)
        found = [*_counts(raw, public, before), *_thoughts(public, before)]
        found += [*_totals(public, before), *_cut(public, before)]
        if found:
            return found
        shown = _shown(public.whole[-1])
        text = "public tokens of what was given, cut at 4 bytes a token"
        if all(each.answer.usage.completion is None for each in public.whole):
            text = "names no counts, and cuts at 4 bytes a token"
        return [closed("answer-counts", text, shown, raw=before)]


def echo(text: str) -> str:
    """A request for these very characters."""
    return f"Repeat exactly, and nothing else:\n{text}"


def spoken(answer: Answer) -> int:
    """Public tokens of all that an answer shows."""
    called = "".join(call.name + call.arguments for call in answer.calls)
    return sum(map(public_tokens, (answer.text, answer.reasoning, called)))


async def _sample(door: Door, text: str, limit: int | None, number: int) -> Sample:
    """Every other one is streamed: counts may differ there."""
    asked = ask(echo(text), limit=limit or _ENOUGH, stream=number % 2 == 1)
    return Sample(text, await door.ask(asked), limit)


def _counts(raw: Told | None, public: Told, before: str) -> Iterable[Finding]:
    """Is each count that of the text beside it?"""
    told = {
        each.asked: (each.answer.usage.completion, _owed(each.answer))
        for each in public.whole
        if each.answer.usage.completion is not None
    }
    residuals = {text: (count or 0) - owed for text, (count, owed) in told.items()}
    if not any(residuals.values()):
        return
    owed = {each for _, each in told.values()}
    worst = max(public.whole, key=lambda each: abs(residuals.get(each.asked, 0)))
    if raw and _same(raw, public):
        text = "counts are the endpoint's own"
        yield leaks("answer-counts/native", text, _shown(worst), raw=before)
    elif len({count for count, _ in told.values()}) == 1 and max(owed) - min(owed) > 2:
        return  # a constant tells nothing
    elif len(owed) > 1 and len(set(residuals.values())) == 1:
        extra = next(iter(residuals.values()))
        text = f"each count is {extra:+d} beside the text's: a frame of somebody's chat format"
        yield leaks("answer-counts/offset", text, _shown(worst), raw=before)
    else:
        text = "counts follow a vocabulary, not the length of the text"
        yield leaks("answer-counts/tokenizer", text, _shown(worst), raw=before)


def _owed(answer: Answer) -> int:
    """The count that an answer should have. Hidden thoughts count as they are told."""
    hidden = 0 if answer.reasoning else answer.usage.reasoning or 0
    return spoken(answer) + hidden


def _same(raw: Told, public: Told) -> bool:
    """Do both sides count the same text alike?"""
    theirs = {each.answer.text: each.answer.usage.completion for each in raw.whole}
    pairs = [
        (each.answer.usage.completion, theirs[each.answer.text])
        for each in public.whole
        if each.answer.text in theirs
    ]
    return bool(pairs) and all(ours == other for ours, other in pairs)


def _thoughts(public: Told, before: str) -> Iterable[Finding]:
    for each in public.whole:
        answer = each.answer
        counted, owed = answer.usage.reasoning, public_tokens(answer.reasoning)
        if answer.reasoning and counted is not None and counted != owed:
            text = f"`reasoning_tokens` is {counted} for thoughts of {owed} public tokens"
            yield leaks("answer-counts/reasoning", text, _shown(each), raw=before)
            return


def _totals(public: Told, before: str) -> Iterable[Finding]:
    for each in public.whole:
        usage = each.answer.usage
        if usage.total not in (None, (usage.prompt or 0) + (usage.completion or 0)):
            text = f"`total_tokens` is {usage.total}, which is no sum of the two others"
            yield leaks("answer-counts/total", text, _shown(each), raw=before)
            return


def _cut(public: Told, before: str) -> Iterable[Finding]:
    """An answer that was cut has exactly as many public tokens as it was allowed."""
    odd = [each for each in public.cut if is_odd_cut(each.answer, each.limit or 0)]
    if odd:
        text = f"{len(odd)} of {len(public.cut)} limits cut elsewhere than at 4 bytes a token"
        yield leaks("answer-counts/cut", text, *map(_shown, odd[:3]), raw=before)


def is_odd_cut(answer: Answer, limit: int) -> bool:
    """Is it longer than `limit` public tokens, or was it cut short of them?

    Short is no tell where thoughts are hidden. Calls are let be: a name is never cut in two.
    """
    said = spoken(answer)
    if answer.calls or not said:
        return False
    hidden = bool(answer.usage.reasoning) and not answer.reasoning
    was_cut = answer.finish in ("length", "max_tokens", "max_output_tokens")
    return said > limit or (was_cut and not hidden and said != limit)


def _shown(sample: Sample) -> Exhibit:
    answer = sample.answer
    limit = f", max_tokens {sample.limit}" if sample.limit else ""
    size = len(answer.text.encode("utf-8", "replace"))
    said = f"{answer.usage.completion} tokens, {size} bytes: {answer.text[:200]!r}"
    return exhibit("public", f"echo of {sample.asked!r}{limit}", said)


def _said(raw: Told | None) -> str:
    if not raw or not raw.whole:
        return raw.problem if raw else ""
    pairs = [f"{e.answer.usage.completion} for {spoken(e.answer)}" for e in raw.whole]
    borders = [spoken(each.answer) for each in raw.cut]
    return f"tokens for public ones: {', '.join(pairs)}; max_tokens 1 to 16 give {borders} of them"
