"""One's own password; and, for whoever may make projects, which accounts are open."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from dtnexus.errors import UsageError
from dtnexus.storage import audit, people
from dtnexus.storage.rows import Person
from dtnexus.studio.access import CurrentPerson
from dtnexus.studio.pages import see_other
from dtnexus.studio.routes.entering import TRIES_BY_NAME, WINDOW
from dtnexus.studio.state import studio_of

router = APIRouter()


@router.get("/account")
def account_page(request: Request, me: CurrentPerson, changed: bool = False) -> Response:
    """The form to change the own password."""
    return _page(request, me, "", changed)


@router.post("/account/password")
def change_password(
    request: Request,
    me: CurrentPerson,
    old: Annotated[str, Form(max_length=2000)],
    new: Annotated[str, Form(max_length=2000)],
    again: Annotated[str, Form(max_length=2000)],
) -> Response:
    """Change the password, given the old one; every other session of the person ends."""
    studio = studio_of(request)
    passwords, address = studio.settings.passwords, request.client.host if request.client else "unknown"
    with studio.database.writing() as connection:
        by_name, _ = people.failures(connection, me.login, address, studio.now() - WINDOW)
        tried = None if by_name >= TRIES_BY_NAME else people.attempt(connection, me.login, address, studio.now())
    if tried is None:
        return _page(request, me, "Too many failed tries. Wait a quarter of an hour.", False, 429)
    if not passwords.right(me.password_hash, old):
        return _page(request, me, "The old password is not right.", False, 400)
    if new != again:
        return _page(request, me, "The new password was typed in two ways.", False, 400)
    try:
        password_hash = passwords.accepted(new)
    except UsageError as error:
        return _page(request, me, str(error), False, 400)
    with studio.database.writing() as connection:
        people.succeeded(connection, tried)
        people.set_password_hash(connection, me.id, password_hash)
        people.end_sessions(connection, me.id, studio.now(), but=request.state.session.token_hash)
        audit.note(connection, studio.now(), "password-changed", person_id=me.id)
    return see_other("/account?changed=true")


@router.get("/accounts")
def accounts_page(request: Request, me: CurrentPerson) -> Response:
    """All accounts of the studio."""
    _may_close(me)
    studio = studio_of(request)
    with studio.database.reading() as connection:
        found = people.everybody(connection)
    return studio.pages.render(request, "accounts.html.j2", accounts=found)


@router.post("/accounts/{person_id}/disable")
def disable(request: Request, me: CurrentPerson, person_id: str) -> Response:
    """Close an account; whoever has it is logged out at once."""
    _may_close(me)
    if person_id == me.id:
        raise UsageError("nobody closes the own account; ask somebody else who may make projects")
    return _set(request, me, person_id, True)


@router.post("/accounts/{person_id}/enable")
def enable(request: Request, me: CurrentPerson, person_id: str) -> Response:
    """Open an account again."""
    _may_close(me)
    return _set(request, me, person_id, False)


def _set(request: Request, me: Person, person_id: str, disabled: bool) -> Response:
    studio = studio_of(request)
    with studio.database.writing() as connection:
        who = people.person_by_id(connection, person_id)
        if who is None:
            raise HTTPException(404)
        if who.password_hash == "!" and not disabled:
            raise UsageError("this account stands for a coder of another program; nobody can enter it")
        people.set_disabled(connection, person_id, studio.now() if disabled else None)
        what = "account-closed" if disabled else "account-opened"
        audit.note(connection, studio.now(), what, person_id=me.id, about=f"person:{person_id}")
    return see_other("/accounts")


def _may_close(me: Person) -> None:
    if not me.may_create:
        raise HTTPException(403, "This account may not open or close accounts.")


def _page(request: Request, me: Person, told: str, changed: bool, status: int = 200) -> Response:
    return studio_of(request).pages.render(request, "account.html.j2", status, told=told, changed=changed)
