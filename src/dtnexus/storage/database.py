"""One database: opened by URL, brought up to date, read and written in transactions.

SQLite waits for its one writer in line, within the process by a lock and between
processes by its busy timeout, so that nobody's work is refused. PostgreSQL is reached
through pg8000.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy import Connection as Connection
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from dtnexus.errors import UsageError
from dtnexus.storage.upgrading import upgrade

BUSY_TIMEOUT_S = 30
"""How long SQLite waits for another process that writes."""

_WRITES = "studio_writes"
_WANTED = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME is wanted"


class Database:
    """An open database whose tables are those of this version."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine whose tables are up to date; `open_database` makes one."""
        self.engine = engine
        self._writer = threading.Lock() if engine.dialect.name == "sqlite" else None

    @property
    def is_sqlite(self) -> bool:
        """Whether one writer at a time is all that the engine knows."""
        return self._writer is not None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database; nothing that it changes is kept."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept whole when the block ends, and not at all when it raises."""
        if self._writer is None:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._writer, self.engine.connect() as connection:
            with connection.execution_options(**{_WRITES: True}).begin():
                yield connection

    def scrub(self) -> None:
        """Let nothing that was deleted stand in the files: SQLite overwrites what it frees, and its log is emptied.

        PostgreSQL does the like by itself, with its next VACUUM.
        """
        if self._writer is None:
            return
        raw = self.engine.raw_connection()
        try:
            with self._writer:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """The database at a URL, its tables made or brought up to date.

    Raises:
        UsageError: the URL is none, names another kind of database, or nothing answers there.
    """
    address = _address(url)
    sqlite = address.get_backend_name() == "sqlite"
    engine = _sqlite(address) if sqlite else create_engine(address, pool_size=10, max_overflow=40, pool_pre_ping=True)
    try:
        upgrade(engine)
    except (OperationalError, InterfaceError, DBAPIError) as error:
        engine.dispose()
        told = type(error.orig).__name__ if error.orig is not None else type(error).__name__
        shown = address.render_as_string(hide_password=True)
        raise UsageError(
            f"--database {shown}: cannot be opened ({told}). Does it run, and may this user write?"
        ) from error
    return Database(engine)


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{path}"


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise UsageError(f"--database: this is no database URL; {_WANTED}") from None
    match address.drivername:
        case "postgresql" | "postgres" | "postgresql+pg8000":
            return address.set(drivername="postgresql+pg8000")
        case "sqlite" | "sqlite+pysqlite":
            if not address.database or address.database == ":memory:":
                raise UsageError(f"--database: a SQLite database needs a file; {_WANTED}")
            return address.set(drivername="sqlite+pysqlite")
    raise UsageError(f"--database: {address.drivername!r} is not supported; {_WANTED}")


def _sqlite(address: URL) -> Engine:
    engine = create_engine(
        address,
        pool_size=10,
        max_overflow=90,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where sqlite3 guesses
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
