"""Krippendorff's alpha: nominal, ordinal and interval."""

from __future__ import annotations

from typing import Literal

import numpy as np

from dtnexus.agreement.grid import FloatArray, Grid, not_comparable, not_corrected
from dtnexus.agreement.statistic import NoValue, Part, Statistic, basis_of, ratio

Metric = Literal["nominal", "ordinal", "interval"]


def alpha(grid: Grid, metric: Metric) -> Statistic | NoValue:
    """``1 - D_o / D_e`` from the matrix of coincidences (Krippendorff 2011; 2018, chapter 12).

    Missing answers: every unit with two or more answers enters, each answer with weight one; single answers are
    left out. In [-1, 1] up to small samples; 1 is perfect agreement, 0 agreement by chance. No value where coders
    cannot be compared, on one unit, or where all answers are equal. Ordinal distances use the margins of the same draw.
    """
    used = grid.paired
    basis = basis_of(grid, used)
    reason = not_comparable(grid) or not_corrected(grid)
    if reason:
        return NoValue(reason, basis)
    kept = Grid(grid.codes[used], grid.points, grid.clusters[used], grid.coders).only_used_points()
    counts = kept.counts()
    points = len(kept.points)
    together = counts[:, :, None] * counts[:, None, :]
    together[:, np.arange(points), np.arange(points)] -= counts
    together /= (counts.sum(axis=1) - 1.0)[:, None, None]
    apart = _fixed(kept.points, metric)

    def value(sums: FloatArray) -> FloatArray:
        coincidences = sums.reshape(len(sums), points, points)
        margins = coincidences.sum(axis=2)
        distance = _ordinal(margins) if apart is None else apart
        observed = (coincidences * distance).sum(axis=(1, 2))
        expected = (margins[:, :, None] * margins[:, None, :] * distance).sum(axis=(1, 2))
        total = margins.sum(axis=1)
        found: FloatArray = 1.0 - (total - 1.0) * ratio(observed, expected)
        return found

    return Statistic((Part(together.reshape(len(counts), -1), value, kept.clusters),), basis)


def _fixed(points: FloatArray, metric: Metric) -> FloatArray | None:
    """(points, points): squared distances; None for ordinal, where they depend on the margins."""
    if metric == "ordinal":
        return None
    apart: FloatArray = points[:, None] - points
    return (apart != 0).astype(np.float64) if metric == "nominal" else apart**2


def _ordinal(margins: FloatArray) -> FloatArray:
    """(draws, points, points): the square of how many answers lie between two points, half of both ends counted."""
    middle = np.cumsum(margins, axis=1) - margins / 2.0
    between: FloatArray = middle[:, :, None] - middle[:, None, :]
    return between**2
