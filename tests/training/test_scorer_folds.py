"""Weights that saw nothing of a group."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import scorer_folds
from training.scorer_folds import Wanted

GROUPS = [f"talk-{at}" for at in range(40)]


@given(st.text(min_size=1))
def test_a_group_is_left_out_with_one_fold_only(group: str) -> None:
    assert [scorer_folds.outside(fold)(group) for fold in range(scorer_folds.FOLDS)].count(False) == 1


def test_the_weights_of_a_fold_are_those_fitted_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DTNEXUS_TRAINING", str(tmp_path))

    def fitted(wanted: Wanted) -> dict[str, object]:
        seen = sum(wanted(group) for group in GROUPS)
        nothing = {"scorers": {}, "openers": {}, "calibration": {"pooled": [1.0, 0.0]}}
        return {"version": "1", "abstain_below": seen / 100, **nothing}

    scorer_folds.keep("linear", fitted)
    found = [weights.abstain_below for weights in scorer_folds.load("linear")]
    sizes = [sum(scorer_folds.fold_of(group) == fold for group in GROUPS) for fold in range(5)]
    assert min(sizes) > 0
    assert found == [(40 - size) / 100 for size in sizes]
