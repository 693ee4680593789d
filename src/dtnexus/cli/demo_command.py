"""`dtnexus demo`: the main job on the shipped synthetic conversations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dtnexus.cli.options import JobsOption, QuietOption, RestartOption
from dtnexus.cli.screen import Screen
from dtnexus.cli.told import exit_if_failed, tell_reading, tell_result
from dtnexus.running.demo import demo_table, run_demo
from dtnexus.running.folder import RunFolder

EPILOG = "Example:  dtnexus demo -o out/demo"


def command(
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="DIR", help="Folder for everything that is written.")
    ] = Path("dtnexus-demo"),
    jobs: JobsOption = None,
    restart: RestartOption = False,
    quiet: QuietOption = False,
) -> None:
    """Assess the shipped synthetic conversations.

    Nobody lived these conversations; they were written for dtnexus and span the framework, from a FAQ bot to
    a programme over four sessions that two people coded. Ends with a table and a report.
    """
    screen = Screen(quiet)
    folder = RunFolder(out)
    outcome = run_demo(folder, restart, jobs, screen.track)
    tell_reading(screen, outcome.reading)
    typer.echo(demo_table(folder))
    tell_result(screen, outcome, folder)
    exit_if_failed(outcome.ok)
