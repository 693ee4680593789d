"""The command: files in, tables out, one clear message for a wrong call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agreement.invented import table_lines, write_table
from tests.cli.program import call, run

FEW = ("--draws", "200")


def test_text_goes_to_standard_output(tmp_path: Path) -> None:
    ran = call("agree", write_table(tmp_path), *FEW)
    assert ran.code == 0
    assert ran.out.startswith("Agreement before adjudication: ratings.csv\n")
    assert "\nMethods\n" in ran.out
    assert ran.err == ""


@pytest.mark.parametrize(
    ("name", "start"), [("a.json", "{"), ("a.csv", "about,criterion"), ("a.tex", "% dtnexus"), ("a", "Agreement")]
)
def test_the_ending_of_the_file_decides_the_form(tmp_path: Path, name: str, start: str) -> None:
    ran = call("agree", write_table(tmp_path), "-o", tmp_path / name, *FEW)
    assert (ran.code, ran.out) == (0, "")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    assert f"Wrote {tmp_path / name}" in ran.err


def test_the_form_that_is_asked_for_outranks_the_ending(tmp_path: Path) -> None:
    call("agree", write_table(tmp_path), "-o", tmp_path / "a.csv", "--format", "json", *FEW)
    assert json.loads((tmp_path / "a.csv").read_text(encoding="utf-8"))["units"] == 12


def test_standard_input(tmp_path: Path) -> None:
    ran = run("agree", "-", "--format", "json", *FEW, stdin="\n".join(table_lines()).encode())
    assert json.loads(ran.out)["source"] == "standard input"


def test_stars_come_from_the_framework_or_the_option(tmp_path: Path) -> None:
    path = write_table(tmp_path)
    assert json.loads(call("agree", path, "--format", "json", *FEW).out)["stars"] == ["F1", "G1"]
    assert json.loads(call("agree", path, "--format", "json", "--star", "A1", *FEW).out)["stars"] == ["A1"]


def test_criteria_coders_scale_and_columns(tmp_path: Path) -> None:
    lines = [line.replace("score", "points").replace(",4", ",7") for line in table_lines()]
    path = write_table(tmp_path, lines=lines)
    options = ("--scale", "0-7", "--coders", "a, c", "--criteria", "G1", "--map", "score=points")
    found = json.loads(call("agree", path, "--format", "json", *options, *FEW).out)
    assert [coder["name"] for coder in found["coders"]] == ["a", "c"]
    assert (found["criteria"], found["scale"]) == (["G1"], [0, 7])
    assert found["left_out"] == {"coder not asked for": 12}


def test_notes_are_told_where_the_table_cannot_hold_them(tmp_path: Path) -> None:
    path = write_table(tmp_path, lines=[*table_lines(), "i0,u00,consensus,A1,3"])
    told = "Left out: 1 line adjudicated"
    assert told in call("agree", path, "--format", "csv", *FEW).err
    assert told not in call("agree", path, "--format", "csv", "-q", *FEW).err


def test_the_ratings_of_an_earlier_run(tmp_path: Path) -> None:
    """Ratings that ship with the examples: people on one interaction, too few to correct for chance."""
    examples = Path(__file__).resolve().parents[2] / "src" / "dtnexus" / "examples" / "ratings"
    found = json.loads(call("agree", next(examples.glob("*.jsonl")), "--format", "json", *FEW).out)
    assert found["units"] == 1
    assert found["left_out"]["counted fact"] > 0
    alphas = [each for each in found["estimates"] if each["coefficient"] == "alpha_ordinal" and each["criterion"]]
    assert {each["value"] for each in alphas} == {None}


def test_a_plan_reads_no_ratings() -> None:
    ran = call("agree", "--plan", "icc", "--expected", ".75", "--per-unit", "3")
    assert ran.out.startswith("52 units, each rated by 3 coders")
    ran = call("agree", "--plan", "kappa", "--expected", ".7", "--shares", ".1,.9", "--format", "json")
    assert json.loads(ran.out)["question"]["shares"] == [0.1, 0.9]


WRONG = {
    "agree": "RATINGS is missing: a table of ratings is wanted, or --plan",
    "agree nothing.csv": "nothing.csv: cannot be read (No such file or directory); wanted: a table",
    "agree .": "cannot be read (Is a directory)",
    "agree ratings.csv -o .": "-o .: is a folder; a file is wanted",
    "agree ratings.csv -o no/where.csv": "No such file or directory",
    "agree ratings.csv --format xls": "Invalid value for '--format'",
    "agree ratings.csv --scale five": "--scale 'five': LOW-HIGH is wanted",
    "agree ratings.csv --scale 4-0": "--scale '4-0': LOW-HIGH is wanted",
    "agree ratings.csv --scale 1-5": "ratings.csv:5: score '0'",
    "agree ratings.csv --star Z9": "--star Z9: ratings.csv has no ratings on it; it has A1, F1, G1",
    "agree ratings.csv --coders zoe": "no coder 'zoe' stands in it",
    "agree ratings.csv --map unit": "--map 'unit': FIELD=COLUMN is wanted",
    "agree ratings.csv --map colour=unit": "FIELD one of unit, coder, criterion, score",
    "agree ratings.csv --map unit=item": "has no column 'item'",
    "agree ratings.csv --draws -1": "Invalid value for '--draws'",
    "agree ratings.csv --framework dtn-po": "did you mean 'dtn-op'",
    "agree ratings.csv --plan icc --expected .7": "--plan icc: plans a study and reads no ratings",
    "agree --plan icc": "--plan icc: --expected is missing",
    "agree --plan kappa --expected .7": "kappa needs shares",
    "agree --plan kappa --expected .7 --shares a,b": "--shares 'a,b': numbers between commas are wanted",
    "agree --plan sensitivity --expected .9 --floor .8 --width .1": "--width and --floor: only one of them",
    "agree --plan luck --expected .7": "Invalid value for '--plan'",
}


@pytest.mark.parametrize(("line", "told"), WRONG.items(), ids=WRONG)
def test_a_wrong_call(line: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_table(tmp_path)
    monkeypatch.chdir(tmp_path)
    ran = call(*line.split())
    assert ran.code == 2
    assert told in " ".join(ran.err.split())
    assert "Traceback" not in ran.err
    assert ran.out == ""
