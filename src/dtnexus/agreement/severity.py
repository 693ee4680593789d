"""Rater severity: how far a coder's scores lie from those of the others on the same units."""

from __future__ import annotations

import numpy as np

from dtnexus.agreement.grid import Grid
from dtnexus.agreement.statistic import Basis, NoValue, Part, Statistic, ratio


def severity(grid: Grid, coder: int) -> Statistic | NoValue:
    """The mean of the coder's score minus the mean of all co-coders' scores on the same unit, in scale points.

    Below 0: the coder scores lower (is more severe); above 0: higher. Units that this coder and at least one other
    scored enter; a unit without co-coders says nothing. The leave-one-out mean keeps a coder from being compared
    with itself. No value where the coder shares no unit.
    """
    present, values = grid.present, grid.values()
    others = grid.answered - present[:, coder]
    used = present[:, coder] & (others > 0)
    if not used.any():
        return NoValue("no overlap: this coder shares no unit with another")
    co_coders = present[used].any(axis=0)
    basis = Basis(
        units=int(used.sum()),
        coders=int(co_coders.sum()),
        coder_pairs=int(co_coders.sum()) - 1,
        score_pairs=int(others[used].sum()),
        interactions=len(np.unique(grid.clusters[used])),
    )
    own = values[used, coder]
    apart = own - (values[used].sum(axis=1) - own) / others[used]
    sums = np.column_stack([apart, np.ones(len(apart))])
    return Statistic((Part(sums, lambda of: ratio(of[:, 0], of[:, 1]), grid.clusters[used]),), basis)
