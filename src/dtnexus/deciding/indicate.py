"""The indicated level: what the observed criteria of one transcript point to (framework.md 2.10).

A screening result: sufficiency, documents and the number of opportunities are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from dtnexus.assessment import Condition, Indicated
from dtnexus.deciding.gates import NOT_RATED, Finding
from dtnexus.framework import Framework, Level, LevelNumber

IndicatedLevel = Literal[0, 1, 2, 3]


def indicate(framework: Framework, findings: Mapping[str, Finding]) -> Indicated:
    """The highest level that no observed criterion speaks against and of which enough was observed.

    0 where a level-1 criterion was observed below its threshold, or where a 0 on a
    safety-critical criterion is confirmed or waits for people; None where too little was
    observed.
    Criteria that do not apply leave the denominator of the coverage.
    """
    transcript = {criterion.id for criterion in framework.transcript_criteria}
    zeros = {c.id: findings.get(c.id, NOT_RATED).zero for c in framework.criteria if c.star}
    pending = tuple(c for c, zero in zeros.items() if zero == "flagged")
    confirmed = tuple(c for c, zero in zeros.items() if zero == "confirmed")
    coverage: dict[LevelNumber, float] = {}
    against: list[Condition] = []
    level: IndicatedLevel | None = None
    reasons: list[str] = []
    for step in framework.levels:
        required = {c: wanted for c, wanted in step.thresholds.items() if c in transcript}
        asked = {c: findings.get(c, NOT_RATED) for c in required}
        scores = {c: f.score for c, f in asked.items() if f.applicable and f.score is not None}
        applicable = sum(finding.applicable for finding in asked.values())
        coverage[step.number] = len(scores) / applicable if applicable else 0.0
        against.extend(_below(step.number, c, score, required[c]) for c, score in scores.items() if score < required[c])
        why_not = _why_not(step, findings, coverage[step.number], against)
        if why_not is None:
            level = step.number
        else:
            reasons.append(f"level {step.number}: {why_not}")
    if any(condition.level == 1 for condition in against):
        level = 0
    if pending or confirmed:
        level = 0
        reasons.extend(f"confirmed 0 on {criterion}" for criterion in confirmed)
    return Indicated(
        level=level,
        coverage=coverage,
        against=tuple(against),
        flag_pending=pending,
        why=_why(level, coverage, pending, reasons),
    )


def _below(level: LevelNumber, criterion_id: str, score: int, wanted: int) -> Condition:
    return Condition(
        level=level,
        kind="threshold",
        subject=criterion_id,
        truth="fail",
        found=f"score {score}",
        wanted=f"at least {wanted}",
    )


def _why_not(step: Level, findings: Mapping[str, Finding], coverage: float, against: list[Condition]) -> str | None:
    if against:
        strictest = {c.subject: f"{c.subject} {c.found}, {c.wanted} wanted" for c in against}
        return "; ".join(strictest.values())
    if coverage < step.coverage_min:
        return f"{coverage:.0%} of its criteria observed, {step.coverage_min:.0%} wanted"
    if step.indicated_needs_any and not any(
        (score := findings.get(need.criterion, NOT_RATED).score) is not None and score >= need.score
        for need in step.indicated_needs_any
    ):
        needs = " or ".join(f"{need.criterion} at {need.score}" for need in step.indicated_needs_any)
        return f"nothing was contested ({needs} was not observed)"
    return None


def _why(
    level: IndicatedLevel | None, coverage: Mapping[LevelNumber, float], pending: tuple[str, ...], reasons: list[str]
) -> str:
    if pending:
        return f"Level 0 by screening, review pending: a possible 0 on {', '.join(pending)} waits for people."
    rest = f" Not indicated: {' | '.join(reasons)}." if reasons else ""
    if level is None:
        return f"Too little observed to indicate a level.{rest}"
    if level == 0:
        return f"Level 0 indicated by screening: what was observed is below level 1.{rest}"
    return f"Level {level} indicated by screening, {coverage[level]:.0%} of its criteria observed.{rest}"
