"""The network's forward pass in whole numbers of 8 bits, with everything it has read of one text kept in one place.

A matrix product of whole numbers is exact, so it does not depend on how many tokens are read at once. What is left
in 32-bit floats (norms, attention, the last scores) is read in the same steps whatever was read before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

_FEW: Final = 100
"""Words that are scored without scoring all others."""


class Whole(NamedTuple):
    """A matrix [in, out] as whole numbers, with a scale for each column."""

    numbers: Tensor
    scales: Tensor


class Layer(NamedTuple):
    """The weights of one layer."""

    before_attention: Tensor
    queries_keys_values: Whole
    attended: Whole
    before_rest: Tensor
    gate_and_up: Whole
    down: Whole


def whole(weights: Tensor) -> Whole:
    """Weights [out, in] rounded to 8 bits, each output by its own scale."""
    scales = weights.abs().amax(1).clamp(min=1e-12) / 127
    return Whole((weights / scales[:, None]).round().to(torch.int8).t(), scales)


def product(rows: Tensor, matrix: Whole) -> Tensor:
    """Rows times a matrix; each row is rounded to 8 bits by its own scale."""
    scales = rows.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
    numbers = (rows / scales).round().to(torch.int8)
    return torch._int_mm(numbers, matrix.numbers) * scales * matrix.scales


class Network:
    """A network of the Llama kind that reads one text; what is beyond `length` is not there."""

    def __init__(self, model: Any) -> None:
        """Take the weights out of a model of transformers, which is not needed afterwards."""
        config = model.config
        self.context = int(config.max_position_embeddings)
        self._heads, self._shared = int(config.num_attention_heads), int(config.num_key_value_heads)
        self._size = int(config.hidden_size) // self._heads
        self._small = float(config.rms_norm_eps)
        self._words = model.get_input_embeddings().weight.detach()
        self._norm = model.model.norm.weight.detach()
        self._head = whole(model.get_output_embeddings().weight.detach())
        self._layers = [self._layer(each) for each in model.model.layers]
        turns = torch.arange(self.context)[:, None] * model.model.rotary_emb.inv_freq[None].float()
        self._cosines, self._sines = turns.cos().repeat(1, 2), turns.sin().repeat(1, 2)
        self._kept = torch.zeros(len(self._layers), 2, self._shared, self.context, self._size)
        self.length = 0
        """Tokens that were read."""

    def _layer(self, layer: Any) -> Layer:
        seen, rest = layer.self_attn, layer.mlp
        return Layer(
            layer.input_layernorm.weight.detach(),
            whole(torch.cat([each.weight.detach() for each in (seen.q_proj, seen.k_proj, seen.v_proj)])),
            whole(seen.o_proj.weight.detach()),
            layer.post_attention_layernorm.weight.detach(),
            whole(torch.cat([rest.gate_proj.weight.detach(), rest.up_proj.weight.detach()])),
            whole(rest.down_proj.weight.detach()),
        )

    def read(self, tokens: Sequence[int]) -> Tensor:
        """Read on; returns the state after each token, [tokens, hidden]."""
        start, end = self.length, self.length + len(tokens)
        states = self._words[torch.tensor(list(tokens))]
        hidden = torch.zeros(len(tokens), end)
        hidden[:, start:].fill_(-torch.inf).triu_(1)
        hidden = hidden.repeat(self._heads // self._shared, 1)
        for number, layer in enumerate(self._layers):
            mixed = product(self._normed(states, layer.before_attention), layer.queries_keys_values)
            seen = self._attention(mixed, self._kept[number], start, end, hidden)
            states = states + product(seen, layer.attended)
            gate, up = product(self._normed(states, layer.before_rest), layer.gate_and_up).chunk(2, dim=1)
            states = states + product(functional.silu(gate) * up, layer.down)
        self.length = end
        return self._normed(states, self._norm)

    def _normed(self, rows: Tensor, weights: Tensor) -> Tensor:
        return rows * torch.rsqrt(rows.pow(2).mean(1, keepdim=True) + self._small) * weights

    def _attention(self, mixed: Tensor, kept: Tensor, start: int, end: int, hidden: Tensor) -> Tensor:
        """What the tokens take from those up to themselves; their own keys and values are kept."""
        count, shared, size = len(mixed), self._shared, self._size
        heads = mixed.view(count, -1, size).transpose(0, 1)
        turned = self._turned(heads[: self._heads + shared], start, end)
        kept[0, :, start:end] = turned[self._heads :]
        kept[1, :, start:end] = heads[self._heads + shared :]
        queries = turned[: self._heads].reshape(1, shared, -1, size)
        found = functional.scaled_dot_product_attention(
            queries, kept[None, 0, :, :end], kept[None, 1, :, :end], attn_mask=hidden
        )
        return found.view(self._heads, count, size).transpose(0, 1).reshape(count, -1)

    def _turned(self, heads: Tensor, start: int, end: int) -> Tensor:
        """Queries and keys [heads, tokens, size], turned by the places of their tokens."""
        left, right = heads.chunk(2, dim=-1)
        return heads * self._cosines[start:end] + torch.cat([-right, left], dim=-1) * self._sines[start:end]

    def scores(self, state: Tensor, among: Tensor | None = None) -> Tensor:
        """How well each word, or each of those named, follows a state."""
        if among is None or len(among) > _FEW:
            scores = product(state[None], self._head)[0]
            return scores if among is None else scores[among]
        numbers, scales = self._head
        return product(state[None], Whole(numbers.t()[among].t(), scales[among]))[0]

    def copy(self, start: int, end: int) -> Tensor:
        """What is kept of these tokens."""
        return self._kept[:, :, :, start:end].clone()

    def put_back(self, kept: Tensor) -> None:
        """Have the next tokens read, of which this was kept before."""
        end = self.length + kept.shape[3]
        self._kept[:, :, :, self.length : end] = kept
        self.length = end
