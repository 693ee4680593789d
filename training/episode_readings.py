"""Readings of the invented episodes by models that never saw their situation.

The shipped signal model was fitted on the turns of these episodes, so its readings of them are too
good to learn from. `python -m training.episode_readings OUT.json` fits the folds once more and
keeps the readings of the episodes' turns (some minutes).
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from dtnexus.coding.linear_model import SignalMatrix
from dtnexus.coding.signals import RISK_ANY, SIGNAL_NAMES, SignalRole
from dtnexus.coding.turn_features import BEFORE_CHARACTERS
from dtnexus.coding.weight_file import OUTPUTS, ROLES
from training.corpus import data_folder, rows, targets
from training.fit import fit, frequent, full_design, keep
from training.signals import PENALTY, SHARPNESS, SMALLEST_FREQUENCY, calibrate, folds


class OutOfFoldReader:
    """Reads turns of invented episodes from stored readings."""

    digest = "out-of-fold"

    def __init__(self, stored: Mapping[str, Mapping[str, float]], thresholds: Mapping[str, float]) -> None:
        """Keep readings by key and the values from which a signal holds."""
        self._stored = stored
        self._thresholds = thresholds

    @staticmethod
    def from_file(path: Path, thresholds: Mapping[str, float]) -> "OutOfFoldReader":
        """The readings that `main` wrote."""
        return OutOfFoldReader(json.loads(path.read_text(encoding="utf-8")), thresholds)

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
            for name, value in self._stored[key(role, before, text)].items():
                values[at, SIGNAL_NAMES.index(name)] = value
            before = text
        return SignalMatrix(values)

    def read_many(self, conversations: Sequence[tuple[Sequence[SignalRole], Sequence[str]]]) -> list[SignalMatrix]:
        """The same for many conversations."""
        return [self.read(roles, texts) for roles, texts in conversations]


def key(role: str, before: str, text: str) -> str:
    """What a stored reading is found by."""
    return json.dumps([role, before[-BEFORE_CHARACTERS:], text])


def out_of_fold_readings() -> dict[str, dict[str, float]]:
    """The readings of every turn of the invented episodes, each by a model that did not see its group."""
    everything = rows(data_folder())
    out: dict[str, dict[str, float]] = {}
    for role in ROLES:
        chosen = [row for row in everything if row.role == role]
        design = full_design([row.text for row in chosen], [row.before for row in chosen])
        design = keep(design, frequent(design, SMALLEST_FREQUENCY))
        target, weight = targets(chosen, role)
        scores = np.zeros_like(target)
        for train, test in folds(chosen):
            if any(chosen[at].source == "episode" for at in test):
                scores[test] = fit(design.take(train), target[train], weight[train], PENALTY, SHARPNESS).score(
                    design.take(test)
                )
        slope, shift = calibrate(scores, target, weight)
        chance = 1.0 / (1.0 + np.exp(-(slope * scores + shift)))
        for at, row in enumerate(chosen):
            if row.source == "episode":
                out[key(role, row.before, row.text)] = _values(role, chance[at])
    return out


def _values(role: SignalRole, chance: np.ndarray[tuple[int], np.dtype[np.float32]]) -> dict[str, float]:
    """Signal values of one turn from the chances of its outputs."""
    values: dict[str, float] = {}
    for (name, level), value in zip(OUTPUTS[role], chance.tolist(), strict=True):
        values[name] = values.get(name, 0.0) + value
        if name == "risk_severity" and level == 1:
            values[RISK_ANY.name] = value
    return values


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(out_of_fold_readings()), encoding="utf-8")
