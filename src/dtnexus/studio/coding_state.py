"""What the coding page is told: the words under a blind label and the own sheet, and nothing else.

There is no field for another person's ratings, for the machine's, for the product or for
the reason why a unit was assigned, so that none can be filled by mistake.
"""

from __future__ import annotations

from typing import Literal

from dtnexus.aggregation import aggregate_scores
from dtnexus.framework import Criterion, Framework
from dtnexus.record import Record
from dtnexus.sheet import Answer, AssignmentState, ClientId, Mark, Pass, Sheet
from dtnexus.storage.rows import Assignment
from dtnexus.study.acceptance import Refusal, rated_by_people
from dtnexus.study.blind import BlindUnit


class Place(Record):
    """How far the assignment is."""

    state: AssignmentState
    current_pass: Pass
    version: int


class CriterionState(Record):
    """What stands about one criterion, and what the scores of its marks amount to."""

    version: int
    answer: Answer | None
    marks: tuple[Mark, ...]
    hint: int | None
    """The framework's rule over the scored marks; None where no mark is scored. The person decides."""


class CodingState(Record):
    """Everything that the page needs to show one assignment."""

    csrf: str
    label: str
    flagged: bool
    """The unit has a content warning. Which criterion it comes from would lean on the hand and is not told."""
    place: Place
    unit: BlindUnit | None
    """The words; None before the warning was accepted and after the unit was left to others."""
    criteria: dict[str, CriterionState]
    next_unit: str | None
    """Where to go when this one is done; None: the queue is done."""


Outcome = Literal["done", "conflict", "closed", "refused"]
"""It counts; another tab was faster; the sheet is closed; a rule forbids it. Only the first changes anything."""


class Reply(Record):
    """What became of one action."""

    outcome: Outcome
    place: Place
    criterion: CriterionState | None = None
    """As it stands now, where the action was about one."""
    refusals: tuple[Refusal, ...] = ()
    next_unit: str | None = None


class Step(Record):
    """Go to a pass."""

    id: ClientId
    seen_version: int
    wanted: Pass


class Leaving(Record):
    """Leave a unit to others; a reason is welcome and not demanded."""

    id: ClientId
    seen_version: int
    reason: str = ""


class Submission(Record):
    """Close the sheet."""

    id: ClientId
    seen_version: int


def place_of(own: Assignment) -> Place:
    """How far an assignment is."""
    return Place(state=own.state, current_pass=own.current_pass, version=own.version)


def criterion_state(sheet: Sheet, criterion: Criterion) -> CriterionState:
    """What stands on a sheet about a criterion."""
    stands = sheet.of(criterion.id)
    scores = [mark.score for mark in stands.marks if mark.score is not None]
    return CriterionState(
        version=stands.version,
        answer=stands.answer,
        marks=stands.marks,
        hint=aggregate_scores(criterion, scores) if scores else None,
    )


def criteria_states(sheet: Sheet, framework: Framework) -> dict[str, CriterionState]:
    """The same of every criterion that people rate."""
    return {criterion.id: criterion_state(sheet, criterion) for criterion in rated_by_people(framework)}
