"""Completion residuals: what an answer was charged, less the tokens of its text.

The tokens of an echo are known without any vocabulary; those of other answers where vocabularies
are installed (`darkhorse[vocabularies]`). The residual is the chat format's: 0 or 1 as a rule, 9
for harmony (attribution.md 2.4). Prompts and answers counted with different vocabularies: somebody
counts anew.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from darkhorse.attribution.borders.echo import Echo, choose, echo_of, echoing
from darkhorse.attribution.borders.table import table
from darkhorse.attribution.counting.items import Item
from darkhorse.attribution.counting.reading import Reading, distinct, read
from darkhorse.attribution.evidence import Evidence, Exhibit, Level, Likelihoods
from darkhorse.attribution.library.counts import Counts
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.attribution.vocabularies.installed import count_all
from darkhorse.base.chance import Draw

__all__ = ["Completion", "echo_tokens"]

_PLAN: Mapping[Budget, tuple[int, ...]] = {
    "quick": (1, 3),
    "standard": (1, 2, 4, 6),
    "deep": (1, 1, 2, 2, 3, 4, 6, 8),
}
"""Lines of each echo: residuals show a vocabulary only over answers of different lengths."""
_ROOM = 3000  # tokens: a model that thinks before has to get to the echo
_CUT = frozenset(("length", "max_tokens", "max_output_tokens", "incomplete", "MAX_TOKENS"))
_LONGEST = 20_000  # characters of an answer that is worth counting
_MOST = 48  # answers that are counted with installed vocabularies
_LARGEST = 10_000_000  # a charge above it is no charge
_FEW = 2  # answers below which nothing is said
_VETO = 8.0  # nats
_CLEAR = 3.0  # nats between a vocabulary and the next, to speak of it
_ROWS = 16
_HARMONY = range(7, 12)
_NEUTRAL = "GPT-4o and later (o200k)"


class Completion:
    """What answers were charged."""

    name = "completion"

    def __init__(self, count: Callable[[str], Mapping[str, int]] = count_all) -> None:
        self._count = count

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 the contract's
        """Echoes of few and of many lines, not streamed."""
        chosen = [choose(lines, draw) for lines in _PLAN[budget]]
        return [
            Probe(
                name=f"{self.name}/{'-'.join(map(str, picks))}",
                ask=echoing(picks, draw, limit=_ROOM),
                about_tokens=40 + 50 * len(picks),
            )
            for picks in dict.fromkeys(chosen)
        ]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:
        """How likely the charges of answers are under each vocabulary."""
        answers = self._answers(seen, known)
        if len(answers) < _FEW:
            return None
        readings = _readings(answers)
        names = sorted({name for each in readings for name in each.families})
        nats = {n: sum(r.families.get(n, r.unseen) for r in readings) for n in names}
        other = sum(r.unseen for r in readings)
        return Evidence(
            signal=self.name,
            reliability="exact",
            exhibit=_exhibit(answers, readings, nats, other),
            likelihoods=(Likelihoods(level="family", nats=nats, other=other),),
            vetoed=_vetoed(nats, other),
            observations=len(answers),
            findings=_rewritten(_prompts(seen, known), readings),
        )

    def _answers(self, seen: Sequence[Observation], known: Library) -> list[Item]:
        found: list[Item] = []
        left = _MOST
        for each in seen:
            charged = _charged(each)
            if charged is None or not each.text or len(each.text) > _LONGEST:
                continue
            echo = echo_of(each)
            is_whole = echo is not None and echo.is_whole
            if not is_whole and left <= 0:
                continue
            tokens = echo_tokens(echo.picks, known.counts) if echo and is_whole else {}
            if not tokens:
                tokens, left = self._count(each.text), left - 1
            if tokens:
                found.append(_item(each, each.text, charged, tokens))
        return found


def echo_tokens(picks: Sequence[int], counts: Counts) -> Mapping[str, int]:
    """Family → tokens of these lines joined by newlines; no begin or end mark.

    By the table of borders; of vocabularies it lacks, by the library's counts of the same lines,
    to which the one token is given back that they are measured from.
    """
    lines = [table().lines[each] for each in picks]
    rows = [counts.probes.get(line, ()) for line in lines]
    summed = {}
    if all(rows):
        breaks = len(lines) - 1
        for family, *each in zip(counts.vocabularies, *rows, strict=False):
            summed[family] = sum(n + 1 for n in each) + breaks
    exact = {each.family: len(each.runs(picks)) for each in table().vocabularies}
    return {**summed, **exact}


def _item(seen: Observation, text: str, charged: int, tokens: Mapping[str, int]) -> Item:
    return Item(
        text=text, charged=charged, tokens=tokens, provider=seen.provider, group=seen.provider
    )


def _charged(seen: Observation) -> int | None:
    """What the answer's text alone was charged; None where thoughts or calls are in it, or a cut.

    Thoughts that are counted apart are taken off.
    """
    charged = seen.completion_tokens
    if not seen.ok or charged is None or charged > _LARGEST or seen.call_ids:
        return None
    if {seen.finish, seen.native_finish} & _CUT:
        return None
    thoughts = _thoughts(seen.usage)
    if seen.reasoning and not thoughts:
        return None
    return charged - thoughts if thoughts < charged else None


def _thoughts(usage: Mapping[str, Any]) -> int:
    for name in ("completion_tokens_details", "output_tokens_details"):
        details = usage.get(name)
        if isinstance(details, Mapping):
            value = details.get("reasoning_tokens")
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
    return 0


def _readings(items: Sequence[Item]) -> list[Reading]:
    by_provider: dict[str, list[Item]] = defaultdict(list)
    for each in distinct(items):
        by_provider[each.provider].append(each)
    return [read(provider, theirs) for provider, theirs in by_provider.items()]


def _prompts(seen: Sequence[Observation], known: Library) -> list[Item]:
    """What the requests for echoes were charged: a group for each wording."""
    found = []
    for each in seen:
        echo = echo_of(each)
        charged = each.prompt_tokens
        if echo and each.ok and each.is_plain and charged is not None and charged <= _LARGEST:
            found.append(_prompt(each, echo, charged, known))
    return found


def _prompt(seen: Observation, echo: Echo, charged: int, known: Library) -> Item:
    wording = seen.question.removesuffix(echo.target)
    return Item(
        text=echo.target,
        charged=charged,
        tokens=echo_tokens(echo.picks, known.counts),
        provider=seen.provider,
        group=f"{seen.provider}\0{wording}",
    )


def _plainly(readings: Sequence[Reading]) -> str:
    """Whose tokens were counted, by whomever, where no other way comes near; else empty."""
    reading = max(readings, key=lambda each: len(each.items))
    first = reading.ways[0]
    rivals = [each.nats for each in reading.ways if each.family != first.family]
    is_clear = first.nats > max(rivals, default=-math.inf) + _CLEAR
    return first.family if is_clear and first.kind in ("native", "recount") else ""


def _rewritten(prompts: Sequence[Item], answers: Sequence[Reading]) -> tuple[str, ...]:
    """Said where prompts and answers are plainly counted with different vocabularies."""
    if len(prompts) < 2 * _FEW:
        return ()
    asked, answered = _plainly(_readings(prompts)), _plainly(answers)
    if not asked or not answered or asked == answered:
        return ()
    return (
        f"Counts are rewritten: prompts are counted as {asked} would, answers as {answered} would.",
    )


def _vetoed(nats: Mapping[str, float], other: float) -> tuple[tuple[Level, str], ...]:
    best = max(nats.values())
    if best < other:
        return ()
    return tuple(("family", name) for name, each in nats.items() if each < best - _VETO)


def _exhibit(
    answers: Sequence[Item], readings: Sequence[Reading], nats: Mapping[str, float], other: float
) -> Exhibit:
    best = max(sorted(nats), key=lambda name: nats[name])
    kinds = Counter(each.charged - each.tokens[best] for each in answers if best in each.tokens)
    rows = tuple(
        (_short(each.text), str(each.charged), str(each.tokens.get(best, "")))
        for each in answers[:_ROWS]
    )
    return Exhibit(
        title="Completion tokens",
        says=_says(best, kinds, len(answers), nats, other) + _formula(readings),
        head=("answer", "charged, tokens", f"tokens by {best}"),
        rows=rows,
        would_change="Answers that are counted by a gateway, with a vocabulary that is not theirs.",
    )


def _says(
    best: str, kinds: Counter[int], number: int, nats: Mapping[str, float], other: float
) -> str:
    if not kinds:
        return f"{number} answers could not be held against one vocabulary."
    [(residual, times)] = kinds.most_common(1)
    says = f"{times} of {number} answers are charged their tokens by {best} and {residual:+d}"
    if max(nats.values()) - min([other, *nats.values()]) < 1:
        return f"{says}, but the charges tell vocabularies hardly apart."
    if other > max(nats.values()):
        return f"{says}: no known vocabulary explains the charges."
    if best == _NEUTRAL and residual in _HARMONY:
        return f"{says}: that is what the harmony format adds."
    return f"{says}."


def _formula(readings: Sequence[Reading]) -> str:
    """What explains the charges, where that is likelier than any vocabulary."""
    first = readings[0].ways[0]
    if first.kind == "formula":
        return f" Charges follow {first.says}: they are a gateway's."
    if first.kind == "noise":
        return " Charges do not follow the text: thoughts are hidden in them, or they are blurred."
    return ""


def _short(text: str) -> str:
    line = text.strip().split("\n")[0]
    return line if len(line) <= 40 else f"{line[:39]}…"
