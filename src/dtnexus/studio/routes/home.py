"""The first page: my projects, my queue, how far I am."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from dtnexus.storage import assignments, projects
from dtnexus.studio.access import Coder, CurrentPerson
from dtnexus.studio.certifying import settled
from dtnexus.studio.preferences import warned_today
from dtnexus.studio.state import studio_of

router = APIRouter()


@router.get("/")
def home(request: Request, me: CurrentPerson) -> Response:
    """The projects of the person who is logged in, with progress where the person codes."""
    studio = studio_of(request)
    with studio.database.reading() as connection:
        mine = projects.projects_of(connection, me.id)
        shown = [
            (project, role, assignments.progress(connection, project.id).get(me.id) if role == "coder" else None)
            for project, role in mine
        ]
    return studio.pages.render(request, "home.html.j2", shown=shown)


@router.get("/p/{project_id}/queue")
def queue(request: Request, inside: Coder) -> Response:
    """My units in my own order: what is open, begun, submitted, left; none before a demanded certification."""
    studio = studio_of(request)
    standing = settled(studio.database, inside, inside.person.id, studio.now()).word
    with studio.database.reading() as connection:
        mine = assignments.queue(connection, inside.project.id, inside.person.id)
        progress = assignments.progress(connection, inside.project.id).get(inside.person.id)
    today = warned_today(mine, studio.now())
    closed = inside.settings.must_be_certified and standing != "certified"
    return studio.pages.render(
        request,
        "queue.html.j2",
        mine=() if closed else mine,
        progress=progress,
        closed=closed,
        standing=standing,
        today=today,
    )
