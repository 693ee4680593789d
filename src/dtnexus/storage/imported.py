"""Ratings that people gave in other programs; their coders are accounts that nobody can enter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from dtnexus.errors import UsageError
from dtnexus.rating import Coded, Rating
from dtnexus.storage.people import NO_PASSWORD, add_person, person_by_login, set_disabled
from dtnexus.storage.projects import add_member
from dtnexus.storage.rows import IMPORTED
from dtnexus.storage.tables import assignments, memberships, statements, submissions
from dtnexus.storage.tokens import new_id


def imported_coder(connection: Connection, project_id: str, code: str, at: datetime) -> str:
    """The id of the person that stands for a coder of another program; made where there is none.

    Raises:
        UsageError: somebody codes here under this pseudonym; a file cannot speak for them.
    """
    login = f"{IMPORTED}{project_id}/{code}"
    person = person_by_login(connection, login)
    if person is not None:
        return person.id
    taken = select(memberships.c.person_id).where(memberships.c.project_id == project_id, memberships.c.code == code)
    if connection.execute(taken).first() is not None:
        raise UsageError(f"coder {code!r} codes in this project; give the coder of the file another name")
    made = add_person(connection, login, f"{code} (another program)", NO_PASSWORD, at)
    set_disabled(connection, made.id, at)
    add_member(connection, project_id, made.id, "coder", at, code=code)
    return made.id


def add_submitted(
    connection: Connection, project_id: str, unit_id: str, person_id: str, said: Sequence[Coded], at: datetime
) -> bool:
    """Keep what a person said of a unit as submitted; False where the person has the unit already: nothing changes."""
    table = assignments.c
    had = select(table.id).where(table.unit_id == unit_id, table.person_id == person_id, table.round == "coding")
    if connection.execute(had).first() is not None:
        return False
    assignment_id, submission_id = new_id(), new_id()
    who = {"project_id": project_id, "unit_id": unit_id, "person_id": person_id}
    placed = {"round": "coding", "attempt": 1, "position": 0, "overlap": True, "current_pass": "rate", "version": 0}
    times = {"state": "submitted", "created_at": at, "opened_at": at, "ended_at": at}
    connection.execute(insert(assignments).values(id=assignment_id, **who, **placed, **times))
    connection.execute(insert(submissions).values(id=submission_id, **who, assignment_id=assignment_id, at=at))
    for one in said:
        values = {
            "criterion": one.criterion,
            "unit_id": unit_id,
            "kind": one.kind,
            "score": one.score if isinstance(one, Rating) else None,
            "statement": one.model_dump(mode="json"),
        }
        connection.execute(insert(statements).values(submission_id=submission_id, **values))
    return True
