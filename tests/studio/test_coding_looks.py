"""The coding page on desktop and phone, in light and dark, for people who cannot see it too."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import NEEDS_BROWSER
from tests.studio.coding_desk import PHONE, WIDE, Desk, choose, press, saved

pytestmark = [pytest.mark.browser, NEEDS_BROWSER]


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["desktop", "phone"])
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
