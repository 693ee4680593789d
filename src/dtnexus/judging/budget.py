"""Limits of calls and cost that are kept before a call is sent, not noticed after it.

A call is let out only if the limit holds even when it costs the most it can. What came back replaces that
reckoning; what may have been billed without an answer counts in full. Calls of earlier runs in the same
folder count too, from the log of what left.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from pydantic import Field

from dtnexus.coding.judge.call import JudgeCall
from dtnexus.errors import UsageError
from dtnexus.judging.delivery import Parameters, Usage
from dtnexus.judging.prices import Prices
from dtnexus.judging.sent_log import Sent
from dtnexus.record import Record

INPUT_MARGIN: Final = 1.5
"""A prompt may have so many times the tokens that are estimated."""


class Limits(Record):
    """What a run may cost; None: no limit."""

    calls: int | None = Field(default=None, ge=0)
    cost: float | None = Field(default=None, ge=0)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A call that was let out."""

    judge: str
    input_tokens: int
    """As estimated; with the margin where it is reckoned."""
    output_tokens: int
    reserved: float


@dataclass
class Budget:
    """What was spent and what is under way, against the limits; several threads may ask."""

    limits: Limits
    prices: Prices | None
    parameters: Parameters
    calls: int = 0
    cost: float = 0.0
    """What came back, plus the most that calls under way can cost."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """Refuse a limit of cost without prices."""
        if self.limits.cost is not None and self.prices is None:
            raise UsageError("--max-cost: needs --prices FILE, which says what the model costs")

    def price(self, judge: str, input_tokens: float, output_tokens: float) -> float:
        """What tokens cost; 0 without prices."""
        return 0.0 if self.prices is None else self.prices.cost(judge, input_tokens, output_tokens)

    def count(self, lines: Iterable[Sent]) -> None:
        """Count what earlier runs have sent."""
        under_way: dict[str, Sent] = {}
        for line in lines:
            if line.event == "sent":
                self.calls += 1
                under_way[line.number] = line
            else:
                under_way.pop(line.number, None)
                self.cost += self._known(line, line.input_tokens)
        self.cost += sum(self._known(line, line.input_tokens * INPUT_MARGIN) for line in under_way.values())

    def _known(self, line: Sent, input_tokens: float) -> float:
        """The cost of a line of the log; 0 for a judge without a price, which this run does not ask."""
        if self.prices is None or line.judge not in self.prices.models:
            return 0.0
        return self.prices.cost(line.judge, input_tokens, line.output_tokens)

    def admit(self, judge: str, call: JudgeCall) -> Ticket | None:
        """Let a call out; None where a limit could be passed by it."""
        room = self.parameters.room(call)
        most = self.price(judge, call.input_tokens * INPUT_MARGIN, room)
        with self._lock:
            if self.limits.calls is not None and self.calls + 1 > self.limits.calls:
                return None
            if self.limits.cost is not None and self.cost + most > self.limits.cost:
                return None
            self.calls += 1
            self.cost += most
        return Ticket(judge, call.input_tokens, room, most)

    def settle(self, ticket: Ticket, usage: Usage | None) -> tuple[int, int]:
        """Replace the reckoning for a call by what it came to; returns its tokens.

        `usage` None: nothing was billed. Where the provider does not count, the reckoning stands.
        """
        if usage is None:
            tokens = (0, 0)
        else:
            reckoned = round(ticket.input_tokens * INPUT_MARGIN)
            tokens = (
                reckoned if usage.input_tokens is None else usage.input_tokens,
                ticket.output_tokens if usage.output_tokens is None else usage.output_tokens,
            )
        with self._lock:
            self.cost = max(0.0, self.cost + self.price(ticket.judge, *tokens) - ticket.reserved)
        return tokens


def check_prices(prices: Prices | None, judges: Iterable[str]) -> None:
    """Refuse a price file that lacks a judge, before anything is asked.

    Raises:
        UsageError: a judge has no price.
    """
    if prices is not None:
        for judge in judges:
            prices.cost(judge, 0, 0)
