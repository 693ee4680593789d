"""Empty databases for tests, each used once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from dtnexus.storage.database import sqlite_url


@contextmanager
def fresh_url(kind: str, folder: Path, postgres: Callable[[], str | None]) -> Iterator[str]:
    """The URL of an empty database; skips the test where PostgreSQL is wanted and not there."""
    if kind == "sqlite":
        yield sqlite_url(folder / "studio.sqlite")
        return
    server = postgres()
    if server is None:
        pytest.skip("no PostgreSQL: install Debian's package postgresql, or set DTNEXUS_TEST_POSTGRES to its URL")
    address = make_url(server).set(drivername="postgresql+pg8000")
    name = f"dtnexus_{uuid.uuid4().hex}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()
