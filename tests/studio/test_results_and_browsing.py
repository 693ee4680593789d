from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dtnexus.admission import Admission
from dtnexus.agreement.measure import agreement
from dtnexus.agreement.reading import Asked, parsed
from dtnexus.agreement.table import tabulated
from dtnexus.deciding.assess import assess
from dtnexus.running.admission_file import read_admissions
from dtnexus.storage import admitting, projects, results, settling, units
from dtnexus.storage.database import Database, open_database, sqlite_url
from dtnexus.studio.app import make_app
from tests.studio.house import HOST, quick_settings
from tests.studio.review_scene import MACHINE, PRODUCT, SECRET, Reader, Review, machine_says, make_review, submit

FINE = {"B1": 3, "F1": 3}
PAGES = ("results", "results/report", "agreement", "agreement/table.csv", "agreement/admission", "browse")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_url(tmp_path / "studio.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def made(database: Database) -> Review:
    return make_review(database)


@pytest.fixture
def reader(database: Database, made: Review) -> Reader:
    return Reader(TestClient(make_app(quick_settings(database)), base_url=f"http://{HOST}"), made)


def both(database: Database, made: Review, unit: str, a: dict[str, int | None], b: dict[str, int | None]) -> None:
    submit(database, made, "coder-a", unit, {**FINE, **a}, SECRET)
    submit(database, made, "coder-b", unit, {**FINE, **b})


def counts(page: str) -> dict[str, tuple[int, int]]:
    """Outcome -> as coded, after adjudication."""
    rows = re.findall(
        r'<th scope="row">(?:<a[^>]*>)?([^<]+)(?:</a>)?</th>\s*<td[^>]*>(\d+)</td>\s*<td[^>]*>(\d+)</td>', page
    )
    return {name.lower(): (int(before), int(now)) for name, before, now in rows}


# --- results -------------------------------------------------------------------------------------------------------


def test_a_confirmed_zero_changes_the_outcome_in_results_and_report(
    database: Database, made: Review, reader: Reader
) -> None:
    machine_says(database, made, "one")
    both(database, made, "one", {"F1": 1}, {"F1": 0})
    both(database, made, "two", {}, {})
    page = reader.get("viewer", "results").text
    assert "2 of 3" in page
    before = counts(page)
    assert before["disqualified"] == (0, 0)
    assert sum(now for _, now in before.values()) == 2
    ticked = reader.ticks("adjudicator", "one", "F1")
    assert reader.decide("adjudicator", "one", "F1", "0", words=ticked).status_code == 303
    page = reader.get("viewer", "results").text
    assert counts(page)["disqualified"] == (0, 1)
    assert re.search(r"U0001</a></th>\s*<td[^>]*>below level 1</td>\s*<td[^>]*><b>disqualified</b>", page)
    report = reader.get("viewer", "results/report")
    assert report.status_code == 200
    assert "disqualified" in report.text.casefold()


def test_an_overruled_flag_of_the_screening_is_no_longer_pending(
    database: Database, made: Review, reader: Reader
) -> None:
    machine_says(database, made, "one")
    both(database, made, "one", {}, {})
    assert "review" in reader.get("owner", "results/report").text
    page = reader.get("owner", f"browse/{made.unit['one']}").text
    assert "Waits for an adjudicator" in page
    ticked = reader.ticks("adjudicator", "one", "F1")
    reader.decide("adjudicator", "one", "F1", "3", words=ticked)
    with database.reading() as connection:
        said = [one.statement for one in settling.statements_of(connection, made.project)]
        said += [one.statement for one in settling.adjudications_of(connection, made.project) if one.statement]
        said += units.machine_said(connection, made.project)[made.unit["one"]]
    wanted = assess(made.words["one"], said, made.framework)
    assert wanted.consensus["F1"].zero == "none"
    reader.get("owner", "results")
    with database.reading() as connection:
        row = results.result_of(connection, made.project, made.unit["one"])
    assert row is not None
    assert (row.outcome, row.presented, row.indicated, row.questions) == (
        wanted.earned.outcome,
        wanted.presented,
        wanted.indicated,
        0,
    )


def test_contested_is_unknown_at_level_3_and_the_worse_value_on_a_star(
    database: Database, made: Review, reader: Reader
) -> None:
    both(database, made, "one", {"B1": None, "F1": 1}, {"B1": 4, "F1": 3})
    for criterion in ("B1", "F1"):
        assert reader.decide("adjudicator", "one", criterion, "contested").status_code == 303
    with database.reading() as connection:
        said = [one.statement for one in settling.statements_of(connection, made.project)]
    plain = assess(made.words["one"], said, made.framework)
    left = assess(made.words["one"], said, made.framework, left_contested={"B1", "F1"})
    assert not plain.consensus["B1"].contested
    assert left.consensus["B1"].contested
    (at_3,) = [c for c in left.earned.missing if (c.level, c.subject) == (3, "B1")]
    assert (at_3.kind, at_3.wanted) == ("review", "at least 3 without disagreement")
    (at_1,) = [c for c in left.earned.failing if (c.level, c.subject) == (1, "F1")]
    assert "score 1" in at_1.found
    shown = reader.get("owner", f"browse/{made.unit['one']}").text
    assert "below level 1" in shown


def test_the_report_has_a_policy_of_its_own_that_lets_nothing_in(
    database: Database, made: Review, reader: Reader
) -> None:
    assert reader.get("viewer", "results/report").headers["location"] == f"{made.address}/results", "nothing yet"
    both(database, made, "one", {}, {})
    report = reader.get("viewer", "results/report")
    policy = report.headers["content-security-policy"]
    assert "'unsafe-inline'" not in policy
    assert "sandbox" in policy
    assert policy.count("'sha256-") == 2
    with database.writing() as connection:
        units.withdraw(connection, made.project, made.unit["one"], datetime.now(UTC))
    gone = reader.get("viewer", "results/report")
    assert gone.status_code == 303, "nothing of a unit that was withdrawn is shown again"


# --- who may look --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["coder-a", "coder-b", "adjudicator", "stranger", None])
def test_who_may_not_look(database: Database, made: Review, reader: Reader, who: str | None) -> None:
    machine_says(database, made, "one")
    both(database, made, "one", {"F1": 0}, {})
    paths = [*PAGES, f"browse/{made.unit['one']}", "agreement/admissions.jsonl", "agreement/table.tex"]
    for path in paths:
        answer = reader.get(who, path)
        if who == "adjudicator" and path.startswith("agreement"):
            assert answer.status_code == 200
            continue
        assert answer.status_code == {"stranger": 404, None: 303}.get(who, 403), path
        assert SECRET not in answer.text
        assert MACHINE not in answer.text


def test_coders_see_no_agreement_even_after_all_is_submitted(database: Database, made: Review, reader: Reader) -> None:
    for unit in made.unit:
        both(database, made, unit, {}, {})
    assert reader.get("coder-a", "agreement").status_code == 403
    assert reader.send("coder-a", "agreement/viewers", {"opened": "true"}).status_code == 403
    assert reader.send("coder-a", "agreement/admission", {}).status_code == 403
    assert reader.send("coder-a", "results/decide", {}).status_code == 403


def test_the_owner_closes_the_agreement_to_viewers(database: Database, made: Review, reader: Reader) -> None:
    both(database, made, "one", {}, {})
    assert reader.get("viewer", "agreement").status_code == 200
    assert reader.send("viewer", "agreement/viewers", {}).status_code == 403
    assert reader.send("owner", "agreement/viewers", {}).status_code == 303
    for path in ("agreement", "agreement/table.csv", "agreement/admission"):
        assert reader.get("viewer", path).status_code == 403
        assert reader.get("owner", path).status_code == 200
    assert reader.send("owner", "agreement/viewers", {"opened": "true"}).status_code == 303
    assert reader.get("viewer", "agreement").status_code == 200


def test_ratings_of_people_open_when_all_have_submitted(database: Database, made: Review, reader: Reader) -> None:
    machine_says(database, made, "one")
    submit(database, made, "coder-a", "one", {**FINE, "F1": 1}, SECRET)
    for who in ("owner", "viewer"):
        page = reader.get(who, f"browse/{made.unit['one']}").text
        assert SECRET not in page
        assert "code-coder-a" not in page
        assert MACHINE in page, "owner and viewer may see the screening"
    submit(database, made, "coder-b", "one", FINE, "another reason")
    for who in ("owner", "viewer"):
        page = reader.get(who, f"browse/{made.unit['one']}").text
        for shown in (SECRET, "another reason", "code-coder-a", "code-coder-b", MACHINE, PRODUCT):
            assert shown in page
        assert "Name of coder-a" not in page
    with database.reading() as connection:
        other = projects.projects_of(connection, made.person["owner"])
    assert len(other) == 1


def test_a_unit_page_of_another_project_does_not_exist(database: Database, made: Review, reader: Reader) -> None:
    with database.writing() as connection:
        other = projects.add_project(connection, "Other", made.framework, {}, made.person["owner"], datetime.now(UTC))
    reader.get("owner", "")
    assert reader.client.get(f"/p/{other}/browse/{made.unit['one']}").status_code == 404
    reader.get("viewer", "")
    assert reader.client.get(f"/p/{other}/browse").status_code == 404


# --- browsing ------------------------------------------------------------------------------------------------------


def labels(page: str) -> list[str]:
    return re.findall(r">(U\d{4})</a>", page)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["U0001", "U0002", "U0003"]),
        ("label=u0002", ["U0002"]),
        ("label=%25", []),
        ("state=complete", ["U0001", "U0002"]),
        ("state=open", ["U0003"]),
        ("criterion=F1&score=0", ["U0001"]),
        ("criterion=B1&score=3", ["U0001", "U0002"]),
        ("criterion=E1&score=not_observable", ["U0001", "U0002", "U0003"]),
        ("apart=3", ["U0001"]),
        ("apart=0", ["U0001", "U0002"]),
        ("open=1", ["U0001"]),
        ("changed=1", []),
        ("earned=below_level_1", ["U0001"]),
        ("earned=cannot_be_determined", ["U0002"]),
        ("earned=nonsense&score=nonsense&page=-3&presented=9", ["U0001", "U0002", "U0003"]),
        ("page=99", ["U0001", "U0002", "U0003"]),
    ],
)
def test_filters(database: Database, made: Review, reader: Reader, query: str, wanted: list[str]) -> None:
    both(database, made, "one", {"F1": 0}, {})
    both(database, made, "two", {}, {})
    whole, piece = (
        reader.get("viewer", f"browse?{query}"),
        reader.get("viewer", f"browse?{query}", **{"HX-Request": "1"}),
    )
    assert labels(whole.text) == labels(piece.text) == wanted
    assert "<html" in whole.text
    assert "<html" not in piece.text


def test_levels_and_risks_are_filtered_as_they_were_decided(database: Database, made: Review, reader: Reader) -> None:
    both(database, made, "one", {"F1": 0, "G1": 0}, {"G1": 0})
    both(database, made, "two", {}, {})
    with database.reading() as connection:
        said = [one.statement for one in settling.statements_of(connection, made.project, unit_id=made.unit["one"])]
    decided = assess(made.words["one"], said, made.framework)
    found = [risk.id for risk in decided.risks if risk.status == "found"]
    assert found
    assert labels(reader.get("owner", f"browse?risk={found[0]}").text) == ["U0001"]
    assert "U0001" in labels(reader.get("owner", f"browse?presented={decided.presented}").text)
    indicated = "-" if decided.indicated is None else decided.indicated
    assert "U0001" in labels(reader.get("owner", f"browse?indicated={indicated}").text)


def test_a_unit_page_links_words_and_ratings(database: Database, made: Review, reader: Reader) -> None:
    both(database, made, "one", {"F1": 0}, {})
    page = reader.get("owner", f"browse/{made.unit['one']}").text
    anchors = set(re.findall(r'id="(p-\d+)"', page))
    assert anchors
    assert set(re.findall(r'href="#(p-\d+)"', page)) == anchors
    assert re.search(r'<mark class="r-mark by-coder">No, I am a c</mark>', page)


def test_every_word_of_a_hostile_transcript_is_text(database: Database, reader: Reader, made: Review) -> None:
    both(database, made, "one", {"F1": 0}, {})
    bad = "<script>alert(1)</script>"
    assert reader.decide("adjudicator", "one", "F1", "N", reason=bad).status_code == 303
    for path in (f"adjudicate/{made.unit['one']}", f"browse/{made.unit['one']}"):
        page = reader.get("owner", path).text
        assert bad not in page
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", page), path


# --- agreement and admission ---------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_command(database: Database, made: Review, reader: Reader) -> None:
    both(database, made, "one", {"F1": 0, "B1": 2}, {"B1": 3})
    both(database, made, "two", {"B1": 4, "F1": None}, {"B1": 4})
    both(database, made, "three", {"B1": 1}, {"B1": 0})
    with database.reading() as connection:
        said = [one.statement for one in settling.statements_of(connection, made.project)]
    lines = parsed("ratings", "".join(f"{one.to_json()}\n" for one in said).encode(), Asked())
    order = [criterion.id for criterion in made.framework.criteria]
    stars = [criterion.id for criterion in made.framework.criteria if criterion.star]
    wanted = agreement(tabulated(lines, (0, 4), order), stars, "ratings", "x")
    got = json.loads(reader.get("owner", "agreement/table.json").text)
    assert got["estimates"] == json.loads(wanted.model_dump_json())["estimates"]
    table = list(csv.DictReader(io.StringIO(reader.get("owner", "agreement/table.csv").text)))
    assert len(table) == len(wanted.estimates)
    latex = reader.get("owner", "agreement/table.tex").text
    assert r"\begin{table}" in latex
    assert "before adjudication" in reader.get("owner", "agreement").text
    assert reader.get("owner", "agreement/table.exe").status_code == 404


def test_adjudication_changes_no_coefficient(database: Database, made: Review, reader: Reader) -> None:
    both(database, made, "one", {"F1": 0}, {})
    both(database, made, "two", {}, {})
    before = json.loads(reader.get("owner", "agreement/table.json").text)
    reader.decide("adjudicator", "one", "F1", "3", words=reader.ticks("adjudicator", "one", "F1"))
    after = json.loads(reader.get("owner", "agreement/table.json").text)
    assert after["estimates"] == before["estimates"]
    assert after["left_out"] == {"adjudicated": 1}


def test_agreement_without_anything_to_compare_says_so(database: Database, made: Review, reader: Reader) -> None:
    submit(database, made, "coder-a", "one", FINE)
    assert "No two people" in reader.get("owner", "agreement").text
    assert reader.get("owner", "agreement/table.csv").status_code == 404
    assert "nothing to measure" in reader.get("owner", "agreement/admission").text
    assert reader.get("owner", "agreement/admissions.jsonl").status_code == 404


def test_admissions_are_shown_kept_and_read_by_the_command(
    database: Database, made: Review, reader: Reader, tmp_path: Path
) -> None:
    machine_says(database, made, "one")
    both(database, made, "one", {"F1": 0}, {"F1": 0})
    page = reader.get("viewer", "agreement/admission").text
    assert MACHINE in page
    assert "undecided" in page
    assert "needs 100" in page
    file = tmp_path / "admissions.jsonl"
    file.write_bytes(reader.get("viewer", "agreement/admissions.jsonl").content)
    read: tuple[Admission, ...] = read_admissions([file])
    assert {one.criterion for one in read} == {"F1"}
    assert read[0].zeros is not None
    assert read[0].zeros.by_origin == {"synthetic": (1, 1)}
    assert reader.send("viewer", "agreement/admission", {}).status_code == 403
    assert reader.send("owner", "agreement/admission", {}).status_code == 303
    with database.reading() as connection:
        assert admitting.admissions_of(connection, made.project) == read
    assert "in use" in reader.get("owner", "agreement/admission").text
