"""Admissions that a project uses; rows are added, and the newest of each criterion, coder and language stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select

from dtnexus.admission import Admission
from dtnexus.storage.results import touch_project
from dtnexus.storage.tables import admissions


def keep_admissions(
    connection: Connection, project_id: str, new: Iterable[Admission], person_id: str, at: datetime
) -> int:
    """Use these from now on, and return how many. They outrank earlier ones of the same criterion, coder, language."""
    rows = [
        {
            "project_id": project_id,
            "criterion": one.criterion,
            "coder_digest": one.coder.digest(),
            "language": one.language,
            "outcome": one.verdict,
            "record": one.model_dump(mode="json"),
            "person_id": person_id,
            "at": at,
        }
        for one in new
    ]
    if rows:
        connection.execute(insert(admissions), rows)
        touch_project(connection, project_id)
    return len(rows)


def admissions_of(connection: Connection, project_id: str) -> tuple[Admission, ...]:
    """The admissions that a project uses, those that refuse or decide nothing among them."""
    c = admissions.c
    query = select(c.criterion, c.coder_digest, c.language, c.record).where(c.project_id == project_id).order_by(c.seq)
    stands = {(criterion, coder, language): body for criterion, coder, language, body in connection.execute(query)}
    return tuple(Admission.model_validate(body) for body in stands.values())
