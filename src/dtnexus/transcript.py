"""What was said: turns, the transcript of one session, the interaction of one client with one agent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from dtnexus.probe_run import ProbeRun
from dtnexus.record import Record


class Role(StrEnum):
    """Who speaks: the person, the digital agent (or human helper), or neither."""

    CLIENT = "client"
    AGENT = "agent"
    SYSTEM = "system"


AgentKind = Literal["digital", "human", "unknown"]


class Agent(Record):
    """Which agent configuration spoke. A change of any field makes another interaction."""

    id: str = Field(min_length=1)
    """Name of the configuration; ``unnamed`` where the source names none."""
    kind: AgentKind
    version: str | None = None
    """Model, prompt or product version; None where the source names none."""


class Span(Record):
    """A piece of one turn: half-open character offsets into its text."""

    turn: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"span ends ({self.end}) before it starts ({self.start})")
        return self


class Turn(Record):
    """One contribution. `index` is its place in the transcript, from 0."""

    index: int = Field(ge=0)
    role: Role
    text: str
    speaker: str | None = None
    """The speaker's name in the source, where it had one."""
    at: datetime | None = None


class Source(Record):
    """Where a transcript was read: file, format and place in the file."""

    path: str
    """As given by the user; ``-`` is standard input."""
    format: str
    line: int | None = None
    """First line in the file, from 1, where the format has lines."""


class Transcript(Record):
    """The immutable record of one session: turns numbered from 0 without gaps."""

    id: str = Field(min_length=1)
    turns: tuple[Turn, ...] = Field(min_length=1)
    agent: Agent
    client_id: str | None = None
    """None: this client is known in this session only."""
    session_index: int | None = Field(default=None, ge=0)
    """Place among the client's sessions, where the source tells it."""
    started_at: datetime | None = None
    language: str | None = None
    """BCP 47 tag where known; None is unknown."""
    synthetic: bool = False
    """True where the source says that nobody lived this conversation."""
    source: Source | None = None
    probe: ProbeRun | None = None
    """The probe that played the client, and what it planned; None: no probe did."""

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        for place, turn in enumerate(self.turns):
            if turn.index != place:
                raise ValueError(f"turn {place} carries index {turn.index}; turns are numbered from 0 without gaps")
        for step in self.probe.path if self.probe is not None else ():
            if step.turn >= len(self.turns) or self.turns[step.turn].role is not Role.CLIENT:
                raise ValueError(f"the probe's turn {step.at!r} is placed at {step.turn}, which is no client turn")
        return self

    def quote(self, span: Span) -> str:
        """The words at a span.

        Raises:
            ValueError: the span does not lie inside a turn of this transcript.
        """
        if span.turn >= len(self.turns) or span.end > len(self.turns[span.turn].text):
            raise ValueError(f"transcript {self.id!r}: no text at turn {span.turn}, characters {span.start}-{span.end}")
        return self.turns[span.turn].text[span.start : span.end]


class Interaction(Record):
    """The sessions of one client with one frozen agent configuration, in order.

    The unit that gets a level.
    """

    id: str = Field(min_length=1)
    agent: Agent
    client_id: str | None
    sessions: tuple[Transcript, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _of_one_pair(self) -> Self:
        ids = [session.id for session in self.sessions]
        if len(set(ids)) != len(ids):
            raise ValueError(f"interaction {self.id!r} holds a transcript twice")
        for session in self.sessions:
            if session.agent != self.agent or session.client_id != self.client_id:
                raise ValueError(
                    f"transcript {session.id!r} belongs to another client or agent than interaction {self.id!r}"
                )
        return self

    @property
    def transcript_ids(self) -> tuple[str, ...]:
        """The ids of the sessions, in order."""
        return tuple(session.id for session in self.sessions)
