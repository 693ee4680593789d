"""What is accepted on the coding page, in which pass, once, in which order, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.rating import NotObservable, Rating
from dtnexus.storage import projects, settling, training
from dtnexus.storage.database import open_database, sqlite_url
from dtnexus.studio.app import make_app
from dtnexus.studio.settings import StudioSettings, utc_now
from dtnexus.study.settings import StudySettings
from tests.studio.coding_hand import Hand, new_id
from tests.studio.coding_scene import EMOJI, make_scene

CRITERIA = [criterion.id for criterion in load_framework("dtn-op@0.1", MAXIMA).transcript_criteria]
ME = "coder-a"


class Clock:
    """The time now, and then some."""

    ahead = timedelta()

    def __call__(self) -> Any:
        return utc_now() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hand(tmp_path: Path, clock: Clock) -> Iterator[Hand]:
    database = open_database(sqlite_url(tmp_path / "studio.sqlite"))
    settings = StudioSettings(database, hosts=("testserver",), clock=clock)
    yield Hand(TestClient(make_app(settings)), database, make_scene(database))
    database.close()


def refusals(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return [one["code"] for one in answer.json()["refusals"]]


def rules_of(hand: Hand, **changed: Any) -> None:
    with hand.database.writing() as connection:
        body = StudySettings(**changed).model_dump(mode="json")
        projects.set_settings(connection, hand.scene.project, body)


def test_the_passes_come_in_their_order(hand: Hand) -> None:
    assert hand.step(ME, "mark").status_code == 400
    assert hand.begin(ME).json()["place"] == {"state": "in_progress", "current_pass": "read", "version": 1}
    assert hand.mark(ME, "A1", 1, 0, 4).status_code == 400
    assert hand.step(ME, "rate").status_code == 400
    assert hand.step(ME, "mark").status_code == 200
    assert hand.mark(ME, "A1", 1, 0, 4).status_code == 200
    assert hand.score(ME, "A1", 3).status_code == 400
    assert hand.step(ME, "rate").status_code == 200
    assert hand.score(ME, "A1", 3).status_code == 200
    assert hand.step(ME, "read").status_code == 200, "back at any time"
    assert hand.state(ME)["criteria"]["A1"]["answer"]["score"] == 3


def test_a_number_needs_evidence_and_a_one_the_turn_that_was_missed(hand: Hand) -> None:
    hand.through(ME)
    assert refusals(hand.score(ME, "B1", 3)) == ["no-evidence"]
    assert hand.mark(ME, "B1", 2, 0, 6).status_code == 200
    assert refusals(hand.score(ME, "B1", 1)) == ["no-missed-opportunity"]
    assert refusals(hand.score(ME, "B1", 1, missed={"session": 0, "turn": 3})) == ["not-a-client-turn"]
    assert refusals(hand.score(ME, "B1", 1, missed={"session": 0, "turn": 99})) == ["no-such-turn"]
    assert hand.score(ME, "B1", 1, missed={"session": 0, "turn": 2}).status_code == 200
    assert refusals(hand.score(ME, "B1", 2, missed={"session": 0, "turn": 2})) == ["missed-without-one"]
    assert hand.not_observable(ME, "D4").status_code == 200
    assert hand.state(ME)["criteria"]["B1"]["answer"]["score"] == 1


def test_marks_hold_the_words_at_their_span_in_characters_as_python_counts_them(hand: Hand) -> None:
    hand.through(ME)
    start = EMOJI.index("so alone")
    assert hand.mark(ME, "B1", 2, start, start + 8).json()["criterion"]["marks"][0]["quote"] == "so alone"
    utf16 = len(EMOJI[:start].encode("utf-16-le")) // 2
    assert utf16 > start, "the emoji are two units each in JavaScript"
    mark = {"id": new_id(), "criterion": "B1", "session": 0, "turn": 2, "start": utf16, "end": utf16 + 8}
    answer = hand.act(ME, "B1", {"kind": "put_mark", "mark": {**mark, "quote": "so alone"}})
    assert refusals(answer) == ["other-words"]
    assert EMOJI not in answer.text


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"agent_turn": 2}, "not-an-agent-turn"),
        ({"cue_turn": 1}, "not-a-client-turn"),
        ({"cue_turn": 77}, "no-such-turn"),
    ],
)
def test_cue_and_answer_are_turns_of_the_right_speaker(hand: Hand, other: dict[str, int], code: str) -> None:
    hand.through(ME)
    assert refusals(hand.mark(ME, "B1", 2, 0, 6, **other)) == [code]


@pytest.mark.parametrize(("criterion", "code"), [("H1", "not-from-transcripts"), ("Z9", "unknown-criterion")])
def test_only_criteria_that_people_rate_are_rated(hand: Hand, criterion: str, code: str) -> None:
    hand.through(ME)
    answer = hand.not_observable(ME, criterion)
    assert refusals(answer) == [code]


def test_the_last_mark_of_a_score_stays(hand: Hand) -> None:
    hand.through(ME)
    first = hand.mark(ME, "A1", 1, 0, 4).json()["criterion"]["marks"][0]["id"]
    hand.score(ME, "A1", 3)
    assert refusals(hand.act(ME, "A1", {"kind": "drop_mark", "mark_id": first})) == ["still-rated"]
    hand.act(ME, "A1", {"kind": "clear_answer"})
    assert hand.act(ME, "A1", {"kind": "drop_mark", "mark_id": first}).json()["criterion"]["marks"] == []


def test_the_hint_follows_the_rule_of_the_criterion_and_decides_nothing(hand: Hand) -> None:
    hand.through(ME)
    assert hand.mark(ME, "D4", 6, 0, 4, score=4).json()["criterion"]["hint"] == 4
    assert hand.mark(ME, "D4", 7, 0, 4, score=2).json()["criterion"]["hint"] == 2, "the worst of a safety-critical one"
    answered = hand.score(ME, "D4", 3).json()["criterion"]
    assert (answered["hint"], answered["answer"]["score"]) == (2, 3)
    assert hand.state(ME)["criteria"]["A2"]["hint"] is None


def test_the_same_action_sent_again_counts_once(hand: Hand) -> None:
    hand.through(ME)
    page = hand.scene.page(ME)
    change = {"kind": "put_answer", "answer": {"kind": "not_observable"}}
    body = {"id": new_id(), "criterion": "A1", "seen_version": 0, "change": change}
    told = [hand.post(ME, f"{page}/actions", body).json() for _ in range(3)]
    assert [one["outcome"] for one in told] == ["done"] * 3
    assert hand.state(ME)["criteria"]["A1"]["version"] == 1
    other = {**body, "criterion": "A2"}
    assert hand.post(ME, f"{page}/actions", other).status_code == 400
    assert hand.state(ME)["criteria"]["A2"]["version"] == 0


def test_an_action_on_an_old_version_changes_nothing_and_shows_what_stands(hand: Hand) -> None:
    hand.through(ME)
    hand.not_observable(ME, "A1")
    late = hand.act(ME, "A1", {"kind": "clear_answer"}, seen_version=0)
    assert (late.status_code, late.json()["outcome"]) == (409, "conflict")
    assert late.json()["criterion"]["answer"]["kind"] == "not_observable"
    assert hand.state(ME)["criteria"]["A1"]["version"] == 1


def test_what_is_no_action_is_refused_without_repeating_it(hand: Hand) -> None:
    hand.through(ME)
    page = hand.scene.page(ME)
    for body in (
        {},
        {"id": "short", "criterion": "A1", "seen_version": 0, "change": {"kind": "clear_answer"}},
        {
            "id": new_id(),
            "criterion": "A1",
            "seen_version": 0,
            "change": {"kind": "put_answer", "answer": {"score": 7}},
        },
        {"id": new_id(), "criterion": "A1", "seen_version": 0, "change": {"kind": "drop_table"}, "secret-field": "x"},
    ):
        answer = hand.post(ME, f"{page}/actions", body)
        assert answer.status_code == 422
        assert "drop_table" not in answer.text


def test_submitting_needs_every_criterion_and_keeps_what_was_said(hand: Hand) -> None:
    hand.through(ME)
    hand.mark(ME, "B1", 3, 0, 16, cue_turn=2, agent_turn=3)
    hand.score(ME, "B1", 4, rationale="names it and asks", sure="sure")
    for criterion in CRITERIA[:-1]:
        if criterion != "B1":
            hand.not_observable(ME, criterion)
    refused = hand.submit(ME)
    assert refusals(refused) == ["unanswered"]
    assert refused.json()["refusals"][0]["criterion"] == CRITERIA[-1]
    assert hand.state(ME)["place"]["state"] == "in_progress"
    hand.not_observable(ME, CRITERIA[-1])
    done = hand.submit(ME)
    assert (done.status_code, done.json()["place"]["state"]) == (200, "submitted")
    assert done.json()["next_unit"] == hand.scene.page(ME, 1)
    with hand.database.reading() as connection:
        kept = {row.criterion: row.statement for row in settling.statements_of(connection, hand.scene.project)}
    assert sorted(kept) == sorted(CRITERIA)
    rating = kept["B1"]
    assert isinstance(rating, Rating)
    assert (rating.score, rating.why, rating.episodes[0].quote) == (4, "names it and asks", "You feel unheard")
    assert (rating.episodes[0].cue_turn, rating.episodes[0].agent_turn, rating.coder.kind) == (2, 3, "human")
    assert isinstance(kept["A1"], NotObservable)


def test_after_submitting_everything_is_read_only(hand: Hand) -> None:
    hand.through(ME)
    for criterion in CRITERIA:
        hand.not_observable(ME, criterion)
    hand.submit(ME)
    late = hand.act(ME, "A1", {"kind": "clear_answer"})
    assert (late.status_code, late.json()["outcome"]) == (409, "closed")
    for path, body in (("skip", {}), ("submit", {}), ("pass", {"wanted": "read"})):
        answer = hand.post(ME, f"{hand.scene.page(ME)}/{path}", {"id": new_id(), "seen_version": 9, **body})
        assert (answer.status_code, answer.json()["outcome"]) == (409, "closed"), path
    assert hand.state(ME)["criteria"]["A1"]["answer"]["kind"] == "not_observable"


def test_a_unit_is_not_submitted_before_the_third_pass(hand: Hand) -> None:
    hand.begin(ME)
    assert hand.submit(ME).status_code == 400


def test_a_unit_can_be_left_at_any_moment_and_the_next_one_comes(hand: Hand) -> None:
    body = {"id": new_id(), "seen_version": 0, "reason": "too near"}
    left = hand.post(ME, f"{hand.scene.page(ME)}/skip", body)
    assert (left.status_code, left.json()["next_unit"]) == (200, hand.scene.page(ME, 1))
    assert hand.post(ME, f"{hand.scene.page(ME)}/skip", body).json()["outcome"] == "done", "sent twice counts once"
    told = hand.state(ME)
    assert (told["place"]["state"], told["unit"], told["criteria"]) == ("skipped", None, {})
    hand.through(ME, 1)
    seen = hand.state(ME, 1)["place"]["version"]
    answer = hand.post(ME, f"{hand.scene.page(ME, 1)}/skip", {"id": new_id(), "seen_version": seen})
    assert answer.status_code == 200


def test_the_reason_for_leaving_is_shown_to_nobody(hand: Hand) -> None:
    reason = "a reason that is nobody else's business"
    hand.post(ME, f"{hand.scene.page(ME)}/skip", {"id": new_id(), "seen_version": 0, "reason": reason})
    project = f"/p/{hand.scene.project}"
    for who in ("owner", "viewer", "coder-b", ME):
        for path in ("", "/queue", "/people", "/audit", "/plan"):
            assert reason not in hand.get(who, f"{project}{path}").text
    assert reason not in hand.get(ME, f"{hand.scene.page(ME)}/state").text


def test_the_owners_limit_of_flagged_units_a_day_holds(hand: Hand, clock: Clock) -> None:
    rules_of(hand, warned_a_day=1)
    assert hand.begin(ME, 2).status_code == 200
    refused = hand.begin(ME, 3)
    assert refused.status_code == 400
    assert "allows 1 a day" in refused.json()["told"]
    assert hand.begin(ME, 0).status_code == 200, "units without a warning stay open"
    assert hand.begin(ME, 2).status_code == 200, "so does what was begun"
    assert hand.begin("coder-b", 3).status_code == 200, "each person has a limit of their own"
    clock.ahead = timedelta(days=1)
    assert hand.begin(ME, 3).status_code == 200, "the next day has room again"


def test_nobody_codes_before_the_certification_where_the_study_wants_one(hand: Hand) -> None:
    rules_of(hand, must_be_certified=True)
    assert hand.get(ME, hand.scene.page(ME)).status_code == 403
    assert hand.get(ME, f"{hand.scene.page(ME)}/state").status_code == 403
    with hand.database.writing() as connection:
        whom = hand.scene.person[ME]
        training.set_standing(connection, hand.scene.project, whom, "certified", "test", utc_now())
    assert hand.begin(ME).status_code == 200
