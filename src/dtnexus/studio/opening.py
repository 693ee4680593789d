"""What `dtnexus studio` does: open a database, begin with a demo or a first account, serve."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from dtnexus.running.watch import Watch
from dtnexus.storage import people, projects
from dtnexus.storage.database import open_database, sqlite_url
from dtnexus.studio.app import make_app
from dtnexus.studio.demo import DemoPerson, make_demo
from dtnexus.studio.serving import serve
from dtnexus.studio.settings import LOOPBACK_HOSTS, StudioSettings

DEFAULT_FILE = Path("dtnexus-studio.sqlite")
_FIRST_LINK_LASTS = timedelta(days=1)


@dataclass(frozen=True)
class Opening:
    """How a studio is to be opened."""

    host: str
    port: int
    remote: bool
    database: str | None
    """None: a file in the current folder; for a demo a temporary one."""
    demo: bool
    behind_tls: bool = False
    """A server that speaks TLS stands in front."""
    proxies: tuple[str, ...] = ()
    """Addresses of such servers, which may say whose request they pass on."""


@dataclass(frozen=True)
class Opened:
    """A studio that takes connections."""

    address: str
    first_path: str
    """What a browser should open first."""
    people: tuple[DemoPerson, ...] = ()
    """Everybody of a demo, with passwords that are told this once."""
    first_account: bool = False
    """Whether `first_path` makes the first account."""


def open_studio(opening: Opening, watch: Watch, tell: Callable[[Opened], None]) -> None:
    """Serve a studio until the process is interrupted; `tell` is called when it takes connections.

    Raises:
        UsageError: the database cannot be opened, the demo is in it already, or the port is taken.
    """
    with tempfile.TemporaryDirectory(prefix="dtnexus-studio-") as folder:
        place = Path(folder)
        url = opening.database or sqlite_url(place / "demo.sqlite" if opening.demo else DEFAULT_FILE)
        database = open_database(url)
        hosts = ("*",) if opening.remote else LOOPBACK_HOSTS
        settings = StudioSettings(
            database,
            hosts=hosts,
            local_folders=not opening.remote,
            secure_cookies=opening.behind_tls,
            trusted_proxies=opening.proxies,
        )
        try:
            begun = _demo(settings, place, watch) if opening.demo else _begun(settings)
            app = make_app(settings)
            serve(app, opening.host, opening.port, lambda address: tell(begun(address)))
        finally:
            database.close()


def _demo(settings: StudioSettings, place: Path, watch: Watch) -> Callable[[str], Opened]:
    demo = make_demo(settings, place / "run", watch)
    return lambda address: Opened(address, demo.people[0].path, demo.people)


def _begun(settings: StudioSettings) -> Callable[[str], Opened]:
    """A link to make the first account where there is none; the first page otherwise."""
    with settings.database.writing() as connection:
        if people.anybody(connection):
            return lambda address: Opened(address, "/")
        now = settings.clock()
        token = projects.invite(connection, None, "owner", None, now, lasts=_FIRST_LINK_LASTS)
    return lambda address: Opened(address, f"/invited/{token}", first_account=True)
