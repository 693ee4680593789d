"""`dtnexus assess`: the whole way, from files to a report."""

from __future__ import annotations

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
from dtnexus.cli.options import (
    DEFAULT_FRAMEWORK,
    AdmissionsOption,
    AgentIdOption,
    AgentKindOption,
    CoderOption,
    FrameworkOption,
    Inputs,
    JobsOption,
    LanguageOption,
    MapOption,
    ProfileOption,
    QuietOption,
    RatingsOption,
    RestartOption,
    RoleOption,
    profiles,
    read_options,
)
from dtnexus.cli.screen import Screen
from dtnexus.cli.told import exit_if_failed, tell_reading, tell_result
from dtnexus.coding.member import DEFAULT
from dtnexus.running.assessing import assess_all
from dtnexus.running.fail_on import CHECKS, check_names
from dtnexus.running.folder import RunFolder
from dtnexus.running.judge_dry_run import dry_run as dry_run_of
from dtnexus.running.plan import Plan

EPILOG = (
    "Examples:  dtnexus assess conversations/ -o out/first; "
    "dtnexus assess log.csv --map conversation=chat --map text=said -o out/log; "
    "dtnexus assess chats.jsonl -o out/gate --fail-on flag"
)


def command(
    inputs: Inputs,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder for everything that is written.")],
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    profile: ProfileOption = [],  # noqa: B006 - typer reads the default and never changes it
    coder: CoderOption = [DEFAULT],  # noqa: B006
    ratings: RatingsOption = [],  # noqa: B006
    admissions: AdmissionsOption = [],  # noqa: B006
    map_columns: MapOption = [],  # noqa: B006
    role: RoleOption = [],  # noqa: B006
    agent_kind: AgentKindOption = None,
    agent_id: AgentIdOption = None,
    language: LanguageOption = None,
    jobs: JobsOption = None,
    restart: RestartOption = False,
    fail_on: Annotated[
        list[str],
        typer.Option("--fail-on", metavar="FINDING", help=f"Exit with 1 if it holds anywhere: {', '.join(CHECKS)}."),
    ] = [],  # noqa: B006
    base_url: BaseUrlOption = [],  # noqa: B006
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
    """The whole way: read, code, decide, report.

    Writes transcripts.jsonl, ratings.jsonl, assessments.jsonl, assessments.csv, summary.json and
    report.html into DIR. Everything happens on this machine, unless a judge elsewhere is asked. A run
    that was stopped goes on where it stopped when the same command is given again.
    """
    given = Given(
        base_url, prices, max_cost, max_calls, cache, concurrency, retries, call_timeout, temperature, answer_tokens,
        ask, context, no_network,
    )  # fmt: skip
    check_names(fail_on)
    screen = Screen(quiet)
    folder = RunFolder(out)
    plan = Plan(
        inputs=tuple(inputs),
        reading=read_options(map_columns, role, agent_kind, agent_id, language),
        framework=framework,
        profiles=profiles(profile, framework),
        coders=tuple(coder),
        ratings=tuple(ratings),
        admissions=tuple(admissions),
        jobs=jobs,
        fail_on=tuple(fail_on),
        judging=judging(coder, given, framework),
    )
    if dry_run:
        reading, found = dry_run_of(plan, folder.judging, screen.track)
        tell_reading(screen, reading)
        tell_dry_run(found, plan.judging)
        return
    outcome = assess_all(plan, folder, restart, screen.track, Doorkeeper(screen, yes))
    tell_reading(screen, outcome.reading)
    tell_asked(screen, outcome.asked)
    tell_result(screen, outcome, folder)
    if any(outcome.findings.values()):
        raise typer.Exit(FINDINGS)
    exit_if_failed(outcome.ok)
