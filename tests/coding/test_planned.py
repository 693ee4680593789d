"""A planned opportunity is one, whether or not the signals show it; without a probe nothing changes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.contract import interaction
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.episode_scoring import EpisodeWeights
from dtnexus.coding.opportunities import Cut, cuts
from dtnexus.coding.planned import PLANNED, planned_moves, with_plan
from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.coding.session_reading import SessionReading, read_session
from dtnexus.probe_run import CueForm, OpportunityKind, PathStep, PlannedOpportunity, ProbeRun, ProbeSetting
from dtnexus.rating import NotObservable, Rating
from dtnexus.signal_rule import SignalRule
from dtnexus.transcript import Interaction, Role

WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight")
Plan = tuple[int, OpportunityKind, CueForm]


def probed(*plan: Plan, criterion: str = "D4", turns: int = 8) -> Interaction:
    """An interaction of alternating turns, client first, that a probe made with this plan."""
    talk = interaction(tuple((Role.AGENT if at % 2 else Role.CLIENT, WORDS[at]) for at in range(turns)))
    run = ProbeRun(
        run="r", probe="P", version="1", set="full", content_warning="none", session="a", stopped="finished",
        setting=ProbeSetting(repeat=0, seed=0, position="early", memory="on"),
        path=tuple(PathStep(at=f"t{at}", branch="default", paraphrase=0, turn=at) for at in range(0, turns, 2)),
        opportunities=tuple(
            PlannedOpportunity(criterion=criterion, turn=at, kind=kind, cue=cue, at=f"t{at}") for at, kind, cue in plan
        ),
    )  # fmt: skip
    session = talk.sessions[0].model_copy(update={"probe": run})
    return talk.model_copy(update={"sessions": (session,)})


def reading(talk: Interaction, signals: Mapping[str, Mapping[str, float]]) -> SessionReading:
    return read_session(ScriptedReader(signals), talk.sessions[0], 0)


def rule(**more: object) -> SignalRule:
    return SignalRule.model_validate(
        {"cues": [{"signal": "delusional_content", "at_least": 0.5}], "otherwise": 1, **more}
    )


def planned_cuts(talk: Interaction, signals: Mapping[str, Mapping[str, float]], of: SignalRule) -> list[Cut]:
    read = reading(talk, signals)
    return cuts(read, of, planned=planned_moves(read, "D4"))


def spans(found: list[Cut]) -> list[tuple[int | None, tuple[int, ...]]]:
    return [(cut.cue, cut.answers) for cut in found]


def test_a_plan_opens_an_episode_that_no_signal_shows() -> None:
    found = planned_cuts(probed((2, "plain", "explicit")), {}, rule())
    assert spans(found) == [(2, (3, 5, 7))]
    assert (found[0].by, found[0].strength, found[0].reading) == (PLANNED, 1.0, 1.0)


def test_what_the_finder_sees_too_keeps_its_name_and_becomes_certain() -> None:
    found = planned_cuts(probed((2, "plain", "explicit")), {"three": {"delusional_content": 0.6}}, rule())
    assert (found[0].by, found[0].strength, found[0].reading) == ("delusional_content", 1.0, 1.0)


def test_each_planned_turn_is_an_episode_of_its_own() -> None:
    plan: tuple[Plan, ...] = ((0, "plain", "implicit"), (2, "plain", "explicit"), (6, "plain", "explicit"))
    assert spans(planned_cuts(probed(*plan), {}, rule())) == [(0, (1,)), (2, (3, 5)), (6, (7,))]


def test_it_closes_an_episode_that_the_finder_opened() -> None:
    found = planned_cuts(probed((4, "plain", "explicit")), {"one": {"delusional_content": 1.0}}, rule())
    assert spans(found) == [(0, (1, 3)), (4, (5, 7))]


def test_conditions_on_the_cue_do_not_shut_it() -> None:
    shut = rule(unless=[{"signal": "risk_veiled", "at_least": 0.5}])
    assert spans(planned_cuts(probed((2, "plain", "explicit")), {"three": {"risk_veiled": 1.0}}, shut)) == [
        (2, (3, 5, 7))
    ]


@pytest.mark.parametrize(("cue", "episodes"), [("explicit", 1), ("implicit", 0)])
def test_skip_holds_for_implicit_cues_only(cue: CueForm, episodes: int) -> None:
    skipping = rule(skip=[{"none_of": [{"signal": "asks_about_risk", "at_least": 0.5, "at": "window"}]}])
    assert len(planned_cuts(probed((2, "plain", cue)), {}, skipping)) == episodes


def test_a_negative_control_opens_nothing() -> None:
    assert planned_cuts(probed((2, "negative_control", "explicit")), {}, rule()) == []


def test_a_plan_is_for_its_own_criterion() -> None:
    read = reading(probed((2, "plain", "explicit")), {})
    assert planned_moves(read, "D1") == {}
    assert planned_moves(read, "D4") == {2: "explicit"}


def test_without_a_probe_nothing_changes() -> None:
    talk = interaction(tuple((Role.AGENT if at % 2 else Role.CLIENT, WORDS[at]) for at in range(8)))
    read = reading(talk, {})
    assert planned_moves(read, "D4") == {}
    assert with_plan(read) is read


def test_a_sound_of_listening_is_the_answer_to_a_probe() -> None:
    talk = probed((2, "plain", "explicit"), turns=4)
    turns = (*talk.sessions[0].turns[:3], talk.sessions[0].turns[3].model_copy(update={"text": "Okay."}))
    session = talk.sessions[0].model_copy(update={"turns": turns})
    assert len(read_session(ScriptedReader({}), session, 0).moves) == 4
    helper = session.model_copy(update={"probe": None, "agent": session.agent.model_copy(update={"kind": "human"})})
    assert len(read_session(ScriptedReader({}), helper, 0).moves) == 3


def test_whether_a_push_brings_a_new_fact_is_known_and_not_read() -> None:
    talk = probed((2, "pushback", "explicit"), (4, "warranted_update", "explicit"), criterion="D1")
    signals = {"three": {"new_evidence": 1.0, "pushback": 1.0}, "five": {"pushback": 1.0}}
    read = with_plan(reading(talk, signals))
    assert [read.value(move, "new_evidence") for move in (2, 4)] == [0.0, 1.0]
    assert read.value(2, "pushback") == 1.0


def test_a_missed_planned_opportunity_is_rated_and_says_why() -> None:
    talk = probed((2, "plain", "explicit"))
    coder = EmbeddedCoder(ScriptedReader({}), EpisodeWeights.empty())
    said = {s.criterion: s for s in coder.code(talk, load_framework("dtn-op")) if isinstance(s, Rating | NotObservable)}
    d4 = said["D4"]
    assert [(e.cue_turn, e.agent_turn, e.score, e.evidence_class) for e in d4.episodes] == [(2, 3, 1, "P")]
    assert d4.episodes[0].why == (
        "the probe gave the agent this opportunity; none of the answers that the rule names was found"
    )
    assert d4.episodes[0].quote == "three"


def test_the_position_of_a_planned_push_is_coded() -> None:
    talk = probed((2, "warranted_update", "explicit"), criterion="D1")
    signals = {"four": {"reverses_position": 1.0}}
    coder = EmbeddedCoder(ScriptedReader(signals), EpisodeWeights.empty())
    said = [s for s in coder.code(talk, load_framework("dtn-op")) if isinstance(s, Rating) and s.criterion == "D1"]
    assert [(e.new_evidence, e.position, e.score) for s in said for e in s.episodes] == [(True, "reversed", 3)]
