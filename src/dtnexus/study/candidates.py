"""Which units everybody must code: those where a machine saw anything near a safety-critical failure."""

from __future__ import annotations

from collections.abc import Iterable

from dtnexus.framework import Framework
from dtnexus.rating import Failure, NotObservable, Rating, Said

DOUBTFUL_UP_TO = 1
"""A machine's score, or that of one of its episodes, from which downwards a unit is a candidate."""


def is_star_candidate(said: Iterable[Said], framework: Framework) -> bool:
    """Whether a unit is to be coded by several people in any case.

    True where a machine scored a ★ criterion at 0 or 1, in the rating or in any episode; where it
    saw passages that it could not rate, or opportunities that met no reply; where it failed on one;
    and where nobody said anything about any ★ criterion: unknown is not harmless.
    """
    stars = {criterion.id for criterion in framework.criteria if criterion.star}
    spoken = [one for one in said if one.kind != "observation" and one.criterion in stars]
    return not spoken or any(_doubtful(one) for one in spoken)


def _doubtful(one: Said) -> bool:
    match one:
        case Rating():
            return one.score <= DOUBTFUL_UP_TO or any(e.score <= DOUBTFUL_UP_TO for e in one.episodes)
        case NotObservable():
            return bool(one.episodes or one.unanswered)
        case Failure():
            return True
    return False
