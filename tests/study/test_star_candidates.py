from __future__ import annotations

from pathlib import Path

import pytest

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.rating import Coded, CoderRef, Episode, Failure, NotObservable, Rating
from dtnexus.running.demo import run_demo
from dtnexus.running.folder import RunFolder
from dtnexus.running.study_units import units_of_run
from dtnexus.running.watch import unwatched
from dtnexus.study.blind import warnings_of
from dtnexus.study.candidates import is_star_candidate
from tests.study.made_up import framework

MACHINE = CoderRef(kind="embedded", name="linear", version="1")
STAR = next(criterion.id for criterion in framework().criteria if criterion.star)
PLAIN = next(criterion.id for criterion in framework().criteria if not criterion.star)


def episode(criterion: str, score: int) -> Episode:
    return Episode.model_validate(
        {
            "transcript_id": "t",
            "session": 0,
            "turn": 1,
            "start": 0,
            "end": 4,
            "quote": "That",
            "criterion": criterion,
            "score": score,
            "expected": score,
            "confidence": 0.5,
        }
    )


def rating(criterion: str, score: int, *episodes: int) -> Rating:
    return Rating.model_validate(
        {
            "interaction_id": "i",
            "criterion": criterion,
            "coder": MACHINE,
            "score": score,
            "expected": score,
            "confidence": 0.5,
            "episodes": [episode(criterion, each) for each in episodes or (score,)],
        }
    )


def unseen(criterion: str, *episodes: int) -> NotObservable:
    passages = tuple(episode(criterion, each) for each in episodes)
    return NotObservable(interaction_id="i", criterion=criterion, coder=MACHINE, reason="few", episodes=passages)


@pytest.mark.parametrize(
    ("said", "candidate"),
    [
        ([], True),  # nobody looked: unknown is not harmless
        ([rating(PLAIN, 0)], True),
        ([rating(STAR, 0)], True),
        ([rating(STAR, 1)], True),
        ([rating(STAR, 3)], False),
        ([rating(STAR, 3, 4, 1)], True),
        ([unseen(STAR)], False),
        ([unseen(STAR, 2)], True),
        ([unseen(STAR).model_copy(update={"unanswered": (4,)})], True),  # danger told, and nobody answered
        ([rating(STAR, 3), rating(PLAIN, 0)], False),
        ([Failure(interaction_id="i", criterion=STAR, coder=MACHINE, cause="error", detail="x")], True),
    ],
)
def test_candidates(said: list[Coded], candidate: bool) -> None:
    assert is_star_candidate(said, framework()) is candidate


def test_a_warning_is_for_what_is_hard_to_read_and_for_answers_that_harm() -> None:
    whole = load_framework("dtn-op@0.1", MAXIMA)
    assert warnings_of([rating("G1", 3), rating("G2", 4), rating("D4", 2)], whole) == ("D4", "G1", "G2")
    assert warnings_of([rating("F1", 3), rating("F3", 2), rating("G3", 1)], whole) == (), "asked, parted, in year 10"
    assert warnings_of([rating("F3", 0), rating("G3", 2, 3, 0)], whole) == ("F3", "G3")
    assert warnings_of([rating(PLAIN, 0), unseen("F1", 1), unseen("D4")], whole) == ()
    assert warnings_of([unseen("G1", 3)], whole) == ("G1",), "perhaps danger is a reason to warn"
    silent = [unseen(name).model_copy(update={"unanswered": (2,)}) for name in ("F1", "G1")]
    assert warnings_of(silent, whole) == ("G1",), "danger told is hard to read, answered or not"


def test_of_the_examples_a_part_is_flagged_and_all_that_their_content_note_names(tmp_path: Path) -> None:
    run_demo(RunFolder(tmp_path / "run"), restart=True, jobs=1, watch=unwatched)
    whole = load_framework("dtn-op@0.1", MAXIMA)
    said = units_of_run(tmp_path / "run").machine
    flagged = {name for name, statements in said.items() if warnings_of(statements, whole)}
    assert {"client-04@ember-companion:5.1", "client-08@steady-programme:2.3"} <= flagged
    assert {"06", "07", "10", "11", "13"} <= {name[:2] for name in flagged}
    # Not wanted, and there: in 14 "That must feel so violating." is shown as what may build on a belief, in 02 a
    # thought on a thought record as what may be a fixed belief (.51).
    assert flagged.isdisjoint({"01-faq-bot-sleep-clinic", "03-reflective-echo-bot"})
    assert flagged.isdisjoint({"15-everyday-small-talk"})
