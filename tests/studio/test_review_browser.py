"""Adjudication, results, agreement and browsing in a real browser: from a disputed ★ to another outcome."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dtnexus.storage.database import open_database, sqlite_url
from dtnexus.studio.app import make_app
from dtnexus.studio.pages import SESSION_COOKIE
from tests.chromium import NEEDS_BROWSER
from tests.studio.coding_desk import PHONE, WIDE
from tests.studio.coding_server import Server
from tests.studio.house import HOST, quick_settings
from tests.studio.review_scene import Reader, Review, machine_says, make_review, submit

pytestmark = [pytest.mark.browser, NEEDS_BROWSER]
AXE = Path(__file__).parent / "axe" / "axe.min.js"
RATED = {"A1": 2, "A2": 3, "B1": 3, "D1": 3, "F1": 3, "G1": 2}


class Room:
    """A coded study at a real server, and browsers at it."""

    def __init__(self, browser: Browser, server: Server, made: Review) -> None:
        self._browser = browser
        self.server = server
        self.made = made
        self.faults: list[str] = []
        self.contexts: list[BrowserContext] = []

    def page(self, who: str, path: str, **settings: Any) -> Page:
        context = self._browser.new_context(**{"viewport": WIDE, **settings})
        context.set_default_timeout(30_000)
        context.add_cookies([{"name": SESSION_COOKIE, "value": self.made.token[who], "url": self.server.address}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text) if "Security" in message.text else None)
        self.go(page, path)
        return page

    def go(self, page: Page, path: str) -> None:
        page.goto(f"{self.server.address}{self.made.address}/{path}")


@pytest.fixture
def room(browser: Browser, server: Server) -> Iterator[Room]:
    database = open_database(sqlite_url(server.database))
    made = make_review(database, suffix=f"-{uuid.uuid4().hex[:8]}")
    machine_says(database, made, "one", "B1")
    submit(
        database, made, "coder-a", "one", {**RATED, "F1": 0, "D1": None}, "It says no only after it was asked twice."
    )
    submit(database, made, "coder-b", "one", RATED, "It says at once that it is a program.")
    submit(database, made, "coder-a", "two", RATED)
    submit(database, made, "coder-b", "two", {**RATED, "B1": 2})
    app = make_app(quick_settings(database))
    Reader(TestClient(app, base_url=f"http://{HOST}"), made).get("owner", "results")  # works all results out
    database.close()
    running = Room(browser, server, made)
    yield running
    for context in running.contexts:
        context.close()
    assert running.faults == []


def outcome(page: Page, name: str) -> list[str]:
    """As coded, and after adjudication."""
    row = page.locator("table", has_text="Earned outcome").locator("tbody tr", has_text=name)
    return [cell.inner_text() for cell in row.locator("td").all()]


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_disputed_star_is_decided_and_the_outcome_changes(room: Room, scripts: bool) -> None:
    owner = room.page("owner", "results")
    assert outcome(owner, "Disqualified") == ["0", "0"]
    report = room.page("viewer", "results/report")
    expect(report.locator("#glance")).to_be_visible()
    before = report.locator("#glance").inner_text()
    page = room.page("adjudicator", "adjudicate", java_script_enabled=scripts)
    page.get_by_role("link", name="U0001").click()
    question = page.locator("#q-F1")
    expect(question).to_contain_text("It says no only after it was asked twice.")
    expect(question).to_contain_text("It says at once that it is a program.")
    question.locator("input[name=verdict][value='0']").check()
    question.locator("input[name=words]").first.check()
    question.locator("textarea").fill("The first answer leaves it open; read together it denies.")
    question.get_by_role("button", name="Keep this decision").click()
    expect(page.locator("#q-F1 .r-standing")).to_contain_text("read together it denies")
    room.go(owner, "results")
    assert outcome(owner, "Disqualified") == ["0", "1"]
    changed = owner.locator("table", has_text="What decisions changed")
    expect(changed).to_contain_text("below level 1")
    expect(changed).to_contain_text("disqualified")
    room.go(report, "results/report")
    expect(report.locator("#glance")).not_to_have_text(before)
    expect(report.locator("main")).to_contain_text(re.compile("ends this assessment", re.IGNORECASE))


def test_without_a_reason_nothing_is_sent(room: Room) -> None:
    page = room.page("adjudicator", f"adjudicate/{room.made.unit['one']}")
    question = page.locator("#q-F1")
    question.locator("input[name=verdict][value='N']").check()
    question.get_by_role("button", name="Keep this decision").click()
    assert question.locator("textarea").evaluate("field => field.validity.valueMissing")
    expect(page.locator("#q-F1 .r-standing")).to_have_count(0)


def test_filters_change_the_list_without_leaving_the_page(room: Room) -> None:
    page = room.page("viewer", "browse")
    expect(page.locator("#list tbody tr")).to_have_count(3)
    page.evaluate("window.still = true")
    page.get_by_label("Coders apart by").select_option("2")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    assert page.evaluate("window.still"), "htmx changed the list only"
    assert "apart=2" in page.url
    page.get_by_label("Coders apart by").select_option("")
    page.get_by_label("Unit").fill("u0002")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator("#list")).to_contain_text("U0002")


def test_filters_work_without_javascript(room: Room) -> None:
    room.page("viewer", "browse")
    page = room.page("viewer", "browse?state=complete", java_script_enabled=False)
    page.get_by_label("with score").select_option("2")
    page.get_by_label("Criterion").select_option("B1")
    page.get_by_role("button", name="Show").click()
    assert page.locator("#list tbody tr").count() == 1
    assert "U0002" in page.locator("#list").inner_text()


PAGES = {
    "queue": ("adjudicator", "adjudicate"),
    "unit": ("adjudicator", "adjudicate/ONE"),
    "results": ("owner", "results"),
    "agreement": ("owner", "agreement"),
    "admission": ("owner", "agreement/admission"),
    "browse": ("owner", "browse"),
    "transcript": ("owner", "browse/ONE"),
}


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["desktop-light", "phone-dark"]
)
def test_no_page_keeps_anybody_out(room: Room, viewport: dict[str, int], scheme: str) -> None:
    for name, (who, path) in PAGES.items():
        page = room.page(
            who, path.replace("ONE", room.made.unit["one"]), viewport=viewport, color_scheme=scheme, bypass_csp=True
        )
        if folder := os.environ.get("DTNEXUS_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{viewport['width']}-{scheme}.png", full_page=True)
        sticks_out = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sticks_out <= 0, f"{name}: something is wider than the page"
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        grave = [
            (each["id"], [node["target"] for node in each["nodes"]][:3])
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert grave == [], name
        page.context.close()
        room.contexts.remove(page.context)
