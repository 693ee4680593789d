"""Out-of-fold logits of every training row, passed from one training step to the next.

A row's logits come from a model that saw no row of its group. They calibrate, set thresholds, join
two members, and stand for the readings of invented episodes, of which the shipped weights have seen
every turn.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.signals import SignalRole
from dtnexus.coding.weight_file import OUTPUTS, ROLES
from dtnexus.errors import InputError
from training.corpus import Row

Floats = NDArray[np.float32]

ALL_OUTPUTS = tuple((role, output) for role in ROLES for output in OUTPUTS[role])


def kept_folder() -> Path:
    """Where training steps leave what later steps read: `DTNEXUS_TRAINING`, or `out/training`; it exists afterwards."""
    folder = Path(os.environ.get("DTNEXUS_TRAINING", "out/training"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def columns_of(role: SignalRole) -> slice:
    """The columns of a role among the outputs of both, agent first."""
    start = sum(len(OUTPUTS[other]) for other in ROLES[: ROLES.index(role)])
    return slice(start, start + len(OUTPUTS[role]))


def places_of(everything: Sequence[Row], role: SignalRole) -> NDArray[np.int64]:
    """Places of the rows of a role."""
    return np.array([at for at, row in enumerate(everything) if row.role == role], dtype=np.int64)


def save_logits(member: str, everything: Sequence[Row], logits: Mapping[SignalRole, Floats]) -> None:
    """Keeps the logits of a member's rows; each array has the rows of its role in order."""
    whole = np.full((len(everything), len(ALL_OUTPUTS)), np.nan, dtype=np.float32)
    for role in ROLES:
        whole[places_of(everything, role), columns_of(role)] = logits[role]
    np.save(kept_folder() / f"{member}.npy", whole)


def load_logits(member: str) -> Floats:
    """Logits of a member, shape (n_rows, n_outputs of both roles); NaN for the other role and rows not read.

    Raises:
        InputError: an earlier step has not kept them.
    """
    path = kept_folder() / f"{member}.npy"
    if not path.is_file():
        wanted = "what an earlier step keeps; run make train, or name its folder in DTNEXUS_TRAINING"
        raise InputError(str(path), "is not there", wanted)
    return np.asarray(np.load(path), dtype=np.float32)
