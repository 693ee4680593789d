"""Whether the studio and its database answer, and the icon that browsers ask every server for."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, PlainTextResponse

from dtnexus.storage import people
from dtnexus.studio.access import Anyone
from dtnexus.studio.state import studio_of
from dtnexus.studio.static_files import FOLDER

router = APIRouter()


@router.get("/health")
def health(request: Request, _: Anyone) -> PlainTextResponse:
    """Say `ok` where the database answers; tells nothing else."""
    with studio_of(request).database.reading() as connection:
        people.anybody(connection)
    return PlainTextResponse("ok\n")


@router.get("/favicon.ico")
def icon(_: Anyone) -> FileResponse:
    """The icon for pages that name none, such as a report."""
    kept = {"Cache-Control": "public, max-age=86400"}
    return FileResponse(FOLDER / "icon.svg", media_type="image/svg+xml", headers=kept)
