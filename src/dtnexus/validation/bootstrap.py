"""A value with its interval: the grouped bootstrap, with a fixed seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dtnexus.validation.metrics import Statistic

DRAWS: Final = 1_000
SEED: Final = 20_260_101
AT_ONCE: Final = 200
"""Draws whose weights are in memory together."""
LEVEL: Final = 0.95
DEFINED: Final = 0.9
"""Share of draws that must define the statistic; with fewer no interval is given."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic on all rows, and what it is over draws of whole groups."""

    value: float | None
    """None where the rows do not define it."""
    low: float | None
    high: float | None
    """Ends of the 95 % percentile interval; None where it cannot be had."""
    rows: int
    groups: int


def estimate(statistic: Statistic, groups: Sequence[str], draws: int = DRAWS, seed: int = SEED) -> Estimate:
    """The statistic with its 95 % percentile interval from draws of groups with replacement.

    A group (a conversation, a person, a stimulus) is drawn whole. The same rows give the same
    interval at every call. There is no interval for fewer than two groups, or where more than
    one draw in ten does not define the statistic.
    """
    names, group = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)
    if not len(names):
        return Estimate(None, None, None, 0, 0)
    plain = float(statistic(np.ones((1, len(group))))[0])
    value = None if np.isnan(plain) else plain
    if len(names) < 2:
        return Estimate(value, None, None, len(group), len(names))
    random = np.random.default_rng(seed)
    found = []
    for start in range(0, draws, AT_ONCE):
        size = min(AT_ONCE, draws - start)
        counts = random.multinomial(len(names), np.full(len(names), 1.0 / len(names)), size=size)
        found.append(statistic(counts[:, group].astype(np.float64)))
    values = np.concatenate(found)
    values = values[~np.isnan(values)]
    if value is None or len(values) < DEFINED * draws:
        return Estimate(value, None, None, len(group), len(names))
    tail = 100.0 * (1.0 - LEVEL) / 2.0
    low, high = np.percentile(values, [tail, 100.0 - tail])
    return Estimate(value, float(low), float(high), len(group), len(names))
