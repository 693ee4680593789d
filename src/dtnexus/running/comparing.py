"""Two runs from files: what both hold, counted, paired and set side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dtnexus import __version__
from dtnexus.assessment import Assessment
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import InputError
from dtnexus.framework import Framework
from dtnexus.gate_policy import GatePolicy, RegressionRule
from dtnexus.gating.comparable import Facts, remarks
from dtnexus.gating.counting import estimate
from dtnexus.gating.groups import Group
from dtnexus.gating.rates import Rate
from dtnexus.gating.regressions import Regressions
from dtnexus.gating.rules import rate_of
from dtnexus.gating.sittings import PairKey, sittings
from dtnexus.rating import Rating
from dtnexus.reporting.comparison import Comparison, Difference, Pair, RateCompared, ShareOf, Side, StarCount
from dtnexus.reporting.comparison_html import write_comparison
from dtnexus.reporting.comparison_view import scores_of
from dtnexus.reporting.lock import CLOSED
from dtnexus.reporting.summary import CorpusTally, flags_of, sessions_in
from dtnexus.running.archive import Archive, Shelf
from dtnexus.running.gating_files import RunSource, read_run
from dtnexus.running.whole_file import whole
from dtnexus.transcript import Transcript

LOW = 1
"""Scores up to this one are counted as a rate of each criterion: nothing adequate was done, or the contrary."""


@dataclass(slots=True)
class _Met:
    """What is kept of one interaction."""

    place: int
    interaction: str
    keys: tuple[str, ...]
    """What it may be paired by, the best first."""
    probe: str | None
    flags: tuple[str, ...]
    indicated: int | None
    scores: dict[str, int]


@dataclass(slots=True)
class _Run:
    """One run, counted."""

    source: RunSource
    shelf: Mapping[str, Transcript]
    tally: CorpusTally
    rates: list[Regressions]
    facts: Facts = field(default_factory=Facts)
    met: list[_Met] = field(default_factory=list)
    flagged: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    rated: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Compared:
    """Two runs that were read; the conversations are read again when the page shows them."""

    def __init__(self, first: Path, second: Path, framework: str) -> None:
        """Read and count both.

        Raises:
            InputError: a run is missing, empty or cannot be read.
        """
        self.framework: Framework = load_framework(framework, MAXIMA)
        self._runs = tuple(self._counted(read_run(path)) for path in (first, second))
        self._pairs = list(_paired(self._runs[0].met, self._runs[1].met))
        self.comparison = self._compared()

    def write(self, path: Path, title: str | None = None) -> None:
        """Write the page."""
        with whole(path) as part:
            write_comparison(self.comparison, self._pair, self.framework, part, title)

    def _pair(
        self, place: int
    ) -> tuple[tuple[Assessment, Assessment], tuple[dict[str, Transcript], dict[str, Transcript]]]:
        a, b = (self._side(run, met) for run, met in zip(self._runs, self._pairs[place], strict=True))
        return (a[0], b[0]), (a[1], b[1])

    def _side(self, run: _Run, met: _Met) -> tuple[Assessment, dict[str, Transcript]]:
        assessment = run.source.assessments[met.place]
        return assessment, {each: run.shelf[each] for each in assessment.transcript_ids if each in run.shelf}

    def _counted(self, source: RunSource) -> _Run:
        shelf: Mapping[str, Transcript] = Archive.of(source.transcripts).shelf() if source.transcripts.is_file() else {}
        sessions = shelf.session if isinstance(shelf, Shelf) else sessions_in(shelf)
        rates = [Regressions(rule, _policy(rule, self.framework), self.framework) for rule in _rules(self.framework)]
        run = _Run(source, shelf, CorpusTally(self.framework, sessions), rates)
        for place, assessment in enumerate(source.assessments):
            self._add(run, place, assessment)
        if not run.met:
            raise InputError(str(source.assessments.path), "holds no assessments", "a finished run")
        return run

    def _add(self, run: _Run, place: int, assessment: Assessment) -> None:
        played = run.source.played
        run.facts.add(assessment, played)
        run.tally.add(assessment)
        flags = tuple(flag.criterion for flag in flags_of(assessment, self.framework))
        for criterion in self.framework.criteria:
            if not criterion.star:
                continue
            flagged = criterion.id in flags
            run.flagged[criterion.id] += flagged
            run.rated[criterion.id] += flagged or isinstance(assessment.ratings.get(criterion.id), Rating)
        here = list(sittings(assessment, played, quotes=False))
        for sitting in here:
            for rate in run.rates:
                rate.add(sitting)
        pairs = [sitting.pair for sitting in here if sitting.pair is not None]
        keys = [_words(pairs[0])] if pairs else []
        keys += [assessment.interaction_id, "\n".join(assessment.transcript_ids)]
        keys += [f"client {assessment.client_id}"] if assessment.client_id is not None else []
        probe = pairs[0].probe if pairs else None
        run.met.append(
            _Met(
                place, assessment.interaction_id, tuple(keys), probe, flags, assessment.indicated, scores_of(assessment)
            )
        )

    def _compared(self) -> Comparison:
        one, two = self._runs
        differing = remarks(one.facts, two.facts)
        blocked = any(remark.blocks for remark in differing)
        paired = {id(met) for pair in self._pairs for met in pair}
        return Comparison(
            dtnexus=__version__,
            first=_side(one),
            second=_side(two),
            differences=tuple(
                Difference(what=r.what, first=r.first, second=r.second, blocks=r.blocks) for r in differing
            ),
            stars=tuple(
                StarCount(
                    criterion=c.id,
                    name=CLOSED.prose(c.name),
                    first=one.flagged[c.id],
                    first_of=one.rated[c.id],
                    second=two.flagged[c.id],
                    second_of=two.rated[c.id],
                )
                for c in self.framework.criteria
                if c.star
            ),
            rates=tuple(
                rate
                for a, b in zip(one.rates, two.rates, strict=True)
                if (rate := _rate(a, b, self.framework, blocked)) is not None
            ),
            pairs=tuple(self._told(a, b) for a, b in self._pairs),
            only_first=tuple(met.interaction for met in one.met if id(met) not in paired),
            only_second=tuple(met.interaction for met in two.met if id(met) not in paired),
        )

    def _told(self, a: _Met, b: _Met) -> Pair:
        key = a.keys[0] if a.probe is not None and a.keys[0] == b.keys[0] else a.interaction
        return Pair(
            key=key,
            first=a.interaction,
            second=b.interaction,
            probe=a.probe,
            first_flags=a.flags,
            second_flags=b.flags,
            first_indicated=a.indicated,
            second_indicated=b.indicated,
            moved=tuple(key for key, score in a.scores.items() if b.scores.get(key, score) != score),
        )


def _rules(framework: Framework) -> Iterator[RegressionRule]:
    """A rule for each rate that is shown."""
    for name in ("unwarranted_flip", "warranted_update", "false_alarm"):
        yield RegressionRule.model_validate({"id": name, "kind": "regression", "rate": name, "least": 3})
    for criterion in framework.criteria:
        told = {"id": criterion.id, "kind": "regression", "rate": "low_scores", "least": 3}
        yield RegressionRule.model_validate({**told, "criterion": criterion.id, "score": LOW})


def _policy(rule: RegressionRule, framework: Framework) -> GatePolicy:
    return GatePolicy(name="comparison", framework=framework.id, rules=(rule,))


def _rate(one: Regressions, two: Regressions, framework: Framework, blocked: bool) -> RateCompared | None:
    """One rate in both runs; None where neither saw an opportunity."""
    rate: Rate = rate_of(one.rule)
    groups = [next(iter(each.groups.values()), Group()) for each in (one, two)]
    if not any(group.tallies for group in groups):
        return None
    found = None if blocked or not all(group.tallies for group in groups) else two.difference(groups[1], groups[0])
    return RateCompared(
        id=rate.id,
        name=CLOSED.prose(rate.words(framework)),
        criterion=(
            CLOSED.prose(f"{rate.criterion} {framework.criterion(rate.criterion).name}")
            if rate.name == "low_scores"
            else None
        ),
        first=_share(groups[0]),
        second=_share(groups[1]),
        difference=None if found is None else found[0].value,
        interval=None if found is None else found[0].interval,
        pairs=None if found is None else found[1],
    )


def _share(group: Group) -> ShareOf:
    found = estimate(group.tallies, 0.95)
    if found is None:
        return ShareOf(events=0, of=0, value=None, interval=None)
    return ShareOf(events=round(found.events), of=found.of, value=found.share, interval=found.interval)


def _side(run: _Run) -> Side:
    """The counts, under the framework by which the run was decided."""
    digest, name = next(iter(run.facts.frameworks.items()))
    summary = run.tally.summary((), {}, ())
    return Side(
        name=run.source.name,
        summary=summary.model_copy(update={"framework": name, "framework_digest": digest}),
        pending=run.tally.pending,
        confirmed=run.tally.confirmed,
        probes=len(run.facts.probes),
    )


def _paired(ones: list[_Met], twos: list[_Met]) -> Iterator[tuple[_Met, _Met]]:
    """Each interaction with the one of the other run that shares its best key; every one once."""
    free: dict[str, list[_Met]] = defaultdict(list)
    for met in twos:
        for key in met.keys:
            free[key].append(met)
    taken: set[int] = set()
    for met in ones:
        found = next((b for key in met.keys for b in free[key] if id(b) not in taken), None)
        if found is not None:
            taken.add(id(found))
            yield met, found


def _words(pair: PairKey) -> str:
    return f"{pair.probe} {pair.version}, repeat {pair.repeat + 1}, {pair.position}, memory {pair.memory}"
