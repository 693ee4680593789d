"""The model itself: text in, tokens out, the same on every call.

What was read before is kept and used again where a prompt begins alike, in whole blocks only, so that a reply
never depends on what was asked before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

BLOCK: Final = 256
"""Tokens that are read at once; what is used again is a multiple of it."""


class TooLong(Exception):
    """A prompt does not fit into what the model can read at once."""


class Gone(Exception):
    """Whoever asked is not there any more."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a reply is to be made."""

    limit: int
    """Tokens, at most."""
    temperature: float = 0.0
    seed: int = 0
    stop: tuple[str, ...] = ()


class SmallModel:
    """One model in memory; one reply at a time."""

    def __init__(self, weights: Path, threads: int) -> None:
        """Load it; takes some seconds and about 1.5 GB."""
        torch.set_num_threads(threads)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(weights.parent, gguf_file=weights.name)
        self._model: Any = AutoModelForCausalLM.from_pretrained(
            weights.parent, gguf_file=weights.name, dtype=torch.float32
        ).eval()
        self.context = int(self._model.config.max_position_embeddings)
        """Tokens of prompt and reply together."""
        self._cache: Any = DynamicCache()
        self._read: list[int] = []
        self._words: list[str] = [self._decoded([number], plain=False) for number in range(len(self._tokenizer))]
        self._end = int(self._tokenizer.eos_token_id)
        self._reused = 0
        self._blocks = 0

    def prompt(self, messages: Sequence[dict[str, str]]) -> list[int]:
        """The tokens of a conversation, up to where the reply begins."""
        text = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return self.tokens(text)

    def tokens(self, text: str) -> list[int]:
        """The tokens of a text."""
        return list(self._tokenizer.encode(text, add_special_tokens=False))

    def text(self, tokens: Sequence[int]) -> str:
        """The text of tokens; half a character at the end is left out."""
        return self._decoded(tokens, plain=True).rstrip("\ufffd")

    def _decoded(self, tokens: Sequence[int], plain: bool) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=plain, clean_up_tokenization_spaces=False))

    def word(self, token: int) -> str:
        """The text of one token."""
        return self._words[token]

    @property
    def words(self) -> Sequence[str]:
        """Token -> its text."""
        return self._words

    def pen(self, prompt: Sequence[int], wish: Wish, alive: Callable[[], bool]) -> Pen:
        """A pen at the place where the reply begins.

        Raises:
            TooLong: the prompt leaves no room for a reply.
        """
        if len(prompt) >= self.context:
            raise TooLong(f"{len(prompt)} tokens, and the model reads {self.context} with its reply")
        room = min(wish.limit, self.context - len(prompt))
        return Pen(self, wish, room, alive, self._start(prompt), cached=self._reused)

    def _start(self, prompt: Sequence[int]) -> torch.Tensor:
        """Read a prompt; what follows it is expected from the last token's scores."""
        same = 0
        while same < min(len(self._read), len(prompt) - 1) and self._read[same] == prompt[same]:
            same += 1
        same = min(same - same % BLOCK, self._blocks)
        self._forget(same)
        self._reused = same
        scores = torch.empty(0)
        for start in range(same, len(prompt), BLOCK):
            scores = self.read(prompt[start : start + BLOCK])
        self._blocks = len(prompt) - len(prompt) % BLOCK
        return scores

    def read(self, tokens: Sequence[int]) -> torch.Tensor:
        """Read on; returns the scores of every token as the next one."""
        with torch.inference_mode():
            out = self._model(
                input_ids=torch.tensor([list(tokens)]), cache=self._cache, use_cache=True, logits_to_keep=1
            )
        self._read += tokens
        return out.logits[0, -1]

    def _forget(self, kept: int) -> None:
        if kept == 0:
            self._cache = DynamicCache()
        elif kept < len(self._read):
            self._cache.crop(kept - len(self._read))  # a negative number: how many to drop
        del self._read[kept:]

    def ends(self, token: int) -> bool:
        """Whether a token ends the reply."""
        return token == self._end


@dataclass
class Pen:
    """Writes one reply, token by token: freely, as it must, or from a choice."""

    model: SmallModel
    wish: Wish
    room: int
    """Tokens that may still be written."""
    alive: Callable[[], bool]
    scores: torch.Tensor
    cached: int = 0
    """Tokens of the prompt that had been read before."""
    written: list[int] = field(default_factory=list)
    cut: bool = False
    """Whether the room ended before the reply did."""

    def __post_init__(self) -> None:
        """Make the chance of this reply."""
        self._chance = torch.Generator().manual_seed(self.wish.seed)

    @property
    def full(self) -> bool:
        """Whether there is no room left."""
        return self.room <= 0

    def put(self, tokens: Sequence[int]) -> None:
        """Write these tokens, as far as there is room.

        Raises:
            Gone: nobody waits for the reply any more.
        """
        self.cut = self.cut or len(tokens) > self.room
        tokens = tokens[: self.room]
        if not tokens:
            return
        if not self.alive():
            raise Gone
        self.written += tokens
        self.room -= len(tokens)
        self.scores = self.model.read(tokens)

    def pick(self, among: Sequence[int] | None = None) -> int:
        """The next token by the model: the likeliest, or drawn by the temperature; of all, or of some."""
        scores = self.scores
        if among is not None:
            scores = torch.full_like(self.scores, -torch.inf)
            chosen = torch.tensor(list(among))
            scores[chosen] = self.scores[chosen]
        if self.wish.temperature <= 0:
            return int(torch.argmax(scores))
        shares = torch.softmax(scores / self.wish.temperature, dim=-1)
        return int(torch.multinomial(shares, 1, generator=self._chance))

    def freely(self) -> Iterator[str]:
        """Write until the model ends, a stop word comes or the room is full; yields the text so far each time.

        The last text is the whole reply. `cut` says afterwards whether the room ended it.
        """
        while True:
            token = self.pick()
            if self.model.ends(token):
                return
            self.put([token])
            if self.cut:
                return
            text = self.model.text(self.written)
            places = [at for word in self.wish.stop if (at := text.find(word)) >= 0]
            if places:
                yield text[: min(places)]
                return
            yield text
