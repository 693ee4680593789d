"""`dtnexus code`: transcripts in, ratings.jsonl out."""

from __future__ import annotations

import sys
from collections import Counter

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
    all_asked,
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
    OutFile,
    QuietOption,
    RoleOption,
    read_options,
)
from dtnexus.cli.screen import Screen
from dtnexus.cli.told import exit_if_failed, tell_not_read, tell_reading, told_admissions
from dtnexus.coding.member import DEFAULT
from dtnexus.running.admission_file import read_admissions
from dtnexus.running.coding_files import code_files, judge_folder
from dtnexus.running.judge_dry_run import dry_run as dry_run_of
from dtnexus.running.language_counts import NotRead
from dtnexus.running.plan import Plan

EPILOG = "Examples:  dtnexus code transcripts.jsonl -o ratings.jsonl; dtnexus code chat.txt | jq 'select(.score == 0)'"


def command(
    inputs: Inputs,
    out: OutFile = None,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    coder: CoderOption = [DEFAULT],  # noqa: B006 - typer reads the default and never changes it
    admissions: AdmissionsOption = [],  # noqa: B006
    map_columns: MapOption = [],  # noqa: B006
    role: RoleOption = [],  # noqa: B006
    agent_kind: AgentKindOption = None,
    agent_id: AgentIdOption = None,
    language: LanguageOption = None,
    jobs: JobsOption = None,
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
    """Rate transcripts on the criteria and write ratings.jsonl.

    One statement a line: a rating with its episodes and quotes, not observable, not applicable or a failure;
    then the counted facts. With -o, a stopped run goes on where it stopped.
    """
    given = Given(
        base_url, prices, max_cost, max_calls, cache, concurrency, retries, call_timeout, temperature, answer_tokens,
        ask, context, no_network,
    )  # fmt: skip
    screen = Screen(quiet)
    read_admissions(admissions)
    plan = Plan(
        inputs=tuple(inputs),
        reading=read_options(map_columns, role, agent_kind, agent_id, language),
        framework=framework,
        coders=tuple(coder),
        jobs=jobs,
        judging=judging(coder, given, framework),
    )
    if dry_run:
        reading, found = dry_run_of(plan, judge_folder(plan, out), screen.track)
        tell_reading(screen, reading)
        tell_dry_run(found, plan.judging)
        return
    not_read: Counter[NotRead] = Counter()
    done = code_files(plan, out, sys.stdout, screen.track, not_read, Doorkeeper(screen, yes))
    tell_reading(screen, done.reading)
    tell_asked(screen, done.asked)
    tell_not_read(screen, not_read, "interaction")
    for line in told_admissions(admissions, coder):
        screen.say(line)
    exit_if_failed(done.reading.ok and all_asked(done.asked))
