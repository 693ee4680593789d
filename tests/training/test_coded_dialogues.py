"""Comparing a coder with dialogues that were coded whole."""

import json
from pathlib import Path

import pytest

from dtnexus.rating import Episode
from training.coded_dialogues import Count
from training.episode_corpus import CodedDialogue, CodedEpisode, coded_dialogues, transcript_of

TALK = transcript_of("own/talk-1", [("client", "I can't go on."), ("agent", "Have a tea.")] * 10)


def true(cue: int, score: int) -> CodedEpisode:
    return CodedEpisode("G1", TALK, cue, cue + 1, score, "talk")


def said(cue: int, score: int) -> Episode:
    return Episode(
        transcript_id=TALK.id,
        session=0,
        start=0,
        end=11,
        turn=cue + 1,
        quote="Have a tea.",
        criterion="G1",
        cue_turn=cue,
        agent_turn=cue + 1,
        score=score,
        expected=float(score),
        confidence=0.8,
    )


@pytest.mark.parametrize(
    ("wanted", "given", "found", "false", "opened", "extra"),
    [
        pytest.param([(0, 1)], [(2, 0)], 1, 0, 1, 0, id="a low one near by is found"),
        pytest.param([(0, 1)], [(8, 0)], 0, 1, 0, 1, id="a low one far off is false, and one too many"),
        pytest.param([(0, 1)], [(0, 3)], 0, 0, 1, 0, id="scored too high: opened, not found"),
        pytest.param([(0, 3)], [(0, 1)], 0, 1, 1, 0, id="scored too low: a false one"),
        pytest.param([], [(4, 1)], 0, 1, 0, 1, id="nothing was there"),
        pytest.param([(0, 0), (10, 1)], [(0, 1)], 1, 0, 1, 0, id="one of two"),
        pytest.param([(0, 0)], [], 0, 0, 0, 0, id="missed"),
    ],
)
def test_what_a_coder_finds_of_a_dialogue(
    wanted: list[tuple[int, int]], given: list[tuple[int, int]], found: int, false: int, opened: int, extra: int
) -> None:
    count = Count()
    count.add([true(*each) for each in wanted], [said(*each) for each in given])
    assert (count.dialogues, count.episodes) == (1, len(wanted))
    assert (count.found, count.false, count.opened, count.extra) == (found, false, opened, extra)


def test_the_first_coder_of_each_criterion_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = [
        {"dialogue": "talk-1", "turn": at, "role": role, "text": f"Invented words, number {at}."}
        for at, role in enumerate(["client", "agent", "client", "agent"])
    ]
    coded = [
        {"labeller": "x", "criteria": ["G1", "G2"], "episodes": [episode("G1", 0, 1)]},
        {"labeller": "y", "criteria": ["G1", "G2"], "episodes": [episode("G1", 0, 3), episode("G2", 0, 3)]},
        {"labeller": "z", "criteria": ["A2"], "episodes": [episode("A2", None, 2)]},
    ]
    lines = [{"file": "own", "dialogue": "talk-1", **each} for each in coded]
    for name, items in (("own", turns), ("coded_dialogues", lines)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, items)), encoding="utf-8")
    monkeypatch.setattr("training.episode_corpus.LABELS", tmp_path)
    monkeypatch.setattr("training.corpus.LABELS", tmp_path)
    (found,) = coded_dialogues()
    assert isinstance(found, CodedDialogue)
    assert found.criteria == {"A2", "G1", "G2"}
    assert [(each.criterion, each.cue_turn, each.score) for each in found.episodes] == [("A2", None, 2), ("G1", 0, 1)]


def episode(criterion: str, cue: int | None, score: int) -> dict[str, object]:
    return {"criterion": criterion, "cue_turn": cue, "agent_turn": 1, "score": score}
