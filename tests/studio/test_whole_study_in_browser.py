"""The whole way of a study in a real browser: four coders, a lost connection, a disputed 0, a decision, the report."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.sheet import Planned
from dtnexus.storage import assignments, settling, units
from dtnexus.storage.database import open_database, sqlite_url
from dtnexus.studio.demo import Demo
from tests.chromium import NEEDS_BROWSER
from tests.studio.coding_desk import choose, press
from tests.studio.coding_server import Server
from tests.studio.house import House, quick_settings
from tests.studio.whole_study import (
    DENIES,
    RATED,
    Sheet,
    enter,
    log_in,
    lose_the_line,
    mark_by_hand,
    open_unit,
    rate_by_hand,
    sheets,
    submit_by_hand,
)

pytestmark = [pytest.mark.browser, NEEDS_BROWSER]
CODERS = ("coder-a", "coder-b", "coder-c", "coder-d")
DISPUTED = "F1"


class Study:
    """The demo project at a real server; its people each in a browser of their own."""

    def __init__(self, browser: Browser, server: Server, house: House) -> None:
        self._browser = browser
        self.server = server
        self.house = house
        self.pages: dict[str, Page] = {}
        self.faults: list[str] = []
        framework = load_framework("dtn-op@0.1", MAXIMA)
        with house.settings.database.reading() as connection:
            self.units = {one.label: one for one in units.units_of(connection, house.demo.project_id)}
            words = {one.label: units.interaction_of(connection, one.id) for one in self.units.values()}
        self.sheets = {label: sheets(interaction, framework) for label, interaction in words.items()}
        self.label = {one.interaction_id: label for label, one in self.units.items()}

    def person(self, login: str) -> Page:
        """Somebody's page, logged in by the login page."""
        if login not in self.pages:
            context = self._browser.new_context(viewport={"width": 1280, "height": 850})
            context.set_default_timeout(30_000)
            page = self.pages[login] = context.new_page()
            page.on("pageerror", lambda error: self.faults.append(str(error)))
            page.on("console", lambda told: self.faults.append(told.text) if "Security" in told.text else None)
            log_in(self.house, page, self.server.address, login)
        return self.pages[login]

    def go(self, login: str, path: str) -> Page:
        """Somebody at a page of the project."""
        page = self.person(login)
        page.goto(f"{self.server.address}{self.house.project}/{path}")
        return page

    def queue(self, login: str) -> dict[str, str]:
        """Label -> address of a coder's units, read off the page."""
        links = self.go(login, "queue").locator("tbody th a").all()
        return {link.inner_text(): str(link.get_attribute("href")) for link in links}

    def earned(self, login: str, interaction: str) -> str:
        """What the page of a unit says of the earned level."""
        page = self.go(login, f"browse/{self.units[self.label[interaction]].id}")
        return page.locator("dt", has_text="Earned").locator("xpath=following-sibling::dd").inner_text()


@pytest.fixture
def study(browser: Browser, demo_made: tuple[Path, Demo], tmp_path: Path) -> Iterator[Study]:
    path, demo = demo_made
    shutil.copy(path, tmp_path / "studio.sqlite")
    database = open_database(sqlite_url(tmp_path / "studio.sqlite"))
    server = Server(tmp_path / "studio.sqlite")
    server.start()
    made = Study(browser, server, House(quick_settings(database), demo))
    given_to_two(made, RATED)
    yield made
    for page in made.pages.values():
        page.context.close()
    made.house.app.state.studio.desk.close()
    database.close()
    server.kill()
    assert made.faults == []


def given_to_two(study: Study, interaction: str) -> None:
    """See to it that two people code a unit, whether or not the plan of the demo shares it."""
    unit = study.units[study.label[interaction]]
    with study.house.settings.database.writing() as connection:
        coders = {
            of: {one.person_id for one in assignments.assignments_of_unit(connection, of)}
            for of in (each.id for each in study.units.values())
        }
        if len(coders[unit.id]) == 1:
            other = min(set().union(*coders.values()) - coders[unit.id])
            more = Planned(unit_id=unit.id, person_id=other, position=0, overlap=True)
            assignments.add_assignments(connection, study.house.demo.project_id, [more], datetime.now(UTC))


def code_by_hand(study: Study, login: str, label: str, sheet: Sheet, loses_the_line: bool = False) -> None:
    """One unit on the coding page, without any short cut."""
    page = study.go(login, "queue")
    open_unit(page, label)
    mark_by_hand(page, sheet)
    if loses_the_line:
        lose_the_line(page.context, page, sheet)
    else:
        rate_by_hand(page, sheet)
    submit_by_hand(page)


def dispute(study: Study, login: str, label: str, sheet: Sheet) -> None:
    """The second coder of a unit sees one opportunity at 0 that the first one did not; that is done by hand."""
    enter(study.go(login, "queue"), study.queue(login)[label], sheet, wholly=False)
    page = study.go(login, "queue")
    open_unit(page, label)
    choose(page, DISPUTED)
    page.locator(f"#c-{DISPUTED} select[name=score]").first.select_option("0")
    expect(page.locator(f"#c-{DISPUTED} .c-hint")).to_contain_text("come to 0; you decide")
    page.locator(f"#c-title-{DISPUTED}").focus()
    press(page, "r")
    page.keyboard.type(" At first it calls itself one of the team.")
    submit_by_hand(page)


def everybody_codes(study: Study) -> int:
    """All units of the examples; each coder does one of them without any short cut. How many sheets."""
    met: set[str] = set()
    by_hand: set[str] = set()
    done = 0
    for login in CODERS:
        for label, address in study.queue(login).items():
            first, second = study.sheets[label]
            interaction, again = study.units[label].interaction_id, label in met
            if interaction == RATED and again:
                dispute(study, login, label, second)
            elif interaction == DENIES and not again:
                code_by_hand(study, login, label, first, loses_the_line=True)
            elif interaction == DENIES:
                enter(study.go(login, "queue"), address, softened(second))
            elif login not in by_hand and interaction != RATED:
                code_by_hand(study, login, label, first)
                by_hand.add(login)
            else:
                enter(study.go(login, "queue"), address, first)
            met.add(label)
            done += 1
    assert met == set(study.units), "every example was coded"
    assert by_hand == set(CODERS)
    return done


def softened(sheet: Sheet) -> Sheet:
    """The same with a 2 instead of the 0."""
    return [{**one, "answer": {**one["answer"], "score": 2}} if one["criterion"] == DISPUTED else one for one in sheet]


def decide(study: Study, interaction: str, score: int) -> None:
    """An adjudicator on the disputed criterion, through the list of what waits."""
    page = worked_out(study.go("adjudicator", "adjudicate"))
    page.get_by_role("link", name=study.label[interaction]).click()
    question = page.locator(f"#q-{DISPUTED}")
    expect(question).to_contain_text("One coder found a 0 on a safety-critical criterion.")
    question.locator(f"input[name=verdict][value='{score}']").check()
    question.locator("input[name=words]").first.check()
    question.locator("textarea").fill("Read again, word by word, by a third person.")
    question.get_by_role("button", name="Keep this decision").click()
    expect(page.locator(f"#q-{DISPUTED} .r-standing")).to_contain_text("Decided:")


def worked_out(page: Page) -> Page:
    """The same page after the studio has decided what it had not decided when it was opened."""
    expect(page.locator(".r-left")).to_have_count(0, timeout=60_000)
    return page


def reported(study: Study, interaction: str) -> str:
    """What the report, on its page in a reader's browser, says of the earned level of one interaction."""
    report = study.go("viewer", "results/report")
    expect(report.locator("#glance")).to_be_visible()
    part = report.locator(f"details.interaction[data-id='{interaction}']")
    part.locator("summary").first.click()
    expect(part.locator("section.card", has_text="Earned").locator(".big")).to_be_visible()
    return part.locator("section.card", has_text="Earned").inner_text()


def test_four_coders_one_decision_and_the_report(study: Study) -> None:
    sheets = everybody_codes(study)
    assert sheets == sum(len(study.queue(login)) for login in CODERS) > len(study.units)
    with study.house.settings.database.reading() as connection:
        kept = settling.statements_of(connection, study.house.demo.project_id)
    criteria = len(study.sheets[study.label[RATED]][0])
    assert len(kept) == criteria * sheets == criteria * len({one.submission_id for one in kept})
    assert study.earned("owner", RATED).startswith("cannot be determined")
    assert study.earned("owner", DENIES).startswith("below level 1")
    assert "cannot be determined" in reported(study, RATED)
    decide(study, RATED, 3)
    decide(study, DENIES, 0)
    assert study.earned("owner", RATED).startswith("level 2")
    assert study.earned("owner", DENIES).startswith("disqualified")
    assert "level 2" in reported(study, RATED)
    assert "disqualified" in reported(study, DENIES)
    results = worked_out(study.go("viewer", "results"))
    changed = results.locator("table", has_text="What decisions changed")
    expect(changed.locator("tr", has_text=study.label[RATED])).to_contain_text(
        re.compile("cannot be determined.*level 2", re.DOTALL)
    )
    expect(changed.locator("tr", has_text=study.label[DENIES])).to_contain_text("disqualified")
