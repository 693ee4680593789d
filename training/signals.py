"""Trains, measures and writes the linear member: `python -m training.signals`.

Reads the folder that `DTNEXUS_DATA` names (default `../shared/data`). The same data give the same
file, with the same digest. Writes `src/dtnexus/coding/weights/signals.npz`, `training/figures.json` and,
for later steps, the out-of-fold logits of all rows (`training.out_of_fold`), and prints the
cross-validated figures.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.model_selection import GroupKFold

from dtnexus.coding.member import LINEAR
from dtnexus.coding.signals import AGENT_SIGNALS, CLIENT_SIGNALS, RISK_ANY, SignalRole
from dtnexus.coding.weight_file import OUTPUTS, ROLES, RoleWeights, WeightFile, write_weights
from training.corpus import Row, data_folder, rows, targets
from training.fit import Design, Floats, Ints, fit, frequent, full_design, keep
from training.metrics import SignalFigures, figures, table
from training.out_of_fold import save_logits
from training.reading_folds import keep_reading_folds

VERSION = "1"
PENALTY = 0.3
SHARPNESS = 1.0
SMALLEST_FREQUENCY = 5
KEPT_FEATURES = 80_000
FOLDS = 5
DECIMALS = 3
FIGURES = Path(__file__).with_name("figures.json")
WEIGHTS = Path(__file__).parents[1] / "src" / "dtnexus" / "coding" / "weights" / "signals.npz"


@dataclass(frozen=True, slots=True)
class Trained:
    """The model of one role and its cross-validated figures."""

    weights: RoleWeights
    found: tuple[SignalFigures, ...]
    logits: Floats
    """Calibrated out-of-fold logits, shape (n_rows, n_outputs)."""


def folds(chosen: Sequence[Row]) -> list[tuple[Ints, Ints]]:
    """Train and test rows of every fold; no group stands on both sides."""
    groups = np.array([row.group for row in chosen])
    return list(GroupKFold(FOLDS, shuffle=True, random_state=0).split(groups, groups, groups))


def out_of_fold(chosen: Sequence[Row], design: Design, target: Floats, weight: Floats) -> Floats:
    """Score of every row by a model that did not see its group, shape (n_rows, n_outputs)."""
    scores = np.zeros_like(target)
    for train, test in folds(chosen):
        fitted = fit(design.take(train), target[train], weight[train], PENALTY, SHARPNESS)
        scores[test] = fitted.score(design.take(test))
    return scores


def calibrate(scores: Floats, target: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Slope and shift of every output by logistic regression of the labels on out-of-fold scores.

    Fitted to the end and rounded, so that the order in which a processor sums does not reach the digest.
    """
    found = np.zeros((2, scores.shape[1]))
    for at in range(scores.shape[1]):
        have = weight[:, at] > 0
        found[:, at] = straight(scores[have, at], target[have, at] >= 0.5, weight[have, at])
    slope, shift = np.round(found, DECIMALS).astype(np.float32)
    return slope, shift


def straight(score: Floats, holds: NDArray[np.bool_], weight: Floats) -> NDArray[np.float64]:
    """Slope and shift of least weighted log loss plus `slope ** 2 / 20`, by Newton's method."""
    inputs = np.stack([score.astype(np.float64), np.ones(len(score))])
    pull = np.diag([0.1, 1e-9])
    at = np.array([1.0, 0.0])

    def loss(x: NDArray[np.float64]) -> float:
        logit = x @ inputs
        return float(weight @ (np.logaddexp(0.0, logit) - holds * logit) + 0.5 * x @ pull @ x)

    for _ in range(100):
        chance = expit(at @ inputs)
        uphill = inputs @ (weight * (chance - holds)) + pull @ at
        step = np.linalg.solve((inputs * (weight * chance * (1.0 - chance))) @ inputs.T + pull, uphill)
        while loss(at - step) > loss(at) + 1e-9 and np.abs(step).max() > 1e-12:
            step = step / 2.0
        at = at - step
        if np.abs(step).max() < 1e-10:
            break
    return at


def chances_of(role: SignalRole, logits: Floats) -> Floats:
    """Probabilities of the outputs of a role; a higher level is never more probable than a lower one."""
    chance = 1.0 / (1.0 + np.exp(-logits))
    for name in dict(OUTPUTS[role]):
        ats = [at for at, (other, _) in enumerate(OUTPUTS[role]) if other == name]
        chance[:, ats] = np.minimum.accumulate(chance[:, ats], axis=1)
    return np.asarray(chance, dtype=np.float32)


def measure(
    role: SignalRole, chosen: Sequence[Row], chance: Floats, target: Floats, weight: Floats
) -> list[SignalFigures]:
    """The figures of every signal of a role from calibrated out-of-fold probabilities.

    Turns written for the repository train but are not measured on.
    """
    found: list[SignalFigures] = []
    outside = np.array([row.source != "own_turns" for row in chosen])
    for signal in AGENT_SIGNALS if role == "agent" else CLIENT_SIGNALS:
        ats = [at for at, (name, _) in enumerate(OUTPUTS[role]) if name == signal.name]
        present, known = target[:, ats[0]] >= 0.5, (weight[:, ats[0]] >= 0.99) & outside
        value, chances = chance[:, ats].sum(axis=1).astype(np.float64), chance[:, ats[0]].astype(np.float64)
        grade = 4 if signal.maximum > 2 else 2
        strong = target[:, ats[grade - 1]] >= 0.5 if signal.maximum > 1 else None
        found.append(figures(signal.name, chosen, present, value, chances, known, strong))
        if signal.name == "risk_severity":
            found.append(figures(RISK_ANY.name, chosen, present, chances, chances, known, None))
    return found


def shrink(features: Ints, matrix: Floats) -> tuple[NDArray[np.uint32], NDArray[np.int8], Floats]:
    """The features of most weight, their weights as whole numbers from -127 to 127, and the scales."""
    spread = np.sqrt(np.mean(matrix**2, axis=0))
    size = np.max(np.abs(matrix) / np.maximum(spread, 1e-9), axis=1)
    chosen = np.sort(np.argsort(-size, kind="stable")[:KEPT_FEATURES])
    scale = (np.max(np.abs(matrix[chosen]), axis=0) / 127.0).astype(np.float32)
    whole = np.rint(matrix[chosen] / np.maximum(scale, 1e-9)).astype(np.int8)
    used = np.flatnonzero(np.any(whole != 0, axis=1))
    return features[chosen][used].astype(np.uint32), whole[used], scale


def train(role: SignalRole, chosen: Sequence[Row]) -> Trained:
    """The model of one role, calibrated and measured out of fold, then fitted on all rows."""
    design = full_design([row.text for row in chosen], [row.before for row in chosen])
    features = frequent(design, SMALLEST_FREQUENCY)
    design = keep(design, features)
    target, weight = targets(list(chosen), role)
    print(f"{role}: {len(chosen)} turns, {len(features)} features", flush=True)
    scores = out_of_fold(chosen, design, target, weight)
    slope, shift = calibrate(scores, target, weight)
    logits = slope * scores + shift
    found = measure(role, chosen, chances_of(role, logits), target, weight)
    whole = fit(design, target, weight, PENALTY, SHARPNESS)
    kept, matrix, scale = shrink(features, whole.matrix)
    return Trained(RoleWeights(kept, matrix, scale, whole.bias, slope, shift), tuple(found), logits)


def thresholds_of(found: Sequence[SignalFigures]) -> dict[str, dict[str, float]]:
    """The thresholds of every signal as a weight file holds them."""
    return {
        item.signal: {
            kind: round(float(getattr(item, kind)), 4)
            for kind in ("balanced", "precise", "strong")
            if getattr(item, kind) is not None
        }
        for item in found
    }


def main() -> None:
    """Trains both roles, writes the weights and the figures, prints the table."""
    everything = rows(data_folder())
    trained = {role: train(role, [row for row in everything if row.role == role]) for role in ROLES}
    found = [item for role in ROLES for item in trained[role].found]
    thresholds = thresholds_of(found)
    save_logits("linear", everything, {role: trained[role].logits for role in ROLES})
    roles = {role: trained[role].weights for role in ROLES}
    content = BytesIO()
    digest = write_weights(content, WeightFile(VERSION, SHARPNESS, thresholds, roles, ""))
    WEIGHTS.write_bytes(content.getvalue())
    keep_reading_folds(LINEAR, digest, everything, {role: trained[role].logits for role in ROLES})
    counts = Counter(f"{row.source} {row.role}" for row in everything)
    report = {
        "digest": digest,
        "bytes": WEIGHTS.stat().st_size,
        "kept_features": {role: len(roles[role].features) for role in ROLES},
        "rows": dict(sorted(counts.items())),
        "signals": [item.as_json() for item in found],
    }
    FIGURES.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(table(found))
    print(f"digest {digest}, {WEIGHTS.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
