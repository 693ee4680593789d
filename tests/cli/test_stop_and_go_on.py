"""A run that is killed goes on, and ends as if nothing had happened: the same bytes in every file."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.invented import write_talks
from tests.cli.program import DIES, call, contents, run

TALKS = 60


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_talks(tmp_path_factory.mktemp("talks") / "talks.jsonl", TALKS)


@pytest.fixture(scope="module")
def undisturbed(talks: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed") / "a-name-that-must-not-leak"
    assert call("assess", talks, "-o", folder, "-q").code == 0
    found = contents(folder)
    assert len(found) == 8
    assert not [name for name, content in found.items() if b"a-name-that-must-not-leak" in content]
    return found


@pytest.mark.parametrize(
    ("stage", "after", "jobs"),
    [("Reading", 20, 1), ("Coding", 0, 1), ("Coding", 31, 1), ("Coding", 40, 3), ("Deciding", 12, 1)],
)
def test_a_killed_run_ends_the_same(
    stage: str, after: int, jobs: int, talks: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    killed = run(stage, str(after), "assess", talks, "-o", tmp_path / "run", "-j", str(jobs), entry=DIES)
    assert killed.code == -signal.SIGKILL
    assert not (tmp_path / "run" / "report.html").exists()
    again = call("assess", talks, "-o", tmp_path / "run")
    assert again.code == 0
    assert contents(tmp_path / "run") == undisturbed
    kept = {"Reading": 0, "Coding": max(0, after - 1), "Deciding": TALKS - 1}[stage]
    assert (f"{kept} of {TALKS} were already coded" in again.err) == (kept > 0)


def test_the_number_of_processes_changes_nothing(talks: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    assert run("assess", talks, "-o", tmp_path / "run", "-j", "3", "-q") == (0, "", "")
    assert contents(tmp_path / "run") == undisturbed


def test_a_finished_run_is_left_as_it_is(talks: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    for _ in range(2):
        assert call("assess", talks, "-o", tmp_path / "run").code == 0
        assert contents(tmp_path / "run") == undisturbed


def _cut_in_a_line(text: bytes) -> bytes:
    return text[: len(text) // 2]


def _cut_between_lines(text: bytes) -> bytes:
    return b"".join(text.splitlines(keepends=True)[:100])


def _cut_in_a_character(text: bytes) -> bytes:
    return text[: len(text) // 3] + b'{"interaction_id": "talk-\xc3'


def _filled_with_zeros(text: bytes) -> bytes:
    return text[: len(text) // 3] + b"\0" * 4096


def _emptied(text: bytes) -> bytes:
    return b""


@pytest.mark.parametrize(
    "damage", [_cut_in_a_line, _cut_between_lines, _cut_in_a_character, _filled_with_zeros, _emptied]
)
def test_torn_ratings_are_repaired(
    damage: Callable[[bytes], bytes], talks: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("run.json", "transcripts.jsonl", "reading.json"):
        (folder / name).write_bytes(undisturbed[name])
    (folder / "ratings.jsonl").write_bytes(damage(undisturbed["ratings.jsonl"]))
    assert call("assess", talks, "-o", folder).code == 0
    assert contents(folder) == undisturbed


def test_code_goes_on_too_and_its_file_appears_only_when_it_is_done(
    talks: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "ratings.jsonl"
    assert run("Coding", "25", "code", talks, "-o", out, entry=DIES).code == -signal.SIGKILL
    assert sorted(contents(tmp_path)) == ["ratings.jsonl.part", "ratings.jsonl.part.json"]
    other = write_talks(tmp_path.parent / f"{tmp_path.name}-other.jsonl", 3)
    refused = call("code", other, "-o", out)
    assert refused.code == 2
    assert "a stopped run with other transcripts stands here" in refused.err
    assert call("code", talks, "-o", out, "-q") == (0, "", "")
    assert contents(tmp_path) == {"ratings.jsonl": undisturbed["ratings.jsonl"]}


def test_no_process_outlives_a_killed_run(talks: Path, tmp_path: Path) -> None:
    """`run` returns only when every process that holds its pipes has ended; it would run into its time limit."""
    assert run("Coding", "5", "assess", talks, "-o", tmp_path / "run", "-j", "2", entry=DIES).code == -signal.SIGKILL
