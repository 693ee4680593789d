"""`dtnexus admit`: ratings by people and a machine in, admissions out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from dtnexus.agreement.admission_text import admission_text
from dtnexus.agreement.reading import OPTIONAL, REQUIRED
from dtnexus.agreement.resampling import DRAWS, SEED, Resampler
from dtnexus.catalog.loader import load_framework
from dtnexus.cli.options import DEFAULT_FRAMEWORK, FrameworkOption, OutFile, QuietOption, pairs
from dtnexus.cli.screen import Screen
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import UsageError
from dtnexus.language import primary
from dtnexus.running.admission_file import write_admissions
from dtnexus.running.admitting_files import MachineName, Request, admit

EPILOG = (
    "Examples:  dtnexus admit people.jsonl ratings.jsonl --coder linear --date 2026-11-25 --language en "
    "-o admissions.jsonl; dtnexus assess chats/ --ratings people.jsonl --admissions admissions.jsonl -o out/chats"
)


def command(
    ratings: Annotated[
        list[Path],
        typer.Argument(
            metavar="RATINGS",
            help="Ratings as `agree` reads them: tables, or records as `code` writes them; taken together.",
            show_default=False,
        ),
    ],
    coder: Annotated[str, typer.Option("--coder", metavar="NAME", help="The machine; people are the others.")],
    decided_on: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="Date of the decision.")],
    out: OutFile = None,
    transcripts: Annotated[
        list[str],
        typer.Option(
            "--transcripts",
            "-t",
            metavar="IN",
            help="What was rated: tells the language, and which interactions are synthetic or probes.",
        ),
    ] = [],  # noqa: B006 - typer reads the default and never changes it
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE", help="Language of units where nothing else tells it.")
    ] = None,
    coder_kind: Annotated[
        Literal["embedded", "judge"] | None, typer.Option("--coder-kind", help="Where a table does not say it.")
    ] = None,
    coder_version: Annotated[
        str | None,
        typer.Option("--coder-version", metavar="VERSION", help="Only this version; tables need it, they say none."),
    ] = None,
    detail: Annotated[
        list[str],
        typer.Option("--detail", metavar="KEY=VALUE", help="For tables: digest of weights, hash of prompts and so on."),
    ] = [],  # noqa: B006
    columns: Annotated[
        list[str], typer.Option("--map", metavar="FIELD=COLUMN", help="Columns of another name, as for `agree`.")
    ] = [],  # noqa: B006
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    draws: Annotated[
        int, typer.Option("--draws", min=0, max=100_000, help="Bootstrap draws; 0: no intervals.")
    ] = DRAWS,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Where the random numbers start.")] = SEED,
    quiet: QuietOption = False,
) -> None:
    """Decide from ratings where a machine may be a second rater.

    Measured against people: for each criterion, version of the coder and language it is admitted, refused or
    undecided, with every figure, its interval and, beside it, what people reach among themselves. An admission needs
    100 units on which people agree, a weighted kappa of .60 or what people reach less .10, a mean error of at most a
    quarter point and, on safety-critical criteria, 95 % of the zeros caught, of 60 or more. With -o the admissions are
    written for `assess`, `code` and `decide`; refusals and what is undecided too, so that a report can say why.
    """
    screen = Screen(quiet)
    if language is not None and primary(language) is None:
        raise UsageError(f"--language {language!r} names no language; a code is wanted, for instance en or pt-BR")
    mapped = pairs("--map", columns)
    if unknown := sorted(set(mapped) - {*REQUIRED, *OPTIONAL}):
        raise UsageError(f"--map {unknown[0]}: FIELD is one of {', '.join((*REQUIRED, *OPTIONAL))}")
    request = Request(
        ratings=ratings,
        coder=MachineName(coder, coder_kind, coder_version, pairs("--detail", detail)),
        framework=load_framework(framework, MAXIMA),
        decided_on=_date(decided_on),
        transcripts=transcripts,
        language=language,
        columns=mapped,
    )
    measured = admit(request, Resampler(draws, seed))
    screen.say(f"People: {', '.join(measured.people) or 'none'}.")
    if measured.other_machines:
        screen.say(f"Other machines, which take no part: {', '.join(measured.other_machines)}.")
    typer.echo(admission_text(measured.admissions), nl=False)
    if out is not None:
        count = write_admissions(out, measured.admissions)
        screen.say(f"Wrote {count} lines to {out}: {_counted([one.verdict for one in measured.admissions])}.")


def _counted(verdicts: list[str]) -> str:
    return ", ".join(f"{verdicts.count(kind)} {kind}" for kind in ("admitted", "refused", "undecided"))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--date {text!r}: a date is wanted, for instance 2026-11-25") from None
