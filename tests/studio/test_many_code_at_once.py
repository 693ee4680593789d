"""Many coders at one studio at the same time, on both kinds of database: what was acknowledged is stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.studio_load import coded_at_once
from dtnexus.storage.database import open_database
from tests.storage.postgres import cluster
from tests.storage.rooms import fresh_url

CODERS = 12


@pytest.fixture(scope="module")
def postgres() -> Iterator[str | None]:
    with cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_url(request.param, tmp_path, lambda: request.getfixturevalue("postgres")) as url:
        yield url


def test_no_rating_is_lost(database_url: str, tmp_path: Path) -> None:
    database = open_database(database_url)
    told = coded_at_once(database, database_url, tmp_path, coders=CODERS, count=CODERS, pause=0)
    database.close()
    assert told.wrong == []
    assert told.acknowledged == told.stored, "what was acknowledged is stored, and nothing else"
    assert len(told.acknowledged) == CODERS * (3 + 8 + told.criteria + 1), (
        "passes, marks, answers and a submission each"
    )
    assert (told.submitted, told.stated) == (CODERS, CODERS * told.criteria)
