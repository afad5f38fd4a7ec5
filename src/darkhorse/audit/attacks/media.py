"""What a picture or a sound costs, and which are taken: steps that tell an encoder."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.forms.wordings import who_says
from darkhorse.audit.attack import exhibit, unanswered, untested
from darkhorse.audit.attacks.samples import SAMPLES, Sample
from darkhorse.audit.card import card_of
from darkhorse.audit.gathering import Gathering, muted
from darkhorse.audit.neutral import MEDIUM_TOKENS
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["MediaLimits"]

_NAME = "media"
_LIMIT = 16  # some engines refuse less


class Sent(Struct, frozen=True):
    """A sample and its answer."""

    sample: Sample
    answer: Answer

    @property
    def exhibit(self) -> Exhibit:
        """The answer, for people."""
        reply = self.answer.reply
        return exhibit("public", self.sample.name, f"{reply.status}\n{reply.text}")


class Reading(Struct, frozen=True):
    """What a door takes, and what became of each sample; `plain`: a question without media."""

    takes: tuple[str, ...]
    plain: Answer | None = None
    sent: tuple[Sent, ...] = ()


class MediaLimits:
    """Pictures of several sizes and formats, sounds of several lengths."""

    name = _NAME
    channels = (_NAME,)
    calls = len(SAMPLES) + 1

    async def read(self, door: Door) -> Reading:
        """Send what the catalogue says is taken; a raw door is sent everything."""
        if "chat" not in door.dialects:
            return Reading(())
        takes = _takes(await card_of(door))
        if door.side == "raw":
            takes = ("image", "audio")
        samples = [sample for sample in SAMPLES if sample.kind in takes]
        if not samples:
            return Reading(takes)
        plain, *answers = await asyncio.gather(
            door.ask(ask("hi", limit=_LIMIT), "chat"), *(_send(door, each) for each in samples)
        )
        sent = tuple(Sent(s, answer) for s, answer in zip(samples, answers, strict=True))
        return Reading(takes, plain, sent)

    def judge(self, raw: Reading | None, public: Reading) -> Iterable[Finding]:
        """One price for all, and refusals in plain words."""
        if not public.sent:
            return [untested(_NAME, "it takes text alone")]
        if public.plain is None or not public.plain.ok:
            return [unanswered(_NAME, "a plain question was not answered")]
        gathering = Gathering()
        for kind in ("image", "audio"):
            _judge_costs(gathering, kind, public, raw)
        for each in public.sent:
            _judge_refusal(gathering, each)
        said = f"{len(public.sent)} media: one price each, refused in plain words"
        unless = muted(each.answer.reply.status for each in public.sent)
        return gathering.findings(_NAME, said, _before(raw), unless=unless)


async def _send(door: Door, sample: Sample) -> Answer:
    content = [{"type": "text", "text": "hi"}, *sample.parts]
    extra = {"messages": [{"role": "user", "content": content}]}
    return await door.ask(ask("hi", limit=_LIMIT, extra=extra), "chat")


def _takes(card: dict[str, Any]) -> tuple[str, ...]:
    architecture = card.get("architecture")
    told = architecture.get("input_modalities") if isinstance(architecture, dict) else None
    return tuple(str(each) for each in told) if isinstance(told, list) else ()


def _costs(reading: Reading, kind: str) -> dict[str, float]:
    """What each medium that was taken costs, in prompt tokens; the text's left out."""
    base = reading.plain.usage.prompt if reading.plain else None
    if base is None:
        return {}
    return {
        each.sample.name: (each.answer.usage.prompt - base) / len(each.sample.parts)
        for each in reading.sent
        if each.sample.kind == kind and each.answer.ok and each.answer.usage.prompt is not None
    }


def _judge_costs(gathering: Gathering, kind: str, public: Reading, raw: Reading | None) -> None:
    costs = _costs(public, kind)
    if not costs:
        return
    there = _costs(raw, kind) if raw else {}
    shown = exhibit("public", f"{kind}: prompt tokens of each", _table(costs))
    if len(set(costs.values())) > 1:
        said = f"{kind}s cost {_table(costs)}: steps of an encoder"
        gathering.add(f"{_NAME}/tokens", said, shown, raw=_table(there))
    elif set(costs.values()) == set(there.values()) != {MEDIUM_TOKENS}:
        said = f"an {kind} costs {_table(costs)}, as at the endpoint"
        gathering.add(f"{_NAME}/tokens", said, shown, raw=_table(there))


def _judge_refusal(gathering: Gathering, sent: Sent) -> None:
    """A refusal should be one of a kind that the API itself makes."""
    reply = sent.answer.reply
    if reply.status in (0, 413, 429, 503) or reply.status < 400:
        return
    if who := next((each.who for each in who_says(reply.text)), ""):
        gathering.add(f"{_NAME}/wording", f"the words are those of {who}", sent.exhibit)
    elif reply.status not in (400, 404):
        said = f"status {reply.status} for {sent.sample.name}"
        gathering.add(f"{_NAME}/status", said, sent.exhibit)
    elif sent.sample.plain:
        said = f"{sent.sample.name} is refused, though the catalogue takes {sent.sample.kind}s"
        gathering.add(f"{_NAME}/refused", said, sent.exhibit)


def _table(costs: dict[str, float]) -> str:
    distinct: dict[float, str] = {}
    for name, cost in costs.items():
        distinct.setdefault(cost, name)
    return ", ".join(f"{cost:g} ({name})" for cost, name in list(distinct.items())[:6])


def _before(raw: Reading | None) -> str:
    if raw is None:
        return ""
    said: Sequence[str] = [_table(costs) for k in ("image", "audio") if (costs := _costs(raw, k))]
    return f"prompt tokens of each: {'; '.join(said)}" if said else "it took none"
