"""The embedded linear model: whole conversations in, one value per turn and signal out.

It needs numpy only, opens no connection, and gives a turn the same value whatever else is read
with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate, pairwise
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.outputs import (
    ROLE_OF,
    Role,
    SignalMatrix,
    SpokenTurn,
    ThresholdKind,
    column_of,
    in_portions,
    ordered,
    readings_of,
    spoken_turns,
    threshold_of,
)
from dtnexus.coding.sentences import sentence_spans
from dtnexus.coding.signals import RISK_ANY, SIGNAL_NAMES, SignalRole
from dtnexus.coding.turn_features import FEATURE_BITS, Batch, Block, extract
from dtnexus.coding.weight_file import OUTPUTS, ROLES, RoleWeights, WeightFile, read_weights
from dtnexus.coding.word_kinds import Vocabulary
from dtnexus.errors import UsageError

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

WEIGHTS: Final = "signals.npz"
_CHARACTERS_AT_ONCE: Final = 400_000
_FEATURES_AT_ONCE: Final = 4_000
"""Weights that are added up at once: few enough to stay in the processor's cache."""
_STORED: Final = {RISK_ANY.name: "risk_severity"}
"""A derived signal -> the one whose outputs it is read from."""


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
        outputs = OUTPUTS[role]
        self._place = np.full(1 << FEATURE_BITS, -1, dtype=np.int32)
        self._place[weights.features] = np.arange(len(weights.features), dtype=np.int32)
        self._weights = weights
        self._matrix = weights.matrix.astype(np.float32)
        self._columns = np.ascontiguousarray(weights.matrix.T)
        self._sharpness = np.float32(sharpness)
        self._role = role
        self.of_signal = {name: [at for at, (other, _) in enumerate(outputs) if other == name] for name, _ in outputs}

    def sum(self, features: "_Features", own: Flags, outputs: list[int] | None = None) -> Floats:
        """Weights times values, summed by row: shape (rows, n_outputs); rows that are not `own` stay 0.

        With `outputs`, only these, in this order. The order of adding is fixed (within a block, then
        block after block), so that a row has the same sum to the last bit whatever else is read with it.
        """
        scale = self._weights.scale if outputs is None else self._weights.scale[outputs]
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
        if outputs is not None:
            parts = self._parts(place, values, starts, outputs)
            for low, high in pairwise(sorted({0, *at_block})):
                total[row[low:high]] += parts[low:high]
            return total * scale
        at_once = np.searchsorted(starts, np.arange(0, len(rows), _FEATURES_AT_ONCE)).tolist()
        starts = np.append(starts, len(rows))
        for low, high in pairwise(sorted({*at_block, *at_once, len(row)})):
            first = starts[low]
            part = self._matrix.take(place[first : starts[high]], axis=0)
            part *= values[first : starts[high], None]
            total[row[low:high]] += np.add.reduceat(part, starts[low:high] - first, axis=0)
        return total * scale

    def _parts(self, place: NDArray[np.int32], values: Floats, starts: Ints, outputs: list[int]) -> Floats:
        """The sums from each start to the next, shape (n_starts, n_outputs); quicker for few outputs."""
        parts = np.zeros((len(starts), len(outputs)), dtype=np.float32)
        for at, output in enumerate(outputs if len(starts) else ()):
            parts[:, at] = np.add.reduceat(self._columns[output].take(place) * values, starts)
        return parts

    def probabilities(self, features: "_BatchFeatures", own: Flags) -> Floats:
        """Calibrated probability of every output for every turn that is `own`, shape (n_own_turns, n_outputs).

        A higher level of a signal is never more probable than a lower one.
        """
        return ordered(self._role, self._chances(features, own, None))

    def some_probabilities(self, features: "_BatchFeatures", signals: Sequence[str]) -> Floats:
        """The same for all turns; the outputs of other signals than these are left at 0."""
        outputs = sorted({at for name in signals for at in self.of_signal[name]})
        every = np.ones(int(features.turn_of[-1]) + 1, dtype=np.bool_)
        chances = np.zeros((len(every), len(self._weights.scale)), dtype=np.float32)
        chances[:, outputs] = self._chances(features, every, outputs)
        return ordered(self._role, chances)

    def _chances(self, features: "_BatchFeatures", own: Flags, outputs: list[int] | None) -> Floats:
        """Probability of each of these outputs (all for None) by itself for every turn that is `own`."""
        wanted = slice(None) if outputs is None else outputs
        mine = own[features.turn_of]
        scores = self.sum(features.sentences, mine, outputs)[mine]
        turn_of = (np.cumsum(own) - 1)[features.turn_of[mine]]
        starts = np.flatnonzero(np.diff(turn_of, prepend=-1))
        top = np.maximum.reduceat(scores, starts, axis=0)
        spread = np.add.reduceat(np.exp(self._sharpness * (scores - top[turn_of])), starts, axis=0)
        size = np.diff(np.append(starts, len(turn_of))).astype(np.float32)[:, None]
        context = self.sum(features.contexts, own, outputs)[own]
        score = top + np.log(spread / size) / self._sharpness + context + self._weights.bias[wanted]
        logit = np.clip(self._weights.slope[wanted] * score + self._weights.shift[wanted], -30.0, 30.0)
        return (1.0 / (1.0 + np.exp(-logit))).astype(np.float32)


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
        bounds = [0, *accumulate(len(texts) for _, texts in conversations)]
        out = np.full((bounds[-1], len(SIGNAL_NAMES)), np.nan, dtype=np.float32)
        for role, turns, chances in self.chances(conversations):
            out[[bounds[turn.conversation] + turn.turn for turn in turns]] = readings_of(role, chances)
        return [SignalMatrix(out[start:stop]) for start, stop in pairwise(bounds)]

    def chances(
        self, conversations: Sequence[tuple[Sequence[Role], Sequence[str]]]
    ) -> Iterator[tuple[SignalRole, list[SpokenTurn], Floats]]:
        """Some turns of one role at a time with the probabilities of its outputs, shape (n_turns, n_outputs).

        Every turn that is no system message comes once.

        Raises:
            UsageError: Roles and texts of a conversation differ in length, or a role is unknown.
        """
        for waiting in in_portions(spoken_turns(conversations), _CHARACTERS_AT_ONCE):
            features = _BatchFeatures(self._extract([one.text for one in waiting], [one.before for one in waiting]))
            for role in ROLES:
                own = np.array([one.role == role for one in waiting], dtype=np.bool_)
                if own.any():
                    chances = self._roles[role].probabilities(features, own)
                    yield role, [one for one in waiting if one.role == role], chances

    def read_alone(self, role: SignalRole, texts: Sequence[str], signals: Sequence[str]) -> Floats:
        """Some signals of texts that are each the only turn of a conversation, shape (n_texts, n_signals).

        The same as `read` gives for them, in less time.
        """
        stored = [_STORED.get(name, name) for name in signals]
        columns = [column_of(name) for name in signals]
        alone = (SpokenTurn(at, 0, role, text, "") for at, text in enumerate(texts))
        rows = [np.zeros((0, len(columns)), dtype=np.float32)]
        for portion in in_portions(alone, _CHARACTERS_AT_ONCE):
            features = _BatchFeatures(self._extract([one.text for one in portion], [""] * len(portion)))
            chances = self._roles[role].some_probabilities(features, stored)
            rows.append(readings_of(role, chances).take(columns, axis=1))
        return np.concatenate(rows)

    def locate(self, role: SignalRole, text: str, before: str, signal: str) -> tuple[int, int]:
        """The half-open character span of the sentence that carries most of the evidence for a signal.

        `before` is the turn before, "" for a first turn. A sentence of one or two words is given
        with the one after it. A blank text gives (0, len(text)).

        Raises:
            UsageError: There is no such signal, or it does not belong to the role.
        """
        column_of(signal)
        if ROLE_OF[signal] != role:
            raise UsageError(f"signal {signal!r} belongs to {ROLE_OF[signal]} turns, not to {role!r} turns")
        spans = sentence_spans(text)
        if not spans:
            return 0, len(text)
        model = self._roles[role]
        batch = self._extract([text], [before])
        scores = model.sum(_Features(batch.sentences), np.ones(len(batch.turn_of), dtype=np.bool_))
        outputs = model.of_signal[_STORED.get(signal, signal)]
        best = int(np.argmax(scores[:, outputs].sum(axis=1)))
        start, end = spans[best]
        if len(text[start:end].split()) < 3 and best + 1 < len(spans):
            end = spans[best + 1][1]
        return start, end


@cache
def _loaded() -> LinearModel:
    with (files("dtnexus.coding") / "weights" / WEIGHTS).open("rb") as source:
        return LinearModel(read_weights(source, WEIGHTS))
