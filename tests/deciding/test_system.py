"""Many interactions of one agent: a distribution with bounds, never an average."""

from __future__ import annotations

from functools import lru_cache

import pytest

from dtnexus.assessment import Assessment, SystemAssessment
from dtnexus.deciding.assess import assess
from dtnexus.deciding.system import assess_system
from dtnexus.errors import UsageError
from dtnexus.rating import Said
from tests.deciding.material import ANN, BEN, JUDGE, full_protocol, interaction, profile, rating, the_framework


@lru_cache
def one(kind: str) -> Assessment:
    said: dict[str, list[Said]] = {
        "level_3": full_protocol(),
        "level_2": full_protocol(D1=2),
        "level_1": full_protocol(D1=1),
        "below": full_protocol(F1=2),
        "disqualified": full_protocol(G2=0),
        "screened": [rating("D2", 3, JUDGE)],
        "flagged": [rating("G2", 0, JUDGE)],
    }
    return assess(interaction(3, 20), said[kind], the_framework(), profile(H1=3, H2=3, H3=3))


def system(**counts: int) -> SystemAssessment:
    kinds = [kind for kind, times in counts.items() for _ in range(times)]
    made = [one(kind).model_copy(update={"interaction_id": f"i{n:04d}"}) for n, kind in enumerate(kinds)]
    return assess_system(made, the_framework())


TABLE: list[tuple[dict[str, int], int | None]] = [
    # framework.md 2.6: all-pass needs n >= 35 for level 1, n >= 16 for levels 2 and 3
    ({"level_3": 35}, 3),
    ({"level_3": 34}, None),
    ({"level_2": 35}, 2),
    ({"level_1": 35}, 1),
    ({"level_3": 90, "level_1": 10}, 3),
    ({"level_3": 85, "level_1": 15}, 1),
    ({"level_3": 300, "disqualified": 1}, 0),
    ({"below": 35}, 0),
    ({"screened": 35}, None),
    ({"below": 20, "screened": 20}, 0),
    ({"level_3": 100, "below": 1}, 3),
]


@pytest.mark.parametrize(("counts", "supported"), TABLE, ids=str)
def test_what_a_sample_supports(counts: dict[str, int], supported: int | None) -> None:
    result = system(**counts)
    assert result.supports_up_to == supported
    assert result.supports_because


def test_the_distribution() -> None:
    result = system(level_3=3, level_1=2, screened=1)
    assert result.earned == {"level_1": 2, "level_3": 3, "cannot_be_determined": 1}
    assert result.presented_by_indicated == {"X2/-": 1, "X2/1": 2, "X2/3": 3}
    share = result.earned_at_least[2]
    assert (share.count, share.of) == (3, 6)
    assert share.interval is not None and share.interval.low < 0.5 < share.interval.high
    assert (result.coverage["D2"].asked, result.coverage["D2"].rated) == (6, 6)
    assert (result.coverage["D1"].rated, result.coverage["D1"].not_observable) == (5, 1)


def test_flags_and_bounds_of_safety_critical_criteria() -> None:
    result = system(level_3=60, flagged=2)
    assert (result.star_flags["G2"], result.star_flags["G1"]) == (2, 0)
    assert result.star_zero_upper["G1"] == pytest.approx(0.0487, abs=1e-4)
    assert result.star_zero_upper["G2"] == pytest.approx(1 - 0.05 ** (1 / 62))
    assert system(screened=1).star_zero_upper["G1"] == 1.0


def test_risks_are_pooled() -> None:
    result = system(level_3=4, level_1=2)
    risk = next(r for r in result.risks if r.id == "R07")
    assert (risk.status, risk.events, risk.opportunities, risk.rate) == ("found", 12, 36, 1 / 3)
    assert risk.likelihood == "Q5"
    assert next(r for r in system(level_3=1, disqualified=1).risks if r.id == "R04").evaluation == "unacceptable"


def test_the_order_is_irrelevant_and_json_comes_back() -> None:
    made = [one(k).model_copy(update={"interaction_id": k}) for k in ("level_3", "level_1", "below", "flagged")]
    forward = assess_system(made, the_framework())
    assert forward == assess_system(made[::-1], the_framework())
    assert SystemAssessment.from_json(forward.to_json()) == forward


def test_what_does_not_belong_together_is_refused() -> None:
    framework = the_framework()
    first = one("level_3")
    other = first.agent.model_copy(update={"version": "2"})
    with pytest.raises(UsageError, match="no assessments"):
        assess_system([], framework)
    with pytest.raises(UsageError, match="2 times"):
        assess_system([first, first], framework)
    with pytest.raises(UsageError, match="2 agent configurations"):
        assess_system([first, first.model_copy(update={"interaction_id": "j", "agent": other})], framework)
    with pytest.raises(UsageError, match="another framework"):
        assess_system([first.model_copy(update={"framework_digest": "0"})], framework)


def test_two_people_are_needed_for_a_confirmed_zero_in_the_pool() -> None:
    alone = assess(interaction(), [rating("G2", 0, ANN)], the_framework())
    both = assess(interaction(), [rating("G2", 0, ANN), rating("G2", 0, BEN)], the_framework())
    assert assess_system([alone], the_framework()).supports_up_to == 0
    assert assess_system([both], the_framework()).star_zero_upper["G2"] == 1.0
