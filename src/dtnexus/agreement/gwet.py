"""Gwet's AC1 and AC2, and percent agreement as it enters AC1."""

from __future__ import annotations

import numpy as np

from dtnexus.agreement.grid import FloatArray, Grid, not_comparable, not_corrected
from dtnexus.agreement.statistic import NoValue, Part, Statistic, basis_of, ratio
from dtnexus.agreement.weights import Weighting, agreement_weights


def percent_agreement(grid: Grid) -> Statistic | NoValue:
    """The mean over units of the share of pairs of coders that gave the same answer (Gwet 2014), in [0, 1].

    Missing answers: units with two or more answers enter. It is not corrected for chance, so it has a value where
    all answers are equal: 1.
    """
    used = grid.paired
    basis = basis_of(grid, used)
    reason = not_comparable(grid)
    if reason:
        return NoValue(reason, basis)
    share = _agreeing(grid, np.eye(len(grid.points)))[used]
    sums = np.column_stack([share, np.ones(len(share))])
    return Statistic((Part(sums, lambda totals: ratio(totals[:, 0], totals[:, 1]), grid.clusters[used]),), basis)


def gwet(grid: Grid, weighting: Weighting) -> Statistic | NoValue:
    """``(p_a - p_e) / (1 - p_e)``; AC1 with identity weights, else AC2 (Gwet 2008; 2014).

    ``p_e = sum(w) / (q (q - 1)) * sum(p (1 - p))`` with q the points of the *scale*, used or not, and p their mean
    shares. Missing answers: p_a from units with two or more answers, p from every unit with any answer; `units`
    counts the former. No value where all answers are equal: the formula gives 1 there and tells nothing apart.
    """
    used = grid.paired
    basis = basis_of(grid, used)
    reason = not_comparable(grid) or not_corrected(grid)
    if reason:
        return NoValue(reason, basis)
    weights = agreement_weights(grid.points, weighting)
    points = len(grid.points)
    factor = weights.sum() / (points * (points - 1))
    any_of = grid.answered > 0
    counts = grid.counts()
    sums = np.column_stack(
        [np.where(used, _agreeing(grid, weights), 0.0), used, counts / np.maximum(grid.answered, 1)[:, None]]
    )[any_of]

    def value(totals: FloatArray) -> FloatArray:
        shares = ratio(totals[:, 2:], totals[:, 2:].sum(axis=1, keepdims=True))
        chance = factor * (shares * (1.0 - shares)).sum(axis=1)
        return ratio(ratio(totals[:, 0], totals[:, 1]) - chance, 1.0 - chance)

    return Statistic((Part(sums, value, grid.clusters[any_of]),), basis)


def _agreeing(grid: Grid, weights: FloatArray) -> FloatArray:
    """(units,): the weighted share of agreeing pairs of answers; 0.0 where there is no pair, so mask it."""
    counts, answered = grid.counts(), grid.answered.astype(np.float64)
    agreeing = (counts * (counts @ weights - 1.0)).sum(axis=1)
    share: FloatArray = np.divide(
        agreeing, answered * (answered - 1.0), out=np.zeros(len(counts)), where=grid.answered >= 2
    )
    return share
