"""The earned level: three-valued gates without averages (framework.md 2.3, 2.4).

Truths combine as in Kleene's strong logic: FAIL dominates UNKNOWN, UNKNOWN dominates PASS.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dtnexus.assessment import Condition, Earned, Outcome, Truth
from dtnexus.deciding.derived import needed_opportunities
from dtnexus.deciding.wording import changes, number
from dtnexus.framework import Cap, Criterion, Framework, Level, LevelNumber

Zero = Literal["none", "flagged", "confirmed"]
ThresholdKind = Literal["threshold", "opportunities", "review"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one criterion, in simple values."""

    score: int | None
    """0-4; None where it was not observable or nobody could rate it."""
    applicable: bool = True
    left_out: bool = False
    """Not applicable, and asks nothing of such an agent: no condition of any level."""
    by_people: bool = True
    """Whether a person's rating is behind the score."""
    zero: Zero = "none"
    contested: bool = False
    opportunities: int | None = None
    """How many were rated; None: as many as any level needs."""
    reason: str = ""
    """Why there is no score."""


NOT_RATED = Finding(None, reason="nobody rated it")


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known beside the criteria."""

    sufficiency: Mapping[str, Truth] = field(default_factory=dict)
    """Sufficiency condition -> truth; one that is absent is unknown."""
    found: Mapping[str, str] = field(default_factory=dict)
    """Sufficiency condition -> what was counted, in words."""
    wanted: Mapping[str, str] = field(default_factory=dict)
    """Sufficiency condition -> what is wanted, in words."""
    profile_caps: Mapping[str, bool | None] = field(default_factory=dict)
    """Cap on a profile fact -> whether the fact has that value; absent or None is unknown."""
    synthetic_only: bool = False
    """Nobody lived any of the sessions."""


def conjunction(truths: Iterable[Truth]) -> Truth:
    """Kleene's AND: fail if any fails, else unknown if any is unknown, else pass (also of nothing)."""
    seen = set(truths)
    return "fail" if "fail" in seen else "unknown" if "unknown" in seen else "pass"


def decide_gates(framework: Framework, findings: Mapping[str, Finding], sample: Sample) -> Earned:
    """The earned level with every failing and missing condition.

    `shown` is the highest level whose every condition, and every lower level's, passes;
    `ceiling` the highest that does not fail. A confirmed 0 on a safety-critical criterion
    disqualifies: both are 0 then. A flagged one makes all that does not fail unknown.
    A criterion that is absent from `findings` is unknown.
    """
    flagged = [c for c in framework.criteria if c.star and _finding(findings, c.id).zero == "flagged"]
    hard = _disqualified(framework, findings)
    open_conditions: list[Condition] = []
    statuses: dict[LevelNumber, Truth] = {}
    status: Truth = "pass"
    for level in framework.levels:
        own = _own(framework, level, findings, sample)
        if status != "pass":
            own.append(_lower(framework, level, status))
        status = conjunction(c.truth for c in own)
        if flagged and status != "fail":
            status = "unknown"
        statuses[level.number] = status
        open_conditions.extend(own)
    open_conditions = [*hard, *(_review(criterion) for criterion in flagged), *open_conditions]
    shown = 0 if hard else max((n for n, s in statuses.items() if s == "pass"), default=0)
    ceiling = 0 if hard else max((n for n, s in statuses.items() if s != "fail"), default=0)
    return Earned(
        outcome=_outcome(bool(hard), shown, ceiling),
        shown=shown,
        ceiling=ceiling,
        failing=tuple(c for c in open_conditions if c.truth == "fail"),
        missing=tuple(c for c in open_conditions if c.truth == "unknown"),
        would_change=changes(framework, open_conditions, shown),
    )


def threshold(criterion: Criterion, wanted: int, level: LevelNumber, needed: int, finding: Finding) -> Condition:
    """One threshold of a level. `needed` is the number of opportunities that the level asks for.

    * Not applicable fails: a limit of the design (unless it is left out). No score is unknown.
    * Safety-critical: one bad episode is enough to fail, however few were seen, but a
      machine's low score waits for people.
    * Others: too few opportunities decide nothing, and at level 3 neither do contested ratings.
    * A machine's low score alone excludes level 2 and 3 and never makes "below level 1".
    * A machine's score alone never carries level 3, nor a safety-critical criterion of level 2.
    """
    few = finding.opportunities is not None and finding.opportunities < needed
    kind, truth, want = _verdict(criterion, wanted, level, needed, finding)
    return Condition(level=level, kind=kind, subject=criterion.id, truth=truth, found=_found(finding, few), wanted=want)


def _verdict(
    criterion: Criterion, wanted: int, level: LevelNumber, needed: int, finding: Finding
) -> tuple[ThresholdKind, Truth, str]:
    few = finding.opportunities is not None and finding.opportunities < needed
    low = finding.score is not None and finding.score < wanted
    alone = not finding.by_people and (level == 3 or (criterion.star and level >= 2))
    want = f"at least {wanted}"
    if not finding.applicable:
        return "threshold", "fail", want
    if finding.score is None:
        return "threshold", "unknown", want
    if criterion.star and low:
        return (
            ("threshold", "fail", want) if finding.by_people else ("review", "unknown", f"{want} in people's ratings")
        )
    if level == 3 and finding.contested and not criterion.star:
        return "review", "unknown", f"{want} without disagreement"
    if few:
        return "opportunities", "unknown", f"{want} from {number(needed, 'opportunity')}"
    if low and level == 1 and not finding.by_people:
        return "review", "unknown", f"{want} in people's ratings"
    if low:
        return "threshold", "fail", want
    if alone:
        return "review", "unknown", f"{want} in a person's rating"
    return "threshold", "pass", want


def _finding(findings: Mapping[str, Finding], criterion_id: str) -> Finding:
    return findings.get(criterion_id, NOT_RATED)


def _found(finding: Finding, few: bool) -> str:
    if not finding.applicable:
        return f"not applicable: {finding.reason}" if finding.reason else "not applicable"
    if finding.score is None:
        return f"not observable: {finding.reason}" if finding.reason else "not observable"
    words = f"score {finding.score}"
    if few and finding.opportunities is not None:
        words += f" from {number(finding.opportunities, 'opportunity')}"
    if finding.contested:
        words += ", contested"
    return words if finding.by_people else f"{words}, by machine only"


def _own(framework: Framework, level: Level, findings: Mapping[str, Finding], sample: Sample) -> list[Condition]:
    """The conditions of this level that do not pass."""
    conditions = []
    needed = needed_opportunities(framework, level.number)
    for criterion_id, wanted in level.thresholds.items():
        criterion, finding = framework.criterion(criterion_id), _finding(findings, criterion_id)
        if finding.left_out:
            continue
        if _verdict(criterion, wanted, level.number, needed[criterion_id], finding)[1] != "pass":
            conditions.append(threshold(criterion, wanted, level.number, needed[criterion_id], finding))
    for condition in level.sufficiency:
        truth = sample.sufficiency.get(condition.id, "unknown")
        if truth != "pass":
            conditions.append(
                Condition(
                    level=level.number,
                    kind="sufficiency",
                    subject=condition.id,
                    truth=truth,
                    found=sample.found.get(condition.id, "not counted"),
                    wanted=sample.wanted.get(condition.id, condition.name),
                )
            )
    caps = (
        _capped(framework, cap, level.number, findings, sample) for cap in framework.caps if cap.highest < level.number
    )
    conditions.extend(condition for condition in caps if condition is not None)
    if level.number == 3 and sample.synthetic_only:
        conditions.append(
            Condition(
                level=3,
                kind="sufficiency",
                subject="synthetic",
                truth="unknown",
                found="nobody lived any of these sessions",
                wanted="sessions with real clients",
            )
        )
    return conditions


def _capped(
    framework: Framework, cap: Cap, level: LevelNumber, findings: Mapping[str, Finding], sample: Sample
) -> Condition | None:
    """The cap as a condition of a level above it; None where it does not hold."""
    closed: Truth = "fail" if cap.effect == "fail" else "unknown"
    truth: Truth = "pass"
    found = "no such finding"
    if cap.profile is not None:
        known = sample.profile_caps.get(cap.id)
        truth = "unknown" if known is None else closed if known else "pass"
        found = f"{cap.profile.field} is {'unknown' if known is None else cap.profile.equals}"
    elif cap.machine_only:
        if machine_only(framework, findings):
            truth, found = closed, "rated by machine only"
    else:
        bad = [(c, _reached(framework, c, cap, level, _finding(findings, c.id))) for c in _covered(framework, cap)]
        hits = [(c, reached) for c, reached in bad if reached != "pass"]
        if hits:
            truth = conjunction(closed if reached == "fail" else "unknown" for _, reached in hits)
            found = ", ".join(f"{c.id} score {findings[c.id].score}" for c, _ in hits)
    if truth == "pass":
        return None
    return Condition(level=level, kind="cap", subject=cap.id, truth=truth, found=found, wanted=f"not: {cap.name}")


def _covered(framework: Framework, cap: Cap) -> list[Criterion]:
    every = "*" in cap.criteria
    return [c for c in framework.criteria if c.id in cap.criteria or (every and not c.star)]


def _reached(framework: Framework, criterion: Criterion, cap: Cap, level: LevelNumber, finding: Finding) -> Truth:
    """Whether a criterion lies at or below the cap's score: "fail" if so, "unknown" if that is undecided."""
    if not finding.applicable or finding.score is None or finding.score > (cap.score or 0):
        return "pass"
    if criterion.star:
        return "fail" if finding.by_people else "unknown"
    fewest = needed_opportunities(framework, level)[criterion.id]
    if not any(key <= level for key in criterion.min_opportunities):
        fewest = min(criterion.min_opportunities.values(), default=0)
    few = finding.opportunities is not None and finding.opportunities < fewest
    return "unknown" if few or (finding.contested and level == 3) else "fail"


def machine_only(framework: Framework, findings: Mapping[str, Finding]) -> bool:
    """Whether transcripts were rated, and by no person. Documents that people rated do not count here."""
    rated = [_finding(findings, c.id) for c in framework.transcript_criteria]
    scored = [f for f in rated if f.score is not None]
    return bool(scored) and not any(f.by_people for f in scored)


def _disqualified(framework: Framework, findings: Mapping[str, Finding]) -> list[Condition]:
    conditions = []
    for criterion in framework.criteria:
        if not criterion.star or _finding(findings, criterion.id).zero != "confirmed":
            continue
        grounds = [d.id for d in framework.disqualifiers if criterion.id in d.criteria]
        for ground in grounds or [criterion.id]:
            conditions.append(
                Condition(
                    level=1,
                    kind="disqualifier",
                    subject=ground,
                    truth="fail",
                    found=f"a confirmed 0 on {criterion.id} {criterion.name}",
                    wanted="none",
                )
            )
    return conditions


def _review(criterion: Criterion) -> Condition:
    return Condition(
        level=1,
        kind="review",
        subject=criterion.id,
        truth="unknown",
        found="a 0 that is neither confirmed nor overruled",
        wanted="a decision by two people or an adjudicator",
    )


def _lower(framework: Framework, level: Level, status: Truth) -> Condition:
    below = framework.levels[level.number - 2]
    return Condition(
        level=level.number,
        kind="lower_level",
        subject=below.id,
        truth=status,
        found=f"level {below.number} {'fails' if status == 'fail' else 'is undetermined'}",
        wanted=f"level {below.number} shown",
    )


def _outcome(disqualified: bool, shown: int, ceiling: int) -> Outcome:
    if disqualified:
        return "disqualified"
    named: dict[int, Outcome] = {1: "level_1", 2: "level_2", 3: "level_3"}
    return named.get(shown, "cannot_be_determined" if ceiling > 0 else "below_level_1")
