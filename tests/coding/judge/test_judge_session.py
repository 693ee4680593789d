"""A session from plan to statements: calls, order, restart, windows, repeats, and what is sent."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dtnexus.coding.contract import CHECKS, PLAIN, Check, interaction, two_sessions
from dtnexus.coding.judge.call import JudgeCall, Reply
from dtnexus.coding.judge.scripted import ScriptedJudge, finds_nothing, seen_turns
from dtnexus.coding.judge.session import JudgeSession
from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.coding.judge.windows import numbered_turns, windows_of
from dtnexus.coding.recorded import misquoted
from dtnexus.errors import UsageError
from dtnexus.rating import CoderRef, Failure, NotApplicable, NotObservable, Rating
from tests.coding.judge.scenes import HONEST, SCORES, TALK, answered, flatter, framework, honest, long_talk, talk

JUDGE = CoderRef(kind="judge", name="scripted", version="1")
Stated = Rating | NotObservable | NotApplicable | Failure


def by_id(statements: tuple[Stated, ...]) -> dict[str, Stated]:
    return {each.criterion: each for each in statements}


# --- the contract of every coder ----------------------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.__name__))
@pytest.mark.parametrize("respond", [honest, finds_nothing, flatter])
def test_contract(check: Check, respond: Callable[[JudgeCall], Reply]) -> None:
    check(ScriptedJudge(respond), framework())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.__name__))
def test_contract_of_a_judge_that_answers_about_anything(check: Check) -> None:
    """The first client turn opens everything; every answer quotes the whole scored turn."""

    def respond(call: JudgeCall) -> Reply:
        turns = seen_turns(call)
        pairs = [(one, other) for one, other in pairwise(turns) if (one.who, other.who) == ("client", "agent")]
        found = []
        if pairs and len(pairs[0][1].text) < 900:
            client, agent = pairs[0]
            yes = {
                "A1.named": agent.text,
                "B1.specific": agent.text,
                "G1.takes_up": agent.text,
                "F1.denies": agent.text,
            }
            found = [each._replace(opened=client.text, scored=agent.text, yes=yes) for each in HONEST]
        return Reply(call=call.id, kind="structured", structured=answered(call, found))

    check(ScriptedJudge(respond), framework())


# --- calls --------------------------------------------------------------------------------------------------------


def test_a_conversation_of_30_turns_takes_8_calls(capsys: pytest.CaptureFixture[str]) -> None:
    judge = ScriptedJudge(honest)
    judge.code(long_talk(30), framework())
    tokens = sum(call.input_tokens for call in judge.calls)
    with capsys.disabled():
        print(
            f"\njudge calls, 21 criteria, 30 turns: {len(judge.calls)} (peers: 34 to 1,380), about {tokens} tokens in"
        )
    assert len(judge.calls) <= 8
    asked = {criterion for call in judge.calls for criterion in call.criteria}
    assert asked == {each.id for each in framework().transcript_criteria} - {"B3", "C2"}


def test_all_21_criteria_of_three_sessions_take_8_calls() -> None:
    base = two_sessions()
    third = base.sessions[0].model_copy(update={"id": "s2", "session_index": 2})
    case = base.model_copy(update={"sessions": (*base.sessions, third)})
    calls = JudgeSession(case, framework(), JudgeSettings()).first_calls()
    assert len(calls) == 8
    assert {criterion for call in calls for criterion in call.criteria} == {
        each.id for each in framework().transcript_criteria
    }


def test_safety_critical_criteria_are_asked_three_times_and_others_once() -> None:
    calls = JudgeSession(talk(), framework(), JudgeSettings()).first_calls()
    for criterion in framework().transcript_criteria:
        if criterion.id not in ("B3", "C2"):
            times = sum(criterion.id in call.criteria for call in calls)
            assert times == (3 if criterion.star else 1), criterion.id


@pytest.mark.parametrize(("wish", "calls"), [({"calls_per_window": 4}, 4), ({"calls_per_window": 1}, 4)])
def test_fewer_calls_hold_more_questions(wish: dict[str, int], calls: int) -> None:
    assert len(JudgeSession(talk(), framework(), JudgeSettings(**wish)).first_calls()) == calls


def test_only_what_is_wanted_is_asked() -> None:
    judge = ScriptedJudge(honest, JudgeSettings(criteria=("G2", "A1")))
    said = by_id(judge.code(talk(), framework()))
    assert {name for call in judge.calls for name in call.criteria} == {"A1", "G1", "G2"}
    assert isinstance(said["A1"], Rating)
    assert isinstance(said["G2"], Rating)
    assert isinstance(said["B1"], NotObservable)
    assert said["B1"].reason == said["G1"].reason == "the judge was not asked about this criterion"  # type: ignore[union-attr]


def test_a_criterion_that_cannot_be_asked_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be asked about H1"):
        JudgeSession(talk(), framework(), JudgeSettings(criteria=("H1",)))


def test_windows_must_overlap_by_less_than_they_hold() -> None:
    with pytest.raises(ValidationError):
        JudgeSettings(window_turns=10, overlap_turns=10)


# --- statements ---------------------------------------------------------------------------------------------------


def test_the_honest_reading_gives_the_expected_scores() -> None:
    said = by_id(ScriptedJudge(honest).code(talk(), framework()))
    assert {name: each.score for name, each in said.items() if isinstance(each, Rating)} == SCORES
    rating = said["G1"]
    assert isinstance(rating, Rating)
    episode = rating.episodes[0]
    assert (episode.cue_turn, episode.agent_turn, episode.turn) == (3, 4, 4)
    assert episode.quote == "do you mean that you think of ending your life?"
    assert [each.quote for each in episode.also] == ["they would all be better off without me"]
    assert rating.self_agreement is not None
    assert rating.self_agreement.outcomes == (3, 3, 3)
    assert rating.self_agreement.agreed == rating.confidence == 1.0


def test_an_agent_of_unknown_kind_is_not_rated_on_what_depends_on_it() -> None:
    said = by_id(ScriptedJudge(honest).code(talk(kind="unknown"), framework()))["F1"]
    assert isinstance(said, NotObservable)
    assert "--agent-kind" in said.reason
    assert said.episodes


def test_a_person_is_not_asked_whether_it_is_a_machine() -> None:
    judge = ScriptedJudge(honest)
    said = by_id(judge.code(talk(kind="human"), framework()))
    assert isinstance(said["F1"], NotApplicable)
    assert said["F1"].coder == judge.ref
    assert not any("F1" in call.criteria for call in judge.calls)


def lying(call: JudgeCall) -> Reply:
    """The honest answers, with every quote of F1 replaced by words that nobody said."""
    answer = answered(call, HONEST)
    for episode in answer["sections"].get("F1", {}).get("episodes", ()):
        for name, said in episode["answers"].items():
            if isinstance(said, dict):
                episode["answers"][name] = {**said, "quote": "I am a person like you are"}
    return Reply(call=call.id, kind="structured", structured=answer)


def test_words_that_nobody_said_give_a_failure_and_are_asked_again() -> None:
    judge = ScriptedJudge(lying)
    session = judge.session(talk(), framework())
    said = by_id(session.statements(JUDGE))
    failure = said["F1"]
    assert isinstance(failure, Failure)
    assert failure.cause == "quote_not_found"
    assert failure.self_agreement is not None
    assert failure.self_agreement.outcomes == ("void",) * 3
    again = [call for call in judge.calls if call.id.endswith("a2")]
    assert [call.criteria for call in again] == [("F1",)] * 3
    assert {name for name, each in said.items() if isinstance(each, Rating)} == set(SCORES) - {"F1"}
    assert session.counts().again == 3
    assert session.counts().quotes_void == 12


def test_a_second_attempt_that_holds_is_taken() -> None:
    def late(call: JudgeCall) -> Reply:
        return honest(call) if call.id.endswith("a2") else Reply(call=call.id, kind="text", text="Yes to all.")

    judge = ScriptedJudge(late)
    session = judge.session(talk(), framework())
    assert {each.criterion: each.score for each in session.statements(JUDGE) if isinstance(each, Rating)} == SCORES
    assert len(judge.calls) == 16
    assert (session.counts().answered, session.counts().failed, session.counts().open) == (8, 8, 0)


@pytest.mark.parametrize("cause", ["timeout", "rate_limited", "no_model", "not_asked"])
def test_what_the_engine_gave_up_is_a_failure_and_not_asked_again(cause: Any) -> None:
    session = JudgeSession(talk(), framework(), JudgeSettings())
    session.give_up(cause, "the limit was reached")
    assert session.open_calls() == ()
    failed = [each for each in session.statements(JUDGE) if isinstance(each, Failure)]
    assert len(failed) == 19
    assert {each.cause for each in failed} == {cause}


def test_statements_wait_for_every_reply() -> None:
    session = JudgeSession(talk(), framework(), JudgeSettings())
    with pytest.raises(UsageError, match="8 calls have no reply, first w1-g1-r1-a1"):
        session.statements(JUDGE)


# --- order and restart --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("respond", [honest, lying])
def test_the_order_of_replies_does_not_matter_and_a_session_goes_on_from_stored_ones(
    seed: int, respond: Callable[[JudgeCall], Reply]
) -> None:
    done = ScriptedJudge(respond).session(talk(), framework())
    stored = [Reply.from_json(reply.to_json()) for reply in done.replies()]
    random.Random(seed).shuffle(stored)
    again = JudgeSession(talk(), framework(), JudgeSettings())
    again.take_all(stored)
    assert again.open_calls() == ()
    assert again.statements(JUDGE) == done.statements(JUDGE)
    half = JudgeSession(talk(), framework(), JudgeSettings())
    half.take_all(stored[: len(stored) // 2])
    while calls := half.open_calls():
        for call in calls:
            half.take(respond(call))
    assert half.statements(JUDGE) == done.statements(JUDGE)


def test_a_reply_says_what_it_was_worth() -> None:
    session = JudgeSession(talk(), framework(), JudgeSettings())
    call = session.open_calls()[0]
    taken = session.take(Reply(call=call.id, kind="text", text="{"))
    assert taken.fault is not None
    assert taken.fault.code == "truncated"
    assert taken.further == ("w1-g1-r1-a2",)
    assert session.call("w1-g1-r1-a2").prompt != call.prompt
    assert session.take(Reply(call=call.id, kind="text", text="{")).further == ()
    with pytest.raises(UsageError, match="another reply"):
        session.take(Reply(call=call.id, kind="text", text="[]"))
    with pytest.raises(UsageError, match="no call 'w9-g1-r1-a1'"):
        session.take(Reply(call="w9-g1-r1-a1", kind="text", text="{}"))
    with pytest.raises(UsageError, match="no open call"):
        session.call("w1-g1-r1-a1")


# --- windows ------------------------------------------------------------------------------------------------------


@given(st.integers(1, 300), st.integers(4, 60), st.integers(0, 20), st.integers(1_000, 9_000))
@settings(max_examples=60, deadline=None)
def test_every_turn_is_in_a_window_and_windows_overlap(turns: int, size: int, overlap: int, characters: int) -> None:
    wish = JudgeSettings(window_turns=size, overlap_turns=min(overlap, size - 1), window_characters=characters)
    numbered = numbered_turns(long_talk(turns), wish)
    windows = windows_of(numbered, wish)
    seen = [turn.number for window in windows for turn in window.turns]
    assert set(seen) == set(range(1, turns + 1))
    assert all(len(window.turns) <= size for window in windows)
    for one, other in pairwise(windows):
        assert one.turns[0].number < other.turns[0].number
        assert one.turns[-1].number < other.turns[-1].number
        assert other.turns[0].number <= one.turns[-1].number + 1


def test_an_episode_that_two_windows_see_counts_once() -> None:
    def each_day(call: JudgeCall) -> Reply:
        turns = {turn.number: turn for turn in seen_turns(call)}
        found = [
            HONEST[1]._replace(
                opened=turns[at].text, scored=turns[at + 1].text, yes={"B1.specific": turns[at + 1].text.split(".")[0]}
            )
            for at in sorted(turns)
            if turns[at].who == "client" and at + 1 in turns
        ]
        return Reply(call=call.id, kind="structured", structured=answered(call, found))

    wish = JudgeSettings(window_turns=20, overlap_turns=6)
    judge = ScriptedJudge(each_day, wish)
    rating = by_id(judge.code(long_talk(50), framework()))["B1"]
    assert isinstance(rating, Rating)
    assert [episode.agent_turn for episode in rating.episodes] == list(range(1, 50, 2))
    assert len({call.id.split("-")[0] for call in judge.calls}) == 4


def test_one_window_without_an_answer_leaves_the_criterion_open() -> None:
    def half(call: JudgeCall) -> Reply:
        if call.id.startswith("w2-"):
            return Reply(call=call.id, kind="failure", cause="timeout", detail="no answer within 60 s")
        return honest(call)

    said = ScriptedJudge(half, JudgeSettings(window_turns=8, overlap_turns=2)).code(talk(), framework())
    assert {each.cause for each in said if isinstance(each, Failure)} == {"timeout"}
    assert not [each for each in said if isinstance(each, Rating)]


def test_a_long_turn_is_shown_in_part_and_the_rating_says_so() -> None:
    lines = list(TALK)
    lines[1] = (lines[1][0], lines[1][1] + " and so on and on" * 20_000)
    judge = ScriptedJudge(honest)
    rating = by_id(judge.code(talk(lines), framework()))["A1"]
    assert isinstance(rating, Rating)
    assert "1 long turn(s) were shown in part" in rating.why
    assert all(len(call.prompt) < 40_000 for call in judge.calls)
    assert "characters left out here⟧" in judge.calls[0].prompt


# --- laws ---------------------------------------------------------------------------------------------------------

QUOTES = st.sampled_from([text[:40] for _, text in TALK] + ["words that nobody said at all", "", "I", "Hello, I am an"])


@st.composite
def wild_answers(draw: st.DrawFn) -> Callable[[JudgeCall], Reply]:
    """A judge that answers in the right form and says anything."""
    seed = draw(st.integers(0, 2**32))
    quotes = draw(st.lists(QUOTES, min_size=1, max_size=6))

    def respond(call: JudgeCall) -> Reply:
        chance = random.Random(f"{seed}{call.id}")
        answer = answered(call, HONEST)
        for section in answer["sections"].values():
            for episode in section["episodes"]:
                for name in episode["answers"]:
                    yes = {"answer": "yes", "turn": chance.randint(0, 12), "quote": chance.choice(quotes)}
                    episode["answers"][name] = chance.choice(["no", "unclear", yes, yes, "no"])
        return Reply(call=call.id, kind="structured", structured=answer)

    return respond


ONCE = JudgeSettings(attempts=1)
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(wild_answers())
@SLOW
def test_no_answers_give_a_score_without_words_that_were_said(respond: Callable[[JudgeCall], Reply]) -> None:
    case = talk()
    for said in ScriptedJudge(respond, ONCE).code(case, framework()):
        if isinstance(said, Rating):
            assert said.episodes
            for episode in said.episodes:
                assert episode.quote.strip()
                for words in (episode, *episode.also):
                    assert misquoted(words, case) is None


@given(wild_answers(), st.integers(0, 2**32))
@SLOW
def test_a_lost_quote_never_raises_a_score(respond: Callable[[JudgeCall], Reply], seed: int) -> None:
    def loses(call: JudgeCall) -> Reply:
        chance = random.Random(f"{seed}{call.id}")
        answer: Any = respond(call).structured
        for section in answer["sections"].values():
            for episode in section["episodes"]:
                for name, said in episode["answers"].items():
                    if isinstance(said, dict) and chance.random() < 0.3:
                        episode["answers"][name] = {**said, "quote": "words that nobody said at all"}
        return Reply(call=call.id, kind="structured", structured=answer)

    before = by_id(ScriptedJudge(respond, ONCE).code(talk(), framework()))
    for name, said in by_id(ScriptedJudge(loses, ONCE).code(talk(), framework())).items():
        if isinstance(said, Rating):
            first = before[name]
            assert isinstance(first, Rating)
            assert said.score == first.score


def test_the_plain_contract_conversation_is_read() -> None:
    assert len(JudgeSession(interaction(PLAIN), framework(), JudgeSettings()).first_calls()) == 8
