"""The corpus at a glance as a record, and `summary.json`.

Counts only, each with its coverage. Nothing is averaged over criteria, levels or
interactions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from dtnexus.assessment import Assessment, Coverage, Outcome, SystemAssessment
from dtnexus.framework import Framework, LevelKey, Prominence, Risk
from dtnexus.rating import Coded, CoderRef, Episode, Evidence, Failure, NotObservable, Rating
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


class LanguageCounts(Record):
    """What one coder did not read for its language, over the corpus."""

    coder: str
    language: str
    """A tag; ``und`` where the language could not be determined and is not one the coder is validated for."""
    not_coded: int = Field(ge=0)
    """Interactions of which nothing was read. One with two such languages counts under both."""
    in_part: int = Field(ge=0)
    """Interactions of which the turns in this language were not read."""


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
    not_read: tuple[LanguageCounts, ...] = ()
    """What coders did not read for its language; empty where they read everything."""


class Session(NamedTuple):
    """What a summary needs of one transcript."""

    turns: int
    language: str | None


Sessions = Callable[[str], Session | None]
"""Transcript id -> its session; None where the transcript is not at hand."""


def sessions_in(transcripts: Mapping[str, Transcript]) -> Sessions:
    """The sessions of transcripts in memory."""

    def session(transcript_id: str) -> Session | None:
        transcript = transcripts.get(transcript_id)
        return None if transcript is None else Session(len(transcript.turns), transcript.language)

    return session


def summarise(
    assessments: Iterable[Assessment],
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
    tally = CorpusTally(framework, sessions_in(transcripts))
    flags = [flag for assessment in assessments for flag in tally.add(assessment)]
    return tally.summary(flags, losses or {}, systems)


class CorpusTally:
    """A corpus counted interaction by interaction; holds counts and transcript ids, never the assessments."""

    def __init__(self, framework: Framework, sessions: Sessions) -> None:
        self._framework = framework
        self._sessions = sessions
        self._transcripts: set[str] = set()
        self._counts: Counter[str] = Counter()
        """Whatever is one number: interactions, turns, gaps, flags."""
        self._languages: Counter[str] = Counter()
        self._agents: Counter[str] = Counter()
        self._coders: dict[str, CoderRef] = {}
        self._presented: Counter[int] = Counter()
        self._indicated: Counter[str] = Counter()
        self._cells: Counter[str] = Counter()
        self._earned: Counter[Outcome] = Counter()
        self._notes: Counter[str] = Counter()
        self._not_read: Counter[tuple[str, str, str]] = Counter()
        self._criteria: dict[str, Counter[str | int]] = {criterion.id: Counter() for criterion in framework.criteria}
        self._risks: dict[str, Counter[str]] = {risk.id: Counter() for risk in framework.risks}

    @property
    def interactions(self) -> int:
        """How many were counted."""
        return self._counts["interactions"]

    @property
    def pending(self) -> int:
        """Safety-critical flags that wait for people."""
        return self._counts["pending"]

    @property
    def confirmed(self) -> int:
        """Safety-critical flags that people have confirmed."""
        return self._counts["confirmed"]

    @property
    def unread(self) -> int:
        """Interactions in which coding failed on a safety-critical criterion."""
        return self._counts["unread"]

    @property
    def at_the_floor(self) -> int:
        """Interactions whose presented level is the lowest for want of anything known."""
        return self._counts["at the floor"]

    def add(self, assessment: Assessment) -> tuple[Flag, ...]:
        """Count one interaction; gives its safety-critical flags, which a summary lists."""
        a = assessment
        flags = flags_of(a, self._framework)
        indicated = "-" if a.indicated is None else str(a.indicated)
        self._counts.update(flag.state for flag in flags)
        self._counts.update(
            interactions=1,
            synthetic=a.synthetic,
            certain=a.gap.low >= 1,
            possible=a.gap.high >= 1 > a.gap.low,
            two_or_more=a.gap.low >= 2,
        )
        stars = (a.ratings.get(each.id) for each in self._framework.criteria if each.star)
        self._counts["unread"] += any(isinstance(coded, Failure) for coded in stars)
        self._counts["at the floor"] += a.presented_details.at_the_floor
        self._agents[agent_name(a)] += 1
        self._coders.update((coder.to_json(), coder) for coder in a.coders)
        self._presented[a.presented] += 1
        self._indicated[indicated] += 1
        self._cells[f"X{a.presented}/{indicated}"] += 1
        self._earned[a.earned.outcome] += 1
        self._notes.update(a.notes)
        for coder, limit in a.language_limits.items():
            self._not_read.update((coder, language, limit.coded) for language in limit.languages)
        for transcript_id in a.transcript_ids:
            self._add_transcript(transcript_id)
        for criterion, counts in self._criteria.items():
            coded = a.ratings.get(criterion)
            if coded is not None:
                counts.update(("asked", coded.kind))
            if isinstance(coded, Rating):
                counts[coded.score] += 1
            consensus = a.consensus.get(criterion)
            counts["contested"] += consensus is not None and consensus.contested
        for finding in a.risks:
            if finding.id in self._risks:
                counts_of = self._risks[finding.id]
                counts_of.update((finding.status,))
                counts_of.update(events=finding.events, opportunities=finding.opportunities)
                counts_of["aggravated"] += finding.status == "found" and finding.aggravated
        return flags

    def _add_transcript(self, transcript_id: str) -> None:
        if transcript_id in self._transcripts:
            return
        self._transcripts.add(transcript_id)
        session = self._sessions(transcript_id)
        if session is None:
            self._counts["missing"] += 1
        else:
            self._counts["turns"] += session.turns
            self._languages[session.language or "unknown"] += 1

    def summary(self, flags: Sequence[Flag], losses: Mapping[str, int], systems: Sequence[SystemAssessment]) -> Summary:
        """The counts so far, with the flags that are to be listed."""
        n, counts = self.interactions, self._counts
        certain, possible = counts["certain"], counts["possible"]
        return Summary(
            framework=f"{self._framework.id} {self._framework.version}",
            framework_digest=self._framework.digest(),
            interactions=n,
            synthetic=counts["synthetic"],
            transcripts=len(self._transcripts) - counts["missing"],
            transcripts_missing=counts["missing"],
            turns=counts["turns"],
            languages=_ordered(self._languages),
            agents=_ordered(self._agents),
            coders=tuple(sorted(self._coders.values(), key=lambda c: (c.kind, c.name, c.version, c.to_json()))),
            losses=dict(losses),
            presented={level: self._presented[level] for level in (1, 2, 3)},
            indicated={key: self._indicated[key] for key in ("-", "0", "1", "2", "3")},
            presented_by_indicated=dict(sorted(self._cells.items())),
            earned=_ordered(self._earned),
            gap=GapCounts(
                certain=certain, possible=possible, none=n - certain - possible, two_or_more=counts["two_or_more"]
            ),
            flags=tuple(flags),
            criteria=tuple(_criterion(c.id, self._criteria[c.id]) for c in self._framework.criteria),
            risks=tuple(_risk(risk, self._risks[risk.id]) for risk in self._framework.risks),
            notes=_ordered(self._notes),
            systems=tuple(systems),
            not_read=_not_read(self._not_read),
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


def _criterion(criterion: str, counts: Counter[str | int]) -> CriterionCounts:
    return CriterionCounts(
        criterion=criterion,
        coverage=Coverage(
            asked=counts["asked"],
            rated=counts["rating"],
            not_observable=counts["not_observable"],
            not_applicable=counts["not_applicable"],
            failed=counts["failure"],
        ),
        scores=(counts[0], counts[1], counts[2], counts[3], counts[4]),
        contested=counts["contested"],
    )


def _risk(risk: Risk, counts: Counter[str]) -> RiskCounts:
    return RiskCounts(
        risk=risk.id,
        found=counts["found"],
        not_found=counts["not_found"],
        not_assessable=counts["not_assessable"],
        events=counts["events"],
        opportunities=counts["opportunities"],
        aggravated=counts["aggravated"],
        severity=risk.severity,
        prominence=risk.prominence,
    )


def _not_read(found: Counter[tuple[str, str, str]]) -> tuple[LanguageCounts, ...]:
    """By coder, the most frequent language first."""
    pairs = {(coder, language): 0 for coder, language, _ in found}
    counts = [
        LanguageCounts(
            coder=coder, language=tag, not_coded=found[coder, tag, "no"], in_part=found[coder, tag, "in_part"]
        )
        for coder, tag in pairs
    ]
    return tuple(sorted(counts, key=lambda one: (one.coder, -one.not_coded, -one.in_part, one.language)))
