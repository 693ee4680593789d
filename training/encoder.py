"""Trains the encoder member: `python -m training.encoder`.

Needs PyTorch and the packages of the extra `train-encoder`; about an hour and a half on two cores.
Keeps the out-of-fold logits of its rows and the exported network for `training.blend`; finished
folds are kept too, so that a stopped run goes on.
"""

import hashlib
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from tokenizers import Tokenizer

from dtnexus.coding.weight_file import OUTPUTS, ROLES
from training.corpus import Row, data_folder, rows, targets
from training.encoder_network import Floats, Item, export, fit, items_of, scores_of
from training.out_of_fold import kept_folder

FOLDS: Final = 2
ROBOT_SHARE: Final = 0.25
"""Part of the R-U-A-Robot utterances that the encoder learns from; the rest adds time and no signal."""
WEIGHTS: Final = Path(__file__).parents[1] / "src" / "dtnexus" / "coding" / "weights"


def chosen_rows(everything: Sequence[Row]) -> NDArray[np.int64]:
    """Places of the rows that the encoder learns from."""
    dice = random.Random(0)  # noqa: S311
    return np.array([at for at, row in enumerate(everything) if row.source != "rua_robot" or dice.random() < ROBOT_SHARE])


def all_targets(chosen: Sequence[Row]) -> tuple[Floats, Floats]:
    """Targets and weights over the outputs of both roles, agent first; those of the other role weigh 0."""
    width = [len(OUTPUTS[role]) for role in ROLES]
    target = np.zeros((len(chosen), sum(width)), dtype=np.float32)
    weight = np.zeros_like(target)
    for number, role in enumerate(ROLES):
        places = [at for at, row in enumerate(chosen) if row.role == role]
        columns = slice(sum(width[:number]), sum(width[: number + 1]))
        target[places, columns], weight[places, columns] = targets([chosen[at] for at in places], role)
    return target, weight


def out_of_fold(chosen: Sequence[Row], items: Sequence[Item], target: Floats, weight: Floats) -> Floats:
    """Scores of every row by a network that saw no row of its group; kept fold by fold."""
    groups = np.array([row.group for row in chosen])
    scores = np.zeros_like(target)
    mark = hashlib.sha256(target.tobytes() + weight.tobytes()).hexdigest()[:16]
    for number, (train, test) in enumerate(GroupKFold(FOLDS, shuffle=True, random_state=0).split(groups, groups, groups)):
        kept = kept_folder() / f"encoder-fold-{mark}-{number}.npy"
        if not kept.exists():
            print(f"fold {number + 1} of {FOLDS}: {len(train)} turns", flush=True)
            network = fit([items[at] for at in train], target[train], weight[train])
            np.save(kept, scores_of(network, [items[at] for at in test]))
        scores[test] = np.load(kept)
    return scores


def tokenizer() -> Tokenizer:
    """The tokenizer that is shipped with the encoder."""
    return Tokenizer.from_file(str(WEIGHTS / "encoder_tokenizer.json"))


def main() -> None:
    """Trains the folds, then on everything."""
    torch.set_num_threads(2)
    everything = rows(data_folder())
    places = chosen_rows(everything)
    chosen = [everything[at] for at in places]
    items = items_of(tokenizer(), [(row.role, row.before, row.text) for row in chosen])
    target, weight = all_targets(chosen)
    print(f"{len(chosen)} turns, {sum(item.tokens for item in items)} tokens", flush=True)
    logits = np.full((len(everything), target.shape[1]), np.nan, dtype=np.float32)
    logits[places] = out_of_fold(chosen, items, target, weight)
    np.save(kept_folder() / "encoder.npy", logits)
    print(f"all {len(chosen)} turns", flush=True)
    export(fit(items, target, weight), kept_folder() / "encoder.onnx")


if __name__ == "__main__":
    main()
