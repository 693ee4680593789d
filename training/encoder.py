"""Trains the encoder member: `python -m training.encoder`.

Needs PyTorch and the packages of the extra `train-encoder`; about half an hour on two cores. Writes
the body and the vocabulary beside the other weights, and keeps the out-of-fold scores of its rows
and the heads for `training.blend`.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
import torch
from sklearn.model_selection import GroupKFold

from dtnexus.coding.encoder_file import HEADS
from dtnexus.coding.encoder_states import BODY, VOCABULARY, EncoderBody
from dtnexus.coding.weight_file import ROLES
from training.corpus import Row, data_folder, rows, targets
from training.encoder_network import States, export_body, export_heads, fit, scores_of
from training.out_of_fold import ALL_OUTPUTS, Floats, columns_of, kept_folder

FOLDS: Final = 5
PROCESSES: Final = 2
"""Fits at once, with one thread each; the result does not depend on it."""


def all_targets(chosen: Sequence[Row]) -> tuple[Floats, Floats]:
    """Targets and weights over the outputs of both roles, agent first; those of the other role weigh 0."""
    target = np.zeros((len(chosen), len(ALL_OUTPUTS)), dtype=np.float32)
    weight = np.zeros_like(target)
    for role in ROLES:
        places = [at for at, row in enumerate(chosen) if row.role == role]
        target[places, columns_of(role)], weight[places, columns_of(role)] = targets(
            [chosen[at] for at in places], role
        )
    return target, weight


@dataclass(frozen=True, slots=True)
class Material:
    """What every fit reads; processes that are forked share it."""

    states: States
    target: Floats
    weight: Floats


_given: list[Material] = []


def _take(material: Material) -> None:
    """Runs once in each process."""
    torch.set_num_threads(1)
    _given.append(material)


def _scores_of_fold(train: list[int], test: list[int]) -> Floats:
    """Scores of the rows of a fold by heads that saw none of them."""
    one = _given[0]
    scores: Floats = scores_of(fit(one.states, train, one.target, one.weight), one.states, test)
    return scores


def _fit_whole(path: Path) -> None:
    """Writes the heads that saw all rows."""
    one = _given[0]
    export_heads(fit(one.states, list(range(len(one.target))), one.target, one.weight), path)


def main() -> None:
    """Writes the body, trains heads on the folds and then on everything, two fits at once."""
    torch.set_num_threads(1)
    folder = kept_folder()
    export_body(folder / BODY, folder / VOCABULARY)
    everything = rows(data_folder())
    states = States.of(EncoderBody(folder).read([(row.role, row.before, row.text) for row in everything]))
    print(f"{len(everything)} turns, {len(states.own)} tokens", flush=True)
    target, weight = all_targets(everything)
    groups = np.array([row.group for row in everything])
    folds = [
        (train.tolist(), test.tolist())
        for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(groups, groups, groups)
    ]
    logits = np.zeros_like(target)
    material = Material(states, target, weight)
    with ProcessPoolExecutor(PROCESSES, get_context("fork"), _take, (material,)) as processes:
        whole = processes.submit(_fit_whole, folder / HEADS)
        scores = processes.map(_scores_of_fold, *zip(*folds, strict=True))
        for (_, test), found in zip(folds, scores, strict=True):
            logits[test] = found
        whole.result()
    np.save(folder / "encoder.npy", logits)


if __name__ == "__main__":
    main()
