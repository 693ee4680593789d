"""What is measured: any coder, with whatever it can do beyond rating criteria.

Four abilities are asked for, each by a protocol of its own. A coder that only rates (a judge,
recorded ratings) has none of them and is measured on its ratings alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.coder import Coder
from dtnexus.coding.outputs import ThresholdKind, column_of
from dtnexus.coding.session_reading import SignalReader, signal_named, strengths
from dtnexus.coding.signals import SIGNAL_NAMES, SignalRole
from dtnexus.framework import Framework
from dtnexus.rating import Rating, Said
from dtnexus.transcript import Interaction

Conversation = tuple[Sequence[SignalRole], Sequence[str]]
"""Roles and texts of the turns of one conversation, in order."""
Expected = Mapping[str, float | None]
"""Criterion -> expected score, 0-4; None where the coder has none."""


class TurnSignals(SignalReader, Protocol):
    """Reads signals of turns and says from where each is taken to hold, also more strongly."""

    def threshold(self, signal: str, kind: ThresholdKind = "balanced") -> float:
        """The value from which on a signal holds (``balanced``) or, if graded, is 2 or more (``strong``)."""
        ...


@runtime_checkable
class ReadsSignals(Protocol):
    """A coder that reads signals of turns."""

    @property
    def signals(self) -> TurnSignals:
        """What reads them."""
        ...


@runtime_checkable
class ExpectsScores(Protocol):
    """A coder that gives finer values than its ratings."""

    def expected_scores(
        self, interaction: Interaction, framework: Framework, criteria: Iterable[str]
    ) -> Mapping[str, float | None]:
        """For each criterion the expected score, 0-4; None where there is none."""
        ...


@runtime_checkable
class LeavesOut(Protocol):
    """A coder that was fitted on conversations, and can be had as it is without one of them."""

    def without(self, conversation: str) -> Coder:
        """The coder fitted without this conversation."""
        ...


@runtime_checkable
class ReadsUnseen(Protocol):
    """A coder whose signals were fitted on turns of a set, and can be had as it is without a group of them."""

    def unseen(self, group: str) -> Coder:
        """The coder as it reads the turns of a group of which nothing was fitted; itself where nothing was."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """The signals of some turns, one row a turn."""

    values: NDArray[np.float32]
    """Shape (n_turns, n_signals)."""
    reader: TurnSignals

    def value(self, signal: str) -> NDArray[np.float64]:
        """The readings of a signal, 0 to its maximum, shape (n_turns,)."""
        return self.values[:, column_of(signal)].astype(np.float64)

    def sure(self, signal: str) -> NDArray[np.float64]:
        """How surely a signal holds, 0-1 and one half at its balanced threshold, shape (n_turns,).

        For signals that hold or do not; a graded one keeps its own scale.
        """
        return strengths(self.reader, self.values)[:, column_of(signal)].astype(np.float64)

    def surest(self, *signals: str) -> NDArray[np.float64]:
        """The largest `sure` of several signals."""
        every = strengths(self.reader, self.values)
        columns = [column_of(signal) for signal in signals]
        return np.asarray(every[:, columns].max(axis=1), dtype=np.float64)

    def holds(self, signal: str) -> NDArray[np.bool_]:
        """Whether a signal reaches its balanced threshold."""
        return self.value(signal) >= self.reader.threshold(signal)

    def level(self, signal: str) -> NDArray[np.int64]:
        """0, 1 from the balanced threshold on, 2 from the strong threshold on; for graded signals."""
        assert signal_named(signal).maximum > 1, signal
        return self.holds(signal).astype(np.int64) + (self.value(signal) >= self.reader.threshold(signal, "strong"))


@dataclass(frozen=True, slots=True)
class Subject:
    """A coder on a framework, as it is measured."""

    coder: Coder
    framework: Framework

    @property
    def signals(self) -> TurnSignals | None:
        """What reads signals of turns; None for a coder that only rates."""
        return self.coder.signals if isinstance(self.coder, ReadsSignals) else None

    def readings(self, conversations: Sequence[Conversation], turns: Sequence[tuple[int, int]]) -> Readings:
        """The signals of the turns at (conversation, turn), in that order; all conversations are read at once.

        Raises:
            TypeError: the coder reads no signals; ask `signals` first.
        """
        if self.signals is None:
            raise TypeError("this coder reads no signals")
        read = self.signals.read_many(conversations)
        rows = [read[conversation].values[turn] for conversation, turn in turns]
        return Readings(np.stack(rows) if rows else np.zeros((0, len(SIGNAL_NAMES)), np.float32), self.signals)

    def expected(self, interaction: Interaction, criteria: Sequence[str]) -> Expected:
        """The expected scores of one interaction; of a coder that only rates, its scores."""
        if isinstance(self.coder, ExpectsScores):
            return self.coder.expected_scores(interaction, self.framework, criteria)
        rated = {each.criterion: float(each.score) for each in self.code(interaction) if isinstance(each, Rating)}
        return {criterion: rated.get(criterion) for criterion in criteria}

    def code(self, interaction: Interaction) -> tuple[Said, ...]:
        """Everything that the coder says of one interaction."""
        return self.coder.code(interaction, self.framework)

    def without(self, conversation: str) -> Subject:
        """The coder fitted without a conversation; the same one where nothing was fitted."""
        if isinstance(self.coder, LeavesOut):
            return Subject(self.coder.without(conversation), self.framework)
        return self

    def unseen(self, group: str) -> Subject:
        """The coder without anything fitted on a group of turns, named SET/GROUP; the same one where nothing was."""
        if isinstance(self.coder, ReadsUnseen):
            return Subject(self.coder.unseen(group), self.framework)
        return self
