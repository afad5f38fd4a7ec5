"""Multinomial logistic regression on thousands of answers and more marks than that.

Solved in the span of the answers: their inner products are computed once, and each fold is a part
of that table. With K = LLᵀ, weights in coordinates of L are an ordinary dense problem (L-BFGS).
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.linalg.blas import ssyrk
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

__all__ = ["Fit", "fitted", "products_of", "weights_of"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
RIDGE = 1e-4
_JITTER = 1e-4
_CHUNK = 4096  # marks at a time


class Fit(Struct, frozen=True, kw_only=True):
    """`shares`: answers learnt from, by classes; an answer's scores are its products with them."""

    learnt: Ints  # their places
    shares: Floats


def products_of(values: csr_matrix) -> Floats:
    """Inner products of all pairs of answers: answers by answers."""
    many = values.shape[0]
    found = np.zeros((many, many), np.float32, order="F")
    columns = values.tocsc()
    for start in range(0, values.shape[1], _CHUNK):
        part = columns[:, start : start + _CHUNK].toarray(order="F").astype(np.float32)
        found = ssyrk(1.0, part, beta=1.0, c=found, lower=1, overwrite_c=1)
    return _mirrored(found)


def _mirrored(lower: Floats) -> Floats:
    """The upper half from the lower, in place."""
    for start in range(0, len(lower), _CHUNK):
        rows = slice(start, start + _CHUNK)
        lower[:start, rows] = lower[rows, :start].T
        corner = np.tril(lower[rows, rows], -1)
        lower[rows, rows] = np.tril(lower[rows, rows]) + corner.T
    return lower


def fitted(
    products: Floats,
    learnt: Ints,
    classes: Ints,
    many: int,
    *,
    steps: int,
    start: Fit | None = None,
) -> Fit:
    """`classes`: of each answer of `learnt`, below `many`; each class counts as much as another.

    `start`: a fit of more answers, to begin at.
    """
    part = products[np.ix_(learnt, learnt)]
    part[np.diag_indices(len(learnt))] += _JITTER
    root = cholesky(part, lower=True, overwrite_a=True, check_finite=False)
    wanted = np.zeros((len(learnt), many), np.float32)
    wanted[np.arange(len(learnt)), classes] = 1
    times = np.maximum(np.bincount(classes, minlength=many), 1)
    weight = (1 / times)[classes].astype(np.float32)
    weight /= weight.sum()

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        at = flat.reshape(len(learnt), many).astype(np.float32)
        nats = _log_softmax(root @ at)
        down = root.T @ ((np.exp(nats) - wanted) * weight[:, None]) + RIDGE * at
        missed = -float((weight * nats[np.arange(len(learnt)), classes]).sum())
        return missed + RIDGE / 2 * float((at * at).sum()), down.astype(np.float64).ravel()

    begun = _begun(root, learnt, many, start)
    done = minimize(
        loss, begun, jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 8}
    )
    at = done.x.reshape(len(learnt), many).astype(np.float32)
    shares = solve_triangular(root, at, lower=True, trans="T", check_finite=False)
    return Fit(learnt=learnt, shares=shares)


def _begun(root: Floats, learnt: Ints, many: int, start: Fit | None) -> NDArray[np.float64]:
    if start is None:
        return np.zeros(len(learnt) * many)
    kept = np.searchsorted(start.learnt, learnt)
    return (root.T @ start.shares[kept]).astype(np.float64).ravel()


def _log_softmax(scores: Floats) -> Floats:
    down = scores - scores.max(axis=1, keepdims=True)
    found: Floats = down - np.log(np.exp(down).sum(axis=1, keepdims=True))
    return found


def weights_of(values: csr_matrix, fit: Fit) -> Floats:
    """Of each mark: marks by classes."""
    found: Floats = (values[fit.learnt].T @ fit.shares).astype(np.float32)
    return found
