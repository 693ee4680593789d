"""What every coefficient must keep, whatever the answers are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dtnexus.agreement.alpha import alpha
from dtnexus.agreement.coefficients import PERCENT, SCORES
from dtnexus.agreement.grid import MISSING, Grid
from dtnexus.agreement.gwet import gwet
from dtnexus.agreement.kappa import kappa
from dtnexus.agreement.severity import severity
from dtnexus.agreement.specific import specific_agreement
from dtnexus.agreement.statistic import NoValue, Statistic
from tests.agreement.invented import NO_DRAWS, grid_of, value

Made = Callable[[Grid], Statistic | NoValue]
EVERY: dict[str, Made] = {
    **{each.id: each.of for each in SCORES},
    "kappa_identity": partial(kappa, weighting="identity"),
    "specific": partial(specific_agreement, code=1, called="one"),
}
NOMINAL: dict[str, Made] = {
    "percent_agreement": PERCENT.of,
    "alpha_nominal": partial(alpha, metric="nominal"),
    "ac1": partial(gwet, weighting="identity"),
    "kappa": partial(kappa, weighting="identity"),
}
LAW = settings(max_examples=25, deadline=None)
ALL = pytest.mark.parametrize("made", EVERY.values(), ids=EVERY)


@st.composite
def grids(draw: st.DrawFn, missing: bool = True) -> Grid:
    """Two to four coders, one to twelve units, scores 0-4, some missing."""
    coders = draw(st.integers(2, 4))
    answer = st.integers(0, 4) | st.none() if missing else st.integers(0, 4)
    rows = draw(st.lists(st.lists(answer, min_size=coders, max_size=coders), min_size=1, max_size=12))
    return grid_of(rows)


def found(made: Made, grid: Grid) -> float | None:
    """The value, or None."""
    statistic = made(grid)
    return None if isinstance(statistic, NoValue) else NO_DRAWS.spread(statistic).value


def same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == pytest.approx(other, rel=1e-9, abs=1e-9)


@ALL
@LAW
@given(grid=grids(), data=st.data())
def test_the_order_of_coders_and_units_does_not_matter(made: Made, grid: Grid, data: st.DataObject) -> None:
    coders = data.draw(st.permutations(range(len(grid.coders))))
    units = data.draw(st.permutations(range(len(grid.codes))))
    turned = Grid(grid.codes[units][:, coders], grid.points, grid.clusters[units], grid.coders)
    assert same(found(made, grid), found(made, turned))


@ALL
@LAW
@given(grid=grids())
def test_no_coefficient_exceeds_one(made: Made, grid: Grid) -> None:
    of = found(made, grid)
    assert of is None or of <= 1 + 1e-9


@ALL
@LAW
@given(scores=st.lists(st.integers(0, 4), min_size=2, max_size=12), coders=st.integers(2, 4))
def test_perfect_agreement_is_one(made: Made, scores: list[int], coders: int) -> None:
    assume(len(set(scores)) > 1 and 1 in scores)
    assert found(made, grid_of([[score] * coders for score in scores])) == pytest.approx(1)


@ALL
@LAW
@given(grid=grids())
def test_a_coder_without_answers_changes_nothing(made: Made, grid: Grid) -> None:
    nobody = np.full((len(grid.codes), 1), MISSING)
    wider = Grid(np.hstack([grid.codes, nobody]), grid.points, grid.clusters, (*grid.coders, "nobody"))
    assert same(found(made, grid), found(made, wider))


@ALL
@LAW
@given(grid=grids())
def test_a_unit_without_answers_changes_nothing(made: Made, grid: Grid) -> None:
    empty = np.full((1, len(grid.coders)), MISSING)
    more = Grid(np.vstack([grid.codes, empty]), grid.points, np.append(grid.clusters, 99), grid.coders)
    assert same(found(made, grid), found(made, more))


@pytest.mark.parametrize("made", [each.of for each in SCORES if not each.id.startswith("ac")])
@LAW
@given(grid=grids())
def test_a_single_answer_to_a_unit_changes_only_gwets_coefficients(made: Made, grid: Grid) -> None:
    assume(grid.present.any(axis=0).all())
    alone = np.full((1, len(grid.coders)), MISSING)
    alone[0, 0] = 2
    more = Grid(np.vstack([grid.codes, alone]), grid.points, np.append(grid.clusters, 99), grid.coders)
    assert same(found(made, grid), found(made, more))


@pytest.mark.parametrize("made", NOMINAL.values(), ids=NOMINAL)
@LAW
@given(grid=grids(), names=st.permutations(range(5)))
def test_nominal_coefficients_do_not_see_the_names_of_answers(made: Made, grid: Grid, names: list[int]) -> None:
    renamed = np.where(grid.present, np.array(names)[grid.codes], MISSING)
    assert same(found(made, grid), found(made, Grid(renamed, grid.points, grid.clusters, grid.coders)))


@pytest.mark.parametrize("made", [each.of for each in SCORES], ids=[each.id for each in SCORES])
@LAW
@given(grid=grids())
def test_a_scale_read_from_its_other_end_gives_the_same(made: Made, grid: Grid) -> None:
    turned = np.where(grid.present, 4 - grid.codes, MISSING)
    assert same(found(made, grid), found(made, Grid(turned, grid.points, grid.clusters, grid.coders)))


@pytest.mark.parametrize("made", [each.of for each in SCORES], ids=[each.id for each in SCORES])
@LAW
@given(grid=grids(), shift=st.integers(-50, 50), step=st.integers(1, 9))
def test_units_of_the_scale_do_not_matter(made: Made, grid: Grid, shift: int, step: int) -> None:
    other = Grid(grid.codes, grid.points * step + shift, grid.clusters, grid.coders)
    assert same(found(made, grid), found(made, other))


@LAW
@given(grid=grids())
def test_points_that_nobody_used_change_gwets_coefficients_only(grid: Grid) -> None:
    longer = Grid(grid.codes, np.arange(9.0), grid.clusters, grid.coders)
    for each in SCORES:
        if not each.id.startswith("ac"):
            assert same(found(each.of, grid), found(each.of, longer)), each.id


@ALL
@LAW
@given(grid=grids(), times=st.integers(1, 3))
def test_weights_count_like_repeated_units(made: Made, grid: Grid, times: int) -> None:
    """What the bootstrap relies on: a unit drawn twice counts as two units."""
    repeated = np.repeat(np.arange(len(grid.codes)), np.arange(len(grid.codes)) % 2 * times + 1)
    copies = Grid(grid.codes[repeated], grid.points, np.arange(len(repeated)), grid.coders)
    one, other = made(grid), made(copies)
    if isinstance(one, NoValue) or isinstance(other, NoValue):
        return
    for part, copied in zip(one.parts, other.parts, strict=True):
        weights = (part.clusters % 2 * times + 1).astype(np.float64)
        drawn = part.value((weights @ part.sums)[None, :])[0]
        assert drawn == pytest.approx(copied.value(copied.sums.sum(axis=0, keepdims=True))[0], abs=1e-9, nan_ok=True)


@LAW
@given(grid=grids(missing=False))
def test_severities_of_coders_of_the_same_units_add_up_to_nothing(grid: Grid) -> None:
    assert sum(value(severity(grid, coder)) for coder in range(len(grid.coders))) == pytest.approx(0, abs=1e-9)


@LAW
@given(grid=grids())
def test_severity_changes_its_sign_with_the_scale(grid: Grid) -> None:
    turned = Grid(np.where(grid.present, 4 - grid.codes, MISSING), grid.points, grid.clusters, grid.coders)
    for coder in range(len(grid.coders)):
        one, other = (found(partial(severity, coder=coder), each) for each in (grid, turned))
        assert same(one, None if other is None else -other)


@LAW
@given(grid=grids(missing=False))
def test_nominal_kappa_and_weights_of_two_answers_are_one_thing(grid: Grid) -> None:
    two = grid.cut(1.0)
    values = [found(partial(kappa, weighting=weighting), two) for weighting in ("identity", "linear", "quadratic")]
    assert same(values[0], values[1])
    assert same(values[0], values[2])
