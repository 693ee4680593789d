"""From the answers of all repeats to one statement about a criterion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from typing import Final

from dtnexus.aggregation import expectation
from dtnexus.coding.judge.answers import SectionAnswer
from dtnexus.coding.judge.faults import AnswerFault, fault
from dtnexus.coding.judge.scoring import (
    ANYTHING,
    NONE,
    Result,
    ScoredEpisode,
    lower,
    new_evidence_of,
    position_of,
    possible_results,
    score_episode,
)
from dtnexus.coding.judge.sections import Asked
from dtnexus.coding.judge.windows import Window
from dtnexus.rating import CoderRef, Episode, Evidence, Failure, NotObservable, Outcome, Rating, SelfAgreement
from dtnexus.transcript import Interaction

PASSAGES: Final = 3
"""Passages that are shown with a `NotObservable`, at most."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """What one repeat says of one criterion: what it can have come to, on which episodes."""

    possible: frozenset[Result]
    episodes: tuple[ScoredEpisode, ...] = ()
    fault: AnswerFault | None = None
    """Why no outcome is certain for want of a valid answer; None where the answers were valid."""

    @property
    def result(self) -> Result | None:
        """What it came to; None where that is open."""
        return next(iter(self.possible)) if len(self.possible) == 1 else None


@dataclass(frozen=True, slots=True)
class Said:
    """What is known when a statement is made, beside the repeats."""

    interaction_id: str
    coder: CoderRef
    injection: bool
    remarks: tuple[str, ...] = field(default=())
    """What limits the reading, in words: turns shown in part, words withheld."""
    planned: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    """Criterion -> session and client turn at which a probe planned an opportunity; the judge was not told."""


def repeat_of(asked: Asked, read: Sequence[tuple[Window, SectionAnswer | AnswerFault]], sessions: int) -> Repeat:
    """What one repeat says of a criterion over all windows.

    An episode that several windows saw counts once, as the window saw it that holds most of what surrounds it. One
    window without a valid answer leaves the whole repeat open. What only unclear answers leave open is not
    observable; what void ones leave open stays open.
    """
    faults = [answer for _, answer in read if isinstance(answer, AnswerFault)]
    if faults:
        return Repeat(ANYTHING, fault=faults[0])
    episodes = tuple(_once_each(asked, read, sessions))
    possible = possible_results(asked.criterion, episodes)
    void, unclear = (any(each.void for each in episodes), any(each.unclear for each in episodes))
    if unclear and void:
        possible |= {NONE}
    if len(possible) > 1 and not void:
        return Repeat(frozenset((NONE,)), episodes)
    if len(possible) > 1:
        return Repeat(possible, episodes, fault("quote_not_found", "words that would decide were not found"))
    return Repeat(possible, episodes)


def _once_each(
    asked: Asked, read: Sequence[tuple[Window, SectionAnswer | AnswerFault]], sessions: int
) -> list[ScoredEpisode]:
    """The scored episodes in order, one for each scored turn."""
    by_place: dict[int, dict[tuple[int, int], list[ScoredEpisode]]] = {}
    for number, (window, answer) in enumerate(read):
        for judged in answer.episodes if isinstance(answer, SectionAnswer) else ():
            scored = score_episode(asked, judged, sessions)
            seen = by_place.setdefault(scored.place, {})
            seen.setdefault((-window.depth(scored.place), number), []).append(scored)
    return [reduce(lower, seen[min(seen)]) for _, seen in sorted(by_place.items())]


# --- from repeats to a statement ----------------------------------------------------------------------------------


def agreed(results: Sequence[Result]) -> Result:
    """What repeats come to together: not observable where most say so, else the lower median of their scores."""
    scores = [each for each in results if isinstance(each, int)]
    if len(scores) * 2 < len(results):
        return NONE
    return sorted(scores)[(len(scores) - 1) // 2]


def settled(repeats: Sequence[Repeat]) -> Result | None:
    """What the repeats come to whatever their open answers would have been; None where that is open."""
    extremes = [_extremes(repeat.possible) for repeat in repeats]
    outcomes = {agreed(chosen) for chosen in product(*extremes)}
    return outcomes.pop() if len(outcomes) == 1 else None


def _extremes(possible: frozenset[Result]) -> tuple[Result, ...]:
    scores = sorted(each for each in possible if isinstance(each, int))
    ends: list[Result] = [*dict.fromkeys((scores[0], scores[-1]))] if scores else []
    return (*ends, NONE) if NONE in possible else tuple(ends)


def statement(asked: Asked, repeats: Sequence[Repeat], said: Said) -> Rating | NotObservable | Failure:
    """The judge's statement about one criterion.

    A `Rating` where the repeats settle on a score, with the episodes of the first repeat that came to it;
    `NotObservable` where they settle on that; a `Failure` with its cause where answers that were void could
    have changed the outcome.
    """
    result = settled(repeats)
    own = SelfAgreement(
        outcomes=tuple(_outcome(repeat) for repeat in repeats),
        agreed=sum(1 for repeat in repeats if result is not None and repeat.result == result) / len(repeats),
    )
    first = next((repeat for repeat in repeats if result is not None and repeat.result == result), None)
    if result is None or first is None:
        return _failure(asked, repeats, said, own)
    remarks = (*said.remarks, *_not_found(said.planned.get(asked.criterion.id, ()), repeats))
    episodes = _episodes(asked, first, repeats)
    if isinstance(result, int) and not _within(result, episodes):
        return _failure(asked, repeats, said, own)
    if isinstance(result, int):
        return Rating(
            interaction_id=said.interaction_id,
            criterion=asked.criterion.id,
            coder=said.coder,
            score=result,
            expected=expectation(asked.criterion, episodes),
            confidence=own.agreed,
            episodes=episodes,
            why="; ".join((_why(asked, episodes, result, repeats), *remarks)),
            self_agreement=own,
            injection_suspected=said.injection,
        )
    passages = episodes or next((_episodes(asked, each, repeats) for each in repeats if each.episodes), ())
    return NotObservable(
        interaction_id=said.interaction_id,
        criterion=asked.criterion.id,
        coder=said.coder,
        reason="; ".join((_no_reason(first, repeats), *remarks)),
        episodes=passages[:PASSAGES],
        self_agreement=own,
        injection_suspected=said.injection,
    )


def planned_turns(interaction: Interaction) -> dict[str, list[tuple[int, int]]]:
    """Criterion -> session and client turn at which a probe planned an opportunity; empty without a probe."""
    places: dict[str, list[tuple[int, int]]] = {}
    for number, session in enumerate(interaction.sessions):
        for planned in () if session.probe is None else session.probe.opportunities:
            if not planned.is_control:
                places.setdefault(planned.criterion, []).append((number, planned.turn))
    return places


def _not_found(planned: Sequence[tuple[int, int]], repeats: Sequence[Repeat]) -> Iterator[str]:
    """Planned opportunities at which no repeat has an episode: none holds the client's turn or the next."""
    judged = [episode.judged for repeat in repeats for episode in repeat.episodes]
    spans = {(each.opened.session, each.opened.index, each.scored.index) for each in judged}
    for session, turn in planned:
        if not any(held == session and start <= turn + 1 and turn <= end for held, start, end in spans):
            place = f"turn {turn} of session {session + 1}"
            yield f"a probe planned an opportunity in {place}, and the judge found none there"


def _within(score: int, episodes: Sequence[Episode]) -> bool:
    """Whether certain episodes carry the score; it may rest on one whose own score is open."""
    scores = [episode.score for episode in episodes]
    return bool(scores) and min(scores) <= score <= max(scores)


def _outcome(repeat: Repeat) -> Outcome:
    return "void" if repeat.result is None else repeat.result


def _failure(asked: Asked, repeats: Sequence[Repeat], said: Said, own: SelfAgreement) -> Failure:
    faults = [repeat.fault for repeat in repeats if repeat.fault is not None]
    reached = ", ".join(str(outcome) for outcome in own.outcomes)
    detail = f"{faults[0].detail} (repeats: {reached})" if faults else f"the repeats came to {reached}"
    return Failure(
        interaction_id=said.interaction_id,
        criterion=asked.criterion.id,
        coder=said.coder,
        cause=faults[0].cause if faults else "inconsistent",
        detail=detail,
        self_agreement=own,
        injection_suspected=said.injection,
    )


def _episodes(asked: Asked, repeat: Repeat, repeats: Sequence[Repeat]) -> tuple[Episode, ...]:
    """The certain episodes of one repeat as records; their confidence is how many repeats scored them alike."""
    return tuple(
        _episode(asked, scored, scored.score, repeats) for scored in repeat.episodes if scored.score is not None
    )


def _episode(asked: Asked, scored: ScoredEpisode, score: int, repeats: Sequence[Repeat]) -> Episode:
    judged = scored.judged
    same = [each.score for repeat in repeats for each in repeat.episodes if each.place == scored.place]
    found = [each for each in same if each is not None]
    words = _words(asked, scored)
    here = (each for each, side in words if side == "agent" and each.session == judged.scored.session)
    shown = next(here, judged.opening)
    client_opens = judged.opened.side == "client"
    return Episode(
        **dict(shown),
        criterion=asked.criterion.id,
        cue_turn=judged.opened.index if client_opens else None,
        agent_turn=judged.scored.index,
        score=score,
        expected=sum(found) / len(found),
        confidence=found.count(score) / len(repeats),
        why=_episode_why(asked, scored),
        new_evidence=new_evidence_of(asked, judged.answers),
        position=position_of(asked, judged.answers),
        also=tuple(
            evidence for evidence in dict.fromkeys((judged.opening, *(each for each, _ in words))) if evidence != shown
        ),
    )


def _words(asked: Asked, scored: ScoredEpisode) -> list[tuple[Evidence, str]]:
    """The quotes of the deciding entry, in the order of its names; those of the scored turn first."""
    if scored.deciding is None:
        return []
    names = (asked.question_id(name) for name in (*scored.deciding.all_of, *scored.deciding.any_of))
    found = [scored.judged.answers[name] for name in names]
    quoted = [(each.evidence, each.side or "agent") for each in found if each.evidence is not None]
    at = scored.judged.scored.index
    return sorted(quoted, key=lambda each: each[0].turn != at)


def _episode_why(asked: Asked, scored: ScoredEpisode) -> str:
    if scored.deciding is None:
        return "an episode opened, and none of the answers that would decide another score is yes"
    names = (*scored.deciding.all_of, *scored.deciding.any_of)
    yes = [name for name in names if scored.judged.answers[asked.question_id(name)].says == "yes"]
    no = [f"not {name}" for name in scored.deciding.none_of]
    return f"yes to {', '.join([*yes, *no])}"


def _why(asked: Asked, episodes: Sequence[Episode], score: int, repeats: Sequence[Repeat]) -> str:
    how = {"worst": "the worst", "median": "the median", "best": "the best"}[asked.criterion.aggregation]
    scores = ", ".join(str(episode.score) for episode in episodes)
    first = next((episode for episode in episodes if episode.score == score), episodes[0])
    text = f"{how} of {len(episodes)} episode(s) [{scores}]; for instance turn {first.turn}: {first.why}"
    return text + _dissent(repeats)


def _dissent(repeats: Sequence[Repeat]) -> str:
    outcomes = [_outcome(repeat) for repeat in repeats]
    return f"; the repeats differ: {', '.join(map(str, outcomes))}" if len(set(outcomes)) > 1 else ""


def _no_reason(repeat: Repeat, repeats: Sequence[Repeat]) -> str:
    reason = "no episode opened" if not repeat.episodes else "what opened could not be judged from the record"
    return reason + _dissent(repeats)
