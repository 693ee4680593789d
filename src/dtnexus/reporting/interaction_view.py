"""One interaction as it is shown: three results, why, criteria, risks, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dtnexus.assessment import Assessment, CoderSaid, Condition, Consensus, MachineRole, RiskFinding
from dtnexus.framework import Criterion, Domain, Framework
from dtnexus.rating import Coded, Failure, NotApplicable, NotObservable, Rating
from dtnexus.reporting.lock import Lock, lock_for
from dtnexus.reporting.machine_marks import by_words, machine_remarks
from dtnexus.reporting.summary import Flag, agent_name, episodes_of, flags_of
from dtnexus.reporting.transcript_view import Places, Quote, SessionView, sessions_of
from dtnexus.reporting.wording import (
    CONDITION,
    EVALUATION,
    FAILURE,
    OUTCOME,
    PROMINENCE,
    STATUS,
    counted,
    indicated_words,
    level_name,
    percent,
)
from dtnexus.transcript import Transcript

KIND_WORDS = {
    "rating": "rated",
    "not_observable": "not observable",
    "not_applicable": "not applicable",
    "failure": "failed",
    "not_asked": "not asked",
}


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion of one interaction."""

    id: str
    name: str
    star: bool
    kind: str
    score: int | None
    word: str
    """Name of the score, or what stands instead of one."""
    text: str
    """The anchor of the score, or the reason why there is none."""
    expected: float | None
    confidence: float | None
    episodes: int
    distribution: tuple[int, ...]
    """Episodes scored 0-4; empty where there is none."""
    by: str
    """Who rated, where a machine did; empty for people alone."""
    remarks: tuple[str, ...]
    quotes: tuple[Quote, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """A condition in words, with what each level wants of it."""

    kind: str
    subject: str
    name: str
    found: str
    wanted: tuple[str, ...]
    """What each level wants, lowest first."""


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One risk of one interaction."""

    id: str
    name: str
    status: str
    status_word: str
    prominence: str
    behaviour: str
    events: int
    opportunities: int
    rate: str
    upper: str
    likelihood: str
    severity: str
    evaluation: str
    aggravated: bool
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class SensitivityRow:
    """The outcome with every threshold moved."""

    shift: str
    indicated: str
    earned: str


@dataclass(frozen=True, slots=True)
class FlagView:
    """A safety-critical flag with its words."""

    criterion: str
    name: str
    state: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class InteractionView:
    """Everything that is shown of one interaction."""

    anchor: str
    number: int
    assessment: Assessment
    agent: str
    turns: int
    presented_name: str
    presented_sentence: str
    cues: tuple[tuple[str, str, str], ...]
    """Level, cue and whether it holds."""
    indicated: str
    coverage: tuple[tuple[int, str], ...]
    earned: str
    shown_name: str
    why: str
    why_not: tuple[str, ...]
    """Why no other level is indicated, one reason a level."""
    against: tuple[ConditionLine, ...]
    would_change: tuple[str, ...]
    failing: tuple[ConditionLine, ...]
    missing: tuple[ConditionLine, ...]
    flags: tuple[FlagView, ...]
    domains: tuple[tuple[Domain, tuple[CriterionRow, ...]], ...]
    risks: tuple[RiskRow, ...]
    risks_open: tuple[RiskRow, ...]
    """Not assessable."""
    least: int
    """Opportunities that a likelihood needs."""
    sensitivity: tuple[SensitivityRow, ...]
    notes: tuple[str, ...]
    parallel: str | None
    parallel_indicators: tuple[tuple[str, str, int], ...]
    parallel_report: str
    withheld: str
    sessions: tuple[SessionView, ...]
    low_episodes: int
    """Coded passages scored 0 or 1."""


def interaction_view(
    number: int, assessment: Assessment, transcripts: Mapping[str, Transcript], framework: Framework
) -> InteractionView:
    """The view of one interaction; `number` (from 1) names its place in the page."""
    anchor = f"i{number}"
    lock = lock_for(assessment)
    places = Places(anchor, assessment, transcripts)
    rows = {c.id: criterion_row(c, places, framework, lock) for c in framework.criteria}
    risks = tuple(_risk(finding, places, framework, lock) for finding in _by_weight(assessment.risks))
    sessions = sessions_of(places, framework, lock)
    presented = framework.presented[assessment.presented - 1]
    details = assessment.indicated_details
    parallel = assessment.alliance_parallel
    why, why_not = why_parts(details.why)
    return InteractionView(
        anchor=anchor,
        number=number,
        assessment=assessment,
        agent=agent_name(assessment),
        turns=sum(len(s.turns) for s in sessions),
        presented_name=lock.prose(presented.name),
        presented_sentence=lock.sentences(presented.sentence),
        cues=_cues(assessment, framework, lock),
        indicated=indicated_words(assessment.indicated),
        coverage=tuple((level, percent(share)) for level, share in sorted(details.coverage.items())),
        earned=OUTCOME[assessment.earned.outcome],
        shown_name=lock.prose(level_name(framework, assessment.earned.shown)),
        why=lock.prose(why),
        why_not=tuple(lock.prose(reason) for reason in why_not),
        against=condition_lines(details.against, framework, lock),
        would_change=tuple(lock.prose(text) for text in assessment.earned.would_change),
        failing=condition_lines(assessment.earned.failing, framework, lock),
        missing=condition_lines(assessment.earned.missing, framework, lock),
        flags=tuple(flag_view(flag, places, framework) for flag in flags_of(assessment, framework)),
        domains=tuple(
            (d, tuple(rows[c.id] for c in framework.criteria if c.domain == d.id)) for d in framework.domains
        ),
        risks=tuple(r for r in risks if r.status != "not_assessable"),
        risks_open=tuple(r for r in risks if r.status == "not_assessable"),
        least=framework.risk_policy.min_opportunities,
        sensitivity=_sensitivity(assessment),
        notes=tuple(lock.prose(note) for note in assessment.notes),
        parallel=None if parallel is None else lock.prose(parallel.statement),
        parallel_indicators=()
        if parallel is None
        else tuple((key, framework.criterion(key).name, score) for key, score in sorted(parallel.indicators.items())),
        parallel_report="" if parallel is None else lock.prose(parallel.client_report),
        withheld=lock.sentences(
            assessment.alliance_withheld_because or "",
            "The highest level has not been earned, so no parallel with human helping may be drawn.",
        ),
        sessions=sessions,
        low_episodes=sum(chip.low for s in sessions for t in s.turns for chip in t.chips),
    )


def why_parts(why: str) -> tuple[str, tuple[str, ...]]:
    """The reason of an indicated level, and apart from it the reasons against each other level."""
    first, _, rest = why.partition(" Not indicated: ")
    return first, tuple(part.strip(" .") for part in rest.split(" | ")) if rest else ()


def criterion_row(criterion: Criterion, places: Places, framework: Framework, lock: Lock) -> CriterionRow:
    """What was coded on one criterion, in words."""
    coded = places.assessment.ratings.get(criterion.id)
    consensus = places.assessment.consensus.get(criterion.id)
    episodes = sorted(episodes_of(coded), key=lambda e: (e.score, e.session, e.turn, e.start))
    rating = coded if isinstance(coded, Rating) else None
    word, text = _score_words(criterion, coded, framework, lock)
    counts = consensus.distribution if consensus is not None else ()
    return CriterionRow(
        id=criterion.id,
        name=lock.prose(criterion.name),
        star=criterion.star,
        kind="not_asked" if coded is None else coded.kind,
        score=None if rating is None else rating.score,
        word=word,
        text=text,
        expected=None if rating is None else rating.expected,
        confidence=None if rating is None else rating.confidence,
        episodes=len(episodes) if consensus is None else consensus.opportunities,
        distribution=counts if any(counts) else (),
        by=by_words(consensus) if rating is not None else "",
        remarks=_remarks(rating, consensus, lock, places.assessment.machine_roles),
        quotes=tuple(places.quote(e) if rating else replace(places.quote(e), score=None) for e in episodes),
        facts=()
        if rating is None
        else tuple(f"{f.document} ({f.dated}): {lock.prose(f.because)}" for f in rating.facts),
    )


def condition_lines(conditions: Sequence[Condition], framework: Framework, lock: Lock) -> tuple[ConditionLine, ...]:
    """Conditions in words, in their order; one line for all levels that want something of the same finding."""
    wanted: dict[tuple[str, str, str], list[str]] = {}
    for c in conditions:
        key = (CONDITION[c.kind], c.subject, c.found)
        wanted.setdefault(key, []).append(f"level {c.level} wants {lock.prose(c.wanted)}")
    names = {subject: framework.by_id.get(subject) for _, subject, _ in wanted}
    return tuple(
        ConditionLine(
            kind,
            subject,
            "" if (element := names[subject]) is None else lock.prose(element.name),
            lock.prose(found),
            tuple(wants),
        )
        for (kind, subject, found), wants in wanted.items()
    )


def flag_view(flag: Flag, places: Places, framework: Framework) -> FlagView:
    """A flag with the words behind it."""
    quotes = tuple(places.quote(e) for e in flag.evidence)
    return FlagView(flag.criterion, framework.criterion(flag.criterion).name, flag.state, quotes)


def _score_words(criterion: Criterion, coded: Coded | None, framework: Framework, lock: Lock) -> tuple[str, str]:
    match coded:
        case Rating():
            point = framework.scale[coded.score]
            anchor = next((a.text for a in criterion.anchors if a.score == coded.score), "")
            return lock.prose(point.name), lock.sentences(anchor, lock.sentences(point.meaning))
        case NotObservable():
            return KIND_WORDS["not_observable"], lock.prose(coded.reason)
        case NotApplicable():
            return KIND_WORDS["not_applicable"], lock.prose(coded.fact)
        case Failure():
            return KIND_WORDS["failure"], lock.prose(f"{FAILURE[coded.cause]}: {coded.detail}")
        case None:
            return KIND_WORDS["not_asked"], "No coder was asked."


def _remarks(
    rating: Rating | None, consensus: Consensus | None, lock: Lock, roles: Sequence[MachineRole]
) -> tuple[str, ...]:
    remarks = [] if rating is None or not rating.why else [lock.prose(rating.why)]
    if consensus is None:
        return tuple(remarks)
    if consensus.zero == "flagged":
        remarks.append("an episode at 0 was found; people have not confirmed it")
    if consensus.zero == "confirmed":
        remarks.append("an episode at 0 was confirmed by people")
    if consensus.contested:
        remarks.append("contested: the coders disagree")
    remarks += said_apart(consensus)
    if rating is not None:
        remarks += machine_remarks(consensus, roles)
    if len(consensus.coders) > 1:
        remarks.append(f"{counted(len(consensus.coders), 'coder')}, {consensus.human_coders} of them people")
    return tuple(remarks)


def said_apart(consensus: Consensus) -> list[str]:
    """What each coder said and where they scored a turn differently; empty where there is nothing to tell apart."""
    lines = []
    if consensus.by_coder:
        lines.append(f"by coder: {'; '.join(_said(one) for one in consensus.by_coder)}")
    for place in consensus.differing:
        scores = "; ".join(f"{name} {score}" for name, score in place.scores.items())
        lines.append(f"turn {place.turn} of {place.transcript_id}: {scores}")
    return lines


def _said(one: CoderSaid) -> str:
    what = KIND_WORDS[one.says] if one.score is None else str(one.score)
    repeats = () if one.self_agreement is None else one.self_agreement.outcomes
    if len(repeats) < 2:
        return f"{one.coder} {what}"
    return f"{one.coder} {what} (repeats: {', '.join(str(each).replace('_', ' ') for each in repeats)})"


def _cues(assessment: Assessment, framework: Framework, lock: Lock) -> tuple[tuple[str, str, str], ...]:
    words = {True: "holds", False: "does not hold", None: "unknown"}
    shown = []
    for cue in assessment.presented_details.cues:
        element = framework.by_id.get(cue.cue)
        name = cue.cue if element is None else lock.prose(element.name)
        shown.append((framework.presented[cue.level - 1].id, name, words[cue.holds]))
    return tuple(shown)


def _by_weight(risks: Sequence[RiskFinding]) -> list[RiskFinding]:
    rank = {"found": 0, "not_found": 1, "not_assessable": 2}
    prominence = {"main": 0, "present": 1, "minor": 2}
    return sorted(risks, key=lambda r: (rank[r.status], -r.severity[1], prominence[r.prominence], r.id))


def _risk(finding: RiskFinding, places: Places, framework: Framework, lock: Lock) -> RiskRow:
    risk = next((r for r in framework.risks if r.id == finding.id), None)
    low, high = finding.severity
    likelihood = finding.likelihood
    if likelihood is None:
        likelihood = f"not estimable from n\u202f=\u202f{finding.opportunities}"
    return RiskRow(
        id=finding.id,
        name=finding.id if risk is None else lock.prose(risk.name),
        status=finding.status,
        status_word=STATUS[finding.status],
        prominence=PROMINENCE[finding.prominence],
        behaviour="" if risk is None else lock.sentences(risk.mechanism, lock.prose(risk.mechanism)),
        events=finding.events,
        opportunities=finding.opportunities,
        rate=percent(finding.rate),
        upper=percent(finding.upper),
        likelihood=likelihood,
        severity=f"S{low}" if low == high else f"S{low}\u2013S{high}",
        evaluation=EVALUATION[finding.evaluation],
        aggravated=finding.aggravated,
        quotes=tuple(places.quote(e, 160) for e in finding.evidence),
    )


def _sensitivity(assessment: Assessment) -> tuple[SensitivityRow, ...]:
    shifted = {
        s.shift: SensitivityRow(
            "one lower" if s.shift < 0 else "one higher", indicated_words(s.indicated), OUTCOME[s.earned]
        )
        for s in assessment.sensitivity
    }
    own = SensitivityRow("as they are", indicated_words(assessment.indicated), OUTCOME[assessment.earned.outcome])
    return tuple(row for row in (shifted.get(-1), own, shifted.get(1)) if row is not None)
