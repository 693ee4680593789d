from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dtnexus.reporting.html import DEFAULTS, ReportOptions, write_report
from tests.chromium import NEEDS_BROWSER

pytestmark = [pytest.mark.browser, NEEDS_BROWSER]


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open a report offline; console messages and requests other than the file itself are faults."""
    faults: list[str] = []
    contexts = []

    def opened(corpus: Any, options: ReportOptions = DEFAULTS, **settings: Any) -> Page:
        path = tmp_path / "report.html"
        write_report(corpus.assessments, corpus.transcripts, corpus.framework, path, options)
        context = browser.new_context(offline=True, **settings)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: faults.append(request.url) if request.url != path.as_uri() else None)
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not fault.startswith("data:")] == []


def test_keys_move_between_interactions_and_episodes(visit: Callable[..., Page], corpus: Any) -> None:
    page = visit(corpus)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('details').id") == "i2"
    page.keyboard.press("k")
    page.keyboard.press("o")
    assert page.locator("#i1").evaluate("e => e.open") is True
    page.keyboard.press("n")
    page.wait_for_selector(".turn.seen")
    first = page.locator(".turn.seen").get_attribute("id")
    page.keyboard.press("n")
    expect(page.locator(".turn.seen")).not_to_have_id(first or "")
    page.keyboard.press("p")
    expect(page.locator(".turn.seen")).to_have_id(first or "")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_keys_can_be_turned_off(visit: Callable[..., Page], corpus: Any) -> None:
    page = visit(corpus)
    page.click("#help")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.locator("details.here").count() == 0


def test_the_first_stop_of_the_tab_key_skips_to_the_content(visit: Callable[..., Page], corpus: Any) -> None:
    page = visit(corpus)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_filter_and_sort(visit: Callable[..., Page], corpus: Any) -> None:
    page = visit(corpus)
    page.keyboard.press("/")
    page.keyboard.type("0002")
    expect(page.locator("#shown")).to_have_text("1 of 2 shown")
    assert not page.locator("#i1").is_visible() and page.locator("#i2").is_visible()
    page.fill("#filter", "")
    expect(page.locator("#shown")).to_have_text("2 of 2 shown")
    page.select_option("#f-presented", "X1")
    assert page.locator("#shown").text_content() == "0 of 2 shown"
    page.select_option("#f-presented", "")
    page.click("#table thead th:nth-child(2) button")
    page.click("#table thead th:nth-child(2) button")
    assert page.locator("#table tbody tr").first.get_attribute("data-for") == "i2"


def test_a_flag_leads_to_its_turn(visit: Callable[..., Page], corpus: Any) -> None:
    page = visit(corpus, ReportOptions(inline_limit=0))
    page.click("#flags .quoted a")
    page.wait_for_selector("#i1-s0-t7.seen")
    assert page.evaluate("document.activeElement.id") == "i1-s0-t7"
    assert "worked as a therapist" in (page.locator("#i1-s0-t7 mark").first.text_content() or "")


def test_words_cannot_run(visit: Callable[..., Page], attack: Any) -> None:
    page = visit(attack, ReportOptions(inline_limit=0))
    page.click("#load-all")
    page.wait_for_selector("#i1 .turn")
    assert page.title() == ReportOptions().title
    assert page.locator("main img, main svg, main script:not(.island)").count() == 0


def test_a_thousand_interactions_open(visit: Callable[..., Page], make_corpus: Callable[[int], Any]) -> None:
    page = visit(make_corpus(1000), ReportOptions(full_limit=1000))
    assert page.locator("#table tbody tr").count() == 1000
    assert page.locator(".turn").count() == 0
    page.fill("#filter", "pair-0777")
    expect(page.locator("#shown")).to_have_text("1 of 1000 shown")
    page.click("#table tbody tr:not([hidden]) a")
    page.wait_for_selector("#i777 .turn mark")


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_needs_no_sideways_scrolling(visit: Callable[..., Page], corpus: Any, width: int) -> None:
    page = visit(corpus, viewport={"width": width, "height": 700})
    page.click("#load-all")
    page.wait_for_selector("#i2 .turn")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_dark_by_preference_and_by_choice(visit: Callable[..., Page], corpus: Any) -> None:
    page = visit(corpus, color_scheme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    page.click("#theme")
    light = page.evaluate(paper)
    page.click("#theme")
    assert page.evaluate(paper) == dark != light


CONTRAST = """() => {
  const numbers = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => { for (; e; e = e.parentElement) {
    const c = numbers(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const poor = new Set();
  for (const e of document.querySelectorAll("body *")) {
    if (!Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
    const [a, b] = [light(numbers(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.add(`${e.tagName}.${e.className} ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
  }
  return [...poor];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(visit: Callable[..., Page], corpus: Any, scheme: str) -> None:
    page = visit(corpus, color_scheme=scheme)
    page.click("#load-all")
    page.wait_for_selector("#i2 .turn")
    assert page.evaluate(CONTRAST) == []


def test_it_prints_with_everything_open(visit: Callable[..., Page], corpus: Any, tmp_path: Path) -> None:
    page = visit(corpus)
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") >= 3


def test_it_can_be_read_without_scripts(visit: Callable[..., Page], corpus: Any) -> None:
    page = visit(corpus, java_script_enabled=False)
    page.locator("#i1 > summary").click()
    assert page.locator("#i1 .turn").first.is_visible()
    assert not page.locator("#filter").is_visible()
