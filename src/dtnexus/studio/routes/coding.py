"""The coding page: one person, one unit, three passes; every action is sent when it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from dtnexus.errors import UsageError
from dtnexus.rating import Coded
from dtnexus.record import Record
from dtnexus.sheet import Action, Round, Sheet
from dtnexus.storage import assignments, audit, coding, training, units
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import Assignment
from dtnexus.studio.access import Coder, Inside
from dtnexus.studio.coding_state import (
    CodingState,
    Leaving,
    Outcome,
    Reply,
    Step,
    Submission,
    criteria_states,
    criterion_state,
    place_of,
)
from dtnexus.studio.state import studio_of
from dtnexus.study.acceptance import NotAcceptedError, Refusal, check_action, rated_by_people
from dtnexus.study.blind import blinded
from dtnexus.study.coding_passes import check_day, check_pass, check_step
from dtnexus.study.freezing import freeze, human_coder
from dtnexus.study.sight import Situation, may_see

router = APIRouter(prefix="/p/{project_id}/code/{assignment_id}")

ALL_ROUNDS: tuple[Round, ...] = ("coding", "practice", "certification", "drift")
WORK_ROUNDS: tuple[Round, ...] = ("coding", "drift")
"""Rounds that look alike to the coder."""
R = TypeVar("R", bound=Record)
_STATUS = {"done": 200, "conflict": 409, "closed": 409, "refused": 422}


class Sent(Generic[R]):
    """Reads the record that a script sends as JSON; FastAPI cannot read records that are built when first used."""

    def __init__(self, kind: type[R]) -> None:
        self._kind = kind

    async def __call__(self, request: Request) -> R:
        """The record; what is missing or not as wanted is named without the words that were sent."""
        try:
            return self._kind.model_validate_json(await request.body())
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults]) from error


@router.get("")
def page(request: Request, inside: Coder, assignment_id: str) -> Response:
    """The page with the codebook; the words and the sheet come from `state`."""
    studio = studio_of(request)
    with studio.database.reading() as connection:
        own = _own(connection, inside, assignment_id)
        unit = units.unit(connection, inside.project.id, own.unit_id)
    criteria = rated_by_people(inside.framework)
    grouped = [(each, [one for one in criteria if one.domain == each.id]) for each in inside.framework.domains]
    asked = {name for name, rule in inside.framework.questions.items() if "new_evidence" in rule.marks}
    return studio.pages.render(
        request,
        "coding.html.j2",
        own=own,
        unit=unit,
        framework=inside.framework,
        domains=[each for each in grouped if each[1]],
        stance_asked=asked,
    )


@router.get("/state")
def state(request: Request, inside: Coder, assignment_id: str) -> Response:
    """The words (once the warning was accepted) and the own sheet; that they were seen is noted."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        own = _own(connection, inside, assignment_id)
        shown = own.state not in ("open", "skipped")
        told = CodingState(
            csrf=request.state.session.csrf,
            label=own.label,
            flagged=bool(own.warnings),
            place=place_of(own),
            unit=blinded(units.interaction_of(connection, own.unit_id), own.label) if shown else None,
            criteria=criteria_states(coding.sheet_of(connection, own.id), inside.framework) if shown else {},
            next_unit=_next(connection, inside, own),
        )
        if shown:
            _note(connection, request, inside, own, "unit-seen")
    return JSONResponse(told.model_dump(mode="json"))


@router.post("/actions")
def act(
    request: Request, inside: Coder, assignment_id: str, action: Annotated[Action, Depends(Sent(Action))]
) -> Response:
    """Do one thing to one criterion, once, where it is acceptable and the page saw the newest version."""
    studio = studio_of(request)

    def done(connection: Connection, own: Assignment) -> coding.Result:
        words = units.interaction_of(connection, own.unit_id)

        def check(sheet: Sheet) -> None:
            check_pass(action, own.current_pass)
            check_action(sheet, action, words, inside.framework)

        return coding.act(connection, own, action, studio.now(), check)

    return _do(request, inside, assignment_id, done, action.criterion)


@router.post("/pass")
def step(request: Request, inside: Coder, assignment_id: str, step: Annotated[Step, Depends(Sent(Step))]) -> Response:
    """Go to a pass; the first step, to reading, opens the unit."""
    studio = studio_of(request)

    def done(connection: Connection, own: Assignment) -> coding.Result:
        check_step(own.state, own.current_pass, step.wanted)
        if own.opened_at is None and own.warnings:
            mine = assignments.queue(connection, inside.project.id, inside.person.id, ALL_ROUNDS)
            opened = [one.opened_at for one in mine if one.warnings and one.opened_at is not None]
            check_day(inside.settings, opened, studio.now())
        return coding.go_to_pass(connection, own, step.id, step.seen_version, step.wanted, studio.now())

    return _do(request, inside, assignment_id, done)


@router.post("/skip")
def skip(
    request: Request, inside: Coder, assignment_id: str, leaving: Annotated[Leaving, Depends(Sent(Leaving))]
) -> Response:
    """Leave the unit to others. The reason stays with the assignment; others see only how many were left."""
    studio = studio_of(request)

    def done(connection: Connection, own: Assignment) -> coding.Result:
        result = coding.skip(connection, own, leaving.id, leaving.seen_version, leaving.reason[:2000], studio.now())
        if isinstance(result, coding.Done) and not result.repeated:
            _note(connection, request, inside, own, "unit-left")
        return result

    return _do(request, inside, assignment_id, done)


@router.post("/submit")
def submit(
    request: Request, inside: Coder, assignment_id: str, submission: Annotated[Submission, Depends(Sent(Submission))]
) -> Response:
    """Close the sheet where every criterion is answered; what it says is kept for ever."""
    studio = studio_of(request)

    def done(connection: Connection, own: Assignment) -> coding.Result:
        if own.state in ("open", "in_progress") and own.current_pass != "rate":
            raise UsageError("a unit is submitted from the third pass; read, mark and rate first")
        words = units.interaction_of(connection, own.unit_id)
        coder = human_coder(inside.member.code, inside.framework)

        def frozen(sheet: Sheet) -> Sequence[Coded]:
            return freeze(sheet, words, inside.framework, coder)

        result = coding.submit(connection, own, submission.id, submission.seen_version, studio.now(), frozen)
        if isinstance(result, coding.Done) and not result.repeated:
            _note(connection, request, inside, own, "unit-submitted")
        return result

    return _do(request, inside, assignment_id, done)


def _do(
    request: Request,
    inside: Inside,
    assignment_id: str,
    done: Callable[[Connection, Assignment], coding.Result],
    criterion: str | None = None,
) -> Response:
    """Do something in one transaction, which is kept whole or not at all, and tell what became of it."""
    database = studio_of(request).database
    refusals: tuple[Refusal, ...] = ()
    outcome: Outcome = "refused"
    try:
        with database.writing() as connection:
            outcome = _outcome(done(connection, _own(connection, inside, assignment_id)))
    except NotAcceptedError as error:
        refusals = error.refusals
    with database.reading() as connection:
        own = _own(connection, inside, assignment_id)
        known = criterion in {each.id for each in rated_by_people(inside.framework)}
        told = Reply(
            outcome=outcome,
            place=place_of(own),
            criterion=criterion_state(coding.sheet_of(connection, own.id), inside.framework.criterion(criterion))
            if criterion and known
            else None,
            refusals=refusals,
            next_unit=_next(connection, inside, own),
        )
    return JSONResponse(told.model_dump(mode="json"), _STATUS[outcome])


def _outcome(result: coding.Result) -> Outcome:
    match result:
        case coding.Done():
            return "done"
        case coding.Conflict():
            return "conflict"
        case coding.Closed():
            return "closed"


def _own(connection: Connection, inside: Inside, assignment_id: str) -> Assignment:
    """The person's own assignment; whatever else is asked for does not exist."""
    own = assignments.assignment(connection, inside.project.id, assignment_id, inside.person.id)
    if own is None or not may_see(inside.role, "transcript", Situation(assigned=True)):
        raise HTTPException(404)
    if own.round in WORK_ROUNDS and inside.settings.must_be_certified:
        standing = training.standings_of(connection, inside.project.id).get(inside.person.id)
        if standing != "certified":
            raise HTTPException(403, "This study opens its units once you have passed the certification.")
    return own


def _next(connection: Connection, inside: Inside, own: Assignment) -> str | None:
    """The page of the next unit of the same kind of work that is not done."""
    rounds = WORK_ROUNDS if own.round in WORK_ROUNDS else (own.round,)
    waiting = assignments.next_waiting(connection, inside.project.id, inside.person.id, rounds, own.id)
    return None if waiting is None else f"{inside.address}/code/{waiting}"


def _note(connection: Connection, request: Request, inside: Inside, own: Assignment, what: str) -> None:
    about = f"assignment:{own.id}"
    at = studio_of(request).now()
    audit.note(connection, at, what, person_id=inside.person.id, project_id=inside.project.id, about=about)
