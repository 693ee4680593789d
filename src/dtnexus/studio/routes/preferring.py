"""What a coder does not want to read; units that are not begun go back to others at once."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import Response

from dtnexus.storage import assignments, coding, projects
from dtnexus.studio.access import Coder, Inside
from dtnexus.studio.pages import see_other
from dtnexus.studio.preferences import opted_out, with_opt_out
from dtnexus.studio.state import studio_of

router = APIRouter(prefix="/p/{project_id}/preferences")

_REASON = "content that the coder opted out of"


@router.get("")
def preferences_page(request: Request, inside: Coder, saved: int | None = None) -> Response:
    """The content warnings, and which of them the coder wants no units of."""
    stars = [criterion for criterion in inside.framework.criteria if criterion.star]
    return studio_of(request).pages.render(
        request, "preferences.html.j2", stars=stars, out=opted_out(inside.member), saved=saved
    )


@router.post("")
async def save(request: Request, inside: Coder) -> Response:
    """Keep the choice, and leave to others what it is about and was not begun."""
    wanted = [name for name in (await request.form()).getlist("out") if isinstance(name, str)]
    return _save(request, inside, wanted)


def _save(request: Request, inside: Inside, wanted: list[str]) -> Response:
    studio = studio_of(request)
    names = {criterion.id for criterion in inside.framework.criteria if criterion.star} & set(wanted)
    left = 0
    with studio.database.writing() as connection:
        projects.set_preferences(connection, inside.project.id, inside.person.id, with_opt_out(inside.member, names))
        mine = assignments.queue(
            connection, inside.project.id, inside.person.id, ("coding", "drift", "practice", "certification")
        )
        for one in mine:
            if one.state == "open" and names & set(one.warnings):
                coding.skip(connection, one, uuid.uuid4().hex, one.version, _REASON, studio.now())
                left += 1
        inside.note(connection, studio.now(), "preferences-set", left=left)
    return see_other(f"{inside.address}/preferences?saved={left}")
