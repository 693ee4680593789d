"""Projects, their frameworks, their members, and invitations to them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, insert, select, update

from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.sheet import MemberRole
from dtnexus.storage.columns import Json
from dtnexus.storage.results import touch_project
from dtnexus.storage.rows import Invitation, Member, ProjectRow
from dtnexus.storage.tables import frameworks, invitations, memberships, people, projects
from dtnexus.storage.tokens import hashed, new_id, new_token

_PROJECT = (
    projects.c.id,
    projects.c.name,
    projects.c.framework_digest,
    frameworks.c.name,
    frameworks.c.version,
    projects.c.settings,
    projects.c.created_at,
    projects.c.archived_at,
)
_MEMBER = (
    memberships.c.project_id,
    memberships.c.person_id,
    people.c.login,
    people.c.name,
    memberships.c.role,
    memberships.c.code,
    memberships.c.preferences,
    memberships.c.joined_at,
    memberships.c.left_at,
)


def keep_framework(connection: Connection, framework: Framework, at: datetime) -> str:
    """Keep a framework, so that a study has its codebook for ever, and return its digest."""
    digest = framework.digest()
    if connection.execute(select(frameworks.c.digest).where(frameworks.c.digest == digest)).first() is None:
        body = framework.model_dump(mode="json")
        values = {"digest": digest, "name": framework.id, "version": framework.version, "body": body, "kept_at": at}
        connection.execute(insert(frameworks).values(**values))
    return digest


def framework_body(connection: Connection, digest: str) -> Json:
    """The JSON of a kept framework; `Framework.model_validate` reads it.

    Raises:
        UsageError: no such framework is kept.
    """
    row = connection.execute(select(frameworks.c.body).where(frameworks.c.digest == digest)).first()
    if row is None:
        raise UsageError("the framework of this project is not in the database")
    body: Json = row[0]
    return body


def add_project(
    connection: Connection, name: str, framework: Framework, settings: Json, owner_id: str, at: datetime
) -> str:
    """Make a project with its owner and return its id."""
    project_id = new_id()
    digest = keep_framework(connection, framework, at)
    values = {"name": name, "framework_digest": digest, "settings": settings, "created_by": owner_id, "created_at": at}
    connection.execute(insert(projects).values(id=project_id, **values))
    add_member(connection, project_id, owner_id, "owner", at)
    return project_id


def project(connection: Connection, project_id: str) -> ProjectRow | None:
    """The project of an id; None where there is none."""
    query = select(*_PROJECT).join_from(projects, frameworks).where(projects.c.id == project_id)
    row = connection.execute(query).first()
    return None if row is None else ProjectRow(*row)


def set_settings(connection: Connection, project_id: str, settings: Json) -> None:
    """Replace the settings of a project."""
    connection.execute(update(projects).where(projects.c.id == project_id).values(settings=settings))


def projects_of(connection: Connection, person_id: str) -> list[tuple[ProjectRow, MemberRole]]:
    """The projects that a person belongs to, with the person's role, by name."""
    query = (
        select(*_PROJECT, memberships.c.role)
        .select_from(projects.join(frameworks).join(memberships))
        .where(memberships.c.person_id == person_id, memberships.c.left_at.is_(None), projects.c.archived_at.is_(None))
        .order_by(projects.c.name, projects.c.id)
    )
    return [(ProjectRow(*row[:-1]), row[-1]) for row in connection.execute(query)]


def add_member(
    connection: Connection,
    project_id: str,
    person_id: str,
    role: MemberRole,
    at: datetime,
    *,
    code: str | None = None,
    preferences: Mapping[str, Json] | None = None,
) -> str:
    """Let a person into a project and return the pseudonym. Somebody who left comes back under the old one.

    Raises:
        UsageError: the person is in the project already.
    """
    old = member(connection, project_id, person_id, left_too=True)
    if old is not None and old.left_at is None:
        raise UsageError("this person is in the project already")
    if old is not None:
        back = update(memberships).where(*_whose(project_id, person_id)).values(role=role, left_at=None)
        connection.execute(back)
        touch_project(connection, project_id)
        return old.code
    given = code or f"{role}-{secrets.token_hex(3)}"
    values = {"project_id": project_id, "person_id": person_id, "role": role, "code": given, "joined_at": at}
    connection.execute(insert(memberships).values(**values, preferences=dict(preferences or {})))
    return given


def remove_member(connection: Connection, project_id: str, person_id: str, at: datetime) -> None:
    """Close the project to a person; what the person rated stays.

    Raises:
        UsageError: the project would be left without owner.
    """
    others = [m for m in members(connection, project_id) if m.role == "owner" and m.person_id != person_id]
    if not others:
        raise UsageError("a project needs an owner; make somebody else one first")
    connection.execute(update(memberships).where(*_whose(project_id, person_id)).values(left_at=at))
    touch_project(connection, project_id)


def set_preferences(connection: Connection, project_id: str, person_id: str, preferences: Mapping[str, Json]) -> None:
    """Replace what a member said of themselves and of what they do not want to read."""
    connection.execute(update(memberships).where(*_whose(project_id, person_id)).values(preferences=dict(preferences)))


def member(connection: Connection, project_id: str, person_id: str, *, left_too: bool = False) -> Member | None:
    """A person's place in a project; None where there is none, or where the person has left."""
    query = select(*_MEMBER).join_from(memberships, people).where(*_whose(project_id, person_id))
    row = connection.execute(query).first()
    if row is None:
        return None
    found = Member(*row)
    return found if found.left_at is None or left_too else None


def members(connection: Connection, project_id: str, *, left_too: bool = False) -> list[Member]:
    """The people of a project, by pseudonym."""
    query = select(*_MEMBER).join_from(memberships, people).where(memberships.c.project_id == project_id)
    if not left_too:
        query = query.where(memberships.c.left_at.is_(None))
    return [Member(*row) for row in connection.execute(query.order_by(memberships.c.code))]


def invite(
    connection: Connection,
    project_id: str | None,
    role: MemberRole,
    by: str | None,
    at: datetime,
    *,
    lasts: timedelta = timedelta(days=7),
    note: str = "",
) -> str:
    """Make an invitation and return the secret of its link, which is good once."""
    token = new_token()
    times = {"created_at": at, "expires_at": at + lasts}
    values = {"id": new_id(), "project_id": project_id, "role": role, "note": note, "created_by": by, **times}
    connection.execute(insert(invitations).values(token_hash=hashed(token), **values))
    return token


def open_invitation(connection: Connection, token: str, at: datetime) -> Invitation | None:
    """The invitation of a link; None where it was used or revoked, has expired, or never was."""
    return next(iter(_invitations(connection, at, invitations.c.token_hash == hashed(token))), None)


def open_invitations(connection: Connection, project_id: str, at: datetime) -> list[Invitation]:
    """The invitations to a project that may still be accepted, newest first."""
    return _invitations(connection, at, invitations.c.project_id == project_id)


def use_invitation(connection: Connection, token: str, person_id: str, at: datetime) -> Invitation | None:
    """Use an invitation up for a person; None where it is no longer valid. Membership is the caller's to add."""
    found = open_invitation(connection, token, at)
    if found is None:
        return None
    wanted = (invitations.c.id == found.id, invitations.c.used_at.is_(None))
    used = update(invitations).where(*wanted).values(used_at=at, used_by=person_id)
    return found if connection.execute(used).rowcount == 1 else None


def revoke_invitation(connection: Connection, project_id: str, invitation_id: str, at: datetime) -> None:
    """Make an invitation of this project worthless."""
    wanted = (invitations.c.id == invitation_id, invitations.c.project_id == project_id)
    connection.execute(update(invitations).where(*wanted).values(revoked_at=at))


def _invitations(connection: Connection, at: datetime, which: ColumnElement[bool]) -> list[Invitation]:
    c = invitations.c
    query = (
        select(c.id, c.project_id, projects.c.name, c.role, c.note, c.created_at, c.expires_at)
        .select_from(invitations.outerjoin(projects))
        .where(which, c.used_at.is_(None), c.revoked_at.is_(None), c.expires_at > at)
        .order_by(c.created_at.desc())
    )
    return [Invitation(*row) for row in connection.execute(query)]


def _whose(project_id: str, person_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return memberships.c.project_id == project_id, memberships.c.person_id == person_id
