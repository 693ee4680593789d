"""Our coefficients beside three other programs (frozen: oracles.json), scikit-learn, and published examples."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from dtnexus.agreement.alpha import Metric, alpha
from dtnexus.agreement.grid import Grid
from dtnexus.agreement.gwet import gwet, percent_agreement
from dtnexus.agreement.icc import NAMES, Form, icc
from dtnexus.agreement.kappa import kappa
from dtnexus.agreement.specific import specific_agreement
from dtnexus.agreement.statistic import NoValue, Statistic
from dtnexus.agreement.weights import Weighting
from tests.agreement.invented import grid_of, value

FROZEN = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))
SETS = FROZEN["sets"]
METRICS: tuple[Metric, ...] = ("nominal", "ordinal", "interval")
WEIGHTS: tuple[Weighting, ...] = ("identity", "linear", "quadratic", "ordinal")

OURS: dict[str, Callable[[Grid], Statistic | NoValue]] = {
    **{f"krippendorff alpha_{metric}": partial(alpha, metric=metric) for metric in METRICS},
    **{f"irrCAC ac_{weights}": partial(gwet, weighting=weights) for weights in WEIGHTS},
    **{f"irrCAC kappa_{weights}": partial(kappa, weighting=weights) for weights in WEIGHTS},
    "irrCAC percent_agreement": percent_agreement,
}
IRRCAC_DIGITS = 6e-6
"""irrCAC rounds to five digits."""


def grid_named(name: str) -> Grid:
    return grid_of(SETS[name]["scores"], tuple(SETS[name]["scale"]))


@pytest.mark.parametrize(
    ("name", "what"), [(name, what) for name, given in SETS.items() for what in given["said"] if what in OURS]
)
def test_coefficient_equals_the_other_program(name: str, what: str) -> None:
    close = 1e-9 if what.startswith("krippendorff") else IRRCAC_DIGITS
    assert value(OURS[what](grid_named(name))) == pytest.approx(SETS[name]["said"][what], abs=close)


@pytest.mark.parametrize(
    ("name", "form"),
    [(name, form) for name, given in SETS.items() for form in NAMES if f"pingouin icc_{form}" in given["said"]],
)
def test_icc_equals_pingouin_on_complete_units(name: str, form: Form) -> None:
    whole = grid_named(name)
    complete = whole.present.all(axis=1)
    grid = Grid(whole.codes[complete], whole.points, whole.clusters[complete], whole.coders)
    wanted = SETS[name]["said"][f"pingouin icc_{form}"]
    assert value(icc(grid, form)) == pytest.approx(wanted, abs=1e-9)
    if form[0] in "23":  # the two-way forms choose the complete units themselves
        assert value(icc(whole, form)) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_kappa_of_two_coders_equals_scikit_learn(weights: str | None) -> None:
    random = np.random.default_rng(3)
    one = random.integers(0, 5, 80)
    other = np.clip(one + random.integers(-1, 2, 80), 0, 4)
    scores = [[int(first), int(second)] for first, second in zip(one, other, strict=True)]
    weighting: Weighting = "linear" if weights == "linear" else "quadratic" if weights else "identity"
    found = value(kappa(grid_of(scores), weighting))
    assert found == pytest.approx(cohen_kappa_score(one, other, weights=weights), abs=1e-12)


@pytest.mark.parametrize("weights", ["linear", "quadratic"])
def test_kappa_of_more_coders_is_the_mean_over_pairs_on_their_own_units(weights: Weighting) -> None:
    scores = np.array(SETS["a quarter missing, four coders"]["scores"], dtype=float)
    pairs = []
    for first in range(4):
        for second in range(first + 1, 4):
            both = ~np.isnan(scores[:, first]) & ~np.isnan(scores[:, second])
            one, other = scores[both, first].astype(int), scores[both, second].astype(int)
            pairs.append(cohen_kappa_score(one, other, weights=weights, labels=[0, 1, 2, 3, 4]))
    made = kappa(grid_named("a quarter missing, four coders"), weights)
    assert value(made) == pytest.approx(np.mean(pairs), abs=1e-12)
    assert isinstance(made, Statistic)
    assert made.note == "mean over 6 pairs of coders"


# --- published worked examples ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("metric", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_krippendorff_2011_computing_alpha_reliability(metric: Metric, published: float) -> None:
    """Four observers, twelve units, seven missing values: Krippendorff K. Computing Krippendorff's
    alpha-reliability. University of Pennsylvania; 2011."""
    assert round(value(alpha(grid_named("krippendorff 2011"), metric)), 3) == published


def test_gwet_2014_ac1_of_the_same_data() -> None:
    """Four raters, twelve subjects, five categories: Gwet KL. Handbook of inter-rater reliability. 4th edition;
    2014. The author's package ships the data as raw4raters: AC1 .7754, percent agreement .8182."""
    grid = grid_named("krippendorff 2011")
    assert round(value(gwet(grid, "identity")), 4) == 0.7754
    assert round(value(percent_agreement(grid)), 4) == 0.8182


@pytest.mark.parametrize(
    ("form", "published"), [("1,1", 0.17), ("2,1", 0.29), ("3,1", 0.71), ("1,k", 0.44), ("2,k", 0.62), ("3,k", 0.91)]
)
def test_shrout_and_fleiss_1979_table_4(form: Form, published: float) -> None:
    """Four judges, six targets: Shrout PE, Fleiss JL. Psychological Bulletin 1979;86:420-428, tables 2 and 4."""
    assert round(value(icc(grid_named("shrout and fleiss 1979"), form)), 2) == published


def test_cohen_1960_kappa() -> None:
    """Two judges, three categories, n 200: Cohen J. 1960;20:37-46 (used again in Cohen 1968): kappa .492."""
    table = [[88, 10, 2], [14, 40, 6], [18, 10, 12]]
    scores: list[list[int | None]] = [
        [row, column] for row in range(3) for column in range(3) for _ in range(table[row][column])
    ]
    assert round(value(kappa(grid_of(scores, (0, 2)), "identity")), 3) == 0.492


def test_positive_agreement_is_2a_over_2a_b_c() -> None:
    """Cicchetti and Feinstein 1990, formula for p_pos: a 4, b 3, c 2, d 20."""
    scores = [(1, 1)] * 4 + [(1, 0)] * 3 + [(0, 1)] * 2 + [(0, 0)] * 20
    grid = grid_of(scores, (0, 1))
    assert value(specific_agreement(grid, 1, "yes")) == pytest.approx(8 / 13)
    assert value(specific_agreement(grid, 0, "no")) == pytest.approx(40 / 45)


# --- unbalanced one-way, which no oracle has ----------------------------------------------------------------------


def test_one_way_icc_of_unequal_numbers_of_coders_by_hand() -> None:
    """Units of 2, 3 and 2 scores: k0 = (7 - 17/7) / 2."""
    scores: list[list[int | None]] = [[0, 1, None], [2, 3, 4], [1, None, 2]]
    total = 13 / 7
    between = (2 * (0.5 - total) ** 2 + 3 * (3 - total) ** 2 + 2 * (1.5 - total) ** 2) / 2
    within = (0.5 + 2 + 0.5) / 4
    k0 = (7 - 17 / 7) / 2
    made = icc(grid_of(scores), "1,1")
    assert value(made) == pytest.approx((between - within) / (between + (k0 - 1) * within))
    assert isinstance(made, Statistic)
    assert made.note == "units have 2 to 3 coders"
    assert value(icc(grid_of(scores), "1,k")) == pytest.approx((between - within) / between)
