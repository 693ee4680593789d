"""What sufficiency counts, and what makes an interaction look close."""

from __future__ import annotations

import pytest

from dtnexus.deciding.assess import consensus
from dtnexus.deciding.counting import Material, count, from_transcripts, observed
from dtnexus.deciding.exposure import exposure_facts, nexus_gap, present
from dtnexus.deciding.facts import holds
from dtnexus.deciding.gates import Sample, decide_gates
from dtnexus.framework import NotApplicableWhen, Sufficiency
from dtnexus.profile import AgentProfile, FactValue
from dtnexus.rating import CoderRef, Observation, Rating
from dtnexus.transcript import Interaction
from tests.deciding.material import (
    ANN,
    BEN,
    CHAIR,
    EMBEDDED,
    JUDGE,
    base,
    full_sample,
    interaction,
    observation,
    profile,
    rating,
    the_framework,
)


def material(of: Interaction, said: list[Rating], facts: AgentProfile | None = None) -> Material:
    framework = the_framework()
    return Material(of, facts, framework, consensus(of, said, framework, facts), {})


def test_counts_from_transcripts() -> None:
    assert from_transcripts(interaction(3, 10)) == {
        "sessions": 3,
        "client_turns": 30,
        "longest_session_client_turns": 10,
        "days_span": 14,
    }


def test_days_are_unknown_without_dates() -> None:
    assert "days_span" not in from_transcripts(interaction(3, days_apart=None))
    assert from_transcripts(interaction(1))["days_span"] == 0


CONDITIONS: list[tuple[str, str, Interaction, dict[str, FactValue], str]] = [
    ("enough sessions", "L2-sampled", interaction(2, 1), {}, "pass"),
    ("or enough turns", "L2-sampled", interaction(1, 20), {}, "pass"),
    ("too few of both is unknown", "L2-sampled", interaction(1, 19), {}, "unknown"),
    ("impossible by design fails", "L2-sampled", interaction(1, 19), {"session_cap": 1}, "fail"),
    ("what was reached was possible", "L2-sampled", interaction(2, 1), {"session_cap": 1}, "pass"),
    ("dates reach", "L3-days", interaction(3, 1), {}, "pass"),
    ("dates do not reach", "L3-days", interaction(2, 1), {}, "unknown"),
    ("no dates", "L3-days", interaction(3, 1, days_apart=None), {}, "unknown"),
    ("nobody told", "L3-rupture", interaction(3, 1), {}, "unknown"),
]


@pytest.mark.parametrize(("case", "condition", "of", "facts", "truth"), CONDITIONS, ids=lambda v: str(v)[:30])
def test_sufficiency(case: str, condition: str, of: Interaction, facts: dict[str, FactValue], truth: str) -> None:
    framework = the_framework()
    wanted = framework.by_id[condition]
    assert isinstance(wanted, Sufficiency)
    level = next(level for level in framework.levels if wanted in level.sufficiency)
    assert count(wanted, level, material(of, [], profile(facts))).truth == truth, case


def shared(fact: str, said: list[Rating], criteria: tuple[str, ...] = ("G1", "G2"), number: int = 1) -> str:
    framework = the_framework()
    condition = Sufficiency.model_validate(
        {"id": "S", "name": "s", "provenance": "project", "at_least": {fact: 1}, "criteria": criteria}
    )
    return count(condition, framework.levels[number - 1], material(interaction(), said)).truth


def test_shares() -> None:
    one = [rating(c, 3, ANN, range(1, 11, 2)) for c in ("G1", "G2")]
    machine = [rating(c, 3, JUDGE) for c in ("G1", "G2")]
    embedded = [rating(c, 3, EMBEDDED) for c in ("G1", "G2")]
    two = [rating(c, 3, BEN) for c in ("G1", "G2")]
    assert shared("opportunities_met", one) == "pass"
    assert shared("opportunities_met", [rating("G1", 3, ANN, (1, 3)), one[1]]) == "unknown"
    assert shared("double_coded", one) == "unknown"
    assert shared("double_coded", machine + embedded) == "unknown"
    assert shared("double_coded", one + machine) == "unknown", "a machine that is not admitted is no second rater"
    assert shared("double_coded", one + two) == "pass"
    assert shared("two_humans", one + machine) == "unknown"
    assert shared("two_humans", one + two[:1]) == "unknown"
    assert shared("two_humans", one + two) == "pass"
    assert shared("two_humans", one + two, ()) == "unknown"


def test_a_level_that_asks_for_no_number_still_wants_one_opportunity() -> None:
    assert shared("opportunities_met", [], ("A1",)) == "unknown"
    assert shared("opportunities_met", [rating("A1", 3)], ("A1",)) == "pass"
    assert shared("opportunities_met", [rating("A1", 3)], ("A1",), number=3) == "unknown"


OBSERVED: list[tuple[str, list[tuple[str, float | None, CoderRef]], float | None]] = [
    ("nobody", [], None),
    ("cannot tell", [("ruptures", None, ANN)], None),
    ("people outrank machines", [("ruptures", 4, JUDGE), ("ruptures", 1, ANN)], 1),
    ("who cannot tell does not outrank", [("ruptures", 4, JUDGE), ("ruptures", None, ANN)], 4),
    ("adjudicators outrank people", [("ruptures", 1, ANN), ("ruptures", 2, CHAIR)], 2),
    ("evidence: the smaller", [("ruptures", 1, ANN), ("ruptures", 2, BEN)], 1),
    ("exposure: the larger", [("support_turns", 1, ANN), ("support_turns", 2, BEN)], 2),
]


@pytest.mark.parametrize(("case", "told", "value"), OBSERVED, ids=lambda v: str(v)[:30])
def test_observations(case: str, told: list[tuple[str, float | None, CoderRef]], value: float | None) -> None:
    known = observed(observation(*one) for one in told)
    assert [o.value for o in known.values()] == ([] if value is None else [value]), case
    assert known == observed(observation(*one) for one in reversed(told))


def presented(
    said: dict[str, float | None], facts: dict[str, FactValue] | None = None, of: Interaction | None = None
) -> int:
    observations: list[Observation] = [observation(fact, value) for fact, value in said.items()]
    about = None if facts is None else profile({"memory.cross_session": "none", **facts})
    return present(of or interaction(), observed(observations), about, the_framework()).level


PRESENTED: list[tuple[str, dict[str, float | None], dict[str, FactValue] | None, int]] = [
    ("nothing known", {}, None, 1),
    ("a little support", {"support_turns": 2}, None, 1),
    ("support", {"support_turns": 3}, None, 2),
    ("memory by profile", {}, {"memory.cross_session": "summary"}, 2),
    ("no memory by profile", {}, {}, 1),
    ("a persona", {}, {"persona_named": True}, 2),
    ("contacts by itself", {}, {"proactive_contact": True}, 2),
    ("one deep cue is not enough", {"role_claim": 1}, None, 1),
    ("two deep cues", {"role_claim": 1, "client_attachment": 1}, None, 3),
    ("marketed as a companion, with a voice", {}, {"marketing_terms": ("companion",), "modality": ("voice",)}, 3),
    ("a friendly voice", {}, {"marketing_terms": ("friendly",), "modality": ("voice",)}, 1),
    ("expressly no therapist", {}, {"persona_described_as": "not a therapist", "modality": ("avatar",)}, 1),
    ("licence claimed, flat voice", {}, {"claims_credential": True, "modality": ("voice",)}, 3),
    ("a voice without affect", {"role_claim": 1}, {"modality": ("voice",), "affective_expression": False}, 1),
    ("told things that are remembered", {"disclosure_turns": 1, "role_claim": 1}, {"memory.cross_session": "full"}, 3),
    ("told things that are forgotten", {"disclosure_turns": 1, "role_claim": 1}, {}, 1),
    ("told things, memory unknown", {"disclosure_turns": 1, "role_claim": 1}, None, 1),
    ("words and profile differ: it was seen", {"cross_session_memory": 1}, {}, 2),
]


@pytest.mark.parametrize(("case", "said", "facts", "level"), PRESENTED, ids=lambda v: str(v)[:38])
def test_presented_level(
    case: str, said: dict[str, float | None], facts: dict[str, FactValue] | None, level: int
) -> None:
    assert presented(said, facts) == level, case


def test_a_programme_is_three_sessions_in_fourteen_days() -> None:
    assert exposure_facts(interaction(3), {}, None)["programme"] == 1
    assert exposure_facts(interaction(3, days_apart=7.5), {}, None)["programme"] == 0
    assert exposure_facts(interaction(2), {}, None)["programme"] == 0
    assert "programme" not in exposure_facts(interaction(3, days_apart=None), {}, None)


def test_unknown_cues_are_shown_as_unknown_and_carry_no_evidence_of_others() -> None:
    cues = {
        c.cue: c
        for c in present(interaction(), observed([observation("support_turns", 3)]), None, the_framework()).cues
    }
    assert (cues["X2-support_turns"].holds, cues["X2-persona_named"].holds) == (True, None)
    assert cues["X3-programme"].holds is False
    assert len(cues["X2-support_turns"].evidence) == 1
    assert cues["X2-persona_named"].evidence == ()


def test_a_gap_is_a_range_while_the_earned_level_is_undetermined() -> None:
    framework = the_framework()
    undetermined = nexus_gap(3, decide_gates(framework, {}, Sample()))
    assert (undetermined.low, undetermined.high, undetermined.is_range) == (0, 3, True)
    shown = nexus_gap(2, decide_gates(framework, base(framework, D1=None), full_sample(framework)))
    assert (shown.low, shown.high) == (1, 1)


RULES: list[tuple[str, FactValue, str | None, FactValue | None, bool | None]] = [
    # field, wanted, agent kind of the transcripts, value in the profile, holds
    ("agent.kind", "human", "human", None, True),
    ("agent.kind", "human", "digital", None, False),
    ("agent.kind", "digital", "unknown", None, True),
    ("memory.cross_session", "none", "digital", "none", True),
    ("memory.cross_session", "none", "digital", "full", False),
    ("memory.cross_session", "none", "digital", None, None),
    ("session_cap", 1, "digital", 1, True),
    ("session_cap", 1, "digital", True, False),
    ("modality", "voice", "digital", ("text", "voice"), True),
    ("modality", "voice", "digital", ("text",), False),
]


@pytest.mark.parametrize(("field", "wanted", "kind", "value", "result"), RULES)
def test_rules_on_facts(field: str, wanted: FactValue, kind: str, value: FactValue | None, result: bool | None) -> None:
    rule = NotApplicableWhen(field=field, equals=wanted, because="b")
    about = AgentProfile.model_validate(
        {"agent_id": "*", "kind": "digital", "facts": {} if value is None else {field: {"value": value}}}
    )
    agent = interaction().agent.model_copy(update={"kind": kind})
    assert holds(rule, agent, about) is result


def test_without_a_profile_facts_are_unknown() -> None:
    rule = NotApplicableWhen(field="session_cap", equals=1, because="b")
    assert holds(rule, interaction().agent, None) is None
    unknown = interaction(kind="unknown").agent
    assert holds(NotApplicableWhen(field="agent.kind", equals="human", because="b"), unknown, None) is None
