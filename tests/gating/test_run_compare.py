"""`dtnexus compare`: what is set side by side, what is not, and the page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dtnexus.reporting.lock import LOCKED, VERDICT
from tests.chromium import NEEDS_BROWSER
from tests.cli.program import call
from tests.gating.invented import honest, probe_folder
from tests.reporting.test_browser import CONTRAST


@pytest.fixture(scope="module")
def page_of(faulty: Path, repaired: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("compare") / "compare.html"
    ended = call("compare", faulty, repaired, "-o", path, "--title", "Version 1.0 and 1.1")
    assert ended.code == 0, ended.err
    return path


def as_json(*call_with: Any) -> dict[str, Any]:
    ended = call("compare", *call_with, "--json")
    assert ended.code == 0, ended.err
    found: dict[str, Any] = json.loads(ended.out)
    return found


def test_runs_of_the_same_probe_and_setting_are_paired(faulty: Path, repaired: Path) -> None:
    found = as_json(faulty, repaired)
    assert len(found["pairs"]) == 8
    assert found["only_first"] == found["only_second"] == []
    assert {pair["key"] for pair in found["pairs"]} >= {"PB18 1.0, repeat 1, early, memory on"}
    assert found["differences"] == []
    stars = {star["criterion"]: star for star in found["stars"]}
    assert stars["F1"]["first"] > stars["F1"]["second"] == 0
    rates = {rate["id"]: rate for rate in found["rates"]}
    assert rates["F1<=1"]["difference"] < 0
    assert found["first"]["summary"]["agents"] == {"invented-bot 1.0": 8}


def test_text_says_the_same(faulty: Path, repaired: Path) -> None:
    ended = call("compare", faulty, repaired)
    assert ended.code == 0
    assert "8 pairs of conversations" in ended.out
    assert re.search(r"★ F1 at 0 +[1-9]\d* of \d+ +0 of \d+", ended.out)


def test_a_run_beside_itself_differs_in_nothing(faulty: Path) -> None:
    found = as_json(faulty, faulty)
    assert not any(pair["moved"] for pair in found["pairs"])
    assert all(rate["difference"] in (0, None) for rate in found["rates"])


def test_another_coder_is_named_and_forbids_differences_only(faulty: Path, tmp_path: Path) -> None:
    text = (faulty / "assessments.jsonl").read_text(encoding="utf-8")
    version = json.loads(text.splitlines()[0])["coders"][0]["version"]
    other = tmp_path / "other"
    other.mkdir()
    moved = text.replace(f'"name":"linear","version":"{version}"', '"name":"linear","version":"99"')
    assert moved != text
    (other / "assessments.jsonl").write_text(moved, encoding="utf-8")
    (other / "transcripts.jsonl").write_bytes((faulty / "transcripts.jsonl").read_bytes())
    found = as_json(faulty, other)
    assert [(each["what"], each["blocks"]) for each in found["differences"]] == [("coder", True)]
    assert {rate["difference"] for rate in found["rates"]} == {None}
    assert any(rate["first"]["value"] is not None for rate in found["rates"])
    told = call("compare", faulty, other, "-o", tmp_path / "c.html").out
    assert "NOT COMPARABLE, other coder: A linear" in told
    assert "Not comparable in full" in (tmp_path / "c.html").read_text(encoding="utf-8")


def test_another_framework_is_named_and_the_words_still_stand_side_by_side(faulty: Path, tmp_path: Path) -> None:
    text = (faulty / "assessments.jsonl").read_text(encoding="utf-8")
    digest = json.loads(text.splitlines()[0])["framework_digest"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "assessments.jsonl").write_text(text.replace(digest, "f" * 64), encoding="utf-8")
    found = as_json(faulty, other)
    assert [each["what"] for each in found["differences"] if each["blocks"]] == ["framework"]
    assert len(found["pairs"]) == 8
    told = call("compare", faulty, other, "-o", tmp_path / "c.html")
    assert told.code == 0
    assert "The transcript of B is not at hand." in (tmp_path / "c.html").read_text(encoding="utf-8")


def test_other_probes_and_seeds_are_named_and_what_is_shared_is_compared(faulty: Path, tmp_path: Path) -> None:
    other = probe_folder(tmp_path / "run", honest, "1.1", repeats=2, probes=("PB01", "PB12"), seed=8)
    found = as_json(faulty, other)
    assert [(each["what"], each["blocks"]) for each in found["differences"]] == [
        ("probes", False),
        ("settings of probes", False),
    ]
    assert len(found["pairs"]) == 4
    assert len(found["only_first"]) == 4


def test_conversations_without_probes_are_paired_by_name(assessed: Path) -> None:
    found = as_json(assessed, assessed)
    assert [pair["probe"] for pair in found["pairs"]] == [None]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["A", "nowhere"], "no such file"),
        (["A", "B", "-o", "out.txt"], ".html is wanted"),
        (["A", "B", "-o", "."], "is a folder"),
        (["A"], "Missing argument"),
    ],
)
def test_wrong_calls(arguments: list[str], words: str, faulty: Path, repaired: Path) -> None:
    named = {"A": str(faulty), "B": str(repaired)}
    ended = call("compare", *[named.get(each, each) for each in arguments])
    assert (ended.code, words in ended.err) == (2, True), ended.err


def test_the_page_keeps_the_lock_and_fetches_nothing(page_of: Path) -> None:
    text = page_of.read_text(encoding="utf-8")
    shown = re.sub(r"<(style|script)\b.*?</\1>|<aside.*?</aside>", "", text, flags=re.DOTALL)
    shown = re.sub(r"<(\w+)[^>]*data-said[^>]*>.*?</\1>", "", shown, flags=re.DOTALL)
    assert not LOCKED.search(shown) and not VERDICT.search(shown)
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)""", text)
    assert "default-src 'none'" in text
    assert text.count("<h1>Version 1.0 and 1.1</h1>") == 1


def test_the_same_runs_give_the_same_bytes(page_of: Path, faulty: Path, repaired: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.html"
    call("compare", faulty, repaired, "-o", again, "--title", "Version 1.0 and 1.1")
    assert again.read_bytes() == page_of.read_bytes()


@pytest.fixture
def visit(browser: Browser, page_of: Path) -> Iterator[Callable[..., Page]]:
    """Open the page offline; console messages and requests other than the file itself are faults."""
    faults: list[str] = []
    contexts = []

    def opened(**settings: Any) -> Page:
        context = browser.new_context(offline=True, **settings)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: faults.append(asked.url) if asked.url != page_of.as_uri() else None)
        page.goto(page_of.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not fault.startswith("data:")] == []


@pytest.mark.browser
@NEEDS_BROWSER
@pytest.mark.parametrize("width", [1280, 390])
def test_every_count_of_a_bar_is_read_whole(width: int, visit: Callable[..., Page]) -> None:
    """Also where one score has nearly all conversations and the others have hardly any."""
    page = visit(viewport={"width": width, "height": 900})
    clipped = page.evaluate(
        """() => {
        const bar = document.querySelector('.bar2:not([data-none])');
        bar.replaceChildren(...[90, 1, 1, 1, 7].map((n, score) => {
          const part = document.createElement('span');
          part.className = 's' + score; part.style.flexGrow = n;
          part.innerHTML = `<b>${n}</b><small> at ${score}</small>`;
          return part;
        }));
        const end = bar.getBoundingClientRect();
        return [...bar.children].filter(part => {
          const own = part.scrollWidth - part.clientWidth, box = part.getBoundingClientRect();
          return own > 1 || box.right > end.right + 1 || box.bottom > end.bottom + 1;
        }).length;
        }"""
    )
    assert clipped == 0


@pytest.mark.browser
@NEEDS_BROWSER
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_width_needs_sideways_scrolling(visit: Callable[..., Page], width: int) -> None:
    page = visit(viewport={"width": width, "height": 800})
    page.click("#load-all")
    page.wait_for_selector("#i8 .turn")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@NEEDS_BROWSER
def test_answers_stand_side_by_side_and_what_both_hear_stands_once(visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": 1280, "height": 900})
    page.click("#load-all")
    first = page.locator("#i1 .aligned > .sides").filter(has=page.locator(".side-b .turn.agent")).first
    left, right = (first.locator(f"ol.side-{name}").bounding_box() for name in "ab")
    assert left is not None and right is not None
    assert left["y"] == right["y"] and left["x"] + left["width"] <= right["x"]
    assert page.locator("#i1 .aligned .shared").count() >= 1
    assert page.locator("#i1 mark").count() >= 1


@pytest.mark.browser
@NEEDS_BROWSER
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(visit: Callable[..., Page], scheme: str) -> None:
    page = visit(color_scheme=scheme)
    page.click("#load-all")
    page.wait_for_selector("#i8 .turn")
    assert page.evaluate(CONTRAST) == []


@pytest.mark.browser
@NEEDS_BROWSER
def test_it_can_be_read_without_scripts(visit: Callable[..., Page]) -> None:
    page = visit(java_script_enabled=False)
    page.locator("#i1 > summary").click()
    assert page.locator("#i1 .turn").first.is_visible()
