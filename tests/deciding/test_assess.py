"""Whole assessments: from statements to levels, gap, risks and the locked parallel."""

from __future__ import annotations

import random

import pytest
from pydantic import ValidationError

from dtnexus.assessment import AllianceParallel, Assessment, Earned
from dtnexus.deciding.assess import assess
from dtnexus.errors import UsageError
from dtnexus.language import LanguageLimit
from dtnexus.profile import AgentProfile
from dtnexus.rating import NotApplicable, NotObservable, Rating, Said
from tests.deciding.material import (
    ANN,
    BEN,
    CHAIR,
    EMBEDDED,
    JUDGE,
    episode,
    failure,
    full_protocol,
    interaction,
    observation,
    profile,
    rating,
    silent,
    the_framework,
)

ACCOUNTABLE = profile(H1=3, H2=3, H3=3)
COMPANION = profile(
    {"marketing_terms": ("companion", "friend"), "modality": ("text", "voice"), "affective_expression": True},
    H1=1,
    H2=2,
    H3=1,
)


def full(**changes: int) -> Assessment:
    return assess(interaction(3, 20), full_protocol(**changes), the_framework(), ACCOUNTABLE)


def screened(*said: Said) -> Assessment:
    return assess(interaction(), said, the_framework())


def test_the_full_protocol_earns_level_3_and_unlocks_the_parallel() -> None:
    result = full()
    assert (result.earned.outcome, result.indicated, result.presented) == ("level_3", 3, 2)
    assert (result.gap.low, result.gap.high) == (-1, -1)
    assert result.earned.missing == result.earned.failing == ()
    assert result.alliance_withheld_because is None and result.alliance_parallel is not None
    assert "client perception not measured" in result.alliance_parallel.client_report
    assert {"A1", "D1", "E2"} <= set(result.alliance_parallel.indicators)
    assert not {"G1", "H1"} & set(result.alliance_parallel.indicators)
    assert (result.coverage.asked, result.coverage.rated) == (24, 24)
    assert result.notes == ()


def test_nothing_said_is_nothing_known() -> None:
    result = screened()
    assert (result.earned.outcome, result.earned.ceiling, result.indicated) == ("cannot_be_determined", 3, None)
    assert (result.coverage.asked, result.coverage.not_observable) == (24, 24)
    assert {r.status for r in result.risks} == {"not_assessable"}
    assert all(isinstance(r, NotObservable) and r.reason == "nobody rated it" for r in result.ratings.values())
    assert not any(r.aggravated for r in result.risks)
    assert "CAP-machine" not in {c.subject for c in result.earned.missing}


def test_a_warm_remembering_sycophantic_companion() -> None:
    sycophantic = full_protocol(D1=1, D2=1, D3=1, E2=2, B1=4, B2=4, C1=4)
    result = assess(interaction(3, 20), sycophantic, the_framework(), COMPANION)
    assert (result.presented, result.indicated, result.earned.outcome) == (3, 1, "level_1")
    assert (result.earned.shown, result.earned.ceiling, result.gap.low, result.gap.high) == (1, 1, 2, 2)
    assert result.alliance_parallel is None
    risks = {risk.id: risk for risk in result.risks}
    assert all(risk.aggravated for risk in result.risks)
    assert (risks["R06"].status, risks["R06"].prominence) == ("found", "main")
    assert risks["R20"].status == "found"
    assert [risk.prominence for risk in result.risks[:2]] == ["main", "main"]


def test_a_machine_alone_screens() -> None:
    said = [rating(c.id, 3, EMBEDDED, range(1, 13, 2)) for c in the_framework().transcript_criteria]
    result = assess(interaction(3, 20), said, the_framework(), ACCOUNTABLE)
    assert (result.indicated, result.earned.outcome, result.earned.ceiling) == (3, "level_1", 3)
    assert "Screened by machine only: no person has rated this interaction." in result.notes
    assert result.alliance_withheld_because is not None


def test_a_machines_zero_is_pending_until_an_adjudicator_has_spoken() -> None:
    pending = assess(interaction(3, 20), [*full_protocol(), rating("G2", 0, JUDGE)], the_framework(), ACCOUNTABLE)
    assert (pending.indicated, pending.earned.outcome, pending.earned.ceiling) == (0, "cannot_be_determined", 3)
    assert pending.indicated_details.flag_pending == ("G2",)
    said = [*full_protocol(), rating("G2", 0, JUDGE), rating("G2", 3, CHAIR, range(1, 13, 2))]
    cleared = assess(interaction(3, 20), said, the_framework(), ACCOUNTABLE)
    assert cleared.earned.outcome == "level_3"
    assert full(G2=0).earned.outcome == "disqualified"


def test_an_unknown_memory_leaves_level_3_open_and_no_memory_closes_it() -> None:
    for value, outcome, ceiling in (("full", "level_3", 3), ("none", "level_2", 2)):
        about = profile({"memory.cross_session": value}, H1=3, H2=3, H3=3)
        earned = assess(interaction(3, 20), full_protocol(), the_framework(), about).earned
        assert (earned.outcome, earned.ceiling) == (outcome, ceiling)
    silent = AgentProfile.model_validate({**ACCOUNTABLE.model_dump(), "facts": {}})
    earned = assess(interaction(3, 20), full_protocol(), the_framework(), silent).earned
    assert (earned.outcome, earned.ceiling) == ("level_2", 3)
    assert any("memory.cross_session is unknown" in text for text in earned.would_change)


def test_without_documents_accountability_is_unknown_not_absent() -> None:
    earned = assess(interaction(3, 20), full_protocol(), the_framework()).earned
    assert (earned.outcome, earned.ceiling) == ("cannot_be_determined", 3)
    assert "H2" in {c.subject for c in earned.missing} and not earned.failing


def test_transcripts_are_no_evidence_for_documents() -> None:
    result = screened(rating("H1", 4, ANN))
    assert isinstance(result.ratings["H1"], NotObservable)


def test_a_person_as_helper() -> None:
    human = interaction(3, 20, kind="human")
    result = assess(human, full_protocol(), the_framework())
    assert isinstance(result.ratings["F1"], NotApplicable)
    assert result.coverage.not_applicable == 2
    assert result.indicated_details.coverage[1] == 1.0 and result.indicated == 3
    assert any("The agent is a person" in note for note in result.notes)


def test_synthetic_sessions_are_marked_and_do_not_earn_level_3() -> None:
    result = assess(interaction(3, 20, synthetic=True), full_protocol(), the_framework(), ACCOUNTABLE)
    assert (result.synthetic, result.earned.outcome, result.earned.ceiling) == (True, "level_2", 3)
    assert "3 of 3 sessions are synthetic: nobody lived them." in result.notes


def test_thresholds_moved() -> None:
    milder, stricter = full().sensitivity
    assert (milder.shift, milder.indicated, milder.earned) == (-1, 3, "level_3")
    assert (stricter.shift, stricter.indicated, stricter.earned) == (1, 0, "below_level_1")
    low = full(D1=2).sensitivity[0]
    assert (full(D1=2).earned.outcome, low.earned, low.indicated) == ("level_2", "level_3", 3)


def test_the_order_of_statements_is_irrelevant() -> None:
    said = [*full_protocol(D1=1), rating("D1", 4, JUDGE, (1, 5)), failure("G1"), observation("ruptures", 0, JUDGE)]
    expected = assess(interaction(3, 20), said, the_framework(), ACCOUNTABLE)
    for seed in range(5):
        mixed = random.Random(seed).sample(said, len(said))
        assert assess(interaction(3, 20), mixed, the_framework(), ACCOUNTABLE).to_json() == expected.to_json()


def test_json_and_back() -> None:
    for result in (full(), full(G1=0), screened(), screened(rating("D2", 1, JUDGE), failure("D1"))):
        again = Assessment.from_json(result.to_json())
        assert again == result
        assert again.digest() == result.digest()


def test_a_failure_changes_coverage_only() -> None:
    before, after = screened(rating("D2", 1)), screened(rating("D2", 1), failure("D2"), failure("D1"))
    assert after.coverage.failed == 1
    assert (after.earned.outcome, after.indicated, after.presented) == (
        before.earned.outcome,
        before.indicated,
        before.presented,
    )
    assert after.risks == before.risks
    assert "Every coder failed on D1; nothing follows from that." in after.notes


def test_notes_name_what_a_reader_must_know() -> None:
    other = AgentProfile.model_validate({**ACCOUNTABLE.model_dump(), "version": "2", "kind": "human"})
    said = [rating("A3", 1, ANN), rating("D2", 1, ANN), rating("D2", 4, BEN)]
    notes = " ".join(assess(interaction(), said, the_framework(), other).notes)
    for part in ("A3: a score of 1 needs", "two points or more on D2", "of version 2", "calls the agent human"):
        assert part in notes
    session = interaction().sessions[0].model_copy(update={"language": "de-CH"})
    german = interaction().model_copy(update={"sessions": (session,)})
    assert "Not validated for language de-CH; the framework is in en." in assess(german, [], the_framework()).notes
    clinician = rating("A3", 1, ANN.model_copy(update={"details": {"qualification": "clinician"}}))
    assert not any("A3" in note for note in screened(clinician).notes)


def bad_quote() -> Said:
    moved = episode("D2", 1).model_copy(update={"quote": "other"})
    return rating("D2", 1).model_copy(update={"episodes": (moved,)})


REFUSED: list[tuple[str, Said, str]] = [
    ("another interaction", rating("D2", 1).model_copy(update={"interaction_id": "j"}), "about 'j'"),
    ("no such criterion", rating("Z9", 1), "'Z9'"),
    ("no such words", bad_quote(), "not at session 0, turn 1, characters 0-5"),
    ("no such turn", rating("D2", 1, turns=(99,)), "turn 99"),
    ("no such session", rating("D2", 1).model_copy(update={"episodes": (episode("D2", 1, session=4),)}), "session 4"),
]


@pytest.mark.parametrize(("case", "statement", "message"), REFUSED, ids=lambda v: str(v)[:20])
def test_statements_that_do_not_belong_here_are_refused(case: str, statement: Said, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        screened(statement)
    assert "words" not in str(caught.value), case


def test_the_profile_of_another_agent_is_refused() -> None:
    other = AgentProfile(agent_id="other", kind="digital")
    with pytest.raises(UsageError, match="describes agent 'other'"):
        assess(interaction(), [], the_framework(), other)
    anyone = AgentProfile(agent_id="*", kind="digital")
    assert assess(interaction(), [], the_framework(), anyone).presented == 1


def with_outcome(outcome: str, shown: int, ceiling: int) -> Earned:
    return Earned.model_validate(
        {"outcome": outcome, "shown": shown, "ceiling": ceiling, "failing": (), "missing": (), "would_change": ()}
    )


def test_no_parallel_can_be_built_below_level_3() -> None:
    for outcome, shown, ceiling in (
        ("level_2", 2, 3),
        ("level_1", 1, 3),
        ("below_level_1", 0, 0),
        ("cannot_be_determined", 0, 3),
        ("disqualified", 0, 0),
    ):
        with pytest.raises(ValidationError):
            AllianceParallel(
                earned=with_outcome(outcome, shown, ceiling), statement="s", indicators={}, client_report="none"
            )


def test_no_parallel_can_be_smuggled_in_through_json() -> None:
    parallel = full().alliance_parallel
    assert parallel is not None
    below = full(D1=2)
    data = below.model_dump(mode="json") | {"alliance_parallel": parallel.model_dump(mode="json")}
    for because in (None, below.alliance_withheld_because):
        with pytest.raises(ValidationError):
            Assessment.model_validate(data | {"alliance_withheld_because": because})
    with pytest.raises(ValidationError):
        Earned.model_validate(below.earned.model_dump() | {"outcome": "level_3"})


def test_what_a_coder_did_not_read_for_its_language_stands_in_the_assessment() -> None:
    limit = LanguageLimit(coded="no", validated=("en",), client="es", agent="es", turns=4, not_read={"es": 4})
    unread = silent("D2", JUDGE).model_copy(update={"language": limit, "reason": limit.words})
    alone = screened(unread)
    assert dict(alone.language_limits) == {JUDGE.name: limit}
    assert f"Not coded by {JUDGE.name}: {limit.words}." in alone.notes
    assert any(note.startswith("No words were read: the presented level rests on") for note in alone.notes)
    beside = screened(unread, rating("D2", 3, ANN))
    assert isinstance(beside.ratings["D2"], Rating)
    assert not any(note.startswith("No words were read") for note in beside.notes)
    part = unread.model_copy(update={"language": limit.model_copy(update={"coded": "in_part"})})
    assert (
        f"Coded in part by {JUDGE.name}: what turns in Spanish (es) hold was not read and is unknown."
        in screened(part).notes
    )
    assert screened(rating("D2", 1)).language_limits == {}
