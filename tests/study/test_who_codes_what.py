from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtnexus.errors import UsageError
from dtnexus.study.planning import Candidate, StudyPlan, plan_study
from dtnexus.study.settings import StudySettings

CODERS = ("p1", "p2", "p3", "p4")


def units(stars: int, rest: int) -> list[Candidate]:
    starred = [Candidate(unit_id=f"s{at:03d}", star=True, words=300) for at in range(stars)]
    return starred + [Candidate(unit_id=f"u{at:03d}", star=False, words=300) for at in range(rest)]


def coders_of(plan: StudyPlan) -> Counter[str]:
    return Counter(one.unit_id for one in plan.planned)


@pytest.mark.parametrize(
    ("stars", "rest", "star_share", "rest_share", "shared"),
    [
        (10, 40, 1.0, 0.25, (10, 10)),
        (10, 41, 1.0, 0.25, (10, 11)),  # at least a quarter: 10.25 becomes 11
        (0, 8, 1.0, 0.25, (0, 2)),
        (3, 1, 1.0, 0.25, (3, 1)),
        (10, 10, 0.5, 0.0, (5, 0)),
        (4, 10, 1.0, 1.0, (4, 10)),
        (0, 100, 1.0, 0.07, (0, 7)),  # 0.07 * 100 is 7.000000000000001 in floats
    ],
)
def test_the_shares_are_kept(
    stars: int, rest: int, star_share: float, rest_share: float, shared: tuple[int, int]
) -> None:
    settings = StudySettings(seed=3, star_overlap=star_share, rest_overlap=rest_share)
    plan = plan_study(units(stars, rest), CODERS, settings)
    assert (plan.star_shared, plan.rest_shared) == shared
    counts = coders_of(plan)
    assert len(counts) == stars + rest
    assert sum(count == 2 for count in counts.values()) == sum(shared)
    assert set(counts.values()) <= {1, 2}


@given(stars=st.integers(0, 20), rest=st.integers(0, 60), coders=st.integers(2, 6), seed=st.integers(0, 999))
def test_laws(stars: int, rest: int, coders: int, seed: int) -> None:
    people = [f"p{at}" for at in range(coders)]
    given_units = units(stars, rest)
    plan = plan_study(given_units, people, StudySettings(seed=seed))
    assert plan == plan_study(given_units[::-1], people[::-1], StudySettings(seed=seed)), (
        "the order given is irrelevant"
    )
    pairs = [(one.unit_id, one.person_id) for one in plan.planned]
    assert len(set(pairs)) == len(pairs), "nobody codes a unit twice"
    loads = [load.units for load in plan.loads]
    assert max(loads) - min(loads) <= 1, "equal units are dealt evenly"
    for person in people:
        own = sorted(one.position for one in plan.planned if one.person_id == person)
        assert own == list(range(len(own)))


def test_each_coder_has_an_own_order_and_another_seed_another_plan() -> None:
    everything = StudySettings(seed=5, rest_overlap=1.0, coders_each=4)
    plan = plan_study(units(0, 20), CODERS, everything)
    orders = {who: [one.unit_id for one in plan.planned if one.person_id == who] for who in CODERS}
    assert len({tuple(order) for order in orders.values()}) == 4
    assert all(sorted(order) == sorted(orders["p1"]) for order in orders.values())
    assert all(order != sorted(order) for order in orders.values())
    assert plan != plan_study(units(0, 20), CODERS, everything.model_copy(update={"seed": 6}))


def test_who_reads_much_gets_less() -> None:
    long = [Candidate(unit_id="long", star=False, words=9_500)]
    plan = plan_study(long + units(0, 10), ("p1", "p2"), StudySettings(rest_overlap=0.0))
    loads = sorted((load.words + 500 * load.units, load.units) for load in plan.loads)
    assert [count for _, count in loads] == [10, 1]


def test_what_was_given_out_stays_and_what_was_declined_does_not_come_back() -> None:
    settings = StudySettings(seed=1)
    first = plan_study(units(4, 8), CODERS, settings)
    had: dict[str, list[str]] = {}
    for one in first.planned:
        had.setdefault(one.unit_id, []).append(one.person_id)
    again = plan_study(units(4, 8), CODERS, settings, had)
    assert again.planned == (), "nothing is given out twice"
    more = plan_study(units(4, 12), CODERS, settings, had)
    assert {one.unit_id for one in more.planned if one.unit_id not in had} == {"u008", "u009", "u010", "u011"}
    refuser = had["s000"][0]
    without = {**had, "s000": had["s000"][1:]}
    replaced = plan_study(units(4, 8), CODERS, settings, without, {"s000": [refuser]})
    assert [one.unit_id for one in replaced.planned] == ["s000"]
    assert replaced.planned[0].person_id not in had["s000"]


@pytest.mark.parametrize("coders", [(), ("p1",)])
def test_overlap_needs_two_people(coders: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="invite"):
        plan_study(units(1, 1), coders, StudySettings())


def test_one_coder_is_enough_without_overlap() -> None:
    plan = plan_study(units(1, 3), ("p1",), StudySettings(star_overlap=0.0, rest_overlap=0.0))
    assert len(plan.planned) == 4
    assert not any(one.overlap for one in plan.planned)
