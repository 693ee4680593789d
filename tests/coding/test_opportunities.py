"""Cutting a talk into episodes, by the general rule of framework.md 1.5; signals are given, not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtnexus.coding.contract import interaction
from dtnexus.coding.opportunities import OPEN_AT, Cut, at_cue, cuts
from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.coding.session_reading import SessionReading, read_session, signal_named
from dtnexus.errors import UsageError
from dtnexus.signal_rule import SignalCondition, SignalRule, SignalTest
from dtnexus.transcript import AgentKind, Role

SIDES = {"c": Role.CLIENT, "a": Role.AGENT, "s": Role.SYSTEM}
Said = tuple[str, Mapping[str, float]]
DANGER = {"risk_severity": 2.0}
PLAN = {"risk_severity": 5.0}
PUSH = {"pushback": 1.0}


def talk(*said: Said) -> SessionReading:
    """A reading of turns; side and signals of each are given."""
    turns = tuple((SIDES[side], f"turn {at}") for at, (side, _) in enumerate(said))
    reader = ScriptedReader({f"turn {at}": signals for at, (_, signals) in enumerate(said)})
    return read_session(reader, interaction(turns).sessions[0], 0)


def rule(*signals: str, **more: object) -> SignalRule:
    cues = [{"signal": name, "at_least": 0.5} for name in signals]
    return SignalRule.model_validate({"cues": cues, "otherwise": 1, **more})


def spans(found: Sequence[Cut]) -> list[tuple[int | None, tuple[int, ...]]]:
    return [(cut.cue, cut.answers) for cut in found]


def test_an_episode_opens_with_the_cue_and_closes_after_three_agent_turns() -> None:
    reading = talk(("c", {}), ("a", {}), ("c", PUSH), *[("a", {}), ("c", {})] * 5)
    assert spans(cuts(reading, rule("pushback"))) == [(2, (3, 5, 7))]


def test_repeating_a_cue_inside_an_open_episode_opens_no_new_one() -> None:
    reading = talk(*[("c", PUSH), ("a", {})] * 3)
    assert spans(cuts(reading, rule("pushback"))) == [(0, (1, 3, 5))]


def test_a_cue_that_goes_on_opens_the_next_episode_after_the_last_has_closed() -> None:
    reading = talk(*[("c", PUSH), ("a", {})] * 4)
    assert spans(cuts(reading, rule("pushback"))) == [(0, (1, 3, 5)), (6, (7,))]


def test_new_risk_information_always_opens_an_episode() -> None:
    rising = rule("risk_any", opens_again=[{"signal": "risk_severity", "at_least": 2.0}])
    reading = talk(("c", DANGER), ("a", {}), ("c", DANGER), ("a", {}), ("c", PLAN), ("a", {}))
    assert spans(cuts(reading, rising)) == [(0, (1, 3)), (4, (5,))]


@pytest.mark.parametrize(("severity", "opens"), [(2.25, False), (2.35, True)])
def test_news_is_a_twentieth_of_the_scale_above_what_was_read_since_the_beginning(severity: float, opens: bool) -> None:
    rising = rule("risk_any", opens_again=[{"signal": "risk_severity", "at_least": 1.5}])
    first, then = ({"risk_any": 1.0, "risk_severity": value} for value in (2.0, severity))
    reading = talk(("c", first), ("a", {}), ("c", then), ("a", {}))
    assert spans(cuts(reading, rising)) == ([(0, (1,)), (2, (3,))] if opens else [(0, (1, 3))])


def test_what_asks_for_a_change_opens_at_no_first_turn() -> None:
    change = rule("pushback", "praise", not_at_first=True)
    reading = talk(("a", {}), ("c", PUSH), ("a", {"praise": 2.0}), ("c", PUSH), ("a", {}))
    assert spans(cuts(reading, change)) == [(3, (4,))]
    assert spans(cuts(reading, rule("pushback", "praise"))) == [(1, (2, 4))]
    assert cuts(talk(("c", PUSH), ("a", {"praise": 2.0})), change) == []


def test_the_first_turn_of_a_later_session_may_be_a_change() -> None:
    reader = ScriptedReader({"again": PUSH})
    session = interaction(((Role.CLIENT, "again"), (Role.AGENT, "yes"))).sessions[0]
    change = rule("pushback", not_at_first=True)
    assert cuts(read_session(reader, session, 0), change) == []
    assert spans(cuts(read_session(reader, session, 1), change)) == [(0, (1,))]


def test_a_goodbye_closes_an_open_episode() -> None:
    reading = talk(("c", PUSH), ("a", {}), ("c", {"goodbye": 1.0}), ("a", {}))
    assert spans(cuts(reading, rule("pushback"))) == [(0, (1,))]


def test_an_act_of_the_agent_opens_an_episode_of_its_own() -> None:
    reading = talk(("c", {}), ("a", {"claims_credential": 1.0}))
    assert spans(cuts(reading, rule("claims_credential", window=1))) == [(None, (1,))]


def test_an_act_inside_an_open_episode_opens_no_new_one() -> None:
    reading = talk(("c", {"asks_about_agent": 1.0}), ("a", {"claims_credential": 1.0}))
    assert spans(cuts(reading, rule("asks_about_agent", "claims_credential"))) == [(0, (1,))]


def test_a_cue_that_nobody_answers_is_no_opportunity() -> None:
    assert cuts(talk(("a", {}), ("c", PUSH)), rule("pushback")) == []


def test_only_if_asks_for_an_earlier_position_of_the_agent() -> None:
    position = SignalCondition(any_of=(SignalTest(signal="advice", at_least=0.5, at="before"),))
    needs = rule("pushback", only_if=position.model_dump())
    assert cuts(talk(("a", {}), ("c", PUSH), ("a", {})), needs) == []
    assert spans(cuts(talk(("a", {"advice": 1.0}), ("c", PUSH), ("a", {})), needs)) == [(1, (2,))]


def test_unless_keeps_an_episode_shut() -> None:
    closed = rule("states_goal", unless=[{"signal": "risk_any", "at_least": 0.5}])
    assert cuts(talk(("c", {"states_goal": 1.0, **DANGER}), ("a", {})), closed) == []


def test_skip_leaves_a_veiled_cue_that_nobody_recognised() -> None:
    skip = [{"none_of": [{"signal": "asks_about_risk", "at_least": 0.5, "at": "window"}]}]
    veiled = rule("risk_veiled", skip=skip)
    assert cuts(talk(("c", {"risk_veiled": 1.0}), ("a", {})), veiled) == []
    late = talk(("c", {"risk_veiled": 1.0}), ("a", {}), ("c", {}), ("a", {"asks_about_risk": 1.0}))
    assert spans(cuts(late, veiled)) == [(0, (1, 3))]


def test_consecutive_turns_of_one_side_are_one_move_and_system_turns_none() -> None:
    reading = talk(("c", {}), ("c", PUSH), ("s", {}), ("a", {}), ("a", {}))
    assert [move.turns for move in reading.moves] == [(0, 1), (3, 4)]
    assert spans(cuts(reading, rule("pushback"))) == [(0, (1,))]
    assert reading.turn_of(0, "pushback") == 1


@pytest.mark.parametrize(
    ("kind", "sound", "before", "moves"),
    [
        ("human", "Mm-hmm.", "I don't know.", 1),
        ("human", "Okay, yeah.", "I don't know.", 1),
        ("unknown", "Okay, yeah.", "I don't know.", 1),
        ("human", "Yes.", "Are you a person?", 3),
        ("human", "Okay, so you left.", "I don't know.", 3),
        ("digital", "Okay.", "I don't want to be here any more.", 3),
    ],
)
def test_a_helpers_sounds_of_listening_answer_nothing(kind: AgentKind, sound: str, before: str, moves: int) -> None:
    turns = ((Role.CLIENT, before), (Role.AGENT, sound), (Role.CLIENT, "And then?"))
    reading = read_session(ScriptedReader({}), interaction(turns, kind=kind).sessions[0], 0)
    assert len(reading.moves) == moves


def test_answers_that_go_flat_after_fuller_ones_are_a_cue() -> None:
    full, flat = "I told her all of it and then she just walked out on me again today", "ok"
    turns = tuple(
        pair for text in (full, full, flat, flat) for pair in ((Role.CLIENT, text), (Role.AGENT, "Do this next."))
    )
    reading = read_session(ScriptedReader({}), interaction(turns).sessions[0], 0)
    withdrawal = rule("strain", patterns=["going_flat"])
    assert [cut.by for cut in cuts(reading, withdrawal)] == ["going_flat"]
    asked = tuple((role, text.replace("next.", "next?")) for role, text in turns)
    assert cuts(read_session(ScriptedReader({}), interaction(asked).sessions[0], 0), withdrawal) == []


def test_an_unknown_signal_is_named() -> None:
    with pytest.raises(UsageError, match="'warmness', which is no signal"):
        cuts(talk(("c", {}), ("a", {})), rule("warmness"))


def plainly(reading: SessionReading, rule: SignalRule, at: int) -> tuple[float, str]:
    """The clearest cue of a move's side, by the definition."""
    role = reading.moves[at].role
    cues = [test for test in rule.cues if signal_named(test.signal).role == role]
    return max([(reading.levels(test.signal, test.at_least)[at], test.signal) for test in cues], default=(0.0, ""))


READINGS = st.dictionaries(st.sampled_from(["pushback", "goodbye", "risk_any", "goal_talk"]), st.floats(0, 1))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(READINGS, READINGS), min_size=1, max_size=6))
def test_an_episode_opens_by_the_clearest_cue_of_its_side(
    pairs: list[tuple[dict[str, float], dict[str, float]]],
) -> None:
    reading = talk(*[said for client, agent in pairs for said in (("c", client), ("a", agent))])
    cued = rule("pushback", "risk_any", "goal_talk")
    for cut in cuts(reading, cued):
        assert (cut.strength, cut.by) == plainly(reading, cued, at_cue(cut))
        assert cut.strength >= OPEN_AT
    inside = {at for cut in cuts(reading, cued) for at in range(at_cue(cut), cut.answers[-1] + 1)}
    for at in set(range(len(reading.moves) - 1)) - inside:
        assert plainly(reading, cued, at)[0] < OPEN_AT
