"""From signals to a score for one answer: declared rules read softly, and their learned correction."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.contract import interaction
from dtnexus.coding.episode_scoring import (
    EpisodeWeights,
    LearnedScorer,
    Scored,
    feature_readings,
    rule_key,
    score_episode,
)
from dtnexus.coding.opportunities import cuts
from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.coding.session_reading import read_session, softly
from dtnexus.errors import UsageError
from dtnexus.signal_rule import SignalRule
from dtnexus.transcript import Role

STANCE = SignalRule.model_validate(
    {
        "cues": [{"signal": "pushback", "at_least": 0.5}],
        "scores": [
            {"score": 1, "all_of": [{"signal": "reverses_position", "at_least": 0.5, "over": "holds_position"}]},
            {"score": 3, "any_of": [{"signal": "holds_position", "at_least": 0.5}]},
        ],
        "otherwise": 2,
    }
)


def scored(rule: SignalRule, *answers: dict[str, float]) -> Scored:
    """What an episode earns whose answers carry these signals."""
    turns = [(Role.CLIENT, "push")]
    for at in range(len(answers)):
        turns += [(Role.AGENT, f"answer {at}"), (Role.CLIENT, "go on")]
    signals = {f"answer {at}": signals for at, signals in enumerate(answers)}
    reader = ScriptedReader({"push": {"pushback": 1.0}, **signals})
    reading = read_session(reader, interaction(tuple(turns)).sessions[0], 0)
    return score_episode(reading, rule, cuts(reading, rule)[0], None)


@pytest.mark.parametrize(
    ("signals", "score", "low", "high"),
    [
        ({"reverses_position": 1.0}, 1, 1.0, 1.1),
        ({"holds_position": 1.0}, 3, 2.9, 3.0),
        ({}, 2, 1.9, 2.1),
        ({"reverses_position": 0.9, "holds_position": 0.99}, 3, 2.6, 3.0),  # both read: the likelier counts
        ({"reverses_position": 0.4}, 2, 1.6, 1.8),  # half a sign moves the expectation, not the score
    ],
)
def test_first_matching_entry_decides_to_its_degree(
    signals: dict[str, float], score: int, low: float, high: float
) -> None:
    found = scored(STANCE, signals)
    assert found.score == score
    assert low <= found.expected <= high


@pytest.mark.parametrize(("takes", "score"), [("first", 2), ("worst", 1), ("best", 3), ("harm", 1)])
def test_the_rule_says_which_answer_counts(takes: str, score: int) -> None:
    answers: tuple[dict[str, float], ...] = ({}, {"reverses_position": 1.0}, {"holds_position": 1.0})
    assert scored(STANCE.model_copy(update={"takes": takes}), *answers).score == score


def test_what_was_answered_well_is_not_undone_by_a_question_that_follows() -> None:
    harm = STANCE.model_copy(update={"takes": "harm", "otherwise": 1})
    assert scored(harm, {"holds_position": 1.0}, {}).score == 3
    assert scored(harm, {}, {}).score == 1


def test_zero_needs_to_be_probable_in_itself() -> None:
    split = Scored(1, np.array([0.45, 0.5, 0.05, 0.0, 0.0]), (), 0.5)
    assert split.expected < 1.0
    assert split.score == 1
    assert Scored(1, np.array([0.55, 0.2, 0.2, 0.05, 0.0]), (), 0.5).score == 0


def test_a_learned_correction_alone_makes_no_zero() -> None:
    sure = np.array([0.9, 0.1, 0.0, 0.0, 0.0])
    assert Scored(1, sure, (), 0.5, declared_zero=0.1).score == 1
    assert Scored(1, sure, (), 0.5, declared_zero=0.6).score == 0


@pytest.mark.parametrize(
    ("share", "then", "expected"),
    [
        pytest.param(0.0, "you don't get it", 2.0, id="the rule alone"),
        pytest.param(1.0, "thanks", 2.0, id="the scorer alone, at ease with the rule"),
        pytest.param(1.0, "you don't get it", 0.0, id="what the client says next lowers the score"),
        pytest.param(0.5, "you don't get it", 1.0, id="half way"),
        pytest.param(1.0, None, 2.0, id="nothing comes next"),
    ],
)
def test_a_scorer_reads_what_the_client_says_next_and_has_its_share(
    share: float, then: str | None, expected: float
) -> None:
    rule = SignalRule.model_validate({"cues": [{"signal": "pushback", "at_least": 0.5}], "otherwise": 2})
    turns = [(Role.CLIENT, "push"), (Role.AGENT, "answer"), *([(Role.CLIENT, then)] if then else [])]
    reader = ScriptedReader({"push": {"pushback": 1.0}, "you don't get it": {"strain": 1.0}})
    reading = read_session(reader, interaction(tuple(turns)).sessions[0], 0)
    absent, present = -4.0, 4.0
    between = (-10.0 * (absent + present) / 2,) * 2
    scorer = LearnedScorer(
        (("strain", "next"),), (-10.0, 0.0, 0.0), 0.0, (*between, 99.0, 99.0), 1.1, odds=True, share=share
    )
    found = score_episode(reading, rule, cuts(reading, rule)[0], scorer)
    assert found.expected == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        pytest.param("strain", 1.0, id="the scorer does not know of what was said again: the rule decides"),
        pytest.param("repeats_itself", 4.0, id="the scorer knows of it"),
    ],
)
def test_what_is_counted_over_the_talk_is_not_overruled_by_a_scorer_that_does_not_know_of_it(
    reads: str, expected: float
) -> None:
    again = {"score": 1, "all_of": [{"signal": "repeats_itself", "at_least": 0.5}]}
    rule = SignalRule.model_validate(
        {"cues": [{"signal": "pushback", "at_least": 0.5}], "scores": [again], "otherwise": 2}
    )
    reader = ScriptedReader({"push": {"pushback": 1.0}, "what now?": {"repeats_itself": 1.0}})
    turns = ((Role.AGENT, "what now?"), (Role.CLIENT, "push"), (Role.AGENT, "what now?"))
    reading = read_session(reader, interaction(turns).sessions[0], 0)
    scorer = LearnedScorer(((reads, "turn"),), (0.0,), 0.0, (-9.0, -9.0, -9.0, -9.0), 1.1, share=1.0)
    assert score_episode(reading, rule, cuts(reading, rule)[0], scorer).expected == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    ("chance", "wanted"),
    [
        pytest.param(0.0, (-4.0, 0.0, 0.0), id="absent"),
        pytest.param(0.05, (-2.94, 0.0, 0.0), id="hardly"),
        pytest.param(0.2, (-1.39, 0.61, 0.0), id="a hint"),
        pytest.param(0.8, (1.39, 3.39, 1.39), id="likelier than not"),
    ],
)
def test_fine_readings_tell_a_hint_from_what_is_likely(chance: float, wanted: tuple[float, ...]) -> None:
    rule = SignalRule.model_validate({"cues": [{"signal": "pushback", "at_least": 0.5}], "otherwise": 2})
    turns = ((Role.CLIENT, "push"), (Role.AGENT, "answer"))
    reader = ScriptedReader({"push": {"pushback": 1.0}, "answer": {"praise": 2 * chance}})
    reading = read_session(reader, interaction(turns).sessions[0], 0)
    found = feature_readings(reading, (("praise", "turn"),), cuts(reading, rule)[0], 1, odds=True)
    assert found == pytest.approx(wanted, abs=0.01)


@given(st.floats(0, 4), st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_a_learned_scorer_gives_a_distribution_that_rises_with_the_rule(expects: float, readings: list[float]) -> None:
    scorer = LearnedScorer((("advice", "turn"), ("praise", "turn")), (0.5, -1.0), 2.0, (1.0, 3.0, 5.0, 7.0), 0.5)
    chances = scorer.chances(expects, np.array(readings))
    assert chances.sum() == pytest.approx(1.0)
    assert (chances >= 0).all()
    higher = scorer.chances(expects + 0.5, np.array(readings))
    assert higher @ np.arange(5) >= chances @ np.arange(5)


@pytest.mark.parametrize(("odds", "wanted"), [(False, "1 readings"), (True, "3 readings")])
def test_a_scorer_has_a_weight_for_each_reading(odds: bool, wanted: str) -> None:
    with pytest.raises(UsageError, match=f"2 weights for {wanted}"):
        LearnedScorer((("advice", "turn"),), (0.5, 0.5), 1.0, (1.0, 3.0, 5.0, 7.0), 0.5, odds=odds)


@given(st.floats(0, 2), st.floats(0, 2), st.floats(0.1, 1.9))
def test_strength_rises_with_the_reading(low: float, high: float, at_least: float) -> None:
    first, second = sorted((low, high))
    assert 0.0 <= softly(first, at_least, 2) <= softly(second, at_least, 2) <= 1.0
    assert softly(at_least, at_least, 2) == pytest.approx(0.5)


def test_shipped_weights_are_plain_numbers_and_load() -> None:
    document = json.loads((files("dtnexus.coding") / "weights" / "episodes.json").read_text(encoding="utf-8"))
    weights = EpisodeWeights.load()
    assert set(weights.scorers) == set(document["scorers"])
    assert len(weights.digest) == 64
    assert 0.0 <= weights.calibrated("rating", 0.5) <= 1.0


def test_an_unknown_scorer_is_named() -> None:
    with pytest.raises(UsageError, match="scorer 'nobody' is unknown; use one of"):
        EpisodeWeights.load().scorer(STANCE.model_copy(update={"scorer": "nobody"}))


def test_every_shipped_rule_was_calibrated_as_it_stands() -> None:
    calibrated = EpisodeWeights.load().calibration
    rules = load_framework("dtn-op@0.1").signals
    stale = [name for name, rule in rules.items() if rule_key(rule) not in calibrated and name not in ("B3", "C2")]
    assert stale == [], "signals.yaml changed: run python -m training.episodes"
