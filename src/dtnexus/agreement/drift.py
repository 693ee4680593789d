"""Drift: whether a person still rates as when they were certified, seen on hidden gold units (framework.md 6.2, 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from pydantic import Field

from dtnexus.admission import Figure, points
from dtnexus.agreement.gold import Gold, weighted_kappa
from dtnexus.record import Record

MEAN: Final = 0.5
"""Mean signed error, in scale points, beyond which a person is trained again."""
FALL: Final = 0.10
"""Fall of weighted kappa since the certification beyond which a person is trained again."""
FEWEST: Final = 8
"""Gold scores below which nothing is decided: with two in 25 units, those of a hundred units."""


class ChartPoint(Record):
    """One gold score on the control chart."""

    unit: str
    criterion: str
    error: int
    """Given minus right, in scale points."""
    mean: float
    """Mean error of this and all earlier scores on the chart."""
    beyond: bool
    """Whether that mean lies beyond half a point in either direction."""


class Drift(Record):
    """The control chart of one person and what follows from it."""

    verdict: Literal["retrain", "in control", "undecided"]
    reasons: tuple[str, ...]
    """Why: the rules that are broken, or what is missing; empty where in control."""
    chart: tuple[ChartPoint, ...]
    """In the order in which the units were rated."""
    mean_error: float | None
    """Over all scores on the chart; None without any."""
    kappa: Figure
    """Now, on the scores of the chart."""
    kappa_before: float | None
    """At the certification; None: not known, and the fall cannot be judged."""
    unscored: int = Field(ge=0)
    """Gold units that the person called "not observable"."""


def drift(scores: Sequence[Gold], kappa_before: float | None) -> Drift:
    """The control chart of one person's hidden gold scores, given in the order of rating.

    Retrain where the mean signed error lies beyond half a point in either direction, or where weighted kappa fell by
    more than .10. With fewer than 8 scores nothing is decided.
    """
    scored = [(each, each.error) for each in scores if each.error is not None]
    chart = tuple(_points(scored))
    mean = chart[-1].mean if chart else None
    now = weighted_kappa(scores)
    reasons = []
    few = len(chart) < FEWEST
    if few:
        reasons.append(f"{len(chart)} gold scores, needs {FEWEST}: {FEWEST - len(chart)} more")
    else:
        if mean is not None and abs(mean) > MEAN:
            reasons.append(f"mean signed error {mean:+.2f}, at most {MEAN:.2f} in either direction")
        if kappa_before is not None and now.value is not None and kappa_before - now.value > FALL + 1e-9:
            reasons.append(
                f"kappa fell from {points(kappa_before)} to {points(now.value)}, by more than {points(FALL)}"
            )
    return Drift(
        verdict="undecided" if few else "retrain" if reasons else "in control",
        reasons=tuple(reasons),
        chart=chart,
        mean_error=mean,
        kappa=now,
        kappa_before=kappa_before,
        unscored=len(scores) - len(scored),
    )


def _points(scores: Sequence[tuple[Gold, int]]) -> list[ChartPoint]:
    points_, total = [], 0
    for count, (each, error) in enumerate(scores, start=1):
        total += error
        mean = total / count
        point = ChartPoint(unit=each.unit, criterion=each.criterion, error=error, mean=mean, beyond=abs(mean) > MEAN)
        points_.append(point)
    return points_
