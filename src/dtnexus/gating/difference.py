"""Differences of two proportions with Newcombe's intervals.

Independent samples: Newcombe 1998, Statistics in Medicine 17:873-890, method 10 (Wilson's intervals combined).
Pairs: Newcombe 1998, Statistics in Medicine 17:2635-2650, method 10 (the same, with the correlation of the pairs).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from dtnexus.assessment import Interval
from dtnexus.deciding.bounds import wilson
from dtnexus.gating.counting import MOST

INDEPENDENT = "Newcombe 1998, independent samples, method 10"
PAIRED = "Newcombe 1998, pairs, method 10"


class Difference(NamedTuple):
    """The first share minus the second."""

    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Pairs:
    """How pairs came out: events in both, in the first only, in the second only, in neither."""

    both: float
    first: float
    second: float
    neither: float

    @property
    def count(self) -> float:
        """All pairs."""
        return self.both + self.first + self.second + self.neither

    def times(self, factor: float) -> Pairs:
        """The same at a multiple."""
        return Pairs(factor * self.both, factor * self.first, factor * self.second, factor * self.neither)


def independent(first: float, of_first: float, second: float, of_second: float, confidence: float) -> Difference:
    """The difference of two shares of separate samples, each with at least one opportunity.

    Raises:
        ValueError: one of the samples is empty.
    """
    one, two = wilson(first, of_first, confidence), wilson(second, of_second, confidence)
    if one is None or two is None:
        raise ValueError("a difference needs two samples")
    p, q = first / of_first, second / of_second
    low = (p - q) - sqrt((p - one.low) ** 2 + (two.high - q) ** 2)
    high = (p - q) + sqrt((one.high - p) ** 2 + (q - two.low) ** 2)
    return Difference(p - q, Interval(low=low, high=high, confidence=confidence, method=INDEPENDENT))


def paired(pairs: Pairs, confidence: float) -> Difference:
    """The difference of the two shares of pairs, of which there is at least one.

    Raises:
        ValueError: there are no pairs.
    """
    n = pairs.count
    one, two = (
        wilson(pairs.both + pairs.first, n, confidence),
        wilson(pairs.both + pairs.second, n, confidence),
    )
    if one is None or two is None:
        raise ValueError("a difference needs pairs")
    p, q = (pairs.both + pairs.first) / n, (pairs.both + pairs.second) / n
    phi = _correlation(pairs)
    down, up = p - one.low, two.high - q
    low = (p - q) - sqrt(max(0.0, down * down - 2 * phi * down * up + up * up))
    rise, fall = one.high - p, q - two.low
    high = (p - q) + sqrt(max(0.0, rise * rise - 2 * phi * rise * fall + fall * fall))
    return Difference(p - q, Interval(low=low, high=high, confidence=confidence, method=PAIRED))


def _correlation(pairs: Pairs) -> float:
    """The correlation of the pairs, drawn towards 0 by half a pair where it is positive (method 10); else as it is."""
    both, first, second, neither = pairs.both, pairs.first, pairs.second, pairs.neither
    margins = (both + first) * (second + neither) * (both + second) * (first + neither)
    if margins <= 0:
        return 0.0
    product = both * neither - first * second
    if product > 0:
        product = max(0.0, product - pairs.count / 2)
    return product / sqrt(margins)


def deciding_factor(of: Callable[[float], Difference], limit: float) -> float | None:
    """How many times as much of the same would leave the limit outside of the interval; at least 1.

    `of` gives the difference at a multiple of what was seen. None: the difference lies on the limit, or more
    than `MOST` times as much were needed.
    """

    def decides(factor: float) -> bool:
        interval = of(factor).interval
        return interval.low > limit or interval.high <= limit

    if abs(of(1.0).value - limit) < 1e-12:
        return None
    high = 1.0
    while not decides(high):
        high *= 2
        if high > MOST:
            return None
    low = high / 2 if high > 1 else 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if decides(middle) else (middle, high)
    return high
