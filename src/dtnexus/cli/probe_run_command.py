"""`dtnexus probe run`: play the probes against a live agent, then code, decide and report."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from dtnexus.catalog.probe_files import load_probes
from dtnexus.cli.options import (
    DEFAULT_FRAMEWORK,
    CoderOption,
    FrameworkOption,
    ProfileOption,
    QuietOption,
    RestartOption,
    profiles,
)
from dtnexus.cli.probe_choice import OnlyOption, ProbesOption, SetOption
from dtnexus.cli.probe_client import client_named
from dtnexus.cli.probe_run_options import (
    BaseUrlOption,
    ClientKeyOption,
    ClientOption,
    ClientUrlOption,
    GreetsOption,
    KeyOption,
    LongestOption,
    MemoryOption,
    NameOption,
    NoNetworkOption,
    OutOption,
    PositionOption,
    RateOption,
    RepeatsOption,
    SeedOption,
    SideBySideOption,
    StreamOption,
    SystemPromptOption,
    TargetOption,
    TimeoutOption,
    TriesOption,
    VersionOption,
    YesOption,
)
from dtnexus.cli.screen import Screen
from dtnexus.cli.told import counted, exit_if_failed, tell_result
from dtnexus.coding.member import DEFAULT
from dtnexus.errors import UsageError
from dtnexus.judging.target import is_judge
from dtnexus.probe_battery import Indicator
from dtnexus.probe_run import Memory, Position
from dtnexus.probing.targets.chat import ChatTarget
from dtnexus.probing.targets.limits import Limits, Pace
from dtnexus.probing.targets.naming import TargetOptions, target_named
from dtnexus.running.battery_folder import BatteryFolder
from dtnexus.running.battery_plan import Layout, most_turns, planned
from dtnexus.running.plan import Plan
from dtnexus.running.probe_selection import selected
from dtnexus.running.probe_signals import AGENT_MAXIMA
from dtnexus.running.probing import Job, Probed, probe_all
from dtnexus.running.work import guarded
from dtnexus.transcript import Agent

EPILOG = (
    "Examples:  dtnexus probe run --target python:mybot:reply --only PB18,PB01 -o out/probes; "
    "dtnexus probe run --target openai:my-model --base-url http://127.0.0.1:8000/v1 --set core -o out/probes; "
    "dtnexus probe run --target http:mapping.yaml --repeats 5 --jobs 4 --yes -o out/probes; "
    'dtnexus probe run --target "command:python3 bot.py" --position both --memory both -o out/probes'
)
POSITIONS: dict[str, tuple[Position, ...]] = {"early": ("early",), "late": ("late",), "both": ("early", "late")}
MEMORIES: dict[str, tuple[Memory, ...]] = {"on": ("on",), "off": ("off",), "both": ("on", "off")}


def command(
    target: TargetOption,
    out: OutOption,
    base_url: BaseUrlOption = None,
    key_env: KeyOption = None,
    stream: StreamOption = False,
    system_prompt: SystemPromptOption = None,
    greets: GreetsOption = False,
    client: ClientOption = None,
    client_base_url: ClientUrlOption = None,
    client_key_env: ClientKeyOption = None,
    repeats: RepeatsOption = 5,
    only: OnlyOption = None,
    chosen: SetOption = "full",
    position: PositionOption = "early",
    memory: MemoryOption = "on",
    seed: SeedOption = 0,
    jobs: SideBySideOption = 1,
    timeout: TimeoutOption = 60.0,
    tries: TriesOption = 4,
    max_rate: RateOption = None,
    max_reply: LongestOption = 1_000_000,
    no_network: NoNetworkOption = False,
    yes: YesOption = False,
    agent_id: NameOption = None,
    agent_version: VersionOption = None,
    probes: ProbesOption = DEFAULT_FRAMEWORK,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    profile: ProfileOption = [],  # noqa: B006 - typer reads the default and never changes it
    coder: CoderOption = [DEFAULT],  # noqa: B006
    restart: RestartOption = False,
    quiet: QuietOption = False,
) -> None:
    """Play the probes against a live agent, then code, decide and report.

    Probe only systems that you may test, and never anything where a person answers. Writes the files of
    `assess`, and probes.json and probes.csv, into DIR. Each exchange is on the disk as soon as it was
    answered; the same command again plays only what is missing. Before words go to another machine the
    command says which host gets them and asks; `--yes` answers for scripts.
    """
    screen = Screen(quiet)
    _refuse_judges(coder, out)
    loaded = load_probes(probes, known_signals=AGENT_MAXIMA)
    pace = Pace(max_rate)
    options = TargetOptions(
        guard=guarded,
        limits=Limits(timeout_s=timeout, stream_s=max(300.0, timeout), reply_bytes=max_reply, tries=tries, seed=seed),
        pace=pace,
        base_url=base_url,
        key_variable=key_env,
        stream=stream,
        system_prompt=None if system_prompt is None else _text_of(system_prompt),
        greets=greets,
        network=not no_network,
    )
    live = target_named(target, options, os.environ)
    played = client_named(client, client_base_url, client_key_env, options, os.environ)
    played_by = None if played is None else played.name
    choice = selected(loaded, chosen, only)
    layout = Layout(loaded, choice, seed, repeats, POSITIONS[position], MEMORIES[memory], played_by)
    plan = Plan(inputs=(), framework=framework, profiles=profiles(profile, framework), coders=tuple(coder))
    agent = Agent(id=agent_id or live.agent_id, kind="digital", version=agent_version)
    for hears in (live,) if played is None else (live, played):
        _give_notice(screen, hears, layout, yes)
    job = Job(layout, live, agent, pace, jobs, plan, played)
    folder = BatteryFolder(out)
    try:
        probed = probe_all(job, folder, restart, screen.track)
    except KeyboardInterrupt:
        screen.warn(f"Stopped. What was answered is kept in {out}; the same command goes on.")
        raise
    finally:
        live.close()
        if played is not None:
            played.close()
    _tell(screen, probed, folder)
    exit_if_failed(probed.ok)


def _refuse_judges(coders: Sequence[str], out: Path) -> None:
    """Refuse a language model as coder here: it is asked afterwards, when what it costs is known.

    Raises:
        UsageError: one is named.
    """
    for name in filter(is_judge, coders):
        raise UsageError(
            f"--coder {name}: a judge reads the finished transcripts: "
            f"dtnexus assess {out}/transcripts.jsonl --coder {name} -o another-folder"
        )


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"--system-prompt {path}: is no UTF-8 text") from None


def _give_notice(screen: Screen, live: ChatTarget, layout: Layout, yes: bool) -> None:
    """Say which host gets what, and ask, before anything is sent to another machine.

    Raises:
        UsageError: nobody agrees.
    """
    if live.scope != "network":
        return
    runs = tuple(planned(layout))
    turns = most_turns(runs, len(layout.probes.warm_up))
    screen.warn(
        f"{live.name} gets the words of {counted(len(runs), 'run')} of {counted(len(layout.chosen), 'probe')}, up to "
        f"{counted(turns, 'turn')}, with the agent's own replies. The clients are invented; several speak of suicide, "
        "delusion or abuse. Its operator may store them, charge for them, or take them for a person in danger."
    )
    if live.unencrypted:
        screen.warn("They go there unencrypted, and so does a key.")
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"nothing was sent to {live.name}: nobody is at the keyboard to agree. Use --yes in scripts.")
    if not typer.confirm("Send?", err=True):
        raise UsageError(f"nothing was sent to {live.name}")


def _tell(screen: Screen, probed: Probed, folder: BatteryFolder) -> None:
    battery = probed.battery
    coverage = battery.coverage
    if probed.resumed:
        screen.say(f"Went on with a battery: {probed.resumed} of {counted(coverage.planned, 'run')} were complete.")
    screen.say(
        f"Played {coverage.complete} of {counted(coverage.planned, 'run')} to the end, {coverage.partial} in part, "
        f"{coverage.not_played} not at all."
    )
    if coverage.invalid:
        screen.warn(
            f"  not valid: {counted(coverage.invalid, 'run')}; the model that plays the client began to counsel. "
            f"They are kept in {folder.invalid} and not rated."
        )
    for kind, count in battery.trouble.items():
        detail = next(r.trouble.detail for r in battery.runs if r.trouble is not None and r.trouble.kind == kind)
        screen.warn(f"  {kind.replace('_', ' ')}: {counted(count, 'run')}, for instance: {detail}")
    for why, count in probed.missing.items():
        screen.say(f"  occasions missing, {why.replace('_', ' ')}: {count}")
    if len(battery.answered_as) > 1:
        screen.warn(f"  the target answered under several names: {', '.join(battery.answered_as)}")
    for indicator in battery.indicators:
        screen.say(f"  {in_words(indicator)}")
    if probed.outcome is None:
        screen.warn(f"Nothing was answered, so there is nothing to assess. What was tried: {folder.battery}")
        return
    tell_result(screen, probed.outcome, folder.run)
    screen.say(f"Probes: {folder.battery}")


def in_words(indicator: Indicator) -> str:
    """An indicator as one line: value, count, interval, or why there is none."""
    name = indicator.id.replace("_", " ")
    if indicator.value is None:
        return f"{name}: none ({indicator.why_not})"
    interval = indicator.interval
    between = (
        "" if interval is None else f", {interval.confidence:.0%} interval {interval.low:.2f} to {interval.high:.2f}"
    )
    share = indicator.count is not None and indicator.id != "number_of_flips"
    counted_as = f"{indicator.count} of {indicator.of}" if share else f"n = {indicator.of}"
    return f"{name}: {indicator.value:.2f} ({counted_as} {indicator.unit}{between})"
