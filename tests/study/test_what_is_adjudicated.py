from __future__ import annotations

import itertools

import pytest

from dtnexus.deciding.consensus import settle
from dtnexus.errors import UsageError
from dtnexus.rating import Coded, CoderRef, Episode, NotObservable, Rating
from dtnexus.study.adjudicating import (
    Question,
    confirmed_zeros,
    decided_score,
    decided_unseen,
    may_decide,
    open_questions,
    questions,
    whole_turn,
)
from tests.study.made_up import framework, interaction

FRAMEWORK = framework()
TALK = interaction()


def coder(name: str) -> CoderRef:
    kind = "embedded" if name == "machine" else "adjudicator" if name == "judge" else "human"
    return CoderRef(kind=kind, name=name, version="1")


def said(who: str, criterion: str, score: int | None) -> Coded:
    if score is None:
        return NotObservable(interaction_id=TALK.id, criterion=criterion, coder=coder(who), reason="none")
    words = whole_turn(criterion, TALK, 0, 1).model_copy(update={"score": score, "expected": float(score)})
    known = {"interaction_id": TALK.id, "criterion": criterion, "coder": coder(who), "episodes": (words,)}
    return Rating(**known, score=score, expected=float(score), confidence=0.7)


@pytest.mark.parametrize("machine", [None, 0, 3])
@pytest.mark.parametrize("criterion", ["B1", "F1"])
def test_whatever_deciding_leaves_open_is_a_question(criterion: str, machine: int | None) -> None:
    """The queue and the consensus follow the same rules: nothing contested or flagged is missing from it."""
    screened = [] if machine is None else [said("machine", criterion, machine)]
    for one, other in itertools.product((None, 0, 1, 2, 3, 4), repeat=2):
        people = [said("a", criterion, one), said("b", criterion, other)]
        settled = settle(FRAMEWORK.criterion(criterion), [*people, *screened], TALK.id).consensus
        asked = [q for q in questions(people, screened, FRAMEWORK) if q.criterion == criterion]
        disputed = (one is None) != (other is None)
        assert bool(asked) == (settled.contested or settled.zero == "flagged" or disputed), (one, other)
        assert (criterion in confirmed_zeros(people, FRAMEWORK)) == (settled.zero == "confirmed")


def test_a_decision_overrules_or_confirms_what_was_flagged() -> None:
    people = [said("a", "F1", 0), said("b", "F1", 3)]
    criterion = FRAMEWORK.criterion("F1")
    words = [whole_turn("F1", TALK, 0, 1)]
    for score, zero in ((0, "confirmed"), (2, "none")):
        decision = decided_score("F1", TALK, coder("judge"), score, ("so", "sure"), words)
        assert settle(criterion, [*people, decision], TALK.id).consensus.zero == zero
    unseen = decided_unseen("F1", TALK, coder("judge"), "so")
    assert settle(criterion, [*people, unseen], TALK.id).consensus.zero == "none"


def test_words_that_a_coder_gave_a_zero_carry_the_decided_score() -> None:
    (zero,) = said("a", "F1", 0).episodes  # type: ignore[union-attr]
    decision = decided_score("F1", TALK, coder("judge"), 3, ("so", "unsure"), [zero, zero])
    assert [(e.score, e.confidence, e.quote) for e in decision.episodes] == [(3, 0.5, zero.quote)]


@pytest.mark.parametrize(("reason", "words"), [("", True), (" \n", True), ("so", False)])
def test_no_decision_without_reason_and_words(reason: str, words: bool) -> None:
    rests_on: list[Episode] = [whole_turn("F1", TALK, 0, 1)] if words else []
    with pytest.raises(UsageError, match="needs"):
        decided_score("F1", TALK, coder("judge"), 2, (reason, "sure"), rests_on)


def test_a_decision_stands_until_somebody_submits_again() -> None:
    asked = (Question(criterion="F1", reasons=("zero_found",)), Question(criterion="B1", reasons=("far_apart",)))
    assert open_questions(asked, {}, {"s1", "s2"}) == asked
    assert [q.criterion for q in open_questions(asked, {"F1": ("s2", "s1")}, {"s1", "s2"})] == ["B1"]
    assert open_questions(asked, {"F1": ("s1",), "B1": ("s1", "s2")}, {"s1", "s2"}) == asked[:1]


def test_nobody_decides_about_own_units_and_no_turn_is_made_up() -> None:
    assert may_decide("x", {"a", "b"})
    assert not may_decide("a", {"a", "b"})
    for session, turn in ((0, 4), (1, 0)):
        with pytest.raises(UsageError, match="no turn"):
            whole_turn("F1", TALK, session, turn)
