"""The owner's ways in and out: tables, records, an archive, projects of other programs and their answers."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pyarrow.parquet as pq
import pytest

from dtnexus.rating import STATEMENT, Rating
from dtnexus.storage import assignments, settling, units
from dtnexus.transcript import Interaction
from tests.studio.house import Browser, House
from tests.studio.training_room import member_id, queue_of, submit


@pytest.fixture
def owner(house: House) -> Browser:
    return house.browser("owner")


def one_unit(house: House) -> tuple[str, str, str, int, str]:
    """Label, interaction id, unit id, and an agent's turn of a unit with its words."""
    with house.settings.database.reading() as connection:
        unit = units.units_of(connection, house.demo.project_id)[0]
        words = units.interaction_of(connection, unit.id)
    turn = next(turn for turn in words.sessions[0].turns if turn.role.value == "agent")
    return unit.label, unit.interaction_id, unit.id, turn.index, turn.text


def bring(owner: Browser, house: House, body: bytes, name: str, **fields: str) -> str:
    page = f"{house.project}/exchange"
    data = {"csrf": owner.csrf(page), **fields}
    return owner.post(f"{page}/import", data=data, files=[("files", (name, body))]).text


def test_everything_comes_out_in_every_form(house: House, owner: Browser) -> None:
    with house.settings.database.writing() as connection:
        who = member_id(connection, house, "coder-a")
        submit(connection, house, queue_of(connection, house, who, "coding")[0], {"A2": 3, "F1": None})
    page = f"{house.project}/exchange"
    shown = owner.get(page).text
    names = [f"{n}.{f}" for n in ("ratings", "ratings-wide", "episodes") for f in ("csv", "jsonl", "parquet")]
    for name in (*names, "records.jsonl", "conversations.jsonl", "potato.zip", "label-studio.zip"):
        assert f"/exchange/{name}" in shown
        answer = owner.get(f"{page}/{name}")
        assert answer.status_code == 200, name
        assert f'filename="{name}"' in answer.headers["content-disposition"]
    assert owner.get(f"{page}/ratings.csv").text.count("coder-a") == 2
    assert pq.read_table(io.BytesIO(owner.get(f"{page}/episodes.parquet").content)).num_rows == 1
    records = [STATEMENT.validate_json(line) for line in owner.get(f"{page}/records.jsonl").text.splitlines()]
    assert {one.kind for one in records} == {"rating", "not_observable"}
    archive = owner.post(f"{page}/archive", data={"csrf": owner.csrf(page), "names": "Dana\n"})
    with zipfile.ZipFile(io.BytesIO(archive.content)) as found:
        assert {"ratings.csv", "README.md", "codebook.html"} <= set(found.namelist())
        assert "transcripts.jsonl" not in found.namelist()
        assert b",coder-a," not in found.read("ratings.csv")
    with_text = owner.post(f"{page}/archive", data={"csrf": owner.csrf(page), "with_text": "true"})
    with zipfile.ZipFile(io.BytesIO(with_text.content)) as found:
        assert "transcripts.jsonl" in found.namelist()
    assert owner.get(f"{page}/nothing.csv").status_code == 404
    assert owner.get(f"{page}/ratings.exe").status_code == 422
    assert "downloaded" in owner.get(f"{house.project}/audit").text


def test_projects_for_other_programs_are_blind(house: House, owner: Browser) -> None:
    with house.settings.database.reading() as connection:
        found = units.units_of(connection, house.demo.project_id)
        words = [units.interaction_of(connection, unit.id) for unit in found]
    for name in ("potato.zip", "label-studio.zip"):
        answer = owner.get(f"{house.project}/exchange/{name}")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            data = "data/interactions.jsonl" if name == "potato.zip" else "tasks.json"
            text = archive.read(data).decode()
        for one in words:
            assert json.dumps(one.id)[1:-1] not in text
            assert one.agent.id not in text or one.agent.id == "unnamed"
        assert found[0].label in text


def test_a_table_of_another_program_becomes_ratings_of_somebody_nobody_can_be(house: House, owner: Browser) -> None:
    label, interaction, unit_id, turn, text = one_unit(house)
    rows = [
        "interaction,coder,criterion,score,turn,confidence",
        f"{label},rater-x,A2,2,{turn},0.7",
        f"{interaction},rater-y,A2,3,{turn},0.7",
        f"{label},rater-x,F1,NO,,",
        f"{label},rater-x,Z9,1,{turn},0.7",
        f"{label},chief,A2,3,{turn},0.9",
    ]
    told = bring(owner, house, "\n".join(rows).encode(), "them.csv", program="csv", adjudicators="chief")
    assert "5 answers read" in told or "6 answers read" in told
    assert "no criterion" in told
    assert "/tmp" not in told
    with house.settings.database.reading() as connection:
        said = [s for s in settling.statements_of(connection, house.demo.project_id, unit_id=unit_id)]
        decided = settling.adjudications_of(connection, house.demo.project_id, unit_id)
        owners = {a.person_id: a.state for a in assignments.assignments_of_unit(connection, unit_id)}
    assert sorted((s.code, s.criterion, s.statement.kind) for s in said) == [
        ("rater-x", "A2", "rating"),
        ("rater-x", "F1", "not_observable"),
        ("rater-y", "A2", "rating"),
    ]
    rated = next(s.statement for s in said if s.code == "rater-y")
    assert isinstance(rated, Rating)
    assert rated.interaction_id == interaction
    assert rated.episodes[0].quote == text
    assert [one.statement.kind for one in decided if one.statement] == ["rating"]
    assert owners[next(s.person_id for s in said)] == "submitted"
    again = bring(owner, house, "\n".join(rows[:4]).encode(), "them.csv", program="csv")
    assert "there already" in again
    login = {"login": f"imported/{house.demo.project_id}/rater-x", "password": "!"}
    assert house.browser().fill("/login", login, on="/login") == 401


def test_a_file_cannot_speak_for_somebody_of_the_project(house: House, owner: Browser) -> None:
    label, _, unit_id, turn, _ = one_unit(house)
    body = f"interaction,coder,criterion,score,turn,confidence\n{label},coder-a,A2,2,{turn},0.7\n".encode()
    assert "coder &#39;coder-a&#39; codes in this project" in bring(owner, house, body, "t.csv", program="csv")
    with house.settings.database.reading() as connection:
        assert settling.statements_of(connection, house.demo.project_id, unit_id=unit_id) == []


def test_what_is_no_export_is_one_clear_error(house: House, owner: Browser) -> None:
    for program in ("csv", "label-studio", "potato"):
        told = bring(owner, house, b"{", "x.json", program=program)
        assert "This was not done" in told
        assert "x.json" in told
        assert "dtnexus-import-" not in told
    assert "number from 0 to 1" in bring(owner, house, b"a", "x.csv", program="csv", confidence="2")


@pytest.mark.parametrize("login", ["coder-a", "adjudicator", "viewer"])
def test_only_the_owner_takes_out_and_brings_in(house: House, login: str) -> None:
    browser = house.browser(login)
    for path in ("", "/records.jsonl", "/conversations.jsonl", "/potato.zip"):
        assert browser.get(f"{house.project}/exchange{path}").status_code == 403
    assert browser.fill(f"{house.project}/exchange/archive") == 403
    data = {"csrf": browser.csrf("/"), "program": "csv"}
    answer = browser.post(f"{house.project}/exchange/import", data=data, files=[("files", ("a.csv", b"x"))])
    assert answer.status_code == 403


def given_out(owner: Browser, house: House, name: str, inside: str) -> str:
    """A file of the project that is made for another program."""
    answer = owner.get(f"{house.project}/exchange/{name}")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        return found.read(inside).decode()


def potato_answers(owner: Browser, house: House, words: Interaction, label: str) -> bytes:
    """What a person answers in Potato on our own project: a score on the first words of the second turn."""
    items = [json.loads(line) for line in given_out(owner, house, "potato.zip", "data/interactions.jsonl").splitlines()]
    (item,) = [one for one in items if str(one["id"]).split("@")[0] == label]
    said = words.sessions[0].turns[1].text[:12]
    begin = item["text"].index(said)
    span = {"schema": "evidence-words", "name": "A2", "start": begin, "end": begin + len(said), "text": said}
    labels = {"A2": {"3": "3"}, "F1": {"not_observable": "not_observable"}, "how-sure": {"sure": "sure"}}
    answer = {"instance_id": item["id"], "user_id": "rater-p", "labels": labels, "spans": {"evidence-words": [span]}}
    return (json.dumps({**answer, "links": {}}) + "\n").encode()


def label_studio_answers(owner: Browser, house: House, words: Interaction, label: str) -> bytes:
    """The same in Label Studio."""
    tasks = json.loads(given_out(owner, house, "label-studio.zip", "tasks.json"))
    (task,) = [one for one in tasks if label in json.dumps(one["data"])]
    said = words.sessions[0].turns[1].text[:12]

    def choice(name: str, value: str) -> dict[str, Any]:
        return {"from_name": name, "to_name": "talk", "type": "choices", "value": {"choices": [value]}}

    place = {"start": "1", "end": "1", "startOffset": 0, "endOffset": 12, "text": said, "paragraphlabels": ["A2"]}
    marked = {"from_name": "evidence-words", "to_name": "talk", "type": "paragraphlabels", "value": place}
    result = [choice("A2", "3"), choice("F1", "not_observable"), choice("how-sure", "sure"), marked]
    annotation = {"id": 1, "completed_by": {"id": 3, "email": "rater"}, "result": result, "was_cancelled": False}
    return json.dumps([{"id": 1, "annotations": [annotation], "predictions": [], "project": 7, **task}]).encode()


@pytest.mark.parametrize("program", ["potato", "label-studio"])
@pytest.mark.parametrize("sessions", [1, 3], ids=["one session", "several sessions"])
def test_answers_under_blind_labels_come_back_to_their_units(
    house: House, owner: Browser, program: str, sessions: int
) -> None:
    """Our own project of the other program, answered there, becomes ratings of the units that it was made from."""
    with house.settings.database.reading() as connection:
        found = [
            (unit, units.interaction_of(connection, unit.id))
            for unit in units.units_of(connection, house.demo.project_id)
        ]
    unit, words = next((one, said) for one, said in found if len(said.sessions) == sessions)
    answers = potato_answers if program == "potato" else label_studio_answers
    body = answers(owner, house, words, unit.label)
    assert words.agent.id == "unnamed" or words.agent.id.encode() not in body
    told = bring(owner, house, body, "a.jsonl" if program == "potato" else "export.json", program=program)
    with house.settings.database.reading() as connection:
        said = {s.criterion: s.statement for s in settling.statements_of(connection, house.demo.project_id)}
        kept = {s.unit_id for s in settling.statements_of(connection, house.demo.project_id)}
    assert kept == {unit.id}, told
    rating, unseen = said["A2"], said["F1"]
    assert isinstance(rating, Rating) and unseen.kind == "not_observable"
    assert rating.interaction_id == unseen.interaction_id == words.id
    (episode,) = rating.episodes
    assert (episode.transcript_id, episode.turn) == (words.sessions[0].id, 1)
    assert episode.quote == words.sessions[0].turns[1].text[:12]


def test_coders_of_other_programs_get_no_work_and_count_only_where_it_is_said(house: House, owner: Browser) -> None:
    with house.settings.database.reading() as connection:
        alone = next(
            unit
            for unit in units.units_of(connection, house.demo.project_id)
            if len(assignments.assignments_of_unit(connection, unit.id)) == 1
            and len(units.interaction_of(connection, unit.id).sessions) == 1
        )
        turn = next(t for t in units.interaction_of(connection, alone.id).sessions[0].turns if t.role.value == "agent")
    head = "interaction,coder,criterion,score,turn,confidence"
    bring(owner, house, f"{head}\n{alone.label},rater-x,A2,2,{turn.index},0.7\n".encode(), "t.csv", program="csv")
    plan = f"{house.project}/plan"
    everything = {"star": "100", "rest": "100", "each": "2"}
    by_default = owner.get(plan, params=everything).text
    counted = owner.get(plan, params={**everything, "imported": "true"}).text
    assert "rater-x" not in by_default + counted, "nobody can enter that account"
    assert "Imported ratings count as coded" in by_default
    given = [int(re.findall(r"Give (\d+) assignment", page)[0]) for page in (by_default, counted)]
    assert given[0] == given[1] + 1, "the one unit needs a second person of the study"
    assert owner.fill(plan, {**everything, "imported": "true"}, on=f"{plan}?star=100&rest=100&each=2") == 200
    with house.settings.database.reading() as connection:
        whose = {one.person_id for one in assignments.assignments_of_unit(connection, alone.id)}
        assert len(whose) == 2
    assert "checked" in owner.get(plan).text
    assert "rater-x" not in owner.get(f"{house.project}/training").text
