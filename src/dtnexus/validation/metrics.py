"""Statistics of agreement as functions of weights of rows, so that one call does a whole bootstrap.

Every statistic takes `weights` of shape (n_draws, n_rows), each row of data counted so many times
in a draw, and gives shape (n_draws,). Weights of one give the plain statistic. Where a draw does
not define a statistic (no positives, no spread), the value is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""From weights (n_draws, n_rows) to values (n_draws,)."""


def _ratio(above: Floats, below: Floats) -> Floats:
    """The quotient, NaN where the divisor is 0."""
    out: Floats = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)
    return out


def mean(values: ArrayLike) -> Statistic:
    """The weighted mean of the values, shape (n_rows,)."""
    column = np.asarray(values, dtype=np.float64)
    return lambda weights: _ratio(weights @ column, weights.sum(axis=1))


def f1(truth: ArrayLike, said: ArrayLike) -> Statistic:
    """F1 of the positive class, 2 TP / (2 TP + FP + FN); NaN where nothing is positive on either side."""
    true, found = np.asarray(truth, dtype=np.bool_), np.asarray(said, dtype=np.bool_)
    both = (true & found).astype(np.float64)
    either = true.astype(np.float64) + found.astype(np.float64)
    return lambda weights: _ratio(2.0 * (weights @ both), weights @ either)


def macro_f1(truth: Sequence[str], said: Sequence[str], classes: Sequence[str]) -> Statistic:
    """The unweighted mean of the F1 of each class; a class that is on neither side in a draw is left out of it."""
    true, found = np.asarray(truth), np.asarray(said)
    parts = [f1(true == name, found == name) for name in classes]
    return lambda weights: nan_mean(np.stack([part(weights) for part in parts]))


def quadratic_kappa(truth: ArrayLike, said: ArrayLike) -> Statistic:
    """Cohen's kappa with quadratic weights (Cohen 1968) of two ordinal ratings.

    1 - E[(a - b)^2] / E'[(a - b)^2], the divisor over all pairs of rows; NaN without any spread.
    """
    first, second = np.asarray(truth, dtype=np.float64), np.asarray(said, dtype=np.float64)

    def value(weights: Floats) -> Floats:
        share = _ratio(weights, np.broadcast_to(weights.sum(axis=1, keepdims=True), weights.shape))
        observed = share @ (first - second) ** 2
        expected = share @ first**2 + share @ second**2 - 2.0 * (share @ first) * (share @ second)
        spread = np.where(expected > 1e-12, expected, 0.0)
        return 1.0 - _ratio(observed, spread)

    return value


def auroc(truth: ArrayLike, scores: ArrayLike) -> Statistic:
    """The chance that a positive row scores above a negative one, ties counting one half (Mann-Whitney)."""
    true = np.asarray(truth, dtype=np.bool_)
    _, level = np.unique(np.asarray(scores, dtype=np.float64), return_inverse=True)
    levels = int(level.max()) + 1 if len(level) else 0

    def value(weights: Floats) -> Floats:
        up = _summed(weights[:, true], level[true], levels)
        down = _summed(weights[:, ~true], level[~true], levels)
        below = np.cumsum(down, axis=1) - 0.5 * down
        return _ratio((up * below).sum(axis=1), up.sum(axis=1) * down.sum(axis=1))

    return value


def spearman(first: ArrayLike, second: ArrayLike) -> Statistic:
    """Spearman's rank correlation, tied rows sharing the mean of their ranks; NaN without any spread."""
    sides = []
    for side in (first, second):
        _, level = np.unique(np.asarray(side, dtype=np.float64), return_inverse=True)
        sides.append((level, int(level.max()) + 1 if len(level) else 0))

    def value(weights: Floats) -> Floats:
        ranks = []
        for level, levels in sides:
            counts = _summed(weights, level, levels)
            ranks.append((np.cumsum(counts, axis=1) - 0.5 * counts)[:, level])
        share = _ratio(weights, np.broadcast_to(weights.sum(axis=1, keepdims=True), weights.shape))
        a, b = (rank - (share * rank).sum(axis=1, keepdims=True) for rank in ranks)
        spread = np.sqrt((share * a * a).sum(axis=1) * (share * b * b).sum(axis=1))
        return _ratio((share * a * b).sum(axis=1), np.where(spread > 1e-12, spread, 0.0))

    return value


def _summed(weights: Floats, level: NDArray[np.intp], levels: int) -> Floats:
    """Weights summed over the rows of each level, shape (n_draws, n_levels)."""
    order = np.argsort(level, kind="stable")
    there, starts = np.unique(level[order], return_index=True)
    out = np.zeros((len(weights), levels))
    if len(there):
        out[:, there] = np.add.reduceat(weights[:, order], starts, axis=1)
    return out


def nan_mean(values: Floats) -> Floats:
    """The mean over the first axis of the values that are numbers; NaN where none is."""
    known = ~np.isnan(values)
    return _ratio(np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0).astype(np.float64))


def mean_of(parts: Sequence[tuple[NDArray[np.bool_], Statistic]]) -> Statistic:
    """The mean of statistics that each look at some of the rows; a part without value in a draw is left out."""
    return lambda weights: nan_mean(np.stack([statistic(weights[:, rows]) for rows, statistic in parts]))
