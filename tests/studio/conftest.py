"""A studio in this process, with the demo project in a SQLite file that each test gets a copy of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dtnexus.storage.database import open_database, sqlite_url
from dtnexus.studio.demo import Demo, make_demo
from tests.studio.house import House, quick_settings


@pytest.fixture(scope="session")
def demo_made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Demo]:
    """The demo's database file, closed, and who is in it."""
    folder = tmp_path_factory.mktemp("demo")
    database = open_database(sqlite_url(folder / "demo.sqlite"))
    demo = make_demo(quick_settings(database), folder / "run")
    database.close()
    return folder / "demo.sqlite", demo


@pytest.fixture
def house(demo_made: tuple[Path, Demo], tmp_path: Path) -> Iterator[House]:
    """A studio of its own for each test."""
    made, demo = demo_made
    shutil.copy(made, tmp_path / "studio.sqlite")
    database = open_database(sqlite_url(tmp_path / "studio.sqlite"))
    made_house = House(quick_settings(database), demo)
    yield made_house
    made_house.app.state.studio.desk.close()
    database.close()
