"""What the scripted client says next: deterministic, every branch reachable, every probe ends."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dtnexus.catalog.probe_files import load_probes
from dtnexus.errors import UsageError
from dtnexus.probe import AgentDid, Branch, Probe, ProbeSet, ProbeTurn
from dtnexus.probing.script import Play, ReadSignals, Says, Stop, begin, paraphrase, replay
from dtnexus.running.probe_signals import reply_reader
from tests.probing.agents import AGENTS, nothing_read, off_topic, playing, setting

PROBES: ProbeSet = load_probes("dtn-op")
NAMES = [probe.id for probe in PROBES.probes]


@pytest.fixture(scope="module")
def read() -> ReadSignals:
    return reply_reader()


def plays(probe: Probe) -> Play:
    return playing(probe, off_topic, nothing_read, setting())


def words(play: Play) -> list[str]:
    return [exchange.said.text for exchange in play.done]


# --- the same words every time ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_same_setting_and_replies_give_the_same_words(name: str) -> None:
    probe = PROBES.probe(name)
    assert words(plays(probe)) == words(plays(probe))


def test_the_words_are_pinned_across_machines_and_versions() -> None:
    assert [paraphrase(setting(repeat=at), "PB01|push-1|default", 3) for at in range(6)] == PINNED


PINNED = [1, 2, 0, 1, 0, 2]


@pytest.mark.parametrize("seed", [0, 1, 99])
@pytest.mark.parametrize("count", [3, 4, 5])
def test_each_wording_comes_once_in_a_block_of_repeats(seed: int, count: int) -> None:
    for block in range(4):
        chosen = {paraphrase(setting(repeat=block * count + at, seed=seed), "k", count) for at in range(count)}
        assert chosen == set(range(count))


def test_seeds_and_repeats_give_different_talks() -> None:
    probe = PROBES.probe("PB01")
    talks = {
        tuple(words(playing(probe, off_topic, nothing_read, setting(repeat=repeat, seed=seed))))
        for repeat in range(6)
        for seed in range(5)
    }
    assert len(talks) > 25


# --- every probe ends ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("name", NAMES)
def test_every_probe_plays_to_its_end(name: str, agent: str, read: ReadSignals) -> None:
    probe = PROBES.probe(name)
    play = playing(probe, AGENTS[agent], read, setting())
    assert isinstance(play.next, Stop)
    if agent == "silent":
        few = len(probe.turns) < probe.silent_after
        assert play.next.reason == ("finished" if few else "agent_silent")
    elif play.next.reason == "finished":
        assert len(play.done) + len(play.skipped) == len(probe.turns)
    else:
        assert play.next.reason == "stop_rule"
        assert play.next.rule in {rule.id for rule in probe.stop_rules}


def test_a_good_agent_is_never_stopped_by_a_rule(read: ReadSignals) -> None:
    ended = {p.id: playing(p, AGENTS["good"], read, setting()).next for p in PROBES.probes}
    assert {name: end for name, end in ended.items() if end != Stop("finished")} == {}


@pytest.mark.parametrize("name", [probe.id for probe in PROBES.probes if "late" in probe.positions])
def test_a_late_start_comes_after_fourteen_turns_of_everyday_talk(name: str) -> None:
    probe = PROBES.probe(name)
    play = playing(probe, off_topic, nothing_read, setting(position="late"), PROBES.warm_up)
    before = [exchange.said for exchange in play.done[:14]]
    assert all(said.at.startswith("warm-") and said.session == 0 for said in before)
    assert play.done[14].said.at == probe.sessions[0].turns[0].id
    assert [said.opens_session for said in before] == [True] + [False] * 13
    assert not play.done[14].said.opens_session


# --- branches -----------------------------------------------------------------------------------------------------


def reply_that(test: AgentDid) -> tuple[str, dict[str, float]]:
    """A reply and signals that pass a test and nothing else."""
    text = "" if test.is_empty else " ".join(["word"] * (test.longer_than_words or 5)) + " more"
    return text, {**nothing_read("", ""), **test.any_reaches, **test.reaches}


BRANCHES = [
    pytest.param(probe, session.turns[at - 1], turn, branch, id=f"{probe.id}-{turn.id}-{branch.id}")
    for probe in PROBES.probes
    for session in probe.sessions
    for at, turn in enumerate(session.turns)
    for branch in turn.branches
]


@pytest.mark.parametrize(("probe", "before", "turn", "branch"), BRANCHES)
def test_every_branch_is_reachable(probe: Probe, before: ProbeTurn, turn: ProbeTurn, branch: Branch) -> None:
    play = begin(probe, setting())
    while isinstance(play.next, Says) and play.next.at != before.id:
        play = play.answered("The capital of Peru is Lima.", nothing_read)
    text, signals = reply_that(branch.if_agent)
    play = play.answered(text, lambda reply, said: signals)
    assert isinstance(play.next, Says)
    assert (play.next.at, play.next.branch) == (turn.id, branch.id)
    assert play.next.text in branch.say


@pytest.mark.parametrize("name", NAMES)
def test_the_default_branch_is_always_reachable(name: str) -> None:
    defaults = [exchange.said for exchange in plays(PROBES.probe(name)).done if exchange.said.branch == "default"]
    # PB21 asks for less where nothing at all was offered, which an agent that does nothing does not.
    missing = {turn.id for turn in PROBES.probe(name).turns} - {said.at for said in defaults}
    assert missing == ({"again"} if name == "PB21" else set())


def scripted(**fields: object) -> Probe:
    """A small probe for the rules of playing."""
    say = ["one", "two", "three"]
    data = {
        "id": "T1", "version": "1", "title": "Test", "language": "en", "set": "full", "provenance": "project",
        "situation": "s", "content_warning": "none", "positions": ["early"], "memory": ["on"],
        "persona": {"name": "N", "age": 30, "who": "w", "manner": "m"},
        "sessions": [{"id": "a", "turns": [
            {"id": "first", "turning_point": "t", "say": say},
            {"id": "second", "say": say, "branches": [
                {"id": "gone", "then": "skip", "if_agent": {"reaches": {"praise": 1.0}}},
                {"id": "quiet", "if_agent": {"is_empty": True}, "say": say},
            ]},
            {"id": "third", "say": say, "branches": [
                {"id": "mild", "if_agent": {"below": {"challenges": 0.5}, "longer_than_words": 3}, "say": say},
            ]},
        ]}],
        "opportunities": [{"criterion": "D1", "turn": "first", "kind": "pushback", "cue": "explicit"}],
        "good": ["g"], "bad": ["b"], "silent_after": 2,
        "stop_rules": [{"id": "harm", "if_agent": {"reaches": {"praise": 2.0}}, "because": "enough"}],
    }  # fmt: skip
    return Probe.model_validate({**data, **fields})


def reading(**values: float) -> ReadSignals:
    def read(reply: str, said_before: str) -> Mapping[str, float]:
        return {**nothing_read(reply, said_before), **values}

    return read


def test_a_skipped_turn_is_left_out_and_the_next_one_hears_the_same_reply() -> None:
    play = begin(scripted(), setting()).answered("four words are here", reading(praise=1.2))
    assert isinstance(play.next, Says)
    assert (play.next.at, play.next.branch, play.skipped) == ("third", "mild", ("second",))


def test_an_empty_reply_has_no_signals_and_is_never_read() -> None:
    def never(reply: str, said_before: str) -> Mapping[str, float]:
        raise AssertionError("read")

    play = begin(scripted(), setting()).answered(" \n", never)
    assert isinstance(play.next, Says)
    assert play.next.branch == "quiet"
    assert play.answered("", never).next == Stop("agent_silent")


def test_a_stop_rule_ends_it_and_names_itself() -> None:
    play = begin(scripted(), setting()).answered("well", reading(praise=2.0))
    assert play.next == Stop("stop_rule", "harm")
    with pytest.raises(UsageError, match="has ended"):
        play.answered("more", reading())


def test_signals_are_read_once_a_reply_and_only_where_a_test_needs_them() -> None:
    calls: list[str] = []

    def read(reply: str, said_before: str) -> Mapping[str, float]:
        calls.append(f"{said_before}>{reply}")
        return nothing_read(reply, said_before)

    play = begin(scripted(), setting())
    assert isinstance(play.next, Says)
    play.answered("hello", read)
    assert calls == [f"{play.next.text}>hello"]
    plays_without_tests = PROBES.probe("PB02")
    replay(plays_without_tests, setting(), ["hello"] * 6, read)
    assert len(calls) == 1


def test_a_signal_that_is_not_read_is_named() -> None:
    with pytest.raises(UsageError, match="'praise', which is not read"):
        begin(scripted(), setting()).answered("hello", lambda reply, said: {})


def test_a_failure_outside_ends_it() -> None:
    play = begin(scripted(), setting())
    assert play.ended("target_failed").next == Stop("target_failed")
    with pytest.raises(UsageError, match="has ended already"):
        play.ended("agent_ended").ended("target_failed")


# --- sessions -----------------------------------------------------------------------------------------------------


def opened(name: str) -> list[tuple[int, bool]]:
    done = plays(PROBES.probe(name)).done
    return [(each.said.session, each.said.new_client) for each in done if each.said.opens_session]


def test_sessions_close_and_reopen_for_the_same_client() -> None:
    assert opened("PB24") == [(0, True), (1, False), (2, False)]


def test_another_persona_is_another_client() -> None:
    assert opened("PB02") == [(0, True), (1, True)]


def test_a_greeting_belongs_before_the_first_client_turn() -> None:
    play = begin(PROBES.probe("PB18"), setting()).greeted("Hello, I am a program.")
    assert play.greetings == {0: "Hello, I am a program."}
    with pytest.raises(UsageError, match="no session is about to open"):
        play.answered("Yes?", nothing_read).greeted("Hello again.")


# --- wrong calls --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "how", "words"),
    [
        ("PB24", {"position": "late"}, "position early, not 'late'"),
        ("PB01", {"position": "late"}, "14 turns of everyday talk, got 0"),
    ],
)
def test_a_setting_that_the_probe_does_not_allow(name: str, how: Mapping[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        begin(PROBES.probe(name), setting().model_copy(update=how))


def test_replies_after_the_end_are_not_looked_at() -> None:
    play = replay(PROBES.probe("PB21C"), setting(), ["x"] * 9, nothing_read)
    assert (play.next, len(play.done)) == (Stop("finished"), 3)
