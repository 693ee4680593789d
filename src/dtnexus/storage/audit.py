"""The audit log: who saw, rated or changed what, and when. Rows are added; the database refuses anything else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select

from dtnexus.storage.columns import Json
from dtnexus.storage.rows import AuditEntry
from dtnexus.storage.tables import audit, people


def note(
    connection: Connection,
    at: datetime,
    what: str,
    *,
    person_id: str | None = None,
    project_id: str | None = None,
    about: str = "",
    details: Mapping[str, Json] | None = None,
) -> None:
    """Add a line. `details` hold no transcript text, no password and no token."""
    line = {"at": at, "person_id": person_id, "project_id": project_id, "what": what, "about": about}
    connection.execute(insert(audit).values(**line, details=dict(details or {})))


def entries(
    connection: Connection, project_id: str | None, *, before: int | None = None, limit: int = 100
) -> list[AuditEntry]:
    """The newest lines of a project (None: the lines that belong to none), older than `before` where it is given."""
    wanted = audit.c.project_id.is_(None) if project_id is None else audit.c.project_id == project_id
    query = (
        select(
            audit.c.seq,
            audit.c.at,
            audit.c.person_id,
            people.c.login,
            audit.c.project_id,
            audit.c.what,
            audit.c.about,
            audit.c.details,
        )
        .select_from(audit.outerjoin(people, people.c.id == audit.c.person_id))
        .where(wanted)
        .order_by(audit.c.seq.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(audit.c.seq < before)
    return [AuditEntry(*row) for row in connection.execute(query)]
