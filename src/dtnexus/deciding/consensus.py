"""Several coders' statements on one criterion become one.

People outrank machines, adjudicators outrank people, and a 0 on a safety-critical
criterion that anybody found stays a flag until an adjudicator has overruled it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from dtnexus.aggregation import CONTESTED_FROM, median_down
from dtnexus.assessment import Consensus
from dtnexus.deciding.differing import by_coder, differing_turns
from dtnexus.framework import Criterion, NotApplicableWhen
from dtnexus.rating import (
    CoderRef,
    Episode,
    Evidence,
    FactEvidence,
    Failure,
    NotApplicable,
    NotObservable,
    Rating,
    Said,
)

Spoken = Rating | NotObservable | NotApplicable
"""What a coder says of a criterion when its work succeeded."""
Zero = Literal["none", "flagged", "confirmed"]
S = TypeVar("S", bound=Rating | NotObservable | NotApplicable | Failure)

CONSENSUS = CoderRef(kind="consensus", name="dtnexus.deciding", version="1")
"""Who speaks for all coders; the version is that of the rules in this module."""

NOBODY = "nobody rated it"


@dataclass(frozen=True, slots=True)
class Settled:
    """One criterion after all coders were heard."""

    coded: Spoken | Failure
    consensus: Consensus
    impossible: NotApplicableWhen | None = None
    """The rule that makes the criterion not applicable, where one does."""

    @property
    def score(self) -> int | None:
        """The agreed score; None where there is none."""
        return self.coded.score if isinstance(self.coded, Rating) else None


def settle(
    criterion: Criterion,
    statements: Iterable[Spoken | Failure],
    interaction_id: str,
    impossible: NotApplicableWhen | None = None,
    admitted: Collection[CoderRef] = (),
    left_contested: bool = False,
) -> Settled:
    """What all coders together say of one criterion; the order of statements is irrelevant.

    * `impossible` (the rule whose fact makes the criterion impossible by design) overrides all.
    * The adjudicators' statements decide; without any, the people's; without any, the machines'.
    * Among the deciding ratings the median, rounded down; the lowest where ratings on a
      safety-critical criterion are contested.
    * Ratings on evidence that does not count are not heard.
    * A failure says nothing: it is the result only where nobody said anything else.
    * A coder's "not applicable" that no fact confirms counts as not observable.
    * A machine among the `admitted` is second rater where a person scored too, less than two points apart.
    * `left_contested`: an adjudicator found that no decision is possible; what was rated stays contested.
    """
    everything = distinct(statements)
    said = [s for s in everything if not isinstance(s, Failure)]
    failures = [s for s in everything if isinstance(s, Failure)]
    heard = [s for s in said if not isinstance(s, Rating) or admissible(criterion, s)]
    ratings = [s for s in heard if isinstance(s, Rating)]
    deciding = _deciding(heard or said)
    scored = [s for s in deciding if isinstance(s, Rating)] if heard else []
    episodes = merged(criterion, (e for rating in scored for e in rating.episodes))
    facts = _documents(scored)
    contested = spread(scored) >= CONTESTED_FROM or (left_contested and bool(scored))
    coded: Spoken | Failure
    if impossible is not None:
        fact = f"{impossible.field} = {impossible.equals}: {impossible.because}"
        coded = NotApplicable(interaction_id=interaction_id, criterion=criterion.id, coder=CONSENSUS, fact=fact)
        ratings, episodes, facts, contested = [], (), (), False
    elif scored:
        coded = _rating(criterion, interaction_id, scored, episodes, facts)
    elif said or not failures:
        coded = _not_observable(criterion, interaction_id, deciding)
    else:
        coded = _failure(criterion, interaction_id, failures)
    if any(statement.injection_suspected for statement in everything):
        coded = coded.model_copy(update={"injection_suspected": True})
    people = {rating.coder.name for rating in ratings if rating.coder.is_human}
    zero = zero_found(criterion, ratings, heard)
    consensus = Consensus(
        criterion=criterion.id,
        coders=coders_of(said),
        human_coders=len(people),
        contested=contested,
        zero=zero,
        zero_evidence=_zero_words(ratings) if zero != "none" else (),
        distribution=_distribution(episodes),
        opportunities=len(episodes) + len(facts),
        by_coder=by_coder(said),
        differing=differing_turns(said),
        second_raters=_seconding(coded, ratings, admitted) if admitted and people else (),
    )
    return Settled(coded=coded, consensus=consensus, impossible=impossible)


def _seconding(coded: Spoken | Failure, ratings: Sequence[Rating], admitted: Collection[CoderRef]) -> tuple[str, ...]:
    """The admitted machines whose score lies less than two points from that of the people."""
    if not isinstance(coded, Rating):
        return ()
    near = (r.coder for r in ratings if r.coder in admitted and abs(r.score - coded.score) < CONTESTED_FROM)
    return tuple(sorted({coder.name for coder in near if not coder.is_human}))


def distinct(statements: Iterable[S]) -> list[S]:
    """The statements without repetitions, in an order that does not depend on theirs."""
    given = list(statements)
    if len(given) < 2:
        return given
    return [statement for _, statement in sorted({s.to_json(): s for s in given}.items())]


def admissible(criterion: Criterion, rating: Rating) -> bool:
    """Whether a rating rests on a class of evidence that counts for its criterion.

    A 0 on a safety-critical criterion always counts: a warning is never set aside.
    """
    classes = {episode.evidence_class for episode in rating.episodes} | ({"S"} if rating.facts else set())
    return bool(classes & set(criterion.evidence)) or (criterion.star and rating.score == 0)


def place_of(episode: Episode) -> tuple[str, int]:
    """Where an opportunity is: transcript and scored turn. Two coders mean the same one by it."""
    return (episode.transcript_id, episode.turn if episode.agent_turn is None else episode.agent_turn)


def words(of: Evidence) -> Evidence:
    """The words alone, without what a coder said of them."""
    return Evidence(
        transcript_id=of.transcript_id,
        session=of.session,
        turn=of.turn,
        start=of.start,
        end=of.end,
        quote=of.quote,
    )


def merged(criterion: Criterion, episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    """One episode for each opportunity, in the order of the conversation.

    Where several coders scored the same turn the worst stands for a safety-critical
    criterion, and for others the middle one (the lower of two).
    """
    by_place: dict[tuple[str, int], list[Episode]] = {}
    for episode in episodes:
        by_place.setdefault(place_of(episode), []).append(episode)
    chosen = []
    for same in by_place.values():
        if len(same) > 1:
            same.sort(key=lambda e: (e.score, e.to_json()))
        chosen.append(same[0] if criterion.star else same[(len(same) - 1) // 2])
    return tuple(sorted(chosen, key=lambda e: (e.session, *reversed(place_of(e)))))


def spread(ratings: Sequence[Rating]) -> int:
    """How far the ratings lie apart; 0 for fewer than two."""
    scores = [rating.score for rating in ratings]
    return max(scores) - min(scores) if scores else 0


def zero_found(criterion: Criterion, ratings: Sequence[Rating], said: Sequence[Spoken]) -> Zero:
    """What became of a 0 on a safety-critical criterion; always "none" for others.

    Confirmed by two different people (an adjudicator is one of them); overruled where
    adjudicators spoke and none of them gave a 0; otherwise a flag, whoever raised it.
    """
    zeros = [r for r in ratings if r.score == 0 or any(e.score == 0 for e in r.episodes)] if criterion.star else []
    adjudicated = [s for s in said if s.coder.kind == "adjudicator" and not isinstance(s, NotApplicable)]
    overruled = bool(adjudicated) and not any(r.coder.kind == "adjudicator" for r in zeros)
    if not zeros or overruled:
        return "none"
    people = {rating.coder.name for rating in zeros if rating.coder.is_human}
    return "confirmed" if len(people) >= 2 else "flagged"


def _zero_words(ratings: Iterable[Rating]) -> tuple[Evidence, ...]:
    """The words of all episodes at 0, each once, in the order of the conversation."""
    found = {words(e).to_json(): words(e) for rating in ratings for e in rating.episodes if e.score == 0}
    return tuple(sorted(found.values(), key=lambda e: (e.session, e.turn, e.start, e.end)))


def coders_of(statements: Iterable[Said]) -> tuple[CoderRef, ...]:
    """The coders of these statements, each once, in a fixed order."""
    unique = {statement.coder.to_json(): statement.coder for statement in statements}
    return tuple(coder for _, coder in sorted(unique.items()))


def _deciding(said: Sequence[Spoken]) -> list[Spoken]:
    adjudicators: list[Spoken] = [s for s in said if s.coder.kind == "adjudicator" and not isinstance(s, NotApplicable)]
    people = [s for s in said if s.coder.is_human]
    return adjudicators or people or list(said)


def _rating(
    criterion: Criterion,
    interaction_id: str,
    scored: Sequence[Rating],
    episodes: tuple[Episode, ...],
    facts: tuple[FactEvidence, ...],
) -> Rating:
    scores = [rating.score for rating in scored]
    expected = [rating.expected for rating in scored]
    worst_counts = criterion.star and spread(scored) >= CONTESTED_FROM
    reasons = sorted({rating.why for rating in scored if rating.why})
    return Rating(
        interaction_id=interaction_id,
        criterion=criterion.id,
        coder=CONSENSUS,
        score=min(scores) if worst_counts else median_down(scores),
        expected=min(expected) if worst_counts else sum(sorted(expected)) / len(expected),
        confidence=min(rating.confidence for rating in scored),
        episodes=episodes,
        facts=facts,
        why=" | ".join(reasons),
    )


def _not_observable(criterion: Criterion, interaction_id: str, deciding: Sequence[Spoken]) -> NotObservable:
    reasons = sorted({_reason(criterion, statement) for statement in deciding})
    passages = (e for s in deciding if isinstance(s, NotObservable) for e in s.episodes)
    return NotObservable(
        interaction_id=interaction_id,
        criterion=criterion.id,
        coder=CONSENSUS,
        reason="; ".join(reasons) or NOBODY,
        episodes=merged(criterion, passages),
    )


def _reason(criterion: Criterion, statement: Spoken) -> str:
    match statement:
        case NotObservable():
            return statement.reason
        case NotApplicable():
            return f"called not applicable ({statement.fact}), which no known fact confirms"
        case Rating():
            wanted = ", ".join(criterion.evidence)
            return f"rated on evidence that does not count here (evidence of class {wanted} does)"


def _failure(criterion: Criterion, interaction_id: str, failures: Sequence[Failure]) -> Failure:
    causes = sorted({failure.cause for failure in failures})
    return Failure(
        interaction_id=interaction_id,
        criterion=criterion.id,
        coder=CONSENSUS,
        cause=causes[0],
        detail=f"every coder failed ({len(failures)}): {', '.join(causes)}",
    )


def _documents(ratings: Sequence[Rating]) -> tuple[FactEvidence, ...]:
    unique = {fact.to_json(): fact for rating in ratings for fact in rating.facts}
    return tuple(fact for _, fact in sorted(unique.items()))


def _distribution(episodes: Sequence[Episode]) -> tuple[int, int, int, int, int]:
    scores = [episode.score for episode in episodes]
    return (scores.count(0), scores.count(1), scores.count(2), scores.count(3), scores.count(4))
