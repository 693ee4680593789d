"""Who may call what. Every route depends on exactly one of these, and a test walks all routes to see that it does.

* `anyone`: pages that need nobody logged in.
* `current_person`: somebody is logged in.
* `member("owner", ...)`: somebody is logged in and has one of these roles in the project of the path.

What is shown of a unit is decided by `dtnexus.study.sight.may_see` on top of this.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NoReturn
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request

from dtnexus.framework import Framework
from dtnexus.sheet import MemberRole
from dtnexus.storage import audit, people, projects
from dtnexus.storage.columns import Json
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import Member, Person, ProjectRow, Session
from dtnexus.storage.tokens import new_token
from dtnexus.studio.pages import SESSION_COOKIE, VISITOR_COOKIE
from dtnexus.studio.state import studio_of
from dtnexus.study.settings import StudySettings

CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf"
_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


class LoginWantedError(Exception):
    """Nobody is logged in; the application answers with the way to the login page."""

    def __init__(self, back_to: str) -> None:
        self.back_to = back_to
        super().__init__("login wanted")

    @property
    def login_page(self) -> str:
        """The login page, which leads back afterwards."""
        return f"/login?next={quote(self.back_to, safe='/')}"


@dataclass(frozen=True)
class Inside:
    """A person inside a project: what every page of a project starts from."""

    person: Person
    project: ProjectRow
    member: Member
    settings: StudySettings
    framework: Framework

    @property
    def role(self) -> MemberRole:
        """What the person is here."""
        return self.member.role

    @property
    def address(self) -> str:
        """Where the project's pages begin."""
        return f"/p/{self.project.id}"

    def note(self, connection: Connection, at: datetime, what: str, about: str = "", **details: Json) -> None:
        """Add a line to the audit log: this person did `what` (kebab-case) about ``unit:ID`` or the like."""
        who = (self.person.id, self.project.id)
        audit.note(connection, at, what, person_id=who[0], project_id=who[1], about=about[:120], details=details)


def visit(request: Request) -> None:
    """Find out who calls: afterwards `request.state.session` is the session, or None."""
    studio = studio_of(request)
    token = request.cookies.get(SESSION_COOKIE)
    now = studio.now()
    session = None
    if token:
        with studio.database.reading() as connection:
            session = people.session_of(connection, token, now)
    if session is not None and people.is_due(session, now):
        with studio.database.writing() as connection:
            people.touch(connection, session, now)
    request.state.session = session
    request.state.visitor = request.cookies.get(VISITOR_COOKIE) or new_token()


async def no_forgery(request: Request, _: Annotated[None, Depends(visit)]) -> None:
    """Refuse what another site made the browser send.

    Every request that may change something carries the secret of its session (of the visitor's cookie where
    nobody is logged in) in the header ``X-CSRF-Token`` or the form field ``csrf``, and comes from our own pages.
    """
    if request.method in _HARMLESS:
        return
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "This came from another site and was refused.")
    given = request.headers.get(CSRF_HEADER)
    if given is None and "form" in request.headers.get("content-type", ""):
        field = (await request.form()).get(CSRF_FIELD)
        given = field if isinstance(field, str) else None
    session: Session | None = request.state.session
    wanted = session.csrf if session is not None else request.cookies.get(VISITOR_COOKIE)
    if not given or not wanted or not secrets.compare_digest(given.encode(), wanted.encode()):
        raise HTTPException(403, "This page was open too long, or in another session. Load it again and repeat.")


def anyone(request: Request) -> None:
    """Let everybody in."""


def current_person(request: Request) -> Person:
    """The person who is logged in.

    Raises:
        LoginWantedError: nobody is.
    """
    session: Session | None = request.state.session
    if session is None:
        back_to = request.url.path if request.method == "GET" else "/"
        raise LoginWantedError(back_to)
    return session.person


class Members:
    """Lets in who is logged in and has one of the roles in the project that the path names."""

    def __init__(self, roles: frozenset[MemberRole]) -> None:
        self.roles = roles

    def __call__(self, request: Request, project_id: str) -> Inside:
        """The person in the project. Whoever is no member learns nothing, not even that the project exists."""
        person = current_person(request)
        studio = studio_of(request)
        with studio.database.reading() as connection:
            found = projects.project(connection, project_id)
            belongs = projects.member(connection, project_id, person.id)
        if found is None or belongs is None:
            raise HTTPException(404, "There is no such page.")
        if belongs.role not in self.roles:
            self._refuse(request, person, found)
        settings = StudySettings.model_validate(found.settings)
        inside = Inside(person, found, belongs, settings, studio.framework(found.framework_digest))
        request.state.inside = inside
        return inside

    def _refuse(self, request: Request, person: Person, project: ProjectRow) -> NoReturn:
        studio = studio_of(request)
        with studio.database.writing() as connection:
            told: dict[str, Json] = {"method": request.method, "path": request.url.path[:200]}
            at, who, where = studio.now(), person.id, project.id
            audit.note(connection, at, "refused", person_id=who, project_id=where, details=told)
        raise HTTPException(403, "Your role in this project does not open this page.")


def member(*roles: MemberRole) -> Members:
    """The access rule of a project's page: members with one of these roles; without roles, all members."""
    return Members(frozenset(roles or ("owner", "coder", "adjudicator", "viewer")))


CurrentPerson = Annotated[Person, Depends(current_person)]
Anyone = Annotated[None, Depends(anyone)]
AnyMember = Annotated[Inside, Depends(member())]
Owner = Annotated[Inside, Depends(member("owner"))]
Coder = Annotated[Inside, Depends(member("coder"))]
Adjudicating = Annotated[Inside, Depends(member("owner", "adjudicator"))]
Looking = Annotated[Inside, Depends(member("owner", "viewer"))]
