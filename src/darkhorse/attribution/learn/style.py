"""Style of known models: learns what tells them apart, and how sure that makes one."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from darkhorse.attribution.evidence import Evidence
from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.learn.style_fit import Fit, fitted, products_of, weights_of
from darkhorse.attribution.learn.style_folds import (
    STEPS,
    Answers,
    Crossed,
    bundled,
    crossed,
    folds_of,
    scored_without,
)
from darkhorse.attribution.learn.style_rates import rates_of
from darkhorse.attribution.learn.style_spread import Held, spread_of, stray_of
from darkhorse.attribution.learn.style_table import (
    Table,
    chosen_of,
    common_of,
    fold_keys,
    table_of,
    thinned,
)
from darkhorse.attribution.library.style import Spread, Style, View
from darkhorse.attribution.style.reader import SEPARATOR
from darkhorse.attribution.style.spread import nats_of
from darkhorse.attribution.style.telling import evidence_of

__all__ = ["HeldOut", "LearntStyle", "learn_style"]

WHOLE: Mapping[str, float] = {
    "letters": 1.0,
    "words": 1.0,
    "frame": 1.0,
    "layout": 1.0,
    "numbers": 0.55,
}
FORM: Mapping[str, float] = {"layout": 1.0, "numbers": 0.7}
_MOST_WEIGHTS = 6_000_000  # bytes of a view
_MOST_MARKS = 160_000
_FORM_SHARE = 6  # of the marks, one in so many are kept for form alone
_LEAST_ANSWERS = 60  # below which nothing is learnt
_CLIP = 99.98  # percentile of weights that still fit a byte

OnProgress = Callable[[str, int, int], None]
Ints = NDArray[np.int64]


class HeldOut(Struct, frozen=True, kw_only=True):
    """Scores with nobody or a group of labs left out, and what they are held against."""

    scores: NDArray[np.float64]
    classes: tuple[str, ...]
    spread: Spread


class LearntStyle(Struct, frozen=True, kw_only=True):
    """`places`: row → place among scored answers. `runs`: bundle → scores without it; -1: all."""

    style: Style
    places: Mapping[int, int]
    runs: Mapping[int, HeldOut]
    bundles: Mapping[str, int]
    labs: Mapping[str, str]  # a lab → the group it is left out with

    def weigh(self, rows: Sequence[int], without: str) -> Evidence | None:
        """What answers say, by classifiers that never saw their questions.

        `rows`: places in the rows that it was learnt from. `without`: a group of labs to do
        without, empty for none. None where none of these answers was scored.
        """
        there = [self.places[row] for row in rows if row in self.places]
        run = self.runs.get(self.bundles.get(without, -2) if without else -1)
        if not there or run is None:
            return None
        nats = nats_of(run.scores[there].tolist(), run.spread, run.classes)
        return evidence_of(nats, len(there))


def learn_style(
    rows: Sequence[Row],
    groups: Mapping[str, frozenset[str]],
    on_progress: OnProgress,
    *,
    strangers: bool = True,
) -> LearntStyle:
    """`groups`: labs that are left out together (`groups_of`); `strangers`: leave them out in turn.

    Empty where there are fewer than two models or hardly any answers.
    """
    places = chosen_of(rows)
    kept = [rows[n] for n in places]
    names = tuple(sorted({row.model for row in kept}))
    if len(names) < 2 or len(kept) < _LEAST_ANSWERS:
        return LearntStyle(style=Style(), places={}, runs={}, bundles={}, labs={})
    common = common_of(kept)
    most = min(_MOST_MARKS, _MOST_WEIGHTS // len(names))
    table = table_of(
        kept, common, most, lambda done: on_progress("marks of style", done, len(kept))
    )
    group_of = {lab: name for name, labs in groups.items() for lab in labs}
    learner = _Learner(kept, names, group_of, on_progress)
    runs, whole = learner.whole(*thinned(table, WHOLE, most), strangers=strangers)
    form = learner.form(*thinned(table, FORM, most // _FORM_SHARE))
    style = Style(
        classes=names,
        common=tuple(sorted(common)),
        whole=whole,
        form=form,
        rates=rates_of(kept, names),
        answers=len(kept),
    )
    at = {row: n for n, row in enumerate(places)}
    return LearntStyle(style=style, places=at, runs=runs, bundles=learner.bundles, labs=group_of)


class _Learner:
    """The same answers, seen two ways."""

    def __init__(
        self,
        rows: Sequence[Row],
        names: tuple[str, ...],
        group_of: Mapping[str, str],
        on_progress: OnProgress,
    ) -> None:
        self._names = names
        labs = [name.partition("/")[0] for name in names]
        self._groups = tuple(group_of.get(lab, lab) for lab in labs)
        self.bundles = bundled(self._groups)
        number = {name: n for n, name in enumerate(names)}
        self._classes = np.array([number[row.model] for row in rows], np.int64)
        self._sets = np.unique(np.array([row.set for row in rows]), return_inverse=True)[1]
        self._folds = folds_of(fold_keys(rows))
        self._on_progress = on_progress
        self._done = 0

    def whole(
        self, table: Table, values: csr_matrix, *, strangers: bool
    ) -> tuple[dict[int, HeldOut], View]:
        """Of all marks."""
        answers = self._answers(values, self._folds)
        all_known = crossed(answers, self._told)
        held = self._without(answers, all_known) if strangers else {}
        strays = {n: self._stray(each) for n, each in held.items()}
        runs = {-1: self._run(all_known.held, list(strays.values()), -1)}
        for bundle, each in held.items():
            others = [stray for n, stray in strays.items() if n != bundle]
            runs[bundle] = self._run(each, others, bundle)
        return runs, self._view(table, values, answers, WHOLE, runs[-1].spread)

    def form(self, table: Table, values: csr_matrix) -> View:
        """Of form alone. A language moves all models at once, so densities would tell nothing."""
        answers = self._answers(values, self._folds)
        return self._view(table, values, answers, FORM, Spread())

    def _answers(self, values: csr_matrix, folds: Ints) -> Answers:
        self._on_progress("style: inner products", 0, 0)
        return Answers(
            products=products_of(values),
            classes=self._classes,
            sets=self._sets.astype(np.int64),
            folds=folds.astype(np.int64),
            groups=self._groups,
        )

    def _without(self, answers: Answers, begun: Crossed) -> dict[int, Held]:
        found = {}
        for bundle in sorted(set(self.bundles.values())):
            left = self._left(bundle)
            if left.sum() > 1:
                found[bundle] = scored_without(answers, left, begun, self._told)
        return found

    def _left(self, bundle: int) -> NDArray[np.bool_]:
        return np.array([self.bundles[group] != bundle for group in self._groups])

    def _stray(self, held: Held) -> float:
        models = self._classes[held.classes < 0]
        return stray_of(held, spread_of(held), models)

    def _run(self, held: Held, strays: Sequence[float], bundle: int) -> HeldOut:
        spread = spread_of(held, float(np.mean(strays))) if strays else spread_of(held)
        kept = zip(self._names, self._left(bundle), strict=True)
        names = tuple(name for name, left in kept if left)
        return HeldOut(scores=held.scores, classes=names, spread=spread)

    def _view(
        self,
        table: Table,
        values: csr_matrix,
        answers: Answers,
        groups: Mapping[str, float],
        spread: Spread,
    ) -> View:
        every = np.arange(len(self._classes))
        many = len(self._names)
        fit: Fit = fitted(answers.products, every, self._classes, many, steps=STEPS)
        weights = weights_of(values, fit)
        self._told()
        steps = np.percentile(np.abs(weights), _CLIP, axis=0) / 127 + 1e-12
        packed = np.clip(np.rint(weights / steps), -127, 127).astype(np.int8)
        return View(
            groups=groups,
            marks=SEPARATOR.join(table.marks),
            idf=table.idf.tobytes(),
            weights=packed.tobytes(),
            steps=tuple(float(f"{step:.5g}") for step in steps),
            spread=spread,
        )

    def _told(self) -> None:
        self._done += 1
        self._on_progress("style: folds", self._done, 0)
