"""Browsing: which units came out how, and one unit with all coders' passages side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from dtnexus.assessment import Outcome
from dtnexus.rating import Coded, Observation, Said
from dtnexus.reporting.wording import OUTCOME, gap_words
from dtnexus.running.study_results import decided
from dtnexus.storage import results, units
from dtnexus.storage.results import Wanted
from dtnexus.studio.access import Inside, Looking
from dtnexus.studio.dossier import Dossier
from dtnexus.studio.state import studio_of
from dtnexus.studio.up_to_date import LOOK_S, bring_up_to_date, dossier_of, study_rules
from dtnexus.studio.words import By, letters, passages_of, shown
from dtnexus.study.sight import Situation, may_see
from dtnexus.transcript import Interaction

router = APIRouter(prefix="/p/{project_id}/browse")

PAGE = 50
"""Units on a page."""
KINDS = {"not_observable": "not observable", "not_applicable": "not applicable", "failure": "a coder failed"}


@dataclass(frozen=True)
class Filters:
    """The filters as the form sends them; everything is text, and what is empty asks for nothing."""

    label: str = ""
    state: str = ""
    presented: str = ""
    indicated: str = ""
    earned: str = ""
    risk: str = ""
    criterion: str = ""
    score: str = ""
    apart: str = ""
    open: str = ""
    changed: str = ""

    def wanted(self) -> Wanted:
        """What the store is asked for; what is not among the choices asks for nothing."""
        return Wanted(
            label=self.label.strip()[:40],
            state=self.state if self.state in ("open", "complete") else "",
            presented=_number(self.presented),
            indicated=_number(self.indicated),
            not_indicated=self.indicated == "-",
            outcome=self.earned if self.earned in OUTCOME else "",
            risk=self.risk[:40],
            criterion=self.criterion[:40],
            score=self.score if self.score in ("0", "1", "2", "3", "4", *KINDS) else "",
            spread=_number(self.apart),
            questions=bool(self.open),
            changed=bool(self.changed),
        )

    def query(self, page: int) -> str:
        """The address of a page of this list."""
        return urlencode({**{k: v for k, v in vars(self).items() if v}, "page": page})


def _number(text: str) -> int | None:
    return int(text) if text in ("0", "1", "2", "3", "4") else None


@router.get("")
def browse(request: Request, inside: Looking) -> Response:
    """The units that the filters leave, a page of them, with what each came out as."""
    if not may_see(inside.role, "assessment", Situation()):
        raise HTTPException(403)
    studio = studio_of(request)
    known = {name: request.query_params.get(name, "")[:200] for name in Filters.__dataclass_fields__}
    chosen = Filters(**known)
    wanted = chosen.wanted()
    page = max(1, int(number)) if (number := request.query_params.get("page", "1")[:6]).isdecimal() else 1
    left = bring_up_to_date(studio, inside, LOOK_S)
    with studio.database.reading() as connection:
        count = results.count_results(connection, inside.project.id, wanted)
        page = min(page, max(1, -(-count // PAGE)))
        offset = (page - 1) * PAGE
        rows = results.list_results(connection, inside.project.id, wanted, limit=PAGE, offset=offset)
    return studio.pages.render(
        request,
        "browse_list.html.j2" if "hx-request" in request.headers else "browse.html.j2",
        chosen=chosen,
        rows=rows,
        count=count,
        begin=offset,
        page=page,
        pages=max(1, -(-count // PAGE)),
        left=left,
        words=OUTCOME,
        outcomes=get_args(Outcome),
        kinds=KINDS,
    )


@router.get("/{unit_id}")
def unit_page(request: Request, inside: Looking, unit_id: str) -> Response:
    """One unit: how it came out and why, the words, and who marked and rated what."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        own = dossier_of(connection, inside, unit_id)
        if own is None or not may_see(inside.role, "transcript", own.situation(inside.settings)):
            raise HTTPException(404)
        words = units.interaction_of(connection, unit_id)
        rules = study_rules(connection, inside)
        inside.note(connection, studio.now(), "unit-seen", f"unit:{unit_id}", page="browse")
    case = own.case(words)
    assessment = decided(case, rules)
    said = _said(inside, own)
    passages = passages_of(said)
    return studio.pages.render(
        request,
        "browse_unit.html.j2",
        own=own,
        assessment=assessment,
        sessions=shown(words, passages),
        passages=passages,
        product=_product(words) if may_see(inside.role, "product", own.situation(inside.settings)) else "",
        table=_table(inside, said),
        columns=letters((by, who) for by, who, _ in said),
        words=OUTCOME,
        gap=gap_words(assessment.gap),
        risks={risk.id: risk.name for risk in inside.framework.risks},
    )


def _said(inside: Inside, own: Dossier) -> list[tuple[By, str, Said]]:
    """What may be shown of what was said: people's and adjudicators' when all have submitted, machines' apart."""
    situation = own.situation(inside.settings)
    said: list[tuple[By, str, Said]] = []
    if own.all_submitted and may_see(inside.role, "others_ratings", situation):
        said += [("coder", one.code, one.statement) for one in own.people]
        if may_see(inside.role, "adjudication", situation):
            decisions = [one.statement for one in own.standing.values() if one.statement is not None]
            said += [("adjudicator", "adjudicator", one) for one in decisions]
    if may_see(inside.role, "machine_ratings", situation):
        said += [("machine", one.coder.name, one) for one in own.machine if not isinstance(one, Observation)]
    return said


def _table(inside: Inside, said: list[tuple[By, str, Said]]) -> list[tuple[str, dict[tuple[By, str], Coded]]]:
    """Criterion -> who -> what was said, in the framework's order; criteria that nobody spoke of are left out."""
    found: dict[str, dict[tuple[By, str], Coded]] = {}
    for by, who, one in said:
        if not isinstance(one, Observation):
            found.setdefault(one.criterion, {})[by, who] = one
    return [(criterion.id, found[criterion.id]) for criterion in inside.framework.criteria if criterion.id in found]


def _product(words: Interaction) -> str:
    return f"{words.agent.id} {words.agent.version or ''}".strip()
