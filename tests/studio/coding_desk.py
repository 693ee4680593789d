"""A coder's desk in a real browser, at a real server."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from dtnexus.storage import assignments, coding
from dtnexus.storage.database import Database
from dtnexus.storage.rows import Assignment
from dtnexus.studio.pages import SESSION_COOKIE
from tests.studio.coding_scene import Scene
from tests.studio.coding_server import Server

ME = "coder-a"
WIDE = {"width": 1280, "height": 850}
PHONE = {"width": 390, "height": 780}


class Desk:
    """A scene in the server's database, and browsers at it."""

    def __init__(self, browser: Browser, server: Server, database: Database, scene: Scene) -> None:
        self.server = server
        self.database = database
        self.scene = scene
        self.faults: list[str] = []
        self._browser = browser
        self.contexts: list[BrowserContext] = []

    def context(self, who: str = ME, **settings: Any) -> BrowserContext:
        made = self._browser.new_context(**{"viewport": WIDE, **settings})
        made.set_default_timeout(15_000)
        made.add_cookies([{"name": SESSION_COOKIE, "value": self.scene.token[who], "url": self.server.address}])
        self.contexts.append(made)
        return made

    def open(self, context: BrowserContext, number: int = 0, who: str = ME) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text) if "Security" in message.text else None)
        page.goto(self.server.address + self.scene.page(who, number))
        page.wait_for_selector("[data-screen]")
        return page

    def at(self, wanted: str, context: BrowserContext | None = None, number: int = 0) -> Page:
        """A page in a pass."""
        page = self.open(context or self.context(), number)
        page.click("#c-begin")
        page.wait_for_selector(".c-turn")
        if wanted != "read":
            page.locator("#c-read").scroll_into_view_if_needed()
            page.click("#c-read[aria-disabled=false]")
            expect(page.locator("#coding")).to_have_attribute("data-pass", "mark")
        if wanted == "rate":
            page.locator("[data-go=rate]").click()
            expect(page.locator("#coding")).to_have_attribute("data-pass", "rate")
        saved(page)
        return page

    def own(self, number: int = 0, who: str = ME) -> Assignment:
        with self.database.reading() as connection:
            whose = (self.scene.project, self.scene.queue[who][number], self.scene.person[who])
            found = assignments.assignment(connection, *whose)
        assert found is not None
        return found

    def sheet(self, number: int = 0, who: str = ME) -> Any:
        with self.database.reading() as connection:
            return coding.sheet_of(connection, self.scene.queue[who][number])


def saved(page: Page) -> None:
    """Wait until the studio knows everything; the page tries again after at most 15 seconds."""
    expect(page.locator("#c-saved")).to_have_text("All saved", timeout=30_000)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.dataset.criterion || ''"))


def choose(page: Page, criterion: str) -> None:
    page.click(f".c-chip[data-criterion={criterion}]")
    expect(page.locator(f"#c-{criterion}")).to_be_visible()
