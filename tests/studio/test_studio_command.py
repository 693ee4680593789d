"""`dtnexus studio` as people start it: a real process on a real port."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def started(folder: Path, *options: str) -> Iterator[list[str]]:
    """What the command says until it takes connections; it is stopped afterwards, as with Ctrl-C."""
    command = [sys.executable, "-m", "dtnexus", "studio", "--no-browser", "--port", "0", *options]
    (folder / "tmp").mkdir()
    own = {**os.environ, "TMPDIR": str(folder / "tmp")}
    process = subprocess.Popen(
        command, cwd=folder, env=own, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line.rstrip())
            if line.startswith("Ctrl-C"):
                break
        yield said
    finally:
        process.terminate()
        process.stdout.close()
        assert process.wait(timeout=30) == 0


def address(said: list[str]) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", said[0])
    assert found is not None
    return found[0]


def test_the_demo_opens_and_lets_everybody_in_once(tmp_path: Path) -> None:
    with started(tmp_path, "--demo", "--quiet") as said:
        with urllib.request.urlopen(f"{address(said)}/health", timeout=30) as answer:
            assert answer.read() == b"ok\n"
        people = [line.split()[0] for line in said if " password " in line]
        assert people == ["owner", "coder-a", "coder-b", "coder-c", "coder-d", "adjudicator", "viewer"]
        link = re.search(r"http\S+/enter/\S+", said[1])
        assert link is not None
        with urllib.request.urlopen(link[0], timeout=30) as answer:
            assert b"Enter as Owner" in answer.read()
    assert list(tmp_path.rglob("*")) == [tmp_path / "tmp"], "the demo leaves nothing behind"


def test_an_empty_database_offers_the_first_account(tmp_path: Path) -> None:
    with started(tmp_path) as said:
        link = re.search(r"http\S+/invited/\S+", "\n".join(said))
        assert link is not None
        with urllib.request.urlopen(link[0], timeout=30) as answer:
            assert b"Make the first account" in answer.read()
    assert (tmp_path / "dtnexus-studio.sqlite").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--host", "0.0.0.0"], "--allow-remote"),
        (["--behind-tls"], "--allow-remote"),
        (["--trusted-proxy", "10.0.0.5"], "--behind-tls"),
        (["--allow-remote", "--behind-tls", "--trusted-proxy", "nowhere"], "an address is wanted"),
        (["--database", "mysql://x/y"], "not supported"),
        (["--database", "sqlite:////nowhere/at/all.sqlite"], "cannot be opened"),
    ],
)
def test_wrong_calls_give_one_clear_error(options: list[str], told: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dtnexus", "studio", "--no-browser", "--port", "0", *options]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_the_extra_the_command_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['fastapi'] = None; sys.argv = ['dtnexus', 'studio'];"
        "from dtnexus.cli.main import main; main()"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "pip install 'dtnexus[studio]'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_help_loads_nothing_of_it() -> None:
    code = (
        "import sys; sys.argv = ['dtnexus', '--help']\nfrom dtnexus.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'fastapi', 'starlette', 'uvicorn', 'sqlalchemy', 'alembic'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"
