"""Rounds of training over turns, batch by batch (training only)."""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

DECAY: Final = 0.02
WARM_UP: Final = 200
"""Steps over which the rates rise to what they are; from there on they fall to nothing."""
TOKENS_AT_ONCE: Final = 6000
TURNS_AT_ONCE: Final = 64

Group = dict[str, Any]
"""Parameters (`params`) with their rate (`lr`), whose slopes are cut together."""


def batches_of(lengths: NDArray[np.int64], turns: Sequence[int]) -> list[list[int]]:
    """Turns of similar length together."""
    batches: list[list[int]] = []
    batch: list[int] = []
    for at in sorted(turns, key=lambda turn: lengths[turn]):
        if batch and (lengths[at] * (len(batch) + 1) > TOKENS_AT_ONCE or len(batch) >= TURNS_AT_ONCE):
            batches.append(batch)
            batch = []
        batch.append(at)
    return [*batches, batch] if batch else batches


def descend(
    groups: Sequence[Group],
    loss_of: Callable[[list[int]], torch.Tensor],
    turns: Sequence[int],
    lengths: NDArray[np.int64],
    *,
    rounds: int,
    seed: int,
    name: str,
) -> None:
    """Takes one step a batch, through all turns once a round; `loss_of` gives the mean loss of the turns of a batch.

    Prints after every round what the turns lost on average in it.
    """
    dice = random.Random(seed)  # noqa: S311
    planned = [batches_of(lengths, dice.sample(list(turns), len(turns))) for _ in range(rounds)]
    total = sum(len(batches) for batches in planned)
    steps = torch.optim.AdamW(list(groups), weight_decay=DECAY)
    pace = torch.optim.lr_scheduler.LambdaLR(steps, lambda at: min((at + 1) / WARM_UP, max(0.0, (total - at) / total)))
    begun = time.monotonic()
    for number, batches in enumerate(planned):
        dice.shuffle(batches)
        lost = 0.0
        for batch in batches:
            loss = loss_of(batch)
            steps.zero_grad()
            loss.backward()
            for group in groups:
                nn.utils.clip_grad_norm_(group["params"], 1.0)
            steps.step()
            pace.step()
            lost += loss.item() * len(batch)
        spent = time.monotonic() - begun
        print(f"  {name}, round {number + 1}: loss {lost / len(turns):.3f}, {spent:.0f} s", flush=True)
