"""Coming in and going out: login, one-time links, invitations, logout."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from dtnexus.errors import UsageError
from dtnexus.storage import audit, people, projects
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import Invitation, Person
from dtnexus.studio.access import Anyone, CurrentPerson
from dtnexus.studio.pages import SESSION_COOKIE, see_other
from dtnexus.studio.state import Studio, studio_of

router = APIRouter()

WINDOW = timedelta(minutes=15)
"""Failed tries older than this are forgiven."""
TRIES_BY_NAME = 5
TRIES_BY_ADDRESS = 30

_WRONG = "Login name and password do not belong together."
_TOO_OFTEN = "Too many failed tries. Wait a quarter of an hour, or ask the owner of the project for a new link."
_GONE = "This link was used, has expired, or never was. Ask for a new one."


@router.get("/login")
def login_page(request: Request, _: Anyone, next: str = "/") -> Response:
    """The form to log in."""
    return studio_of(request).pages.render(request, "login.html.j2", next=_ours(next), told="", login="")


@router.post("/login")
def login(
    request: Request,
    _: Anyone,
    login: Annotated[str, Form(max_length=500)],
    password: Annotated[str, Form(max_length=2000)],
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Log in; failed tries are counted by name and by address, and too many close the door for a while."""
    studio = studio_of(request)
    now, address = studio.now(), request.client.host if request.client else "unknown"
    with studio.database.writing() as connection:
        by_name, by_address = people.failures(connection, login, address, now - WINDOW)
        closed = by_name >= TRIES_BY_NAME or by_address >= TRIES_BY_ADDRESS
        tried = None if closed else people.attempt(connection, login, address, now)
        person = people.person_by_login(connection, login)
    if tried is None:
        return _again(request, login, next, _TOO_OFTEN, 429)
    if not studio.settings.passwords.right(None if person is None else person.password_hash, password):
        _failed(studio, person)
        return _again(request, login, next, _WRONG, 401)
    assert person is not None
    if person.disabled_at is not None:
        return _again(request, login, next, _WRONG, 401)
    with studio.database.writing() as connection:
        people.succeeded(connection, tried)
    return _enter(studio, person, "login", next)


@router.get("/enter/{token}")
def entry_page(request: Request, _: Anyone, token: str) -> Response:
    """Who this link logs in; looking does not use it up."""
    studio = studio_of(request)
    with studio.database.reading() as connection:
        person = people.entry_link_person(connection, token, studio.now())
    if person is None:
        raise HTTPException(410, _GONE)
    return studio.pages.render(request, "enter.html.j2", person=person)


@router.post("/enter/{token}")
def enter(request: Request, _: Anyone, token: str) -> Response:
    """Log in by a link, which is used up."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        person = people.use_entry_link(connection, token, studio.now())
    if person is None:
        raise HTTPException(410, _GONE)
    return _enter(studio, person, "login-by-link", "/")


@router.get("/invited/{token}")
def invitation_page(request: Request, _: Anyone, token: str) -> Response:
    """What one is invited to: join as who one is, or make an account."""
    studio = studio_of(request)
    return studio.pages.render(
        request,
        "invited.html.j2",
        invitation=_invitation(studio, token),
        token_of_link=token,
        told="",
        login="",
        name="",
    )


@router.post("/invited/{token}/join")
def join(request: Request, me: CurrentPerson, token: str) -> Response:
    """Accept an invitation with the account that is logged in."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        _use(connection, studio, token, me)
    return see_other("/")


@router.post("/invited/{token}")
def accept(
    request: Request,
    _: Anyone,
    token: str,
    login: Annotated[str, Form(max_length=people.LOGIN_LENGTH)],
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=2000)],
) -> Response:
    """Accept an invitation with a new account."""
    studio = studio_of(request)
    invitation = _invitation(studio, token)
    try:
        password_hash = studio.settings.passwords.accepted(password)
        with studio.database.writing() as connection:
            creates = invitation.project_id is None
            person = people.add_person(connection, login, name, password_hash, studio.now(), may_create=creates)
            _use(connection, studio, token, person)
    except UsageError as error:
        values = {"invitation": invitation, "token_of_link": token, "told": str(error), "login": login, "name": name}
        return studio.pages.render(request, "invited.html.j2", 400, **values)
    return _enter(studio, person, "account-made", "/")


@router.post("/logout")
def logout(request: Request, me: CurrentPerson) -> Response:
    """Log out."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        people.end_session(connection, request.cookies[SESSION_COOKIE], studio.now())
        audit.note(connection, studio.now(), "logout", person_id=me.id)
    response = see_other("/login")
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


def _invitation(studio: Studio, token: str) -> Invitation:
    with studio.database.reading() as connection:
        found = projects.open_invitation(connection, token, studio.now())
    if found is None:
        raise HTTPException(410, _GONE)
    return found


def _use(connection: Connection, studio: Studio, token: str, person: Person) -> None:
    """Use an invitation up and let the person into its project, in one transaction."""
    used = projects.use_invitation(connection, token, person.id, studio.now())
    if used is None:
        raise HTTPException(410, _GONE)
    about, where = f"invitation:{used.id}", used.project_id
    audit.note(connection, studio.now(), "invitation-accepted", person_id=person.id, project_id=where, about=about)
    if used.project_id is not None:
        projects.add_member(connection, used.project_id, person.id, used.role, studio.now())


def _enter(studio: Studio, person: Person, how: str, next_page: str) -> Response:
    """Begin a session with a secret of its own and go on to a page of ours."""
    lasts = studio.settings.session_lasts
    with studio.database.writing() as connection:
        token = people.begin_session(connection, person.id, studio.now(), lasts)
        audit.note(connection, studio.now(), how, person_id=person.id)
    response = see_other(_ours(next_page))
    studio.pages.set_cookie(response, SESSION_COOKIE, token, int(lasts.total_seconds()))
    return response


def _failed(studio: Studio, person: Person | None) -> None:
    if person is not None:
        with studio.database.writing() as connection:
            audit.note(connection, studio.now(), "login-failed", person_id=person.id)


def _again(request: Request, login: str, next_page: str, told: str, status: int) -> Response:
    values = {"next": _ours(next_page), "told": told, "login": login}
    return studio_of(request).pages.render(request, "login.html.j2", status, **values)


def _ours(path: str) -> str:
    """The path, where it is one of this site; the home page otherwise."""
    fine = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path if fine else "/"
