from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from dtnexus.storage.database import Database, open_database
from dtnexus.storage.tables import metadata


def test_the_migrations_make_the_tables_that_the_code_means(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert set(metadata.tables) < set(inspect(connection).get_table_names())


def test_opening_again_changes_nothing(database: Database, database_url: str) -> None:
    again = open_database(database_url)
    with again.reading() as connection:
        assert set(metadata.tables) < set(inspect(connection).get_table_names())
    again.close()
