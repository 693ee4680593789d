"""The embedded coder: signals, episodes, ratings. Offline, deterministic, without any setting.

It is a screen. It never confirms a safety-critical zero and never earns a level.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dtnexus.coding.episode_folds import EpisodeFolds
from dtnexus.coding.episode_scoring import EpisodeWeights
from dtnexus.coding.exposure import observations
from dtnexus.coding.language_rule import interaction_languages, limit_of, limited
from dtnexus.coding.member import DEFAULT, LINEAR
from dtnexus.coding.planned import with_plan
from dtnexus.coding.ratings import PASSAGES, Case, expected_score, rate
from dtnexus.coding.reading_folds import ReadingFolds
from dtnexus.coding.session_reading import SessionReading, SignalReader, read_stretches
from dtnexus.coding.signal_models import signal_model
from dtnexus.errors import UsageError
from dtnexus.framework import Criterion, Framework
from dtnexus.language import LanguageLimit
from dtnexus.rating import CoderRef, Failure, NotApplicable, NotObservable, Observation, Rating
from dtnexus.transcript import Interaction

VALIDATED: Final = ("en",)
"""Languages whose conversations the shipped weights were measured on; others are not coded."""


class EmbeddedCoder:
    """Rates by the framework's own signal rules, with signals from the embedded model."""

    def __init__(self, reader: SignalReader, weights: EpisodeWeights, name: str = LINEAR) -> None:
        """A coder on a signal model and episode weights; `load` gives the shipped ones."""
        self._reader = reader
        self._weights = weights
        self.ref = CoderRef(
            kind="embedded",
            name=name,
            version=weights.version,
            details={"signals": reader.digest, "episodes": weights.digest, "languages": " ".join(VALIDATED)},
        )

    @staticmethod
    def load(member: str = DEFAULT) -> EmbeddedCoder:
        """The coder with the shipped weights of a member, `linear` or `encoder` (`dtnexus.coding.member`).

        Raises:
            InputError: a weight file is damaged or does not fit this version.
            UsageError: there is no such member.
        """
        return EmbeddedCoder(signal_model(member), EpisodeWeights.load(member), member)

    @property
    def signals(self) -> SignalReader:
        """What reads the signals of turns."""
        return self._reader

    def expected_scores(
        self, interaction: Interaction, framework: Framework, criteria: Iterable[str]
    ) -> dict[str, float | None]:
        """For each criterion the mean over its episodes of the expected points, 0-4, as `expected_score` says.

        None where no episode was found, the framework has no rule for the criterion, or the
        criterion cannot apply to this kind of agent.

        Raises:
            UsageError: the framework has no such criterion.
        """
        readings, _ = self._readings(interaction)
        known = {criterion.id: criterion for criterion in framework.criteria}
        out: dict[str, float | None] = {}
        for name in criteria:
            if name not in known:
                raise UsageError(f"criterion {name!r} is unknown; framework {framework.id!r} has {', '.join(known)}")
            barred = not_applicable(interaction, known[name]) is not None or name not in framework.signals
            out[name] = None if barred else expected_score(readings, name, framework.signals[name], self._weights)
        return out

    def without(self, conversation: str) -> EmbeddedCoder:
        """The coder whose episode weights were fitted without one reference conversation.

        Raises:
            InputError: the shipped file of these weights is damaged.
            UsageError: there are no such weights, or they belong to other weights than this coder's.
        """
        folds = EpisodeFolds.load(self.ref.name)
        if folds.of != self._weights.digest:
            raise UsageError(
                f"the weights that leave a conversation out belong to episode weights {folds.of[:12]}; this coder has "
                f"{self._weights.digest[:12]}. Run training.episodes again."
            )
        if conversation not in folds.without:
            raise UsageError(
                f"no weights leave {conversation!r} out; those there are leave out {', '.join(sorted(folds.without))}"
            )
        return EmbeddedCoder(self._reader, folds.without[conversation], self.ref.name)

    def unseen(self, group: str) -> EmbeddedCoder:
        """The coder that reads the turns of a group as signal models do that saw nothing of it.

        The same coder where nothing of the group trained; `dtnexus.coding.reading_folds` says what a group is. What is
        no turn of the group cannot be coded by it.

        Raises:
            InputError: the shipped file of these readings is damaged.
            UsageError: the readings belong to other weights than this coder's.
        """
        folds = ReadingFolds.load(self.ref.name)
        if folds.of != self._reader.digest:
            raise UsageError(
                f"the readings that leave a group out belong to signal weights {folds.of[:12]}; this coder has "
                f"{self._reader.digest[:12]}. Run make train again."
            )
        if group not in folds.logits:
            return self
        return EmbeddedCoder(folds.reader(self._reader, group), self._weights, self.ref.name)

    def code(
        self, interaction: Interaction, framework: Framework
    ) -> tuple[Rating | NotObservable | NotApplicable | Failure | Observation, ...]:
        """One statement per criterion, in the framework's order, then the counted facts.

        What is not in a language of `VALIDATED` is not read (`dtnexus.coding.language_rule`); the
        statements say so. Where nothing was read nothing is rated and every fact is unknown.

        Raises:
            UsageError: a rule of the framework names an unknown signal or scorer.
        """
        readings, limit = self._readings(interaction)
        case = Case(interaction.id, self.ref, readings, self._weights, limit)
        counted = (limited(each, limit) for each in observations(interaction.id, self.ref, readings))
        return (*(self._stated(case, interaction, each, framework) for each in framework.criteria), *counted)

    def _readings(self, interaction: Interaction) -> tuple[list[SessionReading], LanguageLimit | None]:
        """The readings of what is in a validated language, and what is not; None where all is."""
        languages = interaction_languages(interaction, VALIDATED)
        readings = [
            with_plan(reading)
            for at, (session, language) in enumerate(zip(interaction.sessions, languages, strict=True))
            if language.read
            for reading in read_stretches(self._reader, session, at, language.unread)
        ]
        return readings, limit_of(languages, VALIDATED)

    def _stated(
        self, case: Case, interaction: Interaction, criterion: Criterion, framework: Framework
    ) -> Rating | NotObservable | NotApplicable:
        """What a rule finds on a criterion, or why none is asked."""
        barred = not_applicable(interaction, criterion)
        if barred is not None:
            return NotApplicable(interaction_id=interaction.id, criterion=criterion.id, coder=self.ref, fact=barred)
        if not {"T", "P"} & set(criterion.evidence):
            return self._silent(interaction, criterion, "rests on system facts; it needs documents, not transcripts")
        if criterion.id not in framework.signals:
            return self._silent(interaction, criterion, f"this coder has no rule for {criterion.id}")
        said = rate(case, criterion, framework.signals[criterion.id])
        said = self._undecided(said) if depends_on_kind(interaction, criterion) else said
        return limited(said, case.limit)

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
