"""What is done with one interaction: code it, decide it, render it. The same in every process; texts in, texts out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dtnexus.admission import Admission
from dtnexus.assessment import Assessment
from dtnexus.coding.coder import Coder
from dtnexus.coding.recorded import NO_STATEMENT
from dtnexus.deciding.assess import assess
from dtnexus.framework import Framework
from dtnexus.profile import AgentProfile
from dtnexus.rating import Failure, Said
from dtnexus.reporting.html import Piece, piece
from dtnexus.running.archive import Parcel
from dtnexus.running.fail_on import findings_of
from dtnexus.running.language_counts import NotRead, count_limits
from dtnexus.running.ratings_log import RawBlock
from dtnexus.running.work import code_one
from dtnexus.transcript import Agent

CoderFactory = Callable[[], Sequence[Coder]]
"""Makes the coders; called once in each process, so it must survive pickling."""


class Coded(NamedTuple):
    """What the coders said of one interaction."""

    interaction_id: str
    lines: str
    """The statements, one a line, as a ratings file holds them."""
    not_read: Mapping[NotRead, int]


class Case(NamedTuple):
    """An interaction and the ratings of it; None where nobody said anything."""

    parcel: Parcel
    ratings: RawBlock | None


class Sheet(NamedTuple):
    """An interaction that a report is to show in full."""

    number: int
    """Its place in the report, from 1."""
    parcel: Parcel
    line: bytes
    """Its assessment, as an assessments file holds it."""
    pack: bool


class Decided(NamedTuple):
    """An assessment, and what is counted of it."""

    line: str
    """The assessment, as an assessments file holds it."""
    failed: frozenset[str]
    """Coder and cause of failures on a criterion."""
    findings: tuple[str, ...]
    """The `--fail-on` findings that hold."""
    not_read: Mapping[NotRead, int]


@dataclass
class Hands:
    """What a process needs for its work; the coders are made when the first interaction is coded."""

    factory: CoderFactory
    framework: Framework
    profiles: Sequence[AgentProfile] = ()
    fail_on: Sequence[str] = ()
    admissions: Sequence[Admission] = ()
    _coders: Sequence[Coder] = field(default=(), repr=False)

    def __reduce__(self) -> tuple[object, ...]:
        """Go to another process without the coders, which are made anew there."""
        settings = tuple(self.profiles), tuple(self.fail_on), tuple(self.admissions)
        return _unpacked, (self.factory, self.framework.to_json(), *settings)

    def code(self, parcel: Parcel) -> Coded:
        """What all coders say of an interaction.

        Raises:
            UsageError: recorded ratings are of another framework.
        """
        self._coders = self._coders or self.factory()
        said = code_one(parcel.interaction(), self._coders, self.framework)
        lines = "".join(f"{statement.to_json()}\n" for statement in said)
        return Coded(parcel.interaction_id, lines, _limits(said))

    def decide(self, case: Case) -> Decided:
        """The assessment of an interaction.

        Raises:
            InputError: a line of the ratings is no statement.
            UsageError: the ratings are not of what was said.
        """
        interaction = case.parcel.interaction()
        said = () if case.ratings is None else case.ratings.statements()
        profile = profile_of(interaction.agent, self.profiles)
        assessment = assess(interaction, said, self.framework, profile, self.admissions)
        return Decided(
            f"{assessment.to_json()}\n", failures_of(said), findings_of(assessment, self.fail_on), _limits(said)
        )

    def render(self, sheet: Sheet) -> Piece:
        """The interaction as a piece of a report in its usual language."""
        transcripts = {session.id: session for session in sheet.parcel.interaction().sessions}
        return piece(sheet.number, Assessment.from_json(sheet.line), transcripts, self.framework, sheet.pack)


def _unpacked(
    factory: CoderFactory,
    framework: str,
    profiles: tuple[AgentProfile, ...],
    fail_on: tuple[str, ...],
    admissions: tuple[Admission, ...],
) -> Hands:
    return Hands(factory, Framework.from_json(framework), profiles, fail_on, admissions)


def _limits(said: Sequence[Said]) -> Mapping[NotRead, int]:
    tally: Counter[NotRead] = Counter()
    count_limits(said, tally)
    return dict(tally)


def failures_of(said: Sequence[Said]) -> frozenset[str]:
    """Coder and cause of the failures; that people have not rated a criterion is no failure of theirs."""
    return frozenset(
        f"{one.coder.name}: {one.cause.replace('_', ' ')}"
        for one in said
        if isinstance(one, Failure) and one.detail != NO_STATEMENT
    )


def profile_of(agent: Agent, profiles: Sequence[AgentProfile]) -> AgentProfile | None:
    """The profile that describes this agent: its id (and version, where given), else ``*``."""
    fitting = [p for p in profiles if p.agent_id == agent.id and p.version in (None, agent.version)]
    general = [p for p in profiles if p.agent_id == "*"]
    return next(iter(fitting + general), None)
