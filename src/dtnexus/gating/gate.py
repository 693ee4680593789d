"""A policy on a run: interactions in, one outcome out. Pure; holds counts and a few quotes, never the conversations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from dtnexus import __version__
from dtnexus.assessment import Assessment
from dtnexus.deciding.derived import framework_digest
from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.gate_policy import GatePolicy, Rule
from dtnexus.gating.comparable import Facts, remarks
from dtnexus.gating.groups import Group, Place
from dtnexus.gating.regressions import Regressions
from dtnexus.gating.results import Case, Outcome
from dtnexus.gating.rules import Collector, Coverages, Languages, Missing, Rates, Scores, Stars
from dtnexus.gating.sittings import NO_PROBES, Played, sittings
from dtnexus.reporting.lock import CLOSED
from dtnexus.reporting.wording import counted

MEANING: Final = (
    "A pass says that no rule of this policy failed on what was read and coded. It is a screening of conversations, "
    "no statement about clients and no certificate."
)
UNDECIDED_MEANS: Final = (
    "Undecided is no failing of the agent: the limit lies inside the interval, or too little was seen."
)
_COLLECTORS: Final[Mapping[str, type[Collector]]] = {
    "star_episodes": Stars,
    "rate": Rates,
    "criterion": Scores,
    "missing": Missing,
    "coverage": Coverages,
    "languages": Languages,
    "regression": Regressions,
}


class Gate:
    """A policy at work on one run; take another for the baseline."""

    def __init__(self, policy: GatePolicy, framework: Framework, quotes: bool = False) -> None:
        """Set up the rules.

        Args:
            policy: The rules.
            framework: Whose criteria they name; assessments have to be by it.
            quotes: Whether words of conversations that somebody lived may be printed; those of probes and of
                synthetic conversations always may.
        """
        self.policy = policy
        self.framework = framework
        self.facts = Facts()
        self._quotes = quotes
        self._collectors = [_COLLECTORS[rule.kind](rule, policy, framework) for rule in policy.rules]
        self._absent = 0

    def add(self, assessment: Assessment, played: Played = NO_PROBES) -> None:
        """Count one interaction; `played` names the probes behind its transcripts.

        Raises:
            UsageError: it was decided by another framework.
        """
        if assessment.framework_digest != framework_digest(self.framework):
            raise UsageError(
                f"{assessment.interaction_id!r} was decided by {assessment.framework}, digest "
                f"{assessment.framework_digest[:12]}; the policy is for {self.framework.id} {self.framework.version}, "
                f"digest {self.framework.digest()[:12]}. Use --framework, or decide again."
            )
        self.facts.add(assessment, played)
        for sitting in sittings(assessment, played, self._quotes):
            for collector in self._collectors:
                collector.add(sitting)

    def absent(self, probe: str, runs: int = 1) -> None:
        """Count runs of a probe that were planned and left no transcript."""
        self._absent += runs
        for collector in self._collectors:
            if isinstance(collector, Missing):
                collector.absent(probe, runs)

    def outcome(self, run: str, baseline: Gate | None = None, baseline_name: str | None = None) -> Outcome:
        """The verdicts; a baseline has to be a gate of the same policy.

        Without a baseline the rules on regressions are left out, and a note says so.
        """
        differing = () if baseline is None else remarks(self.facts, baseline.facts)
        hindrance = "; ".join(str(remark) for remark in differing if remark.blocks)
        notes = [MEANING]
        cases: list[Case] = []
        for place, collector in enumerate(self._collectors):
            if not isinstance(collector, Regressions):
                cases += collector.cases()
            elif baseline is not None:
                other = baseline._collectors[place]
                assert isinstance(other, Regressions)
                cases += _compared(collector, other, hindrance)
        notes += self._remarks(cases, baseline is None)
        notes += [f"The baseline differs in {remark}." for remark in differing]
        return Outcome(
            dtnexus=__version__,
            policy=CLOSED.prose(self.policy.name),
            policy_digest=self.policy.digest(),
            about=CLOSED.prose(self.policy.about),
            run=run,
            baseline=baseline_name,
            framework=f"{self.framework.id} {self.framework.version}",
            framework_digest=framework_digest(self.framework),
            coders=self.facts.named_coders(),
            agents=tuple(self.facts.agents),
            interactions=self.facts.interactions,
            probes=tuple(sorted(self.facts.probes)),
            confidence=self.policy.confidence,
            cases=tuple(cases),
            notes=tuple(notes),
        )

    def _remarks(self, cases: list[Case], alone: bool) -> Iterator[str]:
        if any(case.verdict in ("undecided", "too_few") for case in cases):
            yield UNDECIDED_MEANS
        left_out = sum(isinstance(collector, Regressions) for collector in self._collectors)
        if alone and left_out:
            yield f"{counted(left_out, 'rule')} on regressions left out: no baseline was given."
        if self.facts.coders and not any(coder.is_human for coder in self.facts.coders.values()):
            yield "Coded by a machine only: every flag is a reason to look, and none is confirmed."
        if self._absent:
            yield f"{counted(self._absent, 'planned run', 'planned runs')} of probes left no transcript."
        if any(found.withheld for case in cases for found in case.found):
            yield "Words of conversations that somebody lived are withheld here; --quotes prints them."


def _compared(now: Regressions, before: Regressions, hindrance: str) -> Iterator[Case]:
    rule: Rule = now.rule
    for subject, probe in sorted({**now.groups, **before.groups}, key=lambda key: (key[0], key[1] or "")):
        group, old = (each.groups.get((subject, probe), Group()) for each in (now, before))
        if probe is None or group.tallies or old.tallies:
            yield now.against(Place(rule, subject, probe), group, old, hindrance)
