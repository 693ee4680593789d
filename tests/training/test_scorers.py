"""What a scorer reads, and how much of a say it has."""

import numpy as np
import pytest

from dtnexus.signal_rule import SignalRule
from training.episodes import scorer_document, share_of
from training.scorer_rows import Rows, rule_features


def rows(count: int) -> Rows:
    """Episodes whose score follows the one signal that is read."""
    dice = np.random.default_rng(0)
    scores = dice.integers(0, 5, count)
    readings = (scores - 2.0 + dice.normal(0, 0.5, count))[:, None]
    plain = np.full((count, 5), 0.2)
    return Rows((("strain", "next"),), np.full(count, 2.0), readings, plain, scores, np.arange(count).astype(str))


@pytest.mark.parametrize(("count", "share"), [(999, 0.5), (1000, 0.75)])
def test_a_scorer_that_learnt_from_many_episodes_has_more_of_a_say(count: int, share: float) -> None:
    assert share_of(rows(count)) == share


def test_the_share_is_written_down() -> None:
    assert scorer_document(rows(60), None, odds=True)[0]["share"] == 0.5


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        pytest.param({}, (("advice", "before"),), id="the tests of the scores"),
        pytest.param({"scorer_reads": ["praise"]}, (("praise", "turn"),), id="signals of the answer instead"),
        pytest.param(
            {"scorer_reads": ["praise"], "scorer_reads_next": ["strain"]},
            (("praise", "turn"), ("strain", "next")),
            id="and of what the client says next",
        ),
    ],
)
def test_what_a_scorer_reads(fields: dict[str, list[str]], wanted: tuple[tuple[str, str], ...]) -> None:
    low = {"score": 1, "all_of": [{"signal": "advice", "at_least": 0.5, "at": "before"}]}
    rule = SignalRule.model_validate(
        {"cues": [{"signal": "pushback", "at_least": 0.5}], "scores": [low], "otherwise": 2, **fields}
    )
    assert rule_features(rule) == wanted


def test_the_next_turn_alone_is_no_set_of_signals() -> None:
    with pytest.raises(ValueError, match="scorer_reads_next names signals and scorer_reads none"):
        SignalRule.model_validate(
            {"cues": [{"signal": "pushback", "at_least": 0.5}], "otherwise": 2, "scorer_reads_next": ["strain"]}
        )
