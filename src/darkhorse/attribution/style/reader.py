"""From an answer to its place among models: the scores of a linear classifier, in plain Python."""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from math import log, sqrt

from msgspec import Struct

from darkhorse.attribution.library.style import Style, View
from darkhorse.attribution.style.marks import GROUPS, marks_of
from darkhorse.attribution.style.text import LEAST, answer_of

__all__ = ["IDF_STEP", "SEPARATOR", "Placed", "Reader", "is_known", "reader_of", "weight_of"]

IDF_STEP = 1 / 24
SEPARATOR = "\x00"
_COMMON = 0.2  # share of common words in a language that was learnt
_PAIRS = 0.2  # share of known pairs of letters, in one without spaces
_SCORES = 4096  # answers remembered
_LANE = 6  # bytes
_FINE = 1 << 16  # steps of a value of one
_RAISED = bytes((each + 128) % 256 for each in range(256))  # a signed byte to one from 0


class Placed(Struct, frozen=True):
    """Scores by class, centred. `is_known`: of the whole view, for a language that was learnt."""

    is_known: bool
    scores: tuple[float, ...]


class Reader:
    """Reads answers by one library's weights."""

    def __init__(self, style: Style) -> None:
        self._common = frozenset(style.common)
        self._whole = _Table(style.whole, len(style.classes))
        self._form = _Table(style.form, len(style.classes))
        self.place = lru_cache(maxsize=_SCORES)(self._place)

    def _place(self, text: str) -> Placed | None:
        answer = answer_of(text)
        if len(answer) < LEAST:
            return None
        marks = marks_of(answer, self._common)
        known = is_known(marks, self._common, self._whole.index)
        table = self._whole if known else self._form
        return Placed(known, table.scores(marks))

    def marks(self, text: str) -> Mapping[str, float]:
        """As its classifier sees an answer; for whoever explains."""
        return marks_of(answer_of(text), self._common)


def is_known(marks: Mapping[str, float], common: frozenset[str], held: Mapping[str, int]) -> bool:
    """Is it in a language that was learnt? By its common words, or by pairs of letters."""
    words = [(mark[1:], times) for mark, times in marks.items() if mark[0] == "w"]
    spoken = [(word, times) for word, times in words if word[0].isalpha()]
    of_all = sum(times for _, times in spoken)
    if sum(times for word, times in spoken if word in common) >= _COMMON * max(1, of_all):
        return bool(of_all)
    pairs = [(mark, times) for mark, times in marks.items() if mark[0] == "c" and len(mark) == 3]
    wide = [(mark, times) for mark, times in pairs if not mark.isascii()]
    if 2 * len(wide) < len(pairs):
        return False
    seen = sum(times for mark, times in wide if mark in held)
    return seen >= _PAIRS * sum(times for _, times in wide)


def weight_of(times: float) -> float:
    """Sublinear: the tenth dash says less than the first."""
    return 1 + log(times) if times > 1 else times


class _Table:
    """A view, ready to read: each group's marks are brought to one length.

    Python adds long integers faster than lists: the weights of a mark for all classes stand side by
    side in one, in lanes that no sum fills, each raised by 128 so that none is negative.
    """

    def __init__(self, view: View, classes: int) -> None:
        names = view.marks.split(SEPARATOR) if view.marks else []
        self.index = {mark: n for n, mark in enumerate(names)}
        self._groups = dict(view.groups)
        self._idf = [step * IDF_STEP for step in view.idf]
        self._weights = view.weights.translate(_RAISED)
        self._steps = view.steps
        self._classes = classes

    def scores(self, marks: Mapping[str, float]) -> tuple[float, ...]:
        rows: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for mark, times in marks.items():
            place = self.index.get(mark)
            if place is not None:
                value = weight_of(times) * self._idf[place]
                rows[GROUPS[mark[0]]].append((value, place))
        lanes = raised = 0
        for group, entries in rows.items():
            length = sqrt(sum(value * value for value, _ in entries)) or 1.0
            by = _FINE * self._groups.get(group, 0.0) / length
            for value, place in entries:
                times = round(value * by)
                lanes += times * self._row(place)
                raised += times
        return self._centred(lanes, 128 * raised)

    def _row(self, place: int) -> int:
        start = place * self._classes
        wide = bytearray(_LANE * self._classes)
        wide[::_LANE] = self._weights[start : start + self._classes]
        return int.from_bytes(wide, "little")

    def _centred(self, lanes: int, raised: int) -> tuple[float, ...]:
        wide = lanes.to_bytes(_LANE * self._classes, "little")
        sums = [
            int.from_bytes(wide[start : start + _LANE], "little") - raised
            for start in range(0, len(wide), _LANE)
        ]
        scaled = [each * step / _FINE for each, step in zip(sums, self._steps, strict=True)]
        middle = sum(scaled) / max(1, len(scaled))
        return tuple(each - middle for each in scaled)


class _Kept:
    """A struct of large fields is dear to hash: it is told by its identity, and held."""

    def __init__(self) -> None:
        self._style: Style | None = None
        self._reader: Reader | None = None

    def of(self, style: Style) -> Reader:
        if self._reader is None or self._style is not style:
            self._style, self._reader = style, Reader(style)
        return self._reader


reader_of = _Kept().of
"""The reader of a style; building it takes about a second, so the last one is kept."""
