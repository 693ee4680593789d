"""`dtnexus signals`: a row per turn, a column per signal."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from dtnexus.cli.options import (
    AgentIdOption,
    AgentKindOption,
    Inputs,
    LanguageOption,
    MapOption,
    QuietOption,
    RoleOption,
    read_options,
)
from dtnexus.cli.screen import Screen
from dtnexus.cli.told import exit_if_failed, tell_not_read, tell_reading
from dtnexus.coding.member import DEFAULT
from dtnexus.running.language_counts import NotRead
from dtnexus.running.reading import Reading
from dtnexus.running.signal_table import write_signals

EPILOG = "Examples:  dtnexus signals chats/ -o signals.parquet; dtnexus signals chat.txt | column -s, -t | less -S"


def command(
    inputs: Inputs,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help="A .parquet, .csv or .jsonl file; CSV on standard output."),
    ] = None,
    coder: Annotated[str, typer.Option("--coder", metavar="NAME", help="`encoder` or the quicker `linear`.")] = DEFAULT,
    map_columns: MapOption = [],  # noqa: B006 - typer reads the default and never changes it
    role: RoleOption = [],  # noqa: B006
    agent_kind: AgentKindOption = None,
    agent_id: AgentIdOption = None,
    language: LanguageOption = None,
    quiet: QuietOption = False,
) -> None:
    """Measure the per-turn signals and write a table.

    Columns: transcript_id, turn, role, words, language, then one per signal: a probability from 0 to 1, for
    graded signals an expected value (0-2, risk_severity 0-6); empty where the role does not apply, and in
    turns that are not read because their language is not English. Signals are measurements, not ratings.
    """
    screen = Screen(quiet)
    reading = Reading(inputs, read_options(map_columns, role, agent_kind, agent_id, language))
    not_read: Counter[NotRead] = Counter()
    write_signals(screen.track(reading.transcripts(), "Measuring"), out, sys.stdout, not_read, coder)
    tell_reading(screen, reading.report())
    tell_not_read(screen, not_read, "transcript")
    exit_if_failed(reading.report().ok)
