"""Asking the judges of a run before it is coded: what would leave the machine, leave to do it, and doing it.

Asking comes first and coding reads what is kept, so that coding is the same with or without a network, in
one process or several, now or after a stop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.judging.asking import Desk, Interactions, ask
from dtnexus.judging.budget import Budget, check_prices
from dtnexus.judging.coder import Answered
from dtnexus.judging.opening import Opener, open_wire
from dtnexus.judging.sent_log import SentLog
from dtnexus.judging.store import ReplyStore
from dtnexus.judging.survey import JudgeSurvey, Survey, survey
from dtnexus.running.judge_bench import Bench, Judging
from dtnexus.running.watch import Watch

REPLIES: Final = "replies.jsonl"
SENT: Final = "sent.jsonl"


class Gate(Protocol):
    """Is told what would leave the machine, and lets it pass by returning."""

    def __call__(self, found: Survey, judging: Judging) -> None:
        """Announce; ask where that is needed.

        Raises:
            UsageError: it may not leave.
        """
        ...


def closed_gate(found: Survey, judging: Judging) -> None:
    """Let nothing pass that would leave this machine.

    Raises:
        UsageError: something would.
    """
    away = [judge.target for judge in found.judges if judge.missing and not judge.target.is_loopback]
    if away:
        raise UsageError(f"conversations would be sent to {away[0].host}, and nobody has agreed to that")


@dataclass
class Asked:
    """What asking came to."""

    bench: Bench
    sent: int = 0
    """Calls that were made this time."""
    failed: Mapping[str, int] = field(default_factory=dict)
    """Judge and cause -> calls without an answer."""
    closed: Mapping[str, str] = field(default_factory=dict)
    """Judge -> why it was asked no more."""
    stopped: bool = False
    """A limit was reached before everything was asked."""
    cost: float | None = None
    """What all calls of this folder have cost, where prices were given."""


@dataclass
class Inquiry:
    """Asks the judges of one run; `folder` takes the log of what left, and the replies where there is no cache."""

    judging: Judging
    framework: Framework
    folder: Path
    open_sender: Opener = open_wire

    @property
    def replies(self) -> Path:
        """Where the replies are kept."""
        return (self.judging.cache or self.folder) / REPLIES

    def run(self, interactions: Interactions, gate: Gate, watch: Watch, ready: Callable[[bool], None]) -> Asked | None:
        """Ask what is left of all judges; None where there are none.

        `ready` is called when everything is prepared and before the first call, with whether calls will be made.

        Raises:
            UsageError: something is missing, or may not leave the machine.
            MissingExtraError: what speaks with a provider is not installed.
        """
        if not self.judging.targets:
            ready(False)
            return None
        return self.asked(self.survey(interactions), interactions, gate, watch, ready)

    def survey(self, interactions: Interactions) -> Survey:
        """What is left to ask; nothing is sent and nothing written.

        Raises:
            UsageError: a judge has no price in the price file, or a limit of cost has no prices.
        """
        judging = self.judging
        check_prices(judging.prices, (target.name for target in judging.targets))
        Budget(judging.limits, judging.prices, judging.parameters)
        with ReplyStore(self.replies) as store:
            return survey(judging.targets, interactions(), self.framework, judging.settings, judging.parameters, store)

    def asked(
        self, found: Survey, interactions: Interactions, gate: Gate, watch: Watch, ready: Callable[[bool], None]
    ) -> Asked:
        """Ask what the survey has found, if the gate lets it pass; `ready` as in `run`.

        Raises:
            UsageError: it may not leave, or a key is missing.
            MissingExtraError: what speaks with a provider is not installed.
        """
        judging = self.judging
        refuse_network(found, judging)
        open_judges = [judge for judge in found.judges if judge.missing]
        gate(found, judging)
        log = SentLog(self.folder / SENT)
        budget = Budget(judging.limits, judging.prices, judging.parameters)
        budget.count(log.lines())
        with ExitStack() as stack:
            senders = {}
            for judge in open_judges:
                sender = self.open_sender(judge.target, judging.parameters, judging.timeout)
                stack.callback(sender.close)
                senders[judge.target.name] = sender
            ready(bool(open_judges))
            if not open_judges:
                return Asked(self._bench(found), cost=budget.cost if judging.prices else None)
            store = stack.enter_context(ReplyStore(self.replies))
            desk = Desk(
                self.framework, judging.settings, judging.parameters, store, log, budget, judging.patience,
                judging.concurrency,
            )  # fmt: skip
            total = sum(len(judge.missing) for judge in open_judges)
            for _ in watch(ask(desk, found, interactions, senders), "Asking", total):
                pass
        cost = budget.cost if judging.prices else None
        return Asked(self._bench(found), desk.sent, desk.failed, desk.closed, desk.stopped, cost)

    def _bench(self, found: Survey) -> Bench:
        answered = {judge.target.name: _answered(judge) for judge in found.judges}
        return Bench(self.judging, self.framework, self.replies, answered)


def _answered(judge: JudgeSurvey) -> Answered:
    return Answered(models=tuple(sorted(judge.heard.models)), libraries=judge.heard.versions())


def refuse_network(found: Survey, judging: Judging) -> None:
    """Refuse judges elsewhere where no network may be used and calls are left.

    Raises:
        UsageError: a judge is not on this machine.
    """
    away = [judge.target for judge in found.judges if judge.missing and not judge.target.is_loopback]
    if away and not judging.network:
        raise UsageError(f"--no-network: the judge {away[0].name} is at {away[0].host}, not on this machine")


def nothing_to_prepare(sending: bool) -> None:
    """Prepare nothing."""
