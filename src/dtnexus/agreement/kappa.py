"""Cohen's weighted kappa of two coders; of more coders the mean over their pairs."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from dtnexus.agreement.grid import MISSING, FloatArray, Grid, not_comparable, not_corrected
from dtnexus.agreement.statistic import NoValue, Part, Statistic, basis_of, ratio
from dtnexus.agreement.weights import Weighting, agreement_weights


def kappa(grid: Grid, weighting: Weighting) -> Statistic | NoValue:
    """``1 - sum(v o) / sum(v e)`` with v the weighted disagreement (Cohen 1960, 1968), mean over pairs (Light 1971).

    Missing answers: each pair is compared on the units that both answered. At most 1; 0 is chance agreement. A pair
    has no value where one of the two gave a single score only: kappa is then 0 or 0/0 whatever the other coder
    says. Such pairs are left out of the mean and counted in the note; in a draw they count with what the formula
    gives.
    """
    used = grid.paired
    basis = basis_of(grid, used)
    reason = not_comparable(grid) or not_corrected(grid)
    if reason:
        return NoValue(reason, basis)
    kept = grid.only_used_points()
    disagreement = 1.0 - agreement_weights(kept.points, weighting)
    pairs = [
        _pair(kept, first, second, disagreement)
        for first, second in combinations(range(len(grid.coders)), 2)
        if ((kept.codes[:, first] != MISSING) & (kept.codes[:, second] != MISSING)).any()
    ]
    parts = tuple(part for part in pairs if part is not None)
    if not parts:
        return NoValue("no variance within a coder: in every pair one coder gave a single answer only", basis)
    return Statistic(parts, basis, _note(len(parts), len(pairs)))


def _note(counted: int, pairs: int) -> str:
    if pairs == 1:
        return ""
    left_out = pairs - counted
    if left_out == 0:
        return f"mean over {counted} pairs of coders"
    return (
        f"mean over {counted} of {pairs} pairs of coders; in the other {left_out} one coder gave a single answer only"
    )


def _pair(grid: Grid, first: int, second: int, disagreement: FloatArray) -> Part | None:
    """One pair; sums are the weighted disagreement and both margins. None where one coder does not vary."""
    both = (grid.codes[:, first] != MISSING) & (grid.codes[:, second] != MISSING)
    one, other = grid.codes[both, first], grid.codes[both, second]
    if len(np.unique(one)) < 2 or len(np.unique(other)) < 2:
        return None
    points = len(grid.points)
    each = np.eye(points)
    sums = np.column_stack([disagreement[one, other], each[one], each[other]])

    def value(totals: FloatArray) -> FloatArray:
        rows, columns = totals[:, 1 : points + 1], totals[:, points + 1 :]
        expected = np.einsum("di,ij,dj->d", rows, disagreement, columns)
        return 1.0 - ratio(totals[:, 0] * rows.sum(axis=1), expected)

    return Part(sums, value, grid.clusters[both])
