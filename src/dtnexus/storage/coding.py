"""A coder's work as it is done: every action is logged once, changes the sheet, and is refused when it saw an old one.

* The page makes the id of each action. The same action sent again changes nothing and is
  answered with the sheet as it stands, so that a page may send until it hears an answer.
* Each criterion of a sheet has a version. An action names the version that the page
  showed; another version means that another tab was faster, and the answer is `Conflict`.
* State and pass of the assignment have a version of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from dtnexus.errors import UsageError
from dtnexus.rating import Coded, Rating
from dtnexus.record import digest_of
from dtnexus.sheet import (
    ANSWER,
    Action,
    ClearAnswer,
    CriterionSheet,
    DropMark,
    Mark,
    Pass,
    PutAnswer,
    PutMark,
    Sheet,
)
from dtnexus.storage.columns import Json
from dtnexus.storage.results import touch_units
from dtnexus.storage.rows import Assignment
from dtnexus.storage.tables import actions, answers, assignments, marks, statements, submissions
from dtnexus.storage.tokens import new_id


class Done(NamedTuple):
    """The action counts, now or since an earlier time that it was sent."""

    version: int
    """Of the criterion, or of the assignment, as it stands now."""
    repeated: bool


class Conflict(NamedTuple):
    """Another tab was faster; nothing was changed."""

    version: int
    """The version that stands now; load it, show it, and let the person act again."""


class Closed(NamedTuple):
    """The assignment is submitted or skipped; nothing was changed."""

    state: str


Result = Done | Conflict | Closed


def sheet_of(connection: Connection, assignment_id: str) -> Sheet:
    """The sheet of an assignment as it stands."""
    by_criterion: dict[str, list[Mark]] = {}
    found = select(marks.c.criterion, marks.c.body).where(marks.c.assignment_id == assignment_id)
    for criterion, body in connection.execute(found):
        by_criterion.setdefault(criterion, []).append(Mark.model_validate(body))
    said = select(answers.c.criterion, answers.c.version, answers.c.body)
    criteria = {
        criterion: CriterionSheet(
            version=version,
            answer=None if body is None else ANSWER.validate_python(body),
            marks=tuple(sorted(by_criterion.get(criterion, ()), key=_where)),
        )
        for criterion, version, body in connection.execute(said.where(answers.c.assignment_id == assignment_id))
    }
    return Sheet(criteria=criteria)


def _where(mark: Mark) -> tuple[int, int, int, str]:
    return mark.session, mark.turn, mark.start, mark.id


def act(connection: Connection, to: Assignment, action: Action, at: datetime, check: Callable[[Sheet], None]) -> Result:
    """Do what an action says, once.

    Args:
        connection: a writing transaction.
        to: the assignment, which is the acting person's own.
        action: what the page sent.
        at: now.
        check: called with the sheet before the action; raises where the action is not acceptable
            (`dtnexus.study.acceptance`). Nothing is changed then.

    Raises:
        UsageError: the id belongs to another action.
    """
    state, _, _ = _locked(connection, to.id)
    body = action.change.model_dump(mode="json")
    digest = digest_of([to.id, action.criterion, action.seen_version, body])
    repeated = _repeated(connection, action.id, digest)
    now = _version(connection, to.id, action.criterion)
    if repeated:
        return Done(now, repeated=True)
    if state in ("submitted", "skipped"):
        return Closed(state)
    if now != action.seen_version:
        return Conflict(now)
    check(sheet_of(connection, to.id))
    _set_version(connection, to.id, action.criterion, now + 1, at)
    _change(connection, to.id, action, at)
    _log(connection, to, action.id, (action.criterion, action.change.kind, body, digest), now + 1, at)
    if state == "open":
        begun = {"state": "in_progress", "opened_at": at}
        connection.execute(update(assignments).where(assignments.c.id == to.id).values(**begun))
    return Done(now + 1, repeated=False)


def _change(connection: Connection, assignment_id: str, action: Action, at: datetime) -> None:
    match action.change:
        case PutMark(mark=mark):
            own = (marks.c.assignment_id == assignment_id, marks.c.id == mark.id)
            connection.execute(delete(marks).where(*own))
            values = {"id": mark.id, "criterion": mark.criterion, "body": mark.model_dump(mode="json"), "at": at}
            connection.execute(insert(marks).values(assignment_id=assignment_id, **values))
        case DropMark(mark_id=mark_id):
            own = (marks.c.assignment_id == assignment_id, marks.c.id == mark_id)
            connection.execute(delete(marks).where(*own, marks.c.criterion == action.criterion))
        case PutAnswer(answer=answer):
            _set_answer(connection, assignment_id, action.criterion, answer.model_dump(mode="json"))
        case ClearAnswer():
            _set_answer(connection, assignment_id, action.criterion, None)


def _set_answer(connection: Connection, assignment_id: str, criterion: str, body: Json) -> None:
    own = (answers.c.assignment_id == assignment_id, answers.c.criterion == criterion)
    connection.execute(update(answers).where(*own).values(body=body))


def go_to_pass(
    connection: Connection, to: Assignment, action_id: str, seen_version: int, wanted: Pass, at: datetime
) -> Result:
    """Open the assignment where it is not, and go to a pass."""
    new: dict[str, object] = {"state": "in_progress", "current_pass": wanted}
    if to.opened_at is None:
        new["opened_at"] = at
    return _step(connection, to, action_id, seen_version, ("pass", {"pass": wanted}), new, at)


def skip(
    connection: Connection, to: Assignment, action_id: str, seen_version: int, reason: str, at: datetime
) -> Result:
    """Leave the unit to others ("this is hard for me"); a reason is welcome and not demanded."""
    new: dict[str, object] = {"state": "skipped", "ended_at": at, "skip_reason": reason}
    return _step(connection, to, action_id, seen_version, ("skip", {}), new, at)


def submit(
    connection: Connection,
    to: Assignment,
    action_id: str,
    seen_version: int,
    at: datetime,
    freeze: Callable[[Sheet], Sequence[Coded]],
) -> Result:
    """Close the assignment and keep what was said for ever.

    `freeze` makes the statements from the sheet as it stands in this transaction; it raises
    where the sheet is not complete (`dtnexus.study.freezing`), and nothing is changed then.
    """
    done = _step(connection, to, action_id, seen_version, ("submit", {}), {"state": "submitted", "ended_at": at}, at)
    if not isinstance(done, Done) or done.repeated:
        return done
    submission_id = new_id()
    who = {"project_id": to.project_id, "unit_id": to.unit_id, "assignment_id": to.id, "person_id": to.person_id}
    connection.execute(insert(submissions).values(id=submission_id, **who, at=at))
    for said in freeze(sheet_of(connection, to.id)):
        values = {
            "criterion": said.criterion,
            "unit_id": to.unit_id,
            "kind": said.kind,
            "score": said.score if isinstance(said, Rating) else None,
            "statement": said.model_dump(mode="json"),
        }
        connection.execute(insert(statements).values(submission_id=submission_id, **values))
    return done


def _step(
    connection: Connection,
    to: Assignment,
    action_id: str,
    seen_version: int,
    what: tuple[str, Mapping[str, Json]],
    new: Mapping[str, object],
    at: datetime,
) -> Result:
    state, now, _ = _locked(connection, to.id)
    kind, body = what
    digest = digest_of([to.id, None, seen_version, kind, dict(body)])
    if _repeated(connection, action_id, digest):
        return Done(now, repeated=True)
    if state in ("submitted", "skipped"):
        return Closed(state)
    if now != seen_version:
        return Conflict(now)
    connection.execute(update(assignments).where(assignments.c.id == to.id).values(version=now + 1, **new))
    _log(connection, to, action_id, (None, kind, dict(body), digest), now + 1, at)
    if kind != "pass":
        touch_units(connection, [to.unit_id])
    return Done(now + 1, repeated=False)


def _locked(connection: Connection, assignment_id: str) -> tuple[str, int, str]:
    """State, version and pass; PostgreSQL lets nobody else act on this assignment until we are done."""
    table = assignments.c
    query = select(table.state, table.version, table.current_pass).where(table.id == assignment_id)
    state, version, current_pass = connection.execute(query.with_for_update()).one()
    return state, version, current_pass


def _repeated(connection: Connection, action_id: str, digest: str) -> bool:
    row = connection.execute(select(actions.c.digest).where(actions.c.id == action_id)).first()
    if row is not None and row[0] != digest:
        raise UsageError("this action id belongs to another action; the page makes a new one for each")
    return row is not None


def _version(connection: Connection, assignment_id: str, criterion: str) -> int:
    own = (answers.c.assignment_id == assignment_id, answers.c.criterion == criterion)
    found: int | None = connection.execute(select(answers.c.version).where(*own)).scalar()
    return found or 0


def _set_version(connection: Connection, assignment_id: str, criterion: str, version: int, at: datetime) -> None:
    own = (answers.c.assignment_id == assignment_id, answers.c.criterion == criterion)
    if version == 1:
        values = {"assignment_id": assignment_id, "criterion": criterion, "body": None}
        connection.execute(insert(answers).values(**values, version=version, at=at))
    else:
        connection.execute(update(answers).where(*own).values(version=version, at=at))


def _log(
    connection: Connection,
    to: Assignment,
    action_id: str,
    what: tuple[str | None, str, Json, str],
    version: int,
    at: datetime,
) -> None:
    criterion, kind, body, digest = what
    who = {"assignment_id": to.id, "unit_id": to.unit_id, "person_id": to.person_id, "criterion": criterion}
    values = {"id": action_id, "kind": kind, "body": body, "digest": digest, "version": version, "at": at}
    connection.execute(insert(actions).values(**who, **values))
