"""Certification attempts, and whether a coder's work counts (standings; the newest one stands)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from dtnexus.sheet import Standing
from dtnexus.storage.columns import Json
from dtnexus.storage.rows import Attempt, StandingRow
from dtnexus.storage.tables import assignments, certification_attempts, standings, units
from dtnexus.storage.tokens import new_id


def begin_attempt(
    connection: Connection, project_id: str, person_id: str, framework_digest: str, at: datetime
) -> Attempt:
    """Begin a person's next attempt at certification."""
    table = certification_attempts
    own = (table.c.project_id == project_id, table.c.person_id == person_id)
    number: int = connection.execute(select(func.coalesce(func.max(table.c.attempt), 0) + 1).where(*own)).scalar_one()
    made = Attempt(new_id(), person_id, number, framework_digest, at, None, None, None)
    connection.execute(insert(table).values(**made._asdict(), project_id=project_id))
    return made


def end_attempt(connection: Connection, attempt_id: str, passed: bool, result: Json, at: datetime) -> None:
    """Close an attempt with its result; does nothing where it is closed already."""
    table = certification_attempts
    still_open = (table.c.id == attempt_id, table.c.ended_at.is_(None))
    connection.execute(update(table).where(*still_open).values(passed=passed, result=result, ended_at=at))


def attempts_of(connection: Connection, project_id: str, person_id: str | None = None) -> list[Attempt]:
    """A person's attempts in a project, oldest first; everybody's where nobody is named."""
    c = certification_attempts.c
    columns = (
        c.id,
        c.person_id,
        c.attempt,
        c.framework_digest,
        c.started_at,
        c.ended_at,
        c.passed,
        c.result,
    )
    query = select(*columns).where(c.project_id == project_id).order_by(c.attempt)
    if person_id is not None:
        query = query.where(c.person_id == person_id)
    return [Attempt(*row) for row in connection.execute(query)]


def set_standing(
    connection: Connection,
    project_id: str,
    person_id: str,
    standing: Standing,
    because: str,
    at: datetime,
    by_person: str | None = None,
) -> None:
    """Say whether a coder's work counts from now on, and why; None as `by_person`: a rule decided."""
    values = {"person_id": person_id, "standing": standing, "because": because, "by_person": by_person, "at": at}
    connection.execute(insert(standings).values(project_id=project_id, **values))


def standings_of(connection: Connection, project_id: str) -> dict[str, Standing]:
    """Person id -> the standing that holds; somebody of whom nothing was said is absent (in training)."""
    c = standings.c
    query = select(c.person_id, c.standing).where(c.project_id == project_id).order_by(c.seq)
    return {person_id: standing for person_id, standing in connection.execute(query)}


def standing_of(connection: Connection, project_id: str, person_id: str) -> StandingRow | None:
    """What was last said of a person's standing, and why; None where nothing was (in training)."""
    c = standings.c
    query = select(c.person_id, c.standing, c.because, c.by_person, c.at)
    own = query.where(c.project_id == project_id, c.person_id == person_id)
    row = connection.execute(own.order_by(c.seq.desc()).limit(1)).first()
    return None if row is None else StandingRow(*row)


def standing_rows(connection: Connection, project_id: str) -> dict[str, StandingRow]:
    """Person id -> what was last said of the person's standing; somebody of whom nothing was said is absent."""
    c = standings.c
    query = select(c.person_id, c.standing, c.because, c.by_person, c.at).where(c.project_id == project_id)
    return {row[0]: StandingRow(*row) for row in connection.execute(query.order_by(c.seq))}


def interactions_met(connection: Connection, project_id: str, person_id: str) -> set[str]:
    """The ids of the interactions that a person was ever given, whatever for."""
    own = (assignments.c.project_id == project_id, assignments.c.person_id == person_id)
    query = select(units.c.interaction_id).select_from(units.join(assignments)).where(*own)
    return set(connection.execute(query).scalars())
