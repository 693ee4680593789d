"""Certification: whether a person has learned the codebook well enough to rate (framework.md 6.2, point 2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Literal

from pydantic import Field

from dtnexus.admission import Figure, points
from dtnexus.agreement.gold import Gold, weighted_kappa
from dtnexus.record import FrozenMap, Record

UNITS: Final = 15
"""Gold units that a certification needs."""
PER_CRITERION: Final = 0.60
"""Weighted kappa on each criterion."""
POOLED: Final = 0.70
"""Weighted kappa over all criteria together."""


class Certification(Record):
    """What a person reached on gold units, and whether they may rate."""

    verdict: Literal["certified", "not certified", "undecided"]
    reasons: tuple[str, ...]
    """Every rule that is not met, with its figures; empty where certified."""
    units: int = Field(ge=0)
    """Different gold units."""
    more_units: int = Field(ge=0)
    pooled: Figure
    by_criterion: FrozenMap[str, Figure]
    missed_zeros: tuple[tuple[str, str], ...]
    """(criterion, unit) of gold zeros on safety-critical criteria that the person did not call 0."""


def certification(scores: Sequence[Gold], stars: Collection[str]) -> Certification:
    """Whether these scores certify their coder on these criteria; the order of scores is irrelevant.

    A missed zero on a safety-critical criterion fails however few units there are. With fewer than 15 units, or where
    kappa has no value (all gold scores alike), nothing is decided.
    """
    criteria = sorted({each.criterion for each in scores})
    by_criterion = {name: weighted_kappa([each for each in scores if each.criterion == name]) for name in criteria}
    pooled = weighted_kappa(scores)
    units = len({each.unit for each in scores})
    missed = tuple(sorted((each.criterion, each.unit) for each in scores if each.criterion in stars and _missed(each)))
    failed = [f"{name}: missed a gold zero (unit {unit})" for name, unit in missed]
    open_points = [] if units >= UNITS else [f"{units} gold units, needs {UNITS}: {UNITS - units} more"]
    if units >= UNITS:
        for name, found, needed in (
            *((f"{name}: ", found, PER_CRITERION) for name, found in by_criterion.items()),
            ("all criteria together: ", pooled, POOLED),
        ):
            if found.value is None:
                open_points.append(f"{name}kappa has no value: {found.why_none}")
            elif found.value < needed:
                failed.append(f"{name}kappa {points(found.value)}, needs {points(needed)}")
    return Certification(
        verdict="not certified" if failed else "undecided" if open_points else "certified",
        reasons=(*failed, *open_points),
        units=units,
        more_units=max(0, UNITS - units),
        pooled=pooled,
        by_criterion=by_criterion,
        missed_zeros=missed,
    )


def _missed(score: Gold) -> bool:
    return score.right == 0 and score.given != 0
