"""How values stand in the database: the same text on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
"""A JSON value."""


class Moment(TypeDecorator[datetime]):
    """A point in time as ISO 8601 text in UTC with microseconds: sorts as it reads on every engine."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """The text of a time; one without zone is refused, since nobody could say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """The time, in UTC."""
        return None if value is None else datetime.fromisoformat(value)


class Words(TypeDecorator[str]):
    """Text that people wrote. PostgreSQL stores no NUL; it becomes U+FFFD on both engines, so that both agree."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text without NUL."""
        return None if value is None else value.replace("\x00", "\ufffd")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it stands."""
        return value


class JsonText(TypeDecorator[Json]):
    """A JSON value as ASCII text: control characters and NUL survive as escapes on every engine."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str | None:
        """The text of a value; None stays NULL."""
        return None if value is None else json.dumps(value, ensure_ascii=True, allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json:
        """The value."""
        if value is None:
            return None
        read: Json = json.loads(value)
        return read
