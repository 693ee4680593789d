"""From a complete sheet to `dtnexus.rating` records, which nobody changes again."""

from __future__ import annotations

from collections.abc import Mapping

from dtnexus.framework import Criterion, Framework
from dtnexus.rating import Coded, CoderRef, Episode, NotObservable, Rating
from dtnexus.record import FrozenDict
from dtnexus.sheet import CriterionSheet, Mark, NoOpportunity, ScoreAnswer, Sheet
from dtnexus.study.acceptance import check_complete, rated_by_people
from dtnexus.transcript import Interaction, Role

SURE: Mapping[str, float] = FrozenDict({"sure": 0.9, "rather_sure": 0.7, "unsure": 0.5})
"""How sure a person says to be -> confidence; a convention of ours, not a measured probability."""

NO_REASON = "the coder saw no opportunity"
"""Stands where a person gave no reason for N."""


def human_coder(code: str, framework: Framework, details: Mapping[str, str] | None = None) -> CoderRef:
    """Who rated: the pseudonym, and the framework in its exact version."""
    known = {**(details or {}), "framework_digest": framework.digest()}
    return CoderRef(kind="human", name=code, version=f"{framework.id}@{framework.version}", details=known)


def adjudicator(code: str, framework: Framework) -> CoderRef:
    """Who decided: the pseudonym, and the framework in its exact version."""
    return human_coder(code, framework).model_copy(update={"kind": "adjudicator"})


def freeze(sheet: Sheet, interaction: Interaction, framework: Framework, coder: CoderRef) -> tuple[Coded, ...]:
    """The statements of a complete sheet, one for each criterion that people rate, in their order.

    Raises:
        NotAcceptedError: the sheet is not complete; lists every criterion that is missing.
    """
    check_complete(sheet, framework, interaction)
    return tuple(statement(c, sheet.of(c.id), interaction, coder) for c in rated_by_people(framework))


def statement(criterion: Criterion, stands: CriterionSheet, interaction: Interaction, coder: CoderRef) -> Coded:
    """What stands on a sheet about one criterion, as a record.

    Raises:
        ValueError: the criterion is not answered.
    """
    answer = stands.answer
    match answer:
        case NoOpportunity():
            reason = answer.reason.strip() or NO_REASON
            return NotObservable(interaction_id=interaction.id, criterion=criterion.id, coder=coder, reason=reason)
        case ScoreAnswer():
            return Rating(
                interaction_id=interaction.id,
                criterion=criterion.id,
                coder=coder,
                score=answer.score,
                expected=float(answer.score),
                confidence=SURE[answer.sure],
                episodes=tuple(_episode(mark, answer, interaction) for mark in stands.marks),
                why=answer.rationale.strip(),
            )
    raise ValueError(f"criterion {criterion.id!r} is not answered")


def _episode(mark: Mark, answer: ScoreAnswer, interaction: Interaction) -> Episode:
    session = interaction.sessions[mark.session]
    score = answer.score if mark.score is None else mark.score
    missed = answer.missed if score == 1 and answer.missed and answer.missed.session == mark.session else None
    is_agents = session.turns[mark.turn].role is Role.AGENT
    return Episode(
        transcript_id=session.id,
        session=mark.session,
        turn=mark.turn,
        start=mark.start,
        end=mark.end,
        quote=mark.quote,
        criterion=mark.criterion,
        cue_turn=mark.cue_turn if mark.cue_turn is not None else missed.turn if missed else None,
        agent_turn=mark.agent_turn if mark.agent_turn is not None else mark.turn if is_agents else None,
        score=score,
        expected=float(score),
        confidence=SURE[answer.sure],
        evidence_class="T" if session.probe is None else "P",
        why=mark.why,
        new_evidence=mark.new_evidence,
        position=mark.position,
    )
