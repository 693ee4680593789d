"""The embedded coder: signals, episodes, ratings. Offline, deterministic, without any setting.

It is a screen. It never confirms a safety-critical zero and never earns a level.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dtnexus.coding.episode_scoring import EpisodeWeights
from dtnexus.coding.exposure import observations
from dtnexus.coding.linear_model import LinearModel
from dtnexus.coding.quotes import Quoter
from dtnexus.coding.ratings import PASSAGES, Case, rate
from dtnexus.coding.session_reading import SignalReader, read_session
from dtnexus.framework import Criterion, Framework
from dtnexus.rating import CoderRef, Failure, NotApplicable, NotObservable, Observation, Rating
from dtnexus.transcript import Interaction

NAME: Final = "linear"


class EmbeddedCoder:
    """Rates by the framework's own signal rules, with signals from the embedded model."""

    def __init__(self, reader: SignalReader, weights: EpisodeWeights) -> None:
        """A coder on a signal model and episode weights; `load` gives the shipped one."""
        self._reader = reader
        self._weights = weights
        self.ref = CoderRef(
            kind="embedded",
            name=NAME,
            version=weights.version,
            details={"signals": reader.digest, "episodes": weights.digest},
        )

    @staticmethod
    def load() -> EmbeddedCoder:
        """The coder with the shipped weights.

        Raises:
            InputError: a weight file is damaged or does not fit this version.
        """
        return EmbeddedCoder(LinearModel.load(), EpisodeWeights.load())

    def code(
        self, interaction: Interaction, framework: Framework
    ) -> tuple[Rating | NotObservable | NotApplicable | Failure | Observation, ...]:
        """One statement per criterion, in the framework's order, then the counted facts.

        Raises:
            UsageError: a rule of the framework names an unknown signal or scorer.
        """
        readings = [read_session(self._reader, session, at) for at, session in enumerate(interaction.sessions)]
        case = Case(interaction.id, self.ref, readings, Quoter(self._reader), self._weights)
        return (
            *self._statements(case, interaction, framework),
            *observations(interaction.id, self.ref, readings, case.quoter),
        )

    def _statements(
        self, case: Case, interaction: Interaction, framework: Framework
    ) -> Iterator[Rating | NotObservable | NotApplicable]:
        for criterion in framework.criteria:
            barred = not_applicable(interaction, criterion)
            if barred is not None:
                yield NotApplicable(interaction_id=interaction.id, criterion=criterion.id, coder=self.ref, fact=barred)
            elif not {"T", "P"} & set(criterion.evidence):
                yield self._silent(interaction, criterion, "rests on system facts; it needs documents, not transcripts")
            elif criterion.id not in framework.signals:
                yield self._silent(interaction, criterion, f"this coder has no rule for {criterion.id}")
            else:
                said = rate(case, criterion, framework.signals[criterion.id])
                yield self._undecided(said) if depends_on_kind(interaction, criterion) else said

    def _undecided(self, said: Rating | NotObservable) -> NotObservable:
        """What was found as passages to look at: whether the criterion applies to this agent is unknown."""
        reason = "it is unknown whether the agent is a program or a person; say which (--agent-kind) to have it rated"
        return NotObservable(
            interaction_id=said.interaction_id,
            criterion=said.criterion,
            coder=self.ref,
            reason=reason,
            episodes=said.episodes[:PASSAGES],
        )

    def _silent(self, interaction: Interaction, criterion: Criterion, reason: str) -> NotObservable:
        return NotObservable(interaction_id=interaction.id, criterion=criterion.id, coder=self.ref, reason=reason)


def depends_on_kind(interaction: Interaction, criterion: Criterion) -> bool:
    """Whether the criterion applies to some kinds of agents only, and this agent's kind is unknown."""
    return interaction.agent.kind == "unknown" and any(
        bar.field == "agent.kind" for bar in criterion.not_applicable_when
    )


def not_applicable(interaction: Interaction, criterion: Criterion) -> str | None:
    """The fact about the agent's kind that makes a criterion impossible; None where there is none."""
    for bar in criterion.not_applicable_when:
        if bar.field == "agent.kind" and bar.equals == interaction.agent.kind:
            return f"{bar.field} is {bar.equals}: {bar.because}"
    return None
