"""What training does before anything is fitted: which rows stand together, and how scores become probabilities."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dtnexus.coding.weight_file import OUTPUTS
from training.corpus import LATER, Row, group_of, targets, with_later
from training.scored_replies import scores
from training.signals import calibrate, straight


@pytest.mark.parametrize(
    ("name", "one", "other", "together"),
    [
        ("ieval", "8-negative-Yellow", "8-positive-Green", True),
        ("ieval", "8-negative-Yellow", "18-negative-Yellow", False),
        ("llms_as_therapists", "mania/3bdf0f9dcc77", "mania/a1", True),
        ("vera_mh", "a.txt", "b.txt", False),
    ],
)
def test_what_was_said_to_one_task_or_stimulus_stands_on_one_side_of_a_fold(
    name: str, one: str, other: str, together: bool
) -> None:
    assert (group_of(name, one) == group_of(name, other)) is together


def test_a_signal_that_came_later_weighs_only_where_it_was_labelled() -> None:
    words = "We moved in on Friday and I danced."
    row = Row("client", "", words, {"evaluable_claim": 1.0}, None, "a", "", "own", place=("own", "7"))
    labelled = with_later(row, {row.place: {5: [{"personal_disclosure": 2}, {"personal_disclosure": 1}]}})
    other = with_later(row, {row.place: {6: [{"altered_experience": 1}]}})
    columns = {output: at for at, output in enumerate(OUTPUTS["client"])}
    later = [at for (name, _), at in columns.items() if name in LATER]
    target, weight = targets(
        [row, labelled, with_later(row, {("own", "8"): {6: [{"altered_experience": 1}]}}), other], "client"
    )
    nothing = [0.0] * 4
    assert weight[:, later].tolist() == [nothing, [1.0, 1.0, 1.0, 0.0], nothing, [0.0, 0.0, 0.0, 1.0]]
    assert (weight[:, columns["evaluable_claim", 1]] == 1.0).all()
    assert target[1, later].tolist() == [1.0, 0.5, 0.0, 0.0]
    assert target[3, later].tolist() == [0.0, 0.0, 0.0, 1.0]
    assert target[1, columns["evaluable_claim", 1]] == 1.0


def test_a_reply_has_the_mean_of_its_scores_and_none_where_one_saw_no_disclosure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        {"criterion": "B1", "file": "own", "row": 0, "labeller": "x", "score": 2},
        {"criterion": "B1", "file": "own", "row": 0, "labeller": "y", "score": 3},
        {"criterion": "B1", "set": "ieval", "conversation": "8-a", "turn": 1, "labeller": "x", "score": 0},
        {"criterion": "B1", "file": "own", "row": 2, "labeller": "x", "score": 1},
        {"criterion": "B1", "file": "own", "row": 2, "labeller": "y", "score": None},
    ]
    (tmp_path / "scored_replies.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    monkeypatch.setattr("training.scored_replies.LABELS", tmp_path)
    assert scores() == {"B1": {("own", "0"): 3, ("ieval", "8-a", "1"): 0}}


def test_a_turn_that_nobody_labelled_weighs_nothing() -> None:
    row = Row("agent", "", "Let us slow down.", {}, frozenset(), "llms_as_therapists/fly", "", "only read")
    assert not targets([row], "agent")[1].any()


@pytest.mark.parametrize(("count", "middle"), [(300, 0.0), (5000, -3.0), (20000, -6.0)])
def test_the_calibration_is_the_penalised_logistic_regression(count: int, middle: float) -> None:
    random = np.random.default_rng(7)
    score = (2.0 * random.normal(size=count) + middle).astype(np.float32)
    weight = random.choice([1.0, 1.5, 0.3], count).astype(np.float32)
    holds = random.random(count) < 1.0 / (1.0 + np.exp(-(1.2 * score + 0.3)))
    known = LogisticRegression(C=10.0, solver="newton-cholesky", tol=1e-8, max_iter=1000)
    known.fit(score[:, None], holds, sample_weight=weight)
    found = straight(score, holds, weight)
    assert found == pytest.approx([known.coef_[0, 0], known.intercept_[0]], abs=1e-5)


def test_the_order_of_the_rows_does_not_reach_the_calibration() -> None:
    random = np.random.default_rng(3)
    scores = random.normal(size=(4000, 3)).astype(np.float32)
    target = (random.random((4000, 3)) < 1.0 / (1.0 + np.exp(2.0 - scores))).astype(np.float32)
    weight = random.choice([0.0, 1.0, 1.5], (4000, 3)).astype(np.float32)
    shuffled = random.permutation(4000)
    one, other = calibrate(scores, target, weight), calibrate(scores[shuffled], target[shuffled], weight[shuffled])
    assert np.array_equal(one, other)
