"""Where nothing can be said, the reason is said; never 0 and never 1."""

from __future__ import annotations

import pytest

from dtnexus.agreement.coefficients import SCORES, Coefficient, yes_no
from dtnexus.agreement.grid import Grid, stacked
from dtnexus.agreement.severity import severity
from dtnexus.agreement.specific import specific_agreement
from dtnexus.agreement.statistic import NoValue, Statistic
from tests.agreement.invented import grid_of, reason, value

OF = {each.id: each.of for each in SCORES}
CORRECTED = [each for each in SCORES if each.id != "percent_agreement"]
ALONE = grid_of([[1, None], [2, None], [3, None]])
APART = grid_of([[1, None], [None, 2], [3, None]])
NOBODY = grid_of([[None, None]])
FLAT = grid_of([[4, 4, 4], [4, 4, None], [4, 4, 4]])


@pytest.mark.parametrize("coefficient", SCORES, ids=lambda each: each.id)
@pytest.mark.parametrize(
    ("grid", "why"),
    [
        (ALONE, "only one coder answered: a"),
        (APART, "no overlap: no unit has answers of two coders"),
        (NOBODY, "nobody answered"),
    ],
    ids=["one coder", "no overlap", "nobody"],
)
def test_coders_that_cannot_be_compared(coefficient: Coefficient, grid: Grid, why: str) -> None:
    assert reason(coefficient.of(grid)) == why


@pytest.mark.parametrize("coefficient", CORRECTED, ids=lambda each: each.id)
def test_without_variance_nothing_is_corrected_for_chance(coefficient: Coefficient) -> None:
    assert reason(coefficient.of(FLAT)).startswith("no variance: every answer is 4")


def test_percent_agreement_has_a_value_without_variance() -> None:
    assert value(OF["percent_agreement"](FLAT)) == 1


def test_a_missing_value_still_says_what_it_would_rest_on() -> None:
    made = OF["alpha_ordinal"](FLAT)
    assert isinstance(made, NoValue)
    assert (made.basis.units, made.basis.coders, made.basis.coder_pairs, made.basis.score_pairs) == (3, 3, 3, 7)


def test_kappa_leaves_out_pairs_in_which_one_coder_does_not_vary() -> None:
    made = OF["kappa_quadratic"](grid_of([[0, 0, 4], [1, 2, 4], [3, 3, 4]]))
    assert isinstance(made, Statistic)
    assert made.note == "mean over 1 of 3 pairs of coders; in the other 2 one coder gave a single answer only"
    assert value(made) == value(OF["kappa_quadratic"](grid_of([[0, 0], [1, 2], [3, 3]])))


def test_kappa_has_no_value_where_each_pair_has_a_coder_who_does_not_vary() -> None:
    grid = grid_of([[0, 4], [1, 4], [3, 4]])
    assert reason(OF["kappa_linear"](grid)).startswith("no variance within a coder")
    assert isinstance(OF["alpha_ordinal"](grid), Statistic)


def test_two_way_icc_needs_units_that_all_coders_answered() -> None:
    grid = grid_of([[1, 2, None], [2, 2, 3], [None, 3, 3], [4, 4, None]])
    assert "1 unit was answered by all 3 coders" in reason(OF["icc_2_1"](grid))
    assert isinstance(OF["icc_1_1"](grid), Statistic)


def test_two_way_icc_says_on_how_many_units_it_rests() -> None:
    made = OF["icc_3_k"](grid_of([[1, 2], [2, None], [4, 4], [0, 1]]))
    assert isinstance(made, Statistic)
    assert made.note == "k = 2; on the 3 units that all 2 coders answered"


def test_units_that_do_not_differ_have_no_share_of_variance() -> None:
    grid = grid_of([[1, 3], [1, 3], [1, 3]])
    for form in ("icc_2_1", "icc_3_1", "icc_2_k"):
        assert reason(OF[form](grid)).startswith("no variance between units")


def test_the_reliability_of_a_mean_needs_means_that_differ() -> None:
    grid = grid_of([[1, 3], [3, 1], [2, 2]])
    assert "the means of units vary no more" in reason(OF["icc_1_k"](grid))
    assert "the means of units vary no more" in reason(OF["icc_3_k"](grid))
    assert value(OF["icc_1_1"](grid)) == pytest.approx(-1)


@pytest.mark.parametrize("coefficient", CORRECTED, ids=lambda each: each.id)
def test_one_unit_is_not_enough_to_correct_for_chance(coefficient: Coefficient) -> None:
    told = "1 unit was answered by all 2 coders" if coefficient.id[:5] in ("icc_2", "icc_3") else "only one unit has"
    assert reason(coefficient.of(grid_of([[1, 3], [2, None]]))).startswith(told)


def test_icc_2_k_is_not_more_than_one_where_its_formula_divides_by_less_than_nothing() -> None:
    """Two units of equal means, coders of equal means: the formula gives (0 - e) / (0 - e / 2) = 2."""
    assert "the means of units vary no more" in reason(OF["icc_2_k"](grid_of([[1, 3], [3, 1]])))


def test_agreement_on_an_answer_that_nobody_gave() -> None:
    grid = grid_of([[2, 3], [4, 4]]).cut(0.0)
    made = {each.id: each.of(grid) for each in yes_no("score 0", "score above 0")}
    assert reason(made["positive_agreement"]) == "nobody answered score 0 on a unit with two or more answers"
    assert value(made["negative_agreement"]) == 1
    assert reason(made["kappa"]).startswith("no variance")


def test_one_zero_of_one_coder_is_no_agreement_and_has_a_value() -> None:
    assert value(specific_agreement(grid_of([[0, 3], [4, 4]]).cut(0.0), 1, "score 0")) == 0


def test_a_coder_without_co_coders_has_no_severity() -> None:
    grid = grid_of([[1, 2, None], [2, 2, None], [None, None, 4]])
    assert reason(severity(grid, 2)) == "no overlap: this coder shares no unit with another"
    assert value(severity(grid, 0)) == -0.5


def test_only_grids_of_the_same_coders_are_stacked() -> None:
    with pytest.raises(ValueError, match="same coders"):
        stacked([grid_of([[1, 2]]), grid_of([[1, 2, 3]])])
