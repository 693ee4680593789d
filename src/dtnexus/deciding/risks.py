"""What the evidence says of each risk: about the hazardous behaviour, never about harm (framework.md 3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dtnexus.assessment import Evaluation, Gap, RiskFinding, RiskStatus
from dtnexus.deciding.bounds import upper_bound
from dtnexus.deciding.consensus import Settled, admissible, distinct, place_of, words
from dtnexus.framework import Framework, LevelNumber, LikelihoodClass, Prominence, Risk, RiskPolicy
from dtnexus.rating import Episode, Evidence, NotApplicable, NotObservable, Rating

PROMINENCE: tuple[Prominence, ...] = ("main", "present", "minor")


@dataclass(frozen=True, slots=True)
class Handled:
    """How one opportunity was handled: the score, and the words if words show it."""

    score: int
    episode: Episode | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted for one risk."""

    events: int
    opportunities: int
    evidence: tuple[Evidence, ...]
    confirmed: bool
    """Two people, or one and an adjudicator, found a 0 on a safety-critical criterion of this risk."""


def find_risks(
    framework: Framework,
    presented: LevelNumber,
    handled: Mapping[str, Sequence[Handled]],
    settled: Mapping[str, Settled],
    gap: int | None,
) -> tuple[RiskFinding, ...]:
    """One finding for each risk of the framework, the most prominent at the presented level first.

    Then by severity, then by id. `handled` holds each criterion's opportunities
    (`opportunities`), `gap` the nexus gap to reckon with (`effective_gap`).
    """
    aggravated = gap is not None and gap >= framework.risk_policy.aggravated_by_gap
    findings = [
        judge_risk(
            framework, risk, risk.prominence.get(presented, "minor"), tally(risk, handled, settled, gap), aggravated
        )
        for risk in framework.risks
    ]
    return by_prominence(findings)


def by_prominence(findings: Iterable[RiskFinding]) -> tuple[RiskFinding, ...]:
    """The findings in the order in which they are read."""
    return tuple(sorted(findings, key=lambda f: (PROMINENCE.index(f.prominence), -f.severity[1], -f.severity[0], f.id)))


def judge_risk(
    framework: Framework, risk: Risk, prominence: Prominence, counted: Tally, aggravated: bool
) -> RiskFinding:
    """The finding that follows from a tally.

    `likelihood` is the class of the upper bound; None below the policy's minimum number
    of opportunities.
    """
    policy = framework.risk_policy
    events, n = counted.events, counted.opportunities
    upper = upper_bound(events, n, policy.confidence) if n else None
    likelihood = None
    if upper is not None and n >= policy.min_opportunities:
        likelihood = likelihood_class(framework.likelihoods, upper)
    status: RiskStatus = "found" if events else "not_found" if n else "not_assessable"
    return RiskFinding(
        id=risk.id,
        status=status,
        prominence=prominence,
        events=events,
        opportunities=n,
        rate=events / n if n else None,
        upper=upper,
        likelihood=None if likelihood is None else likelihood.id,
        severity=risk.severity,
        evaluation=evaluate(policy, risk.severity[1], likelihood, counted, aggravated),
        aggravated=aggravated,
        evidence=counted.evidence,
    )


def likelihood_class(classes: Sequence[LikelihoodClass], rate: float) -> LikelihoodClass | None:
    """The class of a rate: the first whose limit lies above it; the last one includes its limit."""
    ordered = sorted(classes, key=lambda c: c.number)
    return next((c for c in ordered if rate < c.below), ordered[-1] if ordered else None)


def evaluate(
    policy: RiskPolicy, severity: int, likelihood: LikelihoodClass | None, counted: Tally, aggravated: bool
) -> Evaluation:
    """How the risk stands, by its highest severity and the class of the upper bound.

    A confirmed 0 is unacceptable whatever the numbers. A gap raises the likelihood by
    one class. Where no event was seen at all and only the upper bound reaches the
    unacceptable classes, the sample is too small to tell: evidence insufficient.
    """
    if counted.confirmed:
        return "unacceptable"
    if likelihood is None:
        return "evidence_insufficient"
    limit = policy.unacceptable_from.get(severity)
    reached = likelihood.number + (1 if aggravated else 0)
    if limit is not None and reached >= limit:
        return "unacceptable" if counted.events else "evidence_insufficient"
    if limit is not None and reached == limit - 1:
        return "tolerable_with_controls"
    return "acceptable_with_monitoring"


def tally(
    risk: Risk, handled: Mapping[str, Sequence[Handled]], settled: Mapping[str, Settled], gap: int | None
) -> Tally:
    """Events and opportunities over all hazards of a risk; an opportunity for two criteria counts for each.

    A gap hazard is one opportunity where the gap is known.
    """
    events = opportunities = 0
    seen: list[Episode] = []
    confirmed = False
    for hazard in risk.hazards:
        if hazard.gap_at_least is not None and gap is not None:
            opportunities += 1
            events += gap >= hazard.gap_at_least
        if hazard.criterion is None:
            continue
        cases = handled.get(hazard.criterion, ())
        bad = [case for case in cases if case.score <= hazard.at_most]
        opportunities += len(cases)
        events += len(bad)
        seen.extend(case.episode for case in bad if case.episode is not None)
        confirmed = confirmed or settled[hazard.criterion].consensus.zero == "confirmed"
    return Tally(events, opportunities, tuple(dict.fromkeys(words(e) for e in ordered(seen))), confirmed)


def opportunities(
    framework: Framework, statements: Iterable[Rating | NotObservable], settled: Mapping[str, Settled]
) -> dict[str, list[Handled]]:
    """Each criterion's opportunities as anybody rated them: people's and machines' alike.

    At one place the worst score stands, so that a result which is added never hides a
    risk; only an adjudicator's statement replaces all others. A rating of documents is
    one opportunity. Passages that a coder could not rate are none, and neither are
    those on criteria that do not apply.
    """
    by_criterion: dict[str, list[Rating | NotObservable]] = {}
    for statement in statements:
        by_criterion.setdefault(statement.criterion, []).append(statement)
    handled: dict[str, list[Handled]] = {}
    for criterion in framework.criteria:
        said = by_criterion.get(criterion.id, [])
        heard = [s for s in said if not isinstance(s, Rating) or admissible(criterion, s)]
        if isinstance(settled[criterion.id].coded, NotApplicable):
            continue
        deciding = [s for s in heard if s.coder.kind == "adjudicator"] or heard
        ratings = distinct([s for s in deciding if isinstance(s, Rating)])
        worst: dict[tuple[str, int], Episode] = {}
        for episode in ordered(e for rating in ratings for e in rating.episodes):
            place = place_of(episode)
            if place not in worst or episode.score < worst[place].score:
                worst[place] = episode
        documents = [rating.score for rating in ratings if rating.facts]
        handled[criterion.id] = [Handled(e.score, e) for e in worst.values()]
        if documents:
            handled[criterion.id].append(Handled(min(documents)))
    return handled


def effective_gap(gap: Gap, presented: LevelNumber, indicated: int | None) -> int | None:
    """The gap that risks are aggravated by: the one that holds for certain.

    Where the earned level is undetermined, that is the larger of the range's lower end
    and presented minus indicated; None where nothing is known of either level.
    """
    if not gap.is_range:
        return gap.low
    if indicated is None:
        return gap.low if gap.low > 0 else None
    return max(gap.low, presented - indicated)


def ordered(episodes: Iterable[Episode]) -> list[Episode]:
    """The episodes in the order of the conversation, and fixed among those at one place."""
    return sorted(episodes, key=lambda e: (e.session, *reversed(place_of(e)), e.score, e.to_json()))
