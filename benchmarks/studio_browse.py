"""Browsing many units: how long a page of the list takes, with filters and far back.

    python -m benchmarks.studio_browse [--units N] [--times N]

Makes N invented units (10,000 if not said) with results in columns, a few minutes of work, then asks for pages as the
owner's browser would, without a network between. Prints the medians of wall and processor time; on a machine that is
busy only the latter says how long a page takes.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import get_args

from fastapi.testclient import TestClient

from dtnexus.assessment import Outcome
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.framework import Framework
from dtnexus.storage import people, projects, results, units
from dtnexus.storage.database import Database, open_database, sqlite_url
from dtnexus.storage.results import CriterionResult, NewResult, ResultRow
from dtnexus.storage.units import NewUnit
from dtnexus.studio.app import make_app
from dtnexus.studio.pages import SESSION_COOKIE
from dtnexus.studio.settings import StudioSettings
from dtnexus.studio.up_to_date import RULES
from dtnexus.study.settings import StudySettings
from dtnexus.transcript import Agent, Interaction, Role, Transcript, Turn

QUERIES = (
    "browse",
    "browse?page=150",
    "browse?earned=level_1&presented=3",
    "browse?risk={risk}&page=5",
    "browse?criterion={criterion}&score=0&apart=2",
    "browse?label=999",
    "browse?criterion={criterion}&score=4&risk={risk}&changed=1",
    "results",
    "adjudicate",
)
_AT_ONCE = 500


def main() -> int:
    """Make the units, ask for the pages, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=15)
    asked = parser.parse_args()
    framework = load_framework("dtn-op@0.1", MAXIMA)
    with tempfile.TemporaryDirectory(prefix="dtnexus-browse-") as folder:
        database = open_database(sqlite_url(Path(folder) / "studio.sqlite"))
        project_id, token = _make(database, framework, asked.units)
        client = TestClient(make_app(StudioSettings(database, hosts=("testserver",))))
        client.cookies.set(SESSION_COOKIE, token)
        print(f"{asked.units:,} units; medians of {asked.times} requests, ms\n{'page':55s} {'wall':>7s} {'cpu':>7s}")
        for query in QUERIES:
            path = query.format(risk=framework.risks[3].id, criterion="F1")
            wall, cpu = _asked(client, f"/p/{project_id}/{path}", asked.times)
            print(f"{path:55s} {wall:7.1f} {cpu:7.1f}")
        database.close()
    return 0


def _asked(client: TestClient, path: str, times: int) -> tuple[float, float]:
    wall, cpu = [], []
    for _ in range(times):
        begin = time.perf_counter(), time.process_time()
        answer = client.get(path)
        wall.append(1000 * (time.perf_counter() - begin[0]))
        cpu.append(1000 * (time.process_time() - begin[1]))
        if answer.status_code != 200:
            raise SystemExit(f"{path}: status {answer.status_code}")
    return median(wall), median(cpu)


def _make(database: Database, framework: Framework, count: int) -> tuple[str, str]:
    """The project's id and a session of its owner."""
    at = datetime.now(UTC)
    with database.writing() as connection:
        owner = people.add_person(connection, "owner", "Owner", "!", at).id
        token = people.begin_session(connection, owner, at, timedelta(hours=12))
        body = StudySettings().model_dump(mode="json")
        project_id = projects.add_project(connection, "Many", framework, body, owner, at)
        new = [NewUnit(invented_talk(number), f"U{number:05d}") for number in range(1, count + 1)]
        added = list(units.add_units(connection, project_id, new, at).values())
    drawn = random.Random(1)  # noqa: S311 - invented results
    for begin in range(0, count, _AT_ONCE):
        some = [_result(unit_id, framework, drawn) for unit_id in added[begin : begin + _AT_ONCE]]
        with database.writing() as connection:
            results.keep_results(connection, project_id, RULES, some)
    return project_id, token


def invented_talk(number: int) -> Interaction:
    """A conversation of sixty invented turns."""
    agent = Agent(id="invented", kind="digital", version="1")
    turns = tuple(
        Turn(index=at, role=Role.AGENT if at % 2 else Role.CLIENT, text=f"Invented words, turn {at} of {number}. " * 4)
        for at in range(60)
    )
    session = Transcript(id=f"t{number}", turns=turns, agent=agent, language="en", synthetic=True)
    return Interaction(id=f"t{number}", agent=agent, client_id=None, sessions=(session,))


def _result(unit_id: str, framework: Framework, drawn: random.Random) -> NewResult:
    outcomes = get_args(Outcome)
    row = ResultRow(
        unit_id=unit_id,
        label="",
        state=drawn.choice(("open", "complete")),
        coders=2,
        questions=drawn.choice((0, 0, 1)),
        settled=0,
        presented=drawn.choice((1, 2, 3)),
        indicated=drawn.choice((None, 0, 1, 2)),
        outcome=drawn.choice(outcomes),
        before=drawn.choice(outcomes),
        shown=0,
        ceiling=1,
        spread=drawn.choice((None, 0, 1, 2, 3)),
    )
    scores = tuple(CriterionResult(one.id, "rating", drawn.randrange(5)) for one in framework.criteria)
    risks = tuple((risk.id, drawn.choice(("found", "not_found"))) for risk in framework.risks)
    return NewResult(unit_id, 0, row, scores, risks)


if __name__ == "__main__":
    raise SystemExit(main())
