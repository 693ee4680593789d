"""A signal reader for tests and examples: reads the signals that it was told, by the words of a turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dtnexus.coding.outputs import SignalMatrix, ThresholdKind
from dtnexus.coding.signals import RISK_ANY, SIGNAL_NAMES, SIGNALS, SignalRole
from dtnexus.record import digest_of


class ScriptedReader:
    """Reads given signals; every signal that was not given for a text is 0."""

    def __init__(self, signals: Mapping[str, Mapping[str, float]]) -> None:
        """Keep the signals of each text; `risk_any` follows from `risk_severity` where not given."""
        self._signals = {text: dict(given) for text, given in signals.items()}
        self.digest = digest_of(self._signals)

    def threshold(self, signal: str, kind: ThresholdKind = "balanced") -> float:
        """One half for every signal, since what is given is certain; `strong` is one and a half."""
        return 1.5 if kind == "strong" else 0.5

    def read(self, roles: Sequence[SignalRole], texts: Sequence[str]) -> SignalMatrix:
        """The given signals of each turn, NaN where the role does not apply."""
        values = np.full((len(texts), len(SIGNAL_NAMES)), np.nan, dtype=np.float32)
        for at, (role, text) in enumerate(zip(roles, texts, strict=True)):
            given = self._signals.get(text, {})
            danger = float(given.get("risk_severity", 0.0) >= 1.0)
            for column, signal in enumerate(SIGNALS):
                if signal.role == role:
                    values[at, column] = given.get(signal.name, danger if signal is RISK_ANY else 0.0)
        return SignalMatrix(values)

    def read_many(self, conversations: Sequence[tuple[Sequence[SignalRole], Sequence[str]]]) -> list[SignalMatrix]:
        """The reading of each conversation."""
        return [self.read(roles, texts) for roles, texts in conversations]
