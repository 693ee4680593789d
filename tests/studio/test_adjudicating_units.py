from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dtnexus.rating import NotObservable, Rating
from dtnexus.storage import projects, settling, units
from dtnexus.storage.database import Database, open_database, sqlite_url
from dtnexus.storage.rows import Adjudication
from dtnexus.studio.app import make_app
from tests.studio.house import HOST, quick_settings
from tests.studio.review_scene import MACHINE, SECRET, Reader, Review, give_out, machine_says, make_review, submit

FINE = {"B1": 3, "F1": 3}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_url(tmp_path / "studio.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def made(database: Database) -> Review:
    return make_review(database)


@pytest.fixture
def reader(database: Database, made: Review) -> Reader:
    return Reader(TestClient(make_app(quick_settings(database)), base_url=f"http://{HOST}"), made)


def both(database: Database, made: Review, unit: str, a: dict[str, int | None], b: dict[str, int | None]) -> None:
    submit(database, made, "coder-a", unit, {**FINE, **a}, SECRET)
    submit(database, made, "coder-b", unit, {**FINE, **b})


def questions(reader: Reader, unit: str) -> list[str]:
    page = reader.get("adjudicator", f"adjudicate/{reader.made.unit[unit]}")
    assert page.status_code == 200
    return [part.split('"')[0] for part in page.text.split('id="q-')[1:]]


def decisions(database: Database, made: Review, unit: str) -> list[object]:
    with database.reading() as connection:
        return [one.statement for one in settling.adjudications_of(connection, made.project, made.unit[unit])]


def test_what_needs_a_decision_stands_in_the_queue_once_all_have_submitted(
    database: Database, made: Review, reader: Reader
) -> None:
    submit(database, made, "coder-a", "one", {**FINE, "F1": 0})
    assert "Nothing waits" in reader.get("adjudicator", "adjudicate").text
    assert reader.get("adjudicator", f"adjudicate/{made.unit['one']}").status_code == 404
    submit(database, made, "coder-b", "one", {**FINE, "D1": 3})
    both(database, made, "two", {}, {})
    page = reader.get("adjudicator", "adjudicate").text
    assert "U0001" in page
    assert "U0002" not in page, "nothing to decide on it"
    assert questions(reader, "one") == ["D1", "F1"]


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ({"F1": 0}, {"F1": 1}, ["F1"]),
        ({"F1": 0}, {"F1": 0}, []),
        ({"B1": 0}, {"B1": 1}, []),
        ({"B1": 1}, {"B1": 3}, ["B1"]),
        ({"B1": 2}, {"B1": 3}, []),
        ({"B1": None}, {"B1": 3}, ["B1"]),
        ({"B1": None}, {"B1": None}, []),
    ],
)
def test_the_rules_of_the_framework_say_what_is_decided(
    database: Database,
    made: Review,
    reader: Reader,
    a: dict[str, int | None],
    b: dict[str, int | None],
    wanted: list[str],
) -> None:
    both(database, made, "one", a, b)
    assert questions(reader, "one") == wanted


def test_a_zero_of_the_screening_is_a_question_and_its_words_stay_closed_until_it_is_decided(
    database: Database, made: Review, reader: Reader
) -> None:
    machine_says(database, made, "one")
    both(database, made, "one", {}, {})
    page = reader.get("adjudicator", f"adjudicate/{made.unit['one']}").text
    assert "Screening found a possible 0" in page
    assert MACHINE not in page
    assert MACHINE not in reader.get("owner", f"adjudicate/{made.unit['one']}").text, "nor for the owner, on this page"
    ticked = reader.ticks("adjudicator", "one", "F1")
    assert reader.decide("adjudicator", "one", "F1", "3", words=ticked).status_code == 303
    assert MACHINE in reader.get("adjudicator", f"adjudicate/{made.unit['one']}").text


def test_a_decision_keeps_who_when_and_why_and_changes_no_rating(
    database: Database, made: Review, reader: Reader
) -> None:
    both(database, made, "one", {"F1": 0}, {})
    with database.reading() as connection:
        before = settling.statements_of(connection, made.project)
    ticked = reader.ticks("adjudicator", "one", "F1")
    assert len(ticked) == 2
    answer = reader.decide("adjudicator", "one", "F1", "2", words=ticked[:1], reason="said late", sure="sure")
    assert answer.status_code == 303
    with database.reading() as connection:
        assert settling.statements_of(connection, made.project) == before
        (kept,) = settling.adjudications_of(connection, made.project)
    assert (kept.person_id, kept.reason, kept.outcome) == (made.person["adjudicator"], "said late", "decided")
    assert isinstance(kept.statement, Rating)
    assert (kept.statement.score, kept.statement.coder.kind, kept.statement.coder.name) == (
        2,
        "adjudicator",
        "code-adjudicator",
    )
    assert [episode.score for episode in kept.statement.episodes] == [2], "the words carry the decided score"
    assert set(kept.seen) == {one.submission_id for one in before}
    assert abs((datetime.now(UTC) - kept.at).total_seconds()) < 60
    assert "Nothing waits" in reader.get("adjudicator", "adjudicate").text
    page = reader.get("adjudicator", f"adjudicate/{made.unit['one']}").text
    assert "said late" in page
    assert SECRET in page, "the originals stay"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"verdict": "2", "reason": "  "}, "needs a reason"),
        ({"verdict": "contested", "reason": ""}, "needs a reason"),
        ({"verdict": "2", "words": []}, "needs the words"),
        ({"verdict": "", "words": []}, "choose a score"),
        ({"verdict": "7"}, "choose a score"),
        ({"verdict": "2", "words": ["nothing:0"]}, "not there"),
        ({"verdict": "2", "words": [], "turn": "0:99"}, "no turn 100"),
        ({"verdict": "2", "words": [], "turn": "-1:0"}, "from the list"),
        ({"verdict": "2", "criterion": "B1"}, "nothing to decide"),
        ({"verdict": "2", "criterion": "ZZ"}, "nothing to decide"),
        ({"verdict": "2", "seen": "other"}, "something was added"),
        ({"verdict": "2", "after": "somebody-elses"}, "something was added"),
    ],
)
def test_what_is_no_decision_is_refused_with_the_reason_kept_in_the_form(
    database: Database, made: Review, reader: Reader, fields: dict[str, str | list[str]], told: str
) -> None:
    both(database, made, "one", {"F1": 0}, {})
    own = {**reader.form("adjudicator", "one", "F1"), "words": reader.ticks("adjudicator", "one", "F1")}
    sent = {**own, "reason": "my long reason", **fields}
    answer = reader.send("adjudicator", f"adjudicate/{made.unit['one']}", sent)
    assert answer.status_code == 400
    assert told in answer.text
    if sent["criterion"] == "F1":
        assert str(sent["reason"]).strip() in answer.text
    assert decisions(database, made, "one") == []


def test_a_form_that_lacks_its_id_is_refused(database: Database, made: Review, reader: Reader) -> None:
    both(database, made, "one", {"F1": 0}, {})
    assert reader.send("adjudicator", f"adjudicate/{made.unit['one']}", {"criterion": "F1"}).status_code == 422


def test_n_and_a_whole_turn_and_contested(database: Database, made: Review, reader: Reader) -> None:
    both(database, made, "one", {"F1": 0, "D1": 1, "B1": None}, {"D1": 4})
    assert reader.decide("adjudicator", "one", "B1", "N").status_code == 303
    assert reader.decide("adjudicator", "one", "D1", "contested").status_code == 303
    assert reader.decide("adjudicator", "one", "F1", "4", turn="0:5").status_code == 303
    unseen, contested, score = (
        {one.criterion: one for one in _standing(database, made, "one")}[name].statement for name in ("B1", "D1", "F1")
    )
    assert isinstance(unseen, NotObservable)
    assert contested is None
    assert isinstance(score, Rating)
    assert score.episodes[0].quote == made.words["one"].sessions[0].turns[5].text
    page = reader.get("adjudicator", f"adjudicate/{made.unit['one']}").text
    assert "Stays contested" in page
    assert "everything here is decided" in page


def _standing(database: Database, made: Review, unit: str) -> list[Adjudication]:
    with database.reading() as connection:
        return settling.adjudications_of(connection, made.project, made.unit[unit])


def test_sent_twice_counts_once_and_the_newest_decision_stands(
    database: Database, made: Review, reader: Reader
) -> None:
    both(database, made, "one", {"F1": 0}, {})
    fields = {**reader.form("adjudicator", "one", "F1"), "verdict": "N", "reason": "first"}
    for _ in range(2):
        assert reader.send("adjudicator", f"adjudicate/{made.unit['one']}", fields).status_code == 303
    with database.reading() as connection:
        assert len(settling.adjudications_of(connection, made.project, all_of_them=True)) == 1
    assert reader.decide("owner", "one", "F1", "contested", reason="second").status_code == 303
    page = reader.get("adjudicator", f"adjudicate/{made.unit['one']}").text
    assert "first" in page
    assert [one.reason for one in _standing(database, made, "one")] == ["second"]


def test_a_later_submission_opens_the_question_again(database: Database, made: Review, reader: Reader) -> None:
    both(database, made, "one", {"F1": 0}, {})
    reader.decide("adjudicator", "one", "F1", "N")
    with database.writing() as connection:
        at = datetime.now(UTC)
        projects.add_member(connection, made.project, made.person["stranger"], "coder", at, code="code-stranger")
        give_out(connection, made, ("stranger",), at)
    assert reader.get("adjudicator", f"adjudicate/{made.unit['one']}").status_code == 404, "somebody is at it"
    submit(database, made, "stranger", "one", {**FINE, "F1": 2})
    assert "U0001" in reader.get("adjudicator", "adjudicate").text
    assert "since the last decision" in reader.get("adjudicator", f"adjudicate/{made.unit['one']}").text


def test_nobody_decides_about_what_they_were_to_code(database: Database, made: Review, reader: Reader) -> None:
    both(database, made, "one", {"F1": 0}, {})
    form = {**reader.form("adjudicator", "one", "F1"), "verdict": "N", "reason": "mine was right"}
    with database.writing() as connection:
        at = datetime.now(UTC)
        projects.remove_member(connection, made.project, made.person["coder-a"], at)
        projects.add_member(connection, made.project, made.person["coder-a"], "adjudicator", at)
    assert "somebody else decides" in reader.get("coder-a", "adjudicate").text
    assert reader.get("coder-a", f"adjudicate/{made.unit['one']}").status_code == 403
    assert reader.send("coder-a", f"adjudicate/{made.unit['one']}", form).status_code == 403
    assert decisions(database, made, "one") == []


def test_a_coder_who_left_holds_nobody_up(database: Database, made: Review, reader: Reader) -> None:
    submit(database, made, "coder-a", "one", {**FINE, "F1": 0})
    assert "Nothing waits" in reader.get("adjudicator", "adjudicate").text
    with database.writing() as connection:
        projects.remove_member(connection, made.project, made.person["coder-b"], datetime.now(UTC))
    assert "U0001" in reader.get("adjudicator", "adjudicate").text


def test_the_adjudicator_sees_pseudonyms_and_no_product(database: Database, made: Review, reader: Reader) -> None:
    both(database, made, "one", {"F1": 0}, {})
    page = reader.get("adjudicator", f"adjudicate/{made.unit['one']}").text
    assert "code-coder-a" in page
    for hidden in ("Name of coder-a", "ember-companion", "7.3-secret"):
        assert hidden not in page


@pytest.mark.parametrize("who", ["coder-a", "viewer", "stranger", None])
def test_who_else_may_not_adjudicate(database: Database, made: Review, reader: Reader, who: str | None) -> None:
    both(database, made, "one", {"F1": 0}, {})
    form = {**reader.form("adjudicator", "one", "F1"), "verdict": "N", "reason": "no"}
    wanted = {"coder-a": 403, "viewer": 403, "stranger": 404, None: 303}[who]
    for path in ("adjudicate", f"adjudicate/{made.unit['one']}"):
        answer = reader.get(who, path)
        assert answer.status_code == wanted
        assert SECRET not in answer.text
    if who is not None:
        assert reader.send(who, f"adjudicate/{made.unit['one']}", form).status_code == wanted
    assert decisions(database, made, "one") == []


def test_a_unit_of_another_project_and_one_that_was_withdrawn_do_not_exist(
    database: Database, made: Review, reader: Reader
) -> None:
    other = make_other(database, made)
    both(database, made, "one", {"F1": 0}, {})
    reader.get("owner", "")
    assert reader.client.get(f"/p/{other}/adjudicate/{made.unit['one']}", follow_redirects=False).status_code == 404
    form = reader.form("adjudicator", "one", "F1")
    with database.writing() as connection:
        units.withdraw(connection, made.project, made.unit["one"], datetime.now(UTC))
    assert reader.get("adjudicator", f"adjudicate/{made.unit['one']}").status_code == 404
    sent = {**form, "verdict": "N", "reason": "late"}
    assert reader.send("adjudicator", f"adjudicate/{made.unit['one']}", sent).status_code == 404
    assert "Nothing waits" in reader.get("adjudicator", "adjudicate").text


def make_other(database: Database, made: Review) -> str:
    """Another project of the same owner."""
    with database.writing() as connection:
        at = datetime.now(UTC)
        return projects.add_project(connection, "Other", made.framework, {}, made.person["owner"], at)
