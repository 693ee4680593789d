"""A demo project: the shipped synthetic conversations, people of every role, units given out."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from dtnexus.catalog.loader import load_framework
from dtnexus.catalog.profile_file import load_profile
from dtnexus.coding.signals import MAXIMA
from dtnexus.running.demo import EXAMPLES, FRAMEWORK, run_demo
from dtnexus.running.folder import RunFolder
from dtnexus.running.study_units import units_of_run
from dtnexus.running.watch import Watch, unwatched
from dtnexus.sheet import MemberRole
from dtnexus.storage import assignments, people, projects, units
from dtnexus.storage.database import Connection
from dtnexus.studio.bringing import bring_in
from dtnexus.studio.settings import StudioSettings
from dtnexus.study.planning import Candidate, plan_study
from dtnexus.study.settings import StudySettings

PROJECT = "Demo: synthetic conversations"
ROLES: dict[str, MemberRole] = {
    "owner": "owner",
    "coder-a": "coder",
    "coder-b": "coder",
    "coder-c": "coder",
    "coder-d": "coder",
    "adjudicator": "adjudicator",
    "viewer": "viewer",
}
"""Login name -> role of everybody in the demo."""

_LINKS_LAST = timedelta(hours=12)


class DemoPerson(NamedTuple):
    """Somebody of the demo: login name, password, and the path of a link that logs in once."""

    login: str
    role: MemberRole
    password: str
    path: str


class Demo(NamedTuple):
    """The demo as it was made."""

    project_id: str
    people: tuple[DemoPerson, ...]


def make_demo(settings: StudioSettings, run: Path, watch: Watch = unwatched) -> Demo:
    """Make the demo project in the database; `run` is a folder for the machine's run, which may be deleted after.

    Passwords are drawn at random and stand nowhere but in what is returned.

    Raises:
        UsageError: the demo's people are in the database already.
    """
    run_demo(RunFolder(run), restart=True, jobs=1, watch=watch)
    new = units_of_run(run)
    framework = load_framework(FRAMEWORK, MAXIMA)
    profiles = tuple(load_profile(path, framework) for path in sorted((EXAMPLES / "profiles").glob("*.yaml")))
    passwords = {login: secrets.token_urlsafe(12) for login in ROLES}
    hashes = {login: settings.passwords.hash(password) for login, password in passwords.items()}
    at = settings.clock()
    with settings.database.writing() as connection:
        everybody = {
            login: people.add_person(connection, login, _name(login), hashes[login], at, may_create=role == "owner").id
            for login, role in ROLES.items()
        }
        rules = StudySettings(seed=1).model_dump(mode="json")
        project_id = projects.add_project(connection, PROJECT, framework, rules, everybody["owner"], at)
        for login, role in ROLES.items():
            if role != "owner":
                projects.add_member(connection, project_id, everybody[login], role, at, code=login)
        project = projects.project(connection, project_id)
        assert project is not None
        bring_in(connection, project, framework, new, everybody["owner"], at)
        units.set_profiles(connection, project_id, profiles)
        coders = [everybody[login] for login, role in ROLES.items() if role == "coder"]
        _give_out(connection, settings, project_id, coders)
        links = {login: people.add_entry_link(connection, who, at, _LINKS_LAST) for login, who in everybody.items()}
    told = (DemoPerson(login, role, passwords[login], f"/enter/{links[login]}") for login, role in ROLES.items())
    return Demo(project_id, tuple(told))


def _give_out(connection: Connection, settings: StudioSettings, project_id: str, coders: list[str]) -> None:
    work = units.units_of(connection, project_id)
    candidates = [Candidate(unit_id=unit.id, star=unit.star_candidate, words=unit.words) for unit in work]
    plan = plan_study(candidates, coders, StudySettings(seed=1))
    assignments.add_assignments(connection, project_id, plan.planned, settings.clock())


def _name(login: str) -> str:
    return login.replace("-", " ").title()
