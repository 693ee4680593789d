"""A studio in this process with a copy of the demo project, and a studio in a process of its own for browsers."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dtnexus.storage.database import open_database, sqlite_url
from dtnexus.studio.demo import Demo, make_demo
from tests.studio.coding_desk import Desk
from tests.studio.coding_scene import make_scene
from tests.studio.coding_server import Server
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A studio in a process of its own, on an empty database."""
    path = tmp_path_factory.mktemp("server") / "studio.sqlite"
    open_database(sqlite_url(path)).close()
    running = Server(path)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def desk(browser: Browser, server: Server) -> Iterator[Desk]:
    """A scene of its own in the server's database, and browsers at it."""
    database = open_database(sqlite_url(server.database))
    made = Desk(browser, server, database, make_scene(database, suffix=f"-{uuid.uuid4().hex[:8]}"))
    yield made
    for context in made.contexts:
        context.close()
    database.close()
    assert made.faults == []
