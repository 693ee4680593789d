"""The drop page and training in a real browser: drop, progress, report, download, deleted; and who cannot see well."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, Page, expect

from dtnexus.sheet import Planned
from dtnexus.storage import assignments, units
from dtnexus.storage.database import Database, open_database, sqlite_url
from dtnexus.storage.units import GoldAnswer, NewUnit
from dtnexus.studio.drop_folder import PREFIX
from dtnexus.studio.pages import SESSION_COOKIE
from dtnexus.studio.settings import utc_now
from tests.chromium import NEEDS_BROWSER
from tests.studio.coding_scene import TALK, Scene, conversation, make_scene
from tests.studio.coding_server import ROOT, free_port
from tests.studio.training_room import rating

AXE = Path(__file__).parent / "axe" / "axe.min.js"
WORDS = "the heron by the weir"
SHOTS = os.environ.get("DTNEXUS_SHOTS")
expect.set_options(timeout=120_000)
pytestmark = [pytest.mark.browser, NEEDS_BROWSER]


class Room:
    """A studio in a process of its own, with temporary files of its own."""

    def __init__(self, place: Path) -> None:
        self.temporary = place / "temporary"
        self.temporary.mkdir()
        self.database_path = place / "studio.sqlite"
        database = open_database(sqlite_url(self.database_path))
        self.scene = make_scene(database)
        self.ids = prepared(database, self.scene)
        database.close()
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "tests.studio.coding_server", str(self.database_path), str(self.port)]
        own = {**os.environ, "TMPDIR": str(self.temporary)}
        self.process = subprocess.Popen(command, cwd=ROOT, env=own)
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.address}/health", timeout=5):
                    return
            except (URLError, ConnectionError):
                assert self.process.poll() is None
                time.sleep(0.1)
        raise AssertionError("the studio does not answer")

    def end(self, kill: bool = False) -> None:
        """Stop it as Ctrl-C would, or as a power cut."""
        if self.process is not None:
            self.process.kill() if kill else self.process.terminate()
            self.process.wait(timeout=60)
            self.process = None

    def folders(self) -> list[Path]:
        """The private folders on the disk."""
        return sorted(self.temporary.glob(f"{PREFIX}*"))


def prepared(database: Database, scene: Scene) -> dict[str, str]:
    """Practice for coder A, and a hidden gold unit that was submitted."""
    words = conversation("lesson")
    with database.writing() as connection:
        new = [NewUnit(words, "P0001", "practice")]
        unit_id = units.add_units(connection, scene.project, new, utc_now())[words.id]
        units.set_gold(connection, unit_id, [GoldAnswer("A2", rating(words, "A2", 3), "Both chose the task.")])
        plan = [Planned(unit_id=unit_id, person_id=scene.person["coder-a"], position=0, overlap=False)]
        assignments.add_assignments(connection, scene.project, plan, utc_now(), round_="practice")
        mine = assignments.queue(connection, scene.project, scene.person["coder-a"], ("practice",))
    return {"gold": unit_id, "practice": mine[0].id}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.end()


@pytest.fixture
def visit(browser: Browser, room: Room) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody; console messages and requests to elsewhere are faults."""
    faults: list[str] = []
    contexts = []

    def opened(who: str, path: str, width: int = 1280, **settings: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
        context.set_default_timeout(120_000)
        context.add_cookies([{"name": SESSION_COOKIE, "value": room.scene.token[who], "url": room.address}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if "Security" in message.text else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request",
            lambda r: faults.append(r.url) if not r.url.startswith((room.address, "data:", "blob:")) else None,
        )
        page.goto(f"{room.address}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def looked_at(page: Page, name: str) -> None:
    """No fault that axe can find, no sideways scrolling; a picture where somebody wants to look."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = page.evaluate("rules => axe.run(document, rules)", rules)
    assert [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in found["violations"]] == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} scrolls sideways"


def talk(count: int) -> str:
    return "".join(f"Client: I think of {WORDS}, {n}.\nBot: What do you see there, {n}?\n" for n in range(count))


def test_drop_progress_report_download_deleted(visit: Callable[..., Page], room: Room, tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"talk-{number}.txt").write_text(f"Client: Number {number}.\nBot: Yes.\n" + talk(30))
    (tmp_path / "broken.json").write_text("{")
    page = visit("owner", "/drop")
    looked_at(page, "drop-1280")
    page.locator("input[type=file]").set_input_files([*sorted(tmp_path.glob("talk-*.txt")), tmp_path / "broken.json"])
    expect(page.locator("#drop-told")).to_contain_text("9 files")
    page.get_by_role("button", name="Read the files").click()
    expect(page.locator("h1")).to_have_text("What was read")
    expect(page.locator("main")).to_contain_text("broken.json")
    looked_at(page, "read-1280")
    page.get_by_label("A digital agent").check()
    page.get_by_role("button", name="Start the assessment").click()
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.locator("h1")).to_have_text("The assessment is done")
    again.close()
    expect(page.locator("h1")).to_have_text("The assessment is done")
    address = page.url
    looked_at(page, "done-1280")
    with page.context.expect_page() as tab:
        page.get_by_role("link", name="Read the report").click()
    report = tab.value
    report.wait_for_selector("#glance")
    report.keyboard.press("?")
    expect(report.locator("#keys")).to_be_visible()
    report.close()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Ratings, one line for each criterion: CSV").click()
    kept = tmp_path / "kept.csv"
    coming.value.save_as(kept)
    assert kept.read_text().startswith("interaction,")
    assert len(room.folders()) == 1
    page.get_by_role("button", name="Close and delete everything now").click()
    expect(page.get_by_role("status").first).to_contain_text("were deleted")
    assert room.folders() == []
    assert not any(WORDS.encode() in p.read_bytes() for p in room.temporary.rglob("*") if p.is_file())
    answer = page.request.get(address)
    assert answer.status == 404


def test_a_phone_and_no_javascript_are_enough(visit: Callable[..., Page], room: Room, tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text(talk(3))
    page = visit("coder-a", "/drop", 390, java_script_enabled=False)
    page.locator("input[type=file]").set_input_files(tmp_path / "talk.txt")
    page.get_by_role("button", name="Read the files").click()
    expect(page.locator("h1")).to_have_text("What was read")
    page.get_by_role("button", name="Start the assessment").click()
    expect(page.locator("h1")).to_have_text("The assessment is done")
    page.get_by_role("button", name="Close and delete everything now").click()
    assert room.folders() == []


def test_too_much_is_refused_before_it_is_sent(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit("coder-a", "/drop", 390)
    looked_at(page, "drop-390")
    for number in range(201):
        (tmp_path / f"{number}.txt").write_text("x")
    page.locator("input[type=file]").set_input_files(sorted(tmp_path.glob("*.txt")))
    expect(page.locator("#drop-told")).to_contain_text("201 files are too many")
    expect(page.get_by_role("button", name="Read the files")).to_be_disabled()


def test_stopping_deletes_and_a_killed_studio_can_go_on(visit: Callable[..., Page], room: Room, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text(talk(150_000))
    page = visit("owner", "/drop")
    page.locator("input[type=file]").set_input_files(tmp_path / "long.txt")
    page.get_by_role("button", name="Read the files").click()
    expect(page.locator("h1")).to_have_text("At work on your files")
    looked_at(page, "at-work-1280")
    address = page.url
    page.goto("about:blank")  # the page asks again by itself, and would run into the next visit
    room.end(kill=True)
    assert len(room.folders()) == 1, "nobody was there to delete it"
    room.start()
    page.goto(address)
    expect(page.locator("h1")).to_have_text("Broken off")
    looked_at(page, "broken-1280")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("h1")).to_have_text("At work on your files")
    page.goto("about:blank")
    room.end()
    assert room.folders() == []
    room.start()
    page.goto(address)
    expect(page.locator("h1")).to_have_text("The studio was stopped")
    looked_at(page, "stopped-1280")


@pytest.mark.parametrize("width", [390, 1280])
def test_everybody_can_use_the_other_pages(visit: Callable[..., Page], room: Room, width: int) -> None:
    project = f"/p/{room.scene.project}"
    for name, path in {
        "training-owner": f"{project}/training",
        "training-coder": f"{project}/training/coders/{room.scene.person['coder-a']}",
        "gold": f"{project}/training/gold",
        "gold-unit": f"{project}/training/gold/{room.ids['gold']}",
        "exchange": f"{project}/exchange",
        "withdraw": f"{project}/withdraw",
        "withdraw-unit": f"{project}/withdraw/{room.ids['gold']}",
        "account": "/account",
        "accounts": "/accounts",
        "home": "/",
    }.items():
        page = visit("owner", path, width)
        looked_at(page, f"{name}-{width}")
        page.close()
    for name, path in {
        "training": f"{project}/training",
        "preferences": f"{project}/preferences",
        "queue": f"{project}/queue",
    }.items():
        page = visit("coder-a", path, width)
        looked_at(page, f"{name}-{width}")
        page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_practice_with_the_mouse(visit: Callable[..., Page], room: Room, width: int) -> None:
    page = visit("coder-a", f"/p/{room.scene.project}/training/practice/{room.ids['practice']}", width)
    looked_at(page, f"practice-warning-{width}")
    page.get_by_role("button", name="Begin reading").click()
    looked_at(page, f"practice-{width}")
    page.locator('[data-place="0.3"] .said').click(click_count=3)
    expect(page.locator("[name=turn_1]")).to_have_value("0.3")
    expect(page.locator("[name=words_1]")).to_have_value(TALK[3][1])
    expect(page.locator("[name=turn_2]")).to_have_value("")
    page.locator("input[name=score][value='2']").check()
    page.get_by_role("button", name="Answer and see what is right").click()
    expect(page.locator("#feedback")).to_contain_text("You said 2; the gold answer is 3.")
    expect(page.locator("#feedback")).to_contain_text("Both chose the task.")
    looked_at(page, f"feedback-{width}")
    page.get_by_role("button", name="End this practice unit").click()
    expect(page.locator("main")).to_contain_text("P0001 submitted")
