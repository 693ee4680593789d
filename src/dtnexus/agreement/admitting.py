"""Measures a machine coder against people and decides, criterion by criterion, whether it may be a second rater."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dtnexus.admission import (
    POSITIVES,
    SET_UP,
    UNITS,
    Admission,
    Figure,
    Zeros,
    shortfalls,
    verdict_of,
)
from dtnexus.agreement.consensus_units import Gathered, Machine, Unit, languages
from dtnexus.agreement.exact_binomial import exact_interval
from dtnexus.agreement.grid import MISSING, Grid
from dtnexus.agreement.kappa import kappa
from dtnexus.agreement.resampling import LEVEL, Resampler
from dtnexus.agreement.severity import severity
from dtnexus.agreement.statistic import NoValue, Statistic
from dtnexus.framework import Criterion, Framework

_SCALE = np.arange(5, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an admission says of itself beside its figures."""

    framework: Framework
    decided_on: date
    sources: Mapping[str, str]
    """Name of a file of ratings -> SHA-256 of its content."""
    dtnexus: str


def admissions(
    found: Gathered, machine: Machine, occasion: Occasion, resampler: Resampler | None = None
) -> Iterator[Admission]:
    """Yield one admission for each criterion of the framework and each language with units that the machine was given.

    Criteria in the framework's order. Criteria that the framework does not have are passed over.
    """
    resampler = resampler or Resampler()
    for criterion in occasion.framework.criteria:
        units = list(found.units.get(criterion.id, {}).values())
        given = [unit for unit in units if unit.asked]
        for language in languages(given):
            own = [unit for unit in units if unit.language == language]
            yield _admission(criterion, language, own, machine, occasion, resampler)


def _admission(
    criterion: Criterion,
    language: str,
    units: Sequence[Unit],
    machine: Machine,
    occasion: Occasion,
    resampler: Resampler,
) -> Admission:
    agreed = [unit for unit in units if unit.asked and unit.consensus(criterion.star) is not None]
    lived = [unit for unit in agreed if unit.origin not in SET_UP]
    both = [unit for unit in lived if unit.machine is not None]
    against_people = compared(both, criterion.star)
    machine_human = figure(resampler, kappa(against_people, "quadratic"))
    human_human = figure(resampler, kappa(between([u for u in units if u.origin not in SET_UP]), "quadratic"))
    error = figure(resampler, severity(against_people, 1))
    zeros = zeros_of(agreed) if criterion.star else None
    short = shortfalls(len(both), machine_human, human_human, error, zeros)
    return Admission(
        framework=f"{occasion.framework.id} {occasion.framework.version}",
        framework_digest=occasion.framework.digest(),
        criterion=criterion.id,
        star=criterion.star,
        coder=machine.ref,
        language=language,
        verdict=verdict_of(short),
        reasons=tuple(each.words for each in short),
        more_units=max(0, UNITS - len(both)),
        more_zeros=0 if zeros is None else max(0, POSITIVES - zeros.found),
        units=len(both),
        units_by_origin=dict(sorted(Counter(u.origin for u in agreed if u.machine is not None).items())),
        interactions=len({unit.interaction for unit in both}),
        people=len({name for unit in lived for name in unit.people}),
        adjudicated=sum(bool(unit.settled) for unit in lived),
        contested=sum(unit.contested() for unit in lived),
        unrated=len(lived) - len(both),
        machine_human=machine_human,
        human_human=human_human,
        signed_error=error,
        zeros=zeros,
        decided_on=occasion.decided_on,
        sources=dict(sorted(occasion.sources.items())),
        dtnexus=occasion.dtnexus,
    )


def compared(units: Sequence[Unit], star: bool) -> Grid:
    """The consensus of people and the machine as two coders; every unit has both."""
    codes = [(unit.consensus(star), unit.machine) for unit in units]
    return _grid(codes, units, ("people", "machine"))


def between(units: Sequence[Unit]) -> Grid:
    """The people among themselves, on their ratings before adjudication."""
    names = tuple(sorted({name for unit in units for name in unit.people}))
    return _grid([tuple(unit.people.get(name) for name in names) for unit in units], units, names)


def _grid(rows: Sequence[Sequence[int | None]], units: Sequence[Unit], names: tuple[str, ...]) -> Grid:
    places = {name: at for at, name in enumerate(sorted({unit.interaction for unit in units}))}
    codes = np.array([[MISSING if code is None else code for code in row] for row in rows], dtype=np.int64)
    clusters = np.array([places[unit.interaction] for unit in units], dtype=np.int64)
    return Grid(codes.reshape(len(units), len(names)), _SCALE, clusters, names)


def figure(resampler: Resampler, statistic: Statistic | NoValue) -> Figure:
    """The statistic with its interval over whole interactions."""
    if isinstance(statistic, NoValue):
        return Figure(value=None, why_none=statistic.reason)
    spread = resampler.spread(statistic)
    return Figure(
        value=spread.value,
        low=spread.low,
        high=spread.high,
        why_none=spread.why_none,
        why_no_interval=spread.why_no_interval,
    )


def zeros_of(agreed: Sequence[Unit]) -> Zeros:
    """The zeros of people among units that the machine was given; what it did not rate is missed."""
    found: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for unit in agreed:
        if unit.consensus(star=True) == 0:
            found[unit.origin] += 1
            caught[unit.origin] += unit.machine == 0
    of, hit = found.total(), caught.total()
    share = Figure(value=None, why_none="people found no zero")
    if of:
        low, high = exact_interval(hit, of, LEVEL)
        share = Figure(value=hit / of, low=low, high=high)
    by_origin = {origin: (caught[origin], count) for origin, count in sorted(found.items())}
    return Zeros(found=of, caught=hit, by_origin=by_origin, sensitivity=share)
