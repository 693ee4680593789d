"""A person's scores on gold units, whose right score is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from dtnexus.admission import Figure
from dtnexus.agreement.grid import Grid
from dtnexus.agreement.kappa import kappa
from dtnexus.agreement.statistic import NoValue

_SCALE = np.arange(5, dtype=np.float64)


class Gold(NamedTuple):
    """One gold unit on one criterion: the right score and the one that was given, both 0-4."""

    unit: str
    criterion: str
    right: int
    given: int | None
    """None: "not observable", where the gold score says that there was something to rate."""

    @property
    def error(self) -> int | None:
        """Given minus right, in scale points; None where no score was given."""
        return None if self.given is None else self.given - self.right


def weighted_kappa(scores: Iterable[Gold]) -> Figure:
    """Weighted kappa (quadratic) of a person against gold; answers without a score do not enter.

    No interval is given: gold units are few and chosen.
    """
    scored: Sequence[tuple[int, int]] = [(each.right, each.given) for each in scores if each.given is not None]
    if not scored:
        return Figure(value=None, why_none="no gold unit was scored")
    codes = np.array(scored, dtype=np.int64)
    found = kappa(Grid(codes, _SCALE, np.arange(len(codes)), ("gold", "person")), "quadratic")
    if isinstance(found, NoValue):
        return Figure(value=None, why_none=found.reason)
    part = found.parts[0]
    value = float(part.value(part.sums.sum(axis=0, keepdims=True))[0])
    return Figure(value=value, why_no_interval="gold units are few and chosen")
