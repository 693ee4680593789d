"""The readers on the real sets, where they are at hand: the counts that their papers or notes give."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dtnexus.validation.sets import danger, empathy, judged, motivational, reference, single_turns
from dtnexus.validation.targets import shipped_targets

DATA = Path(os.environ.get("DTNEXUS_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the research data are not at {DATA.name!r}; set DTNEXUS_DATA"),
]


def _turns_of_therapists(folder: Path) -> int:
    return sum(role == "agent" for one in motivational.annomi_utterances(folder) for role in one.roles)


COUNTS: list[tuple[str, Callable[[Path], int], int]] = [
    ("annomi", _turns_of_therapists, 4_882),
    ("annomi", lambda folder: sum(high for _, high in motivational.annomi_sessions(folder)), 110),
    ("mi_gold_epfl", lambda folder: len(motivational.mi_sentences(folder)), 1_681),
    ("epitome", lambda folder: len(empathy.epitome_replies(folder / "explorations-reddit.csv")), 3_084),
    ("gpt_abceval", lambda folder: sum(len(each.turns) for each in empathy.abceval_dialogues(folder)), 1_634),
    ("esconv", lambda folder: len(empathy.esconv_sessions(folder)), 617 + 196),
    ("ieval", lambda folder: len(empathy.ieval_chats(folder)), 960),
    ("cssrs500", lambda folder: len(danger.cssrs_users(folder)), 500),
    ("llms_as_therapists", lambda folder: len({each.stimulus for each in danger.llms_answers(folder)[0]}), 10),
    ("llms_as_therapists", lambda folder: len({each.stimulus for each in danger.llms_answers(folder)[1]}), 10),
    ("rua_robot", lambda folder: len(single_turns.robot_utterances(folder, "pos")), 408),
    ("medical_safety", lambda folder: len(single_turns.medical_replies(folder)[0]), 1_413),
    ("mentalmanip", lambda folder: len(single_turns.scenes(folder)), 2_915),
    ("spiral_bench", lambda folder: len(judged.spiral_conversations(folder)), 90),
    ("reference", lambda folder: len(reference.references(folder)), 28),
]


@pytest.mark.parametrize(("name", "counted", "wanted"), COUNTS)
def test_counts(name: str, counted: Callable[[Path], int], wanted: int) -> None:
    if shipped_targets().sets[name].missing(DATA / name):
        pytest.skip(f"the set {name} is not in DTNEXUS_DATA")
    assert counted(DATA / name) == wanted
