from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dtnexus.running.demo import EXAMPLES
from dtnexus.storage import units
from dtnexus.studio.pages import visible
from dtnexus.studio.security import HEADERS
from dtnexus.studio.static_files import KEPT, STATIC
from tests.studio.house import Browser, House

SCRIPT = "<script>alert('x')</script>"
TALK = f"Client: I sleep badly. {SCRIPT}\nBot: That sounds tiring.\nClient: It is.\nBot: What would help?\n"


@pytest.fixture
def owner(house: House) -> Browser:
    return house.browser("owner")


@pytest.fixture
def empty(owner: Browser) -> str:
    """The address of a new project without anything in it."""
    made = owner.post("/projects/new", data={"csrf": owner.csrf("/"), "name": SCRIPT, "framework": "dtn-op@0.1"})
    return str(made.url.path)


def test_every_page_has_the_headers_and_no_script_of_its_own(house: House, owner: Browser) -> None:
    pages = [
        "/",
        "/login",
        "/projects/new",
        "/nothing",
        *(house.project + p for p in ("", "/people", "/plan", "/audit")),
    ]
    for page in pages:
        answer = owner.get(page)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", answer.text), page
    assert owner.get(f"{STATIC}/htmx.min.js").status_code == 200
    assert owner.get(f"{STATIC}/studio.css").headers["content-security-policy"]


def test_scripts_and_styles_are_kept_for_a_year_under_an_address_of_their_content(owner: Browser) -> None:
    shown = owner.get("/").text
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', shown))
    assert f"{STATIC}/studio.css" in named and f"{STATIC}/icon.svg" in named
    for path in (*named, f"{STATIC}/coding.js"):
        answer = owner.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, KEPT), path
        assert "/static/" not in answer.text, f"{path}: a script names others beside itself"
    for path in ("/static/studio.css", "/static/000000000000/studio.css", f"{STATIC}/none.css"):
        answer = owner.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store"), path


def test_the_icon_that_every_browser_asks_for_is_there(house: House) -> None:
    answer = house.browser().get("/favicon.ico")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")


def test_what_people_type_shows_as_text(owner: Browser, empty: str) -> None:
    for page in (empty, "/"):
        shown = owner.get(page).text
        assert SCRIPT not in shown
        assert "&lt;script&gt;" in shown


def test_files_become_blind_units_and_the_losses_are_told(house: House, owner: Browser, empty: str) -> None:
    files = [
        ("files", ("product-x.txt", TALK.encode(), "text/plain")),
        ("files", ("../../evil.txt", TALK.replace("badly", "well").encode(), "text/plain")),
        ("files", ("broken.json", b"{", "application/json")),
    ]
    page = owner.post(f"{empty}/import", data={"csrf": owner.csrf("/"), "screen": "true"}, files=files)
    assert page.status_code == 200
    assert "2 conversations" in page.text
    assert "broken.json" in page.text
    assert "dtnexus-import" not in page.text, "no folder of this machine"
    with house.settings.database.reading() as connection:
        found = units.units_of(connection, empty.removeprefix("/p/"))
        machine = units.machine_said(connection, empty.removeprefix("/p/"))
        words = [units.interaction_of(connection, unit.id) for unit in found]
    assert [unit.label for unit in found] == ["U0001", "U0002"]
    assert set(machine) == {unit.id for unit in found}
    sources = {session.source.path for one in words for session in one.sessions if session.source}
    assert sources == {"product-x.txt", "evil.txt"}


def test_without_screening_every_unit_is_a_star_candidate(house: House, owner: Browser, empty: str) -> None:
    files = [("files", ("a.txt", TALK.encode(), "text/plain"))]
    owner.post(f"{empty}/import", data={"csrf": owner.csrf("/")}, files=files)
    with house.settings.database.reading() as connection:
        assert [u.star_candidate for u in units.units_of(connection, empty.removeprefix("/p/"))] == [True]


def test_nothing_readable_is_one_clear_error(owner: Browser, empty: str) -> None:
    files = [("files", ("broken.json", b"{", "application/json"))]
    page = owner.post(f"{empty}/import", data={"csrf": owner.csrf("/")}, files=files)
    assert page.status_code == 400
    assert "no conversation could be read" in page.text
    assert owner.fill(f"{empty}/import-run", {"folder": str(EXAMPLES)}) == 400


def test_too_large_an_upload_is_refused(house: House) -> None:
    house.settings = replace(house.settings, upload_bytes=1000)
    small = House(house.settings, house.demo)
    owner = small.browser("owner")
    files = [("files", ("a.txt", b"x" * 5000, "text/plain"))]
    page = owner.post(f"{house.project}/import", data={"csrf": owner.csrf("/")}, files=files)
    assert page.status_code == 413


def test_a_plan_is_shown_before_it_is_given_out(house: House, owner: Browser, empty: str) -> None:
    assert "invite at least two" in owner.get(f"{empty}/plan").text
    shown = owner.get(f"{house.project}/plan").text
    assert "Give 0 assignments out" in shown
    more = owner.get(f"{house.project}/plan?star=100&rest=100&each=3", headers={"hx-request": "true"}).text
    assert "<html" not in more
    count = re.search(r"Give (\d+) assignments out", more)
    assert count is not None
    assert int(count[1]) > 0
    assert owner.get(f"{house.project}/plan?star=500").status_code == 400
    assert owner.fill(f"{house.project}/plan", {"star": "100", "rest": "100", "each": "3"}) == 200
    assert "Give 0 assignments out" in owner.get(f"{house.project}/plan").text
    assert f"assignments: {count[1]}" in owner.get(f"{house.project}/audit").text


def test_a_coder_finds_the_queue_with_progress(house: House) -> None:
    coder = house.browser("coder-a")
    shown = coder.get(f"{house.project}/queue").text
    assert len(re.findall(r"/code/\w+", shown)) > 0
    assert "0 of " in coder.get("/").text


def test_somebody_who_was_removed_is_out(house: House, owner: Browser) -> None:
    coder = house.browser("coder-a")
    people = owner.get(f"{house.project}/people").text
    person_id = re.search(r"people/(\w+)/remove\"><input[^>]+><button[^>]*>Remove coder-a<", people)
    assert person_id is not None
    assert owner.fill(f"{house.project}/people/{person_id[1]}/remove") == 200
    assert coder.get(f"{house.project}/queue").status_code == 404


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\n\ttext 😀", "plain\n\ttext 😀"),
        ("a\x00b\x1bc\x7fd", "a\u2400b\u241bc\u2421d"),
        ("a\u202eb\u2066c\ufeffd\x85e", "a\ufffdb\ufffdc\ufffdd\ufffde"),
    ],
)
def test_no_character_hides(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert len(visible(text)) == len(text)
