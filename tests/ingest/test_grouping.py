"""Sessions of one client with one agent are one interaction."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dtnexus.errors import UsageError
from dtnexus.ingest import group
from dtnexus.transcript import Agent, Role, Transcript, Turn

CALM = Agent(id="calm", kind="digital")


def session(
    name: str,
    client: str | None = "p1",
    agent: Agent = CALM,
    index: int | None = None,
    at: datetime | None = None,
) -> Transcript:
    turn = Turn(index=0, role=Role.CLIENT, text="Hello.")
    return Transcript(id=name, turns=(turn,), agent=agent, client_id=client, session_index=index, started_at=at)


def test_same_client_and_agent_belong_together_in_order() -> None:
    batch = [session("c", index=2), session("a", index=0), session("b", index=1)]
    (interaction,) = group(batch)
    assert interaction.id == "p1@calm"
    assert interaction.transcript_ids == ("a", "b", "c")


def test_without_client_each_stands_alone() -> None:
    assert [one.id for one in group([session("a", None), session("b", None)])] == ["a", "b"]


def test_another_version_is_another_interaction() -> None:
    newer = CALM.model_copy(update={"version": "2"})
    batch = [session("a"), session("b", agent=newer), session("c"), session("d", agent=newer)]
    assert [(one.id, one.transcript_ids) for one in group(batch)] == [
        ("p1@calm", ("a", "c")),
        ("p1@calm:2", ("b", "d")),
    ]


def test_order_falls_back_to_time_then_to_place() -> None:
    early, late = datetime(2025, 1, 1), datetime(2025, 1, 2, tzinfo=UTC)
    batch = [
        session("x"),
        session("late", at=late),
        session("y"),
        session("early", at=early),
        session("first", index=0),
    ]
    assert group(batch)[0].transcript_ids == ("first", "early", "late", "x", "y")


def test_ids_stay_unique() -> None:
    human = CALM.model_copy(update={"kind": "human"})
    batch = [session("p1@calm", None), session("a"), session("b"), session("c", agent=human), session("d", agent=human)]
    assert [one.id for one in group(batch)] == ["p1@calm", "p1@calm~2", "p1@calm~3"]


def test_a_transcript_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="transcript 'a' is in the batch 2 times"):
        group([session("a"), session("a")])
