"""What each command gives: results on standard output or in the file named, progress on standard error only."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dtnexus.assessment import Assessment
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import SIGNAL_NAMES
from dtnexus.rating import STATEMENT
from dtnexus.record import read_jsonl
from dtnexus.transcript import Transcript
from tests.cli.invented import ASIDE, write_talks
from tests.cli.program import Ran, call, run


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("chat.txt").write_text(ASIDE, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def a_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a-run")
    talks = write_talks(folder / "talks.jsonl", 5)
    assert call("assess", talks, "-o", folder / "run", "-q") == (0, "", "")
    return folder / "run"


def lines(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("command", ["convert", "code", "signals"])
def test_a_result_goes_to_standard_output_and_talk_to_standard_error(command: str, place: Path) -> None:
    loud, quiet, piped = call(command, "chat.txt"), call(command, "chat.txt", "-q"), call(command, "-", "-q", stdin=b"")
    assert loud.code == quiet.code == 0
    assert loud.out == quiet.out
    assert "Read 1 conversation, 4 turns (1 labelled-text)." in loud.err
    assert quiet.err == ""
    assert (piped.code, piped.out) == (2, "" if command != "signals" else piped.out)
    by_pipe = call(command, "-", "-q", stdin=ASIDE.encode())
    assert by_pipe.code == 0
    assert by_pipe.out.replace("stdin", "chat").replace('"path":"-"', '"path":"chat.txt"') == loud.out


@pytest.mark.parametrize("command", ["convert", "code", "signals"])
def test_the_same_goes_to_a_file_in_folders_that_are_made(command: str, place: Path) -> None:
    out = place / "new" / "folders" / ("out.csv" if command == "signals" else "out.jsonl")
    assert call(command, "chat.txt", "-q", "-o", out) == (0, "", "")
    assert out.read_text(encoding="utf-8") == call(command, "chat.txt").out
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_convert_writes_transcripts(place: Path) -> None:
    call(
        "convert",
        "chat.txt",
        "-o",
        "out.jsonl",
        "--agent-id",
        "helper",
        "--agent-kind",
        "human",
        "--role",
        "bot=client",
    )
    (transcript,) = read_jsonl(Path("out.jsonl"), Transcript)
    assert transcript.agent.id == "helper"
    assert transcript.agent.kind == "human"
    assert {turn.role for turn in transcript.turns} == {"client"}


def test_convert_reads_a_table_by_its_mapped_columns(place: Path) -> None:
    Path("log.csv").write_text("who,said\nDana,I feel low.\nOtto,That sounds hard.\n", encoding="utf-8")
    named = ("--map", "text=said", "--map", "speaker=who", "--role", "Dana=client", "--role", "Otto=agent")
    (transcript,) = lines(call("convert", "log.csv", *named).out)
    assert [turn["role"] for turn in transcript["turns"]] == ["client", "agent"]  # type: ignore[attr-defined]


def test_signals_are_the_same_in_every_format(place: Path) -> None:
    columns = ["transcript_id", "turn", "role", "words", "language", *SIGNAL_NAMES]
    for name in ("s.csv", "s.jsonl", "s.parquet"):
        assert call("signals", "chat.txt", "-q", "-o", name) == (0, "", "")
    table = list(csv.DictReader(io.StringIO(Path("s.csv").read_text(encoding="utf-8"))))
    objects = lines(Path("s.jsonl").read_text(encoding="utf-8"))
    rows = pq.read_table("s.parquet").to_pylist()
    assert list(table[0]) == list(objects[0]) == list(rows[0]) == columns
    for cells, one, row in zip(table, objects, rows, strict=True):
        assert {k: "" if v is None else str(v) for k, v in one.items()} == cells
        assert row == pytest.approx(one, abs=1e-6)


def test_assess_writes_files_that_the_record_types_read(a_run: Path) -> None:
    names = "assessments.csv assessments.jsonl ratings.jsonl reading.json report.html run.json summary.json"
    assert sorted(path.name for path in a_run.iterdir()) == [*names.split(), "transcripts.jsonl"]
    assessments = list(read_jsonl(a_run / "assessments.jsonl", Assessment))
    assert [one.interaction_id for one in assessments] == [f"talk-{number:03}" for number in range(5)]
    assert len(list(read_jsonl(a_run / "transcripts.jsonl", Transcript))) == 5
    criteria = len(load_framework("dtn-op").criteria)
    said = [one for one in read_jsonl(a_run / "ratings.jsonl", STATEMENT) if one.kind != "observation"]
    assert len(said) == 5 * criteria


def test_a_finding_asked_for_is_exit_code_1(a_run: Path, tmp_path: Path) -> None:
    talks = write_talks(tmp_path / "talks.jsonl", 5)
    assessments = list(read_jsonl(a_run / "assessments.jsonl", Assessment))
    flagged = sum(any(each.zero != "none" for each in one.consensus.values()) for one in assessments)
    code, _, err = call("assess", talks, "-o", tmp_path / "run", "-q", "--fail-on", "flag")
    assert code == (1 if flagged else 0)
    assert err.startswith("--fail-on flag: found in" if flagged else "--fail-on flag: not found")


@pytest.mark.parametrize("name", ["report.html", "table.csv", "table.parquet", "summary.json", "all.md"])
def test_report_writes_every_format(name: str, a_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / name
    assert call("report", a_run, "-q", "-o", out, "--title", "My own title") == (0, "", "")
    assert out.stat().st_size > 0
    if name == "report.html":
        assert "<h1>My own title" in out.read_text(encoding="utf-8")
        assert "<script src" not in out.read_text(encoding="utf-8")


def test_report_of_a_run_writes_its_files_again(a_run: Path) -> None:
    before = {name: (a_run / name).read_bytes() for name in ("report.html", "assessments.csv", "summary.json")}
    for name in before:
        (a_run / name).unlink()
    assert call("report", a_run).code == 0
    assert {name: (a_run / name).read_bytes() for name in before} == before


def test_explain_shows_an_interaction_and_a_rating(a_run: Path) -> None:
    whole, one = call("explain", a_run, "talk-002"), call("explain", a_run, "talk-002", "F1")
    assert (whole.code, one.code, whole.err, one.err) == (0, 0, "", "")
    assert "talk-002" in whole.out
    assert "F1" in one.out


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("talk-02",), "none of its 5 interactions is 'talk-02'. Did you mean talk-002"),
        (("zzz",), "none of its 5 interactions is 'zzz'. For instance talk-000, talk-001, talk-002."),
        (("talk-002", "f1"), "criterion 'f1': framework dtn-op has A1"),
        (("talk-002", "f1"), "Did you mean F1?"),
    ],
)
def test_explain_suggests_near_ids(asked: tuple[str, ...], told: str, a_run: Path) -> None:
    code, out, err = call("explain", a_run, *asked)
    assert (code, out) == (2, "")
    assert told in err


def test_the_framework_commands(tmp_path: Path) -> None:
    small = Path("tests/catalog/small_framework")
    shown, one = call("framework", "show"), call("framework", "show", "F1")
    assert (shown.code, one.code) == (0, 0)
    assert "F1" in shown.out
    assert "F1" in one.out
    assert "no faults; 24 criteria" in call("framework", "validate", "dtn-op").out
    for kind in ("framework", "profile"):
        assert "properties" in json.loads(call("framework", "schema", kind).out)
    same, other = call("framework", "diff", "dtn-op", "dtn-op"), call("framework", "diff", "dtn-op", str(small))
    assert same[:2] == (0, "No differences.\n")
    assert other.code in (1, 2)


def test_doctor_finds_nothing_wrong() -> None:
    code, out, err = call("doctor")
    assert (code, err) == (0, "")
    assert {line[:4] for line in out.splitlines()} == {"ok  "}
    assert "network: none is used" in out


def test_the_demo_ends_with_a_table_and_a_report(tmp_path: Path) -> None:
    first = call("demo", "-o", tmp_path / "demo", "-q")
    assert (first.code, first.err) == (0, "")
    head, *rows = first.out.splitlines()
    assert head.split()[:4] == ["interaction", "presented", "indicated", "earned"]
    assert len(rows) == len(list(read_jsonl(tmp_path / "demo" / "assessments.jsonl", Assessment)))
    assert (tmp_path / "demo" / "report.html").stat().st_size > 10_000


def test_a_reader_that_stops_early_is_no_fault(tmp_path: Path) -> None:
    talks = write_talks(tmp_path / "talks.jsonl", 400)
    entry = (
        "import os, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'from dtnexus.cli.main import main; main()', *sys.argv[1:]],"
        " stdout=subprocess.PIPE, stderr=subprocess.PIPE)\n"
        "child.stdout.readline(); child.stdout.close()\n"
        "sys.stderr.buffer.write(child.stderr.read()); sys.exit(child.wait())"
    )
    assert run("convert", talks, "-q", entry=entry) == Ran(0, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_one_clear_message(place: Path) -> None:
    code, _, err = call("convert", "chat.txt", "-q", "-o", "/dev/full")
    assert (code, err) == (2, "dtnexus: No space left on device. Nothing more was done.\n")
