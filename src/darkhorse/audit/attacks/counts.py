"""Counts the prompt: which tokenizer explains `prompt_tokens`, and which chat template."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct, structs

from darkhorse.attribution.client.asking import Ask, Message, Tool, ask
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.client.public_count import public_tokens
from darkhorse.audit.attack import closed, exhibit, leaks, reduced, unanswered
from darkhorse.audit.known.tokenizers import FRAME, NEUTRAL, PROBES, family_of, template_of
from darkhorse.audit.neutral import prompt_tokens
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["PromptCounts", "TemplateOverhead", "follows"]

_SLOPES = tuple(unit * times for unit in ("ភាសា ", "useRelativePath ") for times in (4, 16))
_TEXTS = tuple(FRAME + text for text in ("x", *PROBES, *_SLOPES))
_STREAMED = tuple(FRAME + text for text in ("x", *PROBES))
_LIMITS = (1, 16)  # some engines refuse the first


class Counts(Struct, frozen=True, kw_only=True):
    """What each text was counted at; only those that were counted."""

    told: dict[str, int]
    streamed: dict[str, int] = {}
    problem: str = ""

    @property
    def differences(self) -> tuple[int, ...]:
        """Those of the probes that the table has; empty where one is missing."""
        texts = [FRAME + text for text in ("x", *PROBES)]
        if any(text not in self.told for text in texts):
            return ()
        return tuple(self.told[text] - self.told[texts[0]] for text in texts[1:])


class PromptCounts:
    """Chosen strings, each a prompt of its own."""

    name = "prompt counts"
    channels = ("prompt-counts",)
    calls = len(_TEXTS) + len(_STREAMED)

    async def read(self, door: Door) -> Counts:
        """Counts of all the strings, in the door's first dialect."""
        counts, streamed = await asyncio.gather(
            asyncio.gather(*(counted(door, ask(text)) for text in _TEXTS)),
            asyncio.gather(*(counted(door, ask(text, stream=True)) for text in _STREAMED)),
        )
        problems = [each for each in counts if isinstance(each, str)]
        return Counts(
            told=_known(_TEXTS, counts),
            streamed=_known(_STREAMED, streamed),
            problem=problems[0] if len(problems) == len(_TEXTS) else "",
        )

    def judge(self, raw: Counts | None, public: Counts) -> Iterable[Finding]:
        """Whose counts the public ones are."""
        if public.problem:
            return [unanswered("prompt-counts", public.problem)]
        before = _said(raw)
        for way in (public, Counts(told=public.streamed)):
            if not _is_silent(raw, way.told) and not _is_shifted(raw, public, way):
                return [_tokenizer(raw, way, before, _shown(way.told))]
        text = _silence(public.told)
        return [closed("prompt-counts", text, _shown(public.told), raw=before)]


def _known(texts: Sequence[str], counts: Sequence[int | str | None]) -> dict[str, int]:
    return {t: n for t, n in zip(texts, counts, strict=True) if isinstance(n, int)}


def _is_silent(raw: Counts | None, told: dict[str, int]) -> bool:
    """Do these counts tell nothing of a vocabulary?"""
    if all(count == prompt_tokens((text,)) for text, count in told.items()):
        return True
    native = raw is not None and any(raw.told.get(text) == count for text, count in told.items())
    return len(set(told.values())) == 1 and not native


def _is_shifted(raw: Counts | None, public: Counts, way: Counts) -> bool:
    """Public tokens but for one number, streamed or not? That is a template's, and no vocabulary's.

    What the endpoint counts so itself is its own count all the same.
    """
    if raw and way.told and all(raw.told.get(text) == count for text, count in way.told.items()):
        return False
    return len(_beside(public)) == 1 and _beside(way) == _beside(public)


def _beside(counts: Counts) -> set[int]:
    """By how much the counts differ from public tokens."""
    return {count - prompt_tokens((text,)) for text, count in counts.told.items()}


def _silence(told: dict[str, int]) -> str:
    if not told:
        return "names no counts"
    if len(set(told.values())) == 1:
        return "the same count for every text"
    if any(count != prompt_tokens((text,)) for text, count in told.items()):
        return "a quarter of the bytes, and the same number around every prompt"
    return "public tokens: a quarter of the bytes, and 4 a message"


async def counted(door: Door, asked: Ask) -> int | str | None:
    """The prompt's count; a sentence where there was no answer, None where it names none."""
    answer = await door.ask(structs.replace(asked, limit=_LIMITS[0]))
    if not answer.ok:
        answer = await door.ask(structs.replace(asked, limit=_LIMITS[1]))
    if answer.ok:
        return answer.usage.prompt
    return f"no answer: {answer.reply.problem or answer.reply.status}"


def _tokenizer(raw: Counts | None, public: Counts, before: str, shown: Exhibit) -> Finding:
    """The counts follow some vocabulary: whose?"""
    family = family_of(public.differences)
    native = raw is not None and (
        all(raw.told.get(text) == count for text, count in public.told.items())
        or follows(public.told, raw.told)
    )
    if native:
        text = f"counts follow the endpoint's own{f': {family}' if family else ''}"
        return leaks("prompt-counts/native", text, shown, raw=before)
    hidden = raw is not None and len(set(raw.differences)) > 1
    if family == NEUTRAL and hidden:
        text = f"counted anew with {family}, as gateways do; the endpoint counts otherwise"
        return reduced("prompt-counts/recount", text, shown, raw=before, bits=0.0)
    if family:
        text = f"counts are those of {family}"
        return leaks("prompt-counts/tokenizer", text, shown, raw=before)
    text = "counts follow a vocabulary that is none of the known: they recognise it"
    return leaks("prompt-counts/unknown-tokenizer", text, shown, raw=before)


def follows(public: dict[Any, int], raw: dict[Any, int]) -> bool:
    """Are the public counts the raw ones, but for a constant and a factor?"""
    pairs = sorted((raw[text], public[text]) for text in public if text in raw)
    if len(pairs) < 4 or pairs[0][0] == pairs[-1][0]:
        return False
    (low, first), (high, last) = pairs[0], pairs[-1]
    factor = (last - first) / (high - low)
    return factor > 0 and all(abs(first + factor * (x - low) - y) < 1 for x, y in pairs)


def _said(raw: Counts | None) -> str:
    if raw is None:
        return ""
    if not raw.told:
        return raw.problem or "names no counts"
    family = family_of(raw.differences)
    return f"counts {list(raw.differences)}: {family or 'none of the known tokenizers'}"


def _shown(told: dict[str, int]) -> Exhibit:
    texts = list(told)[: len(PROBES) + 1]
    asked = "; ".join(repr(text) for text in texts)
    return exhibit("public", f"prompts {asked}", f"counts {[told[text] for text in texts]}")


def _tool(number: int) -> Tool:
    return Tool(
        name=f"set_lamp_{number}",
        description="Sets a lamp to a colour.",
        parameters={"properties": {"colour": {"type": "string"}}},
    )


_HI = ask("hi")
_SHAPES = {
    "hi": _HI,
    "a system message": ask("hi", system="hi"),
    "a turn": Ask(
        messages=(Message(text="hi"), Message(role="assistant", text="hi"), Message(text="hi"))
    ),
    "one tool": ask("hi", tools=(_tool(0),)),
    "ten tools": ask("hi", tools=tuple(map(_tool, range(10)))),
}
_TOOL_SLACK = 12  # public tokens by which dialects' own words around a tool may differ


class TemplateOverhead:
    """What a system message, a turn, a tool adds to a trivial prompt."""

    name = "template overhead"
    channels = ("template-overhead",)
    calls = len(_SHAPES)

    async def read(self, door: Door) -> Counts:
        """Counts by the prompt's shape."""
        counts = await asyncio.gather(*(counted(door, asked) for asked in _SHAPES.values()))
        told = _known(tuple(_SHAPES), counts)
        return Counts(told=told, problem=counts[0] if isinstance(counts[0], str) else "")

    def judge(self, raw: Counts | None, public: Counts) -> Iterable[Finding]:
        """Whose template the overheads are of."""
        if public.problem:
            return [unanswered("template-overhead", public.problem)]
        told = public.told
        before = _overheads(raw.told) if raw else ""
        shown = exhibit("public", f"prompts: {', '.join(told)}", f"counts {list(told.values())}")
        if len(set(told.values())) <= 1 and not (raw and told == raw.told):
            return [closed("template-overhead", "the same for every shape", shown, raw=before)]
        if all(_is_neutral(shape, told) for shape in told):
            text = "4 public tokens a message, and a quarter of the bytes; tools by their bytes"
            return [closed("template-overhead", text, shown, raw=before)]
        whose = _template(told)
        if raw is not None and _added(raw.told) == _added(told):
            text = f"each shape adds what it adds at the endpoint{f': {whose}' if whose else ''}"
            return [leaks("template-overhead/native", text, shown, raw=before)]
        text = f"overheads of {whose}" if whose else "overheads that no published formula explains"
        return [leaks("template-overhead/template", text, shown, raw=before)]


def _is_neutral(shape: str, told: dict[str, int]) -> bool:
    asked = _SHAPES[shape]
    messages = len(asked.messages) + bool(asked.system)
    expected = prompt_tokens(asked.texts, messages)
    if not asked.tools:
        return told[shape] == expected
    tools = sum(public_tokens(_json(tool)) for tool in asked.tools)
    slack = _TOOL_SLACK * len(asked.tools)
    return abs(told[shape] - expected - tools) <= slack and _is_linear(told)


def _is_linear(told: dict[str, int]) -> bool:
    """Do ten tools cost as much as ten times one, but for rounding?"""
    if not {"hi", "one tool", "ten tools"} <= told.keys():
        return True
    one, ten = (told[shape] - told["hi"] for shape in ("one tool", "ten tools"))
    return abs(ten - 10 * one) <= 10


def _json(tool: Tool) -> str:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": {"type": "object", **tool.parameters},
    }
    return json.dumps({"type": "function", "function": function}, separators=(",", ":"))


def _added(told: dict[str, int]) -> dict[str, int]:
    return {shape: count - told.get("hi", 0) for shape, count in told.items()}


def _template(told: dict[str, int]) -> str:
    added = _added(told)
    if not {"hi", "a system message", "a turn"} <= told.keys():
        return ""
    return template_of(told["hi"] - 1, added["a system message"], added["a turn"])


def _overheads(told: dict[str, int]) -> str:
    parts: Sequence[str] = [
        f"{shape} adds {n}" for shape, n in _added(told).items() if shape != "hi"
    ]
    whose = _template(told)
    return f"hi costs {told.get('hi')}; {', '.join(parts)}{f' ({whose})' if whose else ''}"
