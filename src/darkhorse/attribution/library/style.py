"""Weights of the classifier of answers, and what its scores are held against. (Owner: style.)

Weights of marks, and figures: no text of anybody. See attribution/style/ and docs/unmask.md.
"""

from collections.abc import Mapping

from msgspec import Struct

__all__ = ["Spread", "Style", "View"]


class Spread(Struct, frozen=True, kw_only=True):
    """How scores lie about their models, in axes where all spreads are diagonal.

    `axes`: rows of the change of axes, classes by dimensions. `centres`: models by dimensions.
    Variances by dimension: `within` of one answer, `topics` of what answers to one set of prompts
    share, `labs` of somebody new, `kin` of a lab's new model about those that are known.
    `density`: what a nat of them is worth beside one of the classifier; nought where they do not
    hold, since a foreign language moves everybody.
    """

    axes: tuple[tuple[float, ...], ...] = ()
    centres: tuple[tuple[float, ...], ...] = ()
    origin: tuple[float, ...] = ()
    within: tuple[float, ...] = ()
    topics: tuple[float, ...] = ()
    labs: tuple[float, ...] = ()
    kin: tuple[float, ...] = ()
    density: float = 0.0


class View(Struct, frozen=True, kw_only=True):
    """A linear classifier of some groups of marks.

    `marks` joined by U+0000; `idf` one byte each, times `IDF_STEP`; `weights` signed bytes, marks
    by classes, times the class's `steps`. `groups`: group → how much it counts.
    """

    groups: Mapping[str, float] = {}
    marks: str = ""
    idf: bytes = b""
    weights: bytes = b""
    steps: tuple[float, ...] = ()
    spread: Spread = Spread()


class Style(Struct, frozen=True, kw_only=True):
    """See attribution/style/.

    `rates`: a sign in words → each class's usual number in 1,000 characters, for exhibits.
    """

    classes: tuple[str, ...] = ()  # models, `lab/model`
    common: tuple[str, ...] = ()  # words that any answer of a learnt language holds
    whole: View = View()  # for languages that were learnt
    form: View = View()  # for all others
    rates: Mapping[str, tuple[float, ...]] = {}
    answers: int = 0  # that it was learnt from
