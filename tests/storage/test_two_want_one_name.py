from __future__ import annotations

import threading
from datetime import UTC, datetime

from dtnexus.errors import UsageError
from dtnexus.storage import people
from dtnexus.storage.database import Database

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_of_two_who_want_the_same_login_name_at_once_one_is_told_that_it_is_taken(database: Database) -> None:
    looked, told = threading.Event(), list[str]()

    def second() -> None:
        try:
            with database.writing() as connection:
                if not database.is_sqlite:  # begins while the first one is not kept yet, and sees nobody
                    assert people.person_by_login(connection, "coder-a") is None
                looked.set()
                people.add_person(connection, "Coder-A", "B", "!", AT)
            told.append("made")
        except UsageError as error:
            told.append(str(error))

    other = threading.Thread(target=second)
    with database.writing() as connection:
        people.add_person(connection, "coder-a", "A", "!", AT)
        other.start()
        if not database.is_sqlite:
            assert looked.wait(30)
    other.join(30)
    assert told == ["this login name is taken; choose another one"]
    with database.reading() as connection:
        assert [one.name for one in people.everybody(connection)] == ["A"]
