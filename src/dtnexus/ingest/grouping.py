"""Grouping: the sessions of one client with one agent configuration are one interaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC

from dtnexus.errors import UsageError
from dtnexus.transcript import Agent, Interaction, Transcript


def group(transcripts: Iterable[Transcript]) -> list[Interaction]:
    """The interactions of a batch, in the order in which their first transcript came.

    Transcripts with the same client and the same agent configuration belong together; one
    without a client id stands alone. Sessions are ordered by `session_index`, then
    `started_at` (a time without zone is read as UTC), then as they came; a session without
    one of these comes after those that have it. An interaction of one session has the id of
    its transcript, of several ``client@agent``. All transcripts are held in memory.

    Raises:
        UsageError: two transcripts have the same id.
    """
    pairs: dict[object, list[Transcript]] = {}
    for transcript in transcripts:
        key = transcript.id if transcript.client_id is None else (transcript.client_id, transcript.agent)
        pairs.setdefault(key, []).append(transcript)
    times = Counter(transcript.id for sessions in pairs.values() for transcript in sessions)
    twice = next((name for name, count in times.items() if count > 1), None)
    if twice is not None:
        raise UsageError(f"transcript {twice!r} is in the batch {times[twice]} times; ids must be unique")
    taken = set(times)
    interactions = []
    for sessions in pairs.values():
        first = sessions[0]
        name = first.id if len(sessions) == 1 else _free(_joint_id(first.client_id, first.agent), taken)
        taken.add(name)
        ordered = tuple(sorted(sessions, key=_place))
        interactions.append(Interaction(id=name, agent=first.agent, client_id=first.client_id, sessions=ordered))
    return interactions


def _place(transcript: Transcript) -> tuple[bool, int, bool, float]:
    index, at = transcript.session_index, transcript.started_at
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
