"""Prompt tokens: which vocabulary explains what prompts were charged, and who counted.

Chosen strings, one-token calls, and any ordinary traffic whose counts are known.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.public_count import public_tokens
from darkhorse.attribution.counting.battery import choose
from darkhorse.attribution.counting.doubles import (
    double_of,
    quarrel_of,
    turned_of,
    without_recounts,
)
from darkhorse.attribution.counting.items import FRAME, REFERENCE, Item, items_of
from darkhorse.attribution.counting.items import Counter as TextCounter
from darkhorse.attribution.counting.reading import Reading, distinct, read
from darkhorse.attribution.counting.showing import exhibit_of, findings_of
from darkhorse.attribution.counting.steadiness import (
    TIMES,
    UNITS,
    Repeats,
    repeats_of,
    slope_texts,
    uneven,
)
from darkhorse.attribution.evidence import Evidence, Exhibit, Level, Likelihoods
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.attribution.vocabularies.installed import count_all
from darkhorse.base.chance import Draw

__all__ = ["PromptCounts"]

_TITLE = "Prompt tokens"
_VETO = 6.0  # nats by which exact counts contradict
_HIDDEN = 3  # answers without a count before it is called hidden
_CONSTANTS = 3  # templates that one name may show
_RESTLESS = 0.04  # of prompts asked again, charged otherwise, where one model answers
_STEADY = 0.95  # of charges that so many constants explain

_SIZES: Mapping[Budget, tuple[int, int, int, int]] = {
    "quick": (1, 4, 1, 0),
    "standard": (1, 6, 2, 1),
    "deep": (2, 18, 4, 2),
}
"""Calls for the reference, for probes, for probes asked again; units that grow."""


class PromptCounts:
    """`counters`: count texts that the library lacks, for vocabularies that are installed."""

    name = "prompt-counts"

    def __init__(self, counters: Sequence[TextCounter] = (count_all,)) -> None:
        self._counters = counters

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:
        """One-token calls, another battery in each run; the same draws give the same one."""
        references, probes, again, units = _SIZES[budget]
        chosen = [FRAME + text for text in choose(known.counts, probes, draw)]
        grown = [text for unit in _units(units, draw) for text in slope_texts(unit, TIMES)]
        texts = [*[REFERENCE] * references, *chosen, *chosen[:again], *grown]
        return [
            Probe(
                name=f"{self.name}/{n:02}",
                ask=ask(text, limit=1),
                about_tokens=public_tokens(text) + 8,
            )
            for n, text in enumerate(texts)
        ]

    def readings(self, seen: Sequence[Observation], known: Library) -> list[Reading]:
        """What each provider's charges say, the provider with most charges first."""
        by_provider: dict[str, list[Item]] = defaultdict(list)
        for each in distinct(items_of(seen, known.counts, self._counters)):
            by_provider[each.provider].append(each)
        found = [read(_printable(name), theirs) for name, theirs in by_provider.items()]
        return sorted(found, key=lambda each: (-len(each.items), each.provider))

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:
        """How likely the charges are under each vocabulary, and under one that nobody holds."""
        raw = self.readings(seen, known)
        if not raw:
            return _hidden(self.name, seen)
        cleaned = [without_recounts(each) for each in raw]
        readings = [reading for reading, _ in cleaned]
        items = items_of(seen, known.counts, self._counters)
        repeats = repeats_of(items)
        broken = _broken(readings) or _restless(repeats, readings, items)
        findings = (*findings_of(readings), *_recounted(cleaned), *_unsteady(repeats, seen))
        if repeats.is_noise and not _is_steady(items):
            return Evidence(
                signal=self.name,
                reliability="exact",
                exhibit=_noise(repeats),
                findings=findings,
                observations=len(items),
            )
        levels = () if broken else tuple(_likelihoods(readings, known))
        return Evidence(
            signal=self.name,
            reliability="exact",
            exhibit=exhibit_of(readings),
            likelihoods=levels,
            vetoed=tuple(_vetoed(levels)),
            findings=findings,
            observations=len(items),
            broken=broken,
        )


def _printable(provider: str) -> str:
    """No half of a surrogate pair, which no page can show."""
    return provider.encode("utf-8", "replace").decode()


def _units(number: int, draw: Draw) -> list[str]:
    start = int(draw() * len(UNITS))
    return [UNITS[(start + n) % len(UNITS)] for n in range(number)]


def _broken(readings: Sequence[Reading]) -> str:
    for each in readings:
        double = double_of(each)
        if said := double.says if double else turned_of(each):
            return said
    return quarrel_of(readings)


def _restless(repeats: Repeats, readings: Sequence[Reading], items: Sequence[Item]) -> str:
    """Of counts that are a vocabulary's, and not always the same one's for the same prompt."""
    blurred = any(each.ways[0].kind not in ("native", "unseen", "recount") for each in readings)
    many = len(repeats.unsteady) > _RESTLESS * repeats.texts
    by = {charges[-1] - charges[0] for _, charges in repeats.unsteady}
    retemplated = _is_steady(items) and len(by) < _CONSTANTS
    if repeats.is_noise or blurred or not many or retemplated:
        return ""
    return (
        f"{len(repeats.unsteady)} of {repeats.texts} prompts that were asked again were charged "
        "otherwise: more than one counts"
    )


def _likelihoods(readings: Sequence[Reading], known: Library) -> Iterator[Likelihoods]:
    """Of vocabularies; and of models that are known by their own charges alone."""
    other = math.fsum(each.unseen for each in readings)
    nats = {
        name: math.fsum(each.families.get(name, each.unseen) for each in readings)
        for name in sorted({name for each in readings for name in each.families})
    }
    own = known.counts.own
    levels: tuple[Level, Level] = ("family", "model")
    for level, there in zip(levels, (False, True), strict=True):
        named = {name: found for name, found in nats.items() if (name in own) is there}
        if named:
            yield Likelihoods(level=level, nats=named, other=other)


def _vetoed(levels: Sequence[Likelihoods]) -> Iterator[tuple[Level, str]]:
    best = max((max(each.other, *each.nats.values()) for each in levels), default=0.0)
    for each in levels:
        for name, nats in each.nats.items():
            if nats < best - _VETO:
                yield each.level, name


def _hidden(name: str, seen: Sequence[Observation]) -> Evidence | None:
    """Where answers give no counts although they speak of usage, that is a finding."""
    silent = [each for each in seen if each.ok and each.usage and each.prompt_tokens is None]
    told = any(each.prompt_tokens is not None for each in seen)
    if told or len(silent) < _HIDDEN:
        return None
    says = f"{len(silent)} answers give no prompt count, or nought."
    return Evidence(
        signal=name,
        reliability="exact",
        exhibit=Exhibit(title=_TITLE, says=says, would_change="An answer with a count."),
        findings=("Prompt counts are hidden.",),
        observations=len(silent),
    )


def _recounted(cleaned: Sequence[tuple[Reading, int]]) -> Iterator[str]:
    for reading, anew in cleaned:
        if anew:
            by = f" at {reading.provider}" if reading.provider else ""
            yield (
                f"{anew} of {len(reading.items) + anew} prompts{by} were counted anew, as gateways "
                "do where they get no count."
            )


def _unsteady(repeats: Repeats, seen: Sequence[Observation]) -> Iterator[str]:
    if repeats.unsteady:
        yield (
            f"{len(repeats.unsteady)} of {repeats.texts} prompts that were asked again were "
            "charged otherwise."
        )
    for unit, charges in uneven(seen):
        grown = ", ".join(map(str, charges))
        yield f"Prompts that grow by one line {unit!r} each are charged {grown}: uneven steps."


def _is_steady(items: Sequence[Item]) -> bool:
    """Does one vocabulary with a few templates explain even what was charged otherwise?"""
    names = {name for each in items for name in each.tokens}
    return any(_explained(items, name) >= _STEADY * len(items) for name in names)


def _explained(items: Sequence[Item], name: str) -> int:
    groups: dict[str, Counter[int]] = defaultdict(Counter)
    for each in items:
        if name in each.tokens:
            groups[each.group][each.charged - each.tokens[name]] += 1
    return sum(n for found in groups.values() for _, n in found.most_common(_CONSTANTS))


def _noise(repeats: Repeats) -> Exhibit:
    rows = tuple(
        (repr(text.encode("utf-8", "replace").decode())[1:49], ", ".join(map(str, charges)))
        for text, charges in repeats.unsteady[:12]
    )
    return Exhibit(
        title=_TITLE,
        says=f"{len(repeats.unsteady)} of {repeats.texts} prompts are charged anew each time: "
        "these are no counts.",
        head=("asked", "charged"),
        rows=rows,
        would_change="The same charge for the same prompt.",
    )
