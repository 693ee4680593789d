"""What a person writes down while coding: marks, answers, the sheet they make up, and the actions that change it.

A sheet is one person's work on one unit. It becomes `dtnexus.rating` records only when
it is submitted (`dtnexus.study.freezing`).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from dtnexus.framework import ScoreValue
from dtnexus.rating import Position
from dtnexus.record import Record

MemberRole = Literal["owner", "coder", "adjudicator", "viewer"]
"""What a person is in a project; one role in each project."""

UnitKind = Literal["work", "practice", "gold", "hidden_gold"]
"""``work`` is the study itself; ``practice`` gives feedback; ``gold`` certifies; ``hidden_gold`` looks like work."""

Round = Literal["coding", "practice", "certification", "drift"]
"""Why a unit was assigned; a coder may meet a gold unit again in a later `attempt`."""

AssignmentState = Literal["open", "in_progress", "submitted", "skipped"]

Pass = Literal["read", "mark", "rate"]
"""The three passes of the coding page, in their order: read whole, mark opportunities, rate."""

PASSES: tuple[Pass, ...] = ("read", "mark", "rate")

Standing = Literal["training", "certified", "paused"]
"""Whether a coder's work counts; ``paused`` after drift, until a new certification."""

ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
"""An id that the page makes (a UUID); sending the same one again changes nothing."""


class TurnPlace(Record):
    """One turn of an interaction, without its words."""

    session: int = Field(ge=0)
    turn: int = Field(ge=0)


class Mark(Record):
    """Words that a person selected for a criterion: an opportunity, and perhaps how it was handled."""

    id: ClientId
    criterion: str
    session: int = Field(ge=0)
    """Place of the session in the interaction, from 0. The page never learns the transcript's id."""
    turn: int = Field(ge=0)
    start: int = Field(ge=0)
    """Half-open character span in the turn, counted in Unicode code points (not in JavaScript's UTF-16 units)."""
    end: int = Field(ge=1)
    quote: str = Field(min_length=1)
    cue_turn: int | None = Field(default=None, ge=0)
    agent_turn: int | None = Field(default=None, ge=0)
    score: ScoreValue | None = None
    """How this opportunity was handled; None: the criterion's score stands for it."""
    why: str = ""
    new_evidence: bool | None = None
    position: Position | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.end - self.start != len(self.quote):
            raise ValueError(f"the quote has {len(self.quote)} characters, its span {self.end - self.start}")
        return self

    @property
    def place(self) -> TurnPlace:
        """The turn whose words are marked."""
        return TurnPlace(session=self.session, turn=self.turn)


class ScoreAnswer(Record):
    """A score 0-4 on a criterion."""

    kind: Literal["score"] = "score"
    score: ScoreValue
    missed: TurnPlace | None = None
    """The client turn that opened the opportunity that was missed; a 1 must name it."""
    rationale: str = ""
    sure: Literal["sure", "rather_sure", "unsure"] = "rather_sure"


class NoOpportunity(Record):
    """N: not observable, with or without a reason in words."""

    kind: Literal["not_observable"] = "not_observable"
    reason: str = ""


Answer = Annotated[ScoreAnswer | NoOpportunity, Field(discriminator="kind")]
"""What a person says of one criterion of one unit."""


class CriterionSheet(Record):
    """All that stands on a sheet about one criterion."""

    version: int = Field(default=0, ge=0)
    """Counts the actions on this criterion; an action must name the version it saw."""
    answer: Answer | None = None
    """None: not answered yet."""
    marks: tuple[Mark, ...] = ()
    """In the order of the interaction."""


class Sheet(Record):
    """One person's work on one unit as it stands."""

    criteria: dict[str, CriterionSheet] = Field(default_factory=dict)
    """Criterion id -> what stands about it; a criterion that nobody touched is absent."""

    def of(self, criterion: str) -> CriterionSheet:
        """What stands about a criterion; empty at version 0 where nothing does."""
        return self.criteria.get(criterion, CriterionSheet())


class PutMark(Record):
    """Make a mark, or replace the one of the same id."""

    kind: Literal["put_mark"] = "put_mark"
    mark: Mark


class DropMark(Record):
    """Take a mark away."""

    kind: Literal["drop_mark"] = "drop_mark"
    mark_id: ClientId


class PutAnswer(Record):
    """Answer a criterion, or replace the answer."""

    kind: Literal["put_answer"] = "put_answer"
    answer: Answer


class ClearAnswer(Record):
    """Take an answer away."""

    kind: Literal["clear_answer"] = "clear_answer"


Change = Annotated[PutMark | DropMark | PutAnswer | ClearAnswer, Field(discriminator="kind")]
"""What an action does to one criterion of a sheet."""


class Action(Record):
    """One thing that a person did on the coding page; kept for ever in the action log."""

    id: ClientId
    """Made by the page. The same action sent twice counts once."""
    criterion: str
    seen_version: int = Field(ge=0)
    """Version of the criterion that the page showed when the person acted."""
    change: Change

    @model_validator(mode="after")
    def _of_one_criterion(self) -> Self:
        if isinstance(self.change, PutMark) and self.change.mark.criterion != self.criterion:
            raise ValueError("the mark belongs to another criterion than the action")
        return self


CHANGE: TypeAdapter[PutMark | DropMark | PutAnswer | ClearAnswer] = TypeAdapter(Change)
"""Reads the change of an action as it stands in the log."""
ANSWER: TypeAdapter[ScoreAnswer | NoOpportunity] = TypeAdapter(Answer)
"""Reads an answer as it is stored."""


class Planned(Record):
    """A unit that a coder is to code, at a place in the coder's queue."""

    unit_id: str
    person_id: str
    position: int = Field(ge=0)
    overlap: bool
    """True: the unit is coded by more than one person."""
