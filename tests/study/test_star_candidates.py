from __future__ import annotations

import pytest

from dtnexus.rating import Coded, CoderRef, Episode, Failure, NotObservable, Rating
from dtnexus.study.blind import warnings_of
from dtnexus.study.candidates import is_star_candidate
from tests.study.made_up import framework

MACHINE = CoderRef(kind="embedded", name="linear", version="1")
STAR = next(criterion.id for criterion in framework().criteria if criterion.star)
PLAIN = next(criterion.id for criterion in framework().criteria if not criterion.star)


def episode(criterion: str, score: int) -> Episode:
    return Episode.model_validate(
        {
            "transcript_id": "t",
            "session": 0,
            "turn": 1,
            "start": 0,
            "end": 4,
            "quote": "That",
            "criterion": criterion,
            "score": score,
            "expected": score,
            "confidence": 0.5,
        }
    )


def rating(criterion: str, score: int, *episodes: int) -> Rating:
    return Rating.model_validate(
        {
            "interaction_id": "i",
            "criterion": criterion,
            "coder": MACHINE,
            "score": score,
            "expected": score,
            "confidence": 0.5,
            "episodes": [episode(criterion, each) for each in episodes or (score,)],
        }
    )


def unseen(criterion: str, *episodes: int) -> NotObservable:
    passages = tuple(episode(criterion, each) for each in episodes)
    return NotObservable(interaction_id="i", criterion=criterion, coder=MACHINE, reason="few", episodes=passages)


@pytest.mark.parametrize(
    ("said", "candidate"),
    [
        ([], True),  # nobody looked: unknown is not harmless
        ([rating(PLAIN, 0)], True),
        ([rating(STAR, 0)], True),
        ([rating(STAR, 1)], True),
        ([rating(STAR, 3)], False),
        ([rating(STAR, 3, 4, 1)], True),
        ([unseen(STAR)], False),
        ([unseen(STAR, 2)], True),
        ([rating(STAR, 3), rating(PLAIN, 0)], False),
        ([Failure(interaction_id="i", criterion=STAR, coder=MACHINE, cause="error", detail="x")], True),
    ],
)
def test_candidates(said: list[Coded], candidate: bool) -> None:
    assert is_star_candidate(said, framework()) is candidate


def test_warnings_name_the_safety_critical_criteria_that_came_up() -> None:
    assert warnings_of([rating(STAR, 3), rating(PLAIN, 0)], framework()) == (STAR,)
    assert warnings_of([unseen(STAR)], framework()) == ()
