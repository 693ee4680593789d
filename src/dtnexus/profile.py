"""AgentProfile: how this agent differs from a human therapist, as facts with sources.

Every fact has a value or is unknown. Unknown is shown and never defaults to good.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from dtnexus.record import FrozenMap, Record
from dtnexus.transcript import AgentKind

FactValue = StrictBool | StrictInt | StrictFloat | StrictStr | tuple[str, ...]
FieldType = Literal["text", "flag", "number", "choice", "list"]


class ProfileField(Record):
    """One fact that an agent profile can state."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    """Dotted name, for instance ``memory.cross_session``."""
    type: FieldType
    meaning: str
    choices: tuple[str, ...] = ()
    unit: str | None = None


class Fact(Record):
    """What is known about one field, and on what ground. `value` None is unknown."""

    value: FactValue | None = Field(union_mode="left_to_right")
    document: str | None = None
    dated: date | None = None
    checked_by: str | None = None


class DocumentRating(Record):
    """A person's rating of a criterion on system facts (H1-H3 and the like)."""

    criterion: str
    score: int = Field(ge=0, le=4)
    because: str
    document: str
    dated: date
    checked_by: str


class AgentProfile(Record):
    """Facts about one agent configuration."""

    agent_id: str = Field(min_length=1)
    """Matches `Agent.id` of the transcripts it describes; ``*`` describes every agent."""
    kind: AgentKind
    version: str | None = None
    facts: FrozenMap[str, Fact] = Field(default_factory=dict)
    document_ratings: tuple[DocumentRating, ...] = ()

    def value(self, field: str) -> FactValue | None:
        """The value of a fact; None when it is unknown or not stated."""
        fact = self.facts.get(field)
        return None if fact is None else fact.value
