"""The embedded linear model: whole conversations in, one value per turn and signal out.

It needs numpy only, opens no connection, and gives a turn the same value whatever else is read
with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.outputs import (
    Gathered,
    Places,
    Role,
    SignalMatrix,
    SpokenTurn,
    ThresholdKind,
    in_portions,
    ordered,
    readings_of,
    spoken_turns,
    threshold_of,
)
from dtnexus.coding.signals import SignalRole
from dtnexus.coding.turn_features import FEATURE_BITS, Batch, Block, extract
from dtnexus.coding.weight_file import ROLES, RoleWeights, WeightFile, read_weights
from dtnexus.coding.word_kinds import Vocabulary

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

WEIGHTS: Final = "signals.npz"
_CHARACTERS_AT_ONCE: Final = 400_000
_FEATURES_AT_ONCE: Final = 4_000
"""Weights that are added up at once: few enough to stay in the processor's cache."""


class _Features:
    """The features of several blocks, one block after another."""

    __slots__ = ("ends", "hashes", "rows", "values")

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.hashes = np.concatenate([block.hashes for block in blocks]) & np.uint32((1 << FEATURE_BITS) - 1)
        self.rows = np.concatenate([block.rows for block in blocks])
        self.values = np.concatenate([block.values for block in blocks])
        self.ends = np.cumsum([len(block.rows) for block in blocks])
        """Where each block ends."""


class _BatchFeatures:
    """The features of a batch, ready to be weighed by the models of both roles."""

    __slots__ = ("contexts", "sentences", "turn_of")

    def __init__(self, batch: Batch) -> None:
        self.turn_of = batch.turn_of
        self.sentences = _Features(batch.sentences)
        self.contexts = _Features(batch.contexts)


class _RoleModel:
    """The model of one role, unpacked for reading."""

    def __init__(self, role: SignalRole, weights: RoleWeights, sharpness: float) -> None:
        self._place = np.full(1 << FEATURE_BITS, -1, dtype=np.int32)
        self._place[weights.features] = np.arange(len(weights.features), dtype=np.int32)
        self._weights = weights
        self._matrix = weights.matrix.astype(np.float32)
        self._sharpness = np.float32(sharpness)
        self._role = role

    def sum(self, features: "_Features", own: Flags) -> Floats:
        """Weights times values, summed by row: shape (rows, n_outputs); rows that are not `own` stay 0.

        The order of adding is fixed (within a block, then block after block), so that a row has the
        same sum to the last bit whatever else is read with it.
        """
        scale = self._weights.scale
        total = np.zeros((len(own), len(scale)), dtype=np.float32)
        place = self._place.take(features.hashes)
        have = np.flatnonzero((place >= 0) & own.take(features.rows))
        place, rows, values = place.take(have), features.rows.take(have), features.values.take(have)
        blocks = np.searchsorted(have, features.ends)
        begins = np.ones(len(rows), dtype=np.bool_)
        np.not_equal(rows[1:], rows[:-1], out=begins[1:])
        begins[blocks[blocks < len(rows)]] = True
        starts = np.flatnonzero(begins)
        at_block = np.searchsorted(starts, blocks).tolist()
        row = rows.take(starts)
        at_once = np.searchsorted(starts, np.arange(0, len(rows), _FEATURES_AT_ONCE)).tolist()
        starts = np.append(starts, len(rows))
        for low, high in pairwise(sorted({0, *at_block, *at_once, len(row)})):
            first = starts[low]
            part = self._matrix.take(place[first : starts[high]], axis=0)
            part *= values[first : starts[high], None]
            total[row[low:high]] += np.add.reduceat(part, starts[low:high] - first, axis=0)
        return total * scale

    def read(self, features: "_BatchFeatures", own: Flags) -> tuple[Floats, Places]:
        """The calibrated probability of every output for every turn that is `own`, shape (n_own_turns, n_outputs).

        And for every signal the sentence of the turn, counted from 0, by which alone the turn would read
        highest, shape (n_own_turns, n_signals). A higher level of a signal is never more probable than a lower one.
        """
        mine = own[features.turn_of]
        scores = self.sum(features.sentences, mine)[mine]
        turn_of = (np.cumsum(own) - 1)[features.turn_of[mine]]
        starts = np.flatnonzero(np.diff(turn_of, prepend=-1))
        top = np.maximum.reduceat(scores, starts, axis=0)
        spread = np.add.reduceat(np.exp(self._sharpness * (scores - top[turn_of])), starts, axis=0)
        size = np.diff(np.append(starts, len(turn_of))).astype(np.float32)[:, None]
        rest = self.sum(features.contexts, own)[own] + self._weights.bias
        chances = self._calibrated(top + np.log(spread / size) / self._sharpness + rest)
        alone = readings_of(self._role, self._calibrated(scores + rest[turn_of]))
        return chances, _first_highest(np.nan_to_num(alone, nan=-1.0), turn_of, starts)

    def _calibrated(self, score: Floats) -> Floats:
        logit = np.clip(self._weights.slope * score + self._weights.shift, -30.0, 30.0)
        return ordered(self._role, (1.0 / (1.0 + np.exp(-logit))).astype(np.float32))


def _first_highest(values: Floats, turn_of: Ints, starts: Ints) -> Places:
    """For each turn and column the first row of the turn, counted from 0, that holds the turn's highest value."""
    highest = np.maximum.reduceat(values, starts, axis=0)
    rows = np.where(values == highest[turn_of], np.arange(len(values))[:, None], len(values))
    return (np.minimum.reduceat(rows, starts, axis=0) - starts[:, None]).astype(np.int32)


class LinearModel:
    """Reads the signals of whole conversations with shipped or own weights.

    One model may be used by several threads, and can be sent to another process.
    """

    def __init__(self, weights: WeightFile) -> None:
        """A model that is ready to read; `load` gives the shipped one."""
        self.version: str = weights.version
        self.digest: str = weights.digest
        self._thresholds: Mapping[str, Mapping[str, float]] = weights.thresholds
        self._roles = {role: _RoleModel(role, weights.roles[role], weights.sharpness) for role in ROLES}
        self._vocabulary = Vocabulary()
        self._lock = Lock()
        self._weights = weights

    def __reduce__(self) -> "tuple[type[LinearModel], tuple[WeightFile]]":
        return LinearModel, (self._weights,)

    def _extract(self, texts: Sequence[str], befores: Sequence[str]) -> Batch:
        with self._lock:
            return extract(self._vocabulary, texts, befores)

    @staticmethod
    def load() -> "LinearModel":
        """The model with the shipped weights; the same object at every call.

        Raises:
            InputError: The shipped file is damaged or does not fit this version.
        """
        return _loaded()

    def threshold(self, signal: str, kind: ThresholdKind = "balanced") -> float:
        """The value from which on the signal is taken to hold (to be 1 or more).

        `balanced` has the best F1 in cross-validation, `precise` a precision of at least .9 where
        any value reaches that, and otherwise the best there is. `strong` is for graded signals:
        from this value on the signal is taken to be 2 or more (`risk_severity`: 4 or more).

        Raises:
            UsageError: There is no such signal, or it has no such threshold.
        """
        return threshold_of(self._thresholds, signal, kind)

    def read(self, roles: Sequence[Role], texts: Sequence[str]) -> SignalMatrix:
        """The signals of all turns of one conversation, given whole and in order.

        Raises:
            UsageError: The two differ in length, or a role is unknown.
        """
        return self.read_many([(roles, texts)])[0]

    def read_many(self, conversations: Sequence[tuple[Sequence[Role], Sequence[str]]]) -> list[SignalMatrix]:
        """The reading of every conversation, in order; the same as reading each alone.

        Raises:
            UsageError: Roles and texts of a conversation differ in length, or a role is unknown.
        """
        out = Gathered.of(conversations)
        for role, turns, chances, shown_in in self.chances(conversations):
            out.put(turns, readings_of(role, chances), shown_in)
        return out.matrices()

    def chances(
        self, conversations: Sequence[tuple[Sequence[Role], Sequence[str]]]
    ) -> Iterator[tuple[SignalRole, list[SpokenTurn], Floats, Places]]:
        """Some turns of one role at a time with the probabilities of its outputs, shape (n_turns, n_outputs).

        And for every signal the sentence of the turn that shows it most, as `SignalMatrix.shown_in`. Every turn
        that is no system message comes once.

        Raises:
            UsageError: Roles and texts of a conversation differ in length, or a role is unknown.
        """
        for waiting in in_portions(spoken_turns(conversations), _CHARACTERS_AT_ONCE):
            features = _BatchFeatures(self._extract([one.text for one in waiting], [one.before for one in waiting]))
            for role in ROLES:
                own = np.array([one.role == role for one in waiting], dtype=np.bool_)
                if own.any():
                    yield role, [one for one in waiting if one.role == role], *self._roles[role].read(features, own)


@cache
def _loaded() -> LinearModel:
    with (files("dtnexus.coding") / "weights" / WEIGHTS).open("rb") as source:
        return LinearModel(read_weights(source, WEIGHTS))
