"""Who codes what: queues in each coder's own order, and how far they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select

from dtnexus.sheet import Planned, Round
from dtnexus.storage.results import touch_units
from dtnexus.storage.rows import Assignment, Progress
from dtnexus.storage.tables import assignments, units
from dtnexus.storage.tokens import new_id

_COLUMNS = (
    assignments.c.id,
    assignments.c.project_id,
    assignments.c.unit_id,
    assignments.c.person_id,
    assignments.c.round,
    assignments.c.attempt,
    assignments.c.position,
    assignments.c.overlap,
    assignments.c.state,
    assignments.c.current_pass,
    assignments.c.version,
    assignments.c.opened_at,
    assignments.c.ended_at,
    assignments.c.skip_reason,
    units.c.label,
    units.c.warnings,
)


def add_assignments(
    connection: Connection,
    project_id: str,
    planned: Iterable[Planned],
    at: datetime,
    *,
    round_: Round = "coding",
    attempt: int = 1,
    at_the_end: bool = True,
) -> int:
    """Add assignments and return how many; one that exists (unit, person, round, attempt) is left as it is.

    New ones come after those that a person has; with `at_the_end` False they stand at the planned places exactly.
    """
    table = assignments.c
    had = select(table.unit_id, table.person_id).where(
        table.project_id == project_id, table.round == round_, table.attempt == attempt
    )
    known = {(unit_id, person_id) for unit_id, person_id in connection.execute(had)}
    last = select(table.person_id, func.max(table.position)).where(table.project_id == project_id)
    begin = {who: last + 1 for who, last in connection.execute(last.group_by(table.person_id))} if at_the_end else {}
    fixed = {"project_id": project_id, "round": round_, "attempt": attempt, "state": "open", "current_pass": "read"}
    rows = [
        {"id": new_id(), **_placed(plan, begin), **fixed, "version": 0, "created_at": at}
        for plan in planned
        if (plan.unit_id, plan.person_id) not in known
    ]
    if rows:
        connection.execute(insert(assignments), rows)
        touch_units(connection, [str(row["unit_id"]) for row in rows])
    return len(rows)


def _placed(plan: Planned, begin: Mapping[str, int]) -> dict[str, object]:
    return {**plan.model_dump(), "position": plan.position + begin.get(plan.person_id, 0)}


def queue(
    connection: Connection, project_id: str, person_id: str, rounds: Sequence[Round] = ("coding", "drift")
) -> list[Assignment]:
    """A person's assignments in the person's own order. Drift units stand among the others, as they should."""
    table = assignments.c
    whose = (table.project_id == project_id, table.person_id == person_id, table.round.in_(rounds))
    return _assignments(connection, *whose)


def assignment(connection: Connection, project_id: str, assignment_id: str, person_id: str) -> Assignment | None:
    """An assignment of this person in this project; None where it is anybody else's or does not exist."""
    table = assignments.c
    wanted = (table.id == assignment_id, table.project_id == project_id, table.person_id == person_id)
    return next(iter(_assignments(connection, *wanted)), None)


def next_waiting(
    connection: Connection, project_id: str, person_id: str, rounds: Sequence[Round], but: str
) -> str | None:
    """The first of a person's assignments of these rounds that is not ended, other than `but`; None: there is none."""
    table = assignments.c
    query = (
        select(table.id)
        .join_from(assignments, units)
        .where(
            table.project_id == project_id,
            table.person_id == person_id,
            table.round.in_(rounds),
            table.state.in_(("open", "in_progress")),
            table.id != but,
            units.c.withdrawn_at.is_(None),
        )
        .order_by(table.position, table.id)
        .limit(1)
    )
    found: str | None = connection.execute(query).scalar()
    return found


def assignments_of_unit(connection: Connection, unit_id: str) -> list[Assignment]:
    """All assignments of a unit, whoever's they are."""
    return _assignments(connection, assignments.c.unit_id == unit_id)


def coders_of_units(
    connection: Connection, project_id: str, round_: Round = "coding"
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Unit id -> the people who have it; and unit id -> the people who left it to others."""
    table = assignments.c
    query = select(table.unit_id, table.person_id, table.state).where(
        table.project_id == project_id, table.round == round_
    )
    had: dict[str, list[str]] = {}
    declined: dict[str, list[str]] = {}
    for unit_id, person_id, state in connection.execute(query.order_by(table.unit_id, table.person_id)):
        (declined if state == "skipped" else had).setdefault(unit_id, []).append(person_id)
    return had, declined


def progress(connection: Connection, project_id: str) -> dict[str, Progress]:
    """Person id -> how far the person is with coding; drift units count as coding, so that they do not show."""
    table = assignments.c
    query = (
        select(table.person_id, table.state, func.count())
        .where(table.project_id == project_id, table.round.in_(("coding", "drift")))
        .group_by(table.person_id, table.state)
    )
    counts: dict[str, Counter[str]] = {}
    for person_id, state, count in connection.execute(query):
        counts.setdefault(person_id, Counter())[state] = count
    return {who: Progress(**{name: each[name] for name in Progress._fields}) for who, each in counts.items()}


def _assignments(connection: Connection, *which: ColumnElement[bool]) -> list[Assignment]:
    query = select(*_COLUMNS).join_from(assignments, units).where(*which, units.c.withdrawn_at.is_(None))
    ordered = query.order_by(assignments.c.position, assignments.c.id)
    return [_row(row) for row in connection.execute(ordered)]


def _row(row: Sequence[object]) -> Assignment:
    found = Assignment(*row)  # type: ignore[arg-type]
    return found._replace(warnings=tuple(found.warnings))
