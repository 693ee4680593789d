from __future__ import annotations

from typing import Literal

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from dtnexus.sheet import NoOpportunity, PutAnswer
from dtnexus.storage import audit, settling, training, units
from dtnexus.storage.coding import submit
from dtnexus.storage.database import Database
from dtnexus.storage.rows import Adjudication
from dtnexus.storage.tables import APPEND_ONLY, ERASABLE, actions, admissions, metadata
from dtnexus.study.freezing import adjudicator, freeze, human_coder, statement
from tests.storage.in_store import LATER, NOW, Study, an_action, begin, do, first_assignment
from tests.study.made_up import complete, framework, interaction


def a_row_in_each_log(database: Database) -> Study:
    study = begin(database)
    to = first_assignment(database, study)
    known = framework()
    do(database, to, an_action(PutAnswer(answer=NoOpportunity()), 0, "action-0001"))
    coder = human_coder("coder-a", known)
    with database.writing() as connection:
        submit(
            connection, to, "submit-0001", 0, LATER, lambda _: freeze(complete(known), interaction("one"), known, coder)
        )
        settling.adjudicate(connection, study.project_id, decision(study))
        training.set_standing(connection, study.project_id, study.coders[0], "certified", "passed", NOW)
        audit.note(connection, NOW, "tested", project_id=study.project_id, details={"n": 1})
        connection.execute(
            insert(admissions).values(
                project_id=study.project_id,
                criterion="B1",
                coder_digest="d",
                language="en",
                outcome="admitted",
                record={},
                at=NOW,
            )
        )
    return study


def decision(
    study: Study, name: str = "decision-0001", outcome: Literal["decided", "contested"] = "decided"
) -> Adjudication:
    known = framework()
    said = statement(known.criterion("B1"), complete(known).of("B1"), interaction("one"), adjudicator("adj", known))
    return Adjudication(
        name,
        study.units[0],
        "B1",
        outcome,
        said if outcome == "decided" else None,
        "because",
        ("s1",),
        study.owner,
        NOW,
    )


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_no_row_of_a_log_is_changed_or_deleted(database: Database, table: str) -> None:
    a_row_in_each_log(database)
    rows = metadata.tables[table]
    column = next(c for c in rows.columns if c.name in ("at", "kind"))
    with database.reading() as connection:
        before = connection.execute(select(func.count()).select_from(rows)).scalar_one()
    assert before > 0
    attempts = [update(rows).values({column.name: rows.c[column.name]}), delete(rows)]
    if not database.is_sqlite:
        attempts.append(text(f"TRUNCATE {table} CASCADE"))  # type: ignore[arg-type]
    for attempt in attempts:
        with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
            connection.execute(attempt)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(rows)).scalar_one() == before


def test_after_withdrawal_a_units_words_may_go(database: Database) -> None:
    study = a_row_in_each_log(database)
    with database.writing() as connection:
        units.withdraw(connection, study.project_id, study.units[0], NOW)
    for name in ("statements", "submissions", "adjudications", "actions"):
        rows = metadata.tables[name]
        with database.writing() as connection:
            connection.execute(delete(rows).where(rows.c.unit_id == study.units[0]))
    assert {"statements", "submissions", "adjudications", "actions"} == set(ERASABLE)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(actions)).scalar_one() == 0
        assert units.units_of(connection, study.project_id)[0].id == study.units[1]
        assert settling.statements_of(connection, study.project_id) == []


def test_decisions_stand_until_a_newer_one_and_are_all_kept(database: Database) -> None:
    study = begin(database)
    with database.writing() as connection:
        assert settling.adjudicate(connection, study.project_id, decision(study))
        assert not settling.adjudicate(connection, study.project_id, decision(study)), "sent twice counts once"
        assert settling.adjudicate(connection, study.project_id, decision(study, "decision-0002", "contested"))
    with database.reading() as connection:
        stands = settling.adjudications_of(connection, study.project_id)
        every = settling.adjudications_of(connection, study.project_id, all_of_them=True)
    assert [one.outcome for one in stands] == ["contested"]
    assert [one.outcome for one in every] == ["decided", "contested"]
    assert every[0] == decision(study)


def test_the_audit_log_is_read_newest_first(database: Database) -> None:
    study = begin(database)
    with database.writing() as connection:
        for number in range(5):
            audit.note(
                connection, NOW, f"what-{number}", person_id=study.owner, project_id=study.project_id, about="unit:1"
            )
        audit.note(connection, NOW, "elsewhere")
    with database.reading() as connection:
        found = audit.entries(connection, study.project_id, limit=3)
        older = audit.entries(connection, study.project_id, before=found[-1].seq)
        nowhere = audit.entries(connection, None)
    assert [one.what for one in found + older] == [f"what-{number}" for number in (4, 3, 2, 1, 0)]
    assert (found[0].login, found[0].at, found[0].details) == ("owner", NOW, {})
    assert [one.what for one in nowhere] == ["elsewhere"]


def test_attempts_and_standings(database: Database) -> None:
    study = begin(database)
    coder = study.coders[0]
    with database.writing() as connection:
        first = training.begin_attempt(connection, study.project_id, coder, "digest", NOW)
        training.end_attempt(connection, first.id, False, {"pooled": 0.5}, LATER)
        training.end_attempt(connection, first.id, True, {}, LATER)
        second = training.begin_attempt(connection, study.project_id, coder, "digest", LATER)
        training.set_standing(connection, study.project_id, coder, "certified", "passed", NOW)
        training.set_standing(connection, study.project_id, coder, "paused", "drift", LATER, study.owner)
    with database.reading() as connection:
        found = training.attempts_of(connection, study.project_id, coder)
        assert training.standings_of(connection, study.project_id) == {coder: "paused"}
    assert [(one.attempt, one.passed, one.result) for one in found] == [(1, False, {"pooled": 0.5}), (2, None, None)]
    assert second.attempt == 2
