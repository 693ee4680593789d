"""The framework as types: criteria, levels, risks and the rest, each with its provenance.

Nothing here knows DTN-OP 0.1: criteria, thresholds, names and rules come from a
framework file (`dtnexus.catalog`). References between elements (a level that names
a criterion, a risk that names a source) are checked by the loader, which reports
every fault with file and line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr

from dtnexus.profile import FactValue, ProfileField
from dtnexus.question_rule import QuestionRule as QuestionRule
from dtnexus.record import FrozenMap, Record
from dtnexus.signal_rule import ScoreValue as ScoreValue
from dtnexus.signal_rule import ScoreWhen as ScoreWhen
from dtnexus.signal_rule import SignalRule as SignalRule
from dtnexus.signal_rule import SignalTest as SignalTest

Provenance = Literal["abstract", "literature", "project"]
"""Stated by the DTN abstract, derived from other literature, or this project's choice."""

EvidenceClass = Literal["T", "P", "S", "R", "L"]
"""Transcript, probe transcript, system fact, client report (descriptor only), usage log."""

Unit = Literal["turn", "episode", "session", "cross_session", "facts"]
LevelNumber = Literal[1, 2, 3]
LevelKey = Annotated[int, Field(ge=1, le=3)]
"""A level number as the key of a mapping (JSON keys are text)."""


class Element(Record):
    """Anything in a framework that a reader may look up by its id."""

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")
    name: str = Field(min_length=1)
    provenance: Provenance
    sources: tuple[str, ...] = ()
    """Ids of `Reference` elements."""


class Reference(Record):
    """A publication or address, and how far this project checked it."""

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")
    citation: str
    doi: str | None = None
    url: str | None = None
    checked: Literal["copy", "secondary", "not_checked"]
    """Against a copy of the source; through a secondary summary; not re-checked."""
    note: str = ""


class Domain(Element):
    """A group of criteria."""

    description: str


class ScalePoint(Record):
    """One point of the scale that all criteria share."""

    score: ScoreValue
    name: str
    meaning: str


class Anchor(Record):
    """What a score means for one criterion."""

    score: ScoreValue
    text: str


class Indicator(Record):
    """An observable sign for or against, or a case on the boundary."""

    polarity: Literal["positive", "negative", "boundary"]
    text: str


class DecisionRule(Record):
    """How a hard case is decided, with invented examples."""

    text: str
    examples: tuple[str, ...] = ()
    provenance: Provenance = "project"


class NotApplicableWhen(Record):
    """A profile fact (or a kind of agent) that makes a criterion impossible by design."""

    field: str
    """A profile field, or ``agent.kind``."""
    equals: FactValue
    because: str
    left_out: bool = False
    """True: the criterion asks nothing of such an agent and the gates leave it out. False: a limit of
    the design, which counts as not met."""


class Criterion(Element):
    """One thing to rate, on the shared scale 0-4."""

    domain: str
    definition: str
    units: tuple[Unit, ...] = Field(min_length=1)
    evidence: tuple[EvidenceClass, ...] = Field(min_length=1)
    star: bool = False
    """Safety-critical: the worst confirmed episode decides, and 0 disqualifies."""
    aggregation: Literal["worst", "median", "best"]
    """From episodes to a rating; medians are rounded down."""
    zero_shows_after: int | None = Field(default=None, ge=1)
    """So many episodes at 0 make the rating 0 whatever the median is; None: never."""
    anchors: tuple[Anchor, ...] = Field(min_length=5, max_length=5)
    indicators: tuple[Indicator, ...] = ()
    decision_rules: tuple[DecisionRule, ...] = ()
    min_opportunities: FrozenMap[LevelKey, int] = Field(default_factory=dict)
    """Opportunities that a level needs before the criterion counts as determined."""
    opportunity_note: str = ""
    """Further conditions on the opportunities, in words (probe variants, controls)."""
    not_observable_when: str
    not_applicable_when: tuple[NotApplicableWhen, ...] = ()
    needs_clinician_for: tuple[ScoreValue, ...] = ()
    caution: str = ""


SufficiencyFact = Literal[
    "sessions",
    "client_turns",
    "longest_session_client_turns",
    "days_span",
    "opportunities_met",
    "double_coded",
    "two_humans",
    "goal_revisions",
    "disagreements",
    "ruptures",
    "memory_on_late_probes",
    "reliability_met",
    "documents_current",
]
"""What the sufficiency conditions may count; unknown stays unknown.

The first four are counted from the transcripts. `opportunities_met`, `double_coded` and
`two_humans` are the shares (0-1) of the condition's `criteria` that reach their minimum
number of opportunities at this level, that two coders rated (one of them a person), that
two people rated. The rest comes as `Observation` from coders and files; yes/no facts are 0 or 1.
"""


class Sufficiency(Element):
    """A condition on the amount and kind of evidence: PASS, FAIL or UNKNOWN.

    PASS where any of the counted facts reaches its value. Too little sampled is UNKNOWN;
    FAIL only where a profile fact makes it impossible by design.
    """

    at_least: FrozenMap[SufficiencyFact, float]
    criteria: tuple[str, ...] = ()
    """The criteria that the shares are taken over."""
    impossible_when: tuple[NotApplicableWhen, ...] = ()


class CriterionAtLeast(Record):
    """A criterion and the score it must reach."""

    criterion: str
    score: ScoreValue


class Level(Element):
    """One of the three progressive levels. `thresholds` holds the gate row of this level."""

    number: LevelNumber
    sentence: str
    thresholds: FrozenMap[str, ScoreValue]
    sufficiency: tuple[Sufficiency, ...] = ()
    coverage_min: float = Field(gt=0, le=1)
    """Share of the level's transcript criteria that must be observed to indicate it."""
    indicated_needs_any: tuple[CriterionAtLeast, ...] = ()
    """The level is indicated only when one of these was observed so high; empty: no such need."""
    may_say: tuple[str, ...] = ()
    may_not_say: tuple[str, ...] = ()


class Cap(Element):
    """A finding that closes the levels above `highest`, whatever the scores are.

    Exactly one ground: `criteria` at or below `score` (any of them), a profile fact, or
    `machine_only` evidence. `effect` says whether higher levels fail or stay unknown.
    """

    highest: Literal[0, 1, 2]
    effect: Literal["fail", "unknown"] = "fail"
    criteria: tuple[str, ...] = ()
    """Criterion ids; ``*`` stands for all criteria without star."""
    score: ScoreValue | None = None
    profile: NotApplicableWhen | None = None
    machine_only: bool = False


class Disqualifier(Element):
    """A confirmed episode at 0 on one of these criteria ends the assessment."""

    criteria: tuple[str, ...] = Field(min_length=1)
    text: str


ExposureFact = Literal[
    "support_turns",
    "personal_change_turns",
    "role_claim",
    "persona_named",
    "cross_session_memory",
    "proactive_contact",
    "disclosure_turns",
    "client_attachment",
    "voice_or_avatar",
    "programme",
]
"""What the presented level may count; see `dtnexus.rating.Observation`."""


class ExposureCue(Element):
    """Something that makes an interaction look close. Holds where all facts reach their values."""

    text: str
    at_least: FrozenMap[ExposureFact, float]


class PresentedLevel(Element):
    """One of the three exposure levels: reached when so many of its cues hold."""

    number: LevelNumber
    sentence: str
    needs: int = Field(ge=0)
    cues: tuple[ExposureCue, ...] = ()
    main_risks: str
    """The level's main risks in one sentence."""


class HazardRule(Record):
    """Which findings are the hazardous behaviour of a risk."""

    criterion: str | None = None
    at_most: ScoreValue = 1
    gap_at_least: int | None = None
    """Instead of a criterion: the nexus gap (presented minus earned or indicated)."""


Prominence = Literal["main", "present", "minor"]


class Risk(Element):
    """One risk of the register, keyed to the presented level."""

    mechanism: str
    prominence: FrozenMap[LevelKey, Prominence]
    why_main: str
    hazards: tuple[HazardRule, ...] = Field(min_length=1)
    evidence_note: str
    severity: tuple[int, int]
    """Lowest and highest severity class, 1 (negligible) to 5 (catastrophic)."""
    published_rate: str
    mitigations: tuple[str, ...] = Field(min_length=1)


class SeverityClass(Element):
    """One of five severities, in words of psychological harm."""

    number: int = Field(ge=1, le=5)
    meaning: str


class LikelihoodClass(Element):
    """A class of the rate of the hazardous behaviour per opportunity."""

    number: int = Field(ge=1, le=5)
    below: float = Field(gt=0, le=1)
    """Upper limit of the rate; the class holds for rates below it (the last one: up to it)."""


class RiskPolicy(Record):
    """How risks are estimated and evaluated."""

    min_opportunities: int = Field(ge=1)
    """Fewer: the likelihood is not estimable."""
    confidence: float = Field(gt=0, lt=1)
    unacceptable_from: FrozenMap[int, int]
    """Severity class -> likelihood class from which the risk is unacceptable."""
    aggravated_by_gap: int = Field(ge=1)


class Difference(Element):
    """A way in which agents differ from human therapists, with the facts that record it."""

    human: str
    agent: str
    fields: tuple[ProfileField, ...] = ()
    conditions: tuple[str, ...] = ()
    """Criteria and risks that it bears on."""


class Clause(Element):
    """A dated legal or guidance clause. Evidence relevant to it may be printed, never a verdict."""

    jurisdiction: str
    summary: str
    status: str
    effective_from: date | None = None
    checked_on: date
    confidence: Literal["copy", "secondary", "not_checked"]
    risks: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()


class Framework(Record):
    """A whole framework: what is rated, what is decided from it, and on what authority."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    name: str
    version: str
    language: str
    authors_note: str
    """Printed on every report: whose operationalisation this is, and of what."""
    disclaimer: str
    changes: tuple[str, ...] = ()
    domains: tuple[Domain, ...] = Field(min_length=1)
    scale: tuple[ScalePoint, ...] = Field(min_length=5, max_length=5)
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    levels: tuple[Level, Level, Level]
    caps: tuple[Cap, ...] = ()
    disqualifiers: tuple[Disqualifier, ...] = ()
    presented: tuple[PresentedLevel, PresentedLevel, PresentedLevel]
    signals: FrozenMap[str, SignalRule] = Field(default_factory=dict)
    """Criterion id -> how the embedded coder reads it; kept apart, since it is calibration."""
    questions: FrozenMap[str, QuestionRule] = Field(default_factory=dict)
    """Criterion id -> what a model as judge is asked; one that is left out is asked by its anchors."""
    risks: tuple[Risk, ...] = ()
    severities: tuple[SeverityClass, ...] = ()
    likelihoods: tuple[LikelihoodClass, ...] = ()
    risk_policy: RiskPolicy
    differences: tuple[Difference, ...] = ()
    clauses: tuple[Clause, ...] = ()
    references: tuple[Reference, ...] = ()

    _index: dict[str, Element] = PrivateAttr(default_factory=dict)
    _criteria: dict[str, Criterion] = PrivateAttr(default_factory=dict)

    @property
    def by_id(self) -> dict[str, Element]:
        """Every element by its id (criteria, domains, levels, risks, caps, cues, clauses ...)."""
        index = self._index
        if not index:
            cues = (cue for level in self.presented for cue in level.cues)
            sufficiency = (condition for level in self.levels for condition in level.sufficiency)
            rated = chain[Element](self.domains, self.criteria, self.levels, sufficiency, self.caps, self.disqualifiers)
            shown = chain[Element](self.presented, cues, self.risks, self.severities, self.likelihoods)
            index.update({e.id: e for e in chain(rated, shown, self.differences, self.clauses)})
        return index

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion of this id; raises KeyError where there is none."""
        known = self._criteria
        if not known:
            known.update({criterion.id: criterion for criterion in self.criteria})
        return known[criterion_id]

    def __eq__(self, other: object) -> bool:
        """Equal where all fields are; what was looked up before does not matter."""
        return isinstance(other, Framework) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Framework:
        """A copy with other fields; what was looked up before belongs to the original alone."""
        copied = super().model_copy(update=update, deep=deep)
        copied._index, copied._criteria = {}, {}
        return copied

    @property
    def transcript_criteria(self) -> tuple[Criterion, ...]:
        """The criteria that transcripts can show (all but those on system facts alone)."""
        return tuple(c for c in self.criteria if {"T", "P"} & set(c.evidence))
