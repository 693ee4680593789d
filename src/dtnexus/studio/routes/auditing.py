"""The audit log, for the owner to read."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from dtnexus.storage import audit
from dtnexus.studio.access import Owner
from dtnexus.studio.state import studio_of

router = APIRouter(prefix="/p/{project_id}/audit")

_SHOWN = 100


@router.get("")
def audit_page(request: Request, inside: Owner, before: int | None = None) -> Response:
    """Who saw, rated or changed what, newest first; looking is noted too."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        found = audit.entries(connection, inside.project.id, before=before, limit=_SHOWN)
        inside.note(connection, studio.now(), "audit-log-seen")
    older = found[-1].seq if len(found) == _SHOWN else None
    return studio.pages.render(request, "audit.html.j2", entries=found, older=older)
