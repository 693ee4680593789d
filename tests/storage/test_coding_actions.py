from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from dtnexus.errors import UsageError
from dtnexus.rating import Coded
from dtnexus.sheet import ClearAnswer, DropMark, NoOpportunity, PutAnswer, PutMark, ScoreAnswer, Sheet
from dtnexus.storage import assignments, settling
from dtnexus.storage.coding import Closed, Conflict, Done, act, go_to_pass, sheet_of, skip, submit
from dtnexus.storage.database import Database
from dtnexus.storage.tables import actions
from dtnexus.study.freezing import freeze, human_coder
from tests.storage.in_store import LATER, NOW, ODD, a_mark, an_action, begin, do, fine, first_assignment
from tests.study.made_up import complete, framework, interaction

SCORE = PutAnswer(answer=ScoreAnswer(score=3, rationale=ODD))


def sheet(database: Database, assignment_id: str) -> Sheet:
    with database.reading() as connection:
        return sheet_of(connection, assignment_id)


def logged(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(actions)).scalar_one()


def test_actions_change_the_sheet_one_after_another(database: Database) -> None:
    to = first_assignment(database, begin(database))
    assert do(database, to, an_action(PutMark(mark=a_mark()), 0, "action-0001")) == Done(1, repeated=False)
    assert do(database, to, an_action(SCORE, 1, "action-0002")) == Done(2, repeated=False)
    stands = sheet(database, to.id).of("B1")
    assert (stands.version, stands.marks, stands.answer) == (2, (a_mark(),), SCORE.answer)
    do(database, to, an_action(ClearAnswer(), 2, "action-0003"))
    do(database, to, an_action(DropMark(mark_id="mark-0001"), 3, "action-0004"))
    stands = sheet(database, to.id).of("B1")
    assert (stands.version, stands.marks, stands.answer) == (4, (), None)
    assert logged(database) == 4


def test_the_first_action_begins_the_assignment(database: Database) -> None:
    study = begin(database)
    to = first_assignment(database, study)
    do(database, to, an_action(SCORE, 0, "action-0001"))
    now = first_assignment(database, study)
    assert (to.state, now.state, now.opened_at) == ("open", "in_progress", LATER)


def test_sending_again_after_a_lost_connection_counts_once(database: Database) -> None:
    to = first_assignment(database, begin(database))
    sent = an_action(PutMark(mark=a_mark()), 0, "action-0001")
    do(database, to, sent)
    do(database, to, an_action(SCORE, 1, "action-0002"))
    assert do(database, to, sent) == Done(2, repeated=True)
    assert sheet(database, to.id).of("B1").version == 2
    assert logged(database) == 2


def test_an_id_is_good_for_one_action(database: Database) -> None:
    to = first_assignment(database, begin(database))
    do(database, to, an_action(SCORE, 0, "action-0001"))
    with pytest.raises(UsageError, match="another action"):
        do(database, to, an_action(ClearAnswer(), 1, "action-0001"))


def test_two_tabs_conflict_and_say_so(database: Database) -> None:
    to = first_assignment(database, begin(database))
    do(database, to, an_action(SCORE, 0, "action-0001"))
    other_tab = an_action(PutAnswer(answer=NoOpportunity()), 0, "action-0002")
    assert do(database, to, other_tab) == Conflict(1)
    assert sheet(database, to.id).of("B1").answer == SCORE.answer
    elsewhere = an_action(PutAnswer(answer=NoOpportunity()), 0, "action-0003", "A1")
    assert do(database, to, elsewhere) == Done(1, repeated=False)


def test_what_the_rule_refuses_leaves_no_trace(database: Database) -> None:
    to = first_assignment(database, begin(database))

    def refuse(_: Sheet) -> None:
        raise UsageError("no")

    with pytest.raises(UsageError), database.writing() as connection:
        act(connection, to, an_action(SCORE, 0, "action-0001"), NOW, refuse)
    assert (sheet(database, to.id), logged(database)) == (Sheet(), 0)


def test_submitting_keeps_the_statements_and_closes(database: Database) -> None:
    study = begin(database)
    to = first_assignment(database, study)
    known = framework()
    coder = human_coder("coder-a", known)
    with database.writing() as connection:
        done = submit(
            connection, to, "submit-0001", 0, LATER, lambda _: freeze(complete(known), interaction("one"), known, coder)
        )
    assert done == Done(1, repeated=False)
    with database.writing() as connection:
        again = submit(connection, to, "submit-0001", 0, LATER, lambda _: ())
        assert again == Done(1, repeated=True)
        found = settling.statements_of(connection, study.project_id)
    assert len(found) == len(known.transcript_criteria)
    assert {(one.code, one.unit_id, one.round, one.at) for one in found} == {("coder-a", to.unit_id, "coding", LATER)}
    said = {one.criterion: one.statement for one in found}
    assert said["B1"] == next(
        s for s in freeze(complete(known), interaction("one"), known, coder) if s.criterion == "B1"
    )
    assert do(database, to, an_action(SCORE, 0, "action-0001")) == Closed("submitted")


def test_an_incomplete_sheet_is_not_submitted(database: Database) -> None:
    study = begin(database)
    to = first_assignment(database, study)

    def incomplete(_: Sheet) -> tuple[Coded, ...]:
        raise UsageError("not complete")

    with pytest.raises(UsageError), database.writing() as connection:
        submit(connection, to, "submit-0001", 0, LATER, incomplete)
    assert first_assignment(database, study).state == "open"
    assert logged(database) == 0


def test_passes_and_leaving_a_unit_to_others(database: Database) -> None:
    study = begin(database)
    to = first_assignment(database, study)
    with database.writing() as connection:
        assert go_to_pass(connection, to, "pass-0001", 0, "mark", LATER) == Done(1, repeated=False)
        assert go_to_pass(connection, to, "pass-0001", 0, "mark", LATER) == Done(1, repeated=True)
        assert go_to_pass(connection, to, "pass-0002", 0, "rate", LATER) == Conflict(1)
        assert skip(connection, to, "skip-0001", 1, ODD, LATER) == Done(2, repeated=False)
        assert go_to_pass(connection, to, "pass-0003", 2, "rate", LATER) == Closed("skipped")
    now = first_assignment(database, study)
    assert (now.state, now.current_pass, now.version) == ("skipped", "mark", 2)
    assert now.skip_reason == ODD.replace("\x00", "\ufffd")
    with database.reading() as connection:
        progress = assignments.progress(connection, study.project_id)[study.coders[0]]
    assert (progress.open, progress.skipped, progress.total) == (1, 1, 2)


def test_nobody_gets_at_an_assignment_of_somebody_else(database: Database) -> None:
    study = begin(database)
    to = first_assignment(database, study)
    with database.reading() as connection:
        assert assignments.assignment(connection, study.project_id, to.id, study.coders[0]) == to
        assert assignments.assignment(connection, study.project_id, to.id, study.coders[1]) is None
        assert assignments.assignment(connection, "other", to.id, study.coders[0]) is None


def test_many_at_once_lose_nothing(database: Database) -> None:
    """What was acknowledged stands; of those that saw the same version, one wins and the others hear so."""
    study = begin(database)
    to = [first_assignment(database, study, coder) for coder in (0, 1)]

    def one(number: int) -> bool:
        sent = an_action(PutMark(mark=a_mark(f"mark-{number:04d}")), 0, f"action-{number:04d}", "B1")
        return isinstance(do(database, to[number % 2], sent), Done)

    def many(number: int) -> int:
        criterion = f"X{number}"
        change = PutAnswer(answer=NoOpportunity(reason=str(number)))
        for seen in range(5):
            name = f"many-{number:04d}-{seen}"
            assert do(database, to[0], an_action(change, seen, name, criterion)) == Done(seen + 1, repeated=False)
        return number

    with ThreadPoolExecutor(16) as crew:
        won = list(crew.map(one, range(24)))
        list(crew.map(many, range(24)))
    assert sum(won) == 2
    stands = sheet(database, to[0].id)
    assert [len(sheet(database, each.id).of("B1").marks) for each in to] == [1, 1]
    assert {stands.of(f"X{number}").version for number in range(24)} == {5}
    assert logged(database) == 2 + 24 * 5
    fine(stands)
