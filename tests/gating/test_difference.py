"""Newcombe's own examples."""

from __future__ import annotations

import pytest

from dtnexus.gating.difference import Pairs, independent, paired


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_independent_samples(first: tuple[int, int], second: tuple[int, int], low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10."""
    found = independent(*first, *second, 0.95)
    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [((36, 12, 2, 0), 0.0569, 0.3404), ((20, 12, 2, 16), 0.0562, 0.3292)],
)
def test_pairs(cells: tuple[int, int, int, int], low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17:2635-2650, method 10."""
    found = paired(Pairs(*cells), 0.95)
    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (low, high)


def test_an_empty_sample_has_no_difference() -> None:
    with pytest.raises(ValueError, match="two samples"):
        independent(0, 0, 1, 2, 0.95)
    with pytest.raises(ValueError, match="pairs"):
        paired(Pairs(0, 0, 0, 0), 0.95)
