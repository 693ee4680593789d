"""Two batteries that want one folder: the second is told, and the first comes to its end as if nothing had been."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dtnexus.errors import UsageError
from dtnexus.probe_battery import Battery
from dtnexus.running.one_at_a_time import held
from tests.cli.program import ENTRY, call, contents, run
from tests.probing.servers import Asked, Handler, chat, says, serving
from tests.probing.test_probe_run import http

PLAY = ("--only", "PB18,PB17C", "--repeats", "2", "-o", "run")
TOLD = "-o run: another `dtnexus probe run` is at work in this folder. Wait until it has ended, or name another folder."


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Holding:
    """Answers twice, and then no more before it is let go."""

    def __init__(self) -> None:
        self.asked, self.go = 0, threading.Event()

    def __call__(self, to: Handler, asked: Asked) -> None:
        self.asked += 1
        if self.asked > 2:
            self.go.wait(60)
        to.body(chat("I am a program."))


def answers(bench: Path) -> int:
    log = bench / "run" / "exchanges.jsonl"
    return log.read_bytes().count(b'"kind":"answered"') if log.exists() else 0


@contextmanager
def playing(bench: Path, address: str) -> Iterator[subprocess.Popen[bytes]]:
    """A battery in a process of its own, of which some was played."""
    process = subprocess.Popen([sys.executable, "-c", ENTRY, *http(address, *PLAY)], cwd=bench, stderr=subprocess.PIPE)
    try:
        while process.poll() is None and answers(bench) < 2:
            time.sleep(0.02)
        assert process.poll() is None
        yield process
    finally:
        process.kill()
        process.communicate(timeout=60)


@pytest.mark.parametrize("more", [(), ("--restart",)])
def test_the_second_is_refused_and_the_first_is_not_disturbed(more: tuple[str, ...], bench: Path) -> None:
    holding = Holding()
    with serving(holding) as server, serving(says("I am a program.")) as other:
        with playing(bench, server.address) as first:
            same = run(*http(server.address, *PLAY), *more)
            assert (same.code, same.out) == (2, "")
            assert TOLD in " ".join(same.err.split())
            assert same.err.count(TOLD[:20]) == 1
            assert "Traceback" not in same.err
            assert run(*http(other.address, *PLAY), *more).code == 2
            assert other.asked == []
            assert answers(bench) == 2
            holding.go.set()
            _, err = first.communicate(timeout=120)
            assert first.returncode == 0, err
        asked = len(server.asked)
    battery = Battery.from_json((bench / "run" / "probes.json").read_bytes())
    assert battery.coverage.complete == battery.coverage.planned == 4
    assert answers(bench) == asked == sum(each.replies for each in battery.runs)
    assert {each.attempts for each in battery.runs} == {1}
    assert not (bench / "run" / "probing.lock").exists()


def test_what_a_killed_battery_held_is_free_again(bench: Path) -> None:
    holding = Holding()
    with serving(holding) as server:
        with playing(bench, server.address) as first:
            first.send_signal(signal.SIGKILL)
            first.communicate(timeout=60)
        assert (bench / "run" / "probing.lock").exists()
        holding.go.set()
        ended = call(*http(server.address, *PLAY))
    assert ended.code == 0, ended.err
    assert Battery.from_json((bench / "run" / "probes.json").read_bytes()).coverage.complete == 4
    assert not (bench / "run" / "probing.lock").exists()


def test_one_killed_before_anything_was_written_hinders_nobody(bench: Path) -> None:
    (bench / "run").mkdir()
    (bench / "run" / "probing.lock").touch()
    with serving(says("I am a program.")) as server:
        ended = call(*http(server.address, *PLAY))
    assert ended.code == 0, ended.err
    assert "probing.lock" not in contents(bench / "run")


def test_a_child_does_not_hold_on_to_what_its_parent_held(tmp_path: Path) -> None:
    """A process that outlives a killed one, such as a worker, must not keep the folder shut."""
    lock = tmp_path / "lock"
    entry, leaving = os.pipe()
    with held(lock, "taken"):
        child = os.fork()
        if child == 0:
            os.close(leaving)
            os.read(entry, 1)  # lives until the parent lets go
            os._exit(0)
    try:
        wanting = (
            "import sys; from pathlib import Path; from dtnexus.running.one_at_a_time import held\n"
            "with held(Path(sys.argv[1]), 'taken'): pass"
        )
        assert subprocess.run([sys.executable, "-c", wanting, str(lock)], check=False).returncode == 0
    finally:
        os.close(leaving)
        os.close(entry)
        os.waitpid(child, 0)


def test_it_is_free_after_an_error_too(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with pytest.raises(UsageError, match="no matter"), held(lock, "taken"):
        assert lock.exists()
        raise UsageError("no matter")
    assert not lock.exists()
    with held(lock, "taken"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="locks of another kind")
def test_a_folder_that_cannot_be_locked_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(stream: object, how: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.lockf", refuse)
    with pytest.raises(UsageError) as told, held(tmp_path / "probing.lock", "somebody is at work"):
        pytest.fail("nothing was locked")
    assert str(tmp_path) in str(told.value)
    assert "take a folder on a disk of this machine" in str(told.value)
