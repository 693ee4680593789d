"""Grouping: the sessions of one client with one agent configuration are one interaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from dtnexus.errors import UsageError
from dtnexus.transcript import Agent, Interaction, Transcript


class Session(Protocol):
    """What decides to which interaction a session belongs, and where in it; a `Transcript` is one."""

    @property
    def id(self) -> str:
        """The transcript's id."""
        ...

    @property
    def client_id(self) -> str | None:
        """The client; None where known in this session only."""
        ...

    @property
    def agent(self) -> Agent:
        """The agent configuration."""
        ...

    @property
    def session_index(self) -> int | None:
        """Place among the client's sessions, where known."""
        ...

    @property
    def started_at(self) -> datetime | None:
        """When it began, where known."""
        ...


S = TypeVar("S", bound=Session)


def group(transcripts: Iterable[Transcript]) -> list[Interaction]:
    """The interactions of a batch, as `arrange` orders them. All transcripts are held in memory.

    Raises:
        UsageError: two transcripts have the same id.
    """
    return [
        Interaction(id=name, agent=sessions[0].agent, client_id=sessions[0].client_id, sessions=tuple(sessions))
        for name, sessions in arrange(transcripts).items()
    ]


def arrange(sessions: Iterable[S]) -> dict[str, list[S]]:
    """Interaction id -> its sessions in order; interactions in the order in which their first session came.

    Sessions with the same client and the same agent configuration belong together; one
    without a client id stands alone. They are ordered by `session_index`, then
    `started_at` (a time without zone is read as UTC), then as they came; a session without
    one of these comes after those that have it. An interaction of one session has the id of
    its transcript, of several ``client@agent``.

    Raises:
        UsageError: two sessions have the same id.
    """
    pairs: dict[object, list[S]] = {}
    for session in sessions:
        key = session.id if session.client_id is None else (session.client_id, session.agent)
        pairs.setdefault(key, []).append(session)
    times = Counter(session.id for together in pairs.values() for session in together)
    twice = next((name for name, count in times.items() if count > 1), None)
    if twice is not None:
        raise UsageError(f"transcript {twice!r} is in the batch {times[twice]} times; ids must be unique")
    taken = set(times)
    arranged: dict[str, list[S]] = {}
    for together in pairs.values():
        first = together[0]
        name = first.id if len(together) == 1 else _free(_joint_id(first.client_id, first.agent), taken)
        taken.add(name)
        arranged[name] = sorted(together, key=_place)
    return arranged


def _place(session: Session) -> tuple[bool, int, bool, float]:
    index, at = session.session_index, session.started_at
    seconds = 0.0 if at is None else (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    return index is None, index or 0, at is None, seconds


def _joint_id(client_id: str | None, agent: Agent) -> str:
    version = "" if agent.version is None else f":{agent.version}"
    return f"{client_id}@{agent.id}{version}"


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}~{number}"
    return free
