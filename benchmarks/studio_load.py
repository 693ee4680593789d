"""Many coders at once: is anything lost, and how long does a page take?

    python -m benchmarks.studio_load [--database URL] [--coders N] [--units N] [--pause SECONDS]

Makes a project with invented units in a database (a SQLite file of its own if none is named; an empty one otherwise),
serves it with `dtnexus studio` in a process of its own, and lets N coders (50 if not said) each code a whole unit at
the same time over HTTP, as the coding page would: queue, page, words, passes, marks, answers, submission. An owner and
a viewer look at their pages meanwhile. A coder waits between two requests, SECONDS on average (2 if not said; 0: no
pause).

Prints for each kind of request how many were acknowledged and how long they took (median and 95th percentile, ms), the
processor time of the server for each request, and whether everything acknowledged is stored. Wall times mean something
on a quiet machine only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final, Self

from sqlalchemy import func, select

from benchmarks.studio_browse import invented_talk
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.sheet import MemberRole, Planned
from dtnexus.storage import assignments, people, projects, tables, units
from dtnexus.storage.database import Database, open_database, sqlite_url
from dtnexus.storage.units import NewUnit
from dtnexus.studio.pages import SESSION_COOKIE
from dtnexus.study.acceptance import rated_by_people
from dtnexus.study.settings import StudySettings

LOOKERS: Final[Mapping[str, tuple[str, ...]]] = {
    "owner": ("", "people", "plan", "adjudicate", "agreement", "results", "audit", "training"),
    "viewer": ("", "results", "browse", "browse?apart=1"),
}
"""What those who do not code look at meanwhile."""
MARKS: Final = 8
"""Criteria that a coder scores, with one mark each; the others are not observable."""


@dataclass(frozen=True)
class Made:
    """The project, and the secrets of a session for each person."""

    project: str
    criteria: tuple[str, ...]
    lookers: Mapping[str, str]
    coders: tuple[tuple[str, str, str], ...]
    """Session, its secret for forms, and the assignment to code."""


@dataclass
class Told:
    """What was measured; shared by all threads."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Kind of request -> milliseconds."""
    acknowledged: set[str] = field(default_factory=set)
    """Ids of the actions and steps that the studio said it has kept."""
    wrong: list[str] = field(default_factory=list)
    """Answers with another status than 200."""
    cpu_ms: float = 0.0
    """Processor time of the server."""
    wall_s: float = 0.0
    """From the first request of a coder to the last."""
    criteria: int = 0
    """How many a sheet has."""
    stored: set[str] = field(default_factory=set)
    """Ids of the actions and steps that stand in the database."""
    submitted: int = 0
    stated: int = 0

    @property
    def whole(self) -> bool:
        """Whether everything went as wanted and nothing was lost."""
        return not self.wrong and self.acknowledged <= self.stored and self.stated == self.submitted * self.criteria


class Visitor:
    """One person's browser: a connection that is kept, and a clock."""

    def __init__(self, port: int, token: str, csrf: str, told: Told) -> None:
        self._line = HTTPConnection("127.0.0.1", port, timeout=300)
        self._headers = {"Cookie": f"{SESSION_COOKIE}={token}", "X-CSRF-Token": csrf}
        self._told = told

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def ask(self, kind: str, path: str, body: Mapping[str, Any] | None = None) -> bytes:
        """One request; a status other than 200 is noted."""
        accept = {"Accept": "application/json"} if body is not None or kind == "words" else {}
        sent = None if body is None else json.dumps(body).encode()
        typed = {} if body is None else {"Content-Type": "application/json"}
        begin = time.perf_counter()
        headers = {**self._headers, **accept, **typed}
        try:
            status, content = self._once(path, sent, headers)
        except (RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._line.close()  # kept too long; a browser connects again and sends again
            status, content = self._once(path, sent, headers)
        self._told.took[kind].append(1000 * (time.perf_counter() - begin))
        if status != 200:
            self._told.wrong.append(f"{kind}: status {status}")
        elif body is not None:
            self._told.acknowledged.add(str(body["id"]))
        return content

    def _once(self, path: str, sent: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        self._line.request("GET" if sent is None else "POST", path, sent, dict(headers))
        answer = self._line.getresponse()
        return answer.status, answer.read()


def main() -> int:
    """Make the project, serve it, let everybody work, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", help="an empty database; a SQLite file that is deleted afterwards if not said")
    parser.add_argument("--coders", type=int, default=50)
    parser.add_argument("--units", type=int, default=300)
    parser.add_argument("--pause", type=float, default=2.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dtnexus-load-") as folder:
        url = asked.database or sqlite_url(Path(folder) / "studio.sqlite")
        database = open_database(url)
        told = coded_at_once(database, url, Path(folder), coders=asked.coders, count=asked.units, pause=asked.pause)
        _print(told, "SQLite" if database.is_sqlite else "PostgreSQL", asked.coders)
        database.close()
    return 0 if told.whole and told.submitted == asked.coders else 1


def coded_at_once(database: Database, url: str, folder: Path, *, coders: int, count: int, pause: float) -> Told:
    """Everybody codes a unit of a new project in this database, through a studio in a process of its own.

    Args:
        database: empty.
        url: where it is.
        folder: the studio runs here.
        coders: how many people code.
        count: how many units the project has; at least as many.
        pause: seconds between two requests of a coder, on average.

    Returns:
        What was measured, and what is stored afterwards.
    """
    made = _make(database, count, coders)
    port = _free_port()
    command = [sys.executable, "-m", "dtnexus", "studio", "--no-browser", "--database", url, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=folder) as server:
        try:
            _wait_for(port, server)
            told = _crowd(made, port, server.pid, pause)
        finally:
            server.terminate()
    told.criteria = len(made.criteria)
    with database.reading() as connection:
        told.stored = set(connection.execute(select(tables.actions.c.id)).scalars())
        told.submitted = connection.execute(select(func.count()).select_from(tables.submissions)).scalar_one()
        told.stated = connection.execute(select(func.count()).select_from(tables.statements)).scalar_one()
    return told


def _crowd(made: Made, port: int, pid: int, pause: float) -> Told:
    """Everybody at once."""
    told, done = Told(), threading.Event()
    begin, used = time.perf_counter(), _cpu_ms(pid)
    with ThreadPoolExecutor(len(made.coders) + len(made.lookers)) as crew:
        lookers = [crew.submit(_look, made, port, role, told, max(pause, 1.0), done) for role in made.lookers]
        coders = [crew.submit(_code, made, port, number, told, pause) for number in range(len(made.coders))]
        wait(coders)
        told.wall_s = time.perf_counter() - begin
        done.set()
        for each in (*coders, *lookers):
            each.result()
    told.cpu_ms = _cpu_ms(pid) - used
    return told


def _code(made: Made, port: int, number: int, told: Told, pause: float) -> None:
    """A coder's whole unit."""
    token, csrf, assignment = made.coders[number]
    with Visitor(port, token, csrf, told) as visitor:
        _code_unit(made, visitor, f"/p/{made.project}/code/{assignment}", random.Random(number), pause)  # noqa: S311


def _code_unit(made: Made, visitor: Visitor, page: str, drawn: random.Random, pause: float) -> None:

    def rest() -> None:
        if pause:
            time.sleep(drawn.uniform(0, 2 * pause))

    def step(kind: str, path: str, body: Mapping[str, Any]) -> Any:
        rest()
        return json.loads(visitor.ask(kind, f"{page}/{path}", {"id": uuid.uuid4().hex, **body}))

    rest()
    visitor.ask("queue", f"/p/{made.project}/queue")
    rest()
    visitor.ask("coding page", page)
    place = json.loads(visitor.ask("words", f"{page}/state"))["place"]
    for wanted in ("read", "mark", "rate"):
        place = step("pass", "pass", {"seen_version": place["version"], "wanted": wanted})["place"]
    turns = json.loads(visitor.ask("words", f"{page}/state"))["unit"]["sessions"][0]
    scored = drawn.sample(made.criteria, MARKS)
    for criterion in made.criteria:
        answer: dict[str, Any] = {"kind": "not_observable"}
        seen = 0
        if criterion in scored:
            at = 2 * drawn.randrange(len(turns) // 2) + 1
            mark = {"id": uuid.uuid4().hex, "criterion": criterion, "session": 0, "turn": at, "start": 0, "end": 8}
            change = {"kind": "put_mark", "mark": {**mark, "quote": turns[at]["text"][:8]}}
            step("mark", "actions", {"criterion": criterion, "seen_version": 0, "change": change})
            answer, seen = {"kind": "score", "score": drawn.choice((0, 2, 3, 4))}, 1
        step(
            "answer",
            "actions",
            {"criterion": criterion, "seen_version": seen, "change": {"kind": "put_answer", "answer": answer}},
        )
    step("submit", "submit", {"seen_version": place["version"]})


def _look(made: Made, port: int, role: str, told: Told, pause: float, done: threading.Event) -> None:
    with Visitor(port, made.lookers[role], "", told) as visitor:
        while not done.is_set():
            for path in LOOKERS[role]:
                visitor.ask(f"{role}: {path or 'project'}", f"/p/{made.project}/{path}".rstrip("/"))
                if done.wait(pause):
                    return


def _make(database: Database, count: int, coders: int) -> Made:
    at, framework = datetime.now(UTC), load_framework("dtn-op@0.1", MAXIMA)
    with database.writing() as connection:
        owner = people.add_person(connection, "owner", "Owner", "!", at, may_create=True).id
        body = StudySettings().model_dump(mode="json")
        project = projects.add_project(connection, "Load", framework, body, owner, at)
        roles: dict[str, MemberRole] = {f"coder-{number}": "coder" for number in range(coders)}
        ids = {"owner": owner}
        for login, role in {**roles, "viewer": "viewer"}.items():
            ids[login] = people.add_person(connection, login, login.title(), "!", at).id
            projects.add_member(connection, project, ids[login], role, at, code=login)
        new = [NewUnit(invented_talk(number), f"U{number:05d}") for number in range(1, count + 1)]
        unit_ids = list(units.add_units(connection, project, new, at).values())
        plan = [
            Planned(unit_id=unit_id, person_id=ids[f"coder-{(number + again) % coders}"], position=number, overlap=True)
            for number, unit_id in enumerate(unit_ids)
            for again in (0, 1)
        ]
        assignments.add_assignments(connection, project, plan, at)
        tokens = {login: people.begin_session(connection, who, at, timedelta(hours=12)) for login, who in ids.items()}
        given = []
        for login in roles:
            session = people.session_of(connection, tokens[login], at)
            assert session is not None, "it was just begun"
            mine = assignments.queue(connection, project, ids[login])
            given.append((tokens[login], session.csrf, mine[0].id))
    lookers = {role: tokens[role] for role in LOOKERS}
    return Made(project, tuple(each.id for each in rated_by_people(framework)), lookers, tuple(given))


def _print(told: Told, engine: str, coders: int) -> None:
    every = [took for of in told.took.values() for took in of]
    print(f"{engine}, {coders} coders, {len(every):,} requests in {told.wall_s:.0f} s; load {os.getloadavg()[0]:.1f}")
    print(f"{'request':28s} {'n':>6s} {'median':>8s} {'95 %':>8s}")
    for kind, took in sorted(told.took.items()):
        print(f"{kind:28s} {len(took):6d} {median(took):8.1f} {_high(took):8.1f}")
    print(f"{'all':28s} {len(every):6d} {median(every):8.1f} {_high(every):8.1f}")
    print(f"processor time of the server for a request: {told.cpu_ms / len(every):.1f} ms")
    print(f"acknowledged {len(told.acknowledged):,}; of these lost {len(told.acknowledged - told.stored)}")
    print(f"submitted {told.submitted} of {coders} sheets with {told.stated:,} statements")
    for fault in sorted(set(told.wrong)):
        print(f"not answered as wanted: {fault} ({told.wrong.count(fault)} times)")


def _high(took: Sequence[float]) -> float:
    return quantiles(took, n=20)[-1] if len(took) > 1 else took[0]


def _cpu_ms(pid: int) -> float:
    """Processor time of a process so far; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit("the studio did not start")
        with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as line, suppress(OSError):
            line.request("GET", "/health")
            if line.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("the studio does not answer")


if __name__ == "__main__":
    raise SystemExit(main())
