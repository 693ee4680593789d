"""`dtnexus validate` as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from dtnexus.record import write_jsonl
from tests.cli.program import call, contents
from tests.validation.invented import write_sets
from tests.validation.scripted import STATEMENTS, rating


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DTNEXUS_DATA", raising=False)
    return write_sets(tmp_path / "sets", "rua_robot", "mi_gold_epfl", "dailydialog", "esconv")


def test_a_run_writes_three_files_and_tells_each_set(data: Path, tmp_path: Path) -> None:
    ran = call("validate", "--data", data, "-o", tmp_path / "out")
    assert list(contents(tmp_path / "out")) == ["validation.csv", "validation.json", "validation.md"]
    told = [line.partition(":")[0] for line in ran.err.splitlines()]
    assert told[:4] == ["annomi", "mi_gold_epfl", "epitome", "esconv"]
    assert "GitHub uccollab/AnnoMI" in ran.err
    assert ran.out.startswith("result ")
    content = json.loads((tmp_path / "out" / "validation.json").read_text(encoding="utf-8"))
    short = [row["id"] for row in content["rows"] if row["result"] == "short"]
    assert ran.code == (1 if short else 0)
    assert content["coder"]["details"]["signals"]
    with (tmp_path / "out" / "validation.csv").open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines))
    assert [row["id"] for row in table] == [row["id"] for row in content["rows"]]
    assert "## How each row was measured" in (tmp_path / "out" / "validation.md").read_text(encoding="utf-8")


def test_floors_reached_end_with_0_and_short_ones_with_1(data: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.jsonl"
    said = [*(rating(f"q-esconv#{at}", "B1", 4, None, 1) for at in (1, 2)), rating("FailedESConv#1", "B1", 1, None, 1)]
    with good.open("w", encoding="utf-8") as out:
        write_jsonl(said, out)
    ran = call("validate", "--data", data, "--sets", "esconv", "--ratings", good, "--format", "json", "-q")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["rows"][0]["value"] == 1.0
    assert json.loads(ran.out)["coder"]["name"] == "somebody"
    with good.open("w", encoding="utf-8") as out:
        write_jsonl([said[0].model_copy(update={"score": 0}), *said[1:]], out)
    ran = call("validate", "--data", data, "--sets", "esconv", "--ratings", good, "--format", "csv")
    assert ran.code == 1
    assert "Floors not reached: esconv-failed." in ran.err


def test_ratings_of_other_conversations_are_no_agreement(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    with path.open("w", encoding="utf-8") as out:
        write_jsonl(STATEMENTS, out)
    ran = call("validate", "--data", data, "--sets", "dailydialog, rua_robot", "--ratings", path, "--format", "md")
    assert ran.out.count("| not measurable by this coder: ") == 2
    assert ran.out.count("1 of 2 | share") == 1


def test_the_folder_may_come_from_the_environment(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DTNEXUS_DATA", str(data))
    assert call("validate", "--sets", "rua_robot").out.count("rua_robot") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "where are the labelled sets? Name the folder"),
        (("--data", "nowhere"), "none of these sets is in nowhere: annomi, "),
        (("--data", "SETS", "--sets", "annomy"), "--sets 'annomy': is no set; use some of annomi, "),
        (("--data", "SETS", "--coder", "oracle"), "coder 'oracle' is unknown"),
        (("--data", "SETS", "--ratings", "nothing.jsonl"), "nothing.jsonl: cannot be read"),
        (("--data", "SETS", "--format", "xls"), "Invalid value for '--format'"),
    ],
)
def test_wrong_calls(arguments: tuple[str, ...], message: str, data: Path) -> None:
    ran = call("validate", *(str(data) if each == "SETS" else each for each in arguments))
    assert ran.code == 2
    assert message in " ".join(ran.err.split())
    assert "Traceback" not in ran.err
