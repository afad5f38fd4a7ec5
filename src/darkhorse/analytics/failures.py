"""Failures put together by their cause, for the operator. Private: signatures quote endpoints.

Two failures are of one cause where the client was told the same error type and their signatures
have most words in common. Pure.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from darkhorse.analytics.remedies import Remedy, remedy
from darkhorse.storage.traits import TraitRow

__all__ = ["Cluster", "clusters", "counted"]

_ALIKE = 0.6  # of two sets of words: common ones, by all of them
_MOST = 300  # signatures that are compared; rarer ones stand alone
_WORD = re.compile(r"[\w<>…]+")

Counted = tuple[str, str, int, str]
"""Error type, signature, how many, an id; as TraitFacts.signatures gives them."""


class Cluster(Struct, frozen=True, kw_only=True):
    """Failures of one cause.

    What is told of times and people comes from the rows that were given, and is None or 0 where
    none of them is of this cause.
    """

    error_type: str
    signature: str  # the most frequent one
    others: tuple[str, ...] = ()  # near ones, most frequent first
    count: int
    share: float  # of all that were given, 0 to 1
    example: str  # a generation's id
    first_us: int | None = None
    last_us: int | None = None
    people: int = 0
    remedy: Remedy


class _Seen(Struct):
    first_us: int
    last_us: int
    people: set[str]
    example: str


def counted(rows: Iterable[TraitRow]) -> list[Counted]:
    """The failures among rows as TraitFacts.signatures would tell them; most first."""
    numbers: Counter[tuple[str, str]] = Counter()
    newest: dict[tuple[str, str], TraitRow] = {}
    for row in filter(_is_failure, rows):
        cause = (row.error_type or "", row.signature)
        numbers[cause] += 1
        if cause not in newest or row.at_us >= newest[cause].at_us:
            newest[cause] = row
    return [(*cause, number, newest[cause].id) for cause, number in numbers.most_common()]


def clusters(signatures: Sequence[Counted], rows: Iterable[TraitRow] = ()) -> list[Cluster]:
    """Largest first. Counts are those of `signatures`; `rows` add times and people."""
    seen = _seen(rows)
    total = sum(number for _, _, number, _ in signatures)
    found = [_cluster(group, seen, total) for group in _grouped(signatures)]
    return sorted(found, key=lambda each: (-each.count, each.error_type, each.signature))


def _is_failure(row: TraitRow) -> bool:
    return row.outcome in ("failed", "interrupted")


def _seen(rows: Iterable[TraitRow]) -> dict[tuple[str, str], _Seen]:
    found: dict[tuple[str, str], _Seen] = {}
    for row in filter(_is_failure, rows):
        cause = (row.error_type or "", row.signature)
        seen = found.setdefault(cause, _Seen(row.at_us, row.at_us, set(), row.id))
        seen.first_us = min(seen.first_us, row.at_us)
        seen.last_us = max(seen.last_us, row.at_us)
        seen.people.add(row.person or row.key)
    return found


def _grouped(signatures: Sequence[Counted]) -> list[list[Counted]]:
    """Each joins the first group whose most frequent signature it is like."""
    groups: dict[tuple[str, str], list[tuple[frozenset[str], list[Counted]]]] = defaultdict(list)
    alone: list[list[Counted]] = []
    ordered = sorted(signatures, key=lambda each: (-each[2], each[0], each[1]))
    for at, each in enumerate(ordered):
        error_type, text = each[0], each[1]
        words = frozenset(_WORD.findall(text))
        near = groups[error_type, _fault(text)]
        home = next((group for known, group in near if _are_alike(known, words)), None)
        if home is not None:
            home.append(each)
        elif at < _MOST:
            near.append((words, [each]))
        else:
            alone.append([each])
    return [*(group for near in groups.values() for _, group in near), *alone]


def _fault(text: str) -> str:
    """Kind of fault and status: what differs in these is never of one cause."""
    return text.partition(":")[0]


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    every = len(one | other)
    return not every or len(one & other) / every >= _ALIKE


def _cluster(
    group: Sequence[Counted], seen: Mapping[tuple[str, str], _Seen], total: int
) -> Cluster:
    error_type, text, _, example = group[0]
    met = [seen[each[0], each[1]] for each in group if (each[0], each[1]) in seen]
    number = sum(each[2] for each in group)
    return Cluster(
        error_type=error_type,
        signature=text,
        others=tuple(each[1] for each in group[1:]),
        count=number,
        share=number / total if total else 0.0,
        example=example,
        first_us=min((each.first_us for each in met), default=None),
        last_us=max((each.last_us for each in met), default=None),
        people=len(set[str]().union(*(each.people for each in met))),
        remedy=remedy(error_type, text),
    )
