"""Training: where a coder stands and what is next; for the owner, who may code and how everybody holds."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import Response
from pydantic import ValidationError

from dtnexus.agreement.certification import PER_CRITERION, POOLED, UNITS
from dtnexus.agreement.drift import MEAN
from dtnexus.errors import UsageError
from dtnexus.record import first_fault
from dtnexus.sheet import Planned
from dtnexus.storage import assignments, projects, settling, training
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import StatementRow
from dtnexus.studio.access import Coder, Inside, Owner, member
from dtnexus.studio.certifying import (
    UNKNOWN,
    begin_attempt,
    drift_of,
    mix_all,
    of_attempt,
    settle,
    settled,
    trainee,
    trainees,
    with_gold,
)
from dtnexus.studio.control_chart import drawn
from dtnexus.studio.pages import see_other
from dtnexus.studio.preferences import opted_out
from dtnexus.studio.state import studio_of
from dtnexus.study.acceptance import rated_by_people
from dtnexus.study.settings import StudySettings

router = APIRouter(prefix="/p/{project_id}/training")

Learning = Annotated[Inside, Depends(member("owner", "coder", "adjudicator"))]
_RULES = {"per_criterion": PER_CRITERION, "pooled": POOLED, "units": UNITS}


@router.get("")
def training_page(request: Request, inside: Learning) -> Response:
    """A coder's own training; of everybody for the owner; the way to the gold answers for the adjudicator."""
    if inside.role == "coder":
        return _own(request, inside)
    if inside.role == "adjudicator":
        return see_other(f"{inside.address}/training/gold")
    studio = studio_of(request)
    with studio.database.reading() as connection:
        people = [m for m in projects.members(connection, inside.project.id) if m.role == "coder" and not m.imported]
        begun = trainees(connection, inside.project.id)
    known = {m.person_id: begun.get(m.person_id, UNKNOWN) for m in people}
    standing = {who: settled(studio.database, inside, who, studio.now(), now) for who, now in known.items()}
    hidden: dict[str, list[StatementRow]] = {}
    with studio.database.reading() as connection:
        for row in settling.statements_of(connection, inside.project.id, rounds=("drift",)):
            hidden.setdefault(row.person_id, []).append(row)
        charts = {who: drift_of(connection, inside, who, now, hidden.get(who, ())) for who, now in standing.items()}
        counts = {
            kind: len(with_gold(connection, inside.project.id, kind)) for kind in ("practice", "gold", "hidden_gold")
        }
    return studio.pages.render(
        request, "training_owner.html.j2", people=people, standing=standing, charts=charts, counts=counts, rules=_RULES
    )


def _own(request: Request, inside: Inside) -> Response:
    studio = studio_of(request)
    now = settled(studio.database, inside, inside.person.id, studio.now())
    with studio.database.reading() as connection:
        practice = assignments.queue(connection, inside.project.id, inside.person.id, ("practice",))
        waiting = of_attempt(connection, inside.project.id, inside.person.id, now.at_work) if now.at_work else []
        more = len(_fresh_practice(connection, inside))
        gold = len(with_gold(connection, inside.project.id, "gold"))
    return studio.pages.render(
        request,
        "training.html.j2",
        now=now,
        practice=practice,
        waiting=waiting,
        more=more,
        gold=gold,
        rules=_RULES,
        criteria=rated_by_people(inside.framework),
    )


@router.post("/practice")
def take_practice(request: Request, inside: Coder) -> Response:
    """Put the practice units that the coder has not had yet into the coder's training."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        fresh = _fresh_practice(connection, inside)
        plan = [
            Planned(unit_id=unit_id, person_id=inside.person.id, position=place, overlap=False)
            for place, unit_id in enumerate(fresh)
        ]
        count = assignments.add_assignments(connection, inside.project.id, plan, studio.now(), round_="practice")
        inside.note(connection, studio.now(), "practice-begun", units=count)
    return see_other(f"{inside.address}/training")


@router.post("/certification")
def begin(request: Request, inside: Coder) -> Response:
    """Begin an attempt at certification."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        now = settle(connection, inside, inside.person.id, studio.now())
        if now.at_work is not None:
            raise UsageError("an attempt is going on; end its units first")
        if now.word == "certified":
            raise UsageError("you are certified; a new attempt is wanted when a year is over or after drift")
        attempt = begin_attempt(connection, inside, studio.now())
        if attempt is None:
            raise UsageError(f"the project has fewer than {UNITS} gold units; ask its owner to set more")
        inside.note(connection, studio.now(), "certification-begun", attempt=attempt.attempt)
    return see_other(f"{inside.address}/training")


@router.get("/coders/{person_id}")
def coder_page(request: Request, inside: Owner, person_id: str) -> Response:
    """One coder: attempts, standing on each criterion, and the control chart of hidden gold units."""
    studio = studio_of(request)
    with studio.database.reading() as connection:
        who = projects.member(connection, inside.project.id, person_id, left_too=True)
        if who is None or who.role != "coder":
            raise HTTPException(404)
        now = trainee(connection, inside.project.id, person_id)
        chart = drift_of(connection, inside, person_id, now)
        hidden = assignments.queue(connection, inside.project.id, person_id, ("drift",))
    labels = {one.unit_id: one.label for one in hidden}
    return studio.pages.render(
        request,
        "training_coder.html.j2",
        who=who,
        now=now,
        chart=chart,
        drawing=drawn(chart.chart, MEAN),
        hidden=hidden,
        labels=labels,
        rules=_RULES,
        criteria=rated_by_people(inside.framework),
    )


@router.post("/coders/{person_id}/standing")
def decide(
    request: Request,
    inside: Owner,
    person_id: str,
    standing: Annotated[Literal["certified", "paused", "training"], Form()],
    because: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """The owner says how a coder stands, with a reason."""
    studio = studio_of(request)
    if not because.strip():
        raise UsageError("a reason is wanted; it stays with the standing")
    with studio.database.writing() as connection:
        who = projects.member(connection, inside.project.id, person_id)
        if who is None or who.role != "coder":
            raise HTTPException(404)
        project_id, by = inside.project.id, inside.person.id
        training.set_standing(connection, project_id, person_id, standing, because.strip(), studio.now(), by)
        inside.note(connection, studio.now(), "standing-set", f"person:{person_id}", standing=standing)
    return see_other(f"{inside.address}/training/coders/{person_id}")


@router.post("/rules")
def set_rules(
    request: Request,
    inside: Owner,
    every: Annotated[int, Form()],
    each: Annotated[int, Form()],
    must: Annotated[bool, Form()] = False,
    warned: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Whether certification is demanded, how much hidden gold, and how many flagged units a day."""
    studio = studio_of(request)
    new = {"must_be_certified": must, "drift_every": every, "drift_units": each, "warned_a_day": warned.strip() or None}
    try:
        settings = StudySettings.model_validate({**inside.settings.model_dump(), **new}, strict=False)
    except ValidationError as error:
        raise UsageError(f"the rules: {first_fault(error)}") from None
    with studio.database.writing() as connection:
        projects.set_settings(connection, inside.project.id, settings.model_dump(mode="json"))
        inside.note(connection, studio.now(), "rules-set", must=must, every=every, each=each, warned=warned)
    return see_other(f"{inside.address}/training")


@router.post("/mix")
def mix(request: Request, inside: Owner) -> Response:
    """Put hidden gold units among the work that was given out."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        wanting = mix_all(connection, inside, studio.now())
    if wanting:
        raise UsageError(
            f"{wanting} hidden gold unit{'s are' if wanting > 1 else ' is'} wanting: a coder meets none twice. "
            "What there is was given out; bring in more and press the button again"
        )
    return see_other(f"{inside.address}/training")


def _fresh_practice(connection: Connection, inside: Inside) -> list[str]:
    met = training.interactions_met(connection, inside.project.id, inside.person.id)
    found = with_gold(connection, inside.project.id, "practice")
    had = len(assignments.queue(connection, inside.project.id, inside.person.id, ("practice",)))
    fresh = [
        unit.id
        for unit in found
        if unit.interaction_id not in met and not set(unit.warnings) & set(opted_out(inside.member))
    ]
    return fresh[: max(0, inside.settings.practice_units - had)]
