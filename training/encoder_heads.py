"""The heads of the encoder member, in PyTorch (training only).

Every output has its own attention over the tokens of the turn, in heads that start from different random weights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from dtnexus.coding.encoder_states import WIDTH, TurnStates
from training.encoder_steps import batches_of, descend
from training.onnx_export import export

MEMBERS: Final = 3
"""Heads that start from different random weights; their mean is steadier than any of them.

Mean average precision on VERA-MH and BOLT, with both left out of training and a body that was not trained: .538 for
one, .557, .562 and .566 for the mean of two, three and four. Three cost half of what six do while turns are read.
"""
HIDDEN: Final = 256
EPOCHS: Final = 2
"""Rounds before the body is trained, too."""
RATE: Final = 3e-3
DROPPED: Final = 0.2

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """The states of many turns, one after another."""

    own: NDArray[np.float16]
    """Shape (n_tokens of all turns, WIDTH)."""
    starts: NDArray[np.int64]
    """Where each turn begins, and the end, shape (n_turns + 1,)."""
    context: Floats
    """Shape (n_turns, WIDTH)."""

    @staticmethod
    def of(turns: Iterator[TurnStates]) -> "States":
        """The states of turns in order."""
        own: list[NDArray[np.float16]] = []
        context: list[Floats] = []
        for turn in turns:
            own.append(turn.own.astype(np.float16))
            context.append(turn.context)
        starts = np.concatenate([[0], np.cumsum([len(each) for each in own])])
        return States(np.concatenate(own), starts, np.stack(context))

    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each turn."""
        return np.diff(self.starts)


class Heads(nn.Module):
    """One attention over the tokens of a turn for every output, beside their mean and the turn before."""

    def __init__(self, outputs: int) -> None:
        """Fresh heads."""
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH, elementwise_affine=False)
        self.up, self.up_context = nn.Linear(WIDTH, HIDDEN), nn.Linear(WIDTH, HIDDEN)
        self.query = nn.Linear(HIDDEN, outputs, bias=False)
        self.value = nn.Linear(HIDDEN, outputs, bias=False)
        self.mean = nn.Linear(HIDDEN, outputs, bias=False)
        self.context = nn.Linear(HIDDEN, outputs)

    def forward(self, own: torch.Tensor, mask: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        """Scores, shape (n_turns, n_outputs).

        Arguments of shape (n_turns, n_tokens, WIDTH), (n_turns, n_tokens) and (n_turns, WIDTH).
        """
        hidden = functional.gelu(self.up(self.norm(own)))
        if self.training:
            hidden = hidden * (torch.rand(hidden.shape[0], 1, hidden.shape[2]) > DROPPED) / (1 - DROPPED)
        share = torch.softmax(self.query(hidden) - (1 - mask[:, :, None]) * 1e4, dim=1)
        mean = (hidden * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
        before = functional.gelu(self.up_context(self.norm(context)))
        scores: torch.Tensor = (share * self.value(hidden)).sum(dim=1) + self.mean(mean) + self.context(before)
        return scores


class Committee(nn.Module):
    """The mean of several heads."""

    def __init__(self, members: Sequence[Heads]) -> None:
        """A committee of fitted heads."""
        super().__init__()
        self.members = nn.ModuleList(members)
        self.outputs = len(members[0].context.bias)

    def forward(self, own: torch.Tensor, mask: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        """Scores, shape (n_turns, n_outputs)."""
        return torch.stack([member(own, mask, context) for member in self.members]).mean(dim=0)


def _tensors(states: States, batch: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    lengths = states.lengths()
    own = np.zeros((len(batch), int(max(lengths[at] for at in batch)), WIDTH), dtype=np.float32)
    mask = np.zeros(own.shape[:2], dtype=np.float32)
    for row, at in enumerate(batch):
        own[row, : lengths[at]] = states.own[states.starts[at] : states.starts[at + 1]]
        mask[row, : lengths[at]] = 1
    return torch.from_numpy(own), torch.from_numpy(mask), torch.from_numpy(states.context[list(batch)])


def fit(states: States, turns: Sequence[int], target: Floats, weight: Floats) -> Committee:
    """A committee fitted to the targets of some turns; weights of 0 leave an output of a turn out."""
    return Committee([_fit_one(states, turns, target, weight, seed) for seed in range(MEMBERS)])


def _fit_one(states: States, turns: Sequence[int], target: Floats, weight: Floats, seed: int) -> Heads:
    torch.manual_seed(seed)
    heads = Heads(target.shape[1])
    goals, weights = torch.from_numpy(target), torch.from_numpy(weight)
    with torch.no_grad():
        chosen = list(turns)
        held = (goals[chosen] * weights[chosen]).sum(dim=0) / weights[chosen].sum(dim=0).clamp(min=1)
        heads.context.bias.copy_(torch.logit(held.clamp(1e-4, 1 - 1e-4)))

    def loss_of(batch: list[int]) -> torch.Tensor:
        scores = heads(*_tensors(states, batch))
        lost = functional.binary_cross_entropy_with_logits(scores, goals[batch], weights[batch], reduction="sum")
        return lost / len(batch)

    heads.train()
    groups = [{"params": list(heads.parameters()), "lr": RATE}]
    descend(groups, loss_of, turns, states.lengths(), rounds=EPOCHS, seed=seed, name=f"head {seed + 1}")
    return heads


@torch.no_grad()
def scores_of(heads: Committee, states: States, turns: Sequence[int]) -> Floats:
    """Scores before joining, shape (n_turns, n_outputs), in the order of `turns`."""
    heads.eval()
    out = np.zeros((len(states.context), heads.outputs), dtype=np.float32)
    for batch in batches_of(states.lengths(), turns):
        out[batch] = heads(*_tensors(states, batch)).numpy()
    return out[list(turns)]


class _OneTurn(nn.Module):
    """A committee on a single turn, as it is shipped: what all heads do alike is done once, in wide products."""

    def __init__(self, committee: Committee) -> None:
        super().__init__()
        heads = [each for each in committee.members if isinstance(each, Heads)]
        self.norm = heads[0].norm
        self.up, self.up_context = _stacked([each.up for each in heads]), _stacked([each.up_context for each in heads])
        self.mean = _side_by_side([each.mean for each in heads])
        self.context = _side_by_side([each.context for each in heads])
        self.seen = nn.ModuleList([_stacked([each.query, each.value]) for each in heads])

    def forward(self, own: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        hidden = functional.gelu(self.up(self.norm(own)))
        before = functional.gelu(self.up_context(self.norm(context[None])))
        scores: torch.Tensor = self.mean(hidden.mean(dim=0, keepdim=True))[0] + self.context(before)[0]
        for seen, part in zip(self.seen, hidden.split(HIDDEN, dim=1), strict=True):
            query, value = seen(part).chunk(2, dim=1)
            scores = scores + (torch.softmax(query, dim=0) * value).sum(dim=0) / len(self.seen)
        return scores


def _stacked(parts: Sequence[nn.Linear]) -> nn.Linear:
    """One product that gives what several give of the same vector, one after another."""
    weight = torch.cat([each.weight for each in parts])
    whole = nn.Linear(weight.shape[1], weight.shape[0], bias=parts[0].bias is not None)
    with torch.no_grad():
        whole.weight.copy_(weight)
        if whole.bias is not None:
            whole.bias.copy_(torch.cat([each.bias for each in parts]))
    return whole


def _side_by_side(parts: Sequence[nn.Linear]) -> nn.Linear:
    """One product that gives the mean of what several give, each of its own part of a vector."""
    weight = torch.cat([each.weight for each in parts], dim=1) / len(parts)
    whole = nn.Linear(weight.shape[1], weight.shape[0], bias=parts[0].bias is not None)
    with torch.no_grad():
        whole.weight.copy_(weight)
        if whole.bias is not None:
            whole.bias.copy_(torch.stack([each.bias for each in parts]).mean(dim=0))
    return whole


def export_heads(heads: Committee, path: Path) -> None:
    """Writes heads as ONNX: `own` (n_tokens, WIDTH) and `context` (WIDTH,) in, `scores` (n_outputs,) out."""
    example = (torch.zeros(7, WIDTH), torch.zeros(WIDTH))
    axes = {"own": {0: "tokens"}}
    export(_OneTurn(heads).eval(), example, path, given=["own", "context"], found="scores", axes=axes)
