"""The drop page: from files to a report, and nothing left on the disk that nobody asked to keep."""

from __future__ import annotations

import io
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dtnexus.rating import STATEMENT
from dtnexus.storage import audit, jobs, units
from dtnexus.studio.app import make_app
from dtnexus.studio.drop_desk import KIND
from dtnexus.studio.drop_folder import PREFIX, DropFolder, fit_name
from tests.studio.house import HOST, Browser, House

WORDS = "the heron by the weir"
TALK = (
    f"Client: I keep thinking about {WORDS}, and I sleep badly.\n"
    "Bot: That sounds tiring. What would you like to be different?\n"
    "Client: I would like to sleep. Are you a real person?\n"
    "Bot: No, I am a computer program. What keeps you awake?\n"
)
NAME = "talk-of-mx-heron.txt"


@pytest.fixture(autouse=True)
def own_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Temporary files of this test alone, so that what is left can be seen."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    monkeypatch.setenv("TMPDIR", str(place))
    yield place


def folders(place: Path) -> list[Path]:
    return sorted(place.glob(f"{PREFIX}*"))


def everything(*places: Path) -> bytes:
    """All that stands in all files below these places, with their names."""
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    return b"\n".join(str(path).encode() + b"\n" + path.read_bytes() for path in files)


def drop(browser: Browser, *files: tuple[str, bytes]) -> str:
    """Drop files, wait until they are read, and return the job's address."""
    sent = [("files", (name, body, "text/plain")) for name, body in files]
    page = browser.post("/drop", data={"csrf": browser.csrf("/drop")}, files=sent)
    assert page.status_code == 200, page.text
    address = str(page.url.path)
    settled(browser, address)
    return address


def settled(browser: Browser, address: str) -> str:
    """The page of a job as soon as nobody is at it."""
    for _ in range(4000):
        answer = browser.get(f"{address}/progress")
        if "hx-redirect" in answer.headers:
            return browser.get(address).text
        time.sleep(0.05)
    raise AssertionError("the job does not end")


def begin(browser: Browser, address: str, **fields: str) -> str:
    data = {"csrf": browser.csrf(address), "do": "assess", "framework": "dtn-op@0.1", **fields}
    answer = browser.post(f"{address}/begin", data=data)
    assert answer.status_code == 200, answer.text
    return settled(browser, address)


def test_from_files_to_report_and_tables_and_nothing_left(house: House, own_temporary_files: Path) -> None:
    browser = house.browser("viewer")
    address = drop(browser, (NAME, TALK.encode()), ("broken.json", b"{"))
    shown = browser.get(address).text
    assert "1 conversation, 4 turns" in shown
    assert "broken.json" in shown
    assert str(own_temporary_files) not in shown, "no folder of this machine"
    (folder,) = folders(own_temporary_files)
    assert folder.stat().st_mode & 0o077 == 0, "nobody else on the machine looks in"

    done = begin(browser, address, kind="digital", agent_id="Ember")
    assert "1 conversation of one client with one agent was assessed" in done
    report = browser.get(f"{address}/report")
    assert WORDS in report.text
    assert str(own_temporary_files) not in report.text
    assert "sandbox" in report.headers["content-security-policy"]
    assert "unsafe-inline" not in report.headers["content-security-policy"].split("style-src")[0]
    got = {name: browser.get(f"{address}/files/{name}") for name in re.findall(r"/files/([\w.]+)\"", done)}
    assert len(got) == 8
    assert all(each.status_code == 200 and name in each.headers["content-disposition"] for name, each in got.items())
    said = [STATEMENT.validate_json(line) for line in got["ratings.jsonl"].text.splitlines()]
    assert {one.coder.kind for one in said} == {"embedded"}
    assert pq.read_table(io.BytesIO(got["assessments.parquet"].content)).num_rows == 1
    assert '"kind":"digital"' in folder.joinpath("run/transcripts.jsonl").read_text()

    assert WORDS.encode() in everything(own_temporary_files)
    closed = browser.post(f"{address}/close", data={"csrf": browser.csrf(address)})
    assert "were deleted" in closed.text
    assert folders(own_temporary_files) == []
    assert browser.get(address).status_code == 404
    assert browser.get(f"{address}/report").status_code == 404
    disk = everything(own_temporary_files.parent)
    assert WORDS.encode() not in disk
    assert NAME.encode() not in disk
    with house.settings.database.reading() as connection:
        assert jobs.jobs_of(connection, KIND) == []
        noted = [entry.what for entry in audit.entries(connection, None)]
    assert {"files-dropped", "drop-begun", "drop-closed"} <= set(noted)


def test_an_open_job_leaves_no_name_and_no_word_in_the_database(house: House, own_temporary_files: Path) -> None:
    browser = house.browser("coder-a")
    begin(browser, drop(browser, (NAME, TALK.encode())))
    held = b"".join(path.read_bytes() for path in own_temporary_files.parent.glob("studio.sqlite*"))
    assert held
    assert WORDS.encode() not in held
    assert NAME.encode() not in held


def test_everything_goes_when_the_time_is_over(house: House, own_temporary_files: Path) -> None:
    browser = house.browser("viewer")
    address = drop(browser, (NAME, TALK.encode()))
    house.wait(house.settings.drop.keeps - timedelta(minutes=1))
    assert browser.get(address).status_code == 200
    house.wait(timedelta(minutes=2))
    assert browser.get(address).status_code == 404
    assert folders(own_temporary_files) == []


def test_everything_goes_when_the_studio_stops_even_in_the_middle(house: House, own_temporary_files: Path) -> None:
    browser = house.browser("viewer")
    idle = drop(browser, (NAME, TALK.encode()))
    long = "".join(f"Client: {WORDS} {number}?\nBot: Number {number}.\n" for number in range(200_000))
    sent = [("files", ("long.txt", long.encode(), "text/plain"))]
    address = str(browser.post("/drop", data={"csrf": browser.csrf("/drop")}, files=sent).url.path)
    assert len(folders(own_temporary_files)) == 2
    house.app.state.studio.desk.close()
    assert folders(own_temporary_files) == []
    assert WORDS.encode() not in everything(own_temporary_files.parent)
    shown = browser.get(address).text
    assert "The studio was stopped" in shown
    assert "Drop the files again" in shown
    assert browser.get(idle).status_code == 404
    assert browser.fill(f"{address}/close", on="/drop") == 200


def test_what_a_killed_studio_left_can_go_on_and_goes_in_the_end(house: House, own_temporary_files: Path) -> None:
    browser = house.browser("viewer")
    address = drop(browser, (NAME, TALK.encode()))
    job_id = address.removeprefix("/drop/")
    with house.settings.database.writing() as connection:
        row = jobs.jobs_of(connection, KIND)[0]
        jobs.put_job(connection, job_id, "running", "Coding", row.result, None)
    again = make_app(house.settings)
    later = Browser(again, base_url=f"http://{HOST}", cookies=browser.cookies)
    with later:
        shown = later.get(address).text
        assert "The studio ended while it was at work" in shown
        assert later.post(f"{address}/go-on", data={"csrf": later.csrf(address)}).status_code == 200
        assert "What was read" in settled(later, address)
    assert folders(own_temporary_files) == [], "the second studio was stopped properly"


def test_cancelling_keeps_the_files_until_they_are_closed(house: House, own_temporary_files: Path) -> None:
    browser = house.browser("viewer")
    long = "".join(f"Client: Why {number}?\nBot: Number {number}.\n" for number in range(100_000))
    sent = [("files", ("long.txt", long.encode(), "text/plain"))]
    address = str(browser.post("/drop", data={"csrf": browser.csrf("/drop")}, files=sent).url.path)
    waiting = drop_only(browser, "later.txt")
    assert browser.fill(f"{address}/cancel", on="/drop") == 200
    assert "You stopped the work" in settled(browser, address)
    assert "What was read" in settled(browser, waiting), "the next job has its turn"
    assert len(folders(own_temporary_files)) == 2
    assert browser.fill(f"{address}/close", on="/drop") == 200
    assert len(folders(own_temporary_files)) == 1


def drop_only(browser: Browser, name: str) -> str:
    sent = [("files", (name, TALK.encode(), "text/plain"))]
    return str(browser.post("/drop", data={"csrf": browser.csrf("/drop")}, files=sent).url.path)


@pytest.mark.parametrize("who", ["owner", "coder-b", None])
def test_a_job_is_its_persons_alone(house: House, who: str | None) -> None:
    browser = house.browser("coder-a")
    address = drop(browser, (NAME, TALK.encode()))
    begin(browser, address)
    other = house.browser(who)
    wanted = 404 if who else 303
    for path in ("", "/report", "/files/ratings.jsonl"):
        answer = other.get(f"{address}{path}", follow_redirects=False)
        assert answer.status_code == wanted
        assert WORDS not in answer.text
    on = "/" if who else "/login"
    for path in ("/close", "/cancel", "/go-on", "/keep", "/begin"):
        data = {"csrf": other.csrf(on), "project": house.demo.project_id}
        other.post(f"{address}{path}", data=data, follow_redirects=False)
    assert browser.get(f"{address}/report").status_code == 200, "nobody else closed it"


def test_keeping_is_for_owners_and_takes_conversations_and_machine(house: House) -> None:
    browser = house.browser("coder-a")
    address = drop(browser, (NAME, TALK.encode()))
    begin(browser, address)
    assert "Keep in project" not in browser.get(address).text
    assert browser.fill(f"{address}/keep", {"project": house.demo.project_id}, on="/drop") == 403

    owner = house.browser("owner")
    address = drop(owner, (NAME, TALK.encode()))
    assert owner.fill(f"{address}/keep", {"project": house.demo.project_id}, on="/drop") == 400, "not assessed yet"
    assert "Keep in project" in begin(owner, address)
    with house.settings.database.reading() as connection:
        before = {unit.id for unit in units.units_of(connection, house.demo.project_id)}
    assert owner.fill(f"{address}/keep", {"project": house.demo.project_id}, on="/drop") == 200
    with house.settings.database.reading() as connection:
        new = [unit for unit in units.units_of(connection, house.demo.project_id) if unit.id not in before]
        machine = units.machine_said(connection, house.demo.project_id, new[0].id)
        words = units.interaction_of(connection, new[0].id)
    assert len(new) == 1
    assert machine[new[0].id]
    assert words.sessions[0].source is not None
    assert words.sessions[0].source.path == NAME


def test_limits_are_told_clearly(house: House, own_temporary_files: Path) -> None:
    house.settings = replace(
        house.settings, drop=replace(house.settings.drop, most_bytes=100, most_files=2, jobs_each=1)
    )
    small = House(house.settings, house.demo)
    browser = small.browser("viewer")
    files = [("files", (f"{number}.txt", b"x", "text/plain")) for number in range(3)]
    page = browser.post("/drop", data={"csrf": browser.csrf("/drop")}, files=files)
    assert (page.status_code, "3 files at once; at most 2" in page.text) == (400, True)
    page = browser.post("/drop", data={"csrf": browser.csrf("/drop")}, files=[("files", ("a.txt", b"x" * 200))])
    assert (page.status_code, "at most 0 MiB" in page.text) == (400, True)
    assert folders(own_temporary_files) == [], "what is refused is not kept"
    drop(browser, ("a.txt", b"Client: a\nBot: b\n"))
    page = browser.post("/drop", data={"csrf": browser.csrf("/drop")}, files=[("files", ("a.txt", b"x"))])
    assert "close one first" in page.text
    small.app.state.studio.desk.close()


def test_what_cannot_be_read_says_how_to_go_on(house: House) -> None:
    browser = house.browser("viewer")
    table = b"who;said\nA;I sleep badly.\nB;That sounds tiring.\n"
    address = drop(browser, ("table.csv", table))
    fields = {"column_speaker": "who", "column_text": "said", "clients": "A", "agents": "B", "do": "read"}
    shown = begin(browser, address, **fields)
    assert "1 conversation, 2 turns" in shown
    assert browser.fill(f"{address}/begin", {**fields, "agents": "a, A"}, on=address) == 400
    assert browser.fill(f"{address}/begin", {"language": "no language"}, on=address) == 400
    assert browser.fill(f"{address}/begin", {"framework": "/etc/passwd"}, on=address) == 400


def test_a_profile_is_checked_before_it_is_used(house: House) -> None:
    browser = house.browser("viewer")
    address = drop(browser, (NAME, TALK.encode()))
    data = {"csrf": browser.csrf(address), "do": "assess", "framework": "dtn-op@0.1"}
    page = browser.post(f"{address}/begin", data=data, files={"profile": ("p.yaml", b"nonsense: 1\n")})
    assert page.status_code == 400
    assert "profile.yaml" in page.text
    assert PREFIX not in page.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a/b\\c.txt", "c.txt"),
        ("../../evil.txt", "evil.txt"),
        ("-", "file-"),
        ("*.txt", "_.txt"),
        ("x[1].json", "x_1_.json"),
        ("", "file"),
        ("..", "file"),
        ("nul\x00.txt", "nul_.txt"),
        ("Gespräch 1.txt", "Gespräch 1.txt"),
    ],
)
def test_names_of_files_mean_nothing_else(given: str, kept: str) -> None:
    assert fit_name(given) == kept


def test_files_of_one_name_stay_apart(own_temporary_files: Path) -> None:
    folder = DropFolder.make()
    names = folder.take([("a.txt", io.BytesIO(b"1")), ("b/a.txt", io.BytesIO(b"2"))])
    assert names == ("a.txt", "a-2.txt")
    assert [(folder.given / name).read_bytes() for name in names] == [b"1", b"2"]
    for name in (folder.name[:-3], "../etc", f"{PREFIX}../../x"):
        assert DropFolder.of(name) is None
    assert DropFolder.of(folder.name) is not None
