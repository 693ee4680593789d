"""The corpus at a glance as a record, and `summary.json`.

Counts only, each with its coverage. Nothing is averaged over criteria, levels or
interactions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from dtnexus.assessment import Assessment, Coverage, Outcome, SystemAssessment
from dtnexus.framework import Framework, LevelKey, Prominence
from dtnexus.rating import Coded, CoderRef, Episode, Evidence, NotObservable, Rating
from dtnexus.record import FrozenMap, Record
from dtnexus.transcript import Transcript


class Flag(Record):
    """A safety-critical criterion with an episode at 0 in one interaction."""

    interaction_id: str
    criterion: str
    state: Literal["pending", "confirmed"]
    """Pending: people have not looked yet, so it neither counts nor is forgotten."""
    evidence: tuple[Evidence, ...]


class CriterionCounts(Record):
    """One criterion over the corpus: what became of it, and the ratings by score."""

    criterion: str
    coverage: Coverage
    scores: tuple[int, int, int, int, int]
    """Interactions rated 0, 1, 2, 3, 4."""
    contested: int = Field(ge=0)


class RiskCounts(Record):
    """One risk over the corpus."""

    risk: str
    found: int = Field(ge=0)
    not_found: int = Field(ge=0)
    not_assessable: int = Field(ge=0)
    events: int = Field(ge=0)
    opportunities: int = Field(ge=0)
    aggravated: int = Field(ge=0)
    """Interactions with the risk found in which the agent appears closer than shown."""
    severity: tuple[int, int]
    prominence: FrozenMap[LevelKey, Prominence]


class GapCounts(Record):
    """In how many interactions the agent appears closer than it has been shown to be."""

    certain: int = Field(ge=0)
    possible: int = Field(ge=0)
    """The earned level is not determined, and the upper end of the gap is 1 or more."""
    none: int = Field(ge=0)
    two_or_more: int = Field(ge=0)
    """Of the certain ones: the gap is at least 2."""


class Summary(Record):
    """What was read and what was found, in counts."""

    framework: str
    framework_digest: str
    interactions: int = Field(ge=0)
    synthetic: int = Field(ge=0)
    transcripts: int = Field(ge=0)
    transcripts_missing: int = Field(ge=0)
    """Named by an assessment and not at hand for this report."""
    turns: int = Field(ge=0)
    languages: FrozenMap[str, int]
    """Transcripts by language tag; ``unknown`` where none is stated."""
    agents: FrozenMap[str, int]
    """Interactions by agent configuration."""
    coders: tuple[CoderRef, ...]
    losses: FrozenMap[str, int]
    """What could not be read, in words, and how often."""
    presented: FrozenMap[LevelKey, int]
    indicated: FrozenMap[str, int]
    """``0``-``3``, and ``-`` where too little was observed."""
    presented_by_indicated: FrozenMap[str, int]
    """``X2/1`` -> interactions; ``X2/-`` where too little was observed."""
    earned: FrozenMap[Outcome, int]
    gap: GapCounts
    flags: tuple[Flag, ...]
    criteria: tuple[CriterionCounts, ...]
    risks: tuple[RiskCounts, ...]
    notes: FrozenMap[str, int]
    """Notes of the assessments and in how many of them each stands."""
    systems: tuple[SystemAssessment, ...]


def summarise(
    assessments: Sequence[Assessment],
    transcripts: Mapping[str, Transcript],
    framework: Framework,
    losses: Mapping[str, int] | None = None,
    systems: Sequence[SystemAssessment] = (),
) -> Summary:
    """The counts over a corpus; an empty corpus gives zeros.

    Args:
        assessments: One per interaction.
        transcripts: By id; those not at hand are counted as missing.
        framework: Gives the order of criteria and risks.
        losses: What could not be read, in words, and how often.
        systems: Shown as they are.
    """
    wanted = dict.fromkeys(t for a in assessments for t in a.transcript_ids)
    at_hand = [transcripts[t] for t in wanted if t in transcripts]
    pairs = [(a.presented, "-" if a.indicated is None else str(a.indicated)) for a in assessments]
    return Summary(
        framework=f"{framework.id} {framework.version}",
        framework_digest=framework.digest(),
        interactions=len(assessments),
        synthetic=sum(a.synthetic for a in assessments),
        transcripts=len(at_hand),
        transcripts_missing=len(wanted) - len(at_hand),
        turns=sum(len(t.turns) for t in at_hand),
        languages=_ordered(Counter(t.language or "unknown" for t in at_hand)),
        agents=_ordered(Counter(agent_name(a) for a in assessments)),
        coders=_coders(assessments),
        losses=dict(losses or {}),
        presented={level: sum(p == level for p, _ in pairs) for level in (1, 2, 3)},
        indicated={key: sum(i == key for _, i in pairs) for key in ("-", "0", "1", "2", "3")},
        presented_by_indicated=dict(sorted(Counter(f"X{p}/{i}" for p, i in pairs).items())),
        earned=_ordered(Counter(a.earned.outcome for a in assessments)),
        gap=_gap(assessments),
        flags=tuple(flag for a in assessments for flag in flags_of(a, framework)),
        criteria=tuple(_criterion(c.id, assessments) for c in framework.criteria),
        risks=_risks(assessments, framework),
        notes=_ordered(Counter(note for a in assessments for note in a.notes)),
        systems=tuple(systems),
    )


def write_summary(summary: Summary, path: Path) -> None:
    """Write the summary as indented JSON, UTF-8."""
    path.write_text(summary.model_dump_json(indent=2) + "\n", encoding="utf-8")


def flags_of(assessment: Assessment, framework: Framework) -> tuple[Flag, ...]:
    """The safety-critical flags of one interaction, pending ones first, with the words behind them."""
    found = []
    for criterion in framework.criteria:
        consensus = assessment.consensus.get(criterion.id)
        zero = "none" if consensus is None else consensus.zero
        pending = criterion.id in assessment.indicated_details.flag_pending or zero == "flagged"
        if not criterion.star or not (pending or zero == "confirmed"):
            continue
        evidence = () if consensus is None else consensus.zero_evidence
        found.append(
            Flag(
                interaction_id=assessment.interaction_id,
                criterion=criterion.id,
                state="confirmed" if zero == "confirmed" else "pending",
                evidence=evidence,
            )
        )
    return tuple(sorted(found, key=lambda flag: flag.state != "pending"))


def episodes_of(coded: Coded | None) -> tuple[Episode, ...]:
    """The episodes of a statement; none where it has none."""
    return coded.episodes if isinstance(coded, Rating | NotObservable) else ()


def agent_name(assessment: Assessment) -> str:
    """The agent's id, with its version where one is known."""
    agent = assessment.agent
    return agent.id if agent.version is None else f"{agent.id} {agent.version}"


def _ordered(counts: Counter[str] | Counter[Outcome]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _coders(assessments: Iterable[Assessment]) -> tuple[CoderRef, ...]:
    seen = {c.to_json(): c for a in assessments for c in a.coders}
    return tuple(sorted(seen.values(), key=lambda c: (c.kind, c.name, c.version, c.to_json())))


def _gap(assessments: Sequence[Assessment]) -> GapCounts:
    gaps = [a.gap for a in assessments]
    certain = sum(g.low >= 1 for g in gaps)
    possible = sum(g.high >= 1 > g.low for g in gaps)
    return GapCounts(
        certain=certain,
        possible=possible,
        none=len(gaps) - certain - possible,
        two_or_more=sum(g.low >= 2 for g in gaps),
    )


def _criterion(criterion: str, assessments: Sequence[Assessment]) -> CriterionCounts:
    coded = [a.ratings[criterion] for a in assessments if criterion in a.ratings]
    kinds = Counter(c.kind for c in coded)
    scores = Counter(c.score for c in coded if isinstance(c, Rating))
    contested = sum(c.contested for a in assessments if (c := a.consensus.get(criterion)) is not None)
    return CriterionCounts(
        criterion=criterion,
        coverage=Coverage(
            asked=len(coded),
            rated=kinds["rating"],
            not_observable=kinds["not_observable"],
            not_applicable=kinds["not_applicable"],
            failed=kinds["failure"],
        ),
        scores=(scores[0], scores[1], scores[2], scores[3], scores[4]),
        contested=contested,
    )


def _risks(assessments: Sequence[Assessment], framework: Framework) -> tuple[RiskCounts, ...]:
    by_risk: dict[str, list[tuple[str, int, int, bool]]] = {risk.id: [] for risk in framework.risks}
    for assessment in assessments:
        for f in assessment.risks:
            by_risk.setdefault(f.id, []).append((f.status, f.events, f.opportunities, f.aggravated))
    return tuple(
        RiskCounts(
            risk=risk.id,
            found=sum(s == "found" for s, *_ in by_risk[risk.id]),
            not_found=sum(s == "not_found" for s, *_ in by_risk[risk.id]),
            not_assessable=sum(s == "not_assessable" for s, *_ in by_risk[risk.id]),
            events=sum(events for _, events, _, _ in by_risk[risk.id]),
            opportunities=sum(n for _, _, n, _ in by_risk[risk.id]),
            aggravated=sum(s == "found" and worse for s, _, _, worse in by_risk[risk.id]),
            severity=risk.severity,
            prominence=risk.prominence,
        )
        for risk in framework.risks
    )
