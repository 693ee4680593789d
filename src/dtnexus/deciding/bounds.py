"""Bounds of a share: exact one-sided upper bound, Wilson interval."""

from __future__ import annotations

from math import sqrt

from scipy.special import betaincinv, ndtri

from dtnexus.assessment import Interval


def upper_bound(events: int, opportunities: int, confidence: float) -> float:
    """The exact one-sided upper bound of a share (Clopper and Pearson 1934).

    ``1 - (1 - confidence) ** (1 / n)`` at zero events; 1.0 where every opportunity is
    an event, and also where there is no opportunity at all: then nothing is known.
    """
    if not 0 <= events <= opportunities:
        raise ValueError(f"{events} events in {opportunities} opportunities")
    if events == opportunities:
        return 1.0
    return float(betaincinv(events + 1, opportunities - events, confidence))


def wilson(count: int, of: int, confidence: float = 0.95) -> Interval | None:
    """The two-sided Wilson interval of a share (Wilson 1927); None without a denominator."""
    if of == 0:
        return None
    z = float(ndtri(1 - (1 - confidence) / 2))
    share, spread = count / of, z * z / of
    centre = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    low = 0.0 if count == 0 else max(0.0, centre - half)
    high = 1.0 if count == of else min(1.0, centre + half)
    return Interval(low=low, high=high, confidence=confidence, method="Wilson")
