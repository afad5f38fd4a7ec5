"""Where models lie and how their answers scatter, from scores of answers that were held out."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.linalg import eigh

from darkhorse.attribution.library.style import Spread

__all__ = ["Held", "centred", "spread_of", "stray_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_ANSWERS = 8  # axes are the best for so many
_TOPICS = 3
_RIDGE = 1e-3  # of the mean variance
_STRAY = 0.4  # how far somebody new strays, of how far models do; where nobody could be left out
_DENSITY = 0.2  # measured: held-out questions and sets, both best near it
_DIGITS = 5  # that figures keep


class Held(Struct, frozen=True, kw_only=True):
    """Answers with scores by classifiers that never saw their questions.

    `scores`: answers by classes, centred. `classes`: of each answer, -1 for those left out.
    """

    scores: Floats
    classes: Ints
    sets: Ints


def centred(scores: NDArray[np.float32]) -> Floats:
    """What all classes share says nothing."""
    found: Floats = scores.astype(np.float64)
    found -= found.mean(axis=1, keepdims=True)
    return found


def spread_of(held: Held, stray: float = _STRAY) -> Spread:
    """`stray`: variance of somebody new about the middle, of that of known models."""
    known = held.classes >= 0
    scores, classes, sets = held.scores[known], held.classes[known], held.sets[known]
    many = held.scores.shape[1]
    centres = np.array([_mean(scores[classes == n], many) for n in range(many)])
    within, topics = _scatter(scores, classes, sets, centres)
    between = np.cov(centres.T) if many > 1 else np.eye(1)
    noise = within / _ANSWERS + topics / _TOPICS
    noise += np.eye(many) * (_RIDGE * np.trace(noise) / many + 1e-9)
    axes = _axes(np.atleast_2d(between), noise)
    found = np.diag(axes.T @ np.atleast_2d(between) @ axes)
    return Spread(
        axes=_rows(axes),
        centres=_rows(centres @ axes),
        origin=_row(centres.mean(axis=0) @ axes),
        within=_row(_floor(np.diag(axes.T @ within @ axes))),
        topics=_row(_floor(np.diag(axes.T @ topics @ axes))),
        labs=_row(_floor(found * stray)),
        kin=_row(_floor(found * stray / 2)),
        density=_DENSITY,
    )


def stray_of(held: Held, spread: Spread, models: Ints) -> float:
    """How far answers of models left out lie from the middle, of how far known models do.

    `models`: of each answer that was left out, in the order of `held`.
    """
    out = held.scores[held.classes < 0] @ np.array(spread.axes)
    between = np.array(spread.centres).var(axis=0, ddof=1)
    far = [(out[models == n].mean(axis=0) - np.array(spread.origin)) ** 2 for n in set(models)]
    shares = np.mean(far, axis=0).sum() / max(1e-9, float(between.sum()))
    return float(np.clip(shares, 0.05, 2.0))


def _mean(scores: Floats, many: int) -> Floats:
    return scores.mean(axis=0) if len(scores) else np.zeros(many)


def _scatter(scores: Floats, classes: Ints, sets: Ints, centres: Floats) -> tuple[Floats, Floats]:
    """Covariance of answers about what their set shares, and of sets about their model."""
    rest = scores - centres[classes]
    key = np.unique(np.stack([classes, sets]), axis=1, return_inverse=True)[1].ravel()
    times = np.bincount(key)
    means = np.zeros((len(times), scores.shape[1]))
    np.add.at(means, key, rest)
    means /= times[:, None]
    alone = rest - means[key]
    free = max(1, len(rest) - len(times))
    within = alone.T @ alone / free
    shared = means.T @ means / len(times) - within / times.mean()
    return within, _positive(shared)


def _positive(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    found: Floats = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return found


def _axes(between: Floats, noise: Floats) -> Floats:
    """Axes in which both are diagonal, noise one; most telling first, signs settled."""
    vectors = eigh(between, noise)[1][:, ::-1]
    vectors = vectors[:, : max(1, between.shape[0] - 1)]
    largest = np.abs(vectors).argmax(axis=0)
    signed: Floats = vectors * np.sign(vectors[largest, np.arange(vectors.shape[1])])
    return signed


def _floor(values: Floats) -> Floats:
    return np.maximum(values, 1e-6)


def _row(values: Floats) -> tuple[float, ...]:
    return tuple(float(f"{value:.{_DIGITS}g}") for value in values)


def _rows(values: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(_row(row) for row in values)
