"""`dtnexus validate`: a coder on every labelled set that is present, and a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from dtnexus.cli.exits import FINDINGS
from dtnexus.cli.judge_options import (
    AnswerTokensOption,
    AskOption,
    BaseUrlOption,
    CacheOption,
    CallTimeoutOption,
    ConcurrencyOption,
    ContextOption,
    Doorkeeper,
    DryRunOption,
    Given,
    MaxCallsOption,
    MaxCostOption,
    NoNetworkOption,
    PricesOption,
    RetriesOption,
    TemperatureOption,
    YesOption,
    judging,
    tell_asked,
    tell_dry_run,
)
from dtnexus.cli.options import QuietOption
from dtnexus.cli.screen import Screen
from dtnexus.coding.coder import Coder
from dtnexus.coding.member import DEFAULT
from dtnexus.judging.target import is_judge
from dtnexus.running.judge_validating import JudgedSets
from dtnexus.running.validating import FRAMEWORK, one_coder, validate, write_validation
from dtnexus.validation.results import Row
from dtnexus.validation.table import TableFormat, outcome, rendered

EPILOG = (
    "Examples:  dtnexus validate --data sets/ -o out/validation; "
    "dtnexus validate --data sets/ --sets annomi,epitome --format md; "
    "dtnexus validate --data sets/ --ratings judge.jsonl --sets reference"
)


def command(
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="DIR", envvar="DTNEXUS_DATA", help="Folder around the sets; else $DTNEXUS_DATA."
        ),
    ] = None,
    coder: Annotated[str, typer.Option("--coder", metavar="NAME", help="The coder to measure.")] = DEFAULT,
    ratings: Annotated[
        Path | None,
        typer.Option("--ratings", metavar="FILE", help="Measure these recorded ratings of one coder instead."),
    ] = None,
    sets: Annotated[str, typer.Option("--sets", metavar="A,B", help="Only these sets.")] = "",
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="DIR", help="Write validation.json, validation.csv and validation.md here."
        ),
    ] = None,
    form: Annotated[TableFormat, typer.Option("--format", help="How the table is printed.")] = "text",
    base_url: BaseUrlOption = [],  # noqa: B006 - typer reads the default and never changes it
    dry_run: DryRunOption = False,
    prices: PricesOption = None,
    max_cost: MaxCostOption = None,
    max_calls: MaxCallsOption = None,
    cache: CacheOption = None,
    concurrency: ConcurrencyOption = 8,
    retries: RetriesOption = 4,
    call_timeout: CallTimeoutOption = 120.0,
    temperature: TemperatureOption = 0.0,
    answer_tokens: AnswerTokensOption = 4000,
    ask: AskOption = "",
    context: ContextOption = None,
    no_network: NoNetworkOption = False,
    yes: YesOption = False,
    quiet: QuietOption = False,
) -> None:
    """Measure a coder on labelled sets and print a table.

    Every set that is present is read. For each row: the value with its 95 % interval, what people reach with one
    another, what others published, the floor and the aim. Floors were fixed before any run, rules too unless they say
    otherwise, and nothing is tuned on these sets. A coder that only rates criteria is measured on the rows for
    ratings. Absent sets are named with where to get them. Exit code 1: a floor is not reached. A judge is asked about
    all conversations first; --dry-run says how many calls that takes.
    """
    given = Given(
        base_url, prices, max_cost, max_calls, cache, concurrency, retries, call_timeout, temperature, answer_tokens,
        ask, context, no_network,
    )  # fmt: skip
    screen = Screen(quiet)
    chosen = [name.strip() for name in sets.split(",") if name.strip()]

    def told(name: str, rows: Sequence[Row]) -> None:
        screen.say(f"{name}: {'; '.join(f'{row.id} {_value(row)}' for row in rows)}")

    measured: Coder
    if is_judge(coder) and ratings is None:
        judged = JudgedSets(judging([coder], given, FRAMEWORK), data, chosen, None if out is None else out / "judge")
        if dry_run:
            tell_dry_run(judged.survey(), judged.judging)
            return
        asked = judged.ask(Doorkeeper(screen, yes), screen.track)
        tell_asked(screen, asked)
        measured = asked.bench.coder(coder)
    else:
        measured = one_coder(coder, ratings)
    validation = validate(measured, data, chosen, told)
    typer.echo(rendered(validation, form), nl=False)
    for path in () if out is None else write_validation(validation, out):
        screen.say(f"Wrote {path}")
    if validation.short:
        screen.say(f"Floors not reached: {', '.join(row.id for row in validation.short)}.")
        raise typer.Exit(FINDINGS)


def _value(row: Row) -> str:
    return outcome(row) if row.value is None else f"{row.value:.3f} ({outcome(row)})"
