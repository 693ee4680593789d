"""A client withdraws: the words go, for good; what people rated stays as bare scores, or goes too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from dtnexus.rating import STATEMENT, Episode, NotApplicable, NotObservable, Rating, Said
from dtnexus.storage.tables import (
    actions,
    adjudications,
    answers,
    assignments,
    gold_answers,
    machine_statements,
    marks,
    statements,
    submissions,
    units,
)
from dtnexus.storage.units import interaction_of, withdraw
from dtnexus.transcript import Interaction

NO_WORDS = "█"
"""Stands for every character that was quoted."""
_GONE = "withdrawn"


def copies_of(connection: Connection, project_id: str, unit_id: str) -> list[str]:
    """The ids of all units of the project with the same interaction, whatever their kind."""
    same = select(units.c.interaction_id).where(units.c.id == unit_id, units.c.project_id == project_id)
    wanted = (units.c.project_id == project_id, units.c.interaction_id == same.scalar_subquery())
    return list(connection.execute(select(units.c.id).where(*wanted)).scalars())


def erase(connection: Connection, project_id: str, unit_ids: Iterable[str], keep_ratings: bool, at: datetime) -> None:
    """Take the words of units away wherever they stand; nobody is shown these units again.

    Turns, quotes, rationales, marks, the log of actions, what machines said and gold answers go. With `keep_ratings`
    the scores of people and decisions about them stay, with their places and without any words; otherwise they go.
    `Database.scrub` afterwards, so that the file holds nothing either.
    """
    for unit_id in unit_ids:
        withdraw(connection, project_id, unit_id, at)
        empty = _emptied(interaction_of(connection, unit_id)).model_dump(mode="json")
        connection.execute(update(units).where(units.c.id == unit_id).values(interaction=empty, digest=_GONE))
        own = select(assignments.c.id).where(assignments.c.unit_id == unit_id)
        for table in (marks, answers):
            connection.execute(delete(table).where(table.c.assignment_id.in_(own)))
        for other in (machine_statements, gold_answers, actions):
            connection.execute(delete(other).where(other.c.unit_id == unit_id))
        connection.execute(update(assignments).where(assignments.c.unit_id == unit_id).values(skip_reason=None))
        if keep_ratings:
            _strip_statements(connection, unit_id)
            _strip_decisions(connection, unit_id)
        else:
            for table in (statements, submissions, adjudications):
                connection.execute(delete(table).where(table.c.unit_id == unit_id))


def _emptied(words: Interaction) -> Interaction:
    sessions = tuple(
        session.model_copy(
            update={
                "turns": tuple(t.model_copy(update={"text": "", "speaker": None, "at": None}) for t in session.turns),
                "client_id": None,
                "started_at": None,
                "source": None,
                "probe": None,
            }
        )
        for session in words.sessions
    )
    return words.model_copy(update={"sessions": sessions, "client_id": None})


def _strip_statements(connection: Connection, unit_id: str) -> None:
    rows = connection.execute(select(statements).where(statements.c.unit_id == unit_id)).mappings().all()
    connection.execute(delete(statements).where(statements.c.unit_id == unit_id))
    for row in rows:
        bare = _bare(STATEMENT.validate_python(row["statement"])).model_dump(mode="json")
        connection.execute(insert(statements).values({**row, "statement": bare}))


def _strip_decisions(connection: Connection, unit_id: str) -> None:
    found = select(adjudications).where(adjudications.c.unit_id == unit_id).order_by(adjudications.c.seq)
    rows = connection.execute(found).mappings().all()
    connection.execute(delete(adjudications).where(adjudications.c.unit_id == unit_id))
    for row in rows:
        said = row["statement"]
        bare = None if said is None else _bare(STATEMENT.validate_python(said)).model_dump(mode="json")
        values = {**row, "statement": bare, "reason": ""}
        del values["seq"]
        connection.execute(insert(adjudications).values(values))


def _bare(said: Said) -> Said:
    """A statement without any words."""
    match said:
        case Rating():
            return said.model_copy(update={"episodes": tuple(map(_wordless, said.episodes)), "why": ""})
        case NotObservable():
            return said.model_copy(update={"episodes": tuple(map(_wordless, said.episodes)), "reason": _GONE})
        case NotApplicable():
            return said.model_copy(update={"fact": _GONE})
    return said


def _wordless(episode: Episode) -> Episode:
    return episode.model_copy(update={"quote": NO_WORDS * len(episode.quote), "why": "", "also": ()})
