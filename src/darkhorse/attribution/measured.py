r"""What the library and the table of borders know of real tokenizers, for the scripted upstream.

{"counts": {FAMILY: {TEXT: tokens}}, "borders": {FAMILY: {TEXT: [where each token ends, …]}}}
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from darkhorse.attribution.borders.table import Cuts, table
from darkhorse.attribution.library.counts import prompt_key
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.style.questions import QUESTIONS

__all__ = ["BARE", "measured"]

BARE = 2
r"""Tokens of ".\nx" under any of them: only differences from it are known."""
_FRAME = ".\n"
_WORD = "hi"  # templates are measured around it

Tables = Mapping[str, Mapping[str, Mapping[str, int | Sequence[int]]]]


def measured(known: Library) -> Tables:
    """Counts of probes behind their frame, of questions whose count is known; borders of lines."""
    names = known.counts.vocabularies
    counts: dict[str, dict[str, int]] = {name: {_FRAME + "x": BARE, _WORD: 1} for name in names}
    for probe, row in known.counts.probes.items():
        for name, tokens in zip(names, row, strict=True):
            counts[name][_FRAME + probe] = BARE + tokens
    for question in QUESTIONS:
        row = known.counts.prompts.get(prompt_key(question.text), ())
        for name, tokens in zip(names, row, strict=False):  # most have no known count
            counts[name][question.text] = tokens
    borders = {cuts.family: _borders(cuts) for cuts in table().vocabularies}
    return {"counts": counts, "borders": borders}


def _borders(cuts: Cuts) -> dict[str, tuple[int, ...]]:
    lines = table().lines
    found = {lines[pick]: tuple(accumulate(run)) for pick, run in enumerate(cuts.starts)}
    for place, run in cuts.later.items():
        if run:
            found["\n" + lines[int(place)]] = tuple(accumulate(run))
    return found
