"""`dtnexus explain`: why this level, why this rating."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dtnexus.cli.options import DEFAULT_FRAMEWORK, FrameworkOption
from dtnexus.running.reporting_files import explained

EPILOG = "Examples:  dtnexus explain out/first chat-17; dtnexus explain out/first chat-17 D2"


def command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A folder that `assess` wrote, or assessments.jsonl.")],
    interaction: Annotated[str, typer.Argument(metavar="INTERACTION", help="Its id.")],
    criterion: Annotated[
        str | None, typer.Argument(metavar="[CRITERION]", help="One criterion, for instance D2.")
    ] = None,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
) -> None:
    """Show why a level or a rating came out as it did.

    Without CRITERION: the three results, what speaks against a level, what is missing. With it: every
    episode with its turn, words, signals and rule, and the thresholds of the levels.
    """
    typer.echo(explained(run, interaction, criterion, framework))
