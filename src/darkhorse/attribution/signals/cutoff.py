"""Up to when it knows the world: a ladder of dated events, and some that never were.

Weak: a cut-off is shared by many models, a fresh one hides behind search, and what a maker says of
it is rounded. It speaks for models whose cut-off is published or whose answers the library holds.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from darkhorse.attribution.asked.events import EVENTS, Event, Quarter, asked_in, groups, listed
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.evidence import Evidence, Exhibit, Plot
from darkhorse.attribution.heard.ladder import Knowledge, Ladder, climb, is_known
from darkhorse.attribution.heard.published import published
from darkhorse.attribution.heard.quoting import quoted, spoken
from darkhorse.attribution.heard.weighing import held, tallied
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.base.chance import Draw

__all__ = ["Cutoff", "known_events"]

_LISTS: Mapping[Budget, tuple[int, int]] = {"quick": (1, 16), "standard": (10, 6), "deep": (30, 4)}
"""How many lists, and events in each."""
_ROOM = 500  # answer tokens beside those of the lines: some think first
_A_LINE = 40
_SPREAD: Mapping[int, float] = {-2: 0.1, -1: 0.2, 0: 0.4, 1: 0.2, 2: 0.1}
"""How far, in quarters, what it shows lies from what its maker says."""
_INVENTS = 0.5  # of the invented ones answered with a name: nothing it says is memory
_LINE = re.compile(r"^\W*(\d{1,3})\s*[.):]\s*(.*)$", re.MULTILINE)
_UNKNOWN = re.compile(
    r"\A\W*\Z|unknown|\bnot?\b|n't\b|n’t\b|cannot|unaware|fiction|no record|未知|不知|неизвест",  # noqa: RUF001 (as it is written)
    re.IGNORECASE,
)


class _Heard(Struct, frozen=True):
    """What one answer says to one question; no event: an invented one."""

    event: Event | None
    said: str
    is_known: bool


class Cutoff:
    """Asks for names from the news of each quarter; weak."""

    name = "cutoff"

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 (the contract's)
        """Lists of questions, each with an invented one among them."""
        many, size = _LISTS[budget]
        return [
            Probe(
                name=f"{self.name}/list-{at}",
                ask=ask(listed(questions), limit=_ROOM + _A_LINE * len(questions)),
                about_tokens=100 + 2 * _A_LINE * len(questions),
            )
            for at, questions in enumerate(groups(many, size, draw), 1)
        ]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:
        """The ladder, and whose published or measured cut-off fits it."""
        heard = [found for each in seen for found in _heard(each)]
        events = [each for each in heard if each.event]
        if not events:
            return None
        ladder = None if _invents(heard) else climb(_knowledge(events))
        return Evidence(
            signal=self.name,
            reliability="weak",
            likelihoods=(held("model", *_nats(ladder, events, known)),) if ladder else (),
            exhibit=_exhibit(heard, ladder, known),
        )


def known_events(seen: Observation) -> Iterator[tuple[str, str]]:
    """For tallies: each event that was asked → `known` or `unknown`."""
    for each in _heard(seen):
        if each.event:
            yield f"cutoff/{each.event.id}", "known" if each.is_known else "unknown"


def _heard(seen: Observation) -> Iterator[_Heard]:
    """An event is known by its word anywhere in the answer; an invented one needs its line."""
    text = spoken(seen.text)
    if not seen.ok or not text:
        return
    lines = {int(number): said for number, said in _LINE.findall(text)}
    for number, event in asked_in(seen.question):
        said = lines.get(number, "") if number else text
        if event:
            yield _Heard(event, said, is_known(event, text))
        elif said:
            yield _Heard(None, said, not _UNKNOWN.search(said))


def _invents(heard: Sequence[_Heard]) -> bool:
    controls = [each.is_known for each in heard if not each.event]
    return bool(controls) and sum(controls) / len(controls) >= _INVENTS


def _knowledge(heard: Sequence[_Heard]) -> list[Knowledge]:
    """Event by event."""
    asked: dict[str, list[bool]] = defaultdict(list)
    for each in heard:
        if each.event:
            asked[each.event.id].append(each.is_known)
    return [
        Knowledge(event.quarter, len(asked[event.id]), sum(asked[event.id]))
        for event in EVENTS
        if event.id in asked
    ]


def _nats(
    ladder: Ladder, heard: Sequence[_Heard], known: Library
) -> tuple[Mapping[str, float], float]:
    """Of models whose cut-off is published, and of those that were asked the same."""
    other = _mean(list(ladder.nats.values()), [1.0] * len(ladder.nats))
    nats = {}
    for model in known.models:
        said = published(model.name)
        if said:
            nats[model.name] = _under(ladder, said.quarter)
    for model_name, measured in _measured(heard, known).items():
        nats[model_name] = other + measured
    return nats, other


def _under(ladder: Ladder, until: Quarter) -> float:
    """Log-likelihood of the ladder where the maker says so; past either end is the end."""
    cuts = sorted(ladder.nats)
    places = {each.index: each for each in cuts}
    at = [min(max(until.index + off, cuts[0].index), cuts[-1].index) for off in _SPREAD]
    return _mean([ladder.nats[places[each]] for each in at], list(_SPREAD.values()))


def _measured(heard: Sequence[_Heard], known: Library) -> dict[str, float]:
    """Nats by the library's own tallies of these events."""
    total: dict[str, float] = defaultdict(float)
    answers: dict[str, list[str]] = defaultdict(list)
    for each in heard:
        if each.event:
            answers[f"cutoff/{each.event.id}"].append("known" if each.is_known else "unknown")
    for question, given in answers.items():
        tallies = known.behaviour.tallies.get(question, {})
        for model, nats in tallied(tallies, given[:1]).items():
            total[model] += nats
    return total


def _mean(nats: Sequence[float], weights: Sequence[float]) -> float:
    best = max(nats)
    weighed = (w * math.exp(each - best) for each, w in zip(nats, weights, strict=True))
    return best + math.log(math.fsum(weighed) / math.fsum(weights))


def _exhibit(heard: Sequence[_Heard], ladder: Ladder | None, known: Library) -> Exhibit:
    events = sorted(
        (each for each in heard if each.event), key=lambda each: each.event.id if each.event else ""
    )
    return Exhibit(
        title="Knowledge cut-off",
        says=_says(heard, ladder),
        head=("Quarter", "Asked", "Answer", "Known"),
        rows=tuple(_row(each) for each in _once(events)),
        against=_others(ladder, known) if ladder else "",
        would_change="A model that looks things up knows more than it learnt.",
        plot=_plot(heard),
    )


def _says(heard: Sequence[_Heard], ladder: Ladder | None) -> str:
    asked = len({each.event.id for each in heard if each.event})
    known = len({each.event.id for each in heard if each.event and each.is_known})
    told = f"It knew {known} of {asked} dated events."
    if ladder is None:
        invented = sum(each.is_known for each in heard if not each.event)
        why = f"it named {invented} winners of what does not exist" if known else "it knew none"
        return f"{told} No cut-off follows: {why}."
    if ladder.is_open:
        return f"{told} It knows the last one asked: its cut-off is later, or it looks things up."
    return (
        f"{told} Its knowledge ends about {ladder.likeliest} (nine in ten:"
        f" {ladder.first} to {ladder.last})."
    )


def _others(ladder: Ladder, known: Library) -> str:
    """Known models whose makers say something else."""
    away = [
        f"{model.name} ({said.until})"
        for model in known.models
        if (said := published(model.name))
        and not ladder.first.index - 2 <= said.quarter.index <= ladder.last.index + 2
    ]
    return f"Published cut-offs that lie elsewhere: {', '.join(away[:8])}." if away else ""


def _once(heard: Sequence[_Heard]) -> list[_Heard]:
    """One row an event, a known one where there is one."""
    best: dict[str, _Heard] = {}
    for each in heard:
        if each.event and (each.event.id not in best or each.is_known):
            best[each.event.id] = each
    return list(best.values())


def _row(heard: _Heard) -> tuple[str, ...]:
    event = heard.event
    if event is None:
        return ("", "", "", "")
    known = "yes" if heard.is_known else "no"
    return str(event.quarter), event.asks, quoted(heard.said or "(no line of its own)", 60), known


def _plot(heard: Sequence[_Heard]) -> Plot:
    asked: dict[Quarter, list[bool]] = defaultdict(list)
    for each in heard:
        if each.event:
            asked[each.event.quarter].append(each.is_known)
    bars = tuple((str(q), sum(asked[q]) / len(asked[q])) for q in sorted(asked))
    return Plot(title="Events known, by quarter", unit="share", bars=bars)
