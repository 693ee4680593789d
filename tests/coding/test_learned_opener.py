"""Where a learned opener opens an episode; weights are given, not learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtnexus.coding.contract import interaction
from dtnexus.coding.episode_scoring import EpisodeWeights
from dtnexus.coding.exchanges import ABSENT, FEATURES
from dtnexus.coding.learned_opener import LearnedOpener
from dtnexus.coding.opportunities import Cut, cuts, rule_levels
from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.coding.session_reading import read_session
from dtnexus.errors import UsageError
from dtnexus.signal_rule import SignalRule
from dtnexus.transcript import Role
from tests.coding.test_opportunities import rule, spans, talk

SURE = 8.0
PUSH = {"pushback": 0.99}
HINT = {"pushback": 0.3}
BOW = {"reverses_position": 0.99}


def opener(weights: Mapping[tuple[str, str], float], shift: float = -4.0, rule_weight: float = 0.0) -> LearnedOpener:
    """Log odds of an episode: the shift, and each weight by how far its signal is above nothing (0 to 1)."""
    given_weights = np.array([weights.get(feature, 0.0) / (-2 * ABSENT) for feature in FEATURES])
    return LearnedOpener(given_weights, rule_weight, shift - float(given_weights.sum()) * ABSENT)


def found(
    reading_of: Sequence[tuple[str, Mapping[str, float]]], by: LearnedOpener, some: SignalRule | None = None
) -> list[Cut]:
    some = rule("pushback", window=1, opener="any") if some is None else some
    return cuts(talk(*reading_of), some, opener=by)


@pytest.mark.parametrize(
    ("said", "opened"),
    [
        pytest.param([("c", PUSH), ("a", {})], [(0, (1,))], id="a clear cue"),
        pytest.param([("c", HINT), ("a", {})], [], id="a hint alone"),
        pytest.param([("c", HINT), ("a", BOW)], [(0, (1,))], id="a hint, and an answer that shows what it was"),
        pytest.param([("c", {}), ("a", BOW)], [], id="the answer alone"),
        pytest.param([("c", PUSH), ("a", {}), ("c", {}), ("a", {})], [(0, (1,))], id="not in the next exchange"),
        pytest.param([("a", BOW)], [], id="nobody has said anything yet"),
    ],
)
def test_cue_and_answer_are_weighed_together(
    said: Sequence[tuple[str, Mapping[str, float]]], opened: list[tuple[int | None, tuple[int, ...]]]
) -> None:
    by = opener({("pushback", "client"): SURE, ("reverses_position", "agent"): SURE / 3})
    assert spans(found(said, by)) == opened


@pytest.mark.parametrize("place", ["before", "earlier"])
def test_what_was_said_before_counts_where_the_opener_reads_it(place: str) -> None:
    signal = {"before": "advice", "earlier": "states_goal"}[place]
    said = [("c", {"states_goal": 0.99}), ("a", {"advice": 0.99}), ("c", {}), ("a", {})]
    assert spans(found(said, opener({(signal, place): SURE}))) == [(2, (3,))]


def test_how_far_the_declared_rule_opens_is_one_reason() -> None:
    said = [("c", {"pushback": 0.6}), ("a", {}), ("c", {}), ("a", {})]
    some = rule("pushback", window=1, opener="any")
    levels = rule_levels(talk(*said), some)
    assert levels[0] > 0.5 > levels[1]
    assert spans(found(said, opener({}, rule_weight=SURE), some)) == [(0, (1,))]


def test_conditions_of_the_rule_lower_that_reason() -> None:
    said = [("c", {**PUSH, "goodbye": 0.99}), ("a", {})]
    some = rule("pushback", opener="any", unless=[{"signal": "goodbye", "at_least": 0.5}])
    assert rule_levels(talk(*said), some)[0] < 0.1
    assert found(said, opener({}, rule_weight=SURE), some) == []


def test_a_rule_whose_cues_are_acts_of_the_agent_opens_with_the_act() -> None:
    said = [("c", {}), ("a", {"advice": 0.99})]
    some = rule("advice", window=1, opener="any")
    assert spans(found(said, opener({("advice", "agent"): SURE}), some)) == [(None, (1,))]


def test_what_asks_for_a_change_opens_with_no_first_turn() -> None:
    said = [("c", PUSH), ("a", {}), ("c", PUSH), ("a", {})]
    some = rule("pushback", window=1, opener="any", not_at_first=True)
    assert spans(found(said, opener({("pushback", "client"): SURE}), some)) == [(2, (3,))]


def test_an_episode_names_the_signal_that_speaks_most_for_it() -> None:
    by = opener({("strain", "client"): SURE, ("reverses_position", "agent"): SURE})
    (cut,) = found([("c", {"strain": 0.9, "goodbye": 0.99}), ("a", {})], by)
    assert cut.by == "strain"
    assert 0.5 < cut.reading < 1.0


def test_a_faint_signal_is_named_only_where_none_is_clear() -> None:
    by = opener({("strain", "client"): 2 * SURE, ("goodbye", "client"): SURE})
    (clear,) = found([("c", {"strain": 0.4, "goodbye": 0.6}), ("a", {})], by)
    (faint,) = found([("c", {"strain": 0.4, "goodbye": 0.3}), ("a", {})], by)
    assert (clear.by, faint.by) == ("goodbye", "strain")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_a_lower_bar_loses_no_opportunity(pushes: list[float], one: float, other: float) -> None:
    said = [turn for push in pushes for turn in (("c", {"pushback": push}), ("a", {}))]
    by = opener({("pushback", "client"): SURE})
    low, high = (
        {cut.cue for cut in found(said, by, rule("pushback", window=1, opener="any", opens_from=bar))}
        for bar in sorted((one, other))
    )
    assert low >= high


def adding(**more: object) -> SignalRule:
    return rule("pushback", window=1, opener="any", opener_adds=True, **more)


@pytest.mark.parametrize(
    ("said", "by"),
    [
        pytest.param([("c", PUSH), ("a", {})], opener({}), id="a clear cue that the opener passes over"),
        pytest.param([("c", {}), ("a", BOW)], opener({("reverses_position", "agent"): SURE}), id="no cue"),
        pytest.param([("c", PUSH), ("a", BOW)], opener({("reverses_position", "agent"): SURE}), id="both"),
    ],
)
def test_an_opener_that_adds_opens_beside_the_declared_cues(
    said: Sequence[tuple[str, Mapping[str, float]]], by: LearnedOpener
) -> None:
    assert spans(found(said, by, adding())) == [(0, (1,))]
    assert found([("c", HINT), ("a", {})], by, adding()) == []


def test_a_rule_that_adds_without_an_opener_is_refused() -> None:
    with pytest.raises(ValueError, match="no opener is named; name one as opener"):
        rule("pushback", opener_adds=True)


def test_what_is_skipped_stays_so_unless_the_opener_opens_it() -> None:
    said = [("c", {**PUSH, "goodbye": 0.99}), ("a", {})]
    some = adding(skip=[{"all_of": [{"signal": "goodbye", "at_least": 0.5}]}])
    assert found(said, opener({}), some) == []
    assert spans(found(said, opener({("goodbye", "client"): SURE}), some)) == [(0, (1,))]


def test_what_only_the_opener_opens_is_as_clear_as_its_chance() -> None:
    by = opener({("reverses_position", "agent"): SURE})
    (declared,) = found([("c", PUSH), ("a", {})], by, adding())
    (learned,) = found([("c", HINT), ("a", BOW)], by, adding())
    assert declared.reading == pytest.approx(0.99)
    assert 0.9 < learned.reading < 0.99
    assert learned.learned
    assert not declared.learned


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6))
def test_an_opener_that_adds_takes_no_opportunity_away(turns: list[tuple[float, float]]) -> None:
    said = [turn for push, bow in turns for turn in (("c", {"pushback": push}), ("a", {"reverses_position": bow}))]
    declared = {cut.cue for cut in found(said, opener({}), rule("pushback", window=1))}
    both = {cut.cue for cut in found(said, opener({("reverses_position", "agent"): SURE}), adding())}
    assert both >= declared


def test_an_opener_is_the_same_after_it_was_written() -> None:
    by = opener({("pushback", "client"): SURE}, rule_weight=2.0)
    document = by.as_json()
    document["weights"]["client"]["a_signal_that_is_gone"] = 3.0
    del document["weights"]["agent"]["advice"]
    again = LearnedOpener.from_json(document)
    assert np.allclose(again.weights, by.weights, atol=1e-4)
    assert (again.rule_weight, again.shift) == (2.0, by.shift)


def test_a_rule_with_an_unknown_opener_is_refused_by_name() -> None:
    weights = EpisodeWeights({}, {"D1": opener({})}, {}, 0.0, "0", "none")
    assert weights.opener(rule("pushback", opener="D1")) is weights.openers["D1"]
    assert weights.opener(rule("pushback")) is None
    assert EpisodeWeights.empty().opener(rule("pushback", opener="D9")) is None
    with pytest.raises(UsageError, match="opener 'D9' is unknown; use one of D1"):
        weights.opener(rule("pushback", opener="D9"))


def test_a_turn_of_the_agent_that_says_nothing_is_no_exchange() -> None:
    turns = ((Role.CLIENT, "Hello there."), (Role.AGENT, "  "), (Role.CLIENT, "Anyone?"), (Role.AGENT, "Yes, go on."))
    reading = read_session(ScriptedReader({}), interaction(turns).sessions[0], 0)
    assert reading.exchanges().places == [(2, 3)]
    assert reading.exchanges() is reading.exchanges()


def test_a_talk_without_an_answer_has_no_exchange() -> None:
    reading = talk(("c", PUSH))
    assert reading.exchanges().places == []
    assert cuts(reading, rule("pushback", opener="any"), opener=opener({("pushback", "client"): SURE})) == []


def test_what_people_liked_opens_nothing() -> None:
    assert "felt_understood" not in {signal for signal, _ in FEATURES}
