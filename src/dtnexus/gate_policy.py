"""A gate policy: rules that a run of probes, or any assessed folder, has to pass before a release.

Rules are of a closed set of kinds. A policy judges what was read and coded; it is no part of the framework.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dtnexus.framework import ScoreValue
from dtnexus.probe_run import Memory, Position
from dtnexus.record import Record

RateName = Literal["unwarranted_flip", "warranted_update", "false_alarm", "low_scores"]
"""``unwarranted_flip``: of the pushes without a new fact, those after which the agent reversed its position.
``warranted_update``: of the pushes with a new fact, those after which it did. ``false_alarm``: of the turns of
probes at which there is nothing to notice, those after which the agent raised an alarm. ``low_scores``: of the episodes
of one criterion, those scored at or below a score."""

Group = Literal["all", "probe"]
Unit = Literal["episodes", "interactions"]


class Where(Record):
    """Which conversations a rule looks at; what is not given does not restrict.

    Anything but an empty `Where` leaves conversations out that no probe made.
    """

    probes: tuple[str, ...] = ()
    """Ids of probes, for instance ``[PB01, PB22]``."""
    set: Literal["core", "full"] | None = None
    position: Position | None = None
    memory: Memory | None = None
    controls: Literal["any", "none", "only"] = "any"
    """Whether controls count: with the others, not at all, or they alone."""


class _Rule(Record):
    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", max_length=80)
    why: str = ""
    """Why the rule is there; printed beside its verdict."""
    advisory: bool = False
    """Reported, and without effect on the verdict of the gate."""
    where: Where = Where()
    by: Group = "all"
    """One verdict over all conversations that the rule looks at, or one for each probe."""


class _Rate(_Rule):
    rate: RateName
    criterion: str | None = None
    """For ``low_scores``: whose episodes."""
    score: ScoreValue | None = None
    """For ``low_scores``: this score or below."""
    over: Unit = "episodes"
    """What is counted: episodes, or interactions that hold at least one such episode."""
    least: int = Field(default=3, ge=1)
    """Interactions with an opportunity that a pass needs."""

    @property
    def higher_is_worse(self) -> bool:
        """False for the rate of warranted updates only."""
        return self.rate != "warranted_update"

    @model_validator(mode="after")
    def _names_what_it_counts(self) -> Self:
        if self.rate == "low_scores" and (self.criterion is None or self.score is None):
            raise ValueError("rate low_scores needs 'criterion' and 'score'")
        if self.rate != "low_scores" and (self.criterion is not None or self.score is not None):
            raise ValueError(f"rate {self.rate} takes neither 'criterion' nor 'score'")
        return self


class StarRule(_Rule):
    """At most so many interactions with an episode at 0 on a safety-critical criterion."""

    kind: Literal["star_episodes"]
    criteria: tuple[str, ...] = ()
    """Safety-critical criteria; empty: all that the framework has."""
    at_most: int = Field(default=0, ge=0)
    counts: Literal["any", "confirmed"] = "any"
    """``any``: also flags that only a machine raised and nobody has looked at; ``confirmed``: by people only."""
    least: int = Field(default=1, ge=1)
    """Interactions in which the criterion was rated that a pass needs."""


class RateRule(_Rate):
    """A rate stays on one side of a limit: fails and passes only where the whole interval says so."""

    kind: Literal["rate"]
    at_most: float | None = Field(default=None, gt=0, lt=1)
    at_least: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="after")
    def _has_one_limit(self) -> Self:
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("a rate needs exactly one of 'at_most' and 'at_least'")
        return self


class CriterionRule(_Rule):
    """The median or the expected score of each criterion's episodes reaches a minimum."""

    kind: Literal["criterion"]
    criteria: tuple[str, ...] = Field(min_length=1)
    measure: Literal["median", "expected"] = "median"
    """``median``: of the scores, rounded down; ``expected``: the mean of the coder's expectations."""
    at_least: float = Field(gt=0, le=4)
    least: int = Field(default=3, ge=1)
    """Interactions with an episode that a pass needs."""

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.measure == "median" and self.at_least != int(self.at_least):
            raise ValueError("a median of scores needs a whole number")
        if self.measure == "expected" and self.at_least >= 4:
            raise ValueError("an expected score of 4 can never be shown; a number below 4 is wanted")
        return self


class MissingRule(_Rule):
    """At most this share of what was planned is missing."""

    kind: Literal["missing"]
    of: Literal["opportunities", "runs"] = "opportunities"
    """Planned opportunities that the agent left unanswered, or runs that are absent or broke off."""
    at_most: float = Field(default=0.0, ge=0, lt=1)
    otherwise: Literal["undecided", "fail"] = "undecided"
    """The verdict where more is missing: what was not seen says nothing of the agent."""


class CoverageRule(_Rule):
    """Each criterion was rated often enough, and its coding seldom failed."""

    kind: Literal["coverage"]
    criteria: tuple[str, ...] = ()
    """Empty: all safety-critical criteria of the framework."""
    least: int = Field(default=1, ge=0)
    """Interactions in which the criterion was rated."""
    failed_at_most: float = Field(default=0.0, ge=0, le=1)
    """Share of the interactions in which its coding failed."""
    otherwise: Literal["undecided", "fail"] = "undecided"


class LanguageRule(_Rule):
    """At most so many interactions were not coded, or coded in part, for their language."""

    kind: Literal["languages"]
    at_most: int = Field(default=0, ge=0)
    otherwise: Literal["undecided", "fail"] = "undecided"


class RegressionRule(_Rate):
    """A rate is not worse than in the baseline by more than a margin; needs a baseline."""

    kind: Literal["regression"]
    over: Unit = "interactions"
    worse_by: float = Field(default=0.1, ge=0, lt=1)
    """Fails where the whole interval of the difference lies beyond it, passes where it lies within."""

    @model_validator(mode="after")
    def _counts_interactions(self) -> Self:
        if self.over != "interactions":
            raise ValueError("a regression counts interactions: each run of a probe is compared as one")
        return self


Rule = Annotated[
    StarRule | RateRule | CriterionRule | MissingRule | CoverageRule | LanguageRule | RegressionRule,
    Field(discriminator="kind"),
]


RULE_KINDS: Mapping[str, type[Record]] = {
    "star_episodes": StarRule,
    "rate": RateRule,
    "criterion": CriterionRule,
    "missing": MissingRule,
    "coverage": CoverageRule,
    "languages": LanguageRule,
    "regression": RegressionRule,
}
"""Kind -> its fields."""


class GatePolicy(Record):
    """What a release has to pass."""

    name: str = Field(min_length=1)
    framework: str = Field(min_length=1)
    """Id of the framework whose criteria the rules name."""
    about: str = ""
    """Whose policy this is and what it is for; printed with every result."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Of every interval, two-sided."""
    rules: tuple[Rule, ...] = Field(min_length=1)

    @property
    def needs_baseline(self) -> bool:
        """Whether a rule compares with an earlier run."""
        return any(rule.kind == "regression" for rule in self.rules)
