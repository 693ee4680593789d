"""Sample sizes: published numbers, closed forms, and what simulated studies of that size show."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from dtnexus.agreement.exact_binomial import exact_interval
from dtnexus.agreement.planning import kappa_variance, plan, question
from dtnexus.agreement.rendering import rendered_plan
from dtnexus.errors import UsageError


@pytest.mark.parametrize(
    ("expected", "per_unit", "width", "units"),
    [
        (0.75, 2, 0.2, 75),
        (0.75, 3, 0.2, 52),
        (0.75, 2, 0.3, 34),
        (0.70, 2, 0.2, 101),
        (0.70, 3, 0.2, 68),
        (0.70, 2, 0.3, 46),
        (0.60, 2, 0.2, 159),
        (0.60, 3, 0.2, 101),
        (0.60, 2, 0.3, 71),
        (0.80, 2, 0.2, 51),  # the worked example of two calculators that cite Bonett 2002: 51, and 55 with 5 p
    ],
)
def test_icc_by_bonett_2002(expected: float, per_unit: int, width: float, units: int) -> None:
    made = plan(question(what="icc", expected=expected, per_unit=per_unit, width=width))
    assert made.units == units
    assert any("Bonett adds 5 p" in note for note in made.notes) == (per_unit == 2 and expected >= 0.7)


def test_the_correction_for_two_coders() -> None:
    assert "55 units" in plan(question(what="icc", expected=0.8)).notes[0]


@pytest.mark.parametrize(("smallest", "units"), [(0.667, 81), (0.8, 139)])
def test_significance_of_alpha_by_krippendorff(smallest: float, units: int) -> None:
    """Four equally frequent answers, 5 % level: a coding program's manual quotes 81 and 139 from Krippendorff."""
    made = plan(question(what="alpha", expected=smallest, shares=(0.25,) * 4))
    assert f"asks for {units} units" in made.notes[0]


@pytest.mark.parametrize("positive", [0.05, 0.1, 0.3, 0.5])
@pytest.mark.parametrize("kappa", [0.0, 0.4, 0.6, 0.8])
def test_kappa_of_two_answers_is_donner_and_eliasziw_1992(kappa: float, positive: float) -> None:
    """Their variance of kappa in the common-correlation model, for equal margins."""
    wanted = (1 - kappa) * ((1 - kappa) * (1 - 2 * kappa) + kappa * (2 - kappa) / (2 * positive * (1 - positive)))
    found = kappa_variance(kappa, np.array([positive, 1 - positive]), "identity")
    assert found == pytest.approx(wanted)
    units = plan(question(what="kappa", expected=kappa, shares=(positive, 1 - positive))).units
    assert units == ceil(4 * 1.959963984540054**2 * wanted / 0.2**2)


def test_the_variance_of_weighted_kappa_is_that_of_simulated_studies() -> None:
    random = np.random.default_rng(4)
    shares, kappa, units, studies = np.array([0.1, 0.15, 0.25, 0.3, 0.2]), 0.6, 400, 3000
    one = random.choice(5, p=shares, size=(studies, units))
    other = np.where(random.random((studies, units)) < kappa, one, random.choice(5, p=shares, size=(studies, units)))
    apart = ((one - other) ** 2).mean(axis=1)
    chance = one.var(axis=1) + other.var(axis=1) + (one.mean(axis=1) - other.mean(axis=1)) ** 2
    found = 1 - apart / chance
    assert found.mean() == pytest.approx(kappa, abs=0.01)
    assert units * found.var() == pytest.approx(kappa_variance(kappa, shares, "quadratic"), rel=0.08)


@settings(max_examples=50, deadline=None)
@given(of=st.integers(1, 300), data=st.data(), confidence=st.sampled_from([0.9, 0.95, 0.99]))
def test_exact_interval_equals_scipy(of: int, data: st.DataObject, confidence: float) -> None:
    events = data.draw(st.integers(0, of))
    tail = (1 - confidence) / 2
    low = 0.0 if events == 0 else beta.ppf(tail, events, of - events + 1)
    high = 1.0 if events == of else beta.ppf(1 - tail, events + 1, of - events)
    assert exact_interval(events, of, confidence) == pytest.approx((low, high), abs=1e-9)


def test_exact_interval_of_more_events_than_there_are() -> None:
    with pytest.raises(ValueError, match="3 events of 2"):
        exact_interval(3, 2, 0.95)


def test_nobody_missed_needs_72_positives_to_exclude_95_percent() -> None:
    """0.025 ** (1 / n) reaches .95 at n 72 (by hand: log .025 / log .95 = 71.9)."""
    assert plan(question(what="sensitivity", expected=1.0, floor=0.95, width=None)).positives == 72


@pytest.mark.parametrize("share", [0.6, 0.8, 0.9, 0.95])
def test_sensitivity_keeps_its_width_from_the_planned_number_on(share: float) -> None:
    made = plan(question(what="sensitivity", expected=share, width=0.15))
    widths = {
        n: np.subtract(*exact_interval(round(share * n), n, 0.95)[::-1]) for n in range(made.units - 1, made.units + 80)
    }
    assert widths[made.units - 1] > 0.15
    assert all(width <= 0.15 for n, width in widths.items() if n >= made.units)


def test_prevalence_turns_positives_into_units() -> None:
    made = plan(question(what="sensitivity", expected=0.95, floor=0.9, width=None, prevalence=0.1))
    assert made.positives is not None
    assert made.units == 10 * made.positives
    assert "a random sample may hold fewer" in made.notes[0]


@settings(max_examples=50, deadline=None)
@given(expected=st.floats(0.0, 0.95), width=st.floats(0.05, 0.4), per_unit=st.integers(2, 6))
def test_a_narrower_interval_never_needs_fewer_units(expected: float, width: float, per_unit: int) -> None:
    wide, narrow = (
        plan(question(what="icc", expected=expected, width=w, per_unit=per_unit)).units for w in (width, width / 2)
    )
    assert narrow >= wide


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"what": "icc", "expected": 1.0}, "--plan icc: a coefficient to plan for lies from 0 to below 1"),
        ({"what": "icc", "expected": 2.0}, "--expected 2.0: input should be less than or equal to 1"),
        ({"what": "icc", "expected": 0.7, "per_unit": 1}, "--per-unit 1: input should be greater than or equal to 2"),
        ({"what": "kappa", "expected": 0.7}, "--plan kappa: kappa needs shares, for instance .1,.9"),
        ({"what": "kappa", "expected": 0.7, "shares": (0.5, 0.6)}, "--plan kappa: shares must be two or more numbers"),
        ({"what": "sensitivity", "expected": 0.9, "floor": 0.95}, "--plan sensitivity: a floor is for sensitivity"),
        ({"what": "sensitivity", "expected": 0.9, "width": 0.0001}, "more than 1,000,000 units would be needed"),
    ],
)
def test_questions_that_make_no_sense(asked: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(question(**asked))
    assert told in str(caught.value)


def test_a_plan_in_every_form() -> None:
    made = plan(question(what="icc", expected=0.75))
    assert rendered_plan(made, "text").startswith(
        "75 units, each rated by 2 coders, are needed for a 95% interval of ICC"
    )
    assert rendered_plan(made, "csv").splitlines()[1] == "icc,0.75,0.2,,2,0.95,75,,Bonett 2002"
    assert r"95\% interval" in rendered_plan(made, "latex")
    assert '"units": 75' in rendered_plan(made, "json")
