"""A battery of probes that was played against a live agent: what was reached, what is missing and why.

`Battery` is ``probes.json`` of a run folder; docs/design/probes.md describes every field. It holds no
words of anybody: those are in the transcripts that it names.
"""

from __future__ import annotations

from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from dtnexus.assessment import Interval
from dtnexus.framework import ScoreValue
from dtnexus.probe_run import (
    ControlKind,
    CueForm,
    Memory,
    OpportunityKind,
    PathStep,
    Position,
    ProbeSetting,
    StopReason,
)
from dtnexus.rating import Position as Stance
from dtnexus.record import FrozenMap, Record
from dtnexus.transcript import Agent

TroubleKind = Literal[
    "target_down",
    "timeout",
    "wrong_key",
    "refused",
    "rate_limited",
    "server_error",
    "not_json",
    "bad_reply",
    "too_long",
    "endless_stream",
    "session_lost",
    "crashed",
    "client_failed",
    "stopped",
    "not_tried",
]
"""What kept a target from answering.

``target_down``: nobody answers there. ``timeout``: somebody does and says nothing in time. ``wrong_key``: 401 or
403. ``refused``: another refusal of the request. ``rate_limited``: too many requests, also after waiting.
``server_error``: 5xx, also after trying again. ``not_json``: something else, for instance a page of HTML.
``bad_reply``: JSON without a reply where it should be. ``too_long``: a reply beyond the limit. ``endless_stream``:
a stream that does not end. ``session_lost``: the connection, process or session broke off half way.
``crashed``: the target's own code raised an error. ``client_failed``: the model that plays the client did not
answer. ``stopped``: by the person at the keyboard. ``not_tried``:
several runs before it failed for want of a target.
"""
TROUBLES: tuple[TroubleKind, ...] = get_args(TroubleKind)

MissingWhy = Literal["not_said", "empty_reply", "other_language", "client_counselled"] | TroubleKind
"""Why an occasion shows nothing. ``not_said``: a branch, a stop rule or the agent's silence left the turn out.
``client_counselled``: the run is not valid, since the model that plays the client began to counsel."""

IndicatorId = Literal[
    "unwarranted_flip_rate",
    "runs_with_flip",
    "turn_of_flip",
    "number_of_flips",
    "warranted_update_rate",
    "both_sides_rate",
    "drift",
    "memory_effect",
    "false_alarm_rate",
]
INDICATORS: tuple[IndicatorId, ...] = get_args(IndicatorId)
FORMAT: Literal["dtnexus probes 1"] = "dtnexus probes 1"


class Trouble(Record):
    """What ended or prevented a run. Holds no words of anybody, no key and no header."""

    kind: TroubleKind
    detail: str
    session: int | None = None
    """Place of the session in the probe, from 0; None: before any."""
    at: str | None = None
    """Id of the client turn that was not answered; None: before any."""


class PlayedSession(Record):
    """One session in which something was answered."""

    transcript_id: str
    interaction_id: str
    session: str
    """Id of the session in the probe."""
    path: tuple[PathStep, ...]
    skipped: tuple[str, ...] = ()


class Occasion(Record):
    """A planned opportunity of a probe in one run, and how the agent handled it."""

    criterion: str
    at: str
    """Id of the turn in the probe."""
    kind: OpportunityKind
    cue: CueForm
    transcript_id: str | None = None
    turn: int | None = Field(default=None, ge=0)
    """The client's turn in the transcript; None where it did not arise."""
    missing: MissingWhy | None = None
    """None: it arose, was answered, and can be read."""
    score: ScoreValue | None = None
    """The lowest of the episodes on the criterion that this turn opens; None: not rated."""
    position: Stance | None = None
    """D1 only: what became of the agent's position after the push."""
    false_alarm: bool | None = None
    """Negative controls only: whether the agent raised a false alarm; None: it cannot be told."""


RunState = Literal["complete", "partial", "not_played", "invalid"]


class RoleReversal(Record):
    """Where and how a client that a model plays began to counsel. Holds no words of anybody."""

    session: int = Field(ge=0)
    """Place of the session in the probe, from 0."""
    at: str
    """Id of the client turn before which it did."""
    how: Literal["advises", "comforts", "explores"]


class PlayedRun(Record):
    """One planned run of a probe and what became of it."""

    run: str
    probe: str
    version: str
    set: Literal["core", "full"]
    control_of: tuple[str, ...] = ()
    control_kind: ControlKind | None = None
    setting: ProbeSetting
    state: RunState
    stopped: StopReason | None
    stop_rule: str | None = None
    trouble: Trouble | None = None
    reversal: RoleReversal | None = None
    """Why an ``invalid`` run is none; None: it is valid, or was not played."""
    sessions: tuple[PlayedSession, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    replies: int = Field(default=0, ge=0)
    empty_replies: int = Field(default=0, ge=0)
    other_languages: FrozenMap[str, int] = Field(default_factory=dict)
    """Language tag -> replies in it that are not read."""
    attempts: int = Field(default=0, ge=0)
    """Times it was begun."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.state == "invalid") != (self.reversal is not None):
            raise ValueError(f"{self.run!r}: a run is invalid exactly where the roles were reversed")
        if self.state != "invalid" and (self.state == "not_played") != (not self.sessions):
            raise ValueError(f"{self.run!r}: {self.state} and {len(self.sessions)} sessions played do not go together")
        return self


class Indicator(Record):
    """A count over the battery with its interval. What is missing never counts as handled well."""

    id: IndicatorId
    what: str
    """In words."""
    unit: str
    """What is counted, for instance ``pushes without a new fact``."""
    count: int | None = Field(default=None, ge=0)
    of: int = Field(ge=0)
    """The denominator: units that were rated."""
    value: float | None
    """The share, or a mean; None: there is nothing to say."""
    interval: Interval | None = None
    distribution: FrozenMap[str, int] = Field(default_factory=dict)
    why_not: str | None = None
    """Why there is no value; None where there is one."""

    @model_validator(mode="after")
    def _says(self) -> Self:
        if (self.value is None) != (self.why_not is not None):
            raise ValueError(f"indicator {self.id!r}: a value, or a reason why there is none")
        return self


class RunCoverage(Record):
    """How many runs were planned and what became of them."""

    planned: int = Field(ge=0)
    complete: int = Field(ge=0)
    partial: int = Field(ge=0)
    not_played: int = Field(ge=0)
    invalid: int = Field(default=0, ge=0)
    """Played, and not counted: a model played the client and began to counsel."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.complete + self.partial + self.not_played + self.invalid != self.planned:
            raise ValueError(f"{self.planned} runs were planned, and the parts do not add up to it")
        return self


class Battery(Record):
    """Everything that was played against one target: ``probes.json``."""

    format: Literal["dtnexus probes 1"] = FORMAT
    target: str
    """In words, without secrets."""
    agent: Agent
    client: str | None = None
    """The model that played the clients, in words, without secrets; None: they said the script alone."""
    answered_as: tuple[str, ...] = ()
    """Names of models under which the target answered, sorted."""
    framework: str
    probes_digest: str
    seed: int
    repeats: int = Field(ge=1)
    positions: tuple[Position, ...]
    memory: tuple[Memory, ...]
    coverage: RunCoverage
    trouble: FrozenMap[TroubleKind, int]
    """Kind -> runs that it ended or prevented."""
    runs: tuple[PlayedRun, ...]
    indicators: tuple[Indicator, ...]
