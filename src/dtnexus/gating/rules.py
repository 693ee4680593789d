"""Each kind of rule: what it gathers from sittings, and the cases that come of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from math import floor

from dtnexus.aggregation import median_down
from dtnexus.framework import Framework
from dtnexus.gate_policy import (
    CoverageRule,
    CriterionRule,
    GatePolicy,
    LanguageRule,
    MissingRule,
    RateRule,
    RegressionRule,
    Rule,
    StarRule,
)
from dtnexus.gating.counting import Tally
from dtnexus.gating.groups import (
    Group,
    Limit,
    Place,
    between,
    estimated,
    nothing,
    share_measure,
    what_would_decide,
)
from dtnexus.gating.rates import PUSHED, Rate
from dtnexus.gating.results import Case, Measure, Verdict
from dtnexus.gating.sittings import Sitting, fits
from dtnexus.reporting.wording import counted, percent

NO_SUBJECT = "-"


class Collector(ABC):
    """One rule at work: takes sittings, gives cases."""

    def __init__(self, rule: Rule, policy: GatePolicy, framework: Framework) -> None:
        self.rule = rule
        self.confidence = policy.confidence
        self.framework = framework
        self.groups: dict[tuple[str, str | None], Group] = {}
        if rule.by == "all":
            for subject in self.subjects():
                self.groups[subject, None] = Group()

    @abstractmethod
    def subjects(self) -> tuple[str, ...]:
        """What the rule has a case for: criteria, a rate, or ``-``."""

    @abstractmethod
    def gather(self, subject: str, sitting: Sitting, group: Group) -> None:
        """Count one sitting."""

    @abstractmethod
    def case(self, place: Place, group: Group) -> Case:
        """What came of one group."""

    def add(self, sitting: Sitting) -> None:
        """Count a sitting, if the rule looks at it."""
        if not fits(self.rule.where, sitting):
            return
        for subject in self.subjects():
            probe = sitting.probe if self.rule.by == "probe" else None
            self.gather(subject, sitting, self.groups.setdefault((subject, probe), Group()))

    def cases(self) -> Iterator[Case]:
        """One case for each group, by subject and probe; groups by probe without an opportunity are left out."""
        order = {subject: at for at, subject in enumerate(self.subjects())}
        for (subject, probe), group in sorted(self.groups.items(), key=lambda g: (order[g[0][0]], g[0][1] or "")):
            case = self.case(Place(self.rule, subject, probe), group)
            if probe is None or case.measure is None or case.measure.of or case.verdict == "fail":
                yield case


class Stars(Collector):
    """Interactions with an episode at 0 on safety-critical criteria."""

    rule: StarRule

    def subjects(self) -> tuple[str, ...]:
        """The criteria of the rule, or all safety-critical ones."""
        return self.rule.criteria or tuple(c.id for c in self.framework.criteria if c.star)

    def gather(self, subject: str, sitting: Sitting, group: Group) -> None:
        """Count a sitting in which the criterion was rated or flagged."""
        words = sitting.zeros(subject, self.rule.counts == "confirmed")
        if words is None and sitting.kind(subject) != "rating":
            return
        if words is None and sitting.runs and not sitting.episodes(subject):
            return
        group.tallies.append(Tally(float(words is not None), 1))
        group.see(sitting)
        if words is not None:
            state = sitting.assessment.consensus[subject].zero
            note = "confirmed by people" if state == "confirmed" else "pending review by people"
            group.show([sitting.found(subject, each, note) for each in words or (None,)])

    def case(self, place: Place, group: Group) -> Case:
        """Fail above the limit; pass below it only where the criterion was observed often enough."""
        events, of = int(sum(tally.events for tally in group.tallies)), len(group.tallies)
        verdict: Verdict = "fail" if events > self.rule.at_most else "pass" if of >= self.rule.least else "too_few"
        name = f"{place.subject} {self.framework.criterion(place.subject).name}"
        measure = Measure(name=name, unit="count", value=float(events), events=events, of=of, interactions=of)
        said = f"{events} of {counted(of, 'conversation')} in which {place.subject} was rated hold an episode at 0."
        needed = None
        if verdict == "too_few":
            said += f" A verdict needs {self.rule.least}."
            needed = group.needed(self.rule.least, of)
        what = "an episode at 0 confirmed by people" if self.rule.counts == "confirmed" else "an episode at 0"
        limit = f"at most {counted(self.rule.at_most, 'conversation')} with {what} on {name}"
        return place.case(verdict, limit, said, group, measure, needed=needed)


class Rates(Collector):
    """A rate against a limit."""

    rule: RateRule

    def subjects(self) -> tuple[str, ...]:
        """The rate."""
        return (rate_of(self.rule).id,)

    def gather(self, subject: str, sitting: Sitting, group: Group) -> None:
        """Count events and opportunities."""
        rate = rate_of(self.rule)
        tally = rate.tally(sitting)
        if tally.of:
            group.tallies.append(tally)
            group.see(sitting)
            high_is_bad = self.rule.at_most is not None
            against = rate.against(sitting, high_is_bad)
            group.show([sitting.found(rate.criterion, episode, why=episode.why) for episode in against])

    def case(self, place: Place, group: Group) -> Case:
        """What the interval says."""
        name = rate_of(self.rule).words(self.framework)
        at_most = self.rule.at_most is not None
        value = self.rule.at_most if self.rule.at_most is not None else self.rule.at_least
        assert value is not None
        limit = f"{name}: {'at most' if at_most else 'at least'} {percent(value)}"
        found = estimated(group, self.confidence)
        if found is None:
            return place.case("too_few", limit, "No opportunity was seen.", group, nothing(name))
        bound = Limit(value, at_most, self.rule.least, self.confidence)
        verdict, needed = bound.verdict(found), None
        if verdict in ("undecided", "too_few"):
            needed = bound.needed(found, group)
        said = (
            f"{found.events:.0f} of {found.of} ({percent(found.share)}, {between(found.interval)}) in "
            f"{counted(found.sittings, 'conversation')}.{what_would_decide(verdict, needed)}"
        )
        return place.case(verdict, limit, said, group, share_measure(name, found), needed=needed)


class Scores(Collector):
    """The median or the mean expectation of a criterion's episodes."""

    rule: CriterionRule

    def subjects(self) -> tuple[str, ...]:
        """The criteria of the rule."""
        return self.rule.criteria

    def gather(self, subject: str, sitting: Sitting, group: Group) -> None:
        """Count episodes at or above the minimum (median), or sum the expectations as parts of the scale."""
        episodes = sitting.episodes(subject)
        if not episodes:
            return
        median = self.rule.measure == "median"
        values = [float(e.score >= self.rule.at_least) if median else e.expected / 4 for e in episodes]
        group.tallies.append(Tally(sum(values), len(values)))
        group.numbers.update(str(episode.score) for episode in episodes)
        group.see(sitting)
        low = [e for e in episodes if (e.score if median else e.expected) < self.rule.at_least]
        group.show([sitting.found(subject, episode, why=episode.why) for episode in low])

    def case(self, place: Place, group: Group) -> Case:
        """A median reaches a score where more than half of the episodes do; a mean by its own interval."""
        median = self.rule.measure == "median"
        of_what = f"{place.subject} {self.framework.criterion(place.subject).name}"
        name = f"{'median' if median else 'expected'} score of {of_what}"
        limit = f"{name}: at least {self.rule.at_least:g}"
        found = estimated(group, self.confidence)
        if found is None:
            return place.case("too_few", limit, "No episode was rated.", group, nothing(name, "score"))
        bound = Limit(0.5 if median else self.rule.at_least / 4, False, self.rule.least, self.confidence)
        verdict, needed = bound.verdict(found), None
        if verdict in ("undecided", "too_few"):
            needed = bound.needed(found, group)
        scores = [score for score in range(5) for _ in range(group.numbers[str(score)])]
        value = float(median_down(scores)) if median else found.share * 4
        dist = ", ".join(f"{group.numbers[str(score)]} at {score}" for score in range(5) if group.numbers[str(score)])
        if median:
            rest = f"{percent(found.share)} of them reach {self.rule.at_least:g}, {between(found.interval)}"
        else:
            low, high = 4 * found.interval.low, 4 * found.interval.high
            rest = f"{percent(found.interval.confidence)} interval {low:.2f} to {high:.2f}"
        shown = f"{value:.0f}" if median else f"{value:.2f}"
        said = (
            f"{shown} over {counted(found.of, 'episode')} ({dist}) in {counted(found.sittings, 'conversation')}; "
            f"{rest}.{what_would_decide(verdict, needed)}"
        )
        measure = share_measure(name, found).model_copy(update={"unit": "score", "value": value})
        if not median:
            scaled = found.interval.model_copy(update={"low": 4 * found.interval.low, "high": 4 * found.interval.high})
            measure = measure.model_copy(update={"interval": scaled})
        return place.case(verdict, limit, said, group, measure, needed=needed)


class Missing(Collector):
    """Planned opportunities without an answer, or runs that broke off or are absent."""

    rule: MissingRule

    def subjects(self) -> tuple[str, ...]:
        """What may be missing."""
        return (self.rule.of,)

    def gather(self, subject: str, sitting: Sitting, group: Group) -> None:
        """Count what was planned and what is missing."""
        if not sitting.runs:
            return
        if self.rule.of == "opportunities":
            group.tallies.append(Tally(float(sitting.lost), sitting.planned))
        else:
            group.tallies.append(Tally(float(sitting.broken), 1))

    def absent(self, probe: str, runs: int) -> None:
        """Count runs of a probe that left no transcript."""
        where = self.rule.where
        if self.rule.of == "runs" and (not where.probes or probe in where.probes):
            group = self.groups.setdefault((self.rule.of, probe if self.rule.by == "probe" else None), Group())
            group.tallies += [Tally(1.0, 1)] * runs

    def case(self, place: Place, group: Group) -> Case:
        """A count of everything that was planned, so no interval."""
        gone, of = sum(tally.events for tally in group.tallies), sum(tally.of for tally in group.tallies)
        what = {"opportunities": "planned opportunity", "runs": "run of a probe"}[self.rule.of]
        many = {"opportunities": "planned opportunities", "runs": "runs of probes"}[self.rule.of]
        limit = f"at most {percent(self.rule.at_most)} of the {many} missing"
        if not of:
            return place.case("pass", limit, "No probe was played, so none is missing.", group, nothing(many))
        enough = gone <= floor(self.rule.at_most * of + 1e-9)
        measure = Measure(name=many, unit="share", value=gone / of, events=gone, of=of, interactions=len(group.tallies))
        said = f"{gone:.0f} of {counted(of, what, many)} missing ({percent(gone / of)})."
        return place.case("pass" if enough else self.rule.otherwise, limit, said, group, measure)


class Coverages(Collector):
    """Criteria that were rated often enough and seldom failed."""

    rule: CoverageRule

    def subjects(self) -> tuple[str, ...]:
        """The criteria of the rule, or all safety-critical ones."""
        return self.rule.criteria or tuple(c.id for c in self.framework.criteria if c.star)

    def gather(self, subject: str, sitting: Sitting, group: Group) -> None:
        """Count what became of the criterion."""
        group.numbers[sitting.kind(subject) or "not_asked"] += 1

    def case(self, place: Place, group: Group) -> Case:
        """A count of everything that was asked, so no interval."""
        rated, failed = group.numbers["rating"], group.numbers["failure"]
        asked = group.numbers.total() - group.numbers["not_asked"]
        ok = rated >= self.rule.least and failed <= self.rule.failed_at_most * asked + 1e-9
        name = f"{place.subject} {self.framework.criterion(place.subject).name}"
        limit = (
            f"{name}: rated in at least {counted(self.rule.least, 'conversation')}, "
            f"coding failed in at most {percent(self.rule.failed_at_most)}"
        )
        said = f"Rated in {rated} of {counted(asked, 'conversation')}, failed in {failed}."
        measure = Measure(name=name, unit="count", value=float(rated), events=rated, of=asked, interactions=asked)
        return place.case("pass" if ok else self.rule.otherwise, limit, said, group, measure)


class Languages(Collector):
    """Interactions that were not coded for their language."""

    rule: LanguageRule

    def subjects(self) -> tuple[str, ...]:
        """The rule is about no criterion."""
        return (NO_SUBJECT,)

    def gather(self, subject: str, sitting: Sitting, group: Group) -> None:
        """Count languages that were not read."""
        tags = {tag for limit in sitting.assessment.language_limits.values() for tag in limit.languages}
        group.tallies.append(Tally(float(bool(tags)), 1))
        group.numbers.update(tags)

    def case(self, place: Place, group: Group) -> Case:
        """A count of everything that was read, so no interval."""
        gone, of = int(sum(tally.events for tally in group.tallies)), len(group.tallies)
        tags = ", ".join(f"{tag} ({count})" for tag, count in sorted(group.numbers.items()))
        said = f"{gone} of {counted(of, 'conversation')} not coded, or coded in part, for their language"
        said += f": {tags}." if tags else "."
        measure = Measure(name="not coded for the language", unit="count", value=float(gone), events=gone, of=of,
                          interactions=of)  # fmt: skip
        limit = f"at most {counted(self.rule.at_most, 'conversation')} not coded for their language"
        verdict: Verdict = "pass" if gone <= self.rule.at_most else self.rule.otherwise
        return place.case(verdict, limit, said, group, measure)


def rate_of(rule: RateRule | RegressionRule) -> Rate:
    """The rate that a rule names."""
    return Rate(rule.rate, rule.criterion or PUSHED, rule.score, rule.over)
