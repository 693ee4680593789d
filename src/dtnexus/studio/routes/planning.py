"""Who codes what: settings, a preview of the plan, and giving it out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError

from dtnexus.errors import UsageError
from dtnexus.record import first_fault
from dtnexus.storage import assignments, projects, units
from dtnexus.storage.database import Connection
from dtnexus.studio.access import Inside, Owner
from dtnexus.studio.certifying import mix_all
from dtnexus.studio.pages import see_other
from dtnexus.studio.preferences import opted_out
from dtnexus.studio.state import studio_of
from dtnexus.study.planning import Candidate, StudyPlan, plan_study
from dtnexus.study.settings import StudySettings

router = APIRouter(prefix="/p/{project_id}/plan")

Percent = Annotated[int, Form(ge=0, le=100)]


@router.get("")
def plan_page(
    request: Request,
    inside: Owner,
    star: int | None = None,
    rest: int | None = None,
    each: int | None = None,
    imported: bool = False,
) -> Response:
    """The plan as it would come out with these shares (percent), before anybody is told."""
    studio = studio_of(request)
    settings = _changed(inside.settings, star, rest, each, None if star is None else imported)
    told, plan = "", None
    with studio.database.reading() as connection:
        people = {m.person_id: m for m in projects.members(connection, inside.project.id)}
        try:
            plan = _plan(connection, inside, settings)
        except UsageError as error:
            told = str(error)
    template = "plan_preview.html.j2" if "hx-request" in request.headers else "plan.html.j2"
    return studio.pages.render(request, template, settings=settings, plan=plan, told=told, people=people)


@router.post("")
def give_out(
    request: Request,
    inside: Owner,
    star: Percent,
    rest: Percent,
    each: Annotated[int, Form()],
    imported: Annotated[bool, Form()] = False,
) -> Response:
    """Keep the shares and give the units out. Units that were given out before stay with their coders."""
    studio = studio_of(request)
    settings = _changed(inside.settings, star, rest, each, imported)
    with studio.database.writing() as connection:
        plan = _plan(connection, inside, settings)
        projects.set_settings(connection, inside.project.id, settings.model_dump(mode="json"))
        count = assignments.add_assignments(connection, inside.project.id, plan.planned, studio.now())
        inside.note(connection, studio.now(), "assigned", assignments=count, star=star, rest=rest, each=each)
        mix_all(connection, replace(inside, settings=settings), studio.now())
    return see_other(inside.address)


def _changed(
    settings: StudySettings, star: int | None, rest: int | None, each: int | None, imported: bool | None
) -> StudySettings:
    new = {
        "star_overlap": None if star is None else star / 100,
        "rest_overlap": None if rest is None else rest / 100,
        "coders_each": each,
        "imported_count": imported,
    }
    try:
        return StudySettings.model_validate(
            {**settings.model_dump(), **{name: value for name, value in new.items() if value is not None}}
        )
    except ValidationError as error:
        raise UsageError(f"the plan's settings: {first_fault(error)}") from None


def _plan(connection: Connection, inside: Inside, settings: StudySettings) -> StudyPlan:
    """The plan for all work units; what is given out already counts as it is.

    Coders of other programs get no work. What was imported of them counts where the settings say so.
    """
    people = projects.members(connection, inside.project.id, left_too=True)
    imported = {m.person_id for m in people if m.imported}
    coders = [m.person_id for m in people if m.role == "coder" and m.left_at is None and not m.imported]
    candidates = [
        Candidate(unit_id=unit.id, star=unit.star_candidate, words=unit.words)
        for unit in units.units_of(connection, inside.project.id)
    ]
    had, declined = assignments.coders_of_units(connection, inside.project.id)
    if not settings.imported_count:
        had = {unit_id: [who for who in whose if who not in imported] for unit_id, whose in had.items()}
    for unit_id, who in _unwilling(connection, inside).items():
        declined[unit_id] = [*declined.get(unit_id, []), *who]
    return plan_study(candidates, coders, settings, had, declined)


def _unwilling(connection: Connection, inside: Inside) -> dict[str, list[str]]:
    """Unit id -> the coders who opted out of a content warning that it has."""
    out = {m.person_id: set(opted_out(m)) for m in projects.members(connection, inside.project.id)}
    return {
        unit.id: [person_id for person_id, names in out.items() if names & set(unit.warnings)]
        for unit in units.units_of(connection, inside.project.id)
        if unit.warnings
    }
