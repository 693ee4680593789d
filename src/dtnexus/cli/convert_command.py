"""`dtnexus convert`: any supported format in, transcripts.jsonl out."""

from __future__ import annotations

import sys

from dtnexus.cli.options import (
    AgentIdOption,
    AgentKindOption,
    Inputs,
    LanguageOption,
    MapOption,
    OutFile,
    QuietOption,
    RoleOption,
    read_options,
)
from dtnexus.cli.screen import Screen
from dtnexus.cli.told import exit_if_failed, tell_reading
from dtnexus.record import write_jsonl
from dtnexus.running.archive import Archive
from dtnexus.running.reading import Reading

EPILOG = "Examples:  dtnexus convert exports/ -o transcripts.jsonl; cat chats.jsonl | dtnexus convert - | head -1"


def command(
    inputs: Inputs,
    out: OutFile = None,
    map_columns: MapOption = [],  # noqa: B006 - typer reads the default and never changes it
    role: RoleOption = [],  # noqa: B006
    agent_kind: AgentKindOption = None,
    agent_id: AgentIdOption = None,
    language: LanguageOption = None,
    quiet: QuietOption = False,
) -> None:
    """Read any supported format and write transcripts.jsonl.

    One transcript a line. What was merged, guessed or dropped on the way is told on standard error.
    """
    screen = Screen(quiet)
    reading = Reading(inputs, read_options(map_columns, role, agent_kind, agent_id, language))
    transcripts = screen.track(reading.transcripts(), "Reading")
    if out is None:
        write_jsonl(transcripts, sys.stdout)
    else:
        Archive.write(out, transcripts)
    tell_reading(screen, reading.report())
    exit_if_failed(reading.report().ok)
