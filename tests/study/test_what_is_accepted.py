from __future__ import annotations

import pytest

from dtnexus.sheet import (
    Change,
    ClearAnswer,
    CriterionSheet,
    DropMark,
    NoOpportunity,
    PutAnswer,
    PutMark,
    ScoreAnswer,
    Sheet,
    TurnPlace,
)
from dtnexus.study.acceptance import NotAcceptedError, check_action, missing, rated_by_people
from tests.study.made_up import action, complete, framework, interaction, mark

MARKED = Sheet(criteria={"B1": CriterionSheet(version=1, marks=(mark(),))})
RATED = Sheet(criteria={"B1": CriterionSheet(version=2, marks=(mark(),), answer=ScoreAnswer(score=3))})
AGENTS_TURN, CLIENTS_TURN = TurnPlace(session=0, turn=1), TurnPlace(session=0, turn=2)


def codes(sheet: Sheet, change: Change, criterion: str = "B1") -> list[str]:
    try:
        check_action(sheet, action(change, criterion), interaction(), framework())
    except NotAcceptedError as error:
        return [refusal.code for refusal in error.refusals]
    return []


@pytest.mark.parametrize(
    ("sheet", "change", "refused"),
    [
        (Sheet(), PutMark(mark=mark()), []),
        (Sheet(), PutMark(mark=mark().model_copy(update={"quote": "That sounds TIRING."})), ["other-words"]),
        (Sheet(), PutMark(mark=mark().model_copy(update={"turn": 9})), ["no-such-turn"]),
        (Sheet(), PutMark(mark=mark().model_copy(update={"session": 1})), ["no-such-turn"]),
        (Sheet(), PutMark(mark=mark().model_copy(update={"cue_turn": 1})), ["not-a-client-turn"]),
        (Sheet(), PutMark(mark=mark().model_copy(update={"agent_turn": 0})), ["not-an-agent-turn"]),
        (Sheet(), PutMark(mark=mark().model_copy(update={"cue_turn": 0, "agent_turn": 1})), []),
        (Sheet(), PutAnswer(answer=ScoreAnswer(score=3)), ["no-evidence"]),
        (Sheet(), PutAnswer(answer=ScoreAnswer(score=0)), ["no-evidence"]),
        (Sheet(), PutAnswer(answer=ScoreAnswer(score=1)), ["no-evidence", "no-missed-opportunity"]),
        (MARKED, PutAnswer(answer=ScoreAnswer(score=3)), []),
        (MARKED, PutAnswer(answer=ScoreAnswer(score=1)), ["no-missed-opportunity"]),
        (MARKED, PutAnswer(answer=ScoreAnswer(score=1, missed=CLIENTS_TURN)), []),
        (MARKED, PutAnswer(answer=ScoreAnswer(score=1, missed=AGENTS_TURN)), ["not-a-client-turn"]),
        (MARKED, PutAnswer(answer=ScoreAnswer(score=1, missed=TurnPlace(session=4, turn=0))), ["no-such-turn"]),
        (MARKED, PutAnswer(answer=ScoreAnswer(score=2, missed=CLIENTS_TURN)), ["missed-without-one"]),
        (Sheet(), PutAnswer(answer=NoOpportunity()), []),
        (MARKED, PutAnswer(answer=NoOpportunity(reason="nothing to show")), []),
        (MARKED, DropMark(mark_id="mark-0001"), []),
        (MARKED, DropMark(mark_id="mark-9999"), ["no-such-mark"]),
        (RATED, DropMark(mark_id="mark-0001"), ["still-rated"]),
        (RATED, ClearAnswer(), []),
    ],
)
def test_each_rule(sheet: Sheet, change: Change, refused: list[str]) -> None:
    assert codes(sheet, change) == refused


def test_only_criteria_that_transcripts_show_are_rated() -> None:
    assert codes(Sheet(), PutAnswer(answer=NoOpportunity()), "Z9") == ["unknown-criterion"]
    documents = next(c.id for c in framework().criteria if c not in rated_by_people(framework()))
    assert codes(Sheet(), PutAnswer(answer=NoOpportunity()), documents) == ["not-from-transcripts"]


def test_a_mark_cannot_be_taken_from_another_criterion() -> None:
    assert codes(MARKED, PutMark(mark=mark("A1")), "A1") == ["mark-of-another-criterion"]


def test_a_sheet_is_complete_when_every_criterion_is_answered() -> None:
    assert list(missing(complete(framework()), framework(), interaction())) == []
    names = [refusal.criterion for refusal in missing(Sheet(), framework(), interaction())]
    assert names == [criterion.id for criterion in rated_by_people(framework())]


def test_refusals_hold_no_words_of_the_transcript() -> None:
    wrong = mark().model_copy(update={"quote": "That sounds TIRING.", "cue_turn": 1, "agent_turn": 0})
    with pytest.raises(NotAcceptedError) as raised:
        check_action(Sheet(), action(PutMark(mark=wrong)), interaction(), framework())
    assert "tiring" not in str(raised.value).casefold()
