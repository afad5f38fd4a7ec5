"""Where a long prompt is refused, and in which words: the window, the engine, a second counter."""

import asyncio
import re
from collections.abc import Callable, Iterable

from msgspec import Struct

from darkhorse.attribution.client.answer import Answer, walk
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.forms.wordings import who_says
from darkhorse.audit.attack import exhibit, reduced, unanswered, untested
from darkhorse.audit.card import card_of, context_of, most_of
from darkhorse.audit.gathering import Gathering, muted
from darkhorse.audit.neutral import MESSAGE_TOKENS, prompt_tokens
from darkhorse.audit.neutral_errors import SHAPES
from darkhorse.audit.tells import is_declared, sentences, trace_in
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["ContextLimit"]

_MOST_BYTES = 24 << 20  # a longer prompt is not sent
_ENDLESS = 999_999_999
_BEYOND = 3  # a prompt far over is so many times the limit
_FIGURES = re.compile(r"(?<![\w.])\d[\d,._]*\d(?![\w])")
_WORD = "word "
_LIMIT = "context-limit"
_PASSING = frozenset({0, 413, 429, 503})  # they tell of the moment
_DENSE = "a token under, in rare letters"
_CUNEIFORM, _LETTERS = 0x12000, 922


class Sent(Struct, frozen=True):
    """A prompt of so many public tokens, and its answer."""

    tokens: int
    most: int  # of the answer
    what: str
    answer: Answer

    @property
    def refused(self) -> bool:
        """Was it not answered?"""
        return self.answer.reply.status >= 400

    @property
    def message(self) -> str:
        """The refusal's words."""
        body = self.answer.reply.json
        inner = body.get("error") if isinstance(body, dict) else None
        message = inner.get("message") if isinstance(inner, dict) else None
        return message if isinstance(message, str) else self.answer.reply.text

    @property
    def figures(self) -> frozenset[int]:
        """Every number of four digits or more in them."""
        found = (re.sub(r"\D", "", each) for each in _FIGURES.findall(self.message))
        return frozenset(int(each) for each in found if 4 <= len(each) <= 12)


class Reading(Struct, frozen=True):
    """`limit`: what the catalogue says, in public tokens; `why`: nothing was sent, and why."""

    limit: int | None
    sent: tuple[Sent, ...] = ()
    why: str = ""
    most: tuple[int, ...] = ()  # figures that the catalogue names as well


class ContextLimit:
    """Prompts around the limit, far over it, and dense ones; an answer without end."""

    name = "context"
    channels = ("context-limit",)
    calls = 7

    async def read(self, door: Door) -> Reading:
        """Send them. A raw door is only sent one that no window holds, which costs nothing."""
        card = await card_of(door)
        limit = context_of(card)
        longest = await _send(door, 0, "an answer without end", most=_ENDLESS)
        if door.side == "raw":
            known = (await _send(door, _beyond(limit), "far over"),) if limit else ()
            return Reading(limit, (longest, *known))
        if limit is None:
            return Reading(None, why="the catalogue names no context")
        if 4 * limit > _MOST_BYTES:
            return Reading(limit, why=f"{limit} tokens are too long a prompt to send")
        sent = await asyncio.gather(
            _send(door, limit - 1, "a token under"),
            _send(door, limit, "the limit"),
            _send(door, limit + 1, "a token over"),
            _send(door, _beyond(limit), "far over"),
            _send(door, limit - 1, _DENSE, text_of=_rare),
        )
        return Reading(limit, (longest, *sent), most=most_of(card))

    def judge(self, raw: Reading | None, public: Reading) -> Iterable[Finding]:
        """It should be refused at the listing's own limit, by the public count, in plain words."""
        if public.why or public.limit is None:
            return [untested("context-limit", public.why)]
        gathering = Gathering()
        if not (_judge_border(gathering, public.limit, public.sent)):
            why = muted(each.answer.reply.status for each in public.sent)
            said = "long prompts were refused whatever their length"
            return [unanswered(_LIMIT, why) if why else untested(_LIMIT, said)]
        own = {public.limit, _ENDLESS, *(each.tokens for each in public.sent), *public.most}
        for each in public.sent:
            if each.refused and each.answer.reply.status not in _troubles(public.sent):
                _judge_words(gathering, each, own, raw)
        before = _before(raw)
        said = (
            f"refused from {public.limit} public tokens on, as the catalogue says, in plain words"
        )
        unless = muted(each.answer.reply.status for each in public.sent)
        found = gathering.findings("context-limit", said, before, unless=unless)
        return [*found, *_dense(public.limit, public.sent)]


def _beyond(limit: int) -> int:
    return min(max(_BEYOND * limit, 4096), _MOST_BYTES // 4)


async def _send(
    door: Door,
    tokens: int,
    what: str,
    *,
    most: int = 1,
    text_of: Callable[[int], str] | None = None,
) -> Sent:
    """One user message that makes a prompt of so many public tokens."""
    text = (text_of or _words)(max(4 * (tokens - MESSAGE_TOKENS), 4))
    return Sent(prompt_tokens([text]), most, what, await door.ask(ask(text, limit=most)))


def _words(size: int) -> str:
    return (_WORD * (size // len(_WORD) + 1))[:size]


def _rare(size: int) -> str:
    """Letters of cuneiform, of which every known vocabulary has the bytes alone: four tokens each.

    In public tokens a letter is one. So this finds a native window of less than four times the
    public one, and whoever moves the border about counts native tokens with it.
    """
    return "".join(chr(_CUNEIFORM + at * 7919 % _LETTERS) for at in range(size // 4))


def _judge_border(gathering: Gathering, limit: int, sent: tuple[Sent, ...]) -> bool:
    """Is each refused that should be, and no other? False where nothing can be said."""
    passing = _PASSING | _troubles(sent)
    told = [each for each in sent if each.answer.reply.status not in passing]
    told = [each for each in told if each.most == 1]
    for each in told:
        due = each.tokens >= limit  # the answer needs a token of its own
        if each.refused and not due and each.what != _DENSE:
            gathering.add(
                "context-limit/border",
                f"{each.tokens} tokens are refused, though the catalogue says {limit}",
                _shown(each),
            )
        elif due and not each.refused and each.tokens > limit:
            gathering.add(
                "context-limit/border",
                f"{each.tokens} tokens are taken, though the catalogue says {limit}",
                _shown(each),
            )
    return bool(told)


def _troubles(sent: tuple[Sent, ...]) -> frozenset[int]:
    """What a short prompt meets as well, because the model itself fails: no word on its length."""
    short = (each.answer.reply.status for each in sent if each.most != 1)
    return frozenset(status for status in short if status > 400)


def _dense(limit: int, sent: tuple[Sent, ...]) -> Iterable[Finding]:
    """A border that moves with the text: dozens of prompts as long count native tokens with it."""
    for each in sent:
        is_told = each.answer.reply.status not in _troubles(sent)
        if each.what == _DENSE and each.refused and each.tokens < limit and is_told:
            yield reduced(
                "context-limit/dense",
                f"{each.tokens} public tokens of rare letters are refused: the native window is "
                "under four times the public one, so whoever sends many prompts as long as it can "
                "count native tokens. A context of a quarter of the native window closes this.",
                _shown(each),
            )


def _judge_words(gathering: Gathering, sent: Sent, own: set[int], raw: Reading | None) -> None:
    there = [each for each in raw.sent if each.refused] if raw else []
    if is_declared(sent.message):
        return
    theirs = frozenset().union(*(each.figures for each in there))
    if shared := (sent.figures & theirs) - own:
        figure = min(shared)
        gathering.add(
            "context-limit/window", f"it names {figure}, as the endpoint does", _shown(sent)
        )
    elif strange := [each for each in sorted(sent.figures) if not _near(each, own)]:
        gathering.add(
            "context-limit/figures",
            f"it names {strange[0]}, which is neither the listing's limit nor the public count",
            _shown(sent),
        )
    if who := next((each.who for each in who_says(sent.message)), ""):
        gathering.add("context-limit/wording", f"the words are those of {who}", _shown(sent))
    elif inside := trace_in(sent.message):
        gathering.add("context-limit/wording", f"it shows {inside[0]}: {inside[1]}", _shown(sent))
    elif there and sentences(sent.message) & sentences(there[0].message):
        gathering.add("context-limit/wording", "the words are the endpoint's own", _shown(sent))
    if sent.answer.reply.status not in (400, 413, 429, 503):
        said = f"status {sent.answer.reply.status} for a prompt that is too long"
        gathering.add("context-limit/status", said, _shown(sent))
    body = sent.answer.reply.json
    strange_fields = {path for path, _ in walk(body)} - SHAPES[sent.answer.dialect]
    if body is None or strange_fields:
        what = ", ".join(sorted(strange_fields)[:4]) or "no JSON"
        gathering.add("context-limit/shape", f"an error of somebody's shape: {what}", _shown(sent))


def _near(figure: int, own: set[int]) -> bool:
    """Is it one of ours, or what the answer's own token makes of it?"""
    return any(abs(figure - each) <= 1 for each in own)


def _shown(sent: Sent) -> Exhibit:
    reply = sent.answer.reply
    asked = f"a prompt of {sent.tokens} public tokens ({sent.what}), max_tokens {sent.most}"
    return exhibit("public", asked, f"{reply.status}\n{reply.text}")


def _before(raw: Reading | None) -> str:
    if raw is None:
        return ""
    refused = [each for each in raw.sent if each.refused]
    if not refused:
        return "it took the longest prompt that was sent"
    figures = ", ".join(str(each) for each in sorted(refused[0].figures))
    who = ", ".join(sorted({each.who for each in who_says(refused[0].message)}))
    return f"refused, naming {figures or 'no figure'}" + (f", in the words of {who}" if who else "")
