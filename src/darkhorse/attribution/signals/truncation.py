"""Truncation points: an echo held to a few tokens ends where the vocabulary's tokens end.

It works when counts are hidden or false: what is cut is the text itself. `max_tokens` of 1 to 4,
and 16 and 24 for servers that refuse less; temperature 0 (attribution.md 2.1).
"""

from collections.abc import Mapping, Sequence

from darkhorse.attribution.borders.cutting import Cut, cut_nats, cutting_habit, shown
from darkhorse.attribution.borders.echo import choose, echo_of, echoing
from darkhorse.attribution.borders.table import table
from darkhorse.attribution.evidence import Evidence, Exhibit, Level, Likelihoods
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.base.chance import Draw

__all__ = ["Truncation"]

_PLAN: Mapping[Budget, tuple[int, tuple[int, ...], int]] = {
    "quick": (2, (2, 4), 1),
    "standard": (3, (1, 2, 3, 4), 2),
    "deep": (7, (1, 2, 3, 4), 4),
}
"""Lines, their limits, and how many of them are asked with longer limits too."""
_LONGER = (16, 24)
_LONG_LINES = 4  # so that 24 tokens are not the end
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_LARGEST = 64  # a limit above it is none that an echo of ours was held to
_VETO = 12.0  # nats below the best, from three answers on
_ROWS = 24


class Truncation:
    """Where limited echoes end."""

    name = "truncation"

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 the contract's
        """Short echoes at several limits; a few longer ones."""
        lines, limits, longer = _PLAN[budget]
        short = [((pick,), limit) for pick in choose(lines, draw) for limit in limits]
        long = [(choose(_LONG_LINES, draw), _LONGER[n % 2]) for n in range(longer)]
        return [
            Probe(
                name=f"{self.name}/{'-'.join(map(str, picks))}-at-{limit}",
                ask=echoing(picks, draw, limit=limit),
                about_tokens=40 * len(picks) + limit,
            )
            for picks, limit in (*short, *long)
        ]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:  # noqa: ARG002 the contract's
        """Which vocabularies' tokens end there."""
        asked = [(each, limit) for each in seen if (limit := _limit(each)) and echo_of(each)]
        if not asked:
            return None
        cuts = list(dict.fromkeys(cut for each, limit in asked if (cut := _cut(each, limit))))
        if not cuts:
            return Evidence(signal=self.name, reliability="exact", exhibit=_nothing(asked))
        nats, other = cut_nats(cuts, table())
        best = max(nats, key=lambda name: nats[name])
        return Evidence(
            signal=self.name,
            reliability="exact",
            exhibit=_exhibit(cuts, nats, other),
            likelihoods=(Likelihoods(level="family", nats=nats, other=other),),
            vetoed=_vetoed(nats, other, best) if len(cuts) > 2 else (),
            observations=len(cuts),
        )


def _limit(seen: Observation) -> int | None:
    for name in _LIMITS:
        value = seen.asked.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST:
            return value
    return None


def _cut(seen: Observation, limit: int) -> Cut | None:
    """The echo as far as it came; None where it is no echo, was not cut, or was spent on thoughts.

    Halves of a character at the end (U+FFFD) are left out, as the table does.
    """
    echo = echo_of(seen)
    if not echo or not seen.ok or seen.reasoning or echo.start < 0:
        return None
    text = seen.text[echo.start :].rstrip("\ufffd").rstrip()
    if not text or seen.text[: echo.start].strip() or not echo.target.startswith(text):
        return None
    if text == echo.target and not _may_be_whole(echo.picks, limit):
        return None
    return Cut(echo.picks, limit, len(text))


def _may_be_whole(picks: Sequence[int], limit: int) -> bool:
    return any(len(each.ends(picks)) <= limit for each in table().vocabularies)


def _vetoed(nats: Mapping[str, float], other: float, best: str) -> tuple[tuple[Level, str], ...]:
    """Families whose tokens cannot end so, where another's do."""
    if nats[best] < other:
        return ()
    return tuple(("family", name) for name, each in nats.items() if each < nats[best] - _VETO)


def _exhibit(cuts: Sequence[Cut], nats: Mapping[str, float], other: float) -> Exhibit:
    known = table()
    best, second = sorted(nats, key=lambda name: -nats[name])[:2]
    by = {each.family: each for each in known.vocabularies}
    rows, fits = [], 0
    for cut in cuts:
        text = known.text(cut.picks)
        expected = [shown(text, by[name].ends(cut.picks), cut.limit) for name in (best, second)]
        fits += expected[0] == cut.length
        shorter = text.split("\n")[0]
        rows.append((shorter, str(cut.limit), str(cut.length), *map(str, expected)))
    says = f"{fits} of {len(cuts)} limited echoes end after as many characters as {best} shows"
    says += f"; next is {second}, {nats[best] - nats[second]:.1f} nats behind."
    if nats[best] - min(nats.values()) < 1 and abs(nats[best] - other) < 1:
        habit = cutting_habit(cuts, known) or "nothing that is known"
        says = f"Limited echoes are cut by {habit}: they say nothing of the vocabulary."
    elif other > nats[best]:
        says = f"Limited echoes end where no known vocabulary's tokens do ({best} comes nearest)."
    return Exhibit(
        title="Truncation points",
        says=says,
        head=("line", "limit, tokens", "characters that came", f"by {best}", f"by {second}"),
        rows=tuple(rows[:_ROWS]),
        would_change="Answers that are cut by something else than the model's own tokens.",
    )


def _nothing(asked: Sequence[tuple[Observation, int]]) -> Exhibit:
    """Why limited echoes say nothing."""
    there = [(each, limit) for each, limit in asked if each.ok]
    reasons = (
        (f"{len(asked)} limited echoes were refused", not there),
        ("the limit was spent on thoughts", any(each.reasoning for each, _ in there)),
        ("nothing came before the limit", all(not each.text.strip() for each, _ in there)),
        ("limits were not held", all(_is_whole(each) for each, _ in there)),
    )
    why = next((says for says, is_so in reasons if is_so), "the model did not repeat the lines")
    return Exhibit(title="Truncation points", says=f"Says nothing: {why}.")


def _is_whole(seen: Observation) -> bool:
    echo = echo_of(seen)
    return echo is not None and echo.is_whole
