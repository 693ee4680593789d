"""Passwords, closed accounts, what people do not want to read, what clients take back, and a server in front."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dtnexus.rating import Rating
from dtnexus.sheet import Planned
from dtnexus.storage import assignments, audit, coding, people, settling, units
from dtnexus.storage.rows import Adjudication
from dtnexus.storage.units import GoldAnswer, NewUnit
from dtnexus.studio.app import make_app
from tests.studio.coding_scene import TALK, conversation, machine_rating
from tests.studio.house import HOST, House
from tests.studio.training_room import CODER, member_id, queue_of, rating, submit

WORDS = TALK[0][1]
NEW = "a new and longer password"


def test_a_changed_password_ends_every_other_session(house: House) -> None:
    here, there = house.browser("coder-a"), house.browser("coder-a")
    old = house.person("coder-a").password
    form = {"old": old, "new": NEW, "again": NEW}
    for wrong in ({"old": "not it"}, {"again": f"{NEW}x"}, {"new": "short", "again": "short"}):
        assert here.fill("/account/password", {**form, **wrong}, on="/account") == 400
    assert here.fill("/account/password", form, on="/account") == 200
    assert here.get("/account").url.path == "/account"
    assert there.get("/account").url.path == "/login"
    browser = house.browser()
    assert browser.fill("/login", {"login": "coder-a", "password": old}, on="/login") == 401
    assert browser.fill("/login", {"login": "coder-a", "password": NEW}, on="/login") == 200


def test_the_old_password_cannot_be_guessed_on_the_page(house: House) -> None:
    browser = house.browser("coder-a")
    form = {"old": "guess", "new": NEW, "again": NEW}
    answers = [browser.fill("/account/password", form, on="/account") for _ in range(6)]
    assert answers == [400] * 5 + [429]
    assert browser.fill("/account/password", {**form, "old": house.person("coder-a").password}, on="/account") == 429


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(house: House) -> None:
    owner, coder = house.browser("owner"), house.browser("coder-a")
    page = owner.get("/accounts").text
    found = re.search(r"/accounts/(\w+)/disable\">.{0,200}Close coder-a<", page, re.DOTALL)
    assert found is not None
    person_id = re.findall(r"/accounts/(\w+)/disable", found[0])[-1]
    assert coder.get("/accounts").status_code == 403
    assert coder.fill(f"/accounts/{person_id}/disable") == 403
    assert owner.fill(f"/accounts/{person_id}/disable") == 200
    assert coder.get("/").url.path == "/login"
    login = {"login": "coder-a", "password": house.person("coder-a").password}
    assert house.browser().fill("/login", login, on="/login") == 401
    assert owner.fill(f"/accounts/{person_id}/enable") == 200
    assert house.browser().fill("/login", login, on="/login") == 200
    with house.settings.database.reading() as connection:
        me = next(p.id for p in people.everybody(connection) if p.login == "owner")
    assert owner.fill(f"/accounts/{me}/disable") == 400, "nobody locks the own account"


def flagged(house: House, count: int = 4) -> list[str]:
    new = [NewUnit(conversation(f"f-{n}"), f"U7{n:03d}", warnings=("G1",)) for n in range(count)]
    with house.settings.database.writing() as connection:
        return list(units.add_units(connection, house.demo.project_id, new, house.at).values())


def test_nobody_is_given_what_they_opted_out_of(house: House) -> None:
    ids = set(flagged(house))
    coder = house.browser("coder-a")
    page = f"{house.project}/preferences"
    assert coder.fill(page, {"out": "G1"}, on=page) == 200
    assert re.search(r'value="G1" checked', coder.get(page).text)
    owner = house.browser("owner")
    plan = f"{house.project}/plan"
    assert owner.fill(plan, {"star": "100", "rest": "100", "each": "3"}, on=plan) == 200
    with house.settings.database.reading() as connection:
        had, _ = assignments.coders_of_units(connection, house.demo.project_id)
        me = member_id(connection, house, "coder-a")
    given = {unit_id: who for unit_id, who in had.items() if unit_id in ids}
    assert set(given) == ids
    assert all(me not in who and len(who) == 3 for who in given.values())


def test_opting_out_gives_back_what_was_not_begun(house: House) -> None:
    flagged(house)
    plan = f"{house.project}/plan"
    assert house.browser("owner").fill(plan, {"star": "100", "rest": "100", "each": "4"}, on=plan) == 200
    with house.settings.database.writing() as connection:
        who = member_id(connection, house, "coder-b")
        mine = [one for one in queue_of(connection, house, who, "coding") if "G1" in one.warnings]
        coding.go_to_pass(connection, mine[0], "begin-one-unit", mine[0].version, "read", house.at)
    coder = house.browser("coder-b")
    page = f"{house.project}/preferences"
    shown = coder.post(page, data={"csrf": coder.csrf(page), "out": "G1"}).text
    assert f"{len(mine) - 1} unit" in shown
    with house.settings.database.reading() as connection:
        states = {one.id: one.state for one in queue_of(connection, house, who, "coding") if "G1" in one.warnings}
    assert states.pop(mine[0].id) == "in_progress"
    assert set(states.values()) == {"skipped"}
    coder.fill(page, {"out": "nonsense"}, on=page)
    assert "checked" not in coder.get(page).text


@pytest.mark.parametrize("ratings", ["keep", "remove"])
def test_after_a_withdrawal_no_word_stands_on_the_disk(house: House, ratings: str, tmp_path: Path) -> None:
    words = conversation("gone")
    with house.settings.database.writing() as connection:
        work = units.add_units(connection, house.demo.project_id, [NewUnit(words, "U8001")], house.at)[words.id]
        copy = NewUnit(words, "G8001", "gold")
        gold = units.add_units(connection, house.demo.project_id, [copy], house.at)[words.id]
        units.set_gold(connection, gold, [GoldAnswer("A2", rating(words, "A2", 2), WORDS)])
        units.add_machine_statements(connection, house.demo.project_id, {work: [machine_rating(words)]})
        who = member_id(connection, house, "coder-a")
        plan = [Planned(unit_id=work, person_id=who, position=900, overlap=False)]
        assignments.add_assignments(connection, house.demo.project_id, plan, house.at)
        one = next(a for a in queue_of(connection, house, who, "coding") if a.unit_id == work)
        submit(connection, house, one, {"A2": 3, "F1": None})
        decision = Adjudication(
            "decided-once", work, "A2", "decided", rating(words, "A2", 3, CODER), WORDS, (), who, house.at
        )
        settling.adjudicate(connection, house.demo.project_id, decision)
    house.settings.database.scrub()

    def disk() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.glob("studio.sqlite*"))

    assert WORDS.encode() in disk()
    owner = house.browser("owner")
    page = f"{house.project}/withdraw/{work}"
    assert "1 copy" in owner.get(page).text
    assert owner.fill(page, {"ratings": ratings, "label": "U9999"}, on=page) == 400
    assert WORDS.encode() in disk()
    assert owner.fill(page, {"ratings": ratings, "label": "u8001"}, on=page) == 200
    for _, text in TALK:
        if text.isascii() and '"' not in text:
            assert text.encode() not in disk(), text
    with house.settings.database.reading() as connection:
        shown = settling.statements_of(connection, house.demo.project_id, unit_id=work)
        kept = settling.statements_of(connection, house.demo.project_id, unit_id=work, withdrawn_too=True)
        decided = settling.adjudications_of(connection, house.demo.project_id, work)
        noted = [e for e in audit.entries(connection, house.demo.project_id) if e.what == "unit-withdrawn"]
        left = {u.id for u in units.units_of(connection, house.demo.project_id, ("work", "gold"))}
    assert shown == []
    assert [(s.criterion, s.statement.kind) for s in kept] == (
        [("A2", "rating"), ("F1", "not_observable")] if ratings == "keep" else []
    )
    if ratings == "keep":
        assert isinstance(kept[0].statement, Rating)
        assert kept[0].statement.score == 3
        assert set(kept[0].statement.episodes[0].quote) == {"█"}
        assert [d.reason for d in decided] == [""]
        assert "U8001" not in owner.get(f"{house.project}/exchange/ratings.csv").text
        assert words.id in owner.get(f"{house.project}/exchange/ratings.csv").text
    else:
        assert decided == []
    assert {work, gold} & left == set()
    assert {e.about for e in noted} == {f"unit:{work}", f"unit:{gold}"}
    assert owner.get(page).status_code == 404
    assert house.browser("coder-a").get(f"{house.project}/code/{one.id}").status_code == 404


@pytest.mark.parametrize("login", ["coder-a", "adjudicator", "viewer"])
def test_only_the_owner_withdraws(house: House, login: str) -> None:
    with house.settings.database.reading() as connection:
        unit = units.units_of(connection, house.demo.project_id)[0]
    browser = house.browser(login)
    assert browser.get(f"{house.project}/withdraw").status_code == 403
    form = {"ratings": "remove", "label": unit.label}
    assert browser.fill(f"{house.project}/withdraw/{unit.id}", form) == 403


def failed_from(house: House, client: str, forwarded: str) -> str:
    """The address that a failed login is written down under."""
    app = make_app(house.settings)
    browser = TestClient(app, base_url=f"https://{HOST}", client=(client, 4711))
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/login").text)
    assert found is not None
    data = {"csrf": found[1], "login": "nobody", "password": "x"}
    assert browser.post("/login", data=data, headers={"X-Forwarded-For": forwarded}).status_code == 401
    with house.settings.database.reading() as connection:
        by_address = {
            address: people.failures(connection, "-", address, house.at - house.settings.session_lasts)[1]
            for address in (client, forwarded)
        }
    return next(address for address, count in by_address.items() if count)


def test_only_the_server_in_front_says_whose_request_it_is(house: House) -> None:
    house.settings = replace(house.settings, secure_cookies=True, trusted_proxies=("10.0.0.5",))
    assert failed_from(house, "10.0.0.5", "203.0.113.9") == "203.0.113.9"
    assert failed_from(house, "10.0.0.6", "203.0.113.10") == "10.0.0.6"


def test_without_a_server_in_front_nobody_is_believed(house: House) -> None:
    assert failed_from(house, "127.0.0.1", "203.0.113.9") == "127.0.0.1"


def test_behind_tls_cookies_go_over_tls_only(house: House) -> None:
    browser = TestClient(make_app(replace(house.settings, secure_cookies=True)), base_url=f"https://{HOST}")
    answer = browser.get("/login")
    assert "secure" in answer.headers["set-cookie"].casefold()
    assert "max-age" in answer.headers["strict-transport-security"]
    assert "strict-transport-security" not in house.browser().get("/login").headers
