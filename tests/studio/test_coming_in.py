from __future__ import annotations

import re
from datetime import timedelta

import pytest

from dtnexus.storage import projects
from dtnexus.studio.routes.entering import TRIES_BY_ADDRESS, TRIES_BY_NAME, WINDOW
from tests.studio.house import HOST, House

WRONG = {"login": "coder-a", "password": "not the password"}


def test_a_session_ends_with_logging_out_and_with_time(house: House) -> None:
    browser = house.browser("coder-a")
    assert browser.get("/").url.path == "/"
    kept = browser.cookies.get("dtnexus_session")
    assert browser.fill("/logout") == 200
    browser.cookies.set("dtnexus_session", kept or "", domain=f"{HOST}.local")
    assert browser.get("/").url.path == "/login", "the old cookie is worth nothing"
    again = house.browser("coder-a")
    house.wait(house.settings.session_lasts)
    assert again.get("/").url.path == "/login"


def test_after_login_one_comes_back_to_where_one_was(house: House) -> None:
    browser = house.browser()
    where = f"{house.project}/queue"
    assert str(browser.get(where).url.query.decode()) == f"next={where}"
    fields = {"login": "coder-a", "password": house.person("coder-a").password, "next": where}
    page = browser.post("/login", data={**fields, "csrf": browser.csrf("/login")})
    assert page.url.path == where


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/x\n//y"])
def test_login_leads_to_no_other_site(house: House, elsewhere: str) -> None:
    browser = house.browser()
    fields = {"login": "viewer", "password": house.person("viewer").password, "next": elsewhere}
    answer = browser.post("/login", data={**fields, "csrf": browser.csrf("/login")}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_too_many_failed_tries_close_the_door_even_with_the_right_password(house: House) -> None:
    browser = house.browser()
    for _ in range(TRIES_BY_NAME):
        assert browser.fill("/login", WRONG, on="/login") == 401
    right = {**WRONG, "password": house.person("coder-a").password}
    assert browser.fill("/login", right, on="/login") == 429
    house.wait(WINDOW + timedelta(seconds=1))
    assert browser.fill("/login", right, on="/login") == 200


def test_an_address_that_tries_many_names_is_shut_out(house: House) -> None:
    browser = house.browser()
    for number in range(TRIES_BY_ADDRESS):
        assert browser.fill("/login", {"login": f"nobody-{number}", "password": "x"}, on="/login") == 401
    assert browser.fill("/login", {"login": "nobody", "password": "x"}, on="/login") == 429


def test_a_wrong_name_and_a_wrong_password_look_alike(house: House) -> None:
    browser = house.browser()
    pages = [
        browser.post("/login", data={"csrf": browser.csrf("/login"), "login": login, "password": "wrong"}).text
        for login in ("coder-a", "coder-z")
    ]
    assert pages[0].replace("coder-a", "coder-z") == pages[1]


def test_an_entry_link_works_once_and_looking_does_not_use_it(house: House) -> None:
    link = house.person("adjudicator").path
    browser = house.browser()
    assert "Adjudicator" in browser.get(link).text
    assert browser.fill(link, on=link) == 200
    assert "adjudicator" in browser.get("/").text
    assert house.browser().get(link).status_code == 410


def test_an_invitation_makes_a_member_once(house: House) -> None:
    owner = house.browser("owner")
    fields = {"csrf": owner.csrf("/"), "role": "coder", "note": "for <b>Coder E</b>"}
    page = owner.post(f"{house.project}/people/invitations", data=fields).text
    link = re.search(r'value="http://testserver(/invited/[^"]+)"', page)
    assert link is not None
    assert link[1] not in owner.get(f"{house.project}/people").text, "the link is shown once"
    newcomer = house.browser()
    assert "&lt;b&gt;Coder E&lt;/b&gt;" in newcomer.get(link[1]).text
    account = {"login": "coder-e", "name": "Coder E", "password": "short"}
    assert newcomer.fill(link[1], account, on=link[1]) == 400
    account["password"] = "long enough for anybody"
    assert newcomer.fill(link[1], account, on=link[1]) == 200
    assert newcomer.get(f"{house.project}/queue").status_code == 200
    assert newcomer.get(f"{house.project}/people").status_code == 403
    assert house.browser().get(link[1]).status_code == 410


def test_a_taken_login_name_leaves_the_invitation_good(house: House) -> None:
    with house.settings.database.writing() as connection:
        link = f"/invited/{projects.invite(connection, house.demo.project_id, 'viewer', None, house.at)}"
    newcomer = house.browser()
    account = {"login": "Coder-A", "name": "X", "password": "long enough for anybody"}
    assert newcomer.fill(link, account, on=link) == 400
    assert newcomer.fill(link, {**account, "login": "viewer-2"}, on=link) == 200


def test_somebody_with_an_account_joins_with_it(house: House) -> None:
    owner = house.browser("owner")
    made = owner.post("/projects/new", data={"csrf": owner.csrf("/"), "name": "Other", "framework": "dtn-op@0.1"})
    project_id = made.url.path.removeprefix("/p/")
    with house.settings.database.writing() as connection:
        link = f"/invited/{projects.invite(connection, project_id, 'coder', None, house.at)}"
    coder = house.browser("coder-a")
    assert coder.fill(f"{link}/join", on=link) == 200
    assert coder.get(f"/p/{project_id}/queue").status_code == 200


def test_a_first_account_may_make_projects(house: House) -> None:
    with house.settings.database.writing() as connection:
        link = f"/invited/{projects.invite(connection, None, 'owner', None, house.at)}"
    newcomer = house.browser()
    account = {"login": "lab", "name": "Lab", "password": "long enough for anybody"}
    assert newcomer.fill(link, account, on=link) == 200
    assert newcomer.get("/projects/new").status_code == 200


def test_cookies_cannot_be_read_or_sent_from_elsewhere(house: House) -> None:
    browser = house.browser()
    fields = {"login": "owner", "password": house.person("owner").password, "csrf": browser.csrf("/login")}
    answer = browser.post("/login", data=fields, follow_redirects=False)
    cookie = answer.headers["set-cookie"].casefold()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_another_origin_or_host_is_refused(house: House) -> None:
    browser = house.browser("owner")
    token = {"x-csrf-token": browser.csrf("/")}
    foreign = browser.post("/logout", headers={**token, "origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert browser.get("/", headers={"host": "evil.example"}).status_code == 400
    assert browser.post("/logout", headers={**token, "origin": f"http://{HOST}"}).status_code == 200
