"""Certification and drift: what a person reaches on gold units, and when they are trained again."""

from __future__ import annotations

import pytest

from dtnexus.agreement.certification import certification
from dtnexus.agreement.drift import drift
from dtnexus.agreement.gold import Gold


def golds(count: int, criterion: str = "B1", shift: int = 0, start: int = 0) -> list[Gold]:
    """Gold scores 0 to 4 in turn, and answers that lie `shift` points above."""
    return [Gold(f"u{at}", criterion, at % 5, min(4, max(0, at % 5 + shift))) for at in range(start, start + count)]


def test_who_says_what_the_gold_says_is_certified() -> None:
    found = certification([*golds(15), *golds(15, "G1")], {"G1"})
    assert (found.verdict, found.reasons, found.units, found.more_units) == ("certified", (), 15, 0)
    assert found.by_criterion["B1"].value == pytest.approx(1)


def test_fewer_than_fifteen_units_decide_nothing() -> None:
    found = certification(golds(14), ())
    assert (found.verdict, found.more_units) == ("undecided", 1)
    assert found.reasons == ("14 gold units, needs 15: 1 more",)


def test_a_missed_zero_fails_however_few_there_are() -> None:
    found = certification([Gold("u1", "G1", 0, 1), Gold("u2", "G1", 0, None), Gold("u3", "D2", 0, 3)], {"G1"})
    assert found.verdict == "not certified"
    assert found.missed_zeros == (("G1", "u1"), ("G1", "u2"))
    assert found.reasons[0] == "G1: missed a gold zero (unit u1)"


def test_each_criterion_and_all_together_must_reach() -> None:
    turned = [Gold(each.unit, "D2", each.right, 4 - each.right) for each in golds(15)]
    found = certification([*golds(15), *turned], ())
    assert found.verdict == "not certified"
    assert found.reasons == ("D2: kappa −1.00, needs .60", "all criteria together: kappa .00, needs .70")


def test_gold_scores_that_are_all_alike_cannot_be_judged() -> None:
    found = certification([Gold(f"u{at}", "B1", 3, 3) for at in range(15)], ())
    assert found.verdict == "undecided"
    assert "kappa has no value: no variance" in found.reasons[0]


CHARTS = [
    ("in control", golds(10), 1.0, "in control", ""),
    ("half a point is allowed", [*golds(5), *golds(5, shift=1)], None, "in control", ""),
    ("too few", golds(7), 1.0, "undecided", "7 gold scores, needs 8: 1 more"),
    ("too kind", [Gold(f"u{at}", "B1", 1, 2 if at else 1) for at in range(8)], None, "retrain", "error +0.88"),
    ("too severe", [Gold(f"u{at}", "B1", 3, 2) for at in range(8)], None, "retrain", "mean signed error -1.00"),
]


@pytest.mark.parametrize(("case", "scores", "before", "verdict", "told"), CHARTS, ids=[case[0] for case in CHARTS])
def test_the_control_chart(case: str, scores: list[Gold], before: float | None, verdict: str, told: str) -> None:
    found = drift(scores, before)
    assert found.verdict == verdict
    assert told in "; ".join(found.reasons)


def test_a_fall_of_kappa_is_noticed_where_errors_cancel() -> None:
    scores = [*golds(5), *golds(5, shift=2, start=10)[:2], *golds(5, shift=-2, start=20)[-2:]]
    assert abs(drift(scores, None).mean_error or 0) <= 0.5
    fallen = drift(scores, 1.0)
    assert fallen.verdict == "retrain"
    assert "kappa fell from 1.00 to" in fallen.reasons[0]
    assert drift(scores, fallen.kappa.value).verdict == "in control"


def test_the_chart_keeps_the_order_and_leaves_unscored_units_out() -> None:
    found = drift([Gold("a", "B1", 1, 2), Gold("b", "B1", 1, None), Gold("c", "B1", 4, 4)], None)
    assert [(point.unit, point.error, point.mean) for point in found.chart] == [("a", 1, 1.0), ("c", 0, 0.5)]
    assert [point.beyond for point in found.chart] == [True, False]
    assert found.unscored == 1
