"""A studio for tests: quick passwords, a clock that is set by hand, browsers without a window."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from dtnexus.storage.database import Database
from dtnexus.studio.app import make_app
from dtnexus.studio.demo import Demo, DemoPerson
from dtnexus.studio.passwords import Passwords
from dtnexus.studio.settings import StudioSettings

HOST = "testserver"


def quick_settings(database: Database) -> StudioSettings:
    """Settings whose passwords take no time; never for anything but tests."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return StudioSettings(database, passwords=Passwords(quick), hosts=(HOST,))


class Browser(TestClient):
    """A client that keeps cookies, follows redirects and fills in the secret of forms."""

    def csrf(self, page: str) -> str:
        """The secret that the forms of a page carry."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(page).text)
        assert found is not None, f"{page} has no form"
        return found[1]

    def fill(self, page: str, fields: dict[str, str] | None = None, on: str = "/") -> int:
        """Send a form as the page `on` would, and return the status that came of it."""
        return self.post(page, data={"csrf": self.csrf(on), **(fields or {})}).status_code


class House:
    """A studio with the demo's people, whose clock stands until it is moved."""

    def __init__(self, settings: StudioSettings, demo: Demo) -> None:
        self.at = datetime.now(UTC)
        self.settings = replace(settings, clock=lambda: self.at)
        self.app = make_app(self.settings)
        self.demo = demo
        self.project = f"/p/{demo.project_id}"

    def wait(self, time: timedelta) -> None:
        """Let time pass."""
        self.at += time

    def person(self, login: str) -> DemoPerson:
        """Somebody of the demo, with the password."""
        return next(person for person in self.demo.people if person.login == login)

    def browser(self, login: str | None = None) -> Browser:
        """A new browser; logged in as somebody of the demo where one is named."""
        browser = Browser(self.app, base_url=f"http://{HOST}")
        if login is not None:
            fields = {"login": login, "password": self.person(login).password}
            assert browser.fill("/login", fields, on="/login") == 200
        return browser
