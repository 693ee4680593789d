"""Bringing a database to the tables of this version: Alembic, with the migrations inside the package."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

MIGRATIONS = Path(__file__).parent / "migrations"

_LOCK = 0x64746E65
"""The number that programs that upgrade the same PostgreSQL database wait for."""


def configuration() -> Config:
    """What Alembic needs to know; no ini file is involved."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to a revision; does nothing where they are there already.

    Two programs that start together upgrade once: the second one waits.
    """
    with engine.connect() as connection:
        writing = connection.execution_options(studio_writes=True)
        with writing.begin():
            if engine.dialect.name == "postgresql":
                writing.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            config = configuration()
            config.attributes["connection"] = writing
            command.upgrade(config, revision)
