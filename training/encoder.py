"""Trains the encoder member: `python -m training.encoder`.

Needs PyTorch and the packages of the extra `train-encoder`; about ten minutes on two cores. Writes
the body and the vocabulary beside the other weights, and keeps the out-of-fold scores of its rows
and the heads for `training.blend`.
"""

import random
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from dtnexus.coding.encoder_file import HEADS
from dtnexus.coding.encoder_states import BODY, VOCABULARY, EncoderBody
from dtnexus.coding.weight_file import ROLES
from training.corpus import Row, data_folder, rows, targets
from training.encoder_network import States, export_body, export_heads, fit, scores_of
from training.out_of_fold import ALL_OUTPUTS, Floats, columns_of, kept_folder

FOLDS: Final = 5
ROBOT_SHARE: Final = 0.25
"""Part of the R-U-A-Robot utterances that the encoder learns from; the rest adds time and no signal."""


def chosen_rows(everything: Sequence[Row]) -> NDArray[np.int64]:
    """Places of the rows that the encoder learns from."""
    dice = random.Random(0)  # noqa: S311
    return np.array(
        [at for at, row in enumerate(everything) if row.source != "rua_robot" or dice.random() < ROBOT_SHARE]
    )


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


def main() -> None:
    """Writes the body, trains heads on the folds and then on everything."""
    torch.set_num_threads(2)
    folder = kept_folder()
    export_body(folder / BODY, folder / VOCABULARY)
    everything = rows(data_folder())
    places = chosen_rows(everything)
    chosen = [everything[at] for at in places]
    print(f"{len(chosen)} turns", flush=True)
    states = States.of(EncoderBody(folder).read([(row.role, row.before, row.text) for row in chosen]))
    print(f"{len(states.own)} tokens", flush=True)
    target, weight = all_targets(chosen)
    groups = np.array([row.group for row in chosen])
    logits = np.full((len(everything), target.shape[1]), np.nan, dtype=np.float32)
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(groups, groups, groups):
        heads = fit(states, train.tolist(), target, weight)
        logits[places[test]] = scores_of(heads, states, test.tolist())
    np.save(folder / "encoder.npy", logits)
    export_heads(fit(states, list(range(len(chosen))), target, weight), folder / HEADS)


if __name__ == "__main__":
    main()
