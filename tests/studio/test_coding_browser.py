"""The coding page in a real browser, against a real server."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dtnexus.rating import NotObservable, Rating
from dtnexus.storage import coding, settling
from dtnexus.studio.pages import SESSION_COOKIE, visible
from tests.chromium import NEEDS_BROWSER
from tests.studio.coding_desk import ME, Desk, choose, focused, press, saved
from tests.studio.coding_scene import EMOJI, HOSTILE

pytestmark = [pytest.mark.browser, NEEDS_BROWSER]


def test_a_whole_unit_is_coded_by_keyboard_alone(desk: Desk) -> None:
    page = desk.open(desk.context())
    press(page, "Tab", "Enter")
    expect(page.locator("#c-turn-0-0")).to_be_focused()
    press(page, "Tab")
    expect(page.locator("#c-read")).to_be_focused()
    expect(page.locator("#c-read")).to_have_attribute("aria-disabled", "false")
    press(page, "Enter")
    expect(page.locator("#coding")).to_have_attribute("data-pass", "mark")
    expect(page.locator("#c-turn-0-0")).to_be_focused()
    press(page, "ArrowDown", "ArrowDown")
    expect(page.locator("#c-turn-0-2")).to_be_focused()
    press(page, "ArrowRight", *["Shift+ArrowRight"] * 6, "Shift+ArrowLeft")
    expect(page.locator("#c-told")).to_contain_text("so alone")
    press(page, "Enter", "b", "1")
    assert focused(page) == "B1"
    press(page, "Enter")
    expect(page.locator("#c-turn-0-2")).to_be_focused()
    press(page, "ArrowDown", "ArrowDown", "ArrowRight", "Shift+End", "Enter", "f", "1", "Enter")
    expect(page.locator("#c-turn-0-4 .c-tag")).to_have_text("F1")
    tab_to(page, "c-to-rate")
    press(page, "Enter")
    expect(page.locator("#coding")).to_have_attribute("data-pass", "rate")
    order = page.eval_on_selector_all(".c-card", "cards => cards.map(card => card.dataset.criterion)")
    press(page, *["k"] * len(order))
    rate_by_keyboard(page, order)
    tab_to(page, "c-submit")
    press(page, "Enter")
    expect(page.locator("#c-sure")).to_be_visible()
    press(page, "Enter")
    expect(page.locator("#c-missing-told")).to_contain_text("Submitted")
    assert desk.own().state == "submitted"
    with desk.database.reading() as connection:
        kept = {row.criterion: row.statement for row in settling.statements_of(connection, desk.scene.project)}
    rating = kept["B1"]
    assert isinstance(rating, Rating)
    assert (rating.score, rating.why, rating.episodes[0].cue_turn) == (1, "passed over, 2 times", 2)
    quote = rating.episodes[0].quote
    assert quote == EMOJI[: EMOJI.index(" today")]
    assert sum(isinstance(one, NotObservable) for one in kept.values()) == len(order) - 2
    expect(page.locator(f"#c-{order[-1]} .c-key").first).to_be_disabled()


def tab_to(page: Page, wanted: str) -> None:
    """Go on with Tab until something has the focus; nothing is focused by a script."""
    for _ in range(250):
        if focused(page) == wanted:
            return
        press(page, "Tab")
    raise AssertionError(f"Tab does not lead to {wanted}")


def rate_by_keyboard(page: Page, order: list[str]) -> None:
    """Answer every criterion: B1 with a 1, F1 with a 3, all others with N."""
    for criterion in order:
        assert focused(page) == f"c-title-{criterion}"
        if criterion == "B1":
            press(page, "1", "r")
            page.keyboard.type("passed over, 2 times")
            press(page, "Escape")
            assert focused(page) == f"c-title-{criterion}", "Escape leads out of the reasons"
        elif criterion == "F1":
            press(page, "e")
            expect(page.locator("#c-turn-0-4")).to_be_focused()
            press(page, "3", "Escape")
        else:
            press(page, "n")
        press(page, "j")
    saved(page)


def test_words_selected_with_the_mouse_behind_emoji_are_those_that_were_meant(desk: Desk) -> None:
    page = desk.at("mark")
    page.locator("#c-turn-0-2 .c-said").evaluate(
        """said => {
          const text = said.firstChild, at = text.data.indexOf("alone today");
          getSelection().setBaseAndExtent(text, at, text, at + "alone today".length);
        }"""
    )
    expect(page.locator("#c-picked-text")).to_contain_text("“alone today” · turn 3")
    choose(page, "B1")
    saved(page)
    (mark,) = desk.sheet().of("B1").marks
    assert (mark.quote, EMOJI[mark.start : mark.end]) == ("alone today", "alone today")
    assert (mark.cue_turn, mark.agent_turn) == (2, 3)
    expect(page.locator("#c-turn-0-2 mark")).to_have_text("alone today")


def test_rules_are_told_beside_the_scores(desk: Desk) -> None:
    page = desk.at("mark")
    page.focus("#c-turn-0-1")
    press(page, "ArrowRight", "Enter", "a", "2", "Enter")
    page.click("[data-go=rate]")
    choose(page, "A1")
    press(page, "3")
    expect(page.locator("#c-A1 .c-refused")).to_contain_text("needs the words it rests on")
    choose(page, "A2")
    page.select_option("#c-A2 select[name=cue_turn]", "null")
    press(page, "Escape")
    page.locator("#c-title-A2").focus()
    press(page, "1")
    expect(page.locator("#c-A2 .c-refused")).to_contain_text("name the client's turn")
    expect(page.locator("#c-missed-A2")).to_be_focused()
    page.select_option("#c-missed-A2", '{"session":0,"turn":4}')
    saved(page)
    assert desk.sheet().of("A2").answer.missed.turn == 4
    assert desk.sheet().of("A1").answer is None
    page.select_option("#c-A2 select[name=score]", "1")
    expect(page.locator("#c-A2 .c-hint")).to_contain_text("come to 1; you decide")


def test_undo_takes_the_last_action_back_as_a_new_one(desk: Desk) -> None:
    page = desk.at("rate")
    press(page, "n", "j", "n")
    saved(page)
    press(page, "Control+z")
    saved(page)
    assert (desk.sheet().of("A2").answer, desk.sheet().of("A2").version) == (None, 2)
    assert desk.sheet().of("A1").answer.kind == "not_observable"


@pytest.mark.parametrize("mine", [True, False])
def test_two_tabs_never_overwrite_one_another(desk: Desk, mine: bool) -> None:
    context = desk.context()
    first = desk.at("rate", context)
    second = desk.open(desk.context())  # another device: knows nothing of the first
    third = desk.open(context)
    press(first, "n", "r")
    first.keyboard.type("seen first")
    first.locator("#c-title-A1").focus()
    saved(first)
    expect(third.locator("#c-notices")).to_contain_text("A1 was changed in another tab.")
    third.click("#c-notices button")
    expect(third.locator("#c-why-A1")).to_have_value("seen first")
    press(second, "n")
    expect(second.locator("#c-saved")).to_contain_text("Two versions of A1: choose one")
    conflict = second.locator("#c-A1 .c-conflict")
    expect(conflict).to_contain_text("not observable, “seen first”")
    assert desk.sheet().of("A1").answer.reason == "seen first", "nothing is overwritten"
    press(second, "n")
    conflict.locator("button[value=mine]" if mine else "button[value=theirs]").click()
    saved(second)
    assert desk.sheet().of("A1").answer.reason == ("" if mine else "seen first")


def test_without_a_connection_nothing_is_lost_and_nothing_counts_twice(desk: Desk) -> None:
    context = desk.context()
    page = desk.at("mark", context)
    context.set_offline(True)
    page.focus("#c-turn-0-2")
    press(page, "ArrowRight", "Shift+ArrowRight", "Enter", "b", "1", "Enter")
    page.click("[data-go=rate]")
    choose(page, "B1")
    press(page, "2", "3", "r")
    page.keyboard.type("typed without a line")
    page.locator("#c-title-B1").focus()
    expect(page.locator("#c-saved")).to_contain_text("Offline: 5 waiting, kept on this device")
    assert desk.sheet().criteria == {}
    kept = page.evaluate("Object.values(localStorage).join()")
    assert "typed without a line" in kept
    assert not any(word in kept for word in ("alone", "sister", "feel", "quote"))
    context.set_offline(False)
    saved(page)
    stands = desk.sheet().of("B1")
    assert (stands.version, len(stands.marks), stands.answer.score) == (4, 1, 3)
    assert stands.answer.rationale == "typed without a line"
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_what_waits_is_sent_by_the_next_visit_when_the_tab_was_closed(desk: Desk) -> None:
    context = desk.context()
    page = desk.at("rate", context)
    context.set_offline(True)
    press(page, "n", "j", "n")
    expect(page.locator("#c-saved")).to_contain_text("2 waiting")
    page.close()
    context.set_offline(False)
    saved(desk.open(context))
    assert {name for name, one in desk.sheet().criteria.items() if one.answer} == {"A1", "A2"}


def test_a_server_that_is_killed_and_started_again_loses_nothing(desk: Desk) -> None:
    page = desk.at("rate")
    press(page, "n")
    saved(page)
    desk.server.kill()
    press(page, "j", "n", "j", "n", "Control+z", "n")
    expect(page.locator("#c-saved")).to_contain_text("Offline: 4 waiting")
    desk.server.start()
    saved(page)
    assert [desk.sheet().of(name).version for name in ("A1", "A2", "A3")] == [1, 1, 3]


def test_an_answer_that_was_lost_on_the_way_counts_once(desk: Desk) -> None:
    page = desk.at("rate")
    lost = iter([True])

    def lose(route: Any) -> None:
        if next(lost, False):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/actions", lose)
    press(page, "n")
    saved(page)
    assert desk.sheet().of("A1").version == 1


def test_logged_out_in_between_nothing_is_lost(desk: Desk) -> None:
    context = desk.context()
    page = desk.at("rate", context)
    context.clear_cookies()
    press(page, "n")
    expect(page.locator("#c-saved")).to_contain_text("Logged out: log in in another tab. 1 waiting")
    context.add_cookies([{"name": SESSION_COOKIE, "value": desk.scene.token[ME], "url": desk.server.address}])
    saved(page)
    assert desk.sheet().of("A1").version == 1


def test_what_comes_after_the_unit_was_closed_elsewhere_is_told_and_does_not_count(desk: Desk) -> None:
    context = desk.context()
    page = desk.at("rate", context)
    context.set_offline(True)
    press(page, "n", "j", "n")
    expect(page.locator("#c-saved")).to_contain_text("2 waiting")
    with desk.database.writing() as connection:
        own = desk.own()
        left = coding.skip(connection, own, uuid.uuid4().hex, own.version, "", datetime.now(UTC))
    assert isinstance(left, coding.Done)
    context.set_offline(False)
    expect(page.locator("#c-notices")).to_contain_text("came too late and do not count")
    expect(page.locator("#c-over-title")).to_be_visible()
    assert desk.sheet().criteria == {}
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_hostile_words_are_shown_as_words(desk: Desk) -> None:
    page = desk.at("mark", number=1)
    assert page.locator("#c-turn-0-0 .c-said").evaluate("said => said.textContent") == visible(HOSTILE)
    assert page.locator("#c-turns script, #c-turns img, #c-turns b").count() == 0
    assert page.title() != "broken"
    page.focus("#c-turn-0-0")
    press(page, "ArrowRight", "Shift+End", "Enter", "a", "1", "Enter")
    saved(page)
    (mark,) = desk.sheet(1).of("A1").marks
    assert mark.quote in HOSTILE and "\x00\x07\x1b" in mark.quote and "\u202e" in mark.quote
    page.click("[data-go=rate]")
    choose(page, "A1")
    assert page.locator(".c-card script, .c-card img, .c-card b b").count() == 0
    page.locator("#c-why-A1").fill(HOSTILE.replace("\x00", ""))
    press(page, "Tab")
    saved(page)
    page.reload()
    expect(page.locator("#c-why-A1")).to_have_value(HOSTILE.replace("\x00", ""))
    assert page.title() != "broken"


def test_skipping_takes_one_click_and_goes_on_with_the_next_unit(desk: Desk) -> None:
    page = desk.at("read")
    page.click("#c-out")
    expect(page.locator("#c-turns")).to_be_hidden()
    page.click("#c-stay")
    expect(page.locator("#c-turns")).to_be_visible()
    page.click("#c-out")
    page.fill("#c-reason", "too near today")
    page.click("#c-leave-go")
    page.wait_for_url(f"**{desk.scene.page(ME, 1)}")
    assert (desk.own().state, desk.own().skip_reason) == ("skipped", "too near today")


def test_single_keys_can_be_turned_off(desk: Desk) -> None:
    page = desk.at("rate")
    press(page, "?")
    page.uncheck("#c-single")
    press(page, "Escape", "n")
    assert page.locator("#c-A1 .c-key[aria-pressed=true]").count() == 0
    page.click("#c-A1 .c-key[data-score=N]")
    saved(page)
    assert desk.sheet().of("A1").answer.kind == "not_observable"
