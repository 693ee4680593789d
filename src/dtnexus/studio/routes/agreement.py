"""Agreement as the study goes on: people among themselves, machines beside them, admission of machines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import Response

from dtnexus.admission import Admission, Figure, points
from dtnexus.agreement.admission_text import CHANGES
from dtnexus.agreement.rendering import Format, rendered
from dtnexus.agreement.results import Agreement, Estimate
from dtnexus.agreement.sections import cell, named, reasons
from dtnexus.storage import admitting, projects
from dtnexus.studio.access import Inside, Owner, member
from dtnexus.studio.measuring import Measured, measured
from dtnexus.studio.pages import see_other
from dtnexus.studio.state import studio_of
from dtnexus.study.sight import Situation, may_see

router = APIRouter(prefix="/p/{project_id}/agreement")

Measuring = Annotated[Inside, Depends(member("owner", "adjudicator", "viewer"))]

_FILES: Mapping[str, tuple[Format, str]] = {
    "csv": ("csv", "text/csv"),
    "tex": ("latex", "application/x-tex"),
    "json": ("json", "application/json"),
}
_SCORES = (
    ("alpha_ordinal", "Alpha, ordinal"),
    ("kappa_quadratic", "Kappa, quadratic"),
    ("ac2_quadratic", "AC2, quadratic"),
    ("icc_1_1", "ICC(1,1)"),
    ("icc_2_1", "ICC(2,1)"),
    ("percent_agreement", "Same score"),
)
_YES_NO = (
    ("positive_agreement", "Positive"),
    ("negative_agreement", "Negative"),
    ("ac1", "AC1"),
    ("kappa", "Kappa"),
    ("percent_agreement", "Same answer"),
)


class Line(NamedTuple):
    """A row of a table: what it is of, and its estimates in the order of the columns; None: none was computed."""

    of: str
    criterion: str | None
    estimates: tuple[Estimate | None, ...]

    @property
    def known(self) -> bool:
        """Whether there is any value."""
        return any(each is not None and each.value is not None for each in self.estimates)


class Shown(NamedTuple):
    """A table."""

    title: str
    about: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    signed: bool = False


@router.get("")
def agreement_page(request: Request, inside: Measuring) -> Response:
    """Every coefficient with its counts and interval, on ratings before adjudication."""
    found = _measured(request, inside)
    people = found.people
    return studio_of(request).pages.render(
        request,
        "agreement.html.j2",
        people=people,
        tables=_tables(people) if people is not None else (),
        missing=list(reasons(people)) if people is not None else [],
        machines=_by_machine(found.machines),
        cell=cell,
        figure=_figure,
        points=points,
        names={one.id: one.name for one in inside.framework.criteria},
    )


@router.get("/table.{ending}")
def table(request: Request, inside: Measuring, ending: str) -> Response:
    """The whole of it as a file: every coefficient (csv, json), or tables and methods paragraph (tex)."""
    if ending not in _FILES:
        raise HTTPException(404)
    people = _measured(request, inside).people
    if people is None:
        raise HTTPException(404)
    form, kind = _FILES[ending]
    return _download(rendered(people, form), f"agreement.{ending}", kind)


@router.post("/viewers")
def open_to_viewers(request: Request, inside: Owner, opened: Annotated[bool, Form()] = False) -> Response:
    """Say whether viewers may look at the agreement."""
    studio = studio_of(request)
    new = inside.settings.model_copy(update={"viewers_see_agreement": opened})
    with studio.database.writing() as connection:
        projects.set_settings(connection, inside.project.id, new.model_dump(mode="json"))
        inside.note(connection, studio.now(), "agreement-opened" if opened else "agreement-closed")
    return see_other(f"{inside.address}/agreement")


@router.get("/admission")
def admission_page(request: Request, inside: Measuring) -> Response:
    """What each machine may do beside people on each criterion, with every figure and the rules that are not met."""
    found = _measured(request, inside)
    with studio_of(request).database.reading() as connection:
        used = admitting.admissions_of(connection, inside.project.id)
    return studio_of(request).pages.render(
        request,
        "admission.html.j2",
        machines=_by_machine(found.machines),
        unknown_language=found.unknown_language,
        used={(one.coder.to_json(), one.language, one.criterion): one for one in used},
        changes=CHANGES,
        figure=_figure,
        points=points,
        names={one.id: one.name for one in inside.framework.criteria},
    )


@router.get("/admissions.jsonl")
def admissions_file(request: Request, inside: Measuring) -> Response:
    """The admissions file that `dtnexus admit` writes: one a line, refusals and what is undecided too."""
    found = _measured(request, inside).machines
    if not found:
        raise HTTPException(404)
    text = "".join(f"{one.to_json()}\n" for one in found)
    return _download(text, "admissions.jsonl", "application/jsonl")


@router.post("/admission")
def use(request: Request, inside: Owner) -> Response:
    """Let the results of this project rest on these admissions from now on."""
    studio = studio_of(request)
    found = _measured(request, inside).machines
    with studio.database.writing() as connection:
        count = admitting.keep_admissions(connection, inside.project.id, found, inside.person.id, studio.now())
        admitted = sum(one.verdict == "admitted" for one in found)
        inside.note(connection, studio.now(), "admissions-used", admissions=count, admitted=admitted)
    return see_other(f"{inside.address}/agreement/admission")


def _measured(request: Request, inside: Inside) -> Measured:
    """The figures, for whom the study lets see them."""
    situation = Situation(viewers_see_agreement=inside.settings.viewers_see_agreement)
    if not may_see(inside.role, "agreement", situation):
        raise HTTPException(403, "This study does not show viewers how well its coders agree.")
    return measured(studio_of(request), inside)


def _tables(people: Agreement) -> tuple[Shown, ...]:
    every = (
        _shown(people, "scores", "Scores", _SCORES),
        _shown(people, "observable", "Observable (positive) or not observable (negative)", _YES_NO),
        _shown(people, "star_lowest", "Safety-critical: score 0 (positive) or above (negative)", _YES_NO),
        _shown(people, "star_two_lowest", "Safety-critical: score 0 or 1 (positive) or above (negative)", _YES_NO),
        _severity(people),
    )
    return tuple(each for each in every if each.lines)


def _shown(people: Agreement, about: str, title: str, columns: Sequence[tuple[str, str]]) -> Shown:
    found = {(each.criterion, each.coefficient): each for each in people.estimates if each.about == about}
    lines = tuple(
        Line(named(people, criterion), criterion, tuple(found.get((criterion, name)) for name, _ in columns))
        for criterion in dict.fromkeys(criterion for criterion, _ in found)
    )
    return Shown(title, about, tuple(head for _, head in columns), lines)


def _severity(people: Agreement) -> Shown:
    found = {(each.criterion, each.coder): each for each in people.estimates if each.about == "severity"}
    coders = tuple(dict.fromkeys(coder for _, coder in found if coder is not None))
    lines = tuple(
        Line(named(people, criterion), criterion, tuple(found.get((criterion, coder)) for coder in coders))
        for criterion in dict.fromkeys(criterion for criterion, _ in found)
    )
    title = "Rater severity: points above (+) or below (\u2212) the other coders of the same units"
    return Shown(title, "severity", coders, lines, signed=True)


def _by_machine(found: Sequence[Admission]) -> list[tuple[Admission, list[Admission]]]:
    """The admissions of each machine and language, with the first of them to name it."""
    ordered = sorted(found, key=_machine)
    groups = [list(own) for _, own in groupby(ordered, key=_machine)]
    return [(own[0], own) for own in groups]


def _machine(one: Admission) -> tuple[str, str]:
    return one.coder.to_json(), one.language


def _figure(figure: Figure, signed: bool = False) -> str:
    """A figure with its interval; a dash where there is none."""

    def told(value: float) -> str:
        return f"{value:+.2f}".replace("-", "\u2212") if signed else points(value)

    if figure.value is None:
        return "\u2013"
    if figure.low is None or figure.high is None:
        return told(figure.value)
    return f"{told(figure.value)} [{told(figure.low)}, {told(figure.high)}]"


def _download(text: str, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{re.sub(r"[^A-Za-z0-9_.-]", "_", name)}"'}
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)
