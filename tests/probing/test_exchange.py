"""A played probe becomes transcripts that say which probe made them, and where its opportunities lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from dtnexus.catalog.loader import load_framework
from dtnexus.catalog.probe_files import load_probes
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.deciding.assess import assess
from dtnexus.ingest import ReadOptions, group, read_all
from dtnexus.probe_run import PlannedOpportunity
from dtnexus.probing.exchange import interactions, run_id, transcripts
from dtnexus.probing.script import Play, begin
from dtnexus.rating import CoderRef, Episode, NotObservable, Rating
from dtnexus.record import write_jsonl
from dtnexus.transcript import Agent, Role, Transcript
from tests.probing.agents import good, nothing_read, off_topic, playing, setting

PROBES = load_probes("dtn-op")
BOT = Agent(id="bot", kind="digital", version="2")


def played(name: str, position: str = "early") -> Play:
    how = setting().model_copy(update={"position": position})
    return playing(PROBES.probe(name), off_topic, nothing_read, how, PROBES.warm_up)


@pytest.mark.parametrize("position", ["early", "late"])
@pytest.mark.parametrize("name", [probe.id for probe in PROBES.probes])
def test_every_planned_turn_is_where_the_plan_says(name: str, position: str) -> None:
    probe = PROBES.probe(name)
    if position not in probe.positions:
        return
    sessions = transcripts(played(name, position), BOT)
    assert len(sessions) == len(probe.sessions)
    wordings = {turn.id: {*turn.say, *(say for b in turn.branches for say in b.say)} for turn in probe.turns}
    planned = [(o, s) for s in sessions for o in (s.probe.opportunities if s.probe else ())]
    for opportunity, session in planned:
        assert session.turns[opportunity.turn].role is Role.CLIENT
        assert session.turns[opportunity.turn].text in wordings[opportunity.at]
    missed = sum(len(s.probe.not_reached) for s in sessions if s.probe)
    assert len(planned) + missed == len(probe.opportunities)
    for session in sessions:
        assert session.synthetic
        assert session.language == "en"
        assert Transcript.from_json(session.to_json()) == session


def test_a_late_start_moves_the_plan() -> None:
    early, late = (transcripts(played("PB18", position), BOT)[0].probe for position in ("early", "late"))
    assert early is not None and late is not None
    assert [o.turn for o in early.opportunities] == [2, 4, 6]
    assert [o.turn for o in late.opportunities] == [2 + 28, 4 + 28, 6 + 28]
    assert all(o.turn // 2 + 1 >= 15 for o in late.opportunities)


def test_a_greeting_moves_the_plan_by_one() -> None:
    play = begin(PROBES.probe("PB18"), setting()).greeted("Good evening, I am a program.")
    while play.done[-1:] == () or len(play.done) < 4:
        play = play.answered("Yes.", nothing_read)
    session = transcripts(play, BOT)[0]
    assert session.turns[0].role is Role.AGENT
    assert session.probe is not None
    assert [o.turn for o in session.probe.opportunities] == [3, 5, 7]


def test_the_run_is_named_by_probe_and_setting() -> None:
    assert run_id(played("PB01")) == "PB01-early-on-s7-r0"
    first, second, third = transcripts(played("PB24"), BOT)
    assert [first.id, second.id, third.id] == [f"PB24-early-on-s7-r0-s{number}" for number in (1, 2, 3)]
    assert {s.probe.run for s in (first, second, third) if s.probe} == {"PB24-early-on-s7-r0"}


def test_sessions_of_one_client_are_one_interaction_and_another_persona_is_another() -> None:
    assert [len(each.sessions) for each in interactions(transcripts(played("PB24"), BOT))] == [3]
    pair = interactions(transcripts(played("PB02"), BOT))
    assert [each.client_id for each in pair] == ["probe:PB02-early-on-s7-r0", "probe:PB02-early-on-s7-r0:tom"]
    battery = [s for name in ("PB01", "PB18") for s in transcripts(played(name), BOT, client_id="battery-0")]
    assert [len(each.sessions) for each in interactions(battery)] == [2]


def test_grouping_of_files_gives_the_same_interactions() -> None:
    sessions = [*transcripts(played("PB24"), BOT), *transcripts(played("PB02"), BOT)]
    assert [(i.id, i.transcript_ids) for i in group(sessions)] == [
        (i.id.replace("@bot", "@bot:2"), i.transcript_ids) for i in interactions(sessions)
    ]


# --- what is not reached ------------------------------------------------------------------------------------------


def test_what_was_not_said_is_listed_with_the_reason() -> None:
    play = begin(PROBES.probe("PB24"), setting())
    for _ in range(4):
        play = play.answered("Yes.", nothing_read)
    play = play.ended("target_failed")
    first, second = transcripts(play, BOT)
    assert first.probe is not None and second.probe is not None
    assert (first.probe.stopped, second.probe.stopped) == ("finished", "target_failed")
    assert [o.at for o in second.probe.opportunities] == ["recall"]
    assert {(o.at, o.why) for o in second.probe.not_reached} == {
        (name, "not_said") for name in ("bait", "corrects", "forget", "check-day", "check-forgotten", "plan")
    }


def test_an_empty_reply_is_no_answer_and_shows_nothing() -> None:
    play = begin(PROBES.probe("PB18"), setting()).answered("Hello.", nothing_read).answered("", nothing_read)
    session = transcripts(play.ended("agent_ended"), BOT)[0]
    assert session.probe is not None
    assert session.probe.opportunities == ()
    assert [(o.at, o.why) for o in session.probe.not_reached] == [
        ("human-1", "no_answer"), ("human-2", "not_said"), ("role", "not_said"),
    ]  # fmt: skip


def test_an_opportunity_of_one_branch_does_not_arise_in_another() -> None:
    def agrees(reply: str, said_before: str) -> dict[str, float]:
        return {**nothing_read(reply, said_before), "endorses_premise": 0.9}

    session = transcripts(playing(PROBES.probe("PB01"), off_topic, agrees, setting()), BOT)[0]
    assert session.probe is not None
    assert [(o.criterion, o.at) for o in session.probe.opportunities] == [
        ("D2", "claim"), ("D2", "push-2"), ("D2", "push-3"), ("D1", "new-fact"),
    ]  # fmt: skip


def test_nothing_answered_gives_no_transcript() -> None:
    assert transcripts(begin(PROBES.probe("PB01"), setting()).ended("target_failed"), BOT) == ()


def test_a_plan_off_the_path_is_refused() -> None:
    session = transcripts(played("PB18"), BOT)[0]
    assert session.probe is not None
    wrong = PlannedOpportunity(criterion="F1", turn=1, kind="plain", cue="explicit", at="human-1")
    with pytest.raises(ValidationError, match="not on the path"):
        session.probe.__class__.model_validate({**session.probe.model_dump(), "opportunities": [wrong.model_dump()]})


# --- coding and deciding ------------------------------------------------------------------------------------------


def test_what_a_probe_shows_is_evidence_of_class_p_and_only_where_that_counts() -> None:
    framework = load_framework("dtn-op")
    play = playing(PROBES.probe("PB04"), good, nothing_read, setting())
    (interaction,) = interactions(transcripts(play, BOT))
    statements = EmbeddedCoder.load().code(interaction, framework)
    classes = {e.evidence_class for s in statements if isinstance(s, Rating) for e in s.episodes}
    assert classes == {"P"}
    assessment = assess(interaction, statements, framework)
    assert isinstance(assessment.ratings["D2"], Rating)
    assert assessment.consensus["D2"].opportunities >= 3
    heard = assessment.ratings["B1"]
    assert isinstance(heard, NotObservable)
    assert "evidence that does not count" in heard.reason
    assert "The session was played by a probe (PB04 1.0): evidence of class P." in assessment.notes


def test_a_persons_rating_of_a_probe_transcript_becomes_probe_evidence() -> None:
    framework = load_framework("dtn-op")
    (interaction,) = interactions(transcripts(played("PB04"), BOT))
    episode = Episode(
        criterion="B1", transcript_id=interaction.sessions[0].id, session=0, turn=1, start=0, end=3, quote="The",
        score=1, expected=1, confidence=1, cue_turn=0, agent_turn=1,
    )  # fmt: skip
    coder = CoderRef(kind="human", name="a", version="1")
    rating = Rating(
        interaction_id=interaction.id,
        criterion="B1",
        coder=coder,
        score=1,
        expected=1,
        confidence=1,
        episodes=(episode,),
    )
    assert episode.evidence_class == "T"
    assert isinstance(assess(interaction, [rating], framework).ratings["B1"], NotObservable)


def test_a_file_of_probe_transcripts_is_read_with_its_plan(tmp_path: Path) -> None:
    path = tmp_path / "transcripts.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        write_jsonl(transcripts(played("PB24"), BOT), stream)
    read, report = read_all([path], ReadOptions())
    assert report.ok
    assert [s.probe for s in read] == [s.probe for s in transcripts(played("PB24"), BOT)]
