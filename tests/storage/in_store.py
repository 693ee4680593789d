"""A small study in a database: an owner, two coders, two units. Synthetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from dtnexus.sheet import Action, Change, Mark, Planned, Sheet
from dtnexus.storage import assignments, people, projects, units
from dtnexus.storage.coding import Result, act
from dtnexus.storage.database import Database
from dtnexus.storage.rows import Assignment
from dtnexus.storage.units import NewUnit
from tests.study.made_up import framework, interaction, mark

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
ODD = "NUL \x00 and <b>bold</b> and 😀"


class Study(NamedTuple):
    """Ids of what was made."""

    project_id: str
    owner: str
    coders: tuple[str, str]
    units: tuple[str, str]


def begin(database: Database) -> Study:
    with database.writing() as connection:
        who = [people.add_person(connection, name, name, "!", NOW).id for name in ("owner", "coder-a", "coder-b")]
        project_id = projects.add_project(connection, "A study", framework(), {"seed": 1}, who[0], NOW)
        for person_id, code in zip(who[1:], ("coder-a", "coder-b"), strict=True):
            projects.add_member(connection, project_id, person_id, "coder", NOW, code=code)
        rows = [NewUnit(interaction(name), f"U{at:04d}") for at, name in enumerate(("one", "two"), start=1)]
        added = units.add_units(connection, project_id, rows, NOW)
        planned = [
            Planned(unit_id=unit_id, person_id=person_id, position=at, overlap=True)
            for person_id in who[1:]
            for at, unit_id in enumerate(added.values())
        ]
        assignments.add_assignments(connection, project_id, planned, NOW)
    return Study(project_id, who[0], (who[1], who[2]), (added["one"], added["two"]))


def first_assignment(database: Database, study: Study, coder: int = 0) -> Assignment:
    with database.reading() as connection:
        return assignments.queue(connection, study.project_id, study.coders[coder])[0]


def fine(_: Sheet) -> None:
    """A check that accepts everything."""


def do(database: Database, to: Assignment, action: Action) -> Result:
    with database.writing() as connection:
        return act(connection, to, action, LATER, fine)


def an_action(change: Change, seen: int, name: str, criterion: str = "B1") -> Action:
    return Action(id=name, criterion=criterion, seen_version=seen, change=change)


def a_mark(name: str = "mark-0001") -> Mark:
    return mark(name=name)
