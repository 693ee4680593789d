"""Attempts at everything that the application serves, by everybody: its routes are asked for; none is forgotten.

Who may call a route stands in `ALLOWED`; a new route fails here until somebody has decided.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any, Final

import pytest

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.sheet import Planned
from dtnexus.storage import assignments, coding, people, projects, units
from dtnexus.storage.database import Connection
from dtnexus.storage.units import NewUnit
from dtnexus.studio.pages import SESSION_COOKIE
from dtnexus.study.settings import StudySettings
from dtnexus.transcript import Role
from tests.studio.coding_scene import conversation
from tests.studio.house import Browser, House
from tests.studio.test_every_route_has_a_rule import OPEN, routes
from tests.studio.training_room import SECRET as GOLD_SECRET
from tests.studio.training_room import add_gold, member_id, rating

OTHERS_REASON: Final = "what coder B alone has written down"
FOREIGN: Final = "words of a conversation in a project of strangers"
FOREIGN_NAME: Final = "A study of strangers"
EVERYBODY: Final = (None, "stranger", "owner", "coder-a", "adjudicator", "viewer")

ALLOWED: Final[Mapping[str, str]] = {
    "owner": """
        people people/invitations people/invitations/{invitation_id}/revoke people/{person_id}/remove import import-run
        imports/{import_id} plan agreement/viewers agreement/admission+ audit withdraw withdraw/{unit_id} training/gold+
        training/gold/from-work training/coders/{person_id} training/coders/{person_id}/standing training/rules
        training/mix exchange exchange/import exchange/{name}.{form} exchange/archive""",
    "coder": """
        queue code/{assignment_id} code/{assignment_id}/state code/{assignment_id}/actions code/{assignment_id}/pass
        code/{assignment_id}/skip code/{assignment_id}/submit training/practice/{assignment_id}
        training/practice/{assignment_id}/begin training/practice/{assignment_id}/leave
        training/practice/{assignment_id}/{criterion_id} training/practice training/certification preferences""",
    "owner adjudicator": """
        adjudicate adjudicate/{unit_id} training/gold training/gold/{unit_id}
        training/gold/{unit_id}/{criterion_id}""",
    "owner viewer": "results results/report browse browse/{unit_id}",
    "owner adjudicator viewer": """
        results/decide agreement agreement/table.{ending} agreement/admission agreement/admissions.jsonl""",
    "owner coder adjudicator": "training",
    "owner coder adjudicator viewer": "",
}
"""Roles -> the pages below a project that they may call; ``+`` is a change where looking is for more people."""
WITHOUT_PROJECT: Final = """
    / /logout /projects/new /invited/{token}/join /account /account/password /accounts /accounts/{person_id}/disable
    /accounts/{person_id}/enable /drop /drop/{job_id} /drop/{job_id}/progress /drop/{job_id}/begin
    /drop/{job_id}/go-on /drop/{job_id}/cancel /drop/{job_id}/close /drop/{job_id}/keep /drop/{job_id}/report
    /drop/{job_id}/files/{name}"""
"""Pages for whoever is logged in; they show what is the person's own."""


@dataclass
class Place:
    """The demo project with something of everything that somebody might like to see, and a project of strangers."""

    house: House
    other: str = ""
    stranger: str = ""
    """The secret of the stranger's session."""
    unit: str = ""
    """A unit that coder A and coder B share, and coder B has submitted."""
    mine: list[str] = field(default_factory=list)
    """Assignments of coder A: the shared unit, and a practice unit that is begun."""
    theirs: list[str] = field(default_factory=list)
    """The like of coder B."""
    person: str = ""
    """Coder B."""
    products: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    """Names of machine coders, and what they wrote."""

    def browser(self, who: str | None) -> Browser:
        if who != "stranger":
            return self.house.browser(who)
        browser = self.house.browser()
        browser.cookies.set(SESSION_COOKIE, self.stranger)
        return browser


@pytest.fixture
def place(house: House) -> Place:
    made = Place(house)
    with house.settings.database.writing() as connection:
        _strangers(connection, made)
        project, at = house.demo.project_id, house.at
        ids = {code: member_id(connection, house, code) for code in ("coder-a", "coder-b")}
        made.person = ids["coder-b"]
        work = units.units_of(connection, project)
        made.unit = work[0].id
        made.products = tuple({units.interaction_of(connection, one.id).agent.id for one in work} - {"unnamed"})
        said = [one for many in units.machine_said(connection, project).values() for one in many]
        made.machines = tuple(
            {one.coder.name for one in said} | {one.why for one in said if one.kind == "rating"} - {""}
        )
        practice = add_gold(connection, house, "practice", {"lesson": {"A2": 3}})["lesson"]
        for who, own in ((ids["coder-a"], made.mine), (ids["coder-b"], made.theirs)):
            for unit, round_ in ((made.unit, "coding"), (practice, "practice")):
                plan = [Planned(unit_id=unit, person_id=who, position=0, overlap=True)]
                assignments.add_assignments(connection, project, plan, at, round_=round_)  # type: ignore[arg-type]
                mine = assignments.queue(connection, project, who, (round_,))  # type: ignore[arg-type]
                own.append(next(one.id for one in mine if one.unit_id == unit))
        _submitted(connection, made)
        begun = assignments.assignment(connection, project, made.mine[1], ids["coder-a"])
        assert begun is not None
        coding.go_to_pass(connection, begun, uuid.uuid4().hex, begun.version, "read", at)
    return made


def _strangers(connection: Connection, made: Place) -> None:
    at = made.house.at
    who = people.add_person(connection, "stranger", "Stranger", "!", at, may_create=False).id
    made.stranger = people.begin_session(connection, who, at, timedelta(hours=12))
    body = StudySettings().model_dump(mode="json")
    made.other = projects.add_project(connection, FOREIGN_NAME, load_framework("dtn-op@0.1", MAXIMA), body, who, at)
    talk = conversation("foreign", ((Role.CLIENT, FOREIGN), (Role.AGENT, FOREIGN)))
    units.add_units(connection, made.other, [NewUnit(talk, "U0001")], at)


def _submitted(connection: Connection, made: Place) -> None:
    own = assignments.assignment(connection, made.house.demo.project_id, made.theirs[0], made.person)
    assert own is not None
    words = units.interaction_of(connection, made.unit)
    said = rating(words, "F1", 0).model_copy(update={"why": OTHERS_REASON})
    done = coding.submit(connection, own, uuid.uuid4().hex, own.version, made.house.at, lambda _: [said])
    assert isinstance(done, coding.Done)


def below(path: str) -> str:
    return path.removeprefix("/p/{project_id}").lstrip("/")


def allowed() -> dict[str, frozenset[str]]:
    return {page: frozenset(roles.split()) for roles, pages in ALLOWED.items() for page in pages.split() or [""]}


def filled(place: Place, path: str, **other: str) -> str:
    """An address with real ids of things that are somebody else's."""
    known = {
        "project_id": place.house.demo.project_id,
        "assignment_id": place.theirs["practice" in path],
        "unit_id": place.unit,
        "person_id": place.person,
        "criterion_id": "A2",
        "name": "records",
        "form": "jsonl",
        "ending": "csv",
    }
    return path.format_map(
        {**dict.fromkeys(("invitation_id", "import_id", "job_id", "token"), "0" * 20), **known, **other}
    )


def secrets(place: Place) -> tuple[str, ...]:
    """What nobody of these may read before it is time."""
    return OTHERS_REASON, GOLD_SECRET, FOREIGN, FOREIGN_NAME, "coder-b", "Coder B", *place.machines, *place.products


def calls(place: Place) -> Iterator[tuple[str, str]]:
    for path, route in routes(place.house.app):
        for method in sorted(route.methods or ()):
            yield path, method


def test_somebody_has_decided_about_every_route(house: House) -> None:
    met = {path for path, _ in routes(house.app)}
    decided = {f"/p/{{project_id}}/{page.rstrip('+')}".rstrip("/") for page in allowed()}
    assert met == decided | set(WITHOUT_PROJECT.split()) | OPEN


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_page_and_every_change_is_refused_to_whom_it_is_not_for(place: Place, who: str | None) -> None:
    """By page and as a script would ask; who is no member learns nothing, not even that the project exists."""
    browser, tried = place.browser(who), 0
    role = None if who is None or who == "stranger" else place.house.person(who).role
    secret = "" if who is None else browser.csrf("/")
    for path, method in calls(place):
        if not path.startswith("/p/{project_id}"):
            continue
        roles = allowed().get(f"{below(path)}+") if method == "POST" else None
        if role in (roles or allowed()[below(path)]):
            continue
        for accept in ("text/html", "application/json"):
            headers = {"Accept": accept, "X-CSRF-Token": secret or browser.csrf("/login")}
            answer = browser.request(method, filled(place, path), headers=headers, follow_redirects=False)
            wanted = {None: 303 if accept == "text/html" else 401, "stranger": 404}.get(who, 403)
            assert answer.status_code == wanted, (method, path)
            assert not [one for one in secrets(place) if one in answer.text], (method, path)
            tried += 1
    assert tried >= (20 if who == "owner" else 80)


@pytest.mark.parametrize("who", ["owner", "coder-a", "adjudicator", "viewer"])
def test_another_project_does_not_exist(place: Place, who: str) -> None:
    browser = place.browser(who)
    secret = browser.csrf("/")
    for path, method in calls(place):
        if path.startswith("/p/{project_id}"):
            address = filled(place, path, project_id=place.other)
            answer = browser.request(method, address, headers={"X-CSRF-Token": secret}, follow_redirects=False)
            assert answer.status_code == 404, (method, path)
            assert FOREIGN not in answer.text and FOREIGN_NAME not in answer.text


@pytest.mark.parametrize("submitted", [False, True], ids=["before submitting", "after submitting"])
def test_a_coder_sees_the_own_work_and_nothing_of_others(place: Place, submitted: bool) -> None:
    """All pages that a coder may open, with the own ids and with those of others."""
    if submitted:
        submit_own(place)
    for path, answer in opened(place, "coder-a", place.mine + place.theirs):
        assert answer.status_code in (200, 303, 403, 404), path
        found = [one for one in secrets(place) if one in answer.text]
        assert not found, (path, answer.status_code, found)


def test_the_attempts_reach_the_words_where_they_are_the_coders_own(place: Place) -> None:
    """The test before is no test if nothing is ever shown."""
    shown = {str(answer.request.url.path): answer for _, answer in opened(place, "coder-a", place.mine)}
    project = place.house.project
    assert shown[f"{project}/queue"].status_code == shown[f"{project}/code/{place.mine[0]}"].status_code == 200
    assert "my sister" in shown[f"{project}/training/practice/{place.mine[1]}"].text


@pytest.mark.parametrize("who", ["adjudicator", "viewer"])
def test_nobody_else_reads_a_rating_before_all_have_submitted(place: Place, who: str) -> None:
    for path, answer in opened(place, who, place.theirs):
        assert OTHERS_REASON not in answer.text, path
        assert FOREIGN not in answer.text, path
        if who == "viewer":
            assert GOLD_SECRET not in answer.text, path
            assert "Coder B" not in answer.text, f"{path}: a name behind a pseudonym"
        if who == "adjudicator":
            assert not [one for one in place.products if one in answer.text], f"{path}: the product"


def opened(place: Place, who: str, own: list[str]) -> Iterator[tuple[str, Any]]:
    """Every page that somebody may call, with every assignment and unit that there is."""
    browser = place.browser(who)
    role = place.house.person(who).role
    with place.house.settings.database.reading() as connection:
        every = [one.id for one in units.units_of(connection, place.house.demo.project_id)][:3]
    for path, method in calls(place):
        inside = path.startswith("/p/{project_id}")
        if method != "GET" or path in OPEN or (inside and role not in allowed()[below(path)]):
            continue
        one = own if "{assignment_id}" in path else [""]
        for assignment, unit in product(one, every if "{unit_id}" in path else [place.unit]):
            address = filled(place, path, assignment_id=assignment, unit_id=unit)
            for accept in ("text/html", "application/json"):
                yield path, browser.get(address, headers={"Accept": accept}, follow_redirects=False)


def submit_own(place: Place) -> None:
    with place.house.settings.database.writing() as connection:
        project, who = place.house.demo.project_id, member_id(connection, place.house, "coder-a")
        own = assignments.assignment(connection, project, place.mine[0], who)
        assert own is not None
        words = units.interaction_of(connection, place.unit)
        said = [rating(words, "F1", 3)]
        coding.submit(connection, own, uuid.uuid4().hex, own.version, place.house.at, lambda _: said)
