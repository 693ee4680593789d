"""`dtnexus code`: transcripts in, ratings.jsonl out."""

from __future__ import annotations

import sys
from collections import Counter

from dtnexus.cli.options import (
    DEFAULT_FRAMEWORK,
    AgentIdOption,
    AgentKindOption,
    CoderOption,
    FrameworkOption,
    Inputs,
    JobsOption,
    LanguageOption,
    MapOption,
    OutFile,
    QuietOption,
    RoleOption,
    read_options,
)
from dtnexus.cli.screen import Screen
from dtnexus.cli.told import exit_if_failed, tell_not_read, tell_reading
from dtnexus.running.coding_files import code_files
from dtnexus.running.language_counts import NotRead
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
    language: LanguageOption = None,
    jobs: JobsOption = None,
    quiet: QuietOption = False,
) -> None:
    """Rate transcripts on the criteria and write ratings.jsonl.

    One statement a line: a rating with its episodes and quotes, not observable, not applicable or a failure;
    then the counted facts. With -o, a stopped run goes on where it stopped.
    """
    screen = Screen(quiet)
    plan = Plan(
        inputs=tuple(inputs),
        reading=read_options(map_columns, role, agent_kind, agent_id, language),
        framework=framework,
        coders=tuple(coder),
        jobs=jobs,
    )
    not_read: Counter[NotRead] = Counter()
    report = code_files(plan, out, sys.stdout, screen.track, not_read)
    tell_reading(screen, report)
    tell_not_read(screen, not_read, "interaction")
    exit_if_failed(report.ok)
