"""The public sets, where they are at hand: nothing is lost."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from dtnexus.ingest import read_all

DATA = Path(os.environ.get("DTNEXUS_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the research data are not at {DATA.name!r}; set DTNEXUS_DATA"),
]


def the_set(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the set {name} is not in DTNEXUS_DATA")
    return path


def test_vera_mh() -> None:
    folder = the_set("vera_mh/conversations")
    transcripts, report = read_all([folder])
    files = sorted(folder.rglob("*.txt"))
    assert len(transcripts) == len(files) >= 70
    assert {one.id for one in transcripts} == {path.stem for path in files}
    assert {one.agent.kind for one in transcripts} == {"digital"}
    heads = sum(
        line.startswith(("user:", "agent:")) for path in files for line in path.read_text(encoding="utf-8").split("\n")
    )
    assert report.turns + report.total("turns_merged") + report.total("no_words_dropped") == heads
    assert report.ok


def test_annomi() -> None:
    path = the_set("annomi/AnnoMI-full.csv")
    transcripts, report = read_all([path])
    assert len(transcripts) == 133
    assert report.turns + report.total("turns_merged") == 9_699
    with path.open(encoding="utf-8", newline="") as stream:
        rows = sum(1 for _ in csv.DictReader(stream))
    assert report.total("duplicate_dropped") == rows - 9_699
    assert {one.agent.kind for one in transcripts} == {"human"}
    assert report.ok


def test_spiral_bench() -> None:
    files = [path for path in sorted(the_set("spiral_bench").glob("*.json")) if "eval_prompts" not in path.name]
    transcripts, report = read_all(files)
    assert (len(files), len(transcripts), report.turns) == (3, 90, 3_690)
    assert {one.agent.id for one in transcripts} == {
        "anthropic/claude-3.5-sonnet",
        "anthropic/claude-sonnet-4",
        "meta-llama/llama-4-maverick",
    }
    assert all(one.synthetic for one in transcripts)
    assert {loss.kind for loss in report.losses} == {"fields_ignored"}


@pytest.mark.parametrize(
    ("name", "transcripts", "turns"),
    [
        ("dailydialog/dialogues_test.txt", 1_000, 7_740),
        ("topical_chat/valid_rare.json", 539, 11_692),
        ("esconv/FailedESConv.json", 196, 5_230),
        ("esconv/q-esconv.json", 467, 13_323),
        ("reference/transcripts.jsonl", 28, 805),
    ],
)
def test_other_sets(name: str, transcripts: int, turns: int) -> None:
    read, report = read_all([the_set(name)])
    assert len(read) == transcripts
    assert report.turns + report.total("turns_merged") + report.total("no_words_dropped") == turns
    assert report.ok
