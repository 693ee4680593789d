from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from dtnexus.studio.access import Members, anyone, current_person
from dtnexus.studio.static_files import STATIC
from tests.studio.house import House

OPEN = {"/health", "/favicon.ico", "/login", "/enter/{token}", "/invited/{token}"}
"""The pages for which nobody needs to be logged in; a new one is a decision, and is added here."""


def calls(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from calls(inner)


def rules(route: APIRoute) -> list[object]:
    return [call for call in calls(route.dependant) if call in (anyone, current_person) or isinstance(call, Members)]


def routes(app: FastAPI) -> list[tuple[str, APIRoute]]:
    """Every route with its whole path; the static files are the only thing mounted."""
    found = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, Mount):
            assert route.path == STATIC
            continue
        assert isinstance(route, APIRoute), f"{context.path}: a page whose rule nobody can see"
        found.append((context.path or "", route))
    return found


def faults(app: FastAPI) -> list[str]:
    """What is wrong with the access rules of an application's routes."""
    told = []
    for path, route in routes(app):
        own = rules(route)
        if len(own) != 1:
            told.append(f"{path}: {len(own)} access rules; one is wanted")
        if "{project_id}" in path and not any(isinstance(rule, Members) for rule in own):
            told.append(f"{path}: a page of a project is for its members")
        if anyone in own and path not in OPEN:
            told.append(f"{path}: is open to anyone")
    return told


def test_every_route_has_exactly_one_rule(house: House) -> None:
    assert len(routes(house.app)) > 15
    assert faults(house.app) == []


def test_no_unsafe_request_counts_without_the_secret_of_the_session(house: House) -> None:
    browser = house.browser("owner")
    unsafe = [(path, m) for path, route in routes(house.app) for m in route.methods or () if m not in ("GET", "HEAD")]
    assert len(unsafe) > 8
    for path, method in unsafe:
        address = path.replace("{project_id}", house.demo.project_id)
        for headers in ({}, {"x-csrf-token": "guessed"}):
            assert browser.request(method, address, headers=headers).status_code == 403, path


def test_a_route_without_a_rule_is_found(house: House) -> None:
    router = APIRouter()

    @router.get("/p/{project_id}/forgotten")
    def forgotten(project_id: str) -> str:
        return project_id

    house.app.include_router(router)
    assert any("0 access rules" in fault for fault in faults(house.app))
    assert any("members" in fault for fault in faults(house.app))


@pytest.mark.parametrize("login", [None, "coder-a", "adjudicator", "viewer"])
def test_nobody_else_gets_at_the_owners_pages(house: House, login: str | None) -> None:
    browser = house.browser(login)
    for path in ("people", "import", "plan", "audit", "imports/x"):
        answer = browser.get(f"{house.project}/{path}", follow_redirects=False)
        assert answer.status_code == (303 if login is None else 403), path
        assert "coder-b" not in answer.text


def test_a_project_of_others_does_not_exist(house: House) -> None:
    owner = house.browser("owner")
    made = owner.post("/projects/new", data={"csrf": owner.csrf("/"), "name": "Other", "framework": "dtn-op@0.1"})
    other = str(made.url.path)
    assert made.status_code == 200
    for login in ("coder-a", "adjudicator", "viewer"):
        browser = house.browser(login)
        for path in ("", "/queue", "/people", "/import", "/plan", "/audit"):
            missing, foreign = browser.get(f"/p/nothing{path}"), browser.get(f"{other}{path}")
            assert (missing.status_code, foreign.status_code) == (404, 404)
            assert missing.text == foreign.text
        for path in ("people/invitations", "plan", "import-run", "people/x/remove"):
            fields = {"role": "owner", "star": "1", "rest": "1", "each": "2", "folder": "x"}
            assert browser.fill(f"{other}/{path}", fields) == 404


def test_coders_learn_nothing_of_each_other(house: House) -> None:
    browser = house.browser("coder-a")
    for path in ("", "/queue"):
        shown = browser.get(f"{house.project}{path}").text
        assert "coder-b" not in shown
        assert "Coder B" not in shown
        assert "linear" not in shown
        assert "ember" not in shown.casefold(), "no product"
    assert browser.get("/projects/new").status_code == 403


def test_who_was_refused_stands_in_the_audit_log(house: House) -> None:
    house.browser("coder-a").get(f"{house.project}/people")
    shown = house.browser("owner").get(f"{house.project}/audit").text
    assert "refused" in shown
    assert "coder-a" in shown
