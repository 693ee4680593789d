"""The coding page on desktop and phone, in light and dark, for people who cannot see it too."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import NEEDS_BROWSER
from tests.studio.coding_desk import ME, PHONE, WIDE, Desk, choose, press, saved
from tests.studio.whole_study import enter

pytestmark = [pytest.mark.browser, NEEDS_BROWSER]


LOOKS = pytest.mark.parametrize(
    ("viewport", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["desktop-light", "phone-dark"]
)
"""Each size and each scheme once."""


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["desktop", "phone"])
def test_a_phone_shows_one_half_at_a_time_and_nothing_sticks_out(desk: Desk, viewport: dict[str, int]) -> None:
    page = desk.at("rate", desk.context(viewport=viewport))
    wide = viewport is WIDE
    tabs = page.locator("[role=tablist]")
    (expect(tabs).to_be_hidden if wide else expect(tabs).to_be_visible)()
    for name in ("words", "sheet"):
        if not wide:
            page.click(f"#c-tab-{name}")
        assert page.locator("#c-turns").is_visible() is (wide or name == "words")
        assert page.locator("#c-A1").is_visible() is (wide or name == "sheet")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@LOOKS
def test_axe_finds_no_fault_in_any_pass(desk: Desk, scheme: str, viewport: dict[str, int]) -> None:
    page = desk.open(desk.context(viewport=viewport, color_scheme=scheme), 2)
    faultless(page, "warning")
    page.click("#c-begin")
    page.wait_for_selector(".c-turn")
    faultless(page, "read")
    page.locator("#c-read").scroll_into_view_if_needed()
    page.click("#c-read[aria-disabled=false]")
    page.focus("#c-turn-0-2")
    press(page, "ArrowRight", "Shift+End")
    faultless(page, "selected")
    press(page, "Enter", "b", "1", "Enter")
    faultless(page, "mark")
    page.click("[data-go=rate]")
    choose(page, "B1")
    press(page, "1", "j", "2")
    faultless(page, "refused")
    press(page, "k")
    saved(page)
    faultless(page, "rate")
    if viewport is PHONE:
        page.click("#c-tab-words")
        faultless(page, "rate, conversation")
    press(page, "?")
    faultless(page, "keys")
    press(page, "Escape")
    page.click("#c-out")
    faultless(page, "leave")


@LOOKS
def test_axe_finds_no_fault_where_two_tabs_differ(desk: Desk, scheme: str, viewport: dict[str, int]) -> None:
    first = desk.at("rate", desk.context())
    second = desk.open(desk.context(viewport=viewport, color_scheme=scheme))
    press(first, "n", "r")
    first.keyboard.type("seen first")
    first.locator("#c-title-A1").focus()
    saved(first)
    if viewport is PHONE:
        second.click("#c-tab-sheet")
    press(second, "n")
    expect(second.locator("#c-A1 .c-conflict")).to_be_visible()
    faultless(second, "two versions")
    assert second.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    second.locator("#c-A1 .c-conflict button[value=theirs]").click()
    saved(second)


@LOOKS
def test_axe_finds_no_fault_in_what_was_submitted_or_left(desk: Desk, scheme: str, viewport: dict[str, int]) -> None:
    page = desk.open(desk.context(viewport=viewport, color_scheme=scheme))
    order = page.eval_on_selector_all(".c-card", "cards => cards.map(card => card.dataset.criterion)")
    mark = {"session": 0, "turn": 3, "start": 0, "end": 8, "cue_turn": 2, "agent_turn": 3}
    score = {"kind": "score", "score": 1, "missed": {"session": 0, "turn": 2}, "rationale": "too late"}
    sheet = [{"criterion": one, "marks": [], "answer": {"kind": "not_observable"}} for one in order]
    sheet[0] = {"criterion": order[0], "marks": [mark], "answer": score}
    enter(page, desk.scene.page(ME), sheet)
    page.reload()
    expect(page.locator("#c-missing-told")).to_contain_text("Nothing of it can be changed any more")
    faultless(page, "read-only")
    if viewport is PHONE:
        page.click("#c-tab-words")
        faultless(page, "read-only, conversation")
    page.goto(desk.server.address + desk.scene.page(ME, 1))
    page.click("#c-out")
    page.click("#c-leave-go")
    page.wait_for_url(f"**{desk.scene.page(ME, 2)}")
    page.goto(desk.server.address + desk.scene.page(ME, 1))
    expect(page.locator("#c-over-title")).to_be_visible()
    faultless(page, "left to others")


def faultless(page: Page, where: str) -> None:
    page.evaluate((Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    told = [
        (one["impact"], one["id"], [node["target"] for node in one["nodes"]][:4])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert told == [], where
    assert len(found["passes"]) > 10
