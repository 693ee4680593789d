"""Records are frozen, closed, without NaN, and exact in JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dtnexus.assessment import AllianceParallel, Coverage, Earned
from dtnexus.errors import InputError
from dtnexus.profile import AgentProfile, Fact
from dtnexus.rating import STATEMENT, CoderRef, Episode, Evidence, NotObservable, Rating
from dtnexus.record import read_jsonl, write_jsonl
from dtnexus.transcript import Agent, Interaction, Role, Span, Transcript, Turn

AGENT = Agent(id="bot", kind="digital", version="1")
CODER = CoderRef(kind="human", name="coder-a", version="1", details={"trained": "yes"})
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def transcript(*texts: str, id: str = "t1") -> Transcript:
    roles = (Role.CLIENT, Role.AGENT)
    turns = tuple(Turn(index=i, role=roles[i % 2], text=text) for i, text in enumerate(texts or ("hello",)))
    return Transcript(id=id, turns=turns, agent=AGENT)


def episode(quote: str = "hello") -> Episode:
    return Episode(
        criterion="B1", transcript_id="t1", session=0, turn=0, start=0, end=len(quote), quote=quote,
        score=3, expected=2.9, confidence=0.8,
    )  # fmt: skip


def rating() -> Rating:
    return Rating(
        interaction_id="t1", criterion="B1", coder=CODER, score=3, expected=2.9, confidence=0.8, episodes=(episode(),)
    )


def test_a_record_cannot_be_changed() -> None:
    record = rating()
    with pytest.raises(ValidationError):
        record.score = 4  # type: ignore[misc]
    with pytest.raises(TypeError):
        record.coder.details["trained"] = "no"  # type: ignore[index]


def test_a_record_refuses_unknown_fields() -> None:
    with pytest.raises(ValidationError, match="extra"):
        Agent.from_json('{"id": "a", "kind": "digital", "colour": "blue"}')


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_are_impossible(value: float) -> None:
    with pytest.raises(ValidationError):
        episode().model_validate(episode().model_dump() | {"expected": value})


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_json_round_trip_is_exact(texts: list[str]) -> None:
    record = transcript(*texts)
    assert Transcript.from_json(record.to_json()) == record
    assert Transcript.from_json(record.to_json()).digest() == record.digest()


@given(TEXT, TEXT)
def test_digests_differ_exactly_where_records_differ(one: str, other: str) -> None:
    assert (transcript(one).digest() == transcript(other).digest()) == (one == other)


def test_a_digest_does_not_depend_on_the_order_of_mappings() -> None:
    one = CoderRef(kind="judge", name="j", version="1", details={"a": "1", "b": "2"})
    other = CoderRef(kind="judge", name="j", version="1", details={"b": "2", "a": "1"})
    assert one.digest() == other.digest()


def test_a_statement_keeps_its_type_through_json() -> None:
    for statement in (
        rating(),
        NotObservable(interaction_id="t1", criterion="B1", coder=CODER, reason="no opportunity"),
    ):
        assert STATEMENT.validate_json(statement.to_json()) == statement


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda: Span(turn=0, start=5, end=4), "ends"),
        (lambda: Evidence(transcript_id="t", session=0, turn=0, start=0, end=3, quote="ab"), "quote has 2"),
        (lambda: rating().model_validate(rating().model_dump() | {"episodes": ()}), "one episode"),
        (lambda: Coverage(asked=3, rated=1, not_observable=1, not_applicable=0, failed=0), "accounted"),
        (lambda: Transcript(id="t", turns=(Turn(index=1, role=Role.CLIENT, text="a"),), agent=AGENT), "numbered"),
        (lambda: Interaction(id="i", agent=AGENT, client_id=None, sessions=(transcript("a"),) * 2), "twice"),
        (lambda: Interaction(id="i", agent=AGENT, client_id="other", sessions=(transcript("a"),)), "another client"),
    ],
    ids=["span", "quote", "score without evidence", "coverage", "turn numbers", "transcript twice", "two clients"],
)  # fmt: skip
def test_what_contradicts_itself_cannot_be_built(wrong: object, why: str) -> None:
    assert callable(wrong)
    with pytest.raises(ValidationError, match=why):
        wrong()


@pytest.mark.parametrize("outcome", ["level_2", "level_1", "below_level_1", "disqualified", "cannot_be_determined"])
def test_an_alliance_parallel_needs_an_earned_level_3(outcome: str) -> None:
    shown = {"level_2": 2, "level_1": 1}.get(outcome, 0)
    earned = Earned.model_validate(
        {"outcome": outcome, "shown": shown, "ceiling": 3, "failing": (), "missing": (), "would_change": ()}
    )
    claim = {"earned": earned.model_dump(), "statement": "s", "indicators": {"B1": 3}, "client_report": "not measured"}
    with pytest.raises(ValidationError, match="earned level 3"):
        AllianceParallel.model_validate(claim)
    with pytest.raises(ValidationError, match="earned level 3"):
        AllianceParallel.from_json(json.dumps(claim))


def test_an_unknown_fact_stays_unknown() -> None:
    profile = AgentProfile(
        agent_id="bot", kind="digital", facts={"ads": Fact(value=None), "privilege": Fact(value=False)}
    )
    assert profile.value("ads") is None
    assert profile.value("never stated") is None
    assert profile.value("privilege") is False


@pytest.mark.parametrize("value", [True, 1, 1.5, "full", ("a", "b")])
def test_fact_values_keep_their_type(value: object) -> None:
    fact = Fact.model_validate({"value": value})
    assert Fact.from_json(fact.to_json()) == fact
    assert type(fact.value) is type(value)


def test_jsonl_names_the_line_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "transcripts.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        assert write_jsonl([transcript("a"), transcript("b", id="t2")], stream) == 2
        stream.write('\n{"id": "t3"}\n')
    reading = read_jsonl(path, Transcript)
    assert [next(reading).id, next(reading).id] == ["t1", "t2"]
    with pytest.raises(InputError, match=r"transcripts\.jsonl:4: field 'turns'"):
        next(reading)


def test_a_quote_outside_the_transcript_is_refused() -> None:
    assert transcript("hello", "world").quote(Span(turn=1, start=0, end=5)) == "world"
    with pytest.raises(ValueError, match="no text at turn 1"):
        transcript("hello", "world").quote(Span(turn=1, start=0, end=6))
