"""A client withdraws: the owner finds the unit and takes its words away, for good."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from dtnexus.errors import UsageError
from dtnexus.storage import units, withdrawing
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import UnitRow
from dtnexus.studio.access import Inside, Owner
from dtnexus.studio.pages import see_other
from dtnexus.studio.state import studio_of

router = APIRouter(prefix="/p/{project_id}/withdraw")

ALL_KINDS = ("work", "practice", "gold", "hidden_gold")


@router.get("")
def units_page(request: Request, inside: Owner, find: str = "", done: bool = False) -> Response:
    """Units by label and by the id of the conversation."""
    studio = studio_of(request)
    with studio.database.reading() as connection:
        found = units.units_of(connection, inside.project.id, ALL_KINDS)  # type: ignore[arg-type]
    wanted = find.strip().casefold()
    shown = [one for one in found if wanted in f"{one.label} {one.interaction_id}".casefold()]
    return studio.pages.render(
        request, "withdraw.html.j2", units=shown[:200], count=len(shown), find=find[:200], done=done
    )


@router.get("/{unit_id}")
def unit_page(request: Request, inside: Owner, unit_id: str) -> Response:
    """What withdrawing this unit takes away."""
    studio = studio_of(request)
    with studio.database.reading() as connection:
        unit = _unit(connection, inside, unit_id)
        copies = withdrawing.copies_of(connection, inside.project.id, unit.id)
    return studio.pages.render(request, "withdraw_unit.html.j2", unit=unit, copies=len(copies))


@router.post("/{unit_id}")
def withdraw(
    request: Request,
    inside: Owner,
    unit_id: str,
    ratings: Annotated[Literal["keep", "remove"], Form()],
    label: Annotated[str, Form(max_length=40)],
) -> Response:
    """Take the words away, and the ratings too where that is chosen; the label is typed so that none goes by slip."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        unit = _unit(connection, inside, unit_id)
        if label.strip().upper() != unit.label:
            raise UsageError(f"type the label {unit.label} to withdraw this unit; nothing was changed")
        copies = withdrawing.copies_of(connection, inside.project.id, unit.id)
        withdrawing.erase(connection, inside.project.id, copies, ratings == "keep", studio.now())
        for each in copies:
            inside.note(connection, studio.now(), "unit-withdrawn", f"unit:{each}", ratings=ratings)
    studio.database.scrub()
    return see_other(f"{inside.address}/withdraw?done=true")


def _unit(connection: Connection, inside: Inside, unit_id: str) -> UnitRow:
    unit = units.unit(connection, inside.project.id, unit_id)
    if unit is None or unit.withdrawn_at is not None:
        raise HTTPException(404)
    return unit
