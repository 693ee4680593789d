"""`dtnexus report`: assessments in, HTML report and tables out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dtnexus.cli.options import DEFAULT_FRAMEWORK, FrameworkOption, QuietOption
from dtnexus.cli.screen import Screen
from dtnexus.running.reporting_files import report_files

EPILOG = (
    "Examples:  dtnexus report out/first; "
    "dtnexus report assessments.jsonl --transcripts transcripts.jsonl -o report.html -o table.csv -o table.parquet"
)


def command(
    source: Annotated[
        Path, typer.Argument(metavar="RUN|FILE", help="A folder that `assess` wrote, or assessments.jsonl.")
    ],
    transcripts: Annotated[
        Path | None, typer.Option("--transcripts", "-t", metavar="FILE", help="transcripts.jsonl, beside a FILE.")
    ] = None,
    out: Annotated[
        list[Path],
        typer.Option(
            "-o", "--out", metavar="FILE", help=".html, .csv, .parquet, .json (summary) or .md; several may be given."
        ),
    ] = [],  # noqa: B006 - typer reads the default and never changes it
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    title: Annotated[str | None, typer.Option("--title", help="Title of the HTML report.")] = None,
    quiet: QuietOption = False,
) -> None:
    """Write the HTML report and the tables of assessments.

    Without -o, the report, the table and the summary of a run folder are written again.
    """
    for path in report_files(source, transcripts, out, framework, title):
        Screen(quiet).say(f"Wrote {path}")
