"""What a person's answer must satisfy to be accepted, and what is still missing before a sheet can be submitted.

Every rule gives a `Refusal` with a stable code, so that a page can put it beside the right control.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from dtnexus.errors import DtnexusError
from dtnexus.framework import Criterion, Framework
from dtnexus.record import Record
from dtnexus.sheet import (
    Action,
    ClearAnswer,
    CriterionSheet,
    DropMark,
    Mark,
    NoOpportunity,
    PutAnswer,
    PutMark,
    ScoreAnswer,
    Sheet,
    TurnPlace,
)
from dtnexus.transcript import Interaction, Role, Turn

RefusalCode = Literal[
    "unknown-criterion",
    "not-from-transcripts",
    "no-such-turn",
    "other-words",
    "not-an-agent-turn",
    "not-a-client-turn",
    "mark-of-another-criterion",
    "no-such-mark",
    "no-evidence",
    "no-missed-opportunity",
    "missed-without-one",
    "still-rated",
    "unanswered",
]


class Refusal(Record):
    """Why something is not accepted, in words for the person who did it. Holds no transcript text."""

    criterion: str
    code: RefusalCode
    told: str


class NotAcceptedError(DtnexusError):
    """An action or a submission is not acceptable; `refusals` lists every reason."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        self.refusals = refusals
        super().__init__("; ".join(f"{refusal.criterion}: {refusal.told}" for refusal in refusals))


def rated_by_people(framework: Framework) -> tuple[Criterion, ...]:
    """The criteria that a coder of transcripts answers; the others rest on documents and have other coders."""
    return framework.transcript_criteria


def check_action(sheet: Sheet, action: Action, interaction: Interaction, framework: Framework) -> None:
    """Return where an action is acceptable on this sheet.

    * Marked words are the words at their span; the scored turn is the agent's, the cue the client's.
    * A score needs at least one mark of its criterion; a 1 must name the client's turn that was missed.
    * The last mark of a criterion that has a score stays until the score is taken away.
    * "Not observable" needs nothing.

    Raises:
        NotAcceptedError: with every reason.
    """
    refusals = tuple(_refusals(sheet, action, interaction, framework))
    if refusals:
        raise NotAcceptedError(refusals)


def check_complete(sheet: Sheet, framework: Framework, interaction: Interaction) -> None:
    """Return where every criterion is answered and every answer is acceptable.

    Raises:
        NotAcceptedError: with a reason for each criterion that is not.
    """
    refusals = tuple(missing(sheet, framework, interaction))
    if refusals:
        raise NotAcceptedError(refusals)


def missing(sheet: Sheet, framework: Framework, interaction: Interaction) -> Iterator[Refusal]:
    """Yield what stands between this sheet and its submission, in the order of the criteria."""
    for criterion in rated_by_people(framework):
        stands = sheet.of(criterion.id)
        if stands.answer is None:
            told = "not answered yet; give a score, or N where no opportunity arose"
            yield Refusal(criterion=criterion.id, code="unanswered", told=told)
        elif isinstance(stands.answer, ScoreAnswer):
            yield from _score(criterion.id, stands.answer, stands, interaction)


def _refusals(sheet: Sheet, action: Action, interaction: Interaction, framework: Framework) -> Iterator[Refusal]:
    name = action.criterion
    if name not in {criterion.id for criterion in framework.criteria}:
        yield Refusal(criterion=name, code="unknown-criterion", told="the framework has no such criterion")
        return
    if name not in {criterion.id for criterion in rated_by_people(framework)}:
        told = "rests on documents, not on transcripts"
        yield Refusal(criterion=name, code="not-from-transcripts", told=told)
        return
    stands = sheet.of(name)
    match action.change:
        case PutMark(mark=mark):
            yield from _mark(mark, sheet, interaction)
        case DropMark(mark_id=mark_id):
            yield from _drop(name, mark_id, stands)
        case PutAnswer(answer=ScoreAnswer() as answer):
            yield from _score(name, answer, stands, interaction)
        case PutAnswer(answer=NoOpportunity()) | ClearAnswer():
            return


def _mark(mark: Mark, sheet: Sheet, interaction: Interaction) -> Iterator[Refusal]:
    name = mark.criterion
    others = (each for other, each in sheet.criteria.items() if other != name)
    if any(mark.id == known.id for each in others for known in each.marks):
        told = "a mark of another criterion has this id; make a new one"
        yield Refusal(criterion=name, code="mark-of-another-criterion", told=told)
    turn = _turn(mark.place, interaction)
    if turn is None:
        yield Refusal(criterion=name, code="no-such-turn", told=_no_turn(mark.place))
        return
    if turn.text[mark.start : mark.end] != mark.quote:
        told = f"session {mark.session + 1}, turn {mark.turn + 1}: other words stand there than the ones marked"
        yield Refusal(criterion=name, code="other-words", told=told)
    yield from _role(name, mark.session, mark.agent_turn, Role.AGENT, interaction)
    yield from _role(name, mark.session, mark.cue_turn, Role.CLIENT, interaction)


def _role(name: str, session: int, at: int | None, role: Role, interaction: Interaction) -> Iterator[Refusal]:
    if at is None:
        return
    place = TurnPlace(session=session, turn=at)
    turn = _turn(place, interaction)
    if turn is None:
        yield Refusal(criterion=name, code="no-such-turn", told=_no_turn(place))
    elif turn.role is not role:
        told = f"session {session + 1}, turn {at + 1} is not the {role.value}'s"
        code: RefusalCode = "not-an-agent-turn" if role is Role.AGENT else "not-a-client-turn"
        yield Refusal(criterion=name, code=code, told=told)


def _drop(name: str, mark_id: str, stands: CriterionSheet) -> Iterator[Refusal]:
    left = [mark for mark in stands.marks if mark.id != mark_id]
    if len(left) == len(stands.marks):
        yield Refusal(criterion=name, code="no-such-mark", told="there is no such mark; it may be gone already")
    elif not left and isinstance(stands.answer, ScoreAnswer):
        told = "the score rests on this mark alone; take the score away first, or mark other words"
        yield Refusal(criterion=name, code="still-rated", told=told)


def _score(name: str, answer: ScoreAnswer, stands: CriterionSheet, interaction: Interaction) -> Iterator[Refusal]:
    if not stands.marks:
        told = "a score needs the words it rests on; mark at least one passage, or choose N"
        yield Refusal(criterion=name, code="no-evidence", told=told)
    if answer.score == 1 and answer.missed is None:
        told = "a 1 says that an opportunity was missed; name the client's turn that opened it"
        yield Refusal(criterion=name, code="no-missed-opportunity", told=told)
    if answer.missed is None:
        return
    if answer.score != 1:
        told = "only a 1 names a missed opportunity"
        yield Refusal(criterion=name, code="missed-without-one", told=told)
    yield from _role(name, answer.missed.session, answer.missed.turn, Role.CLIENT, interaction)


def _turn(place: TurnPlace, interaction: Interaction) -> Turn | None:
    if place.session >= len(interaction.sessions):
        return None
    turns = interaction.sessions[place.session].turns
    return turns[place.turn] if place.turn < len(turns) else None


def _no_turn(place: TurnPlace) -> str:
    return f"there is no turn {place.turn + 1} in session {place.session + 1}"
