"""Trains the upper layers of the body together with the heads (training only).

Heads are first fitted to the body as it was published, so that what the first steps change in the body is not the noise
of untrained heads. The lowest layer stays as it is and reads every turn once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from dtnexus.coding.encoder_states import WIDTH
from dtnexus.coding.encoder_windows import Window
from training.encoder_body import Body, Layer
from training.encoder_heads import Committee, Floats
from training.encoder_steps import Group, descend

FROZEN_LAYERS: Final = 1
ROUNDS: Final = 3
HEAD_RATE: Final = 1e-3
BODY_RATE: Final = 1.5e-4
"""Rounds and rates were set beforehand, by earlier trials (docs/design/embedded-coder.md), and not searched."""


@dataclass(frozen=True, slots=True, eq=False)
class LowerStates:
    """What the frozen layers make of the windows of many turns."""

    states: NDArray[np.float16]
    """Shape (n_tokens of all windows, WIDTH)."""
    places: tuple[NDArray[np.int64], ...]
    """Per turn, one row a window: where its states begin, where the turn itself begins, where they end."""

    @staticmethod
    def of(body: Body, turns: Sequence[Sequence[Window]]) -> "LowerStates":
        """The states of turns in order, each given as its windows."""
        states: list[NDArray[np.float16]] = []
        places: list[NDArray[np.int64]] = []
        at = 0
        with torch.no_grad():
            for windows in turns:
                rows = []
                for window in windows:
                    found = body.up_to(torch.tensor(window.ids), FROZEN_LAYERS)
                    states.append(found.numpy().astype(np.float16))
                    rows.append((at, at + window.start, at + len(window.ids)))
                    at += len(window.ids)
                places.append(np.array(rows, dtype=np.int64))
        return LowerStates(np.concatenate(states), tuple(places))

    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each turn, all its windows and the turn before included."""
        return np.array([int((place[:, 2] - place[:, 0]).sum()) for place in self.places])


@dataclass(frozen=True, slots=True)
class Batch:
    """Some turns as padded arrays."""

    lower: torch.Tensor
    """Shape (n_windows, n_tokens of the longest window, WIDTH)."""
    held: torch.Tensor
    """Where a window has a token, shape (n_windows, n_tokens)."""
    own: torch.Tensor
    """Where the tokens of each turn lie among all tokens of all windows, shape (n_turns, n_tokens of the longest)."""
    own_held: torch.Tensor
    """1 where a turn has a token, else 0, same shape."""
    before: torch.Tensor
    """Weights that give the mean over the tokens before each turn, shape (n_turns, all tokens of all windows)."""

    @staticmethod
    def of(lower: LowerStates, turns: Sequence[int]) -> "Batch":
        """The batch of some turns."""
        windows = np.concatenate([lower.places[turn] for turn in turns])
        length = int((windows[:, 2] - windows[:, 0]).max())
        states = np.zeros((len(windows), length, WIDTH), dtype=np.float32)
        held = np.zeros(states.shape[:2], dtype=np.bool_)
        for row, (begin, _, end) in enumerate(windows):
            states[row, : end - begin] = lower.states[begin:end]
            held[row, : end - begin] = True
        own: list[NDArray[np.int64]] = []
        before = np.zeros((len(turns), len(windows) * length), dtype=np.float32)
        row = 0
        for number, turn in enumerate(turns):
            parts: list[NDArray[np.int64]] = []
            for begin, start, end in lower.places[turn]:
                if not parts:
                    before[number, row * length : row * length + start - begin] = 1 / (start - begin)
                parts.append(row * length + np.arange(start - begin, end - begin))
                row += 1
            own.append(np.concatenate(parts))
        places = np.zeros((len(turns), max(map(len, own))), dtype=np.int64)
        own_held = np.zeros(places.shape, dtype=np.float32)
        for number, part in enumerate(own):
            places[number, : len(part)] = part
            own_held[number, : len(part)] = 1
        return Batch(*map(torch.from_numpy, (states, held, places, own_held, before)))

    def scores(self, layers: Sequence[Layer], committee: Committee) -> torch.Tensor:
        """Scores by each head, shape (n_heads, n_turns, n_outputs)."""
        states = self.lower
        for layer in layers:
            states = layer.of_many(states, self.held)
        flat = states.reshape(-1, WIDTH)
        own, before = flat[self.own], self.before @ flat
        return torch.stack([head(own, self.own_held, before).float() for head in committee.members])


def tune(
    body: Body, committee: Committee, lower: LowerStates, turns: Sequence[int], target: Floats, weight: Floats
) -> None:
    """Trains the layers that are not frozen, and the heads, on some turns; weights of 0 leave an output of a turn out.

    Every head is held to the targets by itself, so that they stay different. Where the processor has AVX-512 products
    are taken in bfloat16, twice as fast.
    """
    torch.manual_seed(0)
    layers = list(body.layers)[FROZEN_LAYERS:]
    upper = [each for layer in layers for each in layer.parameters()]
    goals, weights = torch.from_numpy(target), torch.from_numpy(weight)
    fast = torch.backends.cpu.get_cpu_capability() == "AVX512"

    def loss_of(batch: list[int]) -> torch.Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast):
            scores = Batch.of(lower, batch).scores(layers, committee)
        lost = functional.binary_cross_entropy_with_logits(
            scores, goals[batch].expand_as(scores), weights[batch], reduction="sum"
        )
        return lost / (len(batch) * len(scores))

    heads = list(committee.parameters())
    groups: list[Group] = [{"params": heads, "lr": HEAD_RATE}, {"params": upper, "lr": BODY_RATE}]
    body.train()
    committee.train()
    descend(groups, loss_of, turns, lower.lengths(), rounds=ROUNDS, seed=0, name="heads and body")
    body.eval()
    committee.eval()
