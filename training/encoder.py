"""Trains the encoder member: `python -m training.encoder`.

Needs PyTorch and the packages of the extra `train-encoder`; about ten minutes on two cores. Writes
the body and the vocabulary beside the other weights, and keeps the out-of-fold scores of its rows
and the heads for `training.blend`.
"""

from collections.abc import Sequence
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
    torch.set_num_threads(1)
    folder = kept_folder()
    export_body(folder / BODY, folder / VOCABULARY)
    everything = rows(data_folder())
    states = States.of(EncoderBody(folder).read([(row.role, row.before, row.text) for row in everything]))
    print(f"{len(everything)} turns, {len(states.own)} tokens", flush=True)
    target, weight = all_targets(everything)
    groups = np.array([row.group for row in everything])
    logits = np.zeros_like(target)
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(groups, groups, groups):
        heads = fit(states, train.tolist(), target, weight)
        logits[test] = scores_of(heads, states, test.tolist())
    np.save(folder / "encoder.npy", logits)
    export_heads(fit(states, list(range(len(everything))), target, weight), folder / HEADS)


if __name__ == "__main__":
    main()
