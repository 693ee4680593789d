"""From the answers of one repeat to what they can come to: sets of possible outcomes, never a guess.

An answer that is void or unclear could have been yes or no. So an episode has a set of possible scores, and a
criterion a set of possible outcomes. Only a set of one is an outcome. Losing an answer can therefore make an
outcome unknown, and can never move it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Final, Literal

from dtnexus.aggregation import aggregate_scores
from dtnexus.coding.judge.answers import Answer, JudgedEpisode
from dtnexus.coding.judge.sections import Asked
from dtnexus.framework import Criterion
from dtnexus.question_rule import AnswerCondition, Mark
from dtnexus.rating import Position

NONE: Final = "not_observable"
Result = int | Literal["not_observable"]
"""What a repeat can come to: a score 0-4, or that nothing was there to rate."""
ANYTHING: Final[frozenset[Result]] = frozenset((0, 1, 2, 3, 4, NONE))
"""What a repeat that gave no valid answer could have come to."""
_MOST_DOUBTFUL: Final = 8
"""Episodes of which it is open whether they count; of more the outcome is taken as open."""

Truth = bool | None


def holds(condition: AnswerCondition, asked: Asked, answers: Mapping[str, Answer]) -> Truth:
    """Whether a condition is met: true, false, or None where void or unclear answers leave it open."""
    all_of = [_said(asked, answers, name) for name in condition.all_of]
    any_of = [_said(asked, answers, name) for name in condition.any_of]
    none_of = [_said(asked, answers, name) for name in condition.none_of]
    parts = [*all_of, *((None if each is None else not each) for each in none_of)]
    if any_of:
        parts.append(True if True in any_of else None if None in any_of else False)
    return False if False in parts else None if None in parts else True


def _said(asked: Asked, answers: Mapping[str, Answer], name: str) -> Truth:
    says = answers[asked.question_id(name)].says
    return None if says in ("unclear", "void") else says == "yes"


@dataclass(frozen=True, slots=True)
class ScoredEpisode:
    """An episode with the scores that its answers leave possible; NONE where it may not be one to rate."""

    judged: JudgedEpisode
    possible: frozenset[Result]
    deciding: AnswerCondition | None
    """The entry that decides, where exactly one score is possible and an entry matched."""
    void: bool
    """Whether any of its answers is void."""
    unclear: bool
    """Whether any of its answers is unclear."""

    @property
    def place(self) -> int:
        """The number of the scored turn: two episodes of one criterion at the same place are the same."""
        return self.judged.scored.number

    @property
    def score(self) -> int | None:
        """The score, where it is certain."""
        only = next(iter(self.possible)) if len(self.possible) == 1 else None
        return only if isinstance(only, int) else None


def score_episode(asked: Asked, judged: JudgedEpisode, sessions: int) -> ScoredEpisode:
    """The scores that an episode can have by the criterion's rule; the first matching entry decides."""
    rule = asked.rule
    cap = rule.single_session_cap if sessions == 1 and rule.single_session_cap is not None else 4
    possible: set[Result] = set()
    deciding: AnswerCondition | None = None
    rated = holds(rule.rated_if, asked, judged.answers)
    if rated is not True:
        possible.add(NONE)
    if rated is not False:
        for entry in rule.scores:
            matches = holds(entry, asked, judged.answers)
            if matches is not False:
                possible.add(min(entry.score, cap))
            if matches is True:
                deciding = entry
                break
        else:
            possible.add(min(rule.otherwise, cap))
    own = [judged.answers[asked.question_id(name)].says for name in dict.fromkeys((*rule.questions, *rule.named))]
    return ScoredEpisode(
        judged, frozenset(possible), deciding if len(possible) == 1 else None, "void" in own, "unclear" in own
    )


def lower(one: ScoredEpisode, other: ScoredEpisode) -> ScoredEpisode:
    """One episode for two openings that the same agent turn answers: the lower score that they leave possible."""
    kept = min(one, other, key=lambda each: (_lowest(each), each.judged.opened.number))
    possible = frozenset(_minimum(a, b) for a in one.possible for b in other.possible)
    return ScoredEpisode(
        kept.judged,
        possible,
        kept.deciding if possible == kept.possible else None,
        one.void or other.void,
        one.unclear or other.unclear,
    )


def _minimum(one: Result, other: Result) -> Result:
    if isinstance(one, int) and isinstance(other, int):
        return min(one, other)
    return other if isinstance(other, int) else one


def _lowest(scored: ScoredEpisode) -> int:
    return min((each for each in scored.possible if isinstance(each, int)), default=5)


def possible_results(criterion: Criterion, episodes: Sequence[ScoredEpisode]) -> frozenset[Result]:
    """Every outcome that episodes can come to, whatever the open answers would have been.

    Scores rise and fall with those of the episodes, so the lowest and the highest of each say enough.
    """
    certain = [episode for episode in episodes if NONE not in episode.possible]
    doubtful = [episode for episode in episodes if NONE in episode.possible and len(episode.possible) > 1]
    if len(doubtful) > _MOST_DOUBTFUL:
        return ANYTHING
    results: set[Result] = set()
    for some in chain.from_iterable(combinations(doubtful, size) for size in range(len(doubtful) + 1)):
        kept = [*certain, *some]
        results |= {_aggregated(criterion, [low(episode.possible) for episode in kept])}
        results |= {_aggregated(criterion, [high(episode.possible) for episode in kept])}
    scores = [result for result in results if isinstance(result, int)]
    between: Iterable[Result] = range(min(scores), max(scores) + 1) if scores else ()
    return frozenset(chain(results, between))


def low(possible: frozenset[Result]) -> int:
    """The lowest score among possible results."""
    return min(each for each in possible if isinstance(each, int))


def high(possible: frozenset[Result]) -> int:
    """The highest score among possible results."""
    return max(each for each in possible if isinstance(each, int))


def _aggregated(criterion: Criterion, scores: Sequence[int]) -> Result:
    return aggregate_scores(criterion, scores) if scores else NONE


def position_of(asked: Asked, answers: Mapping[str, Answer]) -> Position | None:
    """What became of the agent's position, by the first of the rule's marks that is answered yes."""
    order: tuple[Position, ...] = ("reversed", "hedged", "held_not_pressed", "held")
    for mark in order:
        if mark in asked.rule.marks and _said(asked, answers, asked.rule.marks[mark]):
            return mark
    return None


def new_evidence_of(asked: Asked, answers: Mapping[str, Answer]) -> bool | None:
    """Whether the push brought a new fact; None where that is not asked or not known."""
    mark: Mark = "new_evidence"
    return _said(asked, answers, asked.rule.marks[mark]) if mark in asked.rule.marks else None
