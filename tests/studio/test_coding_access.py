"""Attempts to see or do on the coding page what is not one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dtnexus.catalog.loader import load_framework
from dtnexus.sheet import Round
from dtnexus.storage import audit, coding, projects, units
from dtnexus.storage.database import open_database, sqlite_url
from dtnexus.studio.app import make_app
from dtnexus.studio.settings import StudioSettings, utc_now
from tests.studio.coding_hand import JSON, Hand
from tests.studio.coding_scene import MACHINE, PRODUCT, make_scene

WORDS = "I had a row with my sister"


@pytest.fixture
def hand(tmp_path: Path) -> Iterator[Hand]:
    database = open_database(sqlite_url(tmp_path / "studio.sqlite"))
    scene = make_scene(database)
    yield Hand(TestClient(make_app(StudioSettings(database, hosts=("testserver",)))), database, scene)
    database.close()


def every_call(hand: Hand, who: str | None, page: str) -> Iterator[tuple[str, Any]]:
    """Every way into a coding page, tried by somebody."""
    yield "page", hand.get(who, page, JSON)
    yield "state", hand.get(who, f"{page}/state", JSON)
    step = {"id": "attempt-pass", "seen_version": 0, "wanted": "read"}
    yield "pass", hand.post(who, f"{page}/pass", step)
    action = {"id": "attempt-action", "criterion": "A1", "seen_version": 0, "change": {"kind": "clear_answer"}}
    yield "actions", hand.post(who, f"{page}/actions", action)
    yield "skip", hand.post(who, f"{page}/skip", {"id": "attempt-skip", "seen_version": 0})
    yield "submit", hand.post(who, f"{page}/submit", {"id": "attempt-submit", "seen_version": 0})


@pytest.mark.parametrize(
    ("who", "whose", "status"),
    [
        ("coder-b", "coder-a", 404),
        ("coder-c", "coder-a", 404),
        ("owner", "coder-a", 403),
        ("viewer", "coder-a", 403),
        (None, "coder-a", 401),
    ],
)
def test_nobody_enters_the_sheet_of_somebody_else(hand: Hand, who: str | None, whose: str, status: int) -> None:
    for name, answer in every_call(hand, who, hand.scene.page(whose)):
        assert answer.status_code == status, name
        assert WORDS not in answer.text
        assert hand.scene.unit["plain"] not in answer.text
    with hand.database.reading() as connection:
        assert coding.sheet_of(connection, hand.scene.queue[whose][0]).criteria == {}
    assert hand.begin(whose).status_code == 200, "the attempts have changed nothing"


def test_an_assignment_of_one_project_is_not_found_under_another(hand: Hand) -> None:
    foreign = hand.scene.queue["coder-c"][0]
    own = hand.scene.queue["coder-a"][0]
    for who, page in (
        ("coder-a", f"/p/{hand.scene.project}/code/{foreign}"),
        ("coder-c", f"/p/{hand.scene.other}/code/{own}"),
        ("coder-a", f"/p/{hand.scene.project}/code/{'0' * 20}"),
        ("coder-a", f"/p/{hand.scene.project}/code/..%2f{foreign}"),
    ):
        for name, answer in every_call(hand, who, page):
            assert answer.status_code == 404, (page, name)


def test_before_login_the_page_leads_to_the_login(hand: Hand) -> None:
    answer = hand.get(None, hand.scene.page("coder-a"))
    assert (answer.status_code, answer.headers["location"][:7]) == (303, "/login?")


def test_a_request_without_the_secret_of_the_session_changes_nothing(hand: Hand) -> None:
    page = hand.scene.page("coder-a")
    step = {"id": "forged-pass", "seen_version": 0, "wanted": "read"}
    assert hand.post("coder-a", f"{page}/pass", step, csrf="").status_code == 403
    assert hand.post("coder-a", f"{page}/pass", step, csrf="x" * 43).status_code == 403
    assert hand.state("coder-a")["place"]["state"] == "open"


def test_no_answer_holds_the_machine_the_product_or_others(hand: Hand) -> None:
    hand.through("coder-b")
    hand.mark("coder-b", "A1", 1, 0, 4)
    hand.score("coder-b", "A1", 4, rationale="what coder B thinks")
    page = hand.scene.page("coder-a")
    hand.heard.clear()
    hand.through("coder-a")
    assert hand.mark("coder-a", "F1", 5, 0, 2).status_code == 200
    assert hand.score("coder-a", "F1", 3).status_code == 200
    for answer in [*hand.heard, hand.get("coder-a", page), hand.get("coder-a", f"{page}/state")]:
        for secret in (MACHINE, PRODUCT, "Ember", "7.3-secret", "what coder B thinks", "0.875", "coder-b"):
            assert secret not in answer.text
    shown = hand.state("coder-a")
    assert WORDS in str(shown["unit"])
    assert set(shown) == {"csrf", "label", "flagged", "place", "unit", "criteria", "next_unit"}
    assert set(shown["unit"]["sessions"][0][0]) == {"index", "role", "text"}


def test_neither_the_round_nor_the_criterion_of_a_warning_is_told(hand: Hand) -> None:
    page = hand.scene.page("coder-a", 2)
    shown = hand.get("coder-a", page).text
    assert "Content warning" in shown
    told = hand.get("coder-a", f"{page}/state").json()
    assert told["flagged"] is True
    other = hand.get("coder-a", hand.scene.page("coder-a", 3)).text
    before = shown[shown.index('id="c-start"') : shown.index('id="c-leave"')]
    assert before == other[other.index('id="c-start"') : other.index('id="c-leave"')], "G1 and D4 read alike"


def test_a_hidden_gold_unit_looks_like_work(tmp_path: Path) -> None:
    shown = []
    rounds: tuple[Round, ...] = ("coding", "drift")
    for one in rounds:
        database = open_database(sqlite_url(tmp_path / f"{one}.sqlite"))
        scene = make_scene(database, rounds=one)
        hand = Hand(TestClient(make_app(StudioSettings(database, hosts=("testserver",)))), database, scene)
        page = scene.page("coder-a")
        texts = [hand.get("coder-a", page).text, hand.begin("coder-a").text, hand.get("coder-a", f"{page}/state").text]
        secret = hand.csrf("coder-a")
        shown.append([re.sub(r"[0-9a-f]{20}", "ID", text.replace(secret, "SECRET")) for text in texts])
        database.close()
    assert shown[0] == shown[1]


def test_the_words_come_only_after_the_warning_was_accepted(hand: Hand) -> None:
    page = hand.scene.page("coder-a", 2)
    assert WORDS not in hand.get("coder-a", page).text
    before = hand.get("coder-a", f"{page}/state").json()
    assert (before["unit"], before["criteria"]) == (None, {})
    hand.begin("coder-a", 2)
    assert WORDS in hand.get("coder-a", f"{page}/state").text


def test_a_withdrawn_unit_is_shown_to_nobody(hand: Hand) -> None:
    hand.begin("coder-a")
    with hand.database.writing() as connection:
        units.withdraw(connection, hand.scene.project, hand.scene.unit["plain"], utc_now())
    for name, answer in every_call(hand, "coder-a", hand.scene.page("coder-a")):
        assert answer.status_code == 404, name


def test_who_left_the_project_is_out(hand: Hand) -> None:
    hand.begin("coder-a")
    with hand.database.writing() as connection:
        projects.remove_member(connection, hand.scene.project, hand.scene.person["coder-a"], utc_now())
    for name, answer in every_call(hand, "coder-a", hand.scene.page("coder-a")):
        assert answer.status_code == 404, name


def test_that_words_were_seen_left_or_submitted_is_noted_without_the_words(hand: Hand) -> None:
    hand.begin("coder-a")
    hand.state("coder-a")
    hand.post(
        "coder-a", f"{hand.scene.page('coder-a', 1)}/skip", {"id": "skip-noted", "seen_version": 0, "reason": "why"}
    )
    with hand.database.reading() as connection:
        lines = audit.entries(connection, hand.scene.project)
    found = {(line.what, line.about) for line in lines}
    assert ("unit-seen", f"assignment:{hand.scene.queue['coder-a'][0]}") in found
    assert ("unit-left", f"assignment:{hand.scene.queue['coder-a'][1]}") in found
    assert "why" not in str([line.details for line in lines])


def test_the_queue_names_no_criterion_that_a_machine_flagged(hand: Hand) -> None:
    page = hand.get("coder-a", f"/p/{hand.scene.project}/queue").text
    assert "flagged" in page
    for criterion in load_framework("dtn-op").criteria:
        assert criterion.name not in page
