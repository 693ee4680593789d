"""The people of a project: who is in it, inviting and removing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from dtnexus.sheet import MemberRole
from dtnexus.storage import projects
from dtnexus.studio.access import Inside, Owner
from dtnexus.studio.pages import see_other
from dtnexus.studio.state import studio_of

router = APIRouter(prefix="/p/{project_id}/people")


@router.get("")
def people_page(request: Request, inside: Owner) -> Response:
    """Who is in the project, and which invitations are open."""
    return _page(request, inside, link="")


@router.post("/invitations")
def invite(
    request: Request,
    inside: Owner,
    role: Annotated[MemberRole, Form()],
    note: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Make an invitation and show its link, once; only its digest is kept."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        token = projects.invite(connection, inside.project.id, role, inside.person.id, studio.now(), note=note.strip())
        inside.note(connection, studio.now(), "invited", role=role)
    return _page(request, inside, link=str(request.url_for("invitation_page", token=token)))


@router.post("/invitations/{invitation_id}/revoke")
def revoke(request: Request, inside: Owner, invitation_id: str) -> Response:
    """Make an invitation worthless."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        projects.revoke_invitation(connection, inside.project.id, invitation_id, studio.now())
        inside.note(connection, studio.now(), "invitation-revoked", f"invitation:{invitation_id}")
    return see_other(f"{inside.address}/people")


@router.post("/{person_id}/remove")
def remove(request: Request, inside: Owner, person_id: str) -> Response:
    """Close the project to somebody; what they rated stays."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        projects.remove_member(connection, inside.project.id, person_id, studio.now())
        inside.note(connection, studio.now(), "member-removed", f"person:{person_id}")
    return see_other(f"{inside.address}/people")


def _page(request: Request, inside: Inside, link: str) -> Response:
    studio = studio_of(request)
    with studio.database.reading() as connection:
        everybody = projects.members(connection, inside.project.id)
        invitations = projects.open_invitations(connection, inside.project.id, studio.now())
    return studio.pages.render(request, "people.html.j2", people=everybody, invitations=invitations, link=link)
