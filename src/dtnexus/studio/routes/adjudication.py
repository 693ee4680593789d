"""Adjudication: what needs a decision, both ratings side by side, and a decision with its reason."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import Field, ValidationError

from dtnexus.errors import UsageError
from dtnexus.framework import ScoreValue
from dtnexus.rating import Episode, NotObservable, Rating, Said
from dtnexus.record import Record
from dtnexus.sheet import ClientId
from dtnexus.storage import assignments, results, settling, units
from dtnexus.storage.database import Connection
from dtnexus.storage.results import Wanted
from dtnexus.storage.rows import Adjudication
from dtnexus.studio.access import Adjudicating, Inside
from dtnexus.studio.dossier import Dossier
from dtnexus.studio.pages import see_other
from dtnexus.studio.state import studio_of
from dtnexus.studio.up_to_date import LOOK_S, bring_up_to_date, dossier_of
from dtnexus.studio.words import By, letters, passages_of, shown
from dtnexus.study.adjudicating import (
    Sure,
    confirmed_zeros,
    decided_score,
    decided_unseen,
    given_reason,
    may_decide,
    whole_turn,
)
from dtnexus.study.freezing import adjudicator
from dtnexus.study.sight import may_see
from dtnexus.transcript import Interaction

router = APIRouter(prefix="/p/{project_id}/adjudicate")

_SHOWN = 50
_SCORES: Mapping[str, ScoreValue] = {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4}
_CODED_IT = "You were to code this unit, so somebody else decides about it."


class Given(Record):
    """A form as it came in."""

    id: ClientId
    criterion: str = Field(max_length=40)
    verdict: str = Field(default="", max_length=20)
    reason: str = Field(default="", max_length=8000)
    sure: Sure = "rather_sure"
    seen: str = Field(default="", max_length=4000)
    """Ids of the submissions that the page compared."""
    after: str = Field(default="", max_length=64)
    """Id of the decision that the page showed as standing; "" for none."""
    words: tuple[str, ...] = ()
    """``SUBMISSION:NUMBER`` of episodes of coders."""
    turn: str = Field(default="", max_length=20)
    """``SESSION:TURN`` of a whole turn; "" for none."""


async def given_form(request: Request) -> Given:
    """The form of a decision; what is missing or not as wanted is named without the words that were sent."""
    form = await request.form()
    single = {name: form[name] for name in Given.model_fields if name != "words" and name in form}
    try:
        return Given.model_validate({**single, "words": tuple(map(str, form.getlist("words")))})
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults]) from error


@router.get("")
def queue(request: Request, inside: Adjudicating, page: int = 1) -> Response:
    """The units with something that waits for a decision."""
    studio = studio_of(request)
    left = bring_up_to_date(studio, inside, LOOK_S)
    wanted, begin = Wanted(questions=True, state="complete"), (max(page, 1) - 1) * _SHOWN
    with studio.database.reading() as connection:
        count = results.count_results(connection, inside.project.id, wanted)
        rows = results.list_results(connection, inside.project.id, wanted, limit=_SHOWN, offset=begin)
        mine = {one.unit_id for one in assignments.queue(connection, inside.project.id, inside.person.id, ("coding",))}
        done = results.count_results(connection, inside.project.id, Wanted(settled=True, state="complete"))
    more = begin + len(rows) < count
    return studio.pages.render(
        request, "adjudicate.html.j2", rows=rows, count=count, mine=mine, done=done, left=left, page=page, more=more
    )


@router.get("/{unit_id}")
def unit_page(request: Request, inside: Adjudicating, unit_id: str) -> Response:
    """Both ratings with their words and reasons, the transcript beside them, a form for each question."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        own = _open(connection, inside, unit_id)
        words = units.interaction_of(connection, unit_id)
        inside.note(connection, studio.now(), "unit-seen", f"unit:{unit_id}", page="adjudication")
    return _page(request, inside, own, words)


@router.post("/{unit_id}")
def decide(
    request: Request, inside: Adjudicating, unit_id: str, given: Annotated[Given, Depends(given_form)]
) -> Response:
    """Keep a decision; what coders submitted stays as it is, and earlier decisions stay below."""
    studio = studio_of(request)
    told = ""
    with studio.database.writing() as connection:
        own = _open(connection, inside, unit_id)
        interaction = units.interaction_of(connection, unit_id)
        try:
            decision = _decision(inside, own, interaction, given)._replace(at=studio.now())
            if settling.adjudicate(connection, inside.project.id, decision):
                about = {"criterion": given.criterion, "outcome": decision.outcome}
                inside.note(connection, studio.now(), "adjudicated", f"unit:{unit_id}", **about)
        except UsageError as error:
            told = str(error)
    if told:
        return _page(request, inside, own, interaction, told, given)
    return see_other(f"{inside.address}/adjudicate/{unit_id}#q-{given.criterion}")


def _open(connection: Connection, inside: Inside, unit_id: str) -> Dossier:
    """The dossier, where this person may decide about the unit now."""
    own = dossier_of(connection, inside, unit_id)
    if own is None:
        raise HTTPException(404)
    situation = own.situation(inside.settings)
    if not situation.all_submitted or not may_see(inside.role, "others_ratings", situation):
        raise HTTPException(404)
    if not may_decide(inside.person.id, own.coders):
        raise HTTPException(403, _CODED_IT)
    return own


def _decision(inside: Inside, own: Dossier, words: Interaction, given: Given) -> Adjudication:
    """The decision of a form.

    Raises:
        UsageError: there is no such question, the page is old, or the decision lacks its reason or its words.
    """
    if given.criterion not in {one.criterion for one in own.asked}:
        raise UsageError(f"{given.criterion}: there is nothing to decide on this criterion")
    standing = own.standing.get(given.criterion)
    if standing is not None and standing.id == given.id:
        return standing  # sent twice
    if given.seen != ",".join(own.submissions) or given.after != ("" if standing is None else standing.id):
        raise UsageError(f"{given.criterion}: something was added since this page was opened; look at it once more")
    statement = _statement(inside, own, words, given)
    return Adjudication(
        id=given.id,
        unit_id=own.unit.id,
        criterion=given.criterion,
        outcome="contested" if statement is None else "decided",
        statement=statement,
        reason=given_reason(given.criterion, given.reason),
        seen=own.submissions,
        person_id=inside.person.id,
        at=own.unit.created_at,
    )


def _statement(inside: Inside, own: Dossier, words: Interaction, given: Given) -> Said | None:
    """What the decision says; None where the criterion stays contested."""
    coder = adjudicator(inside.member.code, inside.framework)
    reason = given_reason(given.criterion, given.reason)
    match given.verdict:
        case "contested":
            return None
        case "N":
            return decided_unseen(given.criterion, words, coder, reason)
        case verdict if verdict in _SCORES:
            rests_on = _rests_on(own, words, given)
            return decided_score(given.criterion, words, coder, _SCORES[verdict], (reason, given.sure), rests_on)
    raise UsageError(f"{given.criterion}: choose a score, N, or that it stays contested")


def _rests_on(own: Dossier, words: Interaction, given: Given) -> list[Episode]:
    """The passages that were ticked, and the turn that was named."""
    offered = {name: episode for name, episode in _offered(own, given.criterion)}
    if not set(given.words) <= set(offered):
        raise UsageError(f"{given.criterion}: a passage that was ticked is not there; load the page again")
    chosen = [offered[name] for name in given.words]
    if given.turn:
        session, _, turn = given.turn.partition(":")
        if not (session.isascii() and session.isdigit() and turn.isascii() and turn.isdigit()):
            raise UsageError(f"{given.criterion}: choose a turn from the list")
        chosen.append(whole_turn(given.criterion, words, int(session), int(turn)))
    return chosen


def _offered(own: Dossier, criterion: str) -> list[tuple[str, Episode]]:
    """The coders' passages on a criterion, by the names that the form gives them."""
    return [
        (f"{one.submission_id}:{number}", episode)
        for one in own.people
        if one.criterion == criterion and isinstance(one.statement, Rating | NotObservable)
        for number, episode in enumerate(one.statement.episodes)
    ]


def _page(
    request: Request, inside: Inside, own: Dossier, words: Interaction, told: str = "", given: Given | None = None
) -> Response:
    asked = [one.criterion for one in own.asked]
    said: list[tuple[By, str, Said]] = [("coder", one.code, one.statement) for one in own.people]
    situation = own.situation(inside.settings)
    opened = situation.adjudicated and may_see(inside.role, "machine_ratings", situation)
    said += [
        ("adjudicator", "adjudicator", one.statement) for one in own.standing.values() if one.statement is not None
    ]
    passages = passages_of(said, asked)
    return studio_of(request).pages.render(
        request,
        "adjudicate_unit.html.j2",
        200 if not told else 400,
        own=own,
        sessions=shown(words, passages),
        questions=[_question(own, criterion) for criterion in asked],
        waiting={one.criterion for one in own.waiting},
        confirmed=confirmed_zeros([one.statement for one in own.people], inside.framework),
        machine=[one for one in own.machine if one.kind != "observation" and one.criterion in asked]
        if opened
        else None,
        new_id=uuid.uuid4().hex,
        letters={who: letter for (_, who), letter in letters((by, who) for by, who, _ in said).items()},
        told=told,
        given=given,
    )


@dataclass(frozen=True)
class ShownQuestion:
    """A question with everything that a page shows of it."""

    criterion: str
    reasons: Sequence[str]
    by_coder: Sequence[tuple[str, Said, Sequence[tuple[str, Episode]]]]
    """Pseudonym, statement, its passages with their names in the form."""
    history: Sequence[Adjudication]


def _question(own: Dossier, criterion: str) -> ShownQuestion:
    offered = _offered(own, criterion)
    asked = next(one for one in own.asked if one.criterion == criterion)
    return ShownQuestion(
        criterion,
        asked.reasons,
        [
            (one.code, one.statement, [pair for pair in offered if pair[0].startswith(f"{one.submission_id}:")])
            for one in own.people
            if one.criterion == criterion
        ],
        [one for one in own.history if one.criterion == criterion],
    )
