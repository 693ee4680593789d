"""Agreement on one answer: if one coder says it, how often does another."""

from __future__ import annotations

import numpy as np

from dtnexus.agreement.grid import Grid, not_comparable
from dtnexus.agreement.statistic import NoValue, Part, Statistic, basis_of, ratio


def specific_agreement(grid: Grid, code: int, called: str) -> Statistic | NoValue:
    """Of the answers equal to `code`, the share of co-coders' answers to the same unit that are it too; in [0, 1].

    For two coders ``2a / (2a + b + c)``, positive agreement (Cicchetti and Feinstein 1990); for more, pooled over
    pairs (Fleiss 1981, Statistical methods for rates and proportions,
    chapter 13). Missing answers: units with two or more answers enter. No value where nobody
    gave that answer: `called` is its name in the reason.
    """
    used = grid.paired
    basis = basis_of(grid, used)
    reason = not_comparable(grid)
    if reason:
        return NoValue(reason, basis)
    own = (grid.codes[used] == code).sum(axis=1).astype(np.float64)
    answered = grid.answered[used].astype(np.float64)
    sums = np.column_stack([own * (own - 1.0), own * (answered - 1.0)])
    if sums[:, 1].sum() == 0:
        return NoValue(f"nobody answered {called} on a unit with two or more answers", basis)
    given = int(own.sum())
    note = f"{called}: {given} of {int(answered.sum())} answers"
    return Statistic((Part(sums, lambda of: ratio(of[:, 0], of[:, 1]), grid.clusters[used]),), basis, note)
