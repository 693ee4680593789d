"""Intraclass correlations: three models, single and average, named as in both standard papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple

import numpy as np

from dtnexus.agreement.grid import BoolArray, FloatArray, Grid, not_comparable, not_corrected
from dtnexus.agreement.statistic import NoValue, Part, Statistic, basis_of, ratio

Form = Literal["1,1", "1,k", "2,1", "2,k", "3,1", "3,k"]


class Naming(NamedTuple):
    """What a form is called: Shrout and Fleiss 1979, McGraw and Wong 1996, and in words."""

    shrout_fleiss: str
    mcgraw_wong: str
    words: str


NAMES: Final[Mapping[Form, Naming]] = {
    "1,1": Naming("ICC(1,1)", "ICC(1)", "one-way random effects, absolute agreement, single coder"),
    "1,k": Naming("ICC(1,k)", "ICC(k)", "one-way random effects, absolute agreement, mean of k coders"),
    "2,1": Naming("ICC(2,1)", "ICC(A,1)", "two-way random effects, absolute agreement, single coder"),
    "2,k": Naming("ICC(2,k)", "ICC(A,k)", "two-way random effects, absolute agreement, mean of k coders"),
    "3,1": Naming("ICC(3,1)", "ICC(C,1)", "two-way mixed effects, consistency, single coder"),
    "3,k": Naming("ICC(3,k)", "ICC(C,k)", "two-way mixed effects, consistency, mean of k coders"),
}
_ALIKE: Final = "no variance between units: they differ in nothing but their coders, so no share of variance is theirs"
_EQUAL_MEANS: Final = "the means of units vary no more than error alone explains, so a mean has no defined reliability"

_ROUNDING: Final = 1e-12


def icc(grid: Grid, form: Form) -> Statistic | NoValue:
    """The share of variance that lies between units (Shrout and Fleiss 1979; McGraw and Wong 1996); at most 1.

    Negative values are kept as the formula gives them. Missing answers: the one-way forms use every unit with two
    or more answers, with k0, the mean number of coders of unbalanced analysis of variance, in place of k; the
    two-way forms use the units that *all* coders answered. No value with fewer than two such units, without
    variance, or where units do not differ.
    """
    reason = not_comparable(grid)
    if reason:
        return NoValue(reason, basis_of(grid, grid.paired))
    return _one_way(grid, form) if form in ("1,1", "1,k") else _two_way(grid.without_absent(), form)


def _one_way(grid: Grid, form: Form) -> Statistic | NoValue:
    used = grid.paired
    basis = basis_of(grid, used)
    if reason := not_corrected(grid):
        return NoValue(reason, basis)
    values, k = grid.values()[used], grid.answered[used].astype(np.float64)
    total = values.sum(axis=1)
    within = (values**2).sum(axis=1) - total**2 / k
    sums = np.column_stack([np.ones(len(k)), k, k**2, total, total**2 / k, within])

    def value(of: FloatArray) -> FloatArray:
        units, answers, squares, total, between, within = of.T
        mean_k = ratio(answers - ratio(squares, answers), units - 1.0)
        squares_of_all = between + within
        between = ratio(_clean(between - ratio(total**2, answers), squares_of_all), units - 1.0)
        within = ratio(_clean(within, squares_of_all), answers - units)
        return ratio(between - within, between if form == "1,k" else between + (mean_k - 1.0) * within)

    return _settled(Statistic((Part(sums, value, grid.clusters[used]),), basis, _k_note(form, k)), form)


def _k_note(form: Form, k: FloatArray) -> str:
    mean_k = (k.sum() - (k**2).sum() / k.sum()) / (len(k) - 1)
    if form.endswith("k"):
        return f"k = {mean_k:.3g}"
    return "" if k.min() == k.max() else f"units have {k.min():g} to {k.max():g} coders"


def _two_way(grid: Grid, form: Form) -> Statistic | NoValue:
    used: BoolArray = np.all(grid.present, axis=1)
    basis = basis_of(grid, used)
    count = len(grid.coders)
    if basis.units < 2:
        units = "1 unit was" if basis.units == 1 else "no unit was"
        return NoValue(f"{units} answered by all {count} coders; two-way forms need at least 2 units", basis)
    complete = Grid(grid.codes[used], grid.points, grid.clusters[used], grid.coders)
    if reason := not_corrected(complete):
        return NoValue(reason, basis)
    values = complete.values()
    total = values.sum(axis=1)
    if np.ptp(values - values[:, :1], axis=0).max() == 0 and np.ptp(total) == 0:
        return NoValue(_ALIKE, basis)
    sums = np.column_stack([np.ones(len(values)), total**2, (values**2).sum(axis=1), values])
    value = _two_way_value(form, float(count))
    note = f"k = {count}; " if form.endswith("k") else ""
    note += "" if used.all() else f"on the {basis.units} units that all {count} coders answered"
    return _settled(Statistic((Part(sums, value, complete.clusters),), basis, note.removesuffix("; ")), form)


def _two_way_value(form: Form, k: float) -> Callable[[FloatArray], FloatArray]:
    def value(of: FloatArray) -> FloatArray:
        units, squared_totals, squares, of_coder = of[:, 0], of[:, 1], of[:, 2], of[:, 3:]
        correction = ratio(of_coder.sum(axis=1) ** 2, units * k)
        rows = _clean(squared_totals / k - correction, squares)
        columns = _clean(ratio((of_coder**2).sum(axis=1), units) - correction, squares)
        error = _clean(squares - correction - rows - columns, squares)
        rows = ratio(rows, units - 1.0)
        error = ratio(error, (units - 1.0) * (k - 1.0))
        columns = columns / (k - 1.0)
        if form == "3,1":
            return ratio(rows - error, rows + (k - 1.0) * error)
        if form == "3,k":
            return ratio(rows - error, rows)
        drift = ratio(columns - error, units)
        below = rows + drift if form == "2,k" else rows + (k - 1.0) * error + k * drift
        return ratio(rows - error, np.maximum(below, 0.0))

    return value


def _clean(squares: FloatArray, of_all: FloatArray) -> FloatArray:
    """A sum of squares, exactly 0 where it is rounding error of the sum of all squares."""
    return np.where(squares > _ROUNDING * of_all, squares, 0.0)


def _settled(statistic: Statistic, form: Form) -> Statistic | NoValue:
    """The statistic, or why it has no value on all units."""
    (part,) = statistic.parts
    if not np.isnan(part.value(part.sums.sum(axis=0, keepdims=True))[0]):
        return statistic
    return NoValue(_EQUAL_MEANS if form.endswith("k") else _ALIKE, statistic.basis)
