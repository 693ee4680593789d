"""The options of commands that may ask judges, each spelled once, and the notice before anything leaves the machine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from dtnexus.catalog.loader import load_framework
from dtnexus.cli.screen import Screen
from dtnexus.cli.told import counted
from dtnexus.coding.judge.fitting import fitted
from dtnexus.coding.judge.sections import wanted_criteria
from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import UsageError
from dtnexus.judging.budget import Limits
from dtnexus.judging.delivery import Parameters
from dtnexus.judging.patience import Patience
from dtnexus.judging.prices import load_prices
from dtnexus.judging.survey import JudgeSurvey, Survey
from dtnexus.judging.target import is_judge, targets_of
from dtnexus.running.judge_asking import Asked
from dtnexus.running.judge_bench import Judging

_PANEL = "Judges (--coder judge:PROVIDER/MODEL)"

BaseUrlOption = Annotated[
    list[str],
    typer.Option(
        "--base-url",
        metavar="[PROVIDER/MODEL=]URL",
        help="Address of the judges' server, e.g. http://127.0.0.1:8080/v1; for one judge with its name before it.",
        rich_help_panel=_PANEL,
    ),
]
DryRunOption = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Print the judges' calls, tokens and cost; send and write nothing.", rich_help_panel=_PANEL
    ),
]
PricesOption = Annotated[
    Path | None,
    typer.Option("--prices", metavar="FILE", help="What the models cost (YAML).", rich_help_panel=_PANEL),
]
MaxCostOption = Annotated[
    float | None,
    typer.Option(
        "--max-cost", min=0, help="Stop before the judges' calls cost more; needs --prices.", rich_help_panel=_PANEL
    ),
]
MaxCallsOption = Annotated[
    int | None, typer.Option("--max-calls", min=0, help="Stop before more calls are made.", rich_help_panel=_PANEL)
]
CacheOption = Annotated[
    Path | None,
    typer.Option(
        "--cache", metavar="DIR", help="Keep the judges' replies here, for several runs.", rich_help_panel=_PANEL
    ),
]
ConcurrencyOption = Annotated[
    int,
    typer.Option(
        "--concurrency", min=1, max=256, help="Calls under way at one provider, at most.", rich_help_panel=_PANEL
    ),
]
RetriesOption = Annotated[
    int, typer.Option("--retries", min=0, max=20, help="Tries after a failed one.", rich_help_panel=_PANEL)
]
CallTimeoutOption = Annotated[
    float, typer.Option("--call-timeout", min=0.1, help="Seconds for one answer.", rich_help_panel=_PANEL)
]
TemperatureOption = Annotated[
    float,
    typer.Option("--temperature", min=-1, max=2, help="Sent to the model; -1 sends none.", rich_help_panel=_PANEL),
]
AnswerTokensOption = Annotated[
    int,
    typer.Option(
        "--answer-tokens",
        min=100,
        help="Room for an answer, at least; more for models that think first.",
        rich_help_panel=_PANEL,
    ),
]
AskOption = Annotated[
    str,
    typer.Option(
        "--ask",
        metavar="CRITERIA",
        help="What judges are asked about, e.g. G1,G2; nothing else is asked. Not given: every criterion.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
ContextOption = Annotated[
    int | None,
    typer.Option(
        "--context",
        min=1_000,
        metavar="TOKENS",
        help="What the model reads at once, with its answer; calls are made to fit. Not given: large enough.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
NoNetworkOption = Annotated[
    bool,
    typer.Option("--no-network", help="Refuse judges that are not on this machine.", rich_help_panel=_PANEL),
]
YesOption = Annotated[
    bool,
    typer.Option("--yes", help="Agree that conversations are sent to the judges' hosts.", rich_help_panel=_PANEL),
]


@dataclass(frozen=True)
class Given:
    """What the options say of judges."""

    base_urls: Sequence[str]
    prices: Path | None
    max_cost: float | None
    max_calls: int | None
    cache: Path | None
    concurrency: int
    retries: int
    call_timeout: float
    temperature: float
    answer_tokens: int
    ask: str
    context: int | None
    no_network: bool


def judging(coders: Sequence[str], given: Given, framework: str) -> Judging:
    """The judges among the coders, and how they are to be asked about the criteria of a framework.

    Raises:
        UsageError: a judge's name or an address is wrong, a criterion is none that can be asked, or the context is
            too small.
        InputError: the price file cannot be read or has a fault.
        FrameworkError: the framework has faults.
    """
    targets = targets_of([coder for coder in coders if is_judge(coder)], given.base_urls)
    return Judging(
        targets=targets,
        settings=_settings(given, framework) if targets else JudgeSettings(),
        parameters=Parameters(
            temperature=None if given.temperature < 0 else given.temperature,
            answer_tokens=given.answer_tokens,
            context=given.context,
        ),
        limits=Limits(calls=given.max_calls, cost=given.max_cost),
        prices=None if given.prices is None else load_prices(given.prices),
        patience=Patience(retries=given.retries),
        timeout=given.call_timeout,
        concurrency=given.concurrency,
        cache=given.cache,
        network=not given.no_network,
    )


def _settings(given: Given, framework: str) -> JudgeSettings:
    criteria = tuple(dict.fromkeys(name.strip() for name in given.ask.split(",") if name.strip()))
    settings = JudgeSettings(criteria=criteria)
    if not criteria and given.context is None:
        return settings
    loaded = load_framework(framework, MAXIMA)
    wanted_criteria(loaded, settings)
    return settings if given.context is None else fitted(settings, loaded, given.context)


@dataclass(frozen=True)
class Doorkeeper:
    """The gate of the command line: announces what would leave the machine, and asks a person where one is there."""

    screen: Screen
    agreed: bool

    def __call__(self, found: Survey, judging: Judging) -> None:
        """Announce what will be sent where, also when quiet; return only if that is agreed to.

        Raises:
            UsageError: nobody agrees, or nobody is there to ask.
        """
        open_judges = [judge for judge in found.judges if judge.missing]
        if not open_judges:
            self.screen.say("Judges: every call is answered already; nothing is sent.")
            return
        for line in notice(open_judges):
            self.screen.warn(line)
        if all(judge.target.is_loopback for judge in open_judges) or self.agreed:
            return
        if not sys.stdin.isatty():
            raise UsageError("nothing was sent: nobody is here to agree to it. Use --yes if it may be sent")
        if not typer.confirm("Send it?", err=True):
            raise UsageError("nothing was sent")


def notice(judges: Sequence[JudgeSurvey]) -> list[str]:
    """What will be sent, to whom, and whether anything is removed from it before."""
    lines = ["What the judges will be sent:"]
    for judge in judges:
        what = f"{counted(len(judge.missing), 'conversation')} ({counted(judge.turns, 'turn')})"
        target = judge.target
        where = f"{target.host}, on this machine" if target.is_loopback else f"{target.host}, over the network"
        plain = "" if target.encrypted or target.is_loopback else ", NOT encrypted"
        lines.append(
            f"  {target.name} at {where}{plain}: {what} in {counted(judge.calls, 'call')}, "
            f"about {judge.input_tokens:,} tokens"
        )
    lines.append("De-identification is off: names and details are sent as they stand in the conversations.")
    return lines


def tell_dry_run(found: Survey, judging: Judging) -> None:
    """Print what would be asked and what it would cost."""
    rows = [("judge", "host", "calls", "tokens in", "tokens out", "cost", "at most")]
    for judge in found.judges:
        prices = judging.prices
        money = ("?", "?") if prices is None else tuple(f"{each:.2f} {prices.currency}" for each in judge.cost(prices))
        tokens = (f"{judge.calls}", f"{judge.input_tokens}", f"{judge.output_tokens}")
        rows.append((judge.target.name, judge.target.host, *tokens, money[0], money[1]))
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = [row[at].ljust(width) if at < 2 else row[at].rjust(width) for at, width in enumerate(widths)]
        typer.echo("  ".join(cells).rstrip())
    typer.echo(f"{counted(found.interactions, 'conversation')}; nothing was sent.")
    for judge in found.judges:
        if found.interactions:
            each = judge.planned / found.interactions
            typer.echo(f"{judge.target.name}: {each:.1f} calls a conversation, {judge.planned - judge.calls} answered")


def tell_asked(screen: Screen, asked: Asked | None) -> None:
    """What asking the judges came to; nothing without judges."""
    if asked is None:
        return
    prices = asked.bench.judging.prices
    if asked.sent:
        spent = "" if asked.cost is None or prices is None else f"; {asked.cost:.2f} {prices.currency} so far"
        screen.say(f"Asked the judges: {counted(asked.sent, 'call')}{spent}.")
    for reason, count in asked.failed.items():
        screen.warn(f"  no answer: {reason}, {counted(count, 'call')}")
    for judge, why in asked.closed.items():
        screen.warn(f"  asked no more: {judge}: {why}")
    if asked.stopped:
        screen.warn("  stopped before a limit was passed; what was not asked is a failure. Run it again to go on.")


def all_asked(asked: Asked | None) -> bool:
    """Whether every call that was made got an answer, and none was left out."""
    return asked is None or not (asked.failed or asked.closed or asked.stopped)
