"""The exact two-sided interval of a share (Clopper and Pearson 1934), without a statistics library."""

from __future__ import annotations

from typing import Final

import numpy as np

from dtnexus.agreement.grid import FloatArray

_HALVINGS: Final = 50


def exact_interval(events: int, of: int, confidence: float) -> tuple[float, float]:
    """Lower and upper end of the exact interval of ``events / of``, each tail ``(1 - confidence) / 2``; in [0, 1].

    The lower end is 0 at no event, the upper end 1 where all are events.

    Raises:
        ValueError: not ``0 <= events <= of`` with `of` at least 1.
    """
    if not 0 <= events <= of or of < 1:
        raise ValueError(f"{events} events of {of}")
    tail = (1.0 - confidence) / 2.0
    ways = _log_ways(of)
    low = 0.0 if events == 0 else 1.0 - _upper(of - events, of, tail, ways)
    high = 1.0 if events == of else _upper(events, of, tail, ways)
    return low, high


def _upper(events: int, of: int, tail: float, ways: FloatArray) -> float:
    """The share at which so few events have the probability `tail`."""
    counts = np.arange(events + 1)
    low, high = events / of, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        logs = ways[: events + 1] + counts * np.log(middle) + (of - counts) * np.log1p(-middle)
        if np.exp(logs).sum() > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _log_ways(of: int) -> FloatArray:
    """(of + 1,): the logarithm of the number of ways to choose k of them."""
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, of + 1)))])
    ways: FloatArray = factorials[of] - factorials - factorials[::-1]
    return ways
