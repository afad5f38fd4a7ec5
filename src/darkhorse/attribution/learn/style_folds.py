"""Every answer scored by classifiers that never saw its question; and again with its lab gone."""

from collections.abc import Callable, Mapping, Sequence
from zlib import crc32

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from darkhorse.attribution.learn.style_fit import Fit, Floats, Ints, fitted
from darkhorse.attribution.learn.style_spread import Held, centred

__all__ = ["FOLDS", "Answers", "Crossed", "bundled", "crossed", "folds_of", "scored_without"]

FOLDS = 4
STEPS = 40
_AGAIN = 12  # steps of a fit that begins at another
_MOST_BUNDLES = 10


class Answers(Struct, frozen=True, kw_only=True):
    """What folds are cut from. `labs`: of each class, the group it is left out with."""

    products: Floats
    classes: Ints
    sets: Ints
    folds: Ints
    groups: tuple[str, ...]


class Crossed(Struct, frozen=True, kw_only=True):
    """All classes known. `fits`: of each fold, without its answers."""

    held: Held
    fits: tuple[Fit, ...]


def folds_of(keys: Sequence[str]) -> Ints:
    """The same question in the same fold, whatever else there is; folds of about one size."""
    order = sorted(set(keys), key=lambda key: (crc32(key.encode("utf-8", "replace")), key))
    fold = {key: n % FOLDS for n, key in enumerate(order)}
    return np.array([fold[key] for key in keys], np.int64)


def crossed(answers: Answers, told: Callable[[], None]) -> Crossed:
    """Scores of all answers; `told` after each fold."""
    many = int(answers.classes.max()) + 1
    scores = np.zeros((len(answers.classes), many), np.float32)
    fits = []
    for fold in sorted(set(answers.folds.tolist())):
        learnt = np.flatnonzero(answers.folds != fold)
        rest = np.flatnonzero(answers.folds == fold)
        fit = fitted(answers.products, learnt, answers.classes[learnt], many, steps=STEPS)
        scores[rest] = answers.products[np.ix_(rest, learnt)] @ fit.shares
        fits.append(fit)
        told()
    held = Held(scores=centred(scores), classes=answers.classes, sets=answers.sets)
    return Crossed(held=held, fits=tuple(fits))


def bundled(groups: Sequence[str]) -> Mapping[str, int]:
    """Group → which bundle is left out for it; one each, as long as there are few."""
    return {name: n % _MOST_BUNDLES for n, name in enumerate(sorted(set(groups)))}


def scored_without(
    answers: Answers, left: NDArray[np.bool_], begun: Crossed, told: Callable[[], None]
) -> Held:
    """The same with some classes gone. `left`: which are kept, by class."""
    kept = np.flatnonzero(left)
    renamed = np.full(len(left), -1)
    renamed[kept] = np.arange(len(kept))
    classes = renamed[answers.classes]
    scores = np.zeros((len(classes), len(kept)), np.float32)
    for fold, fit in zip(sorted(set(answers.folds.tolist())), begun.fits, strict=True):
        learnt = np.flatnonzero((answers.folds != fold) & (classes >= 0))
        rest = np.flatnonzero(answers.folds == fold)
        start = Fit(learnt=fit.learnt, shares=fit.shares[:, kept])
        again = fitted(
            answers.products, learnt, classes[learnt], len(kept), steps=_AGAIN, start=start
        )
        scores[rest] = answers.products[np.ix_(rest, learnt)] @ again.shares
        told()
    return Held(scores=centred(scores), classes=classes, sets=answers.sets)
