"""Guided practice: one criterion at a time, and what is right as soon as it is answered. Works without JavaScript."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from dtnexus.errors import UsageError
from dtnexus.framework import Criterion
from dtnexus.rating import Coded
from dtnexus.sheet import Action, DropMark, Mark, NoOpportunity, PutAnswer, PutMark, ScoreAnswer, Sheet
from dtnexus.storage import assignments, coding, units
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import Assignment
from dtnexus.studio.access import Coder, Inside
from dtnexus.studio.pages import see_other
from dtnexus.studio.passages import Passage, passages_of, place_of
from dtnexus.studio.state import studio_of
from dtnexus.study.acceptance import check_action, rated_by_people
from dtnexus.study.blind import blinded
from dtnexus.study.freezing import freeze, human_coder
from dtnexus.study.sight import Situation, may_see
from dtnexus.transcript import Interaction, Role

router = APIRouter(prefix="/p/{project_id}/training/practice/{assignment_id}")


@router.get("")
def practice_page(request: Request, inside: Coder, assignment_id: str, criterion: str | None = None) -> Response:
    """The next criterion that is not answered, or the one that is asked for with what is right about it.

    Before the coder has said to begin there is a warning in place of the words.
    """
    studio = studio_of(request)
    with studio.database.reading() as connection:
        own = _own(connection, inside, assignment_id)
        if own.state == "open":
            unit = units.unit(connection, inside.project.id, own.unit_id)
            return studio.pages.render(request, "practice_begin.html.j2", own=own, unit=unit)
        sheet = coding.sheet_of(connection, own.id)
        right = units.gold_of(connection, own.unit_id)
        words = units.interaction_of(connection, own.unit_id)
    asked = [each for each in rated_by_people(inside.framework) if each.id in right]
    answered = {each.id for each in asked if sheet.of(each.id).answer is not None}
    left = [each for each in asked if each.id not in answered]
    shown = next((each for each in asked if each.id == criterion), None) or (left[0] if left else None)
    state = Situation(
        unit_kind="practice",
        assigned=True,
        own_submitted=own.state == "submitted",
        own_answered=shown is not None and shown.id in answered,
    )
    gold = right[shown.id] if shown and may_see(inside.role, "gold_answers", state) else None
    following = [each for each in left if shown is None or each.id != shown.id]
    return studio.pages.render(
        request,
        "practice.html.j2",
        own=own,
        talk=blinded(words, own.label),
        asked=asked,
        answered=answered,
        shown=shown,
        mine=sheet.of(shown.id) if shown else None,
        gold=gold,
        following=following[0] if following else None,
    )


@router.post("/begin")
def begin(request: Request, inside: Coder, assignment_id: str) -> Response:
    """Open the unit: the words are shown from now on."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        own = _own(connection, inside, assignment_id)
        if own.state == "open":
            coding.go_to_pass(connection, own, uuid.uuid4().hex, own.version, "read", studio.now())
            inside.note(connection, studio.now(), "unit-seen", f"assignment:{own.id}")
    return see_other(f"{inside.address}/training/practice/{assignment_id}")


@router.post("/leave")
def leave(request: Request, inside: Coder, assignment_id: str) -> Response:
    """Leave the unit, before the words are shown or after; nobody asks why."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        own = _own(connection, inside, assignment_id)
        coding.skip(connection, own, uuid.uuid4().hex, own.version, "", studio.now())
        inside.note(connection, studio.now(), "unit-left", f"assignment:{own.id}")
    return see_other(f"{inside.address}/training")


@router.post("/{criterion_id}")
async def answer(request: Request, inside: Coder, assignment_id: str, criterion_id: str) -> Response:
    """Answer a criterion; afterwards the page shows what is right."""
    fields = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    return _answer(request, inside, assignment_id, criterion_id, fields)


@router.post("")
def finish(request: Request, inside: Coder, assignment_id: str) -> Response:
    """Close the practice unit; criteria without gold answer count as not observable here."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        own = _begun(connection, inside, assignment_id)
        words = units.interaction_of(connection, own.unit_id)
        right = units.gold_of(connection, own.unit_id)
        coder = human_coder(inside.member.code, inside.framework)
        for criterion in rated_by_people(inside.framework):
            if criterion.id not in right:
                _do(connection, inside, own, words, criterion, (), NoOpportunity(reason="not part of the practice"))
        fresh = _own(connection, inside, assignment_id)

        def frozen(sheet: Sheet) -> Sequence[Coded]:
            return freeze(sheet, words, inside.framework, coder)

        step = uuid.uuid4().hex
        coding.submit(connection, fresh, step, fresh.version, studio.now(), frozen)
        inside.note(connection, studio.now(), "practice-ended", f"assignment:{own.id}")
    return see_other(f"{inside.address}/training")


def _answer(
    request: Request, inside: Inside, assignment_id: str, criterion_id: str, fields: Mapping[str, str]
) -> Response:
    studio = studio_of(request)
    criterion = next((each for each in rated_by_people(inside.framework) if each.id == criterion_id), None)
    if criterion is None:
        raise HTTPException(404)
    with studio.database.writing() as connection:
        own = _begun(connection, inside, assignment_id)
        words = units.interaction_of(connection, own.unit_id)
        found, said = _said(fields, words)
        _do(connection, inside, own, words, criterion, found, said)
    return see_other(f"{inside.address}/training/practice/{assignment_id}?criterion={criterion_id}#feedback")


def _said(fields: Mapping[str, str], words: Interaction) -> tuple[tuple[Passage, ...], ScoreAnswer | NoOpportunity]:
    score = fields.get("score", "")
    if score == "N":
        return (), NoOpportunity()
    if score not in ("0", "1", "2", "3", "4"):
        raise UsageError("choose a score, or N where no opportunity arose")
    missed = place_of(fields.get("missed", ""), words) if score == "1" else None
    return passages_of(fields, words), ScoreAnswer(score=int(score), missed=missed)


def _do(
    connection: Connection,
    inside: Inside,
    own: Assignment,
    words: Interaction,
    criterion: Criterion,
    found: tuple[Passage, ...],
    said: ScoreAnswer | NoOpportunity,
) -> None:
    """Put marks and answer in place of what stood there, as the coding page would one by one."""
    at = own.opened_at or own.ended_at
    stands = coding.sheet_of(connection, own.id).of(criterion.id)
    changes: list[PutMark | DropMark | PutAnswer] = [PutMark(mark=_mark(each, criterion)) for each in found]
    changes.append(PutAnswer(answer=said))
    changes += [DropMark(mark_id=each.id) for each in stands.marks]
    version = stands.version
    for change in changes:
        action = Action(id=uuid.uuid4().hex, criterion=criterion.id, seen_version=version, change=change)

        def check(sheet: Sheet, action: Action = action) -> None:
            check_action(sheet, action, words, inside.framework)

        assert at is not None
        done = coding.act(connection, own, action, at, check)
        if not isinstance(done, coding.Done):
            raise UsageError("this practice unit is closed, or was changed in another tab; load the page again")
        version = done.version


def _mark(passage: Passage, criterion: Criterion) -> Mark:
    return Mark(
        id=uuid.uuid4().hex,
        criterion=criterion.id,
        session=passage.session,
        turn=passage.turn,
        start=passage.start,
        end=passage.end,
        quote=passage.quote,
        agent_turn=passage.turn if passage.role is Role.AGENT else None,
        cue_turn=passage.turn if passage.role is Role.CLIENT else None,
    )


def _begun(connection: Connection, inside: Inside, assignment_id: str) -> Assignment:
    own = _own(connection, inside, assignment_id)
    if own.state == "open":
        raise UsageError("this unit is not begun; read the warning first")
    return own


def _own(connection: Connection, inside: Inside, assignment_id: str) -> Assignment:
    own = assignments.assignment(connection, inside.project.id, assignment_id, inside.person.id)
    if own is None or own.round != "practice" or own.state == "skipped":
        raise HTTPException(404)
    return own
