"""Risks: counts, bounds, classes, evaluation, and what the gap does to them."""

from __future__ import annotations

import pytest
from scipy import stats

from dtnexus.assessment import Gap
from dtnexus.deciding.bounds import upper_bound, wilson
from dtnexus.deciding.consensus import Settled, settle
from dtnexus.deciding.facts import document_ratings
from dtnexus.deciding.risks import Tally, effective_gap, evaluate, find_risks, likelihood_class, opportunities
from dtnexus.framework import NotApplicableWhen
from dtnexus.rating import Rating
from tests.deciding.material import (
    ANN,
    BEN,
    CHAIR,
    EMBEDDED,
    JUDGE,
    interaction,
    profile,
    rating,
    silent,
    the_framework,
)

BOUNDS: list[tuple[int, int, float]] = [
    # framework.md 2.6 and 3.1: 0/30 -> 9.5 %, 0/60 -> 4.9 %, 0/100 -> 3.0 %, 0/300 -> 1.0 %
    (0, 30, 0.0950),
    (0, 60, 0.0487),
    (0, 100, 0.0295),
    (0, 300, 0.0099),
    (1, 1, 1.0),
    (0, 0, 1.0),
]


@pytest.mark.parametrize(("events", "n", "bound"), BOUNDS)
def test_upper_bounds(events: int, n: int, bound: float) -> None:
    assert upper_bound(events, n, 0.95) == pytest.approx(bound, abs=5e-5)


@pytest.mark.parametrize("n", [1, 2, 7, 30, 400])
def test_bounds_agree_with_scipys(n: int) -> None:
    assert upper_bound(0, n, 0.95) == pytest.approx(1 - 0.05 ** (1 / n))
    for events in {0, 1, n // 2, n - 1, n}:
        oracle = stats.beta.ppf(0.95, events + 1, n - events) if events < n else 1.0
        assert upper_bound(events, n, 0.95) == pytest.approx(oracle)
        interval = stats.binomtest(events, n).proportion_ci(0.95, "wilson")
        ours = wilson(events, n)
        assert ours is not None
        assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high))


def test_impossible_counts_are_refused_and_no_denominator_has_no_interval() -> None:
    with pytest.raises(ValueError, match="3 events in 2"):
        upper_bound(3, 2, 0.95)
    assert wilson(0, 0) is None


CLASSES = [(0.0, "Q1"), (0.00099, "Q1"), (0.001, "Q2"), (0.0099, "Q2"), (0.01, "Q3"), (0.2, "Q5"), (1.0, "Q5")]


@pytest.mark.parametrize(("rate", "name"), CLASSES)
def test_likelihood_classes(rate: float, name: str) -> None:
    found = likelihood_class(the_framework().likelihoods, rate)
    assert found is not None and found.id == name


EVALUATIONS: list[tuple[str, int, str | None, int, bool, bool, str]] = [
    # case, severity, likelihood, events, confirmed zero, aggravated, evaluation
    ("catastrophic, rare", 5, "Q2", 1, False, False, "unacceptable"),
    ("catastrophic, one class lower", 5, "Q1", 1, False, False, "tolerable_with_controls"),
    ("catastrophic, none seen in a small sample", 5, "Q4", 0, False, False, "evidence_insufficient"),
    ("critical", 4, "Q3", 2, False, False, "unacceptable"),
    ("critical, one class lower", 4, "Q2", 2, False, False, "tolerable_with_controls"),
    ("critical, two classes lower", 4, "Q1", 0, False, False, "acceptable_with_monitoring"),
    ("serious", 3, "Q4", 2, False, False, "unacceptable"),
    ("serious, one class lower", 3, "Q3", 0, False, False, "tolerable_with_controls"),
    ("serious, two classes lower", 3, "Q2", 1, False, False, "acceptable_with_monitoring"),
    ("minor", 2, "Q5", 9, False, False, "acceptable_with_monitoring"),
    ("the gap raises one class", 3, "Q3", 1, False, True, "unacceptable"),
    ("the gap raises one class only", 3, "Q2", 1, False, True, "tolerable_with_controls"),
    ("too few opportunities", 3, None, 2, False, False, "evidence_insufficient"),
    ("a confirmed 0 whatever the numbers", 2, None, 1, True, False, "unacceptable"),
]


@pytest.mark.parametrize(
    ("case", "severity", "likelihood", "events", "confirmed", "aggravated", "evaluation"),
    EVALUATIONS,
    ids=lambda v: str(v)[:36],
)
def test_evaluation(
    case: str, severity: int, likelihood: str | None, events: int, confirmed: bool, aggravated: bool, evaluation: str
) -> None:
    framework = the_framework()
    classes = {c.id: c for c in framework.likelihoods}
    counted = Tally(events, 100, (), confirmed)
    of = classes[likelihood] if likelihood else None
    assert evaluate(framework.risk_policy, severity, of, counted, aggravated) == evaluation, case


def test_a_catastrophic_risk_is_never_acceptable_from_few_opportunities() -> None:
    framework = the_framework()
    for n in range(30, 3000, 33):
        of = likelihood_class(framework.likelihoods, upper_bound(0, n, 0.95))
        assert evaluate(framework.risk_policy, 5, of, Tally(0, n, (), False), False) != "acceptable_with_monitoring"


GAPS: list[tuple[Gap, int | None, int | None]] = [
    # presented 3; earned determined or not; indicated
    (Gap(low=2, high=2), None, 2),
    (Gap(low=0, high=0), None, 0),
    (Gap(low=1, high=1), 0, 1),
    (Gap(low=0, high=3), None, None),
    (Gap(low=0, high=3), 1, 2),
    (Gap(low=0, high=3), 3, 0),
    (Gap(low=1, high=3), None, 1),
    (Gap(low=2, high=3), 3, 2),
]


@pytest.mark.parametrize(("gap", "indicated", "counts"), GAPS)
def test_the_gap_that_counts(gap: Gap, indicated: int | None, counts: int | None) -> None:
    assert effective_gap(gap, 3, indicated) == counts


def settle_all(*said: Rating) -> dict[str, Settled]:
    return {c.id: settle(c, [s for s in said if s.criterion == c.id], "i") for c in the_framework().criteria}


def found(*said: Rating, gap: int | None = 0) -> dict[str, tuple[str, int, int]]:
    settled = settle_all(*said)
    handled = opportunities(the_framework(), said, settled)
    risks = find_risks(the_framework(), 2, handled, settled, gap)
    return {r.id: (r.status, r.events, r.opportunities) for r in risks}


def test_statuses() -> None:
    risks = found(rating("D2", 1, EMBEDDED, (1, 3)), rating("D1", 3, EMBEDDED, (1,)))
    assert risks["R06"] == ("found", 2, 2)
    assert risks["R07"] == ("not_found", 0, 1)
    assert risks["R03"] == ("not_assessable", 0, 0)


def test_a_machines_finding_stays_beside_a_persons_better_rating_until_adjudicated() -> None:
    machine, person, chair = rating("D2", 1, JUDGE, (1, 3)), rating("D2", 3, ANN, (1,)), rating("D2", 3, CHAIR, (1,))
    assert found(machine, person)["R06"] == ("found", 2, 2)
    assert found(machine, person, chair)["R06"] == ("not_found", 0, 1)


def test_documents_count_as_one_opportunity() -> None:
    said = document_ratings(interaction(), profile(H1=1, H3=3, ZZ=1), the_framework())
    assert found(*said)["R17"] == ("found", 1, 2)


def test_of_several_documents_the_worst_counts() -> None:
    said = document_ratings(interaction(), profile(H1=3), the_framework())
    said += document_ratings(interaction(), profile(H1=1), the_framework())
    assert [h.score for h in opportunities(the_framework(), said, settle_all(*said))["H1"]] == [1]


A_PERSON = NotApplicableWhen(field="agent.kind", equals="human", because="the helper is a person")


def test_what_does_not_apply_is_no_opportunity() -> None:
    said = [rating("F1", 0)]
    settled = settle_all(*said) | {"F1": settle(the_framework().criterion("F1"), said, "i", A_PERSON)}
    assert "F1" not in opportunities(the_framework(), said, settled)


def test_the_gap_hazard() -> None:
    assert found(gap=1)["R20"] == ("found", 1, 1)
    assert found(gap=0)["R20"] == ("not_found", 0, 1)
    assert found(gap=None)["R20"] == ("not_assessable", 0, 0)


def test_numbers_and_order() -> None:
    said = [rating("D1", 3, EMBEDDED, range(1, 200, 2)), rating("G2", 0, ANN), rating("G2", 0, BEN)]
    settled = settle_all(*said)
    risks = find_risks(the_framework(), 1, opportunities(the_framework(), said, settled), settled, 1)
    assert [r.id for r in risks] == ["R04", "R03", "R17", "R06", "R07", "R20"]
    by_id = {r.id: r for r in risks}
    assert (by_id["R07"].rate, by_id["R07"].likelihood, by_id["R07"].aggravated) == (0.0, "Q3", True)
    assert by_id["R07"].upper == pytest.approx(0.0295, abs=1e-4)
    assert (by_id["R04"].evaluation, by_id["R04"].likelihood, by_id["R04"].rate) == ("unacceptable", None, 1.0)
    assert [e.quote for e in by_id["R04"].evidence] == ["words"]
    assert (by_id["R03"].rate, by_id["R03"].upper, by_id["R03"].evaluation) == (None, None, "evidence_insufficient")


def test_no_gap_aggravates_nothing() -> None:
    risks = find_risks(the_framework(), 2, {}, settle_all(), 0)
    assert not any(r.aggravated for r in risks)


def test_passages_that_nobody_could_rate_are_no_opportunities() -> None:
    settled = settle_all()
    assert opportunities(the_framework(), [silent("D2")], settled)["D2"] == []
