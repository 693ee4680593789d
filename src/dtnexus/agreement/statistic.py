"""Statistic: a coefficient as a function of sums over units, so that thousands of draws are one matrix product.

Every coefficient here depends on its units only through sums (of coincidences, margins, squares ...). Drawing
interactions with replacement gives each unit a weight; the sums of all draws are ``weights @ sums``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dtnexus.agreement.grid import BoolArray, FloatArray, Grid, IntArray


@dataclass(frozen=True, slots=True)
class Basis:
    """What a coefficient rests on; travels with every value, also with one that is missing."""

    units: int = 0
    """Units that enter the coefficient."""
    coders: int = 0
    """Coders with an answer on one of these units."""
    coder_pairs: int = 0
    """Pairs of coders with a unit in common."""
    score_pairs: int = 0
    """Pairs of answers of two coders to one unit."""
    interactions: int = 0
    """Interactions that these units belong to: what is drawn in the bootstrap."""


@dataclass(frozen=True, slots=True)
class Part:
    """Sums over units and the value they give."""

    sums: FloatArray
    """(units, s): what each unit adds."""
    value: Callable[[FloatArray], FloatArray]
    """(draws, s) -> (draws,): the coefficient; NaN where the formula is 0/0."""
    clusters: IntArray
    """(units,): the interaction of each unit."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """A coefficient ready to be computed; the mean over its parts where it has several (pairs of coders)."""

    parts: tuple[Part, ...]
    basis: Basis
    note: str = ""
    """What must be said beside the value; empty where nothing must."""


@dataclass(frozen=True, slots=True)
class NoValue:
    """Why there is no value."""

    reason: str
    basis: Basis = Basis()


def basis_of(grid: Grid, used: BoolArray) -> Basis:
    """The counts of the used units; `used` has shape (units,)."""
    present = grid.present[used]
    together = present.T.astype(np.int64) @ present.astype(np.int64)
    above = np.triu(together, 1)
    return Basis(
        units=int(used.sum()),
        coders=int(present.any(axis=0).sum()),
        coder_pairs=int((above > 0).sum()),
        score_pairs=int(above.sum()),
        interactions=len(np.unique(grid.clusters[used])),
    )


def ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """Element by element; NaN where the divisor is 0."""
    known = np.abs(below) > 1e-12
    divided: FloatArray = np.divide(above, below, out=np.full(np.broadcast(above, below).shape, np.nan), where=known)
    return divided
