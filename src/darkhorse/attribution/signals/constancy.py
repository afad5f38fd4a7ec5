"""Constancy: does one model answer all the time, and can what is told of it be true?

Names nobody. What it finds stands beside the verdict, and where one answerer cannot be taken for
granted it says that no maker may be named. Whether counts come from two tokenizers is seen where
counts are read (prompt_counts.py). A few failures, a dated name, several providers of one model
are normal.
"""

from collections.abc import Callable, Sequence

from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.evidence import Evidence, Exhibit
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.attribution.steady.finding import Found
from darkhorse.attribution.steady.service import failures_found, ids_found, names_found
from darkhorse.attribution.steady.text import broken_found, shift_found
from darkhorse.attribution.steady.usage import usage_found
from darkhorse.base.chance import Draw

__all__ = ["Constancy"]

_LOOKS: tuple[Callable[[Sequence[Observation]], list[Found]], ...] = (
    failures_found,
    broken_found,
    names_found,
    ids_found,
    usage_found,
    shift_found,
)
_REPEATS = {"quick": 3, "standard": 4, "deep": 6}
_LEAST = 3  # observations


class Constancy:
    """Findings of their own, and what forbids a name."""

    name = "constancy"

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 the contract's
        """One question some times over a run: are its counts the same?"""
        word = ("harbour", "lantern", "meadow", "granite", "orchard")[int(draw() * 5)]
        return [
            Probe(
                name=f"constancy/same#{number}",
                ask=ask(f"Spell the word {word} backwards.", limit=200 + number),
                about_tokens=30,
            )
            for number in range(_REPEATS[budget])
        ]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:  # noqa: ARG002 the contract's
        """None for fewer than three observations of which none failed."""
        found = [each for look in _LOOKS for each in look(seen)]
        if not found and len(seen) < _LEAST:
            return None
        breaks = [each.says for each in found if each.breaks]
        return Evidence(
            signal=self.name,
            reliability="weak",
            exhibit=_exhibit(seen, found),
            findings=tuple(each.says for each in found),
            broken=" ".join(breaks),
        )


def _exhibit(seen: Sequence[Observation], found: Sequence[Found]) -> Exhibit:
    good = sum(each.ok for each in seen)
    clean = "Nothing speaks against one model behind all of them."
    return Exhibit(
        title="Constancy",
        says=f"{good} of {len(seen)} calls were answered. "
        + (" ".join(each.says for each in found) or clean),
        head=("finding", "raw"),
        rows=tuple((each.says, each.shown) for each in found),
        would_change="A run without it: ask again later, or one provider alone." if found else "",
    )
