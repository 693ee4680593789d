"""Intervals: whole interactions are drawn, all draws at once, and none is claimed where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from dtnexus.agreement.alpha import alpha
from dtnexus.agreement.coefficients import SCORES
from dtnexus.agreement.grid import Grid
from dtnexus.agreement.gwet import gwet
from dtnexus.agreement.resampling import Resampler
from dtnexus.agreement.statistic import NoValue, Statistic
from tests.agreement.invented import NO_DRAWS, grid_of


def random_grid(units: int = 24, coders: int = 3, per_interaction: int = 2) -> Grid:
    random = np.random.default_rng(11)
    true = random.normal(2, 1.2, (units, 1))
    scores = np.clip(np.rint(true + random.normal(0, 0.8, (units, coders))), 0, 4).astype(int)
    answers = [[None if random.random() < 0.1 else int(score) for score in row] for row in scores]
    return grid_of(answers, clusters=[unit // per_interaction for unit in range(units)])


def made_of(grid: Grid, name: str) -> Statistic:
    made = {each.id: each.of for each in SCORES}[name](grid)
    assert isinstance(made, Statistic)
    return made


@pytest.mark.parametrize("name", [each.id for each in SCORES])
def test_the_interval_is_that_of_a_plain_loop_over_draws(name: str) -> None:
    """The same draws, each built as a table of its own and given to the coefficient."""
    grid, draws, seed = random_grid(), 200, 5
    statistic = made_of(grid, name)
    names = np.unique(np.concatenate([part.clusters for part in statistic.parts]))
    random = np.random.default_rng([seed, len(names)])
    values = []
    for drawn in random.integers(0, len(names), size=(draws, len(names))):
        units = np.concatenate([np.flatnonzero(grid.clusters == names[one]) for one in drawn])
        again = {each.id: each.of for each in SCORES}[name](
            Grid(grid.codes[units], grid.points, np.arange(len(units)), grid.coders)
        )
        if not isinstance(again, NoValue):
            values.append(NO_DRAWS.spread(again).value)
    low, high = np.percentile(np.array(values, dtype=float), [2.5, 97.5])
    spread = Resampler(draws, seed).spread(statistic)
    assert spread.low == pytest.approx(low, abs=1e-9)
    assert spread.high == pytest.approx(high, abs=1e-9)


def test_the_same_call_gives_the_same_interval_and_another_seed_another() -> None:
    statistic = made_of(random_grid(), "alpha_ordinal")
    assert Resampler().spread(statistic) == Resampler().spread(statistic)
    assert Resampler(seed=1).spread(statistic) != Resampler(seed=2).spread(statistic)


def test_blocks_of_draws_give_the_same_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    statistic = made_of(random_grid(), "kappa_quadratic")
    whole = Resampler().spread(statistic)
    monkeypatch.setattr("dtnexus.agreement.resampling._TOGETHER", 500)
    assert Resampler().spread(statistic) == whole


def test_units_of_one_interaction_make_the_interval_wider() -> None:
    """Every unit is there four times: as units of one interaction they tell no more than one."""
    one = random_grid(per_interaction=1)
    four = np.repeat(np.arange(len(one.codes)), 4)
    together = Grid(one.codes[four], one.points, one.clusters[four], one.coders)
    alone = Grid(one.codes[four], one.points, np.arange(len(four)), one.coders)
    widths = []
    for grid in (together, alone):
        spread = Resampler().spread(made_of(grid, "alpha_interval"))
        assert spread.low is not None and spread.high is not None
        widths.append(spread.high - spread.low)
    assert widths[0] > 1.6 * widths[1]


def test_nine_of_ten_intervals_hold_the_true_value() -> None:
    """Of 60 samples from one population, about 57 intervals should hold its alpha; 51 or fewer would be a fault."""
    random = np.random.default_rng(8)

    def sample(units: int) -> Grid:
        true = random.normal(2, 1.2, (units, 1))
        scores = np.clip(np.rint(true + random.normal(0, 0.8, (units, 3))), 0, 4).astype(np.int64)
        return Grid(scores, np.arange(5.0), np.arange(units), ("a", "b", "c"))

    population = alpha(sample(40_000), "interval")
    assert isinstance(population, Statistic)
    truth = NO_DRAWS.spread(population).value
    assert truth is not None
    held = 0
    for _ in range(60):
        spread = Resampler(500).spread(made_of(sample(80), "alpha_interval"))
        assert spread.low is not None and spread.high is not None
        held += spread.low <= truth <= spread.high
    assert held > 51


@pytest.mark.parametrize(
    ("grid", "draws", "why"),
    [
        (grid_of([[0, 1], [2, 2], [3, 3]], clusters=[0, 0, 0]), 50, "all units are of one interaction"),
        (grid_of([[0, 0], [4, 4]] * 30), 500, "all draws give the same value"),
        (grid_of([[0, 1], [2, 2], [3, 3]]), 0, "no draws were asked for"),
        (grid_of([[4, 4]] * 2 + [[0, 0]]), 500, "the formula is 0/0 in"),
    ],
    ids=["one interaction", "width 0", "no draws", "0/0"],
)
def test_no_interval_says_why(grid: Grid, draws: int, why: str) -> None:
    spread = Resampler(draws).spread(made_of(grid, "alpha_nominal"))
    assert spread.value is not None
    assert spread.low is None
    assert spread.high is None
    assert spread.why_no_interval.startswith(why)


def test_draws_without_variance_count_with_what_the_formula_gives() -> None:
    """AC1 is 1 in a draw where all answers are equal; leaving such draws out would move the interval down."""
    made = gwet(grid_of([[4, 4]] * 9 + [[0, 3]]), "identity")
    assert isinstance(made, Statistic)
    assert Resampler().spread(made).high == pytest.approx(1)
