"""What was submitted and what was decided about it; originals are never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, insert, select

from dtnexus.rating import STATEMENT
from dtnexus.sheet import Round
from dtnexus.storage.results import touch_units
from dtnexus.storage.rows import Adjudication, ScoreRow, StatementRow
from dtnexus.storage.tables import adjudications, assignments, memberships, statements, submissions, units


def statements_of(
    connection: Connection,
    project_id: str,
    *,
    rounds: Sequence[Round] = ("coding",),
    unit_id: str | None = None,
    person_id: str | None = None,
    withdrawn_too: bool = False,
) -> list[StatementRow]:
    """What people submitted in these rounds, in the order of submission; of one unit or one person where named.

    With `withdrawn_too` also the bare scores that were kept when a client withdrew.
    """
    which: list[ColumnElement[bool]] = [submissions.c.project_id == project_id, assignments.c.round.in_(rounds)]
    if unit_id is not None:
        which.append(submissions.c.unit_id == unit_id)
    if person_id is not None:
        which.append(submissions.c.person_id == person_id)
    if not withdrawn_too:
        which.append(units.c.withdrawn_at.is_(None))
    joined = (
        statements.join(submissions, submissions.c.id == statements.c.submission_id)
        .join(assignments, assignments.c.id == submissions.c.assignment_id)
        .join(units, units.c.id == submissions.c.unit_id)
        .join(
            memberships,
            (memberships.c.person_id == submissions.c.person_id)
            & (memberships.c.project_id == submissions.c.project_id),
        )
    )
    query = (
        select(
            submissions.c.id,
            submissions.c.unit_id,
            submissions.c.person_id,
            memberships.c.code,
            assignments.c.round,
            assignments.c.attempt,
            statements.c.criterion,
            statements.c.statement,
            submissions.c.at,
        )
        .select_from(joined)
        .where(*which)
        .order_by(submissions.c.at, submissions.c.id, statements.c.criterion)
    )
    return [StatementRow(*row[:7], STATEMENT.validate_python(row[7]), row[8]) for row in connection.execute(query)]


def scores_of(connection: Connection, project_id: str) -> list[ScoreRow]:
    """What people submitted of the study's own units, without the words: unit, pseudonym, criterion, kind, score."""
    s = submissions.c
    joined = (
        statements.join(submissions, s.id == statements.c.submission_id)
        .join(assignments, assignments.c.id == s.assignment_id)
        .join(units, units.c.id == s.unit_id)
        .join(memberships, (memberships.c.person_id == s.person_id) & (memberships.c.project_id == s.project_id))
    )
    c = statements.c
    who = (s.unit_id, units.c.interaction_id, memberships.c.code)
    query = select(*who, c.criterion, c.kind, c.score).select_from(joined)
    which = (s.project_id == project_id, assignments.c.round == "coding", units.c.withdrawn_at.is_(None))
    return [ScoreRow(*row) for row in connection.execute(query.where(*which).order_by(s.at, s.id, c.criterion))]


def adjudicate(connection: Connection, project_id: str, decision: Adjudication) -> bool:
    """Add a decision; False where the same one (by id) was added before. Earlier ones stay and are outranked."""
    table = adjudications
    if connection.execute(select(table.c.seq).where(table.c.id == decision.id)).first() is not None:
        return False
    said = None if decision.statement is None else decision.statement.model_dump(mode="json")
    values = {**decision._asdict(), "statement": said, "seen": list(decision.seen), "project_id": project_id}
    connection.execute(insert(table).values(**values))
    touch_units(connection, [decision.unit_id])
    return True


def adjudications_of(
    connection: Connection, project_id: str, unit_id: str | None = None, *, all_of_them: bool = False
) -> list[Adjudication]:
    """The decisions that stand (the newest of each unit and criterion), or all of them, oldest first."""
    table = adjudications.c
    columns = (
        table.id,
        table.unit_id,
        table.criterion,
        table.outcome,
        table.statement,
        table.reason,
        table.seen,
        table.person_id,
        table.at,
    )
    query = select(*columns).where(table.project_id == project_id).order_by(table.seq)
    if unit_id is not None:
        query = query.where(table.unit_id == unit_id)
    found = [_decision(row) for row in connection.execute(query)]
    if all_of_them:
        return found
    return list({(one.unit_id, one.criterion): one for one in found}.values())


def _decision(row: Sequence[object]) -> Adjudication:
    one = Adjudication(*row)  # type: ignore[arg-type]
    said = None if one.statement is None else STATEMENT.validate_python(one.statement)
    return one._replace(statement=said, seen=tuple(one.seen))
