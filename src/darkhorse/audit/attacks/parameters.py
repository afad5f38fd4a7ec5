"""Which parameters and values are taken, and which refused: a matrix that names a product line."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door
from darkhorse.audit.attack import exhibit, reduced, unanswered, untested
from darkhorse.audit.attacks.parameter_values import CELLS, EFFORTS, Cell
from darkhorse.audit.card import card_of
from darkhorse.audit.gathering import BUSY, Gathering, muted
from darkhorse.audit.neutral_errors import PASSING
from darkhorse.audit.tells import is_declared
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["Parameters"]

Outcome = Literal["taken", "refused", "broken", "unknown"]

_LIMIT = 16  # tokens of an answer that nobody reads
_UNFIT = 422  # it was taken, and the model did not keep to it
_NAME = "parameters"
_FORMS = frozenset({"tools", "tool_choice", "response_format"})
"""What changes what an answer is about is never ignored in silence."""


class Tried(Struct, frozen=True):
    """A value and its answer."""

    cell: Cell
    answer: Answer

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        status = self.answer.reply.status
        if status == 0 or status in PASSING:
            return "unknown"
        if status < 300 or (status == _UNFIT and self.cell.needs in _FORMS):
            return "taken"
        return "broken" if status >= 500 else "refused"

    @property
    def asked(self) -> str:
        """The fields, for people."""
        return json.dumps(dict(self.cell.fields), ensure_ascii=False)

    @property
    def exhibit(self) -> Exhibit:
        """The answer, for people."""
        reply = self.answer.reply
        return exhibit("public", self.asked, f"{reply.status}\n{reply.text}")

    @property
    def message(self) -> str:
        """The refusal's words."""
        body = self.answer.reply.json
        inner = body.get("error") if isinstance(body, dict) else None
        message = inner.get("message") if isinstance(inner, dict) else None
        return message if isinstance(message, str) else self.answer.reply.text


class Reading(Struct, frozen=True):
    """The matrix, and what the catalogue promises; `plain`: a question without any of it."""

    plain: Answer
    tried: tuple[Tried, ...]
    promised: frozenset[str]
    ladder: frozenset[str] = frozenset()  # efforts that the card names; empty: none
    mandatory: bool = False  # the card says that thoughts cannot be turned off

    @property
    def efforts(self) -> frozenset[str]:
        """Words of the ladder that were taken."""
        told = (each for each in self.tried if "reasoning_effort" in each.cell.fields)
        return frozenset(t.cell.fields["reasoning_effort"] for t in told if t.outcome == "taken")


class Parameters:
    """A hundred values, one at a time."""

    name = "parameters"
    channels = (_NAME,)
    calls = len(CELLS) + 2

    async def read(self, door: Door) -> Reading | None:
        """Try them, in chat's words; None where the door does not speak them."""
        if "chat" not in door.dialects:
            return None
        card = await card_of(door)
        plain, *answers = await asyncio.gather(
            door.ask(ask("hi", limit=_LIMIT), "chat"), *(_try(door, cell) for cell in CELLS)
        )
        tried = tuple(Tried(cell, answer) for cell, answer in zip(CELLS, answers, strict=True))
        promised = _words(card.get("supported_parameters"))
        reasoning = card.get("reasoning")
        told = reasoning if isinstance(reasoning, dict) else {}
        ladder = _words(told.get("supported_efforts"))
        return Reading(plain, tried, promised, ladder, bool(told.get("mandatory")))

    def judge(self, raw: Reading | None, public: Reading | None) -> Iterable[Finding]:
        """Does the public matrix differ from the neutral one, and as the raw one does?"""
        if public is None:
            return [untested(_NAME, "it does not speak chat completions")]
        if not public.plain.ok:
            return [unanswered(_NAME, "a plain question was not answered")]
        there = {str(each.asked): each.outcome for each in raw.tried} if raw else {}
        gathering = Gathering()
        declared: list[Tried] = []
        for tried in public.tried:
            _judge(gathering, tried, public, there.get(tried.asked), declared)
        _judge_ladder(gathering, raw, public)
        unless = muted((tried.answer.reply.status for tried in public.tried), BUSY)
        found = gathering.findings(_NAME, _well(public), _matrix(raw), unless=unless)
        return [*found, *_declared(declared)]


def _words(value: object) -> frozenset[str]:
    return (
        frozenset(each for each in value if isinstance(each, str))
        if isinstance(value, list)
        else frozenset()
    )


async def _try(door: Door, cell: Cell) -> Answer:
    limit = None if cell.whole else _LIMIT
    return await door.ask(ask("hi", limit=limit, extra=cell.fields), "chat")


def _judge(
    gathering: Gathering,
    tried: Tried,
    public: Reading,
    there: Outcome | None,
    declared: list[Tried],
) -> None:
    """One cell: does it go as it goes with anybody?"""
    cell, outcome = tried.cell, tried.outcome
    name = f"{_NAME}/{cell.about}"
    if cell.off and outcome == "taken" and _thinks(tried.answer) and not public.mandatory:
        gathering.add(name, "thoughts that were turned off are there all the same", tried.exhibit)
    due = _due(cell, public.promised)
    if outcome in (due, "unknown") or due == "either":
        return
    if outcome == "refused" and is_declared(tried.message) and there != "refused":
        declared.append(tried)
        return
    said = f"{tried.asked} is {outcome}, where a neutral API has it {due}"
    same = there == outcome
    gathering.add(
        name,
        f"{said}, just as the endpoint does" if same else said,
        tried.exhibit,
        raw=f"there it is {there}" if there else "",
    )


def _judge_ladder(gathering: Gathering, raw: Reading | None, public: Reading) -> None:
    """A ladder in the catalogue that has the endpoint's own steps."""
    if raw is None or not raw.plain.ok or raw.efforts == frozenset(EFFORTS):
        return
    if public.ladder and public.ladder - {"none"} == raw.efforts:
        said = f"the catalogue's efforts are the endpoint's: {', '.join(sorted(public.ladder))}"
        gathering.add(f"{_NAME}/effort", said, exhibit("public", "GET /models", said))


def _due(cell: Cell, promised: frozenset[str]) -> str:
    """What a neutral API does with it, by what its listing promises."""
    if cell.needs in _FORMS and cell.needs not in promised:
        return "either"
    if cell.due == "refused" and cell.needs not in promised:
        return "either"  # left alone, whatever its value, or refused for its form
    return cell.due


def _thinks(answer: Answer) -> bool:
    return bool(answer.reasoning or answer.usage.reasoning)


def _well(public: Reading) -> str:
    known = sum(1 for tried in public.tried if tried.outcome != "unknown")
    return f"{known} values, taken and refused as by anybody"


def _matrix(raw: Reading | None) -> str:
    """What the raw door refuses, as an attacker would note it down."""
    if raw is None:
        return ""
    if not raw.plain.ok:
        return "a plain question was not answered"
    refused = [tried.asked for tried in raw.tried if tried.outcome == "refused"]
    if not refused:
        return "everything is taken"
    return f"{len(refused)} values are refused, such as {', '.join(refused[:3])}"


def _declared(declared: list[Tried]) -> Iterator[Finding]:
    """Values that the listing's own profile refuses, whatever its endpoint does."""
    if declared:
        said = f"{len(declared)} values are refused by a profile of the listing's own"
        shown = [tried.exhibit for tried in declared[:3]]
        yield reduced(f"{_NAME}/profile", said, *shown)
