"""What people are told of conversations in other languages, and how they say a language themselves. All invented."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from dtnexus.assessment import Assessment
from dtnexus.record import read_jsonl
from tests.cli.program import call

TALKS = {
    "english": ["I can't sleep and I am so tired.", "That sounds hard. What happened?"],
    "spanish-1": ["No puedo dormir desde hace meses.", "Lo siento mucho. ¿Qué pasó?"],
    "spanish-2": ["Ya no quiero vivir así.", "I am sorry to hear it. Are you hurt?"],
    "german": ["Ich kann nicht schlafen.", "Das tut mir leid. Seit wann ist das so?"],
    "mixed": [
        "I can't sleep and I am so tired.",
        "That sounds hard. What happened?",
        "Mi padre murió y no sé qué hacer.",
    ],
}
NOT_CODED = "not coded for language Spanish (es): 2"
"""The beginning of the line that people read."""


@pytest.fixture
def talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = []
    for name, said in TALKS.items():
        turns = [{"role": ("client", "agent")[at % 2], "text": text} for at, text in enumerate(said)]
        lines.append(json.dumps({"id": name, "turns": turns}) + "\n")
    Path("talks.jsonl").write_text("".join(lines), encoding="utf-8")
    return tmp_path


def test_assess_says_it_everywhere(talks: Path) -> None:
    ran = call("assess", "talks.jsonl", "-o", "run", "-q")
    assert ran.code == 0
    for line in (
        f"{NOT_CODED} interactions, by encoder",
        "not coded for language German (de): 1 interaction, by encoder",
        "coded in part for language Spanish (es): 1 interaction, by encoder",
    ):
        assert line in ran.err
    assessed = {one.interaction_id: one for one in read_jsonl(Path("run/assessments.jsonl"), Assessment)}
    assert {
        name: {c: (x.coded, x.languages) for c, x in one.language_limits.items()} for name, one in assessed.items()
    } == {
        "english": {},
        "spanish-1": {"encoder": ("no", ("es",))},
        "spanish-2": {"encoder": ("no", ("es",))},
        "german": {"encoder": ("no", ("de",))},
        "mixed": {"encoder": ("in_part", ("es",))},
    }
    assert assessed["spanish-1"].coverage.rated == 0
    assert "Not coded by encoder: language Spanish (es); this coder is validated for English only." in (
        assessed["spanish-1"].notes
    )
    summary = json.loads(Path("run/summary.json").read_bytes())
    assert summary["not_read"] == [
        {"coder": "encoder", "language": "es", "not_coded": 2, "in_part": 1},
        {"coder": "encoder", "language": "de", "not_coded": 1, "in_part": 0},
    ]
    with Path("run/assessments.csv").open(encoding="utf-8", newline="") as stream:
        table = {
            row["interaction_id"]: (row["languages_not_read"], row["language_coded"]) for row in csv.DictReader(stream)
        }
    assert table["spanish-1"] == ("es", "no")
    assert table["mixed"] == ("es", "in_part")
    assert table["english"] == ("", "")
    page = Path("run/report.html").read_text(encoding="utf-8")
    assert "Spanish (es): 2 not coded at all and 1 coded in part, by encoder" in page
    assert "<b>Not coded by encoder:</b> language German (de); this coder is validated for English only." in page


def test_code_says_it_wherever_the_ratings_go(talks: Path) -> None:
    to_file, to_screen = call("code", "talks.jsonl", "-q", "-o", "r.jsonl"), call("code", "talks.jsonl", "-q")
    assert to_file.code == to_screen.code == 0
    assert NOT_CODED in to_file.err
    assert to_file.err == to_screen.err


def test_signals_leaves_such_turns_empty_and_says_it(talks: Path) -> None:
    ran = call("signals", "talks.jsonl", "-q")
    assert f"{NOT_CODED} transcripts, by signals" in ran.err
    rows = list(csv.DictReader(ran.out.splitlines()))
    measured = {(row["transcript_id"], row["turn"]): (row["language"], row["sincere_distress"] != "") for row in rows}
    assert measured["english", "0"] == ("en", True)
    assert measured["spanish-1", "0"] == ("es", False)
    assert measured["mixed", "0"] == ("en", True)
    assert measured["mixed", "2"] == ("es", False)
    assert [row["language"] for row in rows if row["transcript_id"] == "spanish-2"] == ["es", "en"]


@pytest.mark.parametrize("command", ["code", "signals", "convert"])
def test_a_language_that_is_given_is_believed(command: str, talks: Path) -> None:
    english = call(command, "talks.jsonl", "-q", "--language", "en-GB")
    assert (english.code, english.err) == (0, "")
    if command == "convert":
        assert {json.loads(line)["language"] for line in english.out.splitlines()} == {"en-GB"}
    else:
        assert "not coded for language Polish (pl): 5" in call(command, "talks.jsonl", "--language", "pl").err


def test_und_asks_the_words_whatever_the_file_says(talks: Path) -> None:
    stated = [json.loads(line) | {"language": "en"} for line in Path("talks.jsonl").read_text().splitlines()]
    Path("talks.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in stated), encoding="utf-8")
    assert call("code", "talks.jsonl", "-q").err == ""
    assert NOT_CODED in call("code", "talks.jsonl", "-q", "--language", "und").err


def test_a_word_that_is_no_language_is_refused(talks: Path) -> None:
    ran = call("assess", "talks.jsonl", "-o", "run", "--language", "klingon!")
    assert ran.code == 2
    assert "--language 'klingon!' names no language; a code is wanted" in ran.err
