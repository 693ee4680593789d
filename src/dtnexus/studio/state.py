"""What all pages of one studio share, and how a request finds it."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from starlette.requests import HTTPConnection

from dtnexus.framework import Framework
from dtnexus.storage import projects
from dtnexus.storage.database import Database
from dtnexus.studio.drop_desk import Desk
from dtnexus.studio.kept import Kept
from dtnexus.studio.pages import Pages
from dtnexus.studio.settings import StudioSettings


class Studio:
    """The settings, the templates, and the frameworks that were read from the database."""

    def __init__(self, settings: StudioSettings) -> None:
        self.settings = settings
        self.pages = Pages(settings.secure_cookies)
        self.kept = Kept()
        """Reports and agreements that were made a moment ago."""
        self.desk = Desk(settings.database, settings.clock, settings.drop)
        self.framework = lru_cache(maxsize=16)(self._framework)
        """The framework of a digest; read once."""

    @property
    def database(self) -> Database:
        """The open database."""
        return self.settings.database

    def now(self) -> datetime:
        """The time now, in UTC."""
        return self.settings.clock()

    def _framework(self, digest: str) -> Framework:
        with self.database.reading() as connection:
            return Framework.model_validate(projects.framework_body(connection, digest))


def studio_of(request: HTTPConnection) -> Studio:
    """The studio that a request belongs to."""
    found: Studio = request.app.state.studio
    return found
