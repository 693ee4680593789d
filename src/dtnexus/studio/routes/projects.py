"""Projects: making one, and its first page."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from dtnexus.catalog.loader import load_framework, shipped_frameworks
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import UsageError
from dtnexus.storage import assignments, audit, projects, units
from dtnexus.studio.access import AnyMember, CurrentPerson
from dtnexus.studio.pages import see_other
from dtnexus.studio.state import studio_of
from dtnexus.study.settings import StudySettings
from dtnexus.study.sight import Situation, may_see

router = APIRouter()


@router.get("/projects/new")
def new_page(request: Request, me: CurrentPerson) -> Response:
    """The form for a new project."""
    if not me.may_create:
        raise HTTPException(403, "This account may not make projects.")
    names = [each.name for each in shipped_frameworks()]
    return studio_of(request).pages.render(request, "project_new.html.j2", frameworks=names)


@router.post("/projects/new")
def make(
    request: Request,
    me: CurrentPerson,
    name: Annotated[str, Form(max_length=200)],
    framework: Annotated[str, Form(max_length=100)],
) -> Response:
    """Make a project whose owner is whoever makes it; its framework is kept as it is today."""
    if not me.may_create:
        raise HTTPException(403, "This account may not make projects.")
    if framework not in {each.name for each in shipped_frameworks()}:
        raise UsageError("the framework is none of those that come with the program")
    if not name.strip():
        raise UsageError("a project needs a name")
    studio = studio_of(request)
    settings = StudySettings(seed=secrets.randbelow(2**31)).model_dump(mode="json")
    loaded = load_framework(framework, MAXIMA)
    with studio.database.writing() as connection:
        project_id = projects.add_project(connection, name.strip(), loaded, settings, me.id, studio.now())
        audit.note(connection, studio.now(), "project-made", person_id=me.id, project_id=project_id)
    return see_other(f"/p/{project_id}")


@router.get("/p/{project_id}")
def project_page(request: Request, inside: AnyMember) -> Response:
    """What a member finds in the project; each role its own."""
    studio = studio_of(request)
    sees_progress = may_see(inside.role, "progress", Situation())
    with studio.database.reading() as connection:
        far = assignments.progress(connection, inside.project.id) if sees_progress else {}
        people = projects.members(connection, inside.project.id) if sees_progress else []
        count = units.count_units(connection, inside.project.id) if sees_progress else None
    names = may_see(inside.role, "names", Situation())
    return studio.pages.render(request, "project.html.j2", progress=far, people=people, units=count, names=names)
