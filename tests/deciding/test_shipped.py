"""The golden cases hold with the shipped framework too, and the two fit together."""

from __future__ import annotations

import pytest

from dtnexus.catalog.loader import load_framework
from dtnexus.deciding.alliance import lint
from dtnexus.deciding.assess import assess
from dtnexus.deciding.gates import decide_gates
from dtnexus.framework import Framework
from tests.deciding.material import ANN, base, full_protocol, full_sample, interaction, observation, profile
from tests.deciding.test_gates import GOLDEN, Changes

FIELDS_READ = {
    "memory.cross_session",
    "persona_named",
    "persona_biography",
    "proactive_contact",
    "modality",
    "affective_expression",
    "programme",
    "claims_credential",
    "marketing_terms",
    "persona_described_as",
}


@pytest.fixture(scope="module")
def shipped() -> Framework:
    return load_framework("dtn-op")


@pytest.mark.parametrize(
    ("case", "changes", "sampled", "outcome", "shown", "ceiling"), GOLDEN, ids=lambda v: str(v)[:28]
)
def test_golden_cases(
    shipped: Framework,
    case: str,
    changes: Changes,
    sampled: dict[str, str],
    outcome: str,
    shown: int,
    ceiling: int,
) -> None:
    earned = decide_gates(shipped, base(shipped, **changes), full_sample(shipped, **sampled))
    assert (earned.outcome, earned.shown, earned.ceiling) == (outcome, shown, ceiling), case


def test_thresholds_never_decrease_with_the_level(shipped: Framework) -> None:
    for lower, higher in zip(shipped.levels, shipped.levels[1:], strict=False):
        assert all(higher.thresholds[criterion] >= wanted for criterion, wanted in lower.thresholds.items())
    assert [len(level.thresholds) for level in shipped.levels] == [10, 20, 24]


def test_the_profile_fields_that_exposure_reads_exist(shipped: Framework) -> None:
    known = {field.name for difference in shipped.differences for field in difference.fields}
    assert known >= FIELDS_READ


def test_a_full_protocol_reaches_level_3(shipped: Framework) -> None:
    told = ("goal_revisions", "disagreements", "memory_on_late_probes", "reliability_met", "documents_current")
    said = [*full_protocol(), *(observation(fact, 1, ANN) for fact in told)]
    result = assess(interaction(3, 20), said, shipped, profile(H1=3, H2=3, H3=3))
    assert result.earned.would_change == ()
    assert result.earned.outcome == "level_3"
    short = assess(interaction(1, 20), said, shipped, profile(H1=3, H2=3, H3=3)).earned
    assert (short.shown, short.ceiling) == (2, 3)
    assert "At least 3 sessions" in " ".join(short.would_change)


def test_what_is_said_below_level_3_keeps_the_lock(shipped: Framework) -> None:
    for changes in ({}, {"D1": 1}, {"F1": 2}, {"G2": 0}):
        result = assess(interaction(), full_protocol(**changes), shipped)
        prose = [*result.notes, *result.earned.would_change, result.indicated_details.why]
        prose += [f"{c.found} {c.wanted}" for c in (*result.earned.failing, *result.earned.missing)]
        assert result.alliance_withheld_because is not None
        assert lint("\n".join([*prose, result.alliance_withheld_because]), result.earned, shipped) == ()
