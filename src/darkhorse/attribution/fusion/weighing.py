"""From the word of each signal to one posterior over leaves.

Signals of a tokenizer are views of one thing, and those that read `usage` share a gateway: within
such a group the strongest objection counts, not their sum (views.py). Between groups nats add up.
"""

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct

from darkhorse.attribution.evidence import Evidence
from darkhorse.attribution.fusion.hypotheses import Leaf, leaves_of
from darkhorse.attribution.fusion.likelihoods import Column, nats_of
from darkhorse.attribution.fusion.views import BORDERS, USAGE, Views, settled, told_by
from darkhorse.attribution.library.calibration import Calibration, at
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.nats import log_sum

__all__ = ["STYLE", "WIRE", "Weighed", "weigh"]

STYLE = "style"
WIRE = "wire"

_WEAK = 1.0  # nats: all weak signals together
_SAID = 0.1  # nats between hypotheses from which a signal says something
_FAITH = 3.0  # nats by which it is like nobody's that leave a third of what it says of labs
_STRANGE = 5.0  # nats: style of another task than was learnt from, beside exact signals
_WIRE = 3.0  # nats: what forms of the wire say, at most


class Weighed(Struct, frozen=True, kw_only=True):
    """Log-likelihoods, a column each, in the order of `leaves`."""

    leaves: tuple[Leaf, ...]
    views: Views  # of its tokenizer
    exact: Column
    style: Column
    rest: Column  # other strong signals, and the weak ones within their nat
    vetoed: tuple[bool, ...]
    answers: int  # how many of them the style rests on
    has_exact: bool  # did exact signals say anything?
    is_strange: bool  # is the style of another task than was learnt from?

    def posterior(self) -> tuple[float, ...]:
        """Probabilities of the leaves by all signals."""
        prior = [leaf.prior for leaf in self.leaves]
        return self._shares(prior, self.exact, self.style, self.rest, self._veto())

    def exact_alone(self) -> tuple[float, ...]:
        """The same by exact signals alone."""
        return self._shares([leaf.prior for leaf in self.leaves], self.exact, self._veto())

    def style_alone(self) -> tuple[float, ...]:
        """The same by style alone."""
        return self._shares([leaf.prior for leaf in self.leaves], self.style)

    def told_alone(self) -> tuple[float, ...]:
        """The same by what `usage` says alone."""
        return self._shares([leaf.prior for leaf in self.leaves], self.views.told or self._none())

    def _none(self) -> Column:
        return (0.0,) * len(self.leaves)

    def _veto(self) -> Column:
        return tuple(-math.inf if each else 0.0 for each in self.vetoed)

    def _shares(self, *columns: Sequence[float]) -> tuple[float, ...]:
        nats = [sum(each) for each in zip(*columns, strict=True)]
        whole = log_sum(nats)
        return tuple(math.exp(min(each - whole, 0.0)) for each in nats)


def weigh(evidence: Sequence[Evidence], known: Library) -> Weighed:
    """All evidence on all leaves."""
    leaves = leaves_of(known)
    columns = {id(each): nats_of(each, leaves, counts=each.signal in USAGE) for each in evidence}
    views = settled(_by_signal(evidence, columns), leaves)
    trusted = [each for each in evidence if each.signal not in views.gone]
    others = [each for each in trusted if each.signal not in (*USAGE, *BORDERS)]
    exact = [columns[id(each)] for each in others if _is_exact(each)]
    style = [each for each in others if each.signal == STYLE]
    whole = _sum([views.borders, views.usage, *exact], leaves)
    vetoed = _vetoed(trusted, leaves)
    has_exact = any(vetoed) or max(whole) - min(whole) > _SAID
    is_strange = any(each.is_strange for each in style)
    written = _style(style, [columns[id(each)] for each in style], leaves, known.calibration)
    return Weighed(
        leaves=leaves,
        views=views,
        exact=whole,
        has_exact=has_exact,
        is_strange=is_strange,
        style=_clipped(written, _STRANGE) if is_strange and has_exact else written,
        rest=_sum(_rest(others, columns, is_imitable=views.is_anew), leaves),
        vetoed=vetoed,
        answers=max((max(1, each.observations) for each in style), default=0),
    )


def _by_signal(evidence: Sequence[Evidence], columns: Mapping[int, Column]) -> Mapping[str, Column]:
    """The views of its tokenizer."""
    return {
        name: told_by([columns[id(each)] for each in evidence if each.signal == name])
        for name in (*USAGE, *BORDERS)
        if any(each.signal == name for each in evidence)
    }


def _is_exact(evidence: Evidence) -> bool:
    """Forms of the wire are exact and anybody's to imitate, so they never bear a name."""
    return evidence.reliability == "exact" and evidence.signal != WIRE


def _rest(
    others: Sequence[Evidence], columns: Mapping[int, Column], *, is_imitable: bool
) -> list[Column]:
    """Strong signals but style, and the weak ones within their nat.

    `is_imitable`: a gateway counts anew, so it may write the wire anew as well.
    """
    strong = [e for e in others if _is_strong(e) and not (is_imitable and e.signal == WIRE)]
    loud = {id(each) for each in strong}
    weak = [e for e in others if id(e) not in loud and not _is_exact(e) and e.signal != STYLE]
    return [
        *(
            _within(columns[id(each)], _WIRE if each.signal == WIRE else math.inf)
            for each in strong
        ),
        _within([math.fsum(n) for n in zip(*(columns[id(e)] for e in weak), strict=True)], _WEAK),
    ]


def _is_strong(evidence: Evidence) -> bool:
    return evidence.signal != STYLE and (
        evidence.signal == WIRE or evidence.reliability == "strong"
    )


def _within(nats: Sequence[float], most: float) -> Column:
    """The same within so many nats from best to worst."""
    if not nats:
        return ()
    best, worst = max(nats), min(nats)
    scale = min(1.0, most / (best - worst)) if best > worst else 1.0
    return tuple((each - best) * scale for each in nats)


def _clipped(nats: Sequence[float], most: float) -> Column:
    """The same, with none further than so many nats from the best."""
    best = max(nats)
    return tuple(max(each - best, -most) for each in nats)


def _style(
    style: Sequence[Evidence], columns: Sequence[Column], leaves: Sequence[Leaf], by: Calibration
) -> Column:
    """Tempered, and with what somebody new is owed, as learned for so many answers."""
    total = [0.0] * len(leaves)
    for evidence, column in zip(style, columns, strict=True):
        weight = at(by.weight, evidence.observations)
        stranger = at(by.novelty, evidence.observations)
        sibling = at(by.sibling, evidence.observations)
        for n, leaf in enumerate(leaves):
            owed = 0.0 if leaf.model else sibling if leaf.lab else stranger
            total[n] += weight * column[n] + owed
    return _strange(total, leaves) if any(each.is_strange for each in style) else tuple(total)


def _strange(nats: Sequence[float], leaves: Sequence[Leaf]) -> Column:
    """Of another task: where it is like nobody's, it tells neither a stranger nor labs apart."""
    read = {leaf.lab for leaf in leaves if leaf.model}  # of the others no answer was ever read
    most = max((n for n, leaf in zip(nats, leaves, strict=True) if leaf.lab in read), default=0.0)
    lead = max(0.0, max(nats) - most)
    faith = math.exp(-lead / _FAITH)
    return tuple(min(0.0, each - most) * faith for each in nats)


def _sum(columns: Sequence[Column], leaves: Sequence[Leaf]) -> Column:
    there = [each for each in columns if each]
    return tuple(math.fsum(each[n] for each in there) for n in range(len(leaves)))


def _vetoed(evidence: Sequence[Evidence], leaves: Sequence[Leaf]) -> tuple[bool, ...]:
    """Nobody we know, with a vocabulary that nobody holds, cannot be contradicted."""
    vetoes = {veto for each in evidence if each.reliability == "exact" for veto in each.vetoed}
    return tuple(
        bool({("model", leaf.model), ("lab", leaf.lab), ("family", leaf.family)} & vetoes)
        and bool(leaf.lab or leaf.family)
        for leaf in leaves
    )
