"""Wrong calls: one clear message, exit code 2, no traceback, no words of a conversation, nothing destroyed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.invented import ASIDE, write_talks
from tests.cli.program import DIES, call, contents, run

FRAMEWORK_FAULTS = """\
id: tiny
id: twice
version: "1"
colour: green
"""
# A shell that runs tests in the background has its children ignore the interrupt; a person's terminal does not.
HEEDING = "signal.signal(signal.SIGINT, signal.default_int_handler)\nmain()"
INTERRUPTED = DIES.replace("SIGKILL", "SIGINT").replace("\nmain()", f"\n{HEEDING}")

# what is given -> what the message says
WRONG = {
    "assess chat.txt": "Missing option '-o' / '--out'",
    "assess -o out": "Missing argument 'IN'",
    "assess nothing.txt -o out": "nothing.txt: file_failed: no such file or folder",
    "assess empty.txt -o out": "empty.txt: file_failed: the file is empty",
    "assess empty/ -o out": "empty/: file_failed: there is no file in it",
    "assess *.nothing -o out": "*.nothing: file_failed: there is no file in it",
    "assess chat.txt -o chat.txt": "-o chat.txt: is a file; a folder is wanted",
    "assess chat.txt -o chat.txt/out": "Not a directory",
    "assess chat.txt -o full": "-o full: holds other files and no run",
    "assess chat.txt -o full --restart": "-o full: holds other files and no run",
    "assess chat.txt -o out --framework dtn-po": "did you mean 'dtn-op'",
    "assess chat.txt -o out --framework faulty.yaml": "faulty.yaml:4: ",
    "assess chat.txt -o out --coder oracle": "coder 'oracle' is unknown; use one of linear, encoder, judge:PROVIDER/",
    "assess chat.txt -o out --coder none": "nobody rates",
    "signals chat.txt --coder oracle": "no member 'oracle'; use one of linear, encoder",
    "assess chat.txt -o out --coder linear --coder linear": "coder 'linear' is there twice",
    "assess chat.txt -o out --ratings nothing.jsonl": "nothing.jsonl: cannot be read (No such file or directory)",
    "assess chat.txt -o out --ratings empty": "empty: cannot be read (Is a directory)",
    "assess chat.txt -o out --ratings empty.txt": "empty.txt: no ratings stand in it",
    "assess chat.txt -o out --ratings latin.txt": "latin.txt",
    "assess chat.txt -o out --ratings chat.txt": "chat.txt:1: field 'line': Invalid JSON",
    "assess chat.txt -o out --profile nothing.yaml": "nothing.yaml: no such file",
    "assess chat.txt -o out --fail-on doom": "--fail-on 'doom': is no finding. Wanted: one of flag, gap",
    "assess chat.txt -o out --map text": "--map 'text': NAME=VALUE is wanted",
    "assess chat.txt -o out --map colour=said": "'columns.colour.[key]': Input should be 'conversation', 'speaker'",
    "assess chat.txt -o out --role Bot=boss": "'roles.Bot': Input should be 'client', 'agent' or 'system'",
    "assess chat.txt -o out --agent-kind ghost": "Invalid value for '--agent-kind'",
    "assess chat.txt -o out --jobs 0": "Invalid value for '--jobs'",
    "assess chat.txt -o out --colour": "No such option",
    "convert nothing.txt": "nothing.txt: file_failed: no such file or folder",
    "convert chat.txt -o empty": "-o empty: is a folder; a file is wanted",
    "code chat.txt -o empty": "-o empty: is a folder; a file is wanted",
    "code chat.txt --coder oracle": "coder 'oracle' is unknown",
    "signals chat.txt -o signals.xls": "ending '.xls' is no table; .parquet, .csv or .jsonl is wanted",
    "signals chat.txt -o empty": "ending '' is no table",
    "decide -t chat.txt -r nothing.jsonl": "nothing.jsonl: cannot be read",
    "decide -t chat.txt -r chat.txt": "chat.txt:1: a line that is no statement",
    "decide -t chat.txt": "Missing option '--ratings'",
    "report nothing": "nothing: no such file; wanted: a run folder or an assessments.jsonl",
    "report nothing -o report.html": "nothing: no such file; wanted: a run folder or an assessments.jsonl",
    "report empty": "assessments.jsonl: no such file",
    "report chat.txt -o report.html": "chat.txt:1: field 'line'",
    "report empty -o report.pdf": "-o report.pdf: .html, .csv, .parquet, .json, .md are wanted",
    "explain empty chat": "assessments.jsonl: no such file",
    "framework show d2": "has no element 'd2'. Did you mean D2?",
    "framework validate faulty.yaml": "faulty.yaml:2: ",
    "framework validate nothing": "nothing: nothing stands there",
    "framework diff dtn-op nothing": "nothing: nothing stands there",
    "framework schema colour": "Invalid value for '[KIND]'",
    "demo -o chat.txt": "-o chat.txt: is a file; a folder is wanted",
    "demo -o full": "-o full: holds other files and no run",
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "chat.txt").write_text(ASIDE, encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes("Käse".encode("latin-1"))
    (tmp_path / "empty.txt").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "ratings.jsonl").write_text("somebody's own work\n", encoding="utf-8")
    (tmp_path / "faulty.yaml").write_text(FRAMEWORK_FAULTS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("line", "message"), WRONG.items(), ids=WRONG)
def test_one_clear_message(line: str, message: str, place: Path) -> None:
    code, out, err = call(*line.split())
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    assert not [words for words in ("feel low", "sounds hard", "lost my job", "Käse") if words in err]
    assert contents(place / "full") == {"ratings.jsonl": b"somebody's own work\n"}
    assert not list(place.rglob("*.part"))
    assert not list((place / "out").iterdir() if (place / "out").exists() else [])


def test_every_fault_of_a_framework_file_is_told_at_once(place: Path) -> None:
    err = call("framework", "validate", "faulty.yaml").err
    assert "faulty.yaml:2: " in err
    assert "faulty.yaml:4: " in err


def test_a_run_of_other_inputs_is_refused_and_stays_as_it_is(place: Path) -> None:
    (place / "other.txt").write_text(ASIDE.replace("low", "bad"), encoding="utf-8")
    assert call("assess", "chat.txt", "-o", "run").code == 0
    before = contents(place / "run")
    refused = call("assess", "other.txt", "-o", "run")
    assert refused.code == 2
    assert (
        "-o run: holds a run with other transcripts. Name a new folder, or use --restart to replace it." in refused.err
    )
    refused = call("assess", "chat.txt", "-o", "run", "--framework", "nothing", "--restart")
    assert refused.code == 2
    refused = call("assess", "nothing.txt", "-o", "run", "--restart")
    assert refused.code == 2
    refused = call("demo", "-o", "run")
    assert "holds a run with other transcripts" in refused.err
    assert contents(place / "run") == before


def test_restart_replaces_the_run_also_by_its_own_transcripts(place: Path) -> None:
    (place / "other.txt").write_text(ASIDE.replace("low", "bad"), encoding="utf-8")
    assert call("assess", "chat.txt", "-o", "run").code == 0
    assert call("assess", "other.txt", "-o", "run", "--restart").code == 0
    assert "feel bad" in (place / "run" / "transcripts.jsonl").read_text(encoding="utf-8")
    before = contents(place / "run")
    again = call("assess", "run/transcripts.jsonl", "-o", "run", "--restart")
    assert again.code == 0
    assert contents(place / "run").keys() == before.keys()
    assert contents(place / "run")["assessments.jsonl"] == before["assessments.jsonl"]


def test_a_run_description_that_is_none_is_refused(place: Path) -> None:
    (place / "run").mkdir()
    (place / "run" / "run.json").write_text("{}", encoding="utf-8")
    code, _, err = call("assess", "chat.txt", "-o", "run")
    assert code == 2
    assert "run.json: is no run description. Use --restart or a new folder." in err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(place: Path) -> None:
    (place / "empty").chmod(0o500)
    code, _, err = call("assess", "chat.txt", "-o", "empty/run")
    assert (code, "empty/run: Permission denied" in err) == (2, True)


def test_a_folder_of_the_system_that_nobody_can_write() -> None:
    code, _, err = call("assess", "chat.txt", "-o", "/proc/run")
    assert code == 2
    assert "/proc/run: No such file or directory" in err


def test_ctrl_c_ends_a_run_at_once_and_without_a_traceback(place: Path) -> None:
    interrupted = run("Coding", "3", "assess", write_talks(place / "talks.jsonl", 9), "-o", "run", entry=INTERRUPTED)
    assert (interrupted.code, interrupted.out) == (130, "")
    assert "Traceback" not in interrupted.err


def test_words_in_any_script_are_written_as_utf_8_on_any_terminal(place: Path) -> None:
    (place / "chat.txt").write_text("User: Ich bin müde. 我很累\nBot: Schade.\n", encoding="utf-8")
    shown = run("convert", "chat.txt", "-q", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (shown.code, "müde. 我很累" in shown.out) == (0, True)
