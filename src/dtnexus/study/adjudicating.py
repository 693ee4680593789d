"""What an adjudicator must decide of a unit, who may, and what a decision holds (framework.md 6.2, points 5 and 7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

from dtnexus.aggregation import CONTESTED_FROM
from dtnexus.errors import UsageError
from dtnexus.framework import Criterion, Framework, ScoreValue
from dtnexus.rating import CoderRef, Episode, NotObservable, Rating, Said
from dtnexus.record import Record
from dtnexus.study.freezing import SURE
from dtnexus.transcript import Interaction, Role

Reason = Literal["zero_found", "zero_screened", "far_apart", "observable_disputed"]
"""A 0 on a ★ criterion by one coder; one by screening alone; ratings far apart; observable or not."""

Sure = Literal["sure", "rather_sure", "unsure"]


class Question(Record):
    """A criterion of a unit that waits for a decision, or has one."""

    criterion: str
    reasons: tuple[Reason, ...]


def questions(people: Iterable[Said], machine: Iterable[Said], framework: Framework) -> tuple[Question, ...]:
    """What is to be decided of a unit, in the order of the criteria; decisions that were made play no part.

    * A 0 on a safety-critical criterion, in a rating or an episode, whoever found it. Two different people confirm
      it, and nothing is left to decide.
    * People's scores two or more points apart.
    * One person scored, another one says "not observable".
    """
    own, screened = _by_criterion(people), _by_criterion(machine)
    found = []
    for criterion in framework.criteria:
        reasons = tuple(_reasons(criterion, own.get(criterion.id, []), screened.get(criterion.id, [])))
        if reasons:
            found.append(Question(criterion=criterion.id, reasons=reasons))
    return tuple(found)


def confirmed_zeros(people: Iterable[Said], framework: Framework) -> tuple[str, ...]:
    """The safety-critical criteria on which two or more people found a 0."""
    own = _by_criterion(people)
    return tuple(c.id for c in framework.criteria if c.star and len(_zeros(own.get(c.id, []))) > 1)


def open_questions(
    asked: Iterable[Question], decided_on: Mapping[str, Collection[str]], submissions: Collection[str]
) -> tuple[Question, ...]:
    """Those without a decision, and those decided before one of the submissions was there.

    Args:
        asked: all questions of the unit.
        decided_on: criterion -> the submissions that the standing decision compared.
        submissions: all that there are of the unit.
    """
    wanted = set(submissions)
    return tuple(one for one in asked if not wanted <= set(decided_on.get(one.criterion, ())))


def may_decide(person_id: str, coders: Collection[str]) -> bool:
    """Whether a person may decide of a unit: nobody who was to code it may, whatever became of that."""
    return person_id not in coders


def decided_score(
    criterion: str,
    interaction: Interaction,
    coder: CoderRef,
    score: ScoreValue,
    because: tuple[str, Sure],
    words: Sequence[Episode],
) -> Rating:
    """An adjudicator's score; all words that it rests on carry it, whatever their coder gave them.

    Args:
        criterion: what is decided.
        interaction: the unit.
        coder: the adjudicator.
        score: the decision.
        because: the reason, and how sure the adjudicator is.
        words: episodes of coders, and whole turns (`whole_turn`).

    Raises:
        UsageError: no reason, or no words.
    """
    reason, sure = because
    if not words:
        raise UsageError(f"{criterion}: a score needs the words that it rests on; tick a passage, or name a turn")
    new = {"score": score, "expected": float(score), "confidence": SURE[sure], "why": "", "also": ()}
    by_place = {(e.session, e.turn, e.start, e.end): e for e in words}
    return Rating(
        interaction_id=interaction.id,
        criterion=criterion,
        coder=coder,
        score=score,
        expected=float(score),
        confidence=SURE[sure],
        episodes=tuple(by_place[place].model_copy(update=new) for place in sorted(by_place)),
        why=given_reason(criterion, reason),
    )


def decided_unseen(criterion: str, interaction: Interaction, coder: CoderRef, reason: str) -> NotObservable:
    """An adjudicator's "not observable".

    Raises:
        UsageError: no reason.
    """
    why = given_reason(criterion, reason)
    return NotObservable(interaction_id=interaction.id, criterion=criterion, coder=coder, reason=why)


def given_reason(criterion: str, reason: str) -> str:
    """The reason without space around it.

    Raises:
        UsageError: there is none.
    """
    if not reason.strip():
        raise UsageError(f"{criterion}: a decision needs a reason; say what decided it")
    return reason.strip()


def whole_turn(criterion: str, interaction: Interaction, session: int, turn: int) -> Episode:
    """All words of a turn as what a decision rests on; its scores are set by `decided_score`.

    Raises:
        UsageError: there is no such turn.
    """
    here = interaction.sessions[session] if session < len(interaction.sessions) else None
    if here is None or turn >= len(here.turns):
        raise UsageError(f"there is no turn {turn + 1} in session {session + 1}")
    said = here.turns[turn]
    return Episode(
        transcript_id=here.id,
        session=session,
        turn=turn,
        start=0,
        end=len(said.text),
        quote=said.text,
        criterion=criterion,
        agent_turn=turn if said.role is Role.AGENT else None,
        score=0,
        expected=0.0,
        confidence=0.0,
        evidence_class="T" if here.probe is None else "P",
    )


def _by_criterion(said: Iterable[Said]) -> dict[str, list[Rating | NotObservable]]:
    found: dict[str, list[Rating | NotObservable]] = {}
    for one in said:
        if isinstance(one, Rating | NotObservable):
            found.setdefault(one.criterion, []).append(one)
    return found


def _zeros(said: Iterable[Rating | NotObservable]) -> set[str]:
    """The names of those who found a 0."""
    ratings = [one for one in said if isinstance(one, Rating)]
    return {one.coder.name for one in ratings if one.score == 0 or any(e.score == 0 for e in one.episodes)}


def _reasons(
    criterion: Criterion, people: Sequence[Rating | NotObservable], machine: Sequence[Rating | NotObservable]
) -> Iterable[Reason]:
    scores = [one.score for one in people if isinstance(one, Rating)]
    found = len(_zeros(people)) if criterion.star else 0
    if found == 1:
        yield "zero_found"
    elif found == 0 and criterion.star and _zeros(machine):
        yield "zero_screened"
    if scores and max(scores) - min(scores) >= CONTESTED_FROM:
        yield "far_apart"
    if scores and len(scores) < len(people):
        yield "observable_disputed"
