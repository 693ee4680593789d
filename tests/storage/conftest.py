"""Databases of both kinds, empty and up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dtnexus.storage.database import Database, open_database
from tests.storage.postgres import cluster
from tests.storage.rooms import fresh_url


@pytest.fixture(scope="session")
def postgres() -> Iterator[str | None]:
    with cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of each kind."""
    with fresh_url(request.param, tmp_path, lambda: request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()
