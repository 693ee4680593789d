"""The statistics against scikit-learn and scipy, and what they must keep under any weights."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score, f1_score, roc_auc_score

from dtnexus.validation.bootstrap import estimate
from dtnexus.validation.metrics import (
    Statistic,
    auroc,
    f1,
    macro_f1,
    mean,
    mean_of,
    quadratic_kappa,
    spearman,
)

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=40)
"""Two ratings of a row, and how often the row is counted."""
Numbers = NDArray[np.int64]


def plain(statistic: Statistic, rows: int) -> float:
    return float(statistic(np.ones((1, rows)))[0])


def weighted(statistic: Statistic, weights: Numbers) -> float:
    return float(statistic(weights[None, :].astype(float))[0])


def reference_auroc(first: Numbers, second: Numbers) -> float:
    return float(roc_auc_score(first >= 2, second)) if len(set((first >= 2).tolist())) == 2 else math.nan


def reference_f1(first: Numbers, second: Numbers) -> float:
    some = (first >= 2).any() or (second >= 2).any()
    return float(f1_score(first >= 2, second >= 2)) if some else math.nan


def reference_kappa(first: Numbers, second: Numbers) -> float:
    if len({*first.tolist(), *second.tolist()}) < 2:
        return math.nan
    return float(cohen_kappa_score(first, second, labels=range(5), weights="quadratic"))


def reference_spearman(first: Numbers, second: Numbers) -> float:
    if len(set(first.tolist())) < 2 or len(set(second.tolist())) < 2:
        return math.nan
    return float(spearmanr(first, second).statistic)


STATISTICS: dict[str, tuple[Callable[[Numbers, Numbers], Statistic], Callable[[Numbers, Numbers], float]]] = {
    "AUROC": (lambda a, b: auroc(a >= 2, b), reference_auroc),
    "F1": (lambda a, b: f1(a >= 2, b >= 2), reference_f1),
    "quadratic kappa": (quadratic_kappa, reference_kappa),
    "Spearman": (spearman, reference_spearman),
}


@pytest.mark.parametrize("name", STATISTICS)
@settings(max_examples=60, deadline=None)
@given(rows=PAIRS)
def test_equals_the_reference_on_rows_counted_several_times(name: str, rows: list[tuple[int, int, int]]) -> None:
    ours, reference = STATISTICS[name]
    first, second, count = (np.array(column) for column in zip(*rows, strict=True))
    repeated = np.repeat(first, count), np.repeat(second, count)
    wanted = reference(*repeated) if len(repeated[0]) else math.nan
    assert weighted(ours(first, second), count) == pytest.approx(wanted, abs=1e-9, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=40))
def test_macro_f1_equals_the_reference(rows: list[tuple[str, str]]) -> None:
    truth, said = zip(*rows, strict=True)
    present = sorted({*truth, *said})
    wanted = f1_score(truth, said, labels=present, average="macro")
    assert plain(macro_f1(truth, said, "abc"), len(rows)) == pytest.approx(wanted)


@settings(max_examples=60, deadline=None)
@given(rows=PAIRS, other=st.permutations(range(5)))
def test_laws(rows: list[tuple[int, int, int]], other: list[int]) -> None:
    first, second, _ = (np.array(column) for column in zip(*rows, strict=True))
    n = len(first)
    same = plain(quadratic_kappa(first, first), n)
    assert math.isnan(same) or same == pytest.approx(1.0)
    assert plain(quadratic_kappa(first, second), n) == pytest.approx(
        plain(quadratic_kappa(second, first), n), nan_ok=True
    )
    up, down = plain(auroc(first >= 2, second), n), plain(auroc(first >= 2, -second), n)
    assert math.isnan(up) or up + down == pytest.approx(1.0)
    assert plain(spearman(first, second), n) == pytest.approx(plain(spearman(first, 3 * second + 1), n), nan_ok=True)
    turned = plain(spearman(first, -second), n)
    assert plain(spearman(first, second), n) == pytest.approx(-turned, nan_ok=True)


def test_a_draw_without_the_statistic_is_nan() -> None:
    weights = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    values = auroc([True, False], [0.2, 0.1])(weights)
    assert values[1] == 1.0
    assert np.isnan(values[[0, 2]]).all()
    assert np.isnan(mean([1, 2])(weights)[2])


def test_means_of_parts() -> None:
    weights = np.ones((2, 4))
    weights[1, :2] = 0.0
    parts = [(np.array([True, True, False, False]), mean([0, 1])), (np.array([False, False, True, True]), mean([1, 1]))]
    assert mean_of(parts)(weights).tolist() == [0.75, 1.0]


def test_the_bootstrap_is_the_same_at_every_call_and_draws_whole_groups() -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=300)
    alone = estimate(mean(values), [str(at) for at in range(300)])
    assert alone == estimate(mean(values), [str(at) for at in range(300)])
    assert alone.value == pytest.approx(values.mean())
    assert alone.low is not None
    assert alone.high is not None
    error = values.std() / math.sqrt(300)
    assert alone.high - alone.low == pytest.approx(2 * 1.96 * error, rel=0.1)
    tenfold = estimate(mean(np.repeat(values, 10)), [str(at // 10) for at in range(3000)])
    assert (tenfold.groups, tenfold.rows) == (300, 3000)
    assert (tenfold.low, tenfold.high) == pytest.approx((alone.low, alone.high))


def test_no_interval_is_made_up() -> None:
    one = estimate(mean([1, 2]), ["a", "a"])
    assert (one.value, one.low, one.high) == (1.5, None, None)
    assert estimate(mean([]), []).value is None
    rare = estimate(auroc([True, False, False], [1, 0, 0]), ["a", "b", "c"])
    assert rare.value == 1.0
    assert rare.low is None
    assert estimate(auroc([True, True], [1, 0]), ["a", "b"]).value is None
