"""`dtnexus compare`: two runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dtnexus.cli.options import DEFAULT_FRAMEWORK, FrameworkOption, QuietOption
from dtnexus.cli.screen import Screen
from dtnexus.errors import UsageError
from dtnexus.reporting.comparison_text import comparison_text
from dtnexus.running.comparing import Compared
from dtnexus.running.whole_file import refuse_folder

EPILOG = "Examples:  dtnexus compare out/last out/release -o compare.html; dtnexus compare out/last out/release --json"


def command(
    first: Annotated[
        Path, typer.Argument(metavar="A", help="A run folder of `probe run` or `assess`, or an assessments.jsonl.")
    ],
    second: Annotated[Path, typer.Argument(metavar="B", help="The other one, for instance the newer version.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write one self-contained HTML page here.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title of the page.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    quiet: QuietOption = False,
) -> None:
    """Set two runs side by side in one page.

    Levels, safety-critical flags, scores of each criterion, rates with intervals and their differences, and the
    conversations next to each other with their episodes marked: runs of the same probe and setting, or conversations
    of the same name. Other frameworks, coders, probe versions or settings are named; where they forbid it, differences
    of rates are not computed and the rest stands side by side.
    """
    if out is not None:
        refuse_folder(out)
        if out.suffix.lower() not in (".html", ".htm"):
            raise UsageError(f"-o {out}: .html is wanted; for JSON give --json")
    compared = Compared(first, second, framework)
    found = compared.comparison
    typer.echo(found.model_dump_json(indent=1) if as_json else comparison_text(found), nl=as_json)
    if out is not None:
        compared.write(out, title)
        Screen(quiet).say(f"Wrote {out}")
