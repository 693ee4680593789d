"""Invented ratings for the tests: a grid from lists, a small ratings table, and its lines as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dtnexus.agreement.grid import MISSING, Grid
from dtnexus.agreement.resampling import Resampler
from dtnexus.agreement.statistic import NoValue, Statistic

NO_DRAWS = Resampler(draws=0)


def grid_of(
    scores: Sequence[Sequence[int | None]], scale: tuple[int, int] = (0, 4), clusters: Sequence[int] | None = None
) -> Grid:
    """A grid of units by coders; None is missing. Each unit is its own interaction unless clusters are given."""
    low, high = scale
    codes = np.array([[MISSING if each is None else each - low for each in row] for row in scores], dtype=np.int64)
    codes = codes.reshape(len(scores), -1)
    places = np.arange(len(scores)) if clusters is None else np.array(clusters)
    names = tuple("abcdefghij"[: codes.shape[1]])
    return Grid(codes, np.arange(low, high + 1, dtype=np.float64), places, names)


def value(made: Statistic | NoValue) -> float:
    """The value, or a failure that says why there is none."""
    assert isinstance(made, Statistic), made
    found = NO_DRAWS.spread(made).value
    assert found is not None
    return found


def reason(made: Statistic | NoValue) -> str:
    """Why there is no value."""
    assert isinstance(made, NoValue), made
    return made.reason


def table_lines(units: int = 12, coders: str = "abc") -> list[str]:
    """A long table on A1 (plain), F1 (safety-critical) and G1 (everybody agrees): the same at every call."""
    lines = ["interaction,unit,coder,criterion,score"]
    for unit in range(units):
        for place, coder in enumerate(coders):
            a1 = (unit * 7 + (unit % 3 == place)) % 5
            f1 = "0" if unit % 4 == 0 and (place or unit) else str(3 + (unit + place) % 2)
            lines.append(f"i{unit // 2},u{unit:02},{coder},A1,{a1}")
            lines.append(f"i{unit // 2},u{unit:02},{coder},F1,{'NO' if unit % 5 == 4 and place < 2 else f1}")
            lines.append(f"i{unit // 2},u{unit:02},{coder},G1,4")
    return lines


def write_table(folder: Path, name: str = "ratings.csv", lines: Sequence[str] | None = None) -> Path:
    """The lines as a file."""
    path = folder / name
    path.write_text("\n".join(table_lines() if lines is None else lines) + "\n", encoding="utf-8")
    return path
