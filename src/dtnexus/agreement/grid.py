"""Grid: what several coders said of the same units, on one question, as numbers that can be counted.

Every coefficient takes a grid. A missing answer is `MISSING`, a place in the grid and never a score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

MISSING: Final = -1
"""The code of a place where a coder said nothing that belongs to the question."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Answers of coders to one question.

    `codes` has shape (units, coders): the position of the answer in `points`, or `MISSING`.
    `points` holds the values of the scale in ascending order, used or not.
    `clusters` has shape (units,): the number of the interaction that a unit belongs to.
    """

    codes: IntArray
    points: FloatArray
    clusters: IntArray
    coders: tuple[str, ...]
    words: tuple[str, ...] = ()
    """What the points are called, where their numbers are only codes; empty: by their numbers."""

    @property
    def present(self) -> BoolArray:
        """(units, coders): whether the coder answered."""
        there: BoolArray = np.not_equal(self.codes, MISSING)
        return there

    @property
    def answered(self) -> IntArray:
        """(units,): how many coders answered."""
        counted: IntArray = self.present.sum(axis=1)
        return counted

    @property
    def paired(self) -> BoolArray:
        """(units,): whether two or more coders answered."""
        several: BoolArray = np.greater_equal(self.answered, 2)
        return several

    def counts(self) -> FloatArray:
        """(units, points): how many coders gave each point."""
        ways = np.arange(len(self.points))
        counted: FloatArray = (self.codes[:, :, None] == ways).sum(axis=1).astype(np.float64)
        return counted

    def values(self) -> FloatArray:
        """(units, coders): the answers on the scale itself; 0.0 where missing, so mask with `present`."""
        return np.where(self.present, self.points[self.codes], 0.0)

    def cut(self, at_most: float) -> Grid:
        """The same answers as a yes/no question: 1 where the value is `at_most` or lower, else 0."""
        low = (self.points <= at_most).astype(np.int64)
        codes = np.where(self.present, low[self.codes], MISSING)
        words = f"above {at_most:g}", f"{at_most:g} or lower"
        return Grid(codes, np.array([0.0, 1.0]), self.clusters, self.coders, words)

    def called(self, code: int) -> str:
        """What an answer is called."""
        return self.words[code] if self.words else f"{self.points[code]:g}"

    def without_absent(self) -> Grid:
        """Only the coders that answered anything."""
        there: BoolArray = np.any(self.present, axis=0)
        names = tuple(name for name, keep in zip(self.coders, there, strict=True) if keep)
        return Grid(self.codes[:, there], self.points, self.clusters, names, self.words)

    def only_used_points(self) -> Grid:
        """The same answers on the points that occur; for coefficients that do not depend on unused points."""
        used = np.unique(self.codes[self.present])
        place = np.zeros(len(self.points), dtype=np.int64)
        place[used] = np.arange(len(used))
        return Grid(np.where(self.present, place[self.codes], MISSING), self.points[used], self.clusters, self.coders)


def stacked(grids: Sequence[Grid]) -> Grid:
    """Several questions to the same coders as one: each (unit, question) is a unit, its interaction stays.

    Raises:
        ValueError: no grids, or they differ in coders or points.
    """
    first = grids[0]
    if any(each.coders != first.coders or not np.array_equal(each.points, first.points) for each in grids):
        raise ValueError("only grids of the same coders and points can be stacked")
    codes = np.concatenate([each.codes for each in grids])
    clusters = np.concatenate([each.clusters for each in grids])
    return Grid(codes, first.points, clusters, first.coders, first.words)


def not_comparable(grid: Grid) -> str | None:
    """Why no agreement can be computed (fewer than two coders, no overlap); None where it can."""
    there = grid.without_absent().coders
    if not there:
        return "nobody answered"
    if len(there) == 1:
        return f"only one coder answered: {there[0]}"
    if not grid.paired.any():
        return "no overlap: no unit has answers of two coders"
    return None


def not_corrected(grid: Grid) -> str | None:
    """Why agreement corrected for chance has no value on a comparable grid; None where it has one.

    There is a single unit with two or more answers (chance and observation are then the same thing), or all answers
    on such units are one point of the scale.
    """
    if grid.paired.sum() < 2:
        return "only one unit has answers of two coders; at least 2 are needed"
    used = np.unique(grid.codes[grid.paired][grid.present[grid.paired]])
    if len(used) > 1:
        return None
    return f"no variance: every answer is {grid.called(int(used[0]))}, so nothing can be told apart"
