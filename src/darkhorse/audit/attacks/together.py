"""Everything together, weighed by unmask: what its verdict is at either door, and by style alone.

The attacker is the product's own (`attribution`), with the library that comes with it.
"""

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, structs

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import body_of
from darkhorse.attribution.client.door import Door, Names
from darkhorse.attribution.fusion.fuse import fuse
from darkhorse.attribution.heard.labs import lab_of_maker
from darkhorse.attribution.judging import SIGNALS, judge
from darkhorse.attribution.labs import title_of
from darkhorse.attribution.library.shipped import shipped
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.observing import observation_of
from darkhorse.attribution.plan import Plan, planned
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.attribution.verdict import NOBODY, Case, Verdict
from darkhorse.audit.attack import closed, exhibit, leaks, reduced, unanswered
from darkhorse.audit.gathering import Turnout, turnout
from darkhorse.base.chance import seeded_draw
from darkhorse.catalog.audits import Exhibit, Finding, Side

__all__ = ["SPOKEN", "Together", "ask_probe", "bits_between", "moved_between"]

SPOKEN = frozenset({"style", "self-report", "cutoff", "refusal", "sensitivity", "one-token"})
"""Signals that read what the model says: no cloak takes them away."""
_SETTLED = 0.01  # of a posterior: a smaller change is the arithmetic's
_LIKELIEST = 3


class Told(Struct, frozen=True):
    """What unmask makes of one door."""

    names: Names
    seen: int
    before: Verdict  # of nothing seen
    unspoken: Case  # of all but what the model says
    style: Case
    whole: Case
    turnout: Turnout


class Together:
    """Asks what `darkhorse unmask` would ask, of both doors alike."""

    name = "unmask"
    channels = ("style", "together")

    def __init__(self, budget: Budget = "standard") -> None:
        self._budget = budget

    @property
    def calls(self) -> int:
        """Probes of every signal."""
        return self._plan().calls

    def _plan(self) -> Plan:
        """The same for both doors, so that what differs is theirs."""
        return planned(SIGNALS, self._budget, seeded_draw(0), shipped())

    async def read(self, door: Door) -> Told:
        """Every probe, asked once."""
        asked = await asyncio.gather(*(ask_probe(door, probe) for probe in self._plan().probes))
        answers = [answer for _, answer in asked]
        turned = turnout(("probes", each.reply, each.ok) for each in answers)
        return _told(door.names, [seen for seen, _ in asked], turned)

    def judge(self, raw: Told | None, public: Told) -> Iterable[Finding]:
        """Beside what the model says, all has to be as good as nothing; style is measured."""
        if public.turnout.problem:
            yield from (unanswered(name, public.turnout.problem) for name in self.channels)
            return
        yield _together(raw, public)
        yield _style(raw, public)


async def ask_probe(door: Door, probe: Probe) -> tuple[Observation, Answer]:
    """One question at a door, and all that came back. Never raises."""
    body = body_of(door.dialect, door.model, probe.ask, door.limit_name)
    answer = await door.ask(probe.ask)
    key = door.key.reveal()
    return observation_of(probe.name, probe.ask, body, answer, key=key), answer


def _told(names: Names, seen: Sequence[Observation], turned: Turnout) -> Told:
    known = shipped()
    whole = judge(seen, known)
    return Told(
        names=names,
        seen=len(seen),
        before=judge((), known).verdict,
        unspoken=_of(whole, lambda signal: signal not in SPOKEN),
        style=_of(whole, lambda signal: signal == "style"),
        whole=whole,
        turnout=turned,
    )


def _of(whole: Case, wanted: Callable[[str], bool]) -> Case:
    """What some of its signals say by themselves; each has read the answers once."""
    evidence = tuple(each for each in whole.evidence if wanted(each.signal))
    return structs.replace(whole, evidence=evidence, verdict=fuse(evidence, shipped()))


def bits_between(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """What was learnt, in bits: the divergence of a posterior from what was there before it."""
    return math.fsum(
        share * math.log2(share / before[lab])
        for lab, share in after.items()
        if share > 0 and before.get(lab)
    )


def _together(raw: Told | None, public: Told) -> Finding:
    moved = moved_between(public.before.posterior, public.unspoken.verdict.posterior)
    seen = (*_exhibits("raw", raw), *_exhibits("public", public))
    left = bits_between(public.before.posterior, public.unspoken.verdict.posterior)
    said = f"all but what it says, {public.seen} calls together: {public.unspoken.verdict.says}"
    there = raw.unspoken.verdict.says if raw else ""
    if public.unspoken.verdict.outcome in ("model", "family", "lab"):
        return leaks("together", said, *seen, raw=there)
    if moved > _SETTLED:
        return reduced("together", said, *seen, raw=there, bits=left)
    as_before = f"{public.seen} calls together move no lab's probability by more than {moved:.1%}"
    return closed("together", as_before, *seen, raw=there)


def _style(raw: Told | None, public: Told) -> Finding:
    """Not closed, and not to be: how much an attacker has by it."""
    verdict = public.style.verdict
    if not verdict.style:
        return unanswered("style", "no answer was long enough to tell a style")
    left = bits_between(public.before.posterior, verdict.posterior)
    said = f"{_place(public.names, verdict)}; {verdict.says}"
    there = f"{_place(raw.names, raw.style.verdict)}" if raw else ""
    return reduced("style", said, *_exhibits("public", public), raw=there, bits=max(0.0, left))


def _place(names: Names, verdict: Verdict) -> str:
    """Where the maker stands by style alone, and who stands first."""
    labs = [lab for lab in verdict.posterior if lab != NOBODY]
    first = ", ".join(f"{title_of(lab)} {verdict.posterior[lab]:.0%}" for lab in labs[:_LIKELIEST])
    maker = lab_of_maker(shipped(), names.maker)
    if not maker:
        return f"by style: {first}; the library does not know its maker"
    place, share = labs.index(maker) + 1, verdict.posterior[maker]
    return f"by style its maker stands {place}. of {len(labs)}, at {share:.0%}: {first}"


def moved_between(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """By how much any lab's probability changed at most."""
    return max((abs(after.get(lab, 0) - share) for lab, share in before.items()), default=0.0)


def _exhibits(side: Side, told: Told | None) -> tuple[Exhibit, ...]:
    """Each piece of evidence in its own words."""
    if told is None:
        return ()
    return tuple(
        exhibit(side, f"unmask: {each.exhibit.title}", each.exhibit.says)
        for each in told.whole.evidence
        if each.likelihoods or each.vetoed
    )
