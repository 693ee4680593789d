"""Results: how many units are complete, how they came out before and after adjudication, and the whole report."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from dtnexus.assessment import Outcome
from dtnexus.reporting.wording import NOT_A_FAILING, OUTCOME
from dtnexus.running.study_results import StudyCase, study_report
from dtnexus.storage import results, units
from dtnexus.storage.results import Wanted
from dtnexus.studio.access import Inside, Looking, member
from dtnexus.studio.pages import see_other
from dtnexus.studio.state import Studio, studio_of
from dtnexus.studio.up_to_date import DECIDE_S, LOOK_S, RULES, bring_up_to_date, dossier_of, study_rules
from dtnexus.study.sight import Situation, may_see

router = APIRouter(prefix="/p/{project_id}/results")

Waiting = Annotated[Inside, Depends(member("owner", "adjudicator", "viewer"))]
_BACK = frozenset({"results", "browse", "adjudicate"})
"""The pages that have the button."""
_CHANGED_SHOWN = 50
_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


@router.get("")
def results_page(request: Request, inside: Looking) -> Response:
    """Counts of units by state and outcome, and the units whose outcome a decision changed."""
    if not may_see(inside.role, "assessment", Situation()):
        raise HTTPException(403)
    studio = studio_of(request)
    left = bring_up_to_date(studio, inside, LOOK_S)
    with studio.database.reading() as connection:
        counts = results.outcomes(connection, inside.project.id)
        waiting = results.count_results(connection, inside.project.id, Wanted(questions=True, state="complete"))
        wanted = Wanted(changed=True)
        changes = results.count_results(connection, inside.project.id, wanted)
        changed = results.list_results(connection, inside.project.id, wanted, limit=_CHANGED_SHOWN)
    before: Counter[str] = Counter()
    now: Counter[str] = Counter()
    for (state, was, outcome), count in counts.items():
        if state == "complete" and was is not None and outcome is not None:
            before[was] += count
            now[outcome] += count
    return studio.pages.render(
        request,
        "results.html.j2",
        left=left,
        total=counts.total(),
        complete=sum(count for (state, _, _), count in counts.items() if state == "complete"),
        rows=[(name, OUTCOME[name], before[name], now[name]) for name in get_args(Outcome)],
        decided=now.total(),
        waiting=waiting,
        changes=changes,
        changed=changed,
        words=OUTCOME,
        not_a_failing=NOT_A_FAILING,
    )


@router.post("/decide")
def decide_more(request: Request, inside: Waiting, back: Annotated[str, Form(max_length=20)] = "results") -> Response:
    """Decide units for a few seconds, then go on where the button stood; a page with scripts is loaded anew at the end.

    Nothing of a unit is shown.
    """
    studio = studio_of(request)
    left = bring_up_to_date(studio, inside, DECIDE_S)
    back = back if back in _BACK else "results"
    if "hx-request" in request.headers and not left:
        return Response(headers={"HX-Refresh": "true"})
    if "hx-request" in request.headers:
        return studio.pages.render(request, "results_left.html.j2", left=left, back=back)
    return see_other(f"{inside.address}/{back}")


@router.get("/report")
def report(request: Request, inside: Looking) -> Response:
    """The report that `dtnexus assess` writes, of all complete units, as they stand."""
    if not may_see(inside.role, "assessment", Situation()):
        raise HTTPException(403)
    studio = studio_of(request)
    with studio.database.writing() as connection:
        stands = results.stands_at(connection, inside.project.id)
        inside.note(connection, studio.now(), "report-seen")
    page = studio.kept.get("report", inside.project.id, f"{stands}/{RULES}", lambda: _report(studio, inside))
    if not page:
        return see_other(f"{inside.address}/results")
    return HTMLResponse(page, headers={"Content-Security-Policy": _policy(page)})


def _report(studio: Studio, inside: Inside) -> str:
    with studio.database.reading() as connection:

        def cases() -> Iterator[StudyCase]:
            for unit in units.units_of(connection, inside.project.id):
                own = dossier_of(connection, inside, unit.id)
                if own is not None and own.all_submitted:
                    yield own.case(units.interaction_of(connection, unit.id))

        return study_report(cases(), study_rules(connection, inside), inside.project.name)


def _policy(page: str) -> str:
    """The report's own style and script by their digests, and nothing else; it cannot act as whoever reads it."""
    digests: dict[str, list[str]] = {"style": [], "script": []}
    for kind, body in _INLINE.findall(page):
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        digests[kind].append(f"'sha256-{digest}'")
    style, script = (" ".join(digests[kind]) or "'none'" for kind in ("style", "script"))
    return (
        f"default-src 'none'; style-src {style}; script-src {script}; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads"
    )
