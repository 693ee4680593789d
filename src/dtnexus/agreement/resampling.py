"""A value with its interval: whole interactions drawn with replacement, all draws at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from dtnexus.agreement.grid import FloatArray, IntArray
from dtnexus.agreement.statistic import Part, Statistic

DRAWS: Final = 2_000
SEED: Final = 20_260_101
LEVEL: Final = 0.95
DEFINED: Final = 0.9
"""Share of draws in which the formula must give a number; with fewer there is no interval."""
FEW: Final = 20
"""Below so many interactions, intervals are said to be likely too narrow (Cameron, Gelbach and Miller 2008)."""
_TOGETHER: Final = 4_000_000
"""Weights (draws times interactions) that are in memory at once."""
_KEPT: Final = 6
"""Sets of draws that are kept for the next coefficient on as many interactions."""
_FLAT: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Spread:
    """A value and its interval, or why there is none of either."""

    value: float | None
    low: float | None = None
    high: float | None = None
    why_none: str = ""
    why_no_interval: str = ""


class Resampler:
    """Draws of whole interactions; the same number of interactions always gives the same draws."""

    def __init__(self, draws: int = DRAWS, seed: int = SEED) -> None:
        """Keep how many draws are wanted (0: no intervals) and where the random numbers start."""
        self.draws = draws
        self.seed = seed
        self._kept: dict[int, list[FloatArray]] = {}

    def spread(self, statistic: Statistic) -> Spread:
        """The value on all units, and the 95 % percentile interval over draws of whole interactions.

        A draw counts with whatever the formula gives in it; draws where it is 0/0 do not count. No interval is
        given for one interaction, for zero draws, where more than one draw in ten is 0/0, or where all draws give
        the same value: such an interval would have width 0 and claim certainty.
        """
        found = np.array([part.value(part.sums.sum(axis=0, keepdims=True))[0] for part in statistic.parts])
        if np.isnan(found).all():
            return Spread(None, why_none="the formula is 0/0 on these answers")
        value = float(np.nanmean(found))
        if self.draws == 0:
            return Spread(value, why_no_interval="no draws were asked for")
        if statistic.basis.interactions < 2:
            return Spread(value, why_no_interval="all units are of one interaction; it takes two or more to resample")
        drawn = self._drawn(statistic)
        drawn = drawn[~np.isnan(drawn)]
        if len(drawn) < DEFINED * self.draws:
            undefined = 1 - len(drawn) / self.draws
            return Spread(value, why_no_interval=f"the formula is 0/0 in {undefined:.0%} of the draws")
        if np.ptp(drawn) < _FLAT:
            return Spread(value, why_no_interval="all draws give the same value; more units are needed")
        tail = 100.0 * (1.0 - LEVEL) / 2.0
        low, high = np.percentile(drawn, [tail, 100.0 - tail])
        return Spread(value, float(low), float(high))

    def _drawn(self, statistic: Statistic) -> FloatArray:
        """(draws,): the mean over the parts that have a number in the draw; NaN where none has."""
        names = np.unique(np.concatenate([part.clusters for part in statistic.parts]))
        total, known = np.zeros(self.draws), np.zeros(self.draws)
        for part in statistic.parts:
            values = part.value(self._sums(part, names))
            there = ~np.isnan(values)
            total[there] += values[there]
            known += there
        drawn: FloatArray = np.divide(total, known, out=np.full(self.draws, np.nan), where=known > 0)
        return drawn

    def _sums(self, part: Part, names: IntArray) -> FloatArray:
        """(draws, s): the sums of every draw."""
        order = np.argsort(part.clusters, kind="stable")
        own, starts = np.unique(part.clusters[order], return_index=True)
        by_cluster = np.zeros((len(names), part.sums.shape[1]))
        by_cluster[np.searchsorted(names, own)] = np.add.reduceat(part.sums[order], starts, axis=0)
        return np.concatenate([block @ by_cluster for block in self._weights(len(names))])

    def _weights(self, interactions: int) -> Iterable[FloatArray]:
        """Blocks of (draws, interactions): how often each interaction was drawn; kept where they fit in memory."""
        if interactions in self._kept:
            return self._kept[interactions]
        blocks = self._blocks(interactions)
        if self.draws * interactions > _TOGETHER:
            return blocks
        if len(self._kept) == _KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[interactions] = list(blocks)
        return self._kept[interactions]

    def _blocks(self, interactions: int) -> Iterator[FloatArray]:
        random = np.random.default_rng([self.seed, interactions])
        step = max(1, _TOGETHER // interactions)
        for start in range(0, self.draws, step):
            size = min(step, self.draws - start)
            drawn = random.integers(0, interactions, size=(size, interactions))
            places = drawn + interactions * np.arange(size)[:, None]
            counted = np.bincount(places.ravel(), minlength=size * interactions)
            yield counted.reshape(size, interactions).astype(np.float64)
