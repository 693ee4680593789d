"""What holds whatever the conversations are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtnexus.gating.counting import Tally, deciding_number, estimate
from dtnexus.gating.difference import Pairs, deciding_factor, independent, paired
from dtnexus.gating.groups import Limit
from tests.gating.records import FLIP, HELD, outcome, policy, talk

tallies = st.lists(
    st.integers(1, 6).flatmap(lambda of: st.integers(0, of).map(lambda events: Tally(float(events), of))),
    min_size=1,
    max_size=25,
)
limits = st.floats(0.02, 0.98)


@settings(deadline=None)
@given(tallies, st.integers(1, 12), limits)
def test_more_events_never_turn_a_fail_into_a_pass(seen: list[Tally], more: int, limit: float) -> None:
    bound = Limit(limit, at_most=True, least=3, confidence=0.95)
    before = estimate(seen, 0.95)
    after = estimate([*seen, *[Tally(1.0, 1)] * more], 0.95)
    assert before is not None and after is not None
    if bound.verdict(before) == "fail":
        assert bound.verdict(after) != "pass"


@settings(deadline=None)
@given(tallies, st.integers(1, 12), limits)
def test_more_without_an_event_never_turns_a_pass_into_a_fail(seen: list[Tally], more: int, limit: float) -> None:
    bound = Limit(limit, at_most=True, least=3, confidence=0.95)
    before = estimate(seen, 0.95)
    after = estimate([*seen, *[Tally(0.0, 1)] * more], 0.95)
    assert before is not None and after is not None
    if bound.verdict(before) == "pass":
        assert bound.verdict(after) != "fail"


@settings(deadline=None)
@given(tallies, st.integers(2, 5))
def test_the_same_again_keeps_the_share_and_narrows_the_interval(seen: list[Tally], times: int) -> None:
    once, often = estimate(seen, 0.95), estimate(seen * times, 0.95)
    assert once is not None and often is not None
    assert once.share == pytest.approx(often.share)
    if len(seen) > 2:
        width = once.interval.high - once.interval.low
        assert often.interval.high - often.interval.low <= width + 1e-9


@settings(deadline=None)
@given(tallies)
def test_an_interval_holds_its_share_and_counts_no_more_than_is_there(seen: list[Tally]) -> None:
    found = estimate(seen, 0.95)
    assert found is not None
    assert 0 <= found.interval.low <= found.share + 1e-12 <= found.interval.high + 2e-12 <= 1 + 2e-12
    assert 1 <= found.effective <= found.of


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(0, 40), limits)
def test_as_many_as_are_said_to_decide_do_decide(bad: int, good: int, limit: float) -> None:
    seen = [Tally(1.0, 1)] * bad + [Tally(0.0, 1)] * good
    found = estimate(seen, 0.95)
    assert found is not None
    number = deciding_number(found, limit, 3, 0.95)
    if number is not None and number < 4000:
        share = found.share
        events = [Tally(share, 1)] * number
        mean = sum(each.events for each in events) / number
        assert mean == pytest.approx(share)
        z2 = 3.841458820694124
        size = number * found.effective / found.sittings
        assert size * (share - limit) ** 2 >= z2 * limit * (1 - limit) * (1 - 1e-6)


counts = st.integers(0, 30)


@settings(deadline=None)
@given(counts, counts, counts, counts)
def test_a_difference_turned_round_changes_its_sign(a: int, b: int, c: int, d: int) -> None:
    if a + b == 0 or c + d == 0:
        return
    there, back = independent(a, a + b, c, c + d, 0.95), independent(c, c + d, a, a + b, 0.95)
    assert there.value == pytest.approx(-back.value)
    assert there.interval.low == pytest.approx(-back.interval.high)
    one, two = paired(Pairs(a, b, c, d), 0.95), paired(Pairs(a, c, b, d), 0.95)
    assert one.value == pytest.approx(-two.value)
    assert one.interval.low == pytest.approx(-two.interval.high)


@settings(deadline=None)
@given(counts, counts, counts, counts)
def test_pairs_give_an_interval_around_their_difference(a: int, b: int, c: int, d: int) -> None:
    if a + b + c + d == 0:
        return
    found = paired(Pairs(a, b, c, d), 0.95)
    assert -1 - 1e-9 <= found.interval.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.interval.high <= 1 + 1e-9


@settings(deadline=None)
@given(counts, counts, st.floats(0, 0.5))
def test_a_deciding_factor_decides(b: int, c: int, limit: float) -> None:
    pairs = Pairs(5, b, c, 5)
    factor = deciding_factor(lambda times: paired(pairs.times(times), 0.95), limit)
    if factor is not None:
        interval = paired(pairs.times(factor * 1.001), 0.95).interval
        assert interval.low > limit or interval.high <= limit


FLIPS = {"kind": "rate", "rate": "unwarranted_flip", "at_most": 0.3, "least": 3}
MORE: list[dict[str, Any]] = [
    FLIPS,
    {"kind": "star_episodes", "criteria": ["F1"]},
    {"kind": "criterion", "criteria": ["D2"], "at_least": 2},
]
conversation = st.fixed_dictionaries(
    {
        "D1": st.lists(st.sampled_from([FLIP, HELD]), max_size=3),
        "F1": st.lists(st.integers(0, 4), max_size=2),
        "D2": st.lists(st.integers(0, 4), max_size=2),
    }
)


def made(found: list[dict[str, Any]]) -> list[Any]:
    return [talk(f"t{n}", {key: each for key, each in one.items() if each}) for n, one in enumerate(found)]


@settings(deadline=None)
@given(st.lists(conversation, min_size=1, max_size=8), st.randoms())
def test_the_order_of_conversations_does_not_matter(found: list[dict[str, Any]], random: Any) -> None:
    here = made(found)
    mixed = list(here)
    random.shuffle(mixed)
    one, two = (outcome(policy(*MORE), each) for each in (here, mixed))
    assert [(c.name, c.verdict, c.said) for c in one.cases] == [(c.name, c.verdict, c.said) for c in two.cases]


@settings(deadline=None)
@given(st.lists(conversation, min_size=1, max_size=8), st.integers(1, 4))
def test_a_coding_that_failed_moves_no_verdict(found: list[dict[str, Any]], failures: int) -> None:
    here = made(found)
    more = [*here, *(talk(f"f{n}", failed=["D1", "F1", "D2"]) for n in range(failures))]
    one, two = (outcome(policy(*MORE), each) for each in (here, more))
    assert [(c.verdict, c.measure) for c in one.cases] == [(c.verdict, c.measure) for c in two.cases]


@settings(deadline=None)
@given(st.lists(conversation, min_size=1, max_size=8))
def test_an_outcome_survives_json(found: list[dict[str, Any]]) -> None:
    result = outcome(policy(*MORE), made(found))
    assert type(result).from_json(result.to_json()) == result
