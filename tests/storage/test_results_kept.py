from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from dtnexus.sheet import Planned
from dtnexus.storage import assignments, coding, results, units
from dtnexus.storage.database import Database
from dtnexus.storage.results import CriterionResult, NewResult, ResultRow, Wanted
from tests.storage.in_store import LATER, NOW, Study, begin, first_assignment

RULES = "1"


@pytest.fixture
def study(database: Database) -> Study:
    return begin(database)


RESULT = ResultRow("", "", "complete", 2, 0, 0, 3, None, "disqualified", "level_1", 0, 0, 4)


def keep(database: Database, study: Study, unit: int, revision: int, **other: Any) -> None:
    row = RESULT._replace(unit_id=study.units[unit])
    scores = (CriterionResult("F1", "rating", 0), CriterionResult("B1", "not_observable", None))
    new = NewResult(
        study.units[unit], revision, row._replace(**other), scores, (("R01", "found"), ("R02", "not_found"))
    )
    with database.writing() as connection:
        results.keep_results(connection, study.project_id, RULES, [new])


def test_two_who_work_out_the_same_units_wait_for_one_another(database: Database, study: Study) -> None:
    """Two people open the results at once; who comes second replaces what the first one kept."""
    failed = list[BaseException]()

    def again() -> None:
        try:
            keep(database, study, 0, 1)
        except DBAPIError as error:
            failed.append(error)

    second = threading.Thread(target=again)
    new = NewResult(study.units[0], 1, RESULT, (CriterionResult("F1", "rating", 0),), (("R01", "found"),))
    with database.writing() as connection:
        results.keep_results(connection, study.project_id, RULES, [new])
        second.start()
        second.join(0.5)
        assert second.is_alive(), "it waits"
    second.join(30)
    assert failed == []
    with database.reading() as connection:
        assert results.result_of(connection, study.project_id, study.units[0]) is not None


def stale(database: Database, study: Study, rules: str = RULES) -> list[tuple[str, int]]:
    with database.reading() as connection:
        found = results.stale_units(connection, study.project_id, rules, 10)
        assert results.count_stale(connection, study.project_id, rules) == len(found)
    return found


def wanted(database: Database, study: Study, **filters: Any) -> list[str]:
    with database.reading() as connection:
        which = Wanted(**filters)
        rows = results.list_results(connection, study.project_id, which, limit=10)
        assert results.count_results(connection, study.project_id, which) == len(rows)
    return [row.label for row in rows]


def test_a_result_is_old_when_anything_was_added_or_the_program_is_another(database: Database, study: Study) -> None:
    revisions = dict(stale(database, study))
    assert set(revisions) == set(study.units)
    for at in (0, 1):
        keep(database, study, at, revisions[study.units[at]])
    assert stale(database, study) == []
    assert len(stale(database, study, "2")) == 2
    own = first_assignment(database, study)
    with database.writing() as connection:
        coding.submit(connection, own, "submit-0001", 0, LATER, lambda _: [])
    assert [unit for unit, _ in stale(database, study)] == [own.unit_id]


def test_a_result_of_an_older_state_does_not_count_as_new(database: Database, study: Study) -> None:
    (unit, before), *_ = stale(database, study)
    with database.writing() as connection:
        results.touch_units(connection, [unit])
    keep(database, study, study.units.index(unit), before)
    assert (unit, before + 1) in stale(database, study)


def test_profiles_and_new_assignments_make_results_old(database: Database, study: Study) -> None:
    revisions = dict(stale(database, study))
    for at in (0, 1):
        keep(database, study, at, revisions[study.units[at]])
    with database.writing() as connection:
        plan = [Planned(unit_id=study.units[0], person_id=study.owner, position=0, overlap=False)]
        assignments.add_assignments(connection, study.project_id, plan, NOW)
    assert [unit for unit, _ in stale(database, study)] == [study.units[0]]
    with database.writing() as connection:
        units.set_profiles(connection, study.project_id, [])
    assert len(stale(database, study)) == 2


def test_filters(database: Database, study: Study) -> None:
    revisions = dict(stale(database, study))
    keep(database, study, 0, revisions[study.units[0]])
    quiet = {"indicated": 2, "outcome": "level_1", "spread": None, "presented": 1}
    keep(database, study, 1, revisions[study.units[1]], **quiet)
    first = ["U0001"]
    for filters in (
        {"presented": 3},
        {"not_indicated": True},
        {"outcome": "disqualified"},
        {"spread": 2},
        {"changed": True},
        {"label": "u0001"},
    ):
        assert wanted(database, study, **filters) == first, filters
    assert wanted(database, study, indicated=2) == ["U0002"]
    assert wanted(database, study, label="_") == [], "no wildcard"
    for filters in ({"risk": "R01"}, {"criterion": "F1", "score": "0"}, {"criterion": "B1", "score": "not_observable"}):
        assert wanted(database, study, **filters) == ["U0001", "U0002"], filters
    for filters in ({"risk": "R02"}, {"criterion": "F1", "score": "1"}, {"questions": True}, {"state": "open"}):
        assert wanted(database, study, **filters) == [], filters
    with database.reading() as connection:
        counts = results.outcomes(connection, study.project_id)
    assert counts == {("complete", "level_1", "disqualified"): 1, ("complete", "level_1", "level_1"): 1}


def test_nothing_of_a_withdrawn_unit_is_left(database: Database, study: Study) -> None:
    revisions = dict(stale(database, study))
    keep(database, study, 0, revisions[study.units[0]])
    with database.writing() as connection:
        before = results.stands_at(connection, study.project_id)
        units.withdraw(connection, study.project_id, study.units[0], LATER)
        assert results.stands_at(connection, study.project_id) != before
    assert wanted(database, study) == ["U0002"]
    keep(database, study, 0, 0)
    assert wanted(database, study, risk="R01") == [], "what was worked out meanwhile is not kept"
    with database.reading() as connection:
        assert results.result_of(connection, study.project_id, study.units[0]) is None
