"""`dtnexus decide`: transcripts and ratings in, assessments.jsonl out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dtnexus.cli.options import (
    DEFAULT_FRAMEWORK,
    AdmissionsOption,
    FrameworkOption,
    OutFile,
    ProfileOption,
    QuietOption,
    profiles,
)
from dtnexus.cli.screen import Screen
from dtnexus.record import write_jsonl
from dtnexus.running.deciding_files import decide_files, write_assessments

EPILOG = (
    "Example:  dtnexus decide --transcripts transcripts.jsonl --ratings ratings.jsonl --ratings people.jsonl "
    "-o assessments.jsonl"
)


def command(
    transcripts: Annotated[
        list[str], typer.Option("--transcripts", "-t", metavar="IN", help="The transcripts that were coded.")
    ],
    ratings: Annotated[
        list[Path], typer.Option("--ratings", "-r", metavar="FILE", help="Ratings of them, as `code` writes them.")
    ],
    out: OutFile = None,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    profile: ProfileOption = [],  # noqa: B006 - typer reads the default and never changes it
    admissions: AdmissionsOption = [],  # noqa: B006
    quiet: QuietOption = False,
) -> None:
    """Decide levels and risks from transcripts and ratings.

    Ratings of several coders may be given; people outrank machines. Interactions that nobody rated are
    decided too: nothing is known of them.
    """
    screen = Screen(quiet)
    deciding = decide_files(transcripts, ratings, framework, profiles(profile, framework), admissions)
    assessments = screen.track(deciding, "Deciding")
    count = write_jsonl(assessments, sys.stdout) if out is None else write_assessments(out, assessments)
    screen.say(f"Decided {count} interactions.")
