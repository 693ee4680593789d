"""Joins the linear member and the encoder, and writes the encoder's files: `python -m training.blend`.

Reads the out-of-fold logits of both members and the exported network that `training.signals` and
`training.encoder` kept. The logit of an output is a weighted sum of both and a shift. Writes
`encoder.json` and `encoder.onnx` beside the other weights, and `training/encoder_figures.json`.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.model_selection import GroupKFold

from dtnexus.coding.encoder_file import HEADS, EncoderFile, Join, write_encoder
from dtnexus.coding.encoder_states import BODY, VOCABULARY
from dtnexus.coding.linear_model import LinearModel
from dtnexus.coding.member import ENCODER
from dtnexus.coding.signals import SignalRole
from dtnexus.coding.weight_file import ROLES
from training.corpus import Row, data_folder, rows, targets
from training.metrics import SignalFigures, table
from training.out_of_fold import Floats, columns_of, kept_folder, load_logits, places_of, save_logits
from training.reading_folds import keep_reading_folds
from training.signals import chances_of, measure, thresholds_of

VERSION: Final = "1"
PULL: Final = 4.0
"""Pull of an output's weights towards those that all outputs of its role share."""
FOLDS: Final = 5
FIGURES: Final = Path(__file__).with_name("encoder_figures.json")
WEIGHTS: Final = Path(__file__).parents[1] / "src" / "dtnexus" / "coding" / "weights"

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Logits of both members on the same rows, with what is true; each of shape (n_rows, n_outputs)."""

    linear: Floats
    encoder: Floats
    target: Floats
    weight: Floats

    def take(self, chosen: NDArray[np.int64]) -> "Pairs":
        """Some of the rows."""
        return Pairs(self.linear[chosen], self.encoder[chosen], self.target[chosen], self.weight[chosen])


def _loss(logit: Vector, target: Vector, weight: Vector) -> tuple[float, Vector]:
    """Log loss and its slope by the logit."""
    value = float((weight * (np.logaddexp(0.0, logit) - target * logit)).sum())
    return value, weight * (1.0 / (1.0 + np.exp(-logit)) - target)


def _fit_one(pairs: Pairs, at: int, start: Vector, pull: float) -> Vector:
    """Weights of the two members and shift of one output."""
    linear, encoder = pairs.linear[:, at].astype(float), pairs.encoder[:, at].astype(float)
    target, weight = pairs.target[:, at].astype(float), pairs.weight[:, at].astype(float)

    def loss(x: Vector) -> tuple[float, Vector]:
        value, slope = _loss(x[0] * linear + x[1] * encoder + x[2], target, weight)
        off = x[:2] - start[:2]
        grown = np.array([slope @ linear, slope @ encoder, slope.sum()])
        grown[:2] += 2 * pull * off
        return value + pull * float(off @ off), grown

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None), (0, None), (None, None)])
    return np.asarray(found.x)


def fit_join(pairs: Pairs) -> Join:
    """The weights of both members: first those that serve all outputs, then each output's, pulled towards them."""
    count = pairs.target.shape[1]
    free = np.array([_fit_one(pairs, at, np.array([0.5, 0.5, 0.0]), 1.0) for at in range(count)])
    shared = np.median(free, axis=0)
    own = np.array([_fit_one(pairs, at, np.array([*shared[:2], free[at, 2]]), PULL) for at in range(count)])
    own = np.round(own, 5).astype(np.float32)
    return Join(own[:, 0], own[:, 1], own[:, 2])


def cross_fitted(pairs: Pairs, groups: NDArray[np.str_]) -> Floats:
    """Joined logits of every row with weights that saw no row of its group."""
    out = np.zeros_like(pairs.target)
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=1).split(groups, groups, groups):
        join = fit_join(pairs.take(train))
        out[test] = join.logits(pairs.linear[test], pairs.encoder[test])
    return out


def pairs_of(role: SignalRole, everything: Sequence[Row]) -> tuple[NDArray[np.int64], Pairs]:
    """Places of the rows of a role, and the logits of both members."""
    linear, encoder = (load_logits(member)[:, columns_of(role)] for member in ("linear", "encoder"))
    places = places_of(everything, role)
    target, weight = targets([everything[at] for at in places], role)
    return places, Pairs(linear[places], encoder[places], target, weight)


def main() -> None:
    """Fits the join, measures it, and writes the encoder's files."""
    everything = rows(data_folder())
    joins: dict[SignalRole, Join] = {}
    found: dict[str, list[SignalFigures]] = {"linear": [], "encoder": [], "joined": []}
    kept: dict[SignalRole, Floats] = {}
    for role in ROLES:
        places, pairs = pairs_of(role, everything)
        chosen = [everything[at] for at in places]
        joined = cross_fitted(pairs, np.array([row.group for row in chosen]))
        for name, logits in (("linear", pairs.linear), ("encoder", pairs.encoder), ("joined", joined)):
            found[name] += measure(role, chosen, chances_of(role, logits), pairs.target, pairs.weight)
        joins[role] = fit_join(pairs)
        kept[role] = joined
    save_logits("joined", everything, kept)
    for name in (BODY, HEADS, VOCABULARY):
        shutil.copyfile(kept_folder() / name, WEIGHTS / name)
    digest = write_encoder(
        WEIGHTS, EncoderFile(VERSION, LinearModel.load().digest, thresholds_of(found["joined"]), joins)
    )
    keep_reading_folds(ENCODER, digest, everything, kept)
    report = {"digest": digest, "bytes": sum((WEIGHTS / name).stat().st_size for name in (BODY, HEADS, VOCABULARY))}
    report |= {name: [item.as_json() for item in items] for name, items in found.items()}
    FIGURES.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    for name, items in found.items():
        print(name, table(items).splitlines()[-1])


if __name__ == "__main__":
    main()
