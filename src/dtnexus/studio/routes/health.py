"""Whether the studio and its database answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from dtnexus.storage import people
from dtnexus.studio.access import Anyone
from dtnexus.studio.state import studio_of

router = APIRouter()


@router.get("/health")
def health(request: Request, _: Anyone) -> PlainTextResponse:
    """Say `ok` where the database answers; tells nothing else."""
    with studio_of(request).database.reading() as connection:
        people.anybody(connection)
    return PlainTextResponse("ok\n")
