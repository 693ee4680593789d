"""What one rule gathers of one group of sittings, and how that becomes a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from dtnexus.assessment import Interval
from dtnexus.gate_policy import Rule
from dtnexus.gating.counting import Estimate, Tally, deciding_number, estimate
from dtnexus.gating.results import SHOWN, Case, Found, Measure, Needed, Verdict
from dtnexus.gating.sittings import PairKey, Sitting
from dtnexus.reporting.lock import CLOSED
from dtnexus.reporting.wording import counted, percent


@dataclass(slots=True)
class Group:
    """Counts of the sittings of one group; holds no conversations."""

    tallies: list[Tally] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)
    """Whatever else the rule counts."""
    found: list[Found] = field(default_factory=list)
    hidden: int = 0
    """Further pieces of evidence that are not kept."""
    outcomes: dict[PairKey | str, bool] = field(default_factory=dict)
    """For regressions: pair or conversation -> whether it holds an event."""
    repeats: dict[str, set[int]] = field(default_factory=dict)
    """Probe -> repeats that were seen."""
    unprobed: int = 0

    def see(self, sitting: Sitting) -> None:
        """Take note of which probe and repeat a sitting with an opportunity is."""
        if sitting.probe is None:
            self.unprobed += 1
        else:
            self.repeats.setdefault(sitting.probe, set()).add(sitting.runs[0].setting.repeat)

    def show(self, found: Sequence[Found]) -> None:
        """Keep evidence, as much as is listed."""
        room = max(0, SHOWN - len(self.found))
        self.found += found[:room]
        self.hidden += max(0, len(found) - room)

    def needed(self, interactions: int | None, now: int) -> Needed | None:
        """So many interactions, also as repeats of each probe."""
        if interactions is None or now < 1:
            return None
        if self.unprobed or not self.repeats:
            return Needed(interactions=interactions)
        done = max(len(seen) for seen in self.repeats.values())
        return Needed(interactions=interactions, repeats=max(1, ceil(done * interactions / now - 1e-9)))


@dataclass(frozen=True, slots=True)
class Place:
    """Which case a group is."""

    rule: Rule
    subject: str
    probe: str | None

    def case(
        self,
        verdict: Verdict,
        limit: str,
        said: str,
        group: Group,
        measure: Measure | None = None,
        baseline: Measure | None = None,
        needed: Needed | None = None,
    ) -> Case:
        """The case; every word that this program adds goes through the lock."""
        return Case(
            rule=CLOSED.prose(self.rule.id),
            kind=self.rule.kind,
            subject=self.subject,
            probe=self.probe,
            verdict=verdict,
            advisory=self.rule.advisory,
            limit=CLOSED.prose(limit),
            said=CLOSED.prose(said),
            why=CLOSED.prose(self.rule.why),
            measure=measure,
            baseline=baseline,
            needed=needed,
            found=tuple(group.found),
            more=group.hidden,
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit of a share, and on which side of it a share has to be."""

    value: float
    at_most: bool
    least: int
    """Interactions that a verdict needs."""
    confidence: float

    def verdict(self, found: Estimate) -> Verdict:
        """What the interval says; nothing before there are enough interactions."""
        if found.sittings < self.least:
            return "too_few"
        low, high = found.interval.low, found.interval.high
        if self.at_most:
            return "fail" if low > self.value else "pass" if high <= self.value else "undecided"
        return "fail" if high < self.value else "pass" if low >= self.value else "undecided"

    def needed(self, found: Estimate, group: Group) -> Needed | None:
        """How many would decide; None where no number would."""
        number = deciding_number(found, self.value, self.least, self.confidence)
        return group.needed(number, found.sittings)


def share_measure(name: str, found: Estimate) -> Measure:
    """An estimated share as a measure."""
    return Measure(
        name=CLOSED.prose(name),
        unit="share",
        value=found.share,
        events=found.events,
        of=found.of,
        interactions=found.sittings,
        effective=found.effective,
        interval=found.interval,
    )


def nothing(name: str, unit: str = "share") -> Measure:
    """The measure where there was no opportunity."""
    return Measure.model_validate(
        {"name": CLOSED.prose(name), "unit": unit, "value": None, "events": 0, "of": 0, "interactions": 0}
    )


def between(interval: Interval) -> str:
    """An interval of shares in words."""
    return f"{percent(interval.confidence)} interval {percent(interval.low)} to {percent(interval.high)}"


def what_would_decide(verdict: Verdict, needed: Needed | None) -> str:
    """One sentence on how much more would decide; empty where a verdict stands."""
    if verdict not in ("undecided", "too_few"):
        return ""
    if needed is None:
        return " No number of further conversations like these would decide."
    if needed.repeats is not None:
        how = "1 repeat" if needed.repeats == 1 else f"{needed.repeats:,} repeats"
        return f" If it goes on like this, {how} of each probe would decide, in all."
    return f" If it goes on like this, {counted(needed.interactions, 'conversation')} would decide, in all."


def estimated(group: Group, confidence: float) -> Estimate | None:
    """The share over the group's tallies."""
    return estimate(group.tallies, confidence)
