"""Ratings files replayed: whose they are, what is missing, and quotes that do not occur."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.contract import PLAIN, interaction
from dtnexus.coding.recorded import NO_STATEMENT, RecordedCoder, recorded_coders
from dtnexus.errors import InputError, UsageError
from dtnexus.rating import CoderRef, Episode, Failure, NotObservable, Rating
from dtnexus.record import write_jsonl

ANNA = CoderRef(kind="human", name="anna", version="1")
BEN = CoderRef(kind="human", name="ben", version="1")
QUOTE = "I misread you"


def rating(criterion: str = "E2", quote: str = QUOTE, coder: CoderRef = ANNA, turn: int = 4) -> Rating:
    episode = Episode(
        transcript_id="plain",
        session=0,
        turn=turn,
        start=0,
        end=len(quote),
        quote=quote,
        criterion=criterion,
        cue_turn=3,
        agent_turn=4,
        score=3,
        expected=3.0,
        confidence=1.0,
    )
    return Rating(
        interaction_id="plain",
        criterion=criterion,
        coder=coder,
        score=3,
        expected=3.0,
        confidence=1.0,
        episodes=(episode,),
    )


def silent(criterion: str, coder: CoderRef = ANNA) -> NotObservable:
    return NotObservable(interaction_id="plain", criterion=criterion, coder=coder, reason="no cue")


def said_on(coder: RecordedCoder, criterion: str) -> object:
    statements = coder.code(interaction(PLAIN, "plain"), load_framework("dtn-op@0.1"))
    return next(each for each in statements if getattr(each, "criterion", None) == criterion)


def test_a_file_gives_its_coders_by_name(tmp_path: Path) -> None:
    path = tmp_path / "ratings.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        write_jsonl([rating(), silent("E2", BEN), silent("D1")], stream)
    assert [coder.ref.name for coder in recorded_coders(path)] == ["anna", "ben"]
    assert said_on(RecordedCoder.from_file(path, "anna"), "E2") == rating()
    with pytest.raises(UsageError, match="one coder is wanted; the file holds 'anna', 'ben'"):
        RecordedCoder.from_file(path)
    with pytest.raises(UsageError, match="the coder 'carl' is wanted"):
        RecordedCoder.from_file(path, "carl")


def test_a_line_that_is_no_statement_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ratings.jsonl"
    path.write_text(rating().to_json() + "\n{}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"ratings\.jsonl:2"):
        recorded_coders(path)


def test_what_was_not_rated_is_a_failure_and_no_observation() -> None:
    said = said_on(RecordedCoder([rating()]), "D1")
    assert isinstance(said, Failure)
    assert said.detail == NO_STATEMENT


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (rating(quote="I misread him"), "other words stand there"),
        (rating(turn=40), "the session has 5 turns"),
    ],
)
def test_a_quote_that_does_not_occur_voids_the_rating_without_repeating_it(given: Rating, wrong: str) -> None:
    said = said_on(RecordedCoder([given]), "E2")
    assert isinstance(said, Failure)
    assert said.cause == "quote_not_found"
    assert wrong in said.detail
    assert "misread" not in said.detail


def test_an_unknown_criterion_is_named() -> None:
    coder = RecordedCoder([rating("Z9")])
    with pytest.raises(UsageError, match="name Z9; framework 'dtn-op' has A1, A2"):
        coder.code(interaction(PLAIN, "plain"), load_framework("dtn-op@0.1"))


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ([rating(), rating(coder=BEN)], "come from: anna, ben"),
        ([], "come from: none"),
        ([rating(), rating()], "two statements on 'E2'"),
    ],
)
def test_a_replay_holds_one_statement_of_one_coder(given: list[Rating], wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        RecordedCoder(given)
