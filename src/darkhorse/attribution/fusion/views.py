"""Five views of one tokenizer: which of them are to be believed, where they do not agree.

A gateway can write counts anew, and then counts with a vocabulary of gateways' (o200k); it cannot
move where tokens end in the text. So where the ends contradict such counts, the counts go. Where
they contradict counts that fit another vocabulary, or none, two tokenizers are at work, and nobody
can be named.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from darkhorse.attribution.fusion.hypotheses import Leaf
from darkhorse.attribution.fusion.likelihoods import Column
from darkhorse.attribution.library.families import is_neutral

__all__ = ["BORDERS", "RECUT", "REWRITTEN", "TWO", "USAGE", "Views", "settled", "told_by"]

USAGE = ("prompt-counts", "template", "completion")
"""They read counts, which a gateway can write anew."""
BORDERS = ("truncation", "chunk-borders")
"""They read where tokens end in the text itself."""
REWRITTEN = "Counts are rewritten: what else shows its tokens contradicts numbers in `usage`."
RECUT = "Cuts and streamed pieces end at borders of different tokenizers: pieces are cut anew."
"""Findings."""
TWO = (
    "Counts and other signs of its tokens are of different tokenizers: two models answer, or the"
    " counts are another's."
)
"""Why nobody can be named."""

_CONFLICT = 6.0  # nats by which one view has to object to the other
_DOUBT = 2.0  # and the other to it: less is an odd template, or a re-count that fits by chance
_TIED = 0.5


class Views(Struct, frozen=True, kw_only=True):
    """What is left of them. `broken`: why nobody may be named."""

    usage: Column = ()
    borders: Column = ()
    told: Column = ()  # what counts say, believed or not
    gone: tuple[str, ...] = ()  # signals that are not believed
    is_anew: bool = False  # counts fit a vocabulary that gateways count with, or were rewritten
    findings: tuple[str, ...] = ()
    broken: str = ""


def settled(columns: Mapping[str, Column], leaves: Sequence[Leaf]) -> Views:
    """`columns`: signal → its nats by leaf, of those that read tokens."""
    gone: dict[str, str] = {}
    broken = ""
    for one, other in _pairs(columns):
        if one in gone or other in gone or not _contradict(columns[one], columns[other]):
            continue
        if one in BORDERS and other in BORDERS:
            gone[other] = RECUT
        elif loser := next((n for n in (other, one) if _is_anew(n, columns, leaves)), ""):
            gone[loser] = REWRITTEN
        else:
            broken = TWO
    return Views(
        usage=told_by([columns[n] for n in USAGE if n in columns and n not in gone]),
        borders=told_by([columns[n] for n in BORDERS if n in columns and n not in gone]),
        told=told_by([columns[n] for n in USAGE if n in columns]),
        gone=tuple(gone),
        is_anew=REWRITTEN in gone.values() or any(_is_anew(n, columns, leaves) for n in columns),
        findings=tuple(dict.fromkeys(gone.values())),
        broken=broken,
    )


def told_by(columns: Sequence[Column]) -> Column:
    """The strongest objection of any of them to each leaf; empty where there are none."""
    if not columns:
        return ()
    worst = [min(nats) for nats in zip(*columns, strict=True)]
    best = max(worst)
    return tuple(each - best for each in worst)


def _pairs(columns: Mapping[str, Column]) -> list[tuple[str, str]]:
    """The harder to forge first."""
    order = [name for name in (*BORDERS, *reversed(USAGE)) if name in columns]
    return [(one, other) for n, one in enumerate(order) for other in order[n + 1 :]]


def _contradict(one: Column, other: Column) -> bool:
    """Does each object to what the other says, and one of them much?"""
    by_one = max(a for a, b in zip(one, other, strict=True) if b > -_DOUBT)
    by_other = max(b for a, b in zip(one, other, strict=True) if a > -_DOUBT)
    return min(by_one, by_other) < -_CONFLICT and max(by_one, by_other) < -_DOUBT


def _is_anew(name: str, columns: Mapping[str, Column], leaves: Sequence[Leaf]) -> bool:
    """Do these counts fit a vocabulary that gateways count with?"""
    if name not in USAGE:
        return False
    best = [leaf.family for leaf, nats in zip(leaves, columns[name], strict=True) if nats > -_TIED]
    return any(is_neutral(family) for family in best)
