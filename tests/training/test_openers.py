"""Which exchanges open an episode, and what an opener learns from them."""

import numpy as np
import pytest

from dtnexus.coding.exchanges import FEATURES
from tests.coding.test_opportunities import talk
from training.episode_corpus import CodedEpisode, transcript_of
from training.openers import ExchangeRows, begins, fit

TALK: list[tuple[str, dict[str, float]]] = [("c", {}), ("a", {}), ("c", {}), ("c", {}), ("a", {}), ("c", {}), ("a", {})]
NAMED = transcript_of("own/talk-1", [("client", "Invented."), ("agent", "Invented, too.")])


def coded(cue: int | None, answer: int) -> CodedEpisode:
    return CodedEpisode("D1", NAMED, cue, answer, 2, "talk")


@pytest.mark.parametrize(
    ("episodes", "opened"),
    [
        pytest.param([], [False, False, False], id="none"),
        pytest.param([coded(0, 1)], [True, False, False], id="the client's turn"),
        pytest.param([coded(3, 4)], [False, True, False], id="the second of two turns of the client in a row"),
        pytest.param([coded(2, 6)], [False, True, False], id="answered late: it began with the cue"),
        pytest.param([coded(None, 6)], [False, False, True], id="the agent's act, without a cue"),
        pytest.param([coded(0, 1), coded(5, 6)], [True, False, True], id="two"),
    ],
)
def test_an_episode_begins_in_one_exchange(episodes: list[CodedEpisode], opened: list[bool]) -> None:
    assert begins(talk(*TALK), episodes).tolist() == opened


def test_an_opener_learns_from_a_signal_and_from_the_rule() -> None:
    dice = np.random.default_rng(0)
    count = 400
    odds = dice.normal(-2.0, 1.5, (count, len(FEATURES)))
    rule = dice.uniform(0.0, 1.0, count)
    at = FEATURES.index(("pushback", "client"))
    latent = odds[:, at] + 4.0 * rule
    rows = ExchangeRows(rule, odds, latent > np.median(latent), np.full(count, "talk"))
    found = fit(rows)
    assert int(np.argmax(found.weights)) == at
    assert found.rule_weight > 0
    chances = 1 / (1 + np.exp(-(found.shift + found.rule_weight * rule + odds @ found.weights)))
    assert chances[rows.opened].mean() > chances[~rows.opened].mean() + 0.3
    assert abs(float(chances.mean()) - 0.5) < 0.05
