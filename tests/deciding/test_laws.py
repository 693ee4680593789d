"""Laws of framework.md 2.9 and style.md 4, for any findings and any statements."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dtnexus.assessment import Assessment, Earned, Truth
from dtnexus.deciding.assess import assess
from dtnexus.deciding.derived import shifted
from dtnexus.deciding.gates import Finding, Sample, decide_gates
from dtnexus.deciding.indicate import indicate
from dtnexus.rating import CoderRef, Said
from tests.deciding.material import (
    ANN,
    BEN,
    CHAIR,
    EMBEDDED,
    JUDGE,
    base,
    failure,
    interaction,
    observation,
    profile,
    rating,
    silent,
    the_framework,
)

FRAMEWORK = the_framework()
IDS = [criterion.id for criterion in FRAMEWORK.criteria]
CODERS = (ANN, BEN, CHAIR, EMBEDDED, JUDGE)
LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TRUTHS: tuple[Truth, ...] = ("pass", "pass", "pass", "unknown", "fail")


@st.composite
def one_finding(draw: st.DrawFn, star: bool) -> Finding:
    score = draw(st.sampled_from((None, 0, 1, 2, 3, 3, 3, 3, 4)))
    by_people = draw(st.sampled_from((True, True, True, False)))
    zero: Literal["none", "flagged", "confirmed"] = "none"
    if star and score == 0:
        zero = draw(st.sampled_from(("flagged", "confirmed"))) if by_people else "flagged"
    return Finding(
        score,
        by_people=by_people,
        zero=zero,
        contested=score is not None and draw(st.sampled_from((False, False, True))),
        opportunities=draw(st.sampled_from((None, None, 0, 1, 3, 9))),
    )


@st.composite
def findings(draw: st.DrawFn) -> dict[str, Finding]:
    """Mostly adequate, with a handful of criteria at anything."""
    known = base(FRAMEWORK)
    for key in draw(st.lists(st.sampled_from(IDS), max_size=6, unique=True)):
        known[key] = draw(one_finding(FRAMEWORK.criterion(key).star))
    return known


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    conditions = [condition.id for level in FRAMEWORK.levels for condition in level.sufficiency]
    return Sample(
        sufficiency={condition: draw(st.sampled_from(TRUTHS)) for condition in conditions},
        profile_caps={"CAP-memory": draw(st.sampled_from((False, False, True, None)))},
        synthetic_only=draw(st.booleans()),
    )


def not_lower(after: Earned, before: Earned) -> bool:
    if before.outcome == "disqualified":
        return True
    return after.outcome != "disqualified" and after.shown >= before.shown and after.ceiling >= before.ceiling


def raised(finding: Finding, score: int) -> Finding:
    return replace(finding, score=score, zero="none")


def test_thresholds_never_decrease_with_the_level() -> None:
    for lower, higher in zip(FRAMEWORK.levels, FRAMEWORK.levels[1:], strict=False):
        assert all(higher.thresholds[criterion] >= wanted for criterion, wanted in lower.thresholds.items())
    assert [len(level.thresholds) for level in FRAMEWORK.levels] == [10, 20, 24]


@LAW
@given(findings(), samples(), st.sampled_from(IDS))
def test_raising_a_score_never_lowers_the_outcome(known: dict[str, Finding], sample: Sample, key: str) -> None:
    score = known[key].score
    if score is None:
        return
    before, indicated = decide_gates(FRAMEWORK, known, sample), indicate(FRAMEWORK, known).level
    for higher in range(score + 1, 5):
        better = {**known, key: raised(known[key], higher)}
        assert not_lower(decide_gates(FRAMEWORK, better, sample), before)
        level = indicate(FRAMEWORK, better).level
        assert level is None or indicated is None or level >= indicated


@LAW
@given(findings(), samples(), st.sampled_from(IDS))
def test_a_pass_in_place_of_not_observable_never_lowers_what_is_shown(
    known: dict[str, Finding], sample: Sample, key: str
) -> None:
    before = decide_gates(FRAMEWORK, {**known, key: Finding(None)}, sample)
    for finding in (Finding(3), Finding(4), Finding(3, by_people=False), Finding(4, opportunities=1)):
        assert decide_gates(FRAMEWORK, {**known, key: finding}, sample).shown >= before.shown


@LAW
@given(findings(), samples(), st.sampled_from(IDS), st.booleans())
def test_a_fail_in_place_of_not_observable_never_raises_the_ceiling(
    known: dict[str, Finding], sample: Sample, key: str, by_people: bool
) -> None:
    before = decide_gates(FRAMEWORK, {**known, key: Finding(None)}, sample)
    for score in (0, 1, 2):
        finding = Finding(score, by_people=by_people)
        assert decide_gates(FRAMEWORK, {**known, key: finding}, sample).ceiling <= before.ceiling


@LAW
@given(findings(), samples())
def test_stricter_thresholds_never_help(known: dict[str, Finding], sample: Sample) -> None:
    milder, here, stricter = (
        decide_gates(framework, known, sample)
        for framework in (shifted(FRAMEWORK, -1), FRAMEWORK, shifted(FRAMEWORK, 1))
    )
    assert milder.shown >= here.shown >= stricter.shown
    assert milder.ceiling >= here.ceiling >= stricter.ceiling


@LAW
@given(findings(), samples())
def test_an_earned_level_has_no_open_condition_and_every_other_result_has_one(
    known: dict[str, Finding], sample: Sample
) -> None:
    earned = decide_gates(FRAMEWORK, known, sample)
    opened = {c.level for c in (*earned.failing, *earned.missing)}
    assert all(level > earned.shown for level in opened)
    assert earned.shown == 3 or (opened and earned.would_change)
    assert all(c.level > earned.ceiling for c in earned.failing)


@LAW
@given(findings(), samples(), st.sampled_from(("D4", "F1", "F2", "F3", "G1", "G2", "G3")))
def test_a_flag_shows_nothing_and_excludes_nothing(known: dict[str, Finding], sample: Sample, key: str) -> None:
    before = decide_gates(FRAMEWORK, known, sample)
    after = decide_gates(FRAMEWORK, {**known, key: replace(known[key], zero="flagged")}, sample)
    if before.outcome != "disqualified":
        assert (after.shown, after.ceiling) == (0, before.ceiling)


RATED = ("A1", "B1", "D1", "D2", "G1", "G2", "F1")


@st.composite
def statements(draw: st.DrawFn, coders: tuple[CoderRef, ...] = CODERS) -> Said:
    criterion, coder = draw(st.sampled_from(RATED)), draw(st.sampled_from(coders))
    kind = draw(st.sampled_from(("rating", "rating", "rating", "silent", "failure", "observation")))
    match kind:
        case "rating":
            turns = draw(st.lists(st.sampled_from((1, 3, 5)), min_size=1, max_size=3, unique=True))
            return rating(criterion, draw(st.integers(0, 4)), coder, turns)
        case "silent":
            return silent(criterion, coder)
        case "failure":
            return failure(criterion, coder)
        case _:
            return observation("support_turns", draw(st.sampled_from((None, 0.0, 5.0))), coder)


HELD = interaction(3, 10)
ABOUT = profile(H1=1, H2=3, H3=3)


def decided(said: list[Said]) -> Assessment:
    return assess(HELD, said, FRAMEWORK, ABOUT)


@LAW
@given(st.lists(statements(), max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_statements_and_coders_is_irrelevant(said: list[Said], chance: object) -> None:
    mixed = list(said)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert decided(mixed).to_json() == decided(said).to_json()


@LAW
@given(st.lists(statements(), max_size=8), st.sampled_from(RATED), st.sampled_from(CODERS))
def test_adding_a_failure_never_moves_an_estimate(said: list[Said], criterion: str, coder: CoderRef) -> None:
    before, after = decided(said), decided([*said, failure(criterion, coder)])
    for field in ("presented", "indicated", "gap", "risks", "sensitivity", "consensus", "presented_details"):
        assert getattr(after, field) == getattr(before, field), field
    assert (after.earned.outcome, after.earned.shown, after.earned.ceiling) == (
        before.earned.outcome,
        before.earned.shown,
        before.earned.ceiling,
    )
    assert after.coverage.rated == before.coverage.rated


@LAW
@given(st.lists(statements(), max_size=8))
def test_json_and_back_is_the_same(said: list[Said]) -> None:
    result = decided(said)
    assert Assessment.from_json(result.to_json()) == result


@LAW
@given(st.lists(statements(), max_size=7), statements((ANN, BEN, EMBEDDED, JUDGE)))
def test_a_present_risk_never_disappears_when_a_result_is_added(said: list[Said], more: Said) -> None:
    before, after = ({r.id: r for r in decided(s).risks} for s in (said, [*said, more]))
    for risk, finding in before.items():
        if finding.status == "found" and risk != "R20":
            assert after[risk].status == "found"
            assert after[risk].events >= finding.events


@LAW
@given(st.lists(statements(), max_size=8))
def test_alliance_words_need_an_earned_level_3(said: list[Said]) -> None:
    result = decided(said)
    assert (result.alliance_parallel is None) == (result.earned.outcome != "level_3")
