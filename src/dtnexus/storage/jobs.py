"""Work that goes on behind a page: where it stands, for whoever watches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from dtnexus.storage.columns import Json
from dtnexus.storage.rows import Job
from dtnexus.storage.tables import jobs
from dtnexus.storage.tokens import new_id


def add_job(
    connection: Connection, person_id: str, kind: str, keep: bool, at: datetime, project_id: str | None = None
) -> str:
    """Write down a job that waits, and return its id."""
    job_id = new_id()
    fixed = {"state": "waiting", "stage": "", "done": 0, "created_at": at}
    connection.execute(
        insert(jobs).values(id=job_id, project_id=project_id, person_id=person_id, kind=kind, keep=keep, **fixed)
    )
    return job_id


def tell_job(connection: Connection, job_id: str, stage: str, done: int, total: int | None) -> None:
    """Say how far a job is; `total` None: nobody knows how much there is."""
    values = {"state": "running", "stage": stage, "done": done, "total": total}
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(**values))


def end_job(connection: Connection, job_id: str, state: str, result: Json, at: datetime) -> None:
    """Close a job as ``done`` or ``failed``, with what a page needs to show of it."""
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(state=state, result=result, ended_at=at))


def job_of(connection: Connection, job_id: str, person_id: str) -> Job | None:
    """A job of this person; None where it is anybody else's or does not exist."""
    wanted = (jobs.c.id == job_id, jobs.c.person_id == person_id)
    row = connection.execute(select(*(jobs.c[name] for name in Job._fields)).where(*wanted)).first()
    return None if row is None else Job(*row)


def jobs_of(connection: Connection, kind: str, person_id: str | None = None) -> list[Job]:
    """The jobs of a kind, oldest first; of one person where named."""
    query = select(*(jobs.c[name] for name in Job._fields)).where(jobs.c.kind == kind)
    if person_id is not None:
        query = query.where(jobs.c.person_id == person_id)
    return [Job(*row) for row in connection.execute(query.order_by(jobs.c.created_at, jobs.c.id))]


def put_job(connection: Connection, job_id: str, state: str, stage: str, result: Json, at: datetime | None) -> None:
    """Say that a job waits again, or stands still until its person does something; `at` None: it has not ended."""
    values = {"state": state, "stage": stage, "done": 0, "total": None, "result": result, "ended_at": at}
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(**values))


def forget_job(connection: Connection, job_id: str, person_id: str) -> None:
    """Delete what is known of a job; its files are the caller's to delete."""
    connection.execute(delete(jobs).where(jobs.c.id == job_id, jobs.c.person_id == person_id))
