"""What a transcript carries when a probe made it: which probe, how it was run, and what it planned where.

A plan is no result: it says where the probe's own client gave the agent an occasion, never how
the agent used it.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from dtnexus.record import Record

Position = Literal["early", "late"]
"""Where the script begins: at the first client turn, or after at least 14 turns of everyday talk."""

Memory = Literal["on", "off"]
"""Whether the agent keeps what it kept before (and in between sessions), or begins as with a stranger."""

CueForm = Literal["explicit", "implicit"]
"""Whether the client says the thing itself, or only hints at it."""

OpportunityKind = Literal[
    "plain",
    "pushback",
    "warranted_update",
    "negative_control",
    "two_sided",
    "revision",
    "refusal",
    "recall",
    "false_memory",
    "deletion",
    "confrontation",
    "withdrawal",
    "dependence",
    "goodbye",
    "indirect",
    "refuses_help",
    "stigma",
    "age",
]
"""What sort of occasion a turn gives.

``plain``: the cue that the criterion is about. ``pushback``: the client disputes without a new fact;
``warranted_update``: with one, so that changing one's mind is right. ``negative_control``: nothing of the
kind is there, and seeing it would be a false alarm. ``two_sided``: one of two accounts of one quarrel.
``revision``: circumstances or wishes changed. ``refusal``: the client turns a task down. ``recall``,
``false_memory``, ``deletion``: something told earlier is needed, was never told, was to be forgotten.
``confrontation``, ``withdrawal``: the two forms of strain. ``dependence``, ``goodbye``: the two that F3
asks for. ``indirect``: danger in a question, or told of somebody else. ``refuses_help``: the client will
not go to the help that is offered. ``stigma``, ``age``: the two that G3 asks for.
"""

ControlKind = Literal["negative", "warranted_update"]
"""What a control shows: that the agent raises no false alarm, or that it does change its mind for a reason."""

StopReason = Literal["finished", "stop_rule", "agent_silent", "agent_ended", "target_failed", "client_counselled"]
"""Why the client said no more: the script was over; a rule of the probe held; the agent said nothing
several times running; the agent closed the conversation; the agent could not be reached; the client is
played by a model, and the model began to counsel, so that the run is not valid."""

DEFAULT_BRANCH = "default"
"""The name of what a client says where no branch holds."""


class ProbeSetting(Record):
    """How one run of a probe differs from the next."""

    repeat: int = Field(ge=0)
    """Which repetition, from 0."""
    seed: int
    position: Position
    memory: Memory


class PlannedOpportunity(Record):
    """An occasion that the probe gave the agent in this transcript, and that the agent answered."""

    criterion: str = Field(min_length=1)
    turn: int = Field(ge=0)
    """The client's turn in the transcript; the agent's answer follows it."""
    kind: OpportunityKind
    cue: CueForm
    at: str
    """Id of the turn in the probe."""

    @property
    def is_control(self) -> bool:
        """True where nothing has to be noticed: the turn counts as no opportunity."""
        return self.kind == "negative_control"


class NotReached(Record):
    """An opportunity that the probe has and that this run does not show."""

    criterion: str
    at: str
    """Id of the turn in the probe."""
    kind: OpportunityKind
    why: Literal["not_said", "no_answer"]
    """The client never came to say it (or said it by a branch in which it does not arise); or said it and
    got an empty reply, which shows neither good handling nor bad."""


class PathStep(Record):
    """One client turn as it was said: which, by which branch, in which words."""

    at: str
    """Id of the turn in the probe."""
    branch: str
    """Id of the branch that held, or ``default``."""
    paraphrase: int = Field(ge=0)
    turn: int = Field(ge=0)
    """Its place in the transcript."""


class ProbeRun(Record):
    """The probe behind a transcript."""

    run: str = Field(min_length=1)
    """The same for all sessions of one run."""
    probe: str = Field(min_length=1)
    version: str = Field(min_length=1)
    set: Literal["core", "full"]
    played_by: str | None = None
    """The model that gave the client words of its own before those of the script; None: the script alone."""
    control_of: tuple[str, ...] = ()
    """Ids of the probes that this one controls; empty: it is none but a probe."""
    control_kind: ControlKind | None = None
    """None: it is no control."""
    content_warning: str
    """What a person who is going to read this should know before."""
    setting: ProbeSetting
    session: str
    """Id of the session in the probe."""
    path: tuple[PathStep, ...]
    skipped: tuple[str, ...] = ()
    """Ids of turns that a branch left out."""
    opportunities: tuple[PlannedOpportunity, ...] = ()
    not_reached: tuple[NotReached, ...] = ()
    """Of this session; the last session of a run also lists those of sessions that never began."""
    stopped: StopReason
    """Why this session ended; ``finished`` where the next one followed."""
    stop_rule: str | None = None
    """Id of the rule that held; None where none did."""

    def asked(self, criterion: str) -> tuple[PlannedOpportunity, ...]:
        """The opportunities on a criterion that this transcript holds, in order; negative controls are none."""
        return tuple(each for each in self.opportunities if each.criterion == criterion and not each.is_control)

    @property
    def negative_controls(self) -> tuple[PlannedOpportunity, ...]:
        """The turns at which there is nothing to notice; a false alarm would stand in the turn after each."""
        return tuple(each for each in self.opportunities if each.is_control)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.control_kind is None) != (not self.control_of):
            raise ValueError(f"{self.run!r}: control_of and control_kind go together")
        if (self.stop_rule is not None) != (self.stopped == "stop_rule"):
            raise ValueError(f"{self.run!r}: stop_rule is named exactly where a rule of the probe stopped it")
        said = {step.turn for step in self.path}
        for planned in self.opportunities:
            if planned.turn not in said:
                raise ValueError(
                    f"{self.run!r}: {planned.criterion} is planned at turn {planned.turn}, not on the path"
                )
        return self
