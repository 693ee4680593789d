"""Readings of invented turns by models that never saw them.

The shipped signal models were fitted on most of these turns, so their readings of them are too good to learn from. The
out-of-fold logits that the signal steps kept stand for them.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from dtnexus.coding.counted import count
from dtnexus.coding.outputs import SignalMatrix, ordered, readings_of
from dtnexus.coding.session_reading import SignalReader
from dtnexus.coding.signals import SIGNAL_NAMES, SignalRole
from dtnexus.coding.turn_features import BEFORE_CHARACTERS
from training.corpus import data_folder, rows
from training.out_of_fold import Floats, columns_of, load_logits

Key = tuple[str, str, str]


class StoredReader:
    """Gives the readings of turns that it was told."""

    digest = "stored"

    def __init__(
        self, stored: Mapping[Key, Floats], thresholds: Mapping[str, float], otherwise: SignalReader | None = None
    ) -> None:
        """`stored` by role, end of the turn before and turn; `thresholds` are the values from which a signal holds.

        Where what stood before a turn is not read (a sound of listening), the turn is found by its own words. A
        conversation that is not stored is read by `otherwise`.
        """
        self._stored, self._thresholds, self._otherwise = stored, thresholds, otherwise
        self._alone = {(role, text): values for (role, _, text), values in stored.items()}

    def threshold(self, signal: str) -> float:
        """The value from which on the signal is taken to hold."""
        return self._thresholds[signal]

    def read(self, roles: Sequence[SignalRole], texts: Sequence[str]) -> SignalMatrix:
        """The stored readings.

        Raises:
            KeyError: a turn was not stored, and nothing else reads it, or other turns of its conversation were.
        """
        if self._otherwise is not None and not self._holds(roles, texts):
            return self._otherwise.read(roles, texts)
        values = np.full((len(texts), len(SIGNAL_NAMES)), np.nan, dtype=np.float32)
        before = ""
        for at, (role, text) in enumerate(zip(roles, texts, strict=True)):
            found = self._stored.get(key_of(role, before, text))
            values[at] = self._alone[role, text] if found is None else found
            before = text
        count(roles, texts, values)
        return SignalMatrix(values)

    def _holds(self, roles: Sequence[SignalRole], texts: Sequence[str]) -> bool:
        """Whether a conversation was stored: all its turns, or an answer to what stands before it here."""
        answers = map(key_of, roles[1:], texts, texts[1:])
        whole = all(each in self._alone for each in zip(roles, texts, strict=True))
        return whole or any(each in self._stored for each in answers)

    def read_many(self, conversations: Sequence[tuple[Sequence[SignalRole], Sequence[str]]]) -> list[SignalMatrix]:
        """The same for many conversations."""
        return [self.read(roles, texts) for roles, texts in conversations]


def out_of_fold(member: str, reader: SignalReader, sources: Collection[str]) -> StoredReader:
    """Readings of the invented turns of some sources by models that saw none of their group.

    `member` is `linear` or `joined`, the name under which the logits are kept. Dialogues of other sources are read by
    `reader`, the shipped member, which has learnt from none of them.
    """
    logits = load_logits(member)
    chances = (1.0 / (1.0 + np.exp(-logits))).astype(np.float32)
    stored: dict[Key, Floats] = {}
    for at, row in enumerate(rows(data_folder())):
        if row.source in sources:
            chance = ordered(row.role, chances[at, columns_of(row.role)][None].copy())
            stored[key_of(row.role, row.before, row.text)] = readings_of(row.role, chance)[0]
    thresholds = {name: reader.threshold(name) for name in SIGNAL_NAMES}
    return StoredReader(stored, thresholds, reader)


def key_of(role: str, before: str, text: str) -> Key:
    """What a turn is stored under: its side, the end of the turn before, and its words."""
    return role, before[-BEFORE_CHARACTERS:], text
