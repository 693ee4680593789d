"""Gold units: bringing them in, and saying what is right on each criterion and why."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, File, Form, HTTPException, Request, UploadFile
from fastapi.responses import Response

from dtnexus.errors import UsageError
from dtnexus.framework import Criterion
from dtnexus.ingest.loss import ReadReport
from dtnexus.rating import CoderRef, Episode, NotObservable, Rating
from dtnexus.running.study_units import StudyUnits, read_units, screened
from dtnexus.storage import settling, units
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import UnitRow
from dtnexus.storage.units import GoldAnswer
from dtnexus.studio.access import Inside, Owner, member
from dtnexus.studio.bringing import bring_in
from dtnexus.studio.pages import see_other
from dtnexus.studio.passages import Passage, passages_of
from dtnexus.studio.routes.importing import saved
from dtnexus.studio.state import studio_of
from dtnexus.study.acceptance import rated_by_people
from dtnexus.study.blind import blinded
from dtnexus.study.freezing import human_coder
from dtnexus.study.sight import Situation, may_see
from dtnexus.transcript import Interaction, Role

router = APIRouter(prefix="/p/{project_id}/training/gold")

Setting = Annotated[Inside, Depends(member("owner", "adjudicator"))]
GoldKind = Literal["practice", "gold", "hidden_gold"]
GOLD: tuple[GoldKind, ...] = ("practice", "gold", "hidden_gold")
KIND_WORDS = {
    "practice": "Practice: feedback after each criterion",
    "gold": "Gold: certifies",
    "hidden_gold": "Hidden gold: looks like work",
}


@router.get("")
def gold_page(request: Request, inside: Setting) -> Response:
    """The units that have gold answers or wait for them, and how more are brought in."""
    studio = studio_of(request)
    with studio.database.reading() as connection:
        found = units.units_of(connection, inside.project.id, GOLD)
        done = {unit.id: len(units.gold_of(connection, unit.id)) for unit in found}
        work = units.units_of(connection, inside.project.id) if inside.role == "owner" else []
    of = len(rated_by_people(inside.framework))
    return studio.pages.render(request, "gold.html.j2", units=found, done=done, of=of, work=work, kinds=KIND_WORDS)


@router.post("")
def bring(
    request: Request,
    inside: Owner,
    files: Annotated[list[UploadFile], File()],
    kind: Annotated[GoldKind, Form()],
) -> Response:
    """Bring conversations in as practice, gold or hidden gold; the embedded coder screens them for warnings."""
    given = [file for file in files if file.filename]
    if not given:
        raise UsageError("no file was chosen")
    with tempfile.TemporaryDirectory(prefix="dtnexus-import-") as folder:
        new = read_units(saved(given, Path(folder)))
    new = new._replace(machine=screened(new.interactions, inside.framework))
    studio = studio_of(request)
    with studio.database.writing() as connection:
        at = studio.now()
        import_id = bring_in(connection, inside.project, inside.framework, new, inside.person.id, at, kind)
        inside.note(connection, at, "gold-units-added", f"import:{import_id}", kind=kind)
    return see_other(f"{inside.address}/training/gold")


@router.post("/from-work")
def from_work(
    request: Request,
    inside: Owner,
    unit: Annotated[str, Form(max_length=40)],
    kind: Annotated[GoldKind, Form()],
) -> Response:
    """Copy a work unit; what was adjudicated about it becomes its gold answers."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        source = units.unit(connection, inside.project.id, unit)
        if source is None or source.kind != "work" or source.withdrawn_at is not None:
            raise HTTPException(404)
        words = units.interaction_of(connection, source.id)
        machine = units.machine_said(connection, inside.project.id, source.id).get(source.id, [])
        nothing = ReadReport(files=0, transcripts=0, turns=0, formats={}, losses=())
        new = StudyUnits((words,), {words.id: machine}, nothing)
        before = {each.id for each in units.units_of(connection, inside.project.id, GOLD)}
        bring_in(connection, inside.project, inside.framework, new, inside.person.id, studio.now(), kind)
        added = [u for u in units.units_of(connection, inside.project.id, GOLD) if u.id not in before]
        if not added:
            raise UsageError("the project has this conversation already as a unit of this kind")
        right = [
            GoldAnswer(one.criterion, _consensus(one.statement, inside), one.reason)
            for one in settling.adjudications_of(connection, inside.project.id, source.id)
            if isinstance(one.statement, Rating | NotObservable)
        ]
        units.set_gold(connection, added[0].id, right)
        inside.note(connection, studio.now(), "gold-unit-copied", f"unit:{added[0].id}", kind=kind)
    return see_other(f"{inside.address}/training/gold/{added[0].id}")


@router.get("/{unit_id}")
def unit_page(request: Request, inside: Setting, unit_id: str) -> Response:
    """The conversation and what is right on each criterion; that it was seen is noted."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        unit = _unit(connection, inside, unit_id)
        words = units.interaction_of(connection, unit.id)
        right = units.gold_of(connection, unit.id)
        inside.note(connection, studio.now(), "gold-seen", f"unit:{unit.id}")
    return studio.pages.render(
        request,
        "gold_unit.html.j2",
        unit=unit,
        talk=blinded(words, unit.label),
        right=right,
        criteria=rated_by_people(inside.framework),
        kinds=KIND_WORDS,
    )


@router.post("/{unit_id}/{criterion_id}")
async def set_answer(request: Request, inside: Setting, unit_id: str, criterion_id: str) -> Response:
    """Say what is right on a criterion, or take it away."""
    fields = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    return _set(request, inside, unit_id, criterion_id, fields)


def _set(request: Request, inside: Inside, unit_id: str, criterion_id: str, fields: dict[str, str]) -> Response:
    studio = studio_of(request)
    criterion = next((each for each in rated_by_people(inside.framework) if each.id == criterion_id), None)
    if criterion is None:
        raise HTTPException(404)
    with studio.database.writing() as connection:
        unit = _unit(connection, inside, unit_id)
        right = units.gold_of(connection, unit.id)
        right.pop(criterion.id, None)
        answer = _answer(fields, criterion, units.interaction_of(connection, unit.id), inside)
        if answer is not None:
            right[criterion.id] = answer
        units.set_gold(connection, unit.id, right.values())
        told = "taken away" if answer is None else answer.statement.kind
        inside.note(connection, studio.now(), "gold-set", f"unit:{unit.id}", criterion=criterion.id, answer=told)
    return see_other(f"{inside.address}/training/gold/{unit_id}#{criterion_id}")


def _answer(fields: dict[str, str], criterion: Criterion, words: Interaction, inside: Inside) -> GoldAnswer | None:
    score, feedback = fields.get("score", ""), fields.get("feedback", "").strip()[:4000]
    coder = _gold_coder(inside)
    about = {"interaction_id": words.id, "criterion": criterion.id, "coder": coder}
    if score == "":
        return None
    if score == "N":
        reason = feedback or "no opportunity arises"
        return GoldAnswer(criterion.id, NotObservable.model_validate({**about, "reason": reason}), feedback)
    if score not in ("0", "1", "2", "3", "4"):
        raise UsageError("a gold score is 0 to 4, or N where no opportunity arises")
    found = passages_of(fields, words)
    if not found:
        raise UsageError(f"{criterion.id}: a gold score needs the words it rests on; choose at least one turn")
    episodes = tuple(_episode(each, criterion, int(score), words) for each in found)
    body = {**about, "score": int(score), "expected": float(score), "confidence": 1.0, "episodes": episodes}
    return GoldAnswer(criterion.id, Rating.model_validate({**body, "why": feedback}), feedback)


def _episode(passage: Passage, criterion: Criterion, score: int, words: Interaction) -> Episode:
    body = {
        "transcript_id": words.sessions[passage.session].id,
        "session": passage.session,
        "turn": passage.turn,
        "start": passage.start,
        "end": passage.end,
        "quote": passage.quote,
        "criterion": criterion.id,
        "agent_turn": passage.turn if passage.role is Role.AGENT else None,
        "cue_turn": passage.turn if passage.role is Role.CLIENT else None,
        "score": score,
        "expected": float(score),
        "confidence": 1.0,
    }
    return Episode.model_validate(body)


def _gold_coder(inside: Inside) -> CoderRef:
    return human_coder(inside.member.code, inside.framework).model_copy(update={"kind": "consensus"})


def _consensus(said: Rating | NotObservable, inside: Inside) -> Rating | NotObservable:
    return said.model_copy(update={"coder": _gold_coder(inside)})


def _unit(connection: Connection, inside: Inside, unit_id: str) -> UnitRow:
    unit = units.unit(connection, inside.project.id, unit_id)
    if unit is None or unit.kind == "work":
        raise HTTPException(404)
    state = Situation(unit_kind=unit.kind, withdrawn=unit.withdrawn_at is not None)
    if not may_see(inside.role, "gold_answers", state):
        raise HTTPException(404)
    return unit
