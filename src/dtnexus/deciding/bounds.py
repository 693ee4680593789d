"""Bounds of a share: exact one-sided upper bound, Wilson interval."""

from __future__ import annotations

from functools import lru_cache
from math import exp, fsum, lgamma, log, log1p, sqrt
from statistics import NormalDist

from dtnexus.assessment import Interval

_HALVINGS = 60


@lru_cache(maxsize=4096)
def upper_bound(events: int, opportunities: int, confidence: float) -> float:
    """The exact one-sided upper bound of a share (Clopper and Pearson 1934).

    ``1 - (1 - confidence) ** (1 / n)`` at zero events; 1.0 where every opportunity is
    an event, and also where there is no opportunity at all: then nothing is known.
    """
    if not 0 <= events <= opportunities:
        raise ValueError(f"{events} events in {opportunities} opportunities")
    if events == opportunities:
        return 1.0
    if events == 0:
        return float(1.0 - (1.0 - confidence) ** (1.0 / opportunities))
    low, high = events / opportunities, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_most(events, opportunities, middle) > 1.0 - confidence:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most(events: int, of: int, share: float) -> float:
    """The binomial probability of at most so many events, 0 < share < 1."""
    ways = (lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) for k in range(events + 1))
    return fsum(exp(way + k * log(share) + (of - k) * log1p(-share)) for k, way in enumerate(ways))


def wilson(count: float, of: float, confidence: float = 0.95) -> Interval | None:
    """The two-sided Wilson interval of a share (Wilson 1927); None without a denominator.

    Both numbers may be broken where a sample counts for fewer than it has (an effective sample size).
    """
    if of == 0:
        return None
    z = NormalDist().inv_cdf(1 - (1 - confidence) / 2)
    share, spread = count / of, z * z / of
    centre = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    low = 0.0 if count == 0 else max(0.0, centre - half)
    high = 1.0 if count == of else min(1.0, centre + half)
    return Interval(low=low, high=high, confidence=confidence, method="Wilson")
