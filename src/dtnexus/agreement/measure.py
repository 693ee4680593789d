"""Computes every coefficient of a ratings table, with intervals over whole interactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from dtnexus.agreement.bands import band_of
from dtnexus.agreement.coefficients import SCORES, Coefficient, yes_no
from dtnexus.agreement.grid import Grid, stacked
from dtnexus.agreement.methods import methods, notes
from dtnexus.agreement.resampling import FEW, Resampler
from dtnexus.agreement.results import About, Agreement, CoderCount, Estimate
from dtnexus.agreement.severity import severity
from dtnexus.agreement.statistic import NoValue
from dtnexus.agreement.table import NOT_OBSERVABLE, RatingsTable

SEVERITY: Final = "mean deviation from the leave-one-out mean of the co-coders, in scale points"


def agreement(
    table: RatingsTable, stars: Sequence[str], source: str, version: str, resampler: Resampler | None = None
) -> Agreement:
    """Everything about the agreement in a table, in the order of its criteria; the same input gives the same output.

    Every criterion alone and, where there are several, all together. `stars` names the safety-critical criteria;
    `source` the file; `version` that of the program. Agreement on observable or not is computed where anybody said
    "not observable"; scores alone never count it as a score or as disagreement.
    """
    resampler = resampler or Resampler()
    own = tuple(name for name in table.criteria if name in set(stars))
    estimates = tuple(_estimates(table, own, resampler))
    coders = tuple(
        CoderCount(
            name=coder.name,
            kind=coder.kind or "",
            scores=int((table.codes[:, :, number] >= 0).sum()),
            not_observable=int((table.codes[:, :, number] == NOT_OBSERVABLE).sum()),
        )
        for number, coder in enumerate(table.coders)
    )
    text, references = methods(table, coders, own, resampler)
    return Agreement(
        dtnexus=version,
        source=source,
        units=len(table.units),
        interactions=len(table.interactions),
        by_interaction=table.by_interaction,
        coders=coders,
        criteria=table.criteria,
        stars=own,
        scale=(int(table.points[0]), int(table.points[-1])),
        left_out={str(reason): count for reason, count in sorted(table.left_out.items())},
        draws=resampler.draws,
        seed=resampler.seed,
        notes=notes(table, coders, own),
        methods=f"{text} Computed with dtnexus {version}.",
        references=references,
        estimates=estimates,
    )


def _estimates(table: RatingsTable, stars: Sequence[str], resampler: Resampler) -> Iterator[Estimate]:
    scores = {name: table.scores(name) for name in table.criteria}
    yield from _on("scores", scores, SCORES, resampler)
    if table.any_not_observable:
        seen = {name: table.observable(name) for name in table.criteria}
        yield from _on("observable", seen, yes_no("observable", "not observable"), resampler)
    low, next_low = (float(point) for point in table.points[:2])
    cuts: tuple[tuple[About, float, str, str], ...] = (
        ("star_lowest", low, f"score {low:g}", f"score above {low:g}"),
        ("star_two_lowest", next_low, f"score {low:g} or {next_low:g}", f"score above {next_low:g}"),
    )
    for about, at_most, yes, no in cuts:
        yield from _on(about, {name: scores[name].cut(at_most) for name in stars}, yes_no(yes, no), resampler)
    for number, coder in enumerate(table.names):
        of_coder = Coefficient("severity", SEVERITY, partial(severity, coder=number))
        yield from _on("severity", scores, (of_coder,), resampler, coder)


def _on(
    about: About,
    grids: dict[str, Grid],
    coefficients: Sequence[Coefficient],
    resampler: Resampler,
    coder: str | None = None,
) -> Iterator[Estimate]:
    """Each criterion, then all of them together where there are several."""
    named: list[tuple[str | None, Grid]] = list(grids.items())
    if len(named) > 1:
        named.append((None, stacked(list(grids.values()))))
    for criterion, grid in named:
        for coefficient in coefficients:
            yield _estimate(about, criterion, coefficient, grid, resampler, coder)


def _estimate(
    about: About, criterion: str | None, coefficient: Coefficient, grid: Grid, resampler: Resampler, coder: str | None
) -> Estimate:
    made = coefficient.of(grid)
    basis, note, why_none, why_no_interval = made.basis, "", "", ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    if isinstance(made, NoValue):
        why_none = made.reason
    else:
        spread = resampler.spread(made)
        value, low, high, note = spread.value, spread.low, spread.high, made.note
        why_none, why_no_interval = spread.why_none, spread.why_no_interval
        if low is not None and basis.interactions < FEW:
            few = f"only {basis.interactions} interactions: the interval is likely too narrow"
            note = f"{note}; {few}" if note else few
    return Estimate(
        about=about,
        criterion=criterion,
        coefficient=coefficient.id,
        name=coefficient.name,
        coder=coder,
        value=value,
        low=low,
        high=high,
        units=basis.units,
        coders=basis.coders,
        coder_pairs=basis.coder_pairs,
        score_pairs=basis.score_pairs,
        interactions=basis.interactions,
        why_none=why_none,
        why_no_interval=why_no_interval,
        note=note,
        band=band_of(coefficient.id, low, high) if about != "severity" else None,
    )
