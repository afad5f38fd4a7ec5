"""Two pictures of streams, read from what attacks on rhythm and on pieces exhibit.

rhythm: `milliseconds:characters` for each piece, streams apart by ⏎. Pieces: `length: how many`.
"""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from darkhorse.catalog.audits import Exhibit, Side

__all__ = ["Bar", "Bars", "Course", "Courses", "bars_of", "courses_of"]

_WIDTH, _HEIGHT = 560, 180
_MOMENT = re.compile(r"(?<!\S)(\d{1,9}):(\d{1,6})(?!\S)")
_COUNT = re.compile(r"(\d{1,6}): (\d{1,9})(?=,|\s|$)")
_MOST_BARS = 24
_WIDEST = 40


class Course(Struct, frozen=True):
    """One stream: a line of steps, characters over time."""

    side: Side
    points: str


class Courses(Struct, frozen=True, kw_only=True):
    """All streams in one picture."""

    width: int
    height: int
    ms: int  # at the right end
    characters: int  # at the top
    lines: tuple[Course, ...]


class Bar(Struct, frozen=True, kw_only=True):
    """How many pieces have a length: `share` of its side's."""

    side: Side
    label: str
    x: float
    y: float
    width: float
    height: float
    share: float


class Bars(Struct, frozen=True, kw_only=True):
    """Lengths of pieces of both sides."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    lengths: tuple[tuple[float, int], ...]  # where each is written


def courses_of(exhibits: Iterable[Exhibit]) -> Courses | None:
    """The streams that were exhibited; None where there are none."""
    found: list[tuple[Side, list[tuple[int, int]]]] = []
    for each in exhibits:
        for line in each.answered.split("⏎"):
            moments = [(int(at), int(many)) for at, many in _MOMENT.findall(line)]
            if len(moments) > 1:
                found.append((each.side, moments))
    if not found:
        return None
    ms = max(at for _, moments in found for at, _ in moments) or 1
    most = max(sum(many for _, many in moments) for _, moments in found) or 1
    lines = tuple(Course(side, _steps(moments, ms, most)) for side, moments in found)
    return Courses(width=_WIDTH, height=_HEIGHT, ms=ms, characters=most, lines=lines)


def _steps(moments: Sequence[tuple[int, int]], ms: int, most: int) -> str:
    """Points of a polyline that rises where a piece comes."""
    points: list[str] = [f"0,{_HEIGHT}"]
    said = 0
    for at, many in moments:
        x = round(at / ms * _WIDTH, 1)
        points += [
            f"{x:g},{round(_HEIGHT - characters / most * _HEIGHT, 1):g}"
            for characters in (said, said + many)
        ]
        said += many
    return " ".join(points)


def bars_of(exhibits: Iterable[Exhibit]) -> Bars | None:
    """The lengths that were exhibited; None where there are none."""
    sides: dict[Side, dict[int, int]] = {}
    for each in exhibits:
        if "by their characters" in each.asked:
            sides[each.side] = {int(a): int(b) for a, b in _COUNT.findall(each.answered)}
    lengths = sorted({length for counts in sides.values() for length in counts})[:_MOST_BARS]
    if not lengths:
        return None
    step = _WIDTH / len(lengths)
    bars = tuple(
        _bar(side, counts, length, (at + 0.5) * step, min(step / 2 - 1, _WIDEST))
        for side, counts in sides.items()
        for at, length in enumerate(lengths)
        if counts.get(length)
    )
    marks = tuple((round((at + 0.5) * step, 1), length) for at, length in enumerate(lengths))
    return Bars(width=_WIDTH, height=_HEIGHT, bars=bars, lengths=marks)


def _bar(side: Side, counts: dict[int, int], length: int, middle: float, width: float) -> Bar:
    """The endpoint's left of the middle, the public one right of it."""
    share = counts[length] / sum(counts.values())
    height = round(share * _HEIGHT, 1)
    start = middle - width if side == "raw" else middle
    return Bar(
        side=side,
        label=f"{side}: {length} characters, {share:.0%}",
        x=round(start, 1),
        y=round(_HEIGHT - height, 1),
        width=round(width, 1),
        height=height,
        share=share,
    )
