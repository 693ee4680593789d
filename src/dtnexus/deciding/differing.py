"""What each coder said before one statement was made of it, so that no disagreement is averaged away."""

from __future__ import annotations

from collections.abc import Sequence

from dtnexus.assessment import CoderSaid, DifferingTurn
from dtnexus.framework import ScoreValue
from dtnexus.rating import NotApplicable, NotObservable, Rating, SelfAgreement

Spoken = Rating | NotObservable | NotApplicable


def by_coder(statements: Sequence[Spoken]) -> tuple[CoderSaid, ...]:
    """What each coder said, by name; empty where one coder spoke and agreed with itself. Failures say nothing."""
    said = sorted((_said(statement) for statement in statements), key=lambda one: one.to_json())
    doubtful = any(doubts_itself(one.self_agreement) for one in said)
    return tuple(said) if doubtful or len({(one.kind, one.coder) for one in said}) > 1 else ()


def doubts_itself(agreement: SelfAgreement | None) -> bool:
    """Whether the repeats of a coder came to different answers; void ones are no answers."""
    return agreement is not None and len({outcome for outcome in agreement.outcomes if outcome != "void"}) > 1


def _said(statement: Spoken) -> CoderSaid:
    return CoderSaid(
        coder=statement.coder.name,
        kind=statement.coder.kind,
        says=statement.kind,
        score=statement.score if isinstance(statement, Rating) else None,
        self_agreement=statement.self_agreement,
    )


def differing_turns(statements: Sequence[Spoken]) -> tuple[DifferingTurn, ...]:
    """The turns with episodes that coders scored differently, in the order of the conversation."""
    scores: dict[tuple[int, int, str], dict[str, ScoreValue]] = {}
    for statement in statements:
        for episode in statement.episodes if isinstance(statement, Rating) else ():
            turn = episode.turn if episode.agent_turn is None else episode.agent_turn
            given = scores.setdefault((episode.session, turn, episode.transcript_id), {})
            name = statement.coder.name
            given[name] = min(episode.score, given.get(name, episode.score))
    return tuple(
        DifferingTurn(transcript_id=transcript, turn=turn, scores=dict(sorted(given.items())))
        for (_, turn, transcript), given in sorted(scores.items())
        if len(set(given.values())) > 1
    )
