"""What a caller may say about the files: roles, columns, agent, encoding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, field_validator

from dtnexus.record import FrozenMap, Record
from dtnexus.transcript import AgentKind, Role

ColumnUse = Literal["conversation", "speaker", "text", "order", "client", "agent", "session", "at"]


class ReadOptions(Record):
    """How to read. Everything has a default; what is given here overrides the files."""

    roles: FrozenMap[str, Role] = Field(default_factory=dict)
    """Speaker name to role; upper and lower case are the same name."""
    columns: FrozenMap[ColumnUse, str] = Field(default_factory=dict)
    """What a column of a table is used for; columns not named here are found by their names."""
    agent_id: str | None = Field(default=None, min_length=1)
    agent_kind: AgentKind | None = None
    agent_version: str | None = None
    client_id: str | None = None
    """For files that hold one client only, such as an account export."""
    language: str | None = None
    synthetic: bool | None = None
    merge: bool | None = None
    """Join consecutive turns of one speaker; None: only where the format splits turns."""
    encoding: str | None = None
    """A codec name; None: found from the bytes."""
    format: str | None = None
    """A reader's name; None: found from the content."""

    @field_validator("roles")
    @classmethod
    def _one_case(cls, roles: Mapping[str, Role]) -> Mapping[str, Role]:
        return {name.strip().casefold(): role for name, role in roles.items()}
