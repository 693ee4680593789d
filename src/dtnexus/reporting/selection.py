"""Which interactions a report of very many shows in full: a fixed choice, the same for the same results."""

from __future__ import annotations

from itertools import zip_longest

from dtnexus.assessment import Assessment

LEVELS = (3, 2, 1)
"""Presented levels, the closest first."""


class Selection:
    """Chooses up to `limit` interactions while they pass by; holds their numbers only.

    First those with safety-critical flags, in the order of the run, for half of the places. Then of each
    presented level in turn (X3, X2, X1), in the order of the run, those without a flag. Where these are
    too few, the next ones with flags.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._flagged: list[int] = []
        self._others: dict[int, list[int]] = {level: [] for level in LEVELS}
        self._count = 0

    def add(self, assessment: Assessment, flagged: bool) -> None:
        """Take note of the next interaction."""
        place = self._flagged if flagged else self._others[assessment.presented]
        if len(place) < self.limit:
            place.append(self._count)
        self._count += 1

    @property
    def complete(self) -> bool:
        """Whether all interactions are chosen."""
        return self._count <= self.limit

    def chosen(self) -> tuple[int, ...]:
        """Places in the run, from 0, the most important first."""
        first = self._flagged[: (self.limit + 1) // 2]
        turns = zip_longest(*(self._others[level] for level in LEVELS))
        others = [place for together in turns for place in together if place is not None]
        return tuple([*first, *others, *self._flagged[len(first) :]][: self.limit])
