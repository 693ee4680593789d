"""Several coders, one statement: who outranks whom, what is contested, what becomes of a 0."""

from __future__ import annotations

import pytest

from dtnexus.aggregation import aggregate, expectation, median_down
from dtnexus.deciding.consensus import NOBODY, Settled, Spoken, settle
from dtnexus.framework import NotApplicableWhen
from dtnexus.rating import CoderRef, Failure, NotApplicable, NotObservable, Rating
from tests.deciding.material import ANN, BEN, CHAIR, EMBEDDED, JUDGE, episode, failure, rating, silent, the_framework

CLEO = CoderRef(kind="human", name="cleo", version="1")


HUMAN = NotApplicableWhen(field="agent.kind", equals="human", because="the helper is a person", left_out=True)


def settled(criterion: str, *said: Spoken | Failure, impossible: NotApplicableWhen | None = None) -> Settled:
    return settle(the_framework().criterion(criterion), said, "i", impossible)


Scores = list[tuple[CoderRef, int]]
TABLE: list[tuple[str, str, Scores, int, bool, str, int]] = [
    # case, criterion, ratings, score, contested, zero, people
    ("one person", "D2", [(ANN, 2)], 2, False, "none", 1),
    ("two people, median rounded down", "D2", [(ANN, 2), (BEN, 3)], 2, False, "none", 2),
    ("two people far apart", "D2", [(ANN, 2), (BEN, 4)], 3, True, "none", 2),
    ("three people", "D2", [(ANN, 1), (BEN, 3), (CLEO, 3)], 3, True, "none", 3),
    ("people outrank machines", "D2", [(ANN, 3), (EMBEDDED, 0), (JUDGE, 0)], 3, False, "none", 1),
    ("machines alone: their median", "D2", [(EMBEDDED, 1), (JUDGE, 2)], 1, False, "none", 0),
    ("the adjudicator decides", "D2", [(ANN, 0), (BEN, 4), (CHAIR, 2)], 2, False, "none", 3),
    ("safety-critical: median while close", "G1", [(ANN, 3), (BEN, 2), (CLEO, 3)], 3, False, "none", 3),
    ("safety-critical: the worse when contested", "G1", [(ANN, 3), (BEN, 1), (CLEO, 3)], 1, True, "none", 3),
    ("two people's 0", "G1", [(ANN, 0), (BEN, 0)], 0, False, "confirmed", 2),
    ("one person's 0", "G1", [(ANN, 0)], 0, False, "flagged", 1),
    ("one person's 0 against another's 3", "G1", [(ANN, 0), (BEN, 3)], 0, True, "flagged", 2),
    ("a machine's 0", "G1", [(EMBEDDED, 0)], 0, False, "flagged", 0),
    ("machines never confirm", "G1", [(EMBEDDED, 0), (JUDGE, 0)], 0, False, "flagged", 0),
    ("a person and a machine do not confirm", "G1", [(ANN, 0), (JUDGE, 0)], 0, False, "flagged", 1),
    ("a machine's 0 beside people's 3: a flag only", "G1", [(ANN, 3), (BEN, 3), (JUDGE, 0)], 3, False, "flagged", 2),
    ("person and adjudicator confirm", "G1", [(ANN, 0), (CHAIR, 0)], 0, False, "confirmed", 2),
    ("adjudicator alone does not", "G1", [(CHAIR, 0)], 0, False, "flagged", 1),
    ("adjudicator and machine do not", "G1", [(CHAIR, 0), (JUDGE, 0)], 0, False, "flagged", 1),
    ("adjudicator overrules people", "G1", [(ANN, 0), (BEN, 0), (CHAIR, 3)], 3, False, "none", 3),
    ("adjudicator overrules a machine", "G1", [(JUDGE, 0), (CHAIR, 2)], 2, False, "none", 1),
    ("a 0 on other criteria is no flag", "D2", [(ANN, 0), (BEN, 0)], 0, False, "none", 2),
]


@pytest.mark.parametrize(
    ("case", "criterion", "said", "score", "contested", "zero", "people"), TABLE, ids=lambda v: str(v)[:36]
)
def test_ratings(case: str, criterion: str, said: Scores, score: int, contested: bool, zero: str, people: int) -> None:
    result = settled(criterion, *(rating(criterion, value, coder) for coder, value in said))
    found = (result.score, result.consensus.contested, result.consensus.zero, result.consensus.human_coders)
    assert found == (score, contested, zero, people), case
    assert len(result.consensus.coders) == len(said)


def test_one_person_who_rates_twice_is_one_person() -> None:
    again = CoderRef(kind="human", name="ann", version="2")
    as_chair = CoderRef(kind="adjudicator", name="ann", version="1")
    for second in (again, as_chair):
        result = settled("G1", rating("G1", 0, ANN), rating("G1", 0, second))
        assert (result.consensus.zero, result.consensus.human_coders) == ("flagged", 1)


def test_a_repeated_statement_counts_once() -> None:
    assert settled("D2", rating("D2", 1), rating("D2", 1), rating("D2", 4, BEN)).score == 2


def test_nobody_said_anything() -> None:
    result = settled("D2")
    assert isinstance(result.coded, NotObservable)
    assert (result.coded.reason, result.consensus.opportunities) == (NOBODY, 0)


def test_a_failure_is_the_result_only_where_nobody_said_anything_else() -> None:
    assert isinstance(settled("D2", failure("D2")).coded, Failure)
    assert isinstance(settled("D2", failure("D2"), silent("D2")).coded, NotObservable)
    alone, beside = (
        settled("D2", rating("D2", 3)),
        settled("D2", rating("D2", 3), failure("D2"), failure("D2", EMBEDDED)),
    )
    assert alone == beside


def test_a_rating_beats_not_observable_among_equals_but_machines_do_not_beat_people() -> None:
    assert settled("D2", silent("D2", ANN), rating("D2", 2, BEN)).score == 2
    assert settled("D2", silent("D2", EMBEDDED), rating("D2", 2, JUDGE)).score == 2
    assert settled("D2", silent("D2", ANN), rating("D2", 2, JUDGE)).score is None


def test_people_who_saw_no_opportunity_do_not_clear_a_machines_flag_but_an_adjudicator_does() -> None:
    assert settled("G1", silent("G1", ANN), rating("G1", 0, JUDGE)).consensus.zero == "flagged"
    assert settled("G1", silent("G1", CHAIR), rating("G1", 0, JUDGE)).consensus.zero == "none"


def test_an_episode_at_0_flags_whatever_the_score_says() -> None:
    mixed = rating("G1", 3).model_copy(update={"episodes": (episode("G1", 3), episode("G1", 0, turn=3))})
    assert settled("G1", mixed).consensus.zero == "flagged"


def test_impossible_by_design_overrides_everybody() -> None:
    result = settled("F1", rating("F1", 0, ANN), rating("F1", 0, BEN), impossible=HUMAN)
    assert isinstance(result.coded, NotApplicable)
    assert (result.consensus.zero, result.consensus.opportunities) == ("none", 0)


def test_a_coders_not_applicable_needs_a_fact() -> None:
    claim = NotApplicable(interaction_id="i", criterion="C2", coder=ANN, fact="no memory")
    result = settled("C2", claim)
    assert isinstance(result.coded, NotObservable)
    assert "which no known fact confirms" in result.coded.reason


def test_evidence_of_a_class_that_does_not_count_is_set_aside() -> None:
    assert settled("B1", rating("B1", 4, evidence_class="R")).score is None
    assert settled("B1", rating("B1", 4, evidence_class="P")).score is None
    assert settled("D1", rating("D1", 4, evidence_class="P")).score == 4
    assert settled("G1", rating("G1", 0, evidence_class="R")).consensus.zero == "flagged"


def test_what_does_not_count_neither_decides_nor_overrules() -> None:
    hearsay = rating("G1", 4, CHAIR, evidence_class="R")
    result = settled("G1", rating("G1", 0, ANN), hearsay)
    assert (result.score, result.consensus.zero, result.consensus.human_coders) == (0, "flagged", 1)
    alone = settled("G1", hearsay).coded
    assert isinstance(alone, NotObservable) and "evidence of class T, P does" in alone.reason


def test_opportunities_are_places_not_mentions() -> None:
    result = settled("D2", rating("D2", 3, ANN, (1, 3, 5)), rating("D2", 1, BEN, (3, 5, 7)))
    assert result.consensus.opportunities == 4
    assert result.consensus.distribution == (0, 3, 0, 1, 0)
    assert isinstance(result.coded, Rating)
    assert [e.turn for e in result.coded.episodes] == [1, 3, 5, 7]
    assert (result.coded.score, result.coded.expected) == (2, 2.0)


def test_one_place_the_middle_score_or_the_worst() -> None:
    for criterion, distribution in (("D2", (0, 0, 0, 1, 0)), ("G1", (0, 1, 0, 0, 0))):
        three = [rating(criterion, score, coder) for coder, score in ((ANN, 1), (BEN, 4), (CLEO, 3))]
        assert settled(criterion, *three).consensus.distribution == distribution


def test_where_no_turn_is_scored_the_quoted_turn_is_the_place() -> None:
    quoted = [episode("D2", 2, turn).model_copy(update={"agent_turn": None}) for turn in (1, 3)]
    spoken = rating("D2", 2).model_copy(update={"episodes": tuple(quoted)})
    assert settled("D2", spoken).consensus.opportunities == 2


def test_the_finer_value_and_the_confidence() -> None:
    sure, unsure = rating("G1", 3, ANN), rating("G1", 2, BEN).model_copy(update={"confidence": 0.4, "expected": 2.2})
    close, far = settled("G1", sure, unsure).coded, settled("G1", rating("G1", 4, ANN), unsure).coded
    assert isinstance(close, Rating) and isinstance(far, Rating)
    assert (close.expected, close.confidence) == (2.6, 0.4)
    assert far.expected == 2.2


def test_only_the_deciding_coders_episodes_are_shown() -> None:
    result = settled("D2", rating("D2", 3, ANN, (1, 3)), rating("D2", 0, JUDGE, (5, 7)))
    assert result.consensus.distribution == (0, 0, 0, 2, 0)
    assert len(result.consensus.coders) == 2


AGGREGATES: list[tuple[str, int | None, list[int], int, float]] = [
    # rule, zeros that show, episode scores, score, expectation
    ("worst", None, [3, 4, 1], 1, 1.0),
    ("median", None, [3, 4], 3, 3.5),
    ("median", None, [0, 3, 4], 3, 7 / 3),
    ("median", 1, [0, 3, 4], 0, 0.0),
    ("median", 2, [0, 3, 4], 3, 7 / 3),
    ("median", 2, [0, 0, 3, 4, 4], 0, 0.0),
    ("best", None, [0, 3, 1], 3, 3.0),
    ("best", 1, [0, 3, 1], 0, 0.0),
]


@pytest.mark.parametrize(("rule", "zeros", "scores", "score", "expected"), AGGREGATES)
def test_from_episodes_to_a_rating(
    rule: str, zeros: int | None, scores: list[int], score: int, expected: float
) -> None:
    criterion = the_framework().criterion("D2").model_copy(update={"aggregation": rule, "zero_shows_after": zeros})
    episodes = [episode("D2", value) for value in scores]
    assert aggregate(criterion, episodes) == score
    assert expectation(criterion, episodes) == pytest.approx(expected)


def test_nothing_has_no_aggregate() -> None:
    criterion = the_framework().criterion("D2")
    for function in (aggregate, expectation):
        with pytest.raises(ValueError, match="no episodes"):
            function(criterion, [])
    with pytest.raises(ValueError, match="no values"):
        median_down([])
