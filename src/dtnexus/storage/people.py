"""People and how they come in: accounts, sessions, one-time links, counted attempts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dtnexus.errors import UsageError
from dtnexus.storage.rows import IMPORTED, Person, Session
from dtnexus.storage.tables import entry_links, login_attempts, people, sessions
from dtnexus.storage.tokens import hashed, new_id, new_token

_PERSON = (
    people.c.id,
    people.c.login,
    people.c.name,
    people.c.password_hash,
    people.c.may_create,
    people.c.disabled_at,
)
LOGIN_LENGTH = 120
NO_PASSWORD = "!"
"""Stands where an account has no password: no password has this hash, so nobody can enter."""
_TAKEN = "this login name is taken; choose another one"
_SEEN_EVERY = timedelta(minutes=1)
"""A session's last use is written no more often than this."""


def folded(login: str) -> str:
    """A login name as it is stored: without space around, upper and lower case alike."""
    return login.strip().casefold()[:LOGIN_LENGTH]


def add_person(
    connection: Connection, login: str, name: str, password_hash: str, at: datetime, *, may_create: bool = False
) -> Person:
    """Make an account.

    Raises:
        UsageError: the login name is empty, taken, or kept for coders of other programs.
    """
    wanted = folded(login)
    if not wanted:
        raise UsageError("a login name is wanted; this one is empty")
    if wanted.startswith(IMPORTED) and password_hash != NO_PASSWORD:
        raise UsageError(f"a login name cannot begin with {IMPORTED!r}; choose another one")
    if person_by_login(connection, wanted) is not None:
        raise UsageError(_TAKEN)
    person = Person(new_id(), wanted, name.strip() or wanted, password_hash, may_create, None)
    try:
        connection.execute(insert(people).values(**person._asdict(), created_at=at))
    except IntegrityError:  # somebody was faster between our look and our row
        raise UsageError(_TAKEN) from None
    return person


def person_by_login(connection: Connection, login: str) -> Person | None:
    """Who has this login name; None where nobody has."""
    return _person(connection, select(*_PERSON).where(people.c.login == folded(login)))


def person_by_id(connection: Connection, person_id: str) -> Person | None:
    """The person of an id; None where there is none."""
    return _person(connection, select(*_PERSON).where(people.c.id == person_id))


def anybody(connection: Connection) -> bool:
    """Whether there is any account at all."""
    return connection.execute(select(people.c.id).limit(1)).first() is not None


def set_password_hash(connection: Connection, person_id: str, password_hash: str) -> None:
    """Replace a password's hash."""
    connection.execute(update(people).where(people.c.id == person_id).values(password_hash=password_hash))


def everybody(connection: Connection) -> list[Person]:
    """All accounts, by login name."""
    return [Person(*row) for row in connection.execute(select(*_PERSON).order_by(people.c.login))]


def set_disabled(connection: Connection, person_id: str, at: datetime | None) -> None:
    """Close an account, whose sessions end at once; None opens it again."""
    connection.execute(update(people).where(people.c.id == person_id).values(disabled_at=at))
    if at is not None:
        end_sessions(connection, person_id, at)


def end_sessions(connection: Connection, person_id: str, at: datetime, but: str | None = None) -> None:
    """Log a person out everywhere, but for the session with this digest."""
    theirs = update(sessions).where(sessions.c.person_id == person_id, sessions.c.ended_at.is_(None))
    if but is not None:
        theirs = theirs.where(sessions.c.token_hash != but)
    connection.execute(theirs.values(ended_at=at))


def begin_session(connection: Connection, person_id: str, at: datetime, lasts: timedelta) -> str:
    """Log a person in and return the secret for the cookie; only its digest is stored."""
    token = new_token()
    values = {"person_id": person_id, "csrf": new_token(), "created_at": at, "seen_at": at, "expires_at": at + lasts}
    connection.execute(insert(sessions).values(token_hash=hashed(token), **values))
    return token


def session_of(connection: Connection, token: str, at: datetime) -> Session | None:
    """The session of a cookie; None where it has ended, has expired, or its person is disabled."""
    query = (
        select(sessions.c.token_hash, sessions.c.csrf, sessions.c.seen_at, sessions.c.expires_at, *_PERSON)
        .join_from(sessions, people)
        .where(sessions.c.token_hash == hashed(token), sessions.c.ended_at.is_(None), sessions.c.expires_at > at)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    token_hash, csrf, seen_at, expires_at, *rest = row
    person = Person(*rest)
    return None if person.disabled_at is not None else Session(token_hash, person, csrf, seen_at, expires_at)


def is_due(session: Session, at: datetime) -> bool:
    """Whether the session's last use is so long ago that `touch` should write it."""
    return at - session.seen_at >= _SEEN_EVERY


def touch(connection: Connection, session: Session, at: datetime) -> None:
    """Write that a session was used."""
    connection.execute(update(sessions).where(sessions.c.token_hash == session.token_hash).values(seen_at=at))


def end_session(connection: Connection, token: str, at: datetime) -> None:
    """Log out; does nothing where nobody is logged in."""
    ended = update(sessions).where(sessions.c.token_hash == hashed(token), sessions.c.ended_at.is_(None))
    connection.execute(ended.values(ended_at=at))


def add_entry_link(connection: Connection, person_id: str, at: datetime, lasts: timedelta) -> str:
    """Make a link that logs a person in once, and return its secret."""
    token = new_token()
    connection.execute(insert(entry_links).values(token_hash=hashed(token), person_id=person_id, expires_at=at + lasts))
    return token


def entry_link_person(connection: Connection, token: str, at: datetime) -> Person | None:
    """Whom an unused link logs in; None where it was used, has expired or never was."""
    links = entry_links.c
    open_link = (links.token_hash == hashed(token), links.used_at.is_(None), links.expires_at > at)
    return _person(connection, select(*_PERSON).join_from(entry_links, people).where(*open_link))


def use_entry_link(connection: Connection, token: str, at: datetime) -> Person | None:
    """Use a link up and return whom it logs in; None where it is no longer valid."""
    person = entry_link_person(connection, token, at)
    if person is None or person.disabled_at is not None:
        return None
    links = entry_links.c
    used = update(entry_links).where(links.token_hash == hashed(token), links.used_at.is_(None)).values(used_at=at)
    return person if connection.execute(used).rowcount == 1 else None


def attempt(connection: Connection, login: str, address: str, at: datetime) -> int:
    """Write down a try to log in, as failed until `succeeded` is called, and return its number."""
    values = {"login": folded(login), "address": address[:64], "at": at, "ok": False}
    made = connection.execute(insert(login_attempts).values(**values).returning(login_attempts.c.seq))
    number: int = made.scalar_one()
    return number


def succeeded(connection: Connection, number: int) -> None:
    """Write that a try to log in succeeded."""
    connection.execute(update(login_attempts).where(login_attempts.c.seq == number).values(ok=True))


def failures(connection: Connection, login: str, address: str, since: datetime) -> tuple[int, int]:
    """How many tries failed since then: with this login name after its last success, and from this address."""
    rows = login_attempts.c
    good = select(func.max(rows.seq)).where(rows.login == folded(login), rows.ok.is_(True)).scalar_subquery()
    failed = (rows.at >= since, rows.ok.is_(False))
    by_login = select(func.count()).where(*failed, rows.login == folded(login), rows.seq > func.coalesce(good, 0))
    by_address = select(func.count()).where(*failed, rows.address == address[:64])
    return connection.execute(by_login).scalar_one(), connection.execute(by_address).scalar_one()


def _person(connection: Connection, query: Select[str, str, str, str, bool, datetime | None]) -> Person | None:
    row = connection.execute(query).first()
    return None if row is None else Person(*row)
