"""Results of units in columns: what is up to date, what a list shows, how often each outcome occurs.

Each unit has a revision, which everything that may change its result raises: a submission, a unit that is left to
others or given out, a decision, what a machine said, profiles, admissions. A result names the revision that it rests
on; it is up to date where that is the unit's, and the version of the program is the running one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, or_, select, update

from dtnexus.storage.result_tables import result_risks, result_scores, results

State = Literal["open", "complete"]
"""``complete``: somebody has submitted the unit, and nobody is still at it."""
_AT_ONCE = 500
"""Ids in one statement."""
_ROW = (
    results.c.unit_id,
    results.c.label,
    results.c.state,
    results.c.coders,
    results.c.questions,
    results.c.settled,
    results.c.presented,
    results.c.indicated,
    results.c.outcome,
    results.c.before,
    results.c.shown,
    results.c.ceiling,
    results.c.spread,
)


class ResultRow(NamedTuple):
    """A unit with its result; all of the result is None where nobody has decided it yet."""

    unit_id: str
    label: str
    state: State
    coders: int
    questions: int
    settled: int
    presented: int | None
    indicated: int | None
    outcome: str | None
    before: str | None
    shown: int | None
    ceiling: int | None
    spread: int | None


class CriterionResult(NamedTuple):
    """What all coders together say of a criterion."""

    criterion: str
    kind: str
    score: int | None


@dataclass(frozen=True)
class NewResult:
    """A result that was made from a unit at a revision."""

    unit_id: str
    revision: int
    row: ResultRow
    scores: tuple[CriterionResult, ...]
    risks: tuple[tuple[str, str], ...]
    """Risk and status."""


@dataclass(frozen=True)
class Wanted:
    """Which units a list shows; what is None or empty asks for nothing."""

    label: str = ""
    """Part of the blind label; upper and lower case alike."""
    state: str = ""
    presented: int | None = None
    indicated: int | None = None
    not_indicated: bool = False
    """Those of which too little was observed."""
    outcome: str = ""
    risk: str = ""
    """A risk that was found."""
    criterion: str = ""
    score: str = ""
    """``0`` to ``4``, or a kind of answer, for instance ``not_observable``; needs the criterion."""
    spread: int | None = None
    """People are at least so far apart on a criterion."""
    questions: bool = False
    """Something waits for an adjudicator."""
    settled: bool = False
    """An adjudicator has decided something."""
    changed: bool = False
    """An adjudicator's decision changed the outcome."""


def begin_results(connection: Connection, project_id: str, units: Iterable[tuple[str, str]]) -> None:
    """Add units, each with its label, of which nothing is decided."""
    fixed = {"project_id": project_id, "revision": 0, "state": "open", "coders": 0, "questions": 0, "settled": 0}
    rows = [{"unit_id": unit_id, "label": label, **fixed} for unit_id, label in units]
    if rows:
        connection.execute(insert(results), rows)


def touch_units(connection: Connection, unit_ids: Iterable[str]) -> None:
    """Say that something changed which results of these units may rest on."""
    for some in _chunks(sorted(set(unit_ids))):
        _hold(connection, results.c.unit_id.in_(some))
        raised = update(results).where(results.c.unit_id.in_(some)).values(revision=results.c.revision + 1)
        connection.execute(raised)


def touch_project(connection: Connection, project_id: str) -> None:
    """The same for all units of a project."""
    _hold(connection, results.c.project_id == project_id)
    raised = update(results).where(results.c.project_id == project_id).values(revision=results.c.revision + 1)
    connection.execute(raised)


def forget_results(connection: Connection, unit_id: str) -> None:
    """Delete what is known of a unit that was withdrawn."""
    for table in (result_scores, result_risks, results):
        connection.execute(delete(table).where(table.c.unit_id == unit_id))


def stale_units(connection: Connection, project_id: str, rules: str, limit: int) -> list[tuple[str, int]]:
    """Unit and revision of the first units whose result is not up to date, by label."""
    query = select(results.c.unit_id, results.c.revision).where(*_stale(project_id, rules))
    return [
        (unit_id, revision) for unit_id, revision in connection.execute(query.order_by(results.c.label).limit(limit))
    ]


def count_stale(connection: Connection, project_id: str, rules: str) -> int:
    """How many units have a result that is not up to date."""
    return _count(connection, *_stale(project_id, rules))


def revision_of(connection: Connection, unit_id: str) -> int | None:
    """The revision of a unit; None for units that have no results."""
    found: int | None = connection.execute(select(results.c.revision).where(results.c.unit_id == unit_id)).scalar()
    return found


def _stale(project_id: str, rules: str) -> tuple[ColumnElement[bool], ...]:
    c = results.c
    old = or_(c.of_revision.is_(None), c.of_revision != c.revision, c.rules.is_(None), c.rules != rules)
    return c.project_id == project_id, old


def keep_results(connection: Connection, project_id: str, rules: str, new: Sequence[NewResult]) -> None:
    """Replace the results of these units, by this version of the program; whoever does the same waits meanwhile."""
    for some in _chunks(sorted(one.unit_id for one in new)):
        _hold(connection, results.c.unit_id.in_(some))
        for table in (result_scores, result_risks):
            connection.execute(delete(table).where(table.c.unit_id.in_(some)))
    scores: list[dict[str, object]] = []
    risks: list[dict[str, object]] = []
    for one in new:
        values = {name: value for name, value in one.row._asdict().items() if name not in ("unit_id", "label")}
        made = {**values, "of_revision": one.revision, "rules": rules}
        changed = connection.execute(update(results).where(results.c.unit_id == one.unit_id).values(**made))
        if changed.rowcount == 0:  # withdrawn in the meantime
            continue
        where = {"unit_id": one.unit_id, "project_id": project_id}
        scores += [{**where, **each._asdict()} for each in one.scores]
        risks += [{**where, "risk": risk, "status": status} for risk, status in one.risks]
    if scores:
        connection.execute(insert(result_scores), scores)
    if risks:
        connection.execute(insert(result_risks), risks)


def _hold(connection: Connection, which: ColumnElement[bool]) -> None:
    """Let nobody else change these results until we are done; all take them in one order, so that none waits for ever.

    SQLite has one writer anyway.
    """
    connection.execute(select(results.c.unit_id).where(which).order_by(results.c.unit_id).with_for_update())


def result_of(connection: Connection, project_id: str, unit_id: str) -> ResultRow | None:
    """The result of a unit of this project; None where there is no such unit."""
    row = connection.execute(
        select(*_ROW).where(results.c.project_id == project_id, results.c.unit_id == unit_id)
    ).first()
    return None if row is None else ResultRow._make(row)


def list_results(
    connection: Connection, project_id: str, wanted: Wanted, *, limit: int, offset: int = 0
) -> list[ResultRow]:
    """Some of the wanted units, by label."""
    query = select(*_ROW).where(*_which(project_id, wanted)).order_by(results.c.label).limit(limit).offset(offset)
    return [ResultRow._make(row) for row in connection.execute(query)]


def count_results(connection: Connection, project_id: str, wanted: Wanted) -> int:
    """How many units are wanted."""
    return _count(connection, *_which(project_id, wanted))


def outcomes(connection: Connection, project_id: str) -> Counter[tuple[State, str | None, str | None]]:
    """State, outcome before any decision and outcome now -> units."""
    c = results.c
    query = select(c.state, c.before, c.outcome, func.count()).where(c.project_id == project_id)
    found = connection.execute(query.group_by(c.state, c.before, c.outcome))
    return Counter({(state, before, outcome): count for state, before, outcome, count in found})


def stands_at(connection: Connection, project_id: str) -> str:
    """Names the state of all units together; another name means that something was added or withdrawn."""
    c = results.c
    query = select(func.count(), func.coalesce(func.sum(c.revision), 0)).where(c.project_id == project_id)
    count, raised = connection.execute(query).one()
    return f"{count}/{int(raised)}"


def _which(project_id: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    c = results.c
    which: list[ColumnElement[bool]] = [c.project_id == project_id]
    if wanted.label:
        which.append(func.lower(c.label).contains(wanted.label.casefold(), autoescape=True))
    if wanted.state:
        which.append(c.state == wanted.state)
    for column, value in ((c.presented, wanted.presented), (c.indicated, wanted.indicated)):
        if value is not None:
            which.append(column == value)
    also: tuple[tuple[bool, tuple[ColumnElement[bool], ...]], ...] = (
        (wanted.not_indicated, (c.indicated.is_(None), c.of_revision.is_not(None))),
        (bool(wanted.outcome), (c.outcome == wanted.outcome, c.state == "complete")),
        (wanted.spread is not None, (c.spread >= (wanted.spread or 0),)),
        (wanted.questions, (c.questions > 0,)),
        (wanted.settled, (c.settled > 0,)),
        (wanted.changed, (c.outcome != c.before, c.state == "complete")),
    )
    for asked, conditions in also:
        which += conditions if asked else ()
    return which + _facets(project_id, wanted)


def _facets(project_id: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = []
    if wanted.risk:
        c = result_risks.c
        own = (c.unit_id == results.c.unit_id, c.project_id == project_id)
        which.append(exists().where(*own, c.risk == wanted.risk, c.status == "found"))
    if wanted.criterion and wanted.score:
        s = result_scores.c
        is_score = wanted.score.isascii() and wanted.score.isdigit()
        said = s.score == int(wanted.score) if is_score else s.kind == wanted.score
        own = (s.unit_id == results.c.unit_id, s.project_id == project_id)
        which.append(exists().where(*own, s.criterion == wanted.criterion, said))
    return which


def _count(connection: Connection, *which: ColumnElement[bool]) -> int:
    found: int = connection.execute(select(func.count()).select_from(results).where(*which)).scalar_one()
    return found


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))
