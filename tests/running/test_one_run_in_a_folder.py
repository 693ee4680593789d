"""Two runs that want one folder: the second is told and changes nothing; what a killed one left hinders nobody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import call, contents

TALK = "client: I lost my job and I feel empty.\nagent: I'm sorry. What was the hardest part of today?\n"
TOLD = "-o run: another run is at work in this folder. Wait until it has ended, or name another folder."
HOLD = (
    "import sys; from pathlib import Path; from dtnexus.running.one_at_a_time import held\n"
    "with held(Path(sys.argv[1]), 'taken'):\n    print('held', flush=True); sys.stdin.read()"
)
ASSESS = ("assess", "talk.txt", "-o", "run", "--coder", "linear")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talk.txt").write_text(TALK, encoding="utf-8")
    return tmp_path


def test_the_second_is_told_and_changes_nothing(bench: Path) -> None:
    assert call(*ASSESS).code == 0
    before = contents(bench / "run")
    command = [sys.executable, "-c", HOLD, str(bench / "run" / "run.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        second = call(*ASSESS, "--restart")
        other.communicate("")
    assert second.code == 2
    assert TOLD in second.err
    assert contents(bench / "run") == before
    assert call(*ASSESS).code == 0


def test_what_a_killed_run_left_behind_hinders_nobody(bench: Path) -> None:
    (bench / "run").mkdir()
    (bench / "run" / "run.lock").touch()
    assert call(*ASSESS).code == 0
    assert "run.lock" not in contents(bench / "run")
