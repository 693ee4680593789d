"""The desk behind the drop page: takes files in, does one job after the other in a process of its own, forgets.

Everything of a job lies in one private folder (`dtnexus.studio.drop_folder`). The database holds that there is a job,
whose it is and how far it is, and no word of what is in it. Folders go when their person closes them, when their time
is over, and when the studio stops. A studio that was killed cannot delete; the next one says which jobs it broke off,
lets people go on, and deletes when the time is over.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import IO, Literal, NamedTuple

from dtnexus.errors import UsageError
from dtnexus.storage import jobs
from dtnexus.storage.database import Database
from dtnexus.storage.rows import Job
from dtnexus.studio.drop_folder import DropFolder, DropOrder, Phase
from dtnexus.studio.drop_worker import MISTAKEN
from dtnexus.studio.settings import DropRules

KIND = "drop"
AT_WORK = ("waiting", "running")
_LOOK_EVERY_S = 20.0
_TELL_EVERY_S = 0.5

State = Literal["waiting", "running", "ready", "done", "failed", "cancelled", "interrupted"]
"""``ready``: the files were read, and their person decides what is next."""


class DropJob(NamedTuple):
    """A job and its folder; `folder` None: the files are gone."""

    row: Job
    folder: DropFolder | None

    @property
    def id(self) -> str:
        """The job's id."""
        return self.row.id


class Desk:
    """Does the jobs of one studio; the only one that starts processes and deletes folders."""

    def __init__(self, database: Database, clock: Callable[[], datetime], rules: DropRules) -> None:
        self.rules = rules
        self._database = database
        self._clock = clock
        self._waiting: queue.Queue[str | None] = queue.Queue()
        self._lock = threading.RLock()
        self._threads: list[threading.Thread] = []
        self._working: dict[str, subprocess.Popen[str]] = {}
        self._cancelled: set[str] = set()
        self._open = False

    def open(self) -> None:
        """Begin to work; what an earlier studio left half done is called interrupted. Does nothing the second time."""
        with self._lock:
            if self._open:
                return
            self._open = True
            with self._database.writing() as connection:
                for row in jobs.jobs_of(connection, KIND):
                    if row.state in AT_WORK:
                        jobs.put_job(connection, row.id, "interrupted", row.stage, row.result, self._clock())
            for _ in range(self.rules.at_once):
                thread = threading.Thread(target=self._work, name="drop", daemon=True)
                thread.start()
                self._threads.append(thread)

    def close(self) -> None:
        """Stop all work and delete every folder; afterwards the disk holds nothing of any job."""
        with self._lock:
            was_open, self._open = self._open, False
            for process in self._working.values():
                process.terminate()
        if not was_open:
            return
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join(timeout=30)
        self._threads.clear()
        with self._database.writing() as connection:
            for job in self._all(connection_rows=jobs.jobs_of(connection, KIND)):
                if job.folder is not None:
                    job.folder.delete()
                if job.row.state in AT_WORK:
                    jobs.put_job(connection, job.id, "interrupted", job.row.stage, {}, self._clock())
                elif job.row.state != "interrupted":
                    jobs.forget_job(connection, job.id, job.row.person_id)

    def take(self, person_id: str, files: Iterable[tuple[str, IO[bytes]]]) -> str:
        """Keep the files in a new private folder, have them read, and return the job's id.

        Raises:
            UsageError: the person has too many open jobs, or there are too many files or bytes.
        """
        self.open()
        if len(self.of(person_id)) >= self.rules.jobs_each:
            raise UsageError(f"you have {self.rules.jobs_each} open jobs; close one first, then drop these files again")
        folder = DropFolder.make()
        try:
            names = folder.take(_limited(files, self.rules.most_files))
            size = sum(path.stat().st_size for path in folder.given.iterdir())
            if size > self.rules.most_bytes:
                most = self.rules.most_bytes / 2**20
                raise UsageError(f"these files have {size / 2**20:.1f} MiB; at most {most:.0f} MiB go in at once")
            folder.give(DropOrder(files=names))
        except UsageError:
            folder.delete()
            raise
        with self._database.writing() as connection:
            job_id = jobs.add_job(connection, person_id, KIND, False, self._clock())
            jobs.put_job(connection, job_id, "waiting", "", {"folder": folder.name}, None)
        self._waiting.put(job_id)
        return job_id

    def begin(self, job: DropJob, order: DropOrder) -> None:
        """Have a job done that nobody is at; goes on where it stopped if the order is the old one.

        Raises:
            UsageError: it is at work already, or its files are gone.
        """
        self.open()
        if job.folder is None:
            raise UsageError("the files of this job are gone; drop them again")
        with self._lock, self._database.writing() as connection:
            now = jobs.job_of(connection, job.id, job.row.person_id)
            if now is None or now.state in AT_WORK:
                raise UsageError("this job is being done already")
            job.folder.give(order)
            jobs.put_job(connection, job.id, "waiting", "", {"folder": job.folder.name}, None)
            self._cancelled.discard(job.id)
        self._waiting.put(job.id)

    def cancel(self, job: DropJob) -> None:
        """Stop a job; its files stay until it is closed or its time is over."""
        with self._lock:
            self._cancelled.add(job.id)
            process = self._working.get(job.id)
            if process is not None:
                process.terminate()
                return
        with self._database.writing() as connection:
            now = jobs.job_of(connection, job.id, job.row.person_id)
            if now is not None and now.state in AT_WORK:
                jobs.put_job(connection, job.id, "cancelled", "", now.result, self._clock())

    def forget(self, job: DropJob) -> None:
        """Close a job: its folder and its row are gone afterwards."""
        self.cancel(job)
        with self._lock:
            process = self._working.get(job.id)
        if process is not None:
            process.wait()
        if job.folder is not None:
            job.folder.delete()
        with self._database.writing() as connection:
            jobs.forget_job(connection, job.id, job.row.person_id)

    def job(self, job_id: str, person_id: str) -> DropJob | None:
        """A job of this person; None where it is closed, over, somebody else's, or never was."""
        self.sweep()
        with self._database.reading() as connection:
            row = jobs.job_of(connection, job_id, person_id)
        return None if row is None or row.kind != KIND else next(self._all([row]))

    def of(self, person_id: str) -> list[DropJob]:
        """The open jobs of a person, oldest first."""
        self.sweep()
        with self._database.reading() as connection:
            return list(self._all(jobs.jobs_of(connection, KIND, person_id)))

    def over_at(self, job: DropJob) -> datetime:
        """When everything of a job that nobody is at is deleted."""
        return (job.row.ended_at or job.row.created_at) + self.rules.keeps

    def before(self, job: DropJob) -> int:
        """How many jobs are done before this one."""
        with self._database.reading() as connection:
            rows = [row for row in jobs.jobs_of(connection, KIND) if row.state in AT_WORK]
        return sum(row.state == "running" or row.created_at < job.row.created_at for row in rows if row.id != job.id)

    def sweep(self) -> None:
        """Delete every job whose time is over."""
        with self._database.reading() as connection:
            found = list(self._all(jobs.jobs_of(connection, KIND)))
        for job in found:
            if job.row.state not in AT_WORK and self._clock() >= self.over_at(job):
                self.forget(job)

    def _all(self, connection_rows: Iterable[Job]) -> Iterator[DropJob]:
        for row in connection_rows:
            name = row.result.get("folder") if isinstance(row.result, dict) else None
            yield DropJob(row, DropFolder.of(name) if isinstance(name, str) else None)

    def _work(self) -> None:
        """What each thread does: one job after the other, and a look at the clock in between."""
        while True:
            try:
                job_id = self._waiting.get(timeout=_LOOK_EVERY_S)
            except queue.Empty:
                self.sweep()
                continue
            if job_id is None:
                return
            self._do(job_id)

    def _do(self, job_id: str) -> None:
        with self._database.reading() as connection:
            rows = [row for row in jobs.jobs_of(connection, KIND) if row.id == job_id and row.state == "waiting"]
        job = next(self._all(rows), None)
        if job is None or job.folder is None:
            return
        phase = job.folder.ordered().phase
        with self._lock:
            if not self._open or job_id in self._cancelled:
                return
            command = [sys.executable, "-m", "dtnexus.studio.drop_worker", str(job.folder.root)]
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,  # an interrupt from the keyboard is ours to answer
            )
            self._working[job_id] = process
        try:
            self._follow(job_id, process)
        finally:
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
            self._end(job, phase, process.returncode)
            with self._lock:
                del self._working[job_id]

    def _follow(self, job_id: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        told, stage = 0.0, ""
        for line in process.stdout:
            said = json.loads(line)
            if said["stage"] == stage and time.monotonic() - told < _TELL_EVERY_S:
                continue
            told, stage = time.monotonic(), said["stage"]
            with self._database.writing() as connection:
                jobs.tell_job(connection, job_id, stage, said["done"], said["total"])

    def _end(self, job: DropJob, phase: Phase, code: int) -> None:
        with self._lock:
            stopped = not self._open
            cancelled = job.id in self._cancelled
            self._cancelled.discard(job.id)
        state: State
        if cancelled:
            state = "cancelled"
        elif stopped:
            return
        elif code == 0:
            state = "done" if phase == "assess" else "ready"
        else:
            state = "failed"
            if code != MISTAKEN and job.folder is not None:
                with suppress(OSError):
                    job.folder.told.write_text("The work ended unexpectedly; perhaps the memory was full.")
        with self._database.writing() as connection:
            if jobs.job_of(connection, job.id, job.row.person_id) is not None:
                jobs.put_job(connection, job.id, state, phase, job.row.result, self._clock())


def _limited(files: Iterable[tuple[str, IO[bytes]]], most: int) -> list[tuple[str, IO[bytes]]]:
    found = list(files)
    if not found:
        raise UsageError("no file was chosen")
    if len(found) > most:
        raise UsageError(
            f"{len(found)} files at once; at most {most} go in. Put them into one table or a JSON Lines file."
        )
    return found
