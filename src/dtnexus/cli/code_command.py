"""`dtnexus code`: transcripts in, ratings.jsonl out."""

from __future__ import annotations

import sys

from dtnexus.cli.options import (
    DEFAULT_FRAMEWORK,
    AgentIdOption,
    AgentKindOption,
    CoderOption,
    FrameworkOption,
    Inputs,
    JobsOption,
    MapOption,
    OutFile,
    QuietOption,
    RoleOption,
    read_options,
)
from dtnexus.cli.screen import Screen
from dtnexus.cli.told import exit_if_failed, tell_reading
from dtnexus.running.coding_files import code_files
from dtnexus.running.plan import Plan

EPILOG = "Examples:  dtnexus code transcripts.jsonl -o ratings.jsonl; dtnexus code chat.txt | jq 'select(.score == 0)'"


def command(
    inputs: Inputs,
    out: OutFile = None,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    coder: CoderOption = ["linear"],  # noqa: B006 - typer reads the default and never changes it
    map_columns: MapOption = [],  # noqa: B006
    role: RoleOption = [],  # noqa: B006
    agent_kind: AgentKindOption = None,
    agent_id: AgentIdOption = None,
    jobs: JobsOption = 1,
    quiet: QuietOption = False,
) -> None:
    """Rate transcripts on the criteria and write ratings.jsonl.

    One statement a line: a rating with its episodes and quotes, not observable, not applicable or a failure;
    then the counted facts. With -o, a stopped run goes on where it stopped.
    """
    screen = Screen(quiet)
    plan = Plan(
        inputs=tuple(inputs),
        reading=read_options(map_columns, role, agent_kind, agent_id),
        framework=framework,
        coders=tuple(coder),
        jobs=jobs,
    )
    report = code_files(plan, out, sys.stdout, screen.track)
    tell_reading(screen, report)
    exit_if_failed(report.ok)
