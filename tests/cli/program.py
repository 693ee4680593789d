"""The program as a user meets it: as a process of its own, or in this process where that is enough."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from dtnexus.cli.main import main

ENTRY = "from dtnexus.cli.main import main; main()"
INTERRUPTIBLE = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {ENTRY}"
"""The same where the tests themselves run in the background of a shell, which lets its children ignore interrupts."""
DIES = """
import os, signal, sys
from dtnexus.cli.main import main
from dtnexus.cli.screen import Screen

stage, after = sys.argv[1], int(sys.argv[2])
del sys.argv[1:3]

def track(self, items, title, total=None):
    for count, item in enumerate(items):
        if title == stage and count == after:
            os.kill(os.getpid(), signal.SIGKILL)
        yield item

Screen.track = track
main()
"""
"""The program, killed without warning when so many items of a stage are done."""


class Ran(NamedTuple):
    """How a call ended and what it said."""

    code: int
    out: str
    err: str


def run(*arguments: str | Path, stdin: bytes = b"", entry: str = ENTRY, env: dict[str, str] | None = None) -> Ran:
    """The program in a process of its own."""
    command = [sys.executable, "-c", entry, *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, env=env, timeout=90)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def call(*arguments: str | Path, stdin: bytes = b"") -> Ran:
    """The same program in this process, which is quicker."""
    with _streams(stdin) as (out, err):
        argv, sys.argv = sys.argv, ["dtnexus", *map(str, arguments)]
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code
        finally:
            sys.argv = argv
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        assert isinstance(code, int | None)
        return Ran(code or 0, out.getvalue().decode(), err.getvalue().decode())


@contextmanager
def _streams(stdin: bytes) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    before = sys.stdin, sys.stdout, sys.stderr
    out, err = io.BytesIO(), io.BytesIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin))
    sys.stdout, sys.stderr = io.TextIOWrapper(out), io.TextIOWrapper(err)
    try:
        yield out, err
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
