"""Trains the encoder member: `python -m training.encoder`.

Needs PyTorch and the packages of the extra `train-encoder`; about an hour and a quarter on two cores. Writes the body
and the vocabulary beside the other weights, and keeps the out-of-fold scores of its rows and the heads for
`training.blend`. Every fold has a body of its own, which saw none of its rows.
"""

import copy
import tempfile
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
from dtnexus.coding.encoder_states import BODY, VOCABULARY, EncoderBody, turn_windows
from dtnexus.coding.weight_file import ROLES
from dtnexus.coding.word_pieces import WordPieces
from training.corpus import Row, data_folder, rows, targets
from training.encoder_body import Body, public_body
from training.encoder_heads import Committee, States, export_heads, fit, scores_of
from training.encoder_tuning import LowerStates, tune
from training.out_of_fold import ALL_OUTPUTS, Floats, columns_of, kept_folder

FOLDS: Final = 3
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

    everything: Sequence[Row]
    body: Body
    words: Sequence[str]
    states: States
    lower: LowerStates
    target: Floats
    weight: Floats


_given: list[Material] = []


def _take(material: Material) -> None:
    """Runs once in each process."""
    torch.set_num_threads(1)
    _given.append(material)


def _fitted(turns: list[int]) -> tuple[Body, Committee]:
    """A body and heads that saw some turns."""
    one = _given[0]
    heads, body = fit(one.states, turns, one.target, one.weight), copy.deepcopy(one.body)
    tune(body, heads, one.lower, turns, one.target, one.weight)
    return body, heads


def _export_body(body: Body, words: Sequence[str], folder: Path) -> None:
    """Writes a body and its vocabulary as `EncoderBody` reads them."""
    body.export(folder / BODY)
    (folder / VOCABULARY).write_text("".join(f"{word}\n" for word in words), encoding="utf-8")


def _read(folder: Path, turns: Sequence[Row]) -> States:
    """The states of turns, as the exported body in a folder gives them."""
    return States.of(EncoderBody(folder).read([(row.role, row.before, row.text) for row in turns]))


def _scores_of_fold(train: list[int], test: list[int]) -> Floats:
    """Scores of the rows of a fold by a body and heads that saw none of them."""
    one = _given[0]
    body, heads = _fitted(train)
    with tempfile.TemporaryDirectory() as folder:
        _export_body(body, one.words, Path(folder))
        states = _read(Path(folder), [one.everything[at] for at in test])
    scores: Floats = scores_of(heads, states, range(len(test)))
    return scores


def _fit_whole(folder: Path) -> None:
    """Writes the body and the heads that saw all rows."""
    one = _given[0]
    body, heads = _fitted(list(range(len(one.everything))))
    _export_body(body, one.words, folder)
    export_heads(heads, folder / HEADS)


def _material() -> Material:
    """All rows as the body gives them before it is trained."""
    everything = rows(data_folder())
    body, words = public_body()
    with tempfile.TemporaryDirectory() as folder:
        _export_body(body, words, Path(folder))
        states = _read(Path(folder), everything)
    pieces = WordPieces(words)
    lower = LowerStates.of(body, [turn_windows(pieces, row.role, row.before, row.text) for row in everything])
    print(f"{len(everything)} turns, {len(lower.states)} tokens", flush=True)
    return Material(everything, body, words, states, lower, *all_targets(everything))


def main() -> None:
    """Trains on the folds and on everything, two fits at once."""
    torch.set_num_threads(1)
    folder = kept_folder()
    material = _material()
    groups = np.array([row.group for row in material.everything])
    folds = [
        (train.tolist(), test.tolist())
        for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(groups, groups, groups)
    ]
    logits = np.zeros_like(material.target)
    with ProcessPoolExecutor(PROCESSES, get_context("fork"), _take, (material,)) as processes:
        scores = processes.map(_scores_of_fold, *zip(*folds, strict=True))
        whole = processes.submit(_fit_whole, folder)
        for (_, test), found in zip(folds, scores, strict=True):
            logits[test] = found
        whole.result()
    np.save(folder / "encoder.npy", logits)


if __name__ == "__main__":
    main()
