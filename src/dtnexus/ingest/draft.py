"""Draft: a conversation as a reader found it, before roles are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from dtnexus.transcript import AgentKind, Role


class Said(NamedTuple):
    """One contribution. `who` is the source's word for the speaker or role; it decides the role."""

    who: str
    text: str
    speaker: str | None = None
    """The name to keep, where the source had one."""
    at: datetime | None = None


@dataclass(slots=True)
class Draft:
    """What a reader found out about one conversation. None is: the source does not say."""

    said: list[Said]
    line: int | None = None
    id: str | None = None
    """None: the file's name, with a number where the file holds several."""
    client_id: str | None = None
    agent_id: str | None = None
    agent_kind: AgentKind | None = None
    agent_version: str | None = None
    session_index: int | None = None
    started_at: datetime | None = None
    language: str | None = None
    synthetic: bool = False
    roles: Mapping[str, Role] = field(default_factory=dict)
    """Roles that the reader knows or guesses, by `Said.who`."""
    guessed: str | None = None
    """Why `roles` is a guess; None: it is not."""
    strict: bool = False
    """The source's role words mean what its format says; no guess by frequency."""
