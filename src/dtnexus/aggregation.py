"""From episodes to a rating: one rule per criterion, the same for every coder."""

from __future__ import annotations

from collections.abc import Sequence

from dtnexus.framework import Criterion
from dtnexus.rating import Episode

CONTESTED_FROM = 2
"""Ratings of people so far apart are a standing disagreement."""


def median_down(values: Sequence[int]) -> int:
    """The median, rounded down: of an even number, the floor of the mean of the middle two.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values, so no median")
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def aggregate(criterion: Criterion, episodes: Sequence[Episode]) -> int:
    """The score, 0-4, that these episodes give by the criterion's own rule.

    The worst, the median rounded down, or the best (framework.md 1.5). Where the
    criterion says so, enough episodes at 0 make the score 0 whatever the rest is.

    Raises:
        ValueError: there are no episodes; no opportunity has no score.
    """
    return aggregate_scores(criterion, [episode.score for episode in episodes])


def aggregate_scores(criterion: Criterion, scores: Sequence[int]) -> int:
    """The same from the scores of the episodes alone. It rises and falls with each of them.

    Raises:
        ValueError: there are no scores.
    """
    if not scores:
        raise ValueError(f"criterion {criterion.id!r}: no episodes, so no score")
    if _zero_shows(criterion, scores):
        return 0
    match criterion.aggregation:
        case "worst":
            return min(scores)
        case "median":
            return median_down(scores)
        case "best":
            return max(scores)


def expectation(criterion: Criterion, episodes: Sequence[Episode]) -> float:
    """The finer value, 0-4, beside `aggregate`: built the same way from `Episode.expected`.

    The lowest for "worst", the highest for "best", the mean for "median". Where
    episodes at 0 decide, the mean over those episodes.

    Raises:
        ValueError: there are no episodes.
    """
    values = [episode.expected for episode in episodes]
    if not values:
        raise ValueError(f"criterion {criterion.id!r}: no episodes, so no expectation")
    if _zero_shows(criterion, [episode.score for episode in episodes]):
        zeros = [episode.expected for episode in episodes if episode.score == 0]
        return sum(zeros) / len(zeros)
    match criterion.aggregation:
        case "worst":
            return min(values)
        case "median":
            return sum(values) / len(values)
        case "best":
            return max(values)


def _zero_shows(criterion: Criterion, scores: Sequence[int]) -> bool:
    return criterion.zero_shows_after is not None and scores.count(0) >= criterion.zero_shows_after
