"""Readings of the invented episodes by models that never saw their situation.

The shipped signal models were fitted on the turns of these episodes, so their readings of them are
too good to learn from. The out-of-fold logits that the signal steps kept stand for them.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from dtnexus.coding.outputs import SignalMatrix, ordered, readings_of
from dtnexus.coding.signals import SIGNAL_NAMES, SignalRole
from dtnexus.coding.turn_features import BEFORE_CHARACTERS
from training.corpus import data_folder, rows
from training.out_of_fold import Floats, columns_of, load_logits

Key = tuple[str, str, str]


class OutOfFoldReader:
    """Reads turns of invented episodes from kept logits."""

    digest = "out-of-fold"

    def __init__(self, member: str, thresholds: Mapping[str, float]) -> None:
        """Readings of the member `linear` or `joined`, and the values from which a signal holds."""
        self._thresholds = thresholds
        logits = load_logits(member)
        self._stored: dict[Key, Floats] = {}
        for at, row in enumerate(rows(data_folder())):
            if row.source == "episode":
                chance = 1.0 / (1.0 + np.exp(-logits[at : at + 1, columns_of(row.role)]))
                values = readings_of(row.role, ordered(row.role, chance.astype(np.float32)))[0]
                self._stored[_key(row.role, row.before, row.text)] = values

    def threshold(self, signal: str) -> float:
        """The value from which on the signal is taken to hold."""
        return self._thresholds[signal]

    def read(self, roles: Sequence[SignalRole], texts: Sequence[str]) -> SignalMatrix:
        """The stored readings.

        Raises:
            KeyError: a turn was not stored.
        """
        values = np.full((len(texts), len(SIGNAL_NAMES)), np.nan, dtype=np.float32)
        before = ""
        for at, (role, text) in enumerate(zip(roles, texts, strict=True)):
            values[at] = self._stored[_key(role, before, text)]
            before = text
        return SignalMatrix(values)

    def read_many(self, conversations: Sequence[tuple[Sequence[SignalRole], Sequence[str]]]) -> list[SignalMatrix]:
        """The same for many conversations."""
        return [self.read(roles, texts) for roles, texts in conversations]


def _key(role: str, before: str, text: str) -> Key:
    return role, before[-BEFORE_CHARACTERS:], text
