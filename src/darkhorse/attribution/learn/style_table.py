"""Answers as a sparse table of marks, and which marks are worth keeping.

A mark is kept for being widespread over questions, never for telling classes apart: what occurs in
the answers to few questions is what they are about.
"""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.style.marks import GROUPS, HEAD, marks_of
from darkhorse.attribution.style.reader import IDF_STEP, SEPARATOR, weight_of
from darkhorse.attribution.style.text import LEAST, answer_of
from darkhorse.attribution.style.words import words_of

__all__ = ["Table", "chosen_of", "common_of", "fold_keys", "table_of", "thinned"]

_MOST_ANSWERS = 12_000
_LEAST_SHARE = 100  # answers that a model keeps, however many there are
_COMMON_SHARE = 0.7  # of a set's questions
_ALWAYS = 150  # words of each set
_MOST_COMMON = 1200
_NUMBER = re.compile(r"(?:^|[^A-Za-z0-9])0*(\d{1,4})$")

Progress = Callable[[int], None]


class Table(Struct, frozen=True, kw_only=True):
    """`values`: answers by marks, before a group is brought to one length."""

    marks: tuple[str, ...]
    idf: NDArray[np.uint8]
    values: csr_matrix


def chosen_of(rows: Sequence[Row]) -> list[int]:
    """Places of the answers to learn from: long enough, evenly many a model and its sets."""
    places: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for n, row in enumerate(rows):
        if len(answer_of(row.seen.text)) >= LEAST:
            places[row.model][row.set].append(n)
    most = max(_LEAST_SHARE, _MOST_ANSWERS // max(1, len(places)))
    return sorted(n for sets in places.values() for n in _evenly(list(sets.values()), most))


def _evenly(sets: Sequence[Sequence[int]], most: int) -> Iterable[int]:
    """So many of all sets, small ones whole."""
    left = most
    for n, places in enumerate(sorted(sets, key=len)):
        take = min(len(places), left // (len(sets) - n))
        left -= take
        yield from (places[k * len(places) // take] for k in range(take))


def fold_keys(rows: Sequence[Row]) -> list[str]:
    """What must not be torn apart: the same question, and the same number in other sets.

    Sets often ask for the same kind of text under the same number.
    """
    return [(found[1] if (found := _NUMBER.search(r.question)) else r.question) for r in rows]


def common_of(rows: Sequence[Row]) -> frozenset[str]:
    """Words that nearly every question's answers hold, in some set."""
    by_set: dict[str, dict[str, list[set[str]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        words = words_of(answer_of(row.seen.text)[:HEAD])
        by_set[row.set][row.question].append({word for word in words if word[0].isalpha()})
    found: Counter[str] = Counter()
    for questions in by_set.values():
        spread = Counter(word for sets in questions.values() for word in set().union(*sets))
        times = Counter(word for sets in questions.values() for each in sets for word in each)
        usual = {word for word, _ in _first(times, _ALWAYS)}
        for word, many in spread.items():
            if word in usual or many >= _COMMON_SHARE * len(questions):
                found[word] += times[word]
    return frozenset(word for word, _ in _first(found, _MOST_COMMON))


def _first(times: Counter[str], many: int) -> list[tuple[str, int]]:
    """The most frequent; ties by spelling, so that they fall the same way each time."""
    return sorted(times.items(), key=lambda each: (-each[1], each[0]))[:many]


def table_of(rows: Sequence[Row], common: frozenset[str], most: int, told: Progress) -> Table:
    """At most so many marks, the most widespread; `told` hears how many answers were read."""
    index: dict[str, int] = {}
    places, values, ends = array("i"), array("f"), array("q", [0])
    for n, row in enumerate(rows):
        for mark, times in marks_of(answer_of(row.seen.text), common).items():
            places.append(index.setdefault(mark, len(index)))
            values.append(weight_of(times))
        ends.append(len(places))
        told(n + 1)
    whole = csr_matrix(
        (np.frombuffer(values, np.float32), np.frombuffer(places, np.int32), np.array(ends)),
        shape=(len(rows), len(index)),
    )
    kept = _widespread(
        whole, _numbered([f"{r.set}\0{r.question}" for r in rows]), list(index), most
    )
    marks = list(index)
    part = whole[:, kept].tocsr()
    often = np.bincount(part.indices, minlength=len(kept))
    idf = np.clip(np.rint((np.log(len(rows) / often) + 1) / IDF_STEP), 1, 255).astype(np.uint8)
    return Table(marks=tuple(marks[k] for k in kept), idf=idf, values=part)


def _numbered(keys: Sequence[str]) -> NDArray[np.int64]:
    return np.unique(np.array(keys), return_inverse=True)[1].astype(np.int64)


def _widespread(
    whole: csr_matrix, question: NDArray[np.int64], marks: Sequence[str], most: int
) -> list[int]:
    """Columns in order of their marks."""
    times = np.bincount(whole.indices, minlength=whole.shape[1])
    asked = int(question.max()) + 1
    often = np.flatnonzero(times >= max(3, whole.shape[0] // 700))
    part = whole[:, often]
    by = csr_matrix(
        (np.ones(len(question), np.float32), (question, np.arange(len(question)))),
        shape=(asked, len(question)),
    )
    spread = np.bincount((by @ part).indices, minlength=len(often))
    least = min(8, max(2, asked // 25))
    entries = [
        (-int(spread[k]), -int(times[column]), marks[column], column)
        for k, column in enumerate(often.tolist())
        if spread[k] >= least and _can_ship(marks[column])
    ]
    chosen = sorted(entries)[:most]
    return [column for _, _, _, column in sorted(chosen, key=lambda each: each[2])]


def _can_ship(mark: str) -> bool:
    """Neither the sign that parts marks, nor half of a letter."""
    return not any(letter == SEPARATOR or "\ud800" <= letter <= "\udfff" for letter in mark)


def thinned(table: Table, groups: Mapping[str, float], most: int) -> tuple[Table, csr_matrix]:
    """Some groups of marks; and their values, each group of an answer brought to its length."""
    of_group = np.array([GROUPS[mark[0]] for mark in table.marks])
    times = np.bincount(table.values.indices, minlength=len(of_group))
    ranked = np.lexsort((np.arange(len(of_group)), -times))
    kept = np.sort(ranked[np.isin(of_group[ranked], list(groups))][:most])
    part = table.values[:, kept].astype(np.float32)
    part = part.multiply(table.idf[kept].astype(np.float32) * np.float32(IDF_STEP)).tocsr()
    scaled = _scaled(part, of_group[kept], groups)
    found = Table(marks=tuple(table.marks[k] for k in kept), idf=table.idf[kept], values=part)
    return found, scaled


def _scaled(
    values: csr_matrix, of_group: NDArray[np.str_], groups: Mapping[str, float]
) -> csr_matrix:
    scaled = values.copy()
    row = np.repeat(np.arange(values.shape[0]), np.diff(values.indptr))
    column_group = of_group[values.indices]
    for name, weight in groups.items():
        there = column_group == name
        square = np.bincount(row[there], values.data[there] ** 2, minlength=values.shape[0])
        length = np.maximum(np.sqrt(square), 1e-9)
        scaled.data[there] = values.data[there] * weight / length[row[there]]
    return scaled
