from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.rating import CoderRef, NotObservable, Observation
from dtnexus.sheet import Planned
from dtnexus.storage import assignments, jobs, people, projects, units
from dtnexus.storage.database import Database, open_database
from dtnexus.storage.units import GoldAnswer, NewUnit
from tests.storage.in_store import LATER, NOW, ODD, begin
from tests.study.made_up import framework, interaction

HOUR = timedelta(hours=1)
MACHINE = CoderRef(kind="embedded", name="linear", version="1")


def test_login_names_are_one_whatever_their_case(database: Database) -> None:
    with database.writing() as connection:
        made = people.add_person(connection, "  Coder-A ", ODD, "hash", NOW)
        assert people.person_by_login(connection, "CODER-a") == made._replace(name=ODD.replace("\x00", "\ufffd"))
        with pytest.raises(UsageError, match="taken"):
            people.add_person(connection, "coder-A", "", "hash", NOW)
        with pytest.raises(UsageError, match="empty"):
            people.add_person(connection, "  ", "", "hash", NOW)
        with pytest.raises(UsageError, match="cannot begin with 'imported/'"):
            people.add_person(connection, " Imported/coder", "", "hash", NOW)


def test_sessions_end_and_expire(database: Database) -> None:
    with database.writing() as connection:
        who = people.add_person(connection, "a", "A", "hash", NOW)
        token = people.begin_session(connection, who.id, NOW, HOUR)
        found = people.session_of(connection, token, NOW)
        assert found is not None
        assert (found.person, found.expires_at) == (who, NOW + HOUR)
        assert token not in str(found)
        assert people.session_of(connection, token, NOW + HOUR) is None
        assert people.session_of(connection, token + "x", NOW) is None
        assert not people.is_due(found, NOW)
        assert people.is_due(found, LATER)
        people.touch(connection, found, LATER)
        people.end_session(connection, token, NOW)
        assert people.session_of(connection, token, NOW) is None


def test_entry_links_work_once(database: Database) -> None:
    with database.writing() as connection:
        who = people.add_person(connection, "a", "A", "hash", NOW)
        token = people.add_entry_link(connection, who.id, NOW, HOUR)
        late = people.add_entry_link(connection, who.id, NOW, HOUR)
        assert people.entry_link_person(connection, token, NOW) == who
        assert people.use_entry_link(connection, token, NOW) == who
        assert people.use_entry_link(connection, token, NOW) is None
        assert people.use_entry_link(connection, late, NOW + HOUR) is None


def test_failed_tries_are_counted_by_name_and_address_until_a_success(database: Database) -> None:
    with database.writing() as connection:
        for _ in range(3):
            people.attempt(connection, "A", "1.1.1.1", NOW)
        people.attempt(connection, "b", "1.1.1.1", NOW)
        assert people.failures(connection, "a", "1.1.1.1", NOW) == (3, 4)
        assert people.failures(connection, "a", "2.2.2.2", NOW) == (3, 0)
        assert people.failures(connection, "a", "1.1.1.1", LATER) == (0, 0)
        people.succeeded(connection, people.attempt(connection, "a", "1.1.1.1", NOW))
        assert people.failures(connection, "a", "1.1.1.1", NOW) == (0, 4)


def test_invitations_are_used_once_revoked_and_expire(database: Database) -> None:
    study = begin(database)
    with database.writing() as connection:
        token, other = (projects.invite(connection, study.project_id, "viewer", study.owner, NOW) for _ in range(2))
        found = projects.open_invitation(connection, token, NOW)
        assert found is not None
        assert (found.project_name, found.role) == ("A study", "viewer")
        assert projects.open_invitation(connection, token, NOW + timedelta(days=7)) is None
        assert projects.use_invitation(connection, token, study.owner, NOW) == found
        assert projects.use_invitation(connection, token, study.owner, NOW) is None
        (left,) = projects.open_invitations(connection, study.project_id, NOW)
        projects.revoke_invitation(connection, "other", left.id, NOW)
        assert projects.open_invitation(connection, other, NOW) == left
        projects.revoke_invitation(connection, study.project_id, left.id, NOW)
        assert projects.open_invitation(connection, other, NOW) is None


def test_a_project_keeps_its_framework_and_an_owner(database: Database) -> None:
    study = begin(database)
    with database.writing() as connection:
        project = projects.project(connection, study.project_id)
        assert project is not None
        assert (project.framework_name, project.framework_version) == ("dtn-op", "0.1")
        kept = Framework.model_validate(projects.framework_body(connection, project.framework_digest))
        assert kept == framework()
        with pytest.raises(UsageError, match="owner"):
            projects.remove_member(connection, study.project_id, study.owner, NOW)
        assert projects.project(connection, "other") is None


def test_somebody_who_left_comes_back_under_the_old_pseudonym(database: Database) -> None:
    study = begin(database)
    coder = study.coders[0]
    with database.writing() as connection:
        projects.remove_member(connection, study.project_id, coder, NOW)
        assert projects.member(connection, study.project_id, coder) is None
        assert projects.projects_of(connection, coder) == []
        assert projects.add_member(connection, study.project_id, coder, "adjudicator", LATER) == "coder-a"
        with pytest.raises(UsageError, match="already"):
            projects.add_member(connection, study.project_id, coder, "coder", LATER)
        back = projects.member(connection, study.project_id, coder)
        assert back is not None
        assert back.role == "adjudicator"


def test_units_keep_their_words_exactly(database: Database) -> None:
    study = begin(database)
    odd = interaction("odd")
    turns = (odd.sessions[0].turns[0].model_copy(update={"text": ODD + " \u202e \x1b[0m"}), *odd.sessions[0].turns[1:])
    odd = odd.model_copy(update={"sessions": (odd.sessions[0].model_copy(update={"turns": turns}),)})
    with database.writing() as connection:
        added = units.add_units(connection, study.project_id, [NewUnit(odd, "U0003", warnings=("G1",))], NOW)
        assert units.interaction_of(connection, added["odd"]) == odd
        again = units.add_units(connection, study.project_id, [NewUnit(odd, "U0004")], NOW)
        assert again == {}
        found = units.unit(connection, study.project_id, added["odd"])
        assert found is not None
        assert (found.label, found.warnings, found.client_turns, found.star_candidate) == ("U0003", ("G1",), 2, False)
        assert units.unit(connection, "other", added["odd"]) is None
        assert units.count_labels(connection, study.project_id) == 3
        units.set_star_candidates(connection, [added["odd"]], True)
        assert [unit.star_candidate for unit in units.units_of(connection, study.project_id)] == [False, False, True]


def test_machine_statements_stand_apart_and_replace_their_own(database: Database) -> None:
    study = begin(database)
    said = NotObservable(interaction_id="one", criterion="B1", coder=MACHINE, reason="few")
    counted = Observation(interaction_id="one", coder=MACHINE, fact="support_turns", value=None)
    with database.writing() as connection:
        for _ in range(2):
            assert units.add_machine_statements(connection, study.project_id, {study.units[0]: [said, counted]}) == 2
        assert units.machine_said(connection, study.project_id) == {study.units[0]: [said, counted]}
        assert units.machine_said(connection, study.project_id, study.units[1]) == {}


def test_gold_answers(database: Database) -> None:
    study = begin(database)
    right = NotObservable(interaction_id="one", criterion="B1", coder=MACHINE, reason="none")
    with database.writing() as connection:
        units.set_gold(connection, study.units[0], [GoldAnswer("B1", right, ODD)])
        units.set_gold(connection, study.units[0], [GoldAnswer("B1", right, "look at turn 2")])
        assert units.gold_of(connection, study.units[0]) == {"B1": GoldAnswer("B1", right, "look at turn 2")}


def test_later_assignments_come_at_the_end_of_the_queue(database: Database) -> None:
    study = begin(database)
    with database.writing() as connection:
        added = units.add_units(connection, study.project_id, [NewUnit(interaction("three"), "U0003")], NOW)
        planned = [
            Planned(unit_id=unit_id, person_id=study.coders[0], position=0, overlap=False)
            for unit_id in (added["three"], study.units[0])
        ]
        assert assignments.add_assignments(connection, study.project_id, planned, NOW) == 1
        mine = assignments.queue(connection, study.project_id, study.coders[0])
        had, declined = assignments.coders_of_units(connection, study.project_id)
    assert [(one.label, one.position) for one in mine] == [("U0001", 0), ("U0002", 1), ("U0003", 2)]
    assert had == {
        study.units[0]: sorted(study.coders),
        study.units[1]: sorted(study.coders),
        added["three"]: [study.coders[0]],
    }
    assert declined == {}


def test_jobs_are_their_owners(database: Database) -> None:
    study = begin(database)
    with database.writing() as connection:
        name = jobs.add_job(connection, study.owner, "assess", False, NOW)
        jobs.tell_job(connection, name, "Reading", 3, None)
        assert jobs.job_of(connection, name, study.coders[0]) is None
        jobs.end_job(connection, name, "done", {"units": 3}, LATER)
        found = jobs.job_of(connection, name, study.owner)
        assert found is not None
        assert (found.state, found.stage, found.done, found.total, found.result) == (
            "done",
            "Reading",
            3,
            None,
            {"units": 3},
        )
        jobs.forget_job(connection, name, study.coders[0])
        assert jobs.job_of(connection, name, study.owner) == found
        jobs.forget_job(connection, name, study.owner)
        assert jobs.job_of(connection, name, study.owner) is None


def test_what_a_reader_changes_and_what_fails_is_not_kept(database: Database) -> None:
    with database.reading() as connection:
        people.add_person(connection, "a", "A", "hash", NOW)
    with pytest.raises(UsageError), database.writing() as connection:
        people.add_person(connection, "a", "A", "hash", NOW)
        people.add_person(connection, "a", "A", "hash", NOW)
    with database.reading() as connection:
        assert not people.anybody(connection)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "no database URL"),
        ("mysql://somebody@127.0.0.1/x", "not supported"),
        ("sqlite://", "needs a file"),
        ("postgresql://somebody:hush@127.0.0.1:1/x", "cannot be opened"),
        ("sqlite:///{folder}/missing/x.sqlite", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_opened_gives_one_clear_error(url: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=told) as raised:
        open_database(url.format(folder=tmp_path))
    assert "hush" not in str(raised.value)
