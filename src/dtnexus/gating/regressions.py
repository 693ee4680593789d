"""A rate in this run against the same rate in a baseline, in pairs where the runs allow it."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from dtnexus.gate_policy import RegressionRule
from dtnexus.gating.counting import MOST, Tally
from dtnexus.gating.difference import Difference, Pairs, deciding_factor, independent, paired
from dtnexus.gating.groups import Group, Place, nothing, share_measure, what_would_decide
from dtnexus.gating.groups import estimated as estimated_share
from dtnexus.gating.results import Case, Measure, Verdict
from dtnexus.gating.rules import Collector, rate_of
from dtnexus.gating.sittings import PairKey, Sitting
from dtnexus.reporting.wording import counted, percent


class _Compared(NamedTuple):
    """A difference, what it rests on, and the same at a multiple of it."""

    pairs: Pairs | None
    first: tuple[float, float]
    second: tuple[float, float]
    confidence: float

    def times(self, factor: float) -> Difference:
        """This run minus the baseline, if everything were there `factor` times."""
        if self.pairs is not None:
            return paired(self.pairs.times(factor), self.confidence)
        (a, m), (b, n) = self.first, self.second
        return independent(factor * a, factor * m, factor * b, factor * n, self.confidence)


class Regressions(Collector):
    """A rate that must not get worse."""

    rule: RegressionRule

    def subjects(self) -> tuple[str, ...]:
        """The rate."""
        return (rate_of(self.rule).id,)

    def gather(self, subject: str, sitting: Sitting, group: Group) -> None:
        """Keep whether the sitting holds an event, under the key of its pair."""
        rate = rate_of(self.rule)
        tally = rate.tally(sitting)
        if not tally.of:
            return
        group.tallies.append(tally)
        group.see(sitting)
        group.outcomes[sitting.pair or sitting.key] = bool(tally.events)
        against = rate.against(sitting, self.rule.higher_is_worse)
        group.show([sitting.found(rate.criterion, episode, why=episode.why) for episode in against])

    def case(self, place: Place, group: Group) -> Case:
        """Without a baseline nothing can be said."""
        return self.against(place, group, Group(), "no baseline was given")

    def against(self, place: Place, group: Group, old: Group, hindrance: str) -> Case:
        """The case against a baseline's group; `hindrance` says why there is no comparison, empty where there is."""
        name = rate_of(self.rule).words(self.framework)
        higher = self.rule.higher_is_worse
        way = "higher" if higher else "lower"
        limit = f"{name}: at most {percent(self.rule.worse_by)} {way} than in the baseline"
        here, there = estimated_share(group, self.confidence), estimated_share(old, self.confidence)
        now = nothing(name) if here is None else share_measure(name, here)
        before = nothing(name) if there is None else share_measure(name, there)
        if hindrance:
            return place.case("undecided", limit, f"Not comparable: {hindrance}.", group, now, before)
        if here is None or there is None:
            where = "this run" if here is None else "the baseline"
            return place.case("too_few", limit, f"No opportunity was seen in {where}.", group, now, before)
        compared = self._compared(group, old)
        found = compared.times(1.0)
        worse = found if higher else _turned(found)
        size = int(compared.pairs.count) if compared.pairs else min(len(group.tallies), len(old.tallies))
        verdict = self._verdict(worse, size)
        needed = None
        if verdict in ("undecided", "too_few"):
            factor = deciding_factor(
                lambda f: compared.times(f) if higher else _turned(compared.times(f)), self.rule.worse_by
            )
            if factor is not None and factor * size <= MOST:
                needed = group.needed(max(self.rule.least, ceil(factor * size - 1e-9)), size)
        how = f"{counted(size, 'pair')} of runs" if compared.pairs else "unpaired conversations"
        said = (
            f"{percent(here.share)} now ({here.events:.0f} of {here.of}), {percent(there.share)} in the baseline "
            f"({there.events:.0f} of {there.of}); difference {_points(found.value)} "
            f"({percent(self.confidence)} interval {_points(found.interval.low)} to {_points(found.interval.high)}; "
            f"{how}).{what_would_decide(verdict, needed)}"
        )
        measure = Measure(
            name=now.name,
            unit="difference",
            value=found.value,
            events=here.events,
            of=here.of,
            interactions=here.sittings,
            interval=found.interval,
        )
        return place.case(verdict, limit, said, group, measure, before, needed)

    def difference(self, group: Group, old: Group) -> tuple[Difference, int | None]:
        """This run minus the baseline, and the pairs that it rests on; None: the conversations are not paired.

        Both groups hold at least one opportunity.
        """
        compared = self._compared(group, old)
        return compared.times(1.0), None if compared.pairs is None else int(compared.pairs.count)

    def _verdict(self, worse: Difference, size: int) -> Verdict:
        if size < self.rule.least:
            return "too_few"
        if worse.interval.low > self.rule.worse_by:
            return "fail"
        return "pass" if worse.interval.high <= self.rule.worse_by else "undecided"

    def _compared(self, group: Group, old: Group) -> _Compared:
        """In pairs where there are enough; else as two samples."""
        common = [key for key in group.outcomes if isinstance(key, PairKey) and key in old.outcomes]
        cells = [(group.outcomes[key], old.outcomes[key]) for key in common]
        both, first = cells.count((True, True)), cells.count((True, False))
        second = cells.count((False, True))
        pairs = Pairs(both, first, second, len(cells) - both - first - second)
        return _Compared(
            pairs if len(common) >= self.rule.least else None, _sum(group.tallies), _sum(old.tallies), self.confidence
        )


def _sum(tallies: list[Tally]) -> tuple[float, float]:
    return sum(tally.events for tally in tallies), float(sum(tally.of for tally in tallies))


def _turned(found: Difference) -> Difference:
    interval = found.interval
    return Difference(-found.value, interval.model_copy(update={"low": -interval.high, "high": -interval.low}))


def _points(share: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    value = round(100 * share, 1)
    sign = "+" if value > 0 else "\u2212" if value < 0 else ""
    return f"{sign}{abs(value):g} points"
