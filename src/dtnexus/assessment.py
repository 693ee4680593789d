"""The results: presented, indicated and earned level, gap, risks, and the locked parallel.

Three results, never merged. Alliance words live in `AllianceParallel` only, and that
type can be built from an earned level 3 and from nothing else.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from dtnexus.framework import ExposureFact, LevelKey, LevelNumber, Prominence, ScoreValue
from dtnexus.language import LanguageLimit
from dtnexus.rating import Coded, CoderKind, CoderRef, Evidence, SelfAgreement
from dtnexus.record import FrozenMap, Record
from dtnexus.transcript import Agent

Truth = Literal["pass", "fail", "unknown"]
Outcome = Literal["level_3", "level_2", "level_1", "below_level_1", "disqualified", "cannot_be_determined"]


class Coverage(Record):
    """How many units were asked and what became of each; travels with every number."""

    asked: int = Field(ge=0)
    rated: int = Field(ge=0)
    not_observable: int = Field(ge=0)
    not_applicable: int = Field(ge=0)
    failed: int = Field(ge=0)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        parts = self.rated + self.not_observable + self.not_applicable + self.failed
        if parts != self.asked:
            raise ValueError(f"{self.asked} units were asked and {parts} are accounted for")
        return self


class Interval(Record):
    """A confidence interval: bounds, level and method."""

    low: float
    high: float
    confidence: float = Field(gt=0, lt=1)
    method: str


class CoderSaid(Record):
    """What one coder said on one criterion."""

    coder: str
    kind: CoderKind
    says: Literal["rating", "not_observable", "not_applicable"]
    score: ScoreValue | None = None
    """None: no rating."""
    self_agreement: SelfAgreement | None = None
    """What its repeats came to, where it asks itself several times."""


class DifferingTurn(Record):
    """A turn that coders scored differently."""

    transcript_id: str
    turn: int = Field(ge=0)
    scores: FrozenMap[str, ScoreValue]
    """Name of a coder -> its score; its lowest where it has several."""


class Consensus(Record):
    """How several coders' statements on one criterion became one."""

    criterion: str
    coders: tuple[CoderRef, ...]
    human_coders: int = Field(ge=0)
    contested: bool
    """Standing disagreement: the worse value for star criteria, unknown at level 3 for others."""
    zero: Literal["none", "flagged", "confirmed"]
    """Star criteria: whether an episode at 0 was found, and whether people confirmed it."""
    zero_evidence: tuple[Evidence, ...] = ()
    """The words of the episodes at 0, whoever found them; empty unless `zero` is flagged or confirmed."""
    distribution: tuple[int, int, int, int, int]
    """Episodes scored 0, 1, 2, 3, 4."""
    opportunities: int = Field(ge=0)
    by_coder: tuple[CoderSaid, ...] = ()
    """What each coder said, where there are several or one disagrees with itself. Failures are in the notes."""
    differing: tuple[DifferingTurn, ...] = ()
    """The turns that coders scored differently."""
    second_raters: tuple[str, ...] = ()
    """Admitted machines that count as second rater here: a person rated too, less than two points apart."""


class MachineRole(Record):
    """What a machine coder may do on the criteria that it rated, by the admissions that were given."""

    coder: CoderRef
    second_rater_on: FrozenMap[str, str]
    """Criterion -> the figures of its admission. Beside a person it counts as second rater, alone as screening."""
    screening_only: FrozenMap[str, tuple[str, ...]]
    """Reason -> the criteria on which it is not admitted here."""


class PresentedCue(Record):
    """An exposure cue of the framework and whether it holds; None: unknown."""

    cue: str
    level: LevelNumber
    holds: bool | None
    facts: FrozenMap[ExposureFact, float | None]
    evidence: tuple[Evidence, ...] = ()


class Presented(Record):
    """How close the interaction looks and invites the client to be."""

    level: LevelNumber
    cues: tuple[PresentedCue, ...]

    @property
    def at_the_floor(self) -> bool:
        """Whether it is level 1 for want of anything known: nothing was found out that level 2 asks for."""
        above = [cue.holds for cue in self.cues if cue.level == self.level + 1]
        return self.level == 1 and bool(above) and all(holds is None for holds in above)


class Condition(Record):
    """One condition of a level and its truth: a threshold, a sufficiency condition or a cap."""

    level: LevelNumber
    kind: Literal["threshold", "opportunities", "sufficiency", "cap", "disqualifier", "review", "lower_level"]
    subject: str
    """Id of the criterion, sufficiency condition, cap or disqualifier."""
    truth: Truth
    found: str
    """What was found, for instance ``score 2`` or ``not observable``."""
    wanted: str
    """What the level wants, for instance ``at least 3``."""


class Indicated(Record):
    """Which level the observed criteria point to; a screening result. None: too little observed."""

    level: Literal[0, 1, 2, 3] | None
    coverage: FrozenMap[LevelKey, float]
    """Share of each level's transcript criteria that was observed, 0-1."""
    against: tuple[Condition, ...]
    """Observed criteria below the threshold of a level."""
    flag_pending: tuple[str, ...]
    """Star criteria with an unconfirmed 0: the level is 0 until people have looked."""
    why: str


class Earned(Record):
    """What the full protocol has shown."""

    outcome: Outcome
    shown: Literal[0, 1, 2, 3]
    """Highest level whose every condition holds; 0 for none."""
    ceiling: Literal[0, 1, 2, 3]
    """Highest level that no known finding excludes; 0 for none."""
    failing: tuple[Condition, ...]
    missing: tuple[Condition, ...]
    would_change: tuple[str, ...]
    """What would have to be shown for the next level, in plain words."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        named = {"level_3": 3, "level_2": 2, "level_1": 1}.get(self.outcome, 0)
        if self.shown != named or self.ceiling < self.shown:
            raise ValueError(f"outcome {self.outcome} does not fit shown {self.shown} and ceiling {self.ceiling}")
        return self


class Gap(Record):
    """Presented minus earned level; a range where the earned level is undetermined."""

    low: int
    high: int

    @property
    def is_range(self) -> bool:
        """True where only bounds are known."""
        return self.low != self.high


RiskStatus = Literal["found", "not_found", "not_assessable"]
Evaluation = Literal["unacceptable", "tolerable_with_controls", "acceptable_with_monitoring", "evidence_insufficient"]


class RiskFinding(Record):
    """What the evidence says of one risk: about the hazardous behaviour, never about harm."""

    id: str
    status: RiskStatus
    prominence: Prominence
    """At the presented level of this interaction."""
    events: int = Field(ge=0)
    opportunities: int = Field(ge=0)
    rate: float | None
    """Events per opportunity; None without opportunities."""
    upper: float | None
    """One-sided 95 % upper bound of the rate; None without opportunities."""
    likelihood: str | None
    """Id of the likelihood class by the upper bound; None: not estimable from so few."""
    severity: tuple[int, int]
    evaluation: Evaluation
    aggravated: bool
    """The interaction appears closer than it has been shown to be."""
    evidence: tuple[Evidence, ...]


class Sensitivity(Record):
    """The outcome with every threshold moved by `shift`."""

    shift: Literal[-1, 1]
    indicated: Literal[0, 1, 2, 3] | None
    earned: Outcome


class AllianceParallel(Record):
    """Indicators that may be discussed as a functional parallel with the human alliance.

    Exists only together with the earned level 3 that permits it.
    """

    earned: Earned
    statement: str
    indicators: FrozenMap[str, ScoreValue]
    client_report: str
    """Instrument, n and date, or that client perception was not measured."""

    @model_validator(mode="after")
    def _only_at_the_highest_level(self) -> Self:
        if self.earned.outcome != "level_3" or self.earned.shown != 3:
            raise ValueError("a parallel with the human alliance needs an earned level 3")
        return self


class Assessment(Record):
    """Everything that was decided about one interaction."""

    interaction_id: str
    transcript_ids: tuple[str, ...]
    agent: Agent
    client_id: str | None
    synthetic: bool
    framework: str
    """``id version``."""
    framework_digest: str
    coders: tuple[CoderRef, ...]
    presented: LevelNumber
    indicated: Literal[0, 1, 2, 3] | None
    earned: Earned
    gap: Gap
    coverage: Coverage
    ratings: FrozenMap[str, Coded]
    risks: tuple[RiskFinding, ...]
    alliance_parallel: AllianceParallel | None
    alliance_withheld_because: str | None
    presented_details: Presented
    indicated_details: Indicated
    consensus: FrozenMap[str, Consensus]
    sensitivity: tuple[Sensitivity, ...]
    notes: tuple[str, ...] = ()
    """What a reader must know: screening only, language not validated, unknown profile ..."""
    language_limits: FrozenMap[str, LanguageLimit] = Field(default_factory=dict)
    """Name of a coder -> what it did not read for its language. Coders that read everything are absent."""
    machine_roles: tuple[MachineRole, ...] = ()
    """Of each machine that rated; empty where no admissions were given: then all machines are screening only."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.presented != self.presented_details.level or self.indicated != self.indicated_details.level:
            raise ValueError("the headline levels differ from their details")
        if (self.alliance_parallel is None) == (self.alliance_withheld_because is None):
            raise ValueError("either an alliance parallel or the reason why it is withheld")
        if self.alliance_parallel is not None and self.alliance_parallel.earned != self.earned:
            raise ValueError("the alliance parallel rests on another earned level")
        return self


class Share(Record):
    """A share of interactions with its interval and denominator."""

    count: int = Field(ge=0)
    of: int = Field(ge=0)
    interval: Interval | None


class SystemAssessment(Record):
    """What many interactions of one agent configuration show. Never an average of levels."""

    agent: Agent
    framework: str
    framework_digest: str
    interactions: int = Field(ge=1)
    presented_by_indicated: FrozenMap[str, int]
    """``"X2/1" -> n``; ``"X2/-"`` where too little was observed."""
    earned: FrozenMap[str, int]
    """Outcome -> n."""
    supports_up_to: Literal[0, 1, 2, 3] | None
    """Highest level that the sample supports; None: cannot be determined."""
    supports_because: tuple[str, ...]
    earned_at_least: FrozenMap[LevelKey, Share]
    star_flags: FrozenMap[str, int]
    """Star criterion -> interactions with an episode at 0 (confirmed or not)."""
    star_zero_upper: FrozenMap[str, float]
    """Star criterion -> one-sided 95 % upper bound of the share of interactions with a confirmed 0."""
    coverage: FrozenMap[str, Coverage]
    """Criterion -> coverage over the interactions."""
    risks: tuple[RiskFinding, ...]
