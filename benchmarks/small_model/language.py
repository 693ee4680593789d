"""The model itself: text in, tokens out, the same on every call.

What was read of a prompt is kept in blocks and used again where another prompt begins alike. Blocks begin at fixed
places and are read alone, kept or not, so that a reply never depends on what was asked before it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from benchmarks.small_model.network import Network

BLOCK: Final = 128
"""Tokens that are read at once; what is used again is a multiple of it."""
MOST_KEPT: Final = 256
"""Blocks that are kept: 5.9 MB each."""


P = TypeVar("P", bound="Pen")


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

    def __init__(self, weights: Path, threads: int, most_kept: int = MOST_KEPT) -> None:
        """Load it; takes some seconds and about 2 GB. `most_kept` blocks of prompts are kept, or none."""
        torch.set_num_threads(threads)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(weights.parent, gguf_file=weights.name)
        self._network = Network(
            AutoModelForCausalLM.from_pretrained(weights.parent, gguf_file=weights.name, dtype=torch.float32)
        )
        self.context = self._network.context
        """Tokens of prompt and reply together."""
        self._most_kept = most_kept
        self._kept: OrderedDict[str, torch.Tensor] = OrderedDict()
        self._words: list[str] = [self._decoded([number], plain=False) for number in range(len(self._tokenizer))]
        self._end = int(self._tokenizer.eos_token_id)

    def prompt(self, messages: Sequence[dict[str, str]]) -> list[int]:
        """The tokens of a conversation, up to where the reply begins."""
        text: str = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
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

    def pen(self, kind: type[P], prompt: Sequence[int], wish: Wish, alive: Callable[[], bool]) -> P:
        """A pen of this kind at the place where the reply begins.

        Raises:
            TooLong: the prompt leaves no room for a reply.
        """
        if len(prompt) >= self.context:
            raise TooLong(f"{len(prompt)} tokens, and the model reads {self.context} with its reply")
        room = min(wish.limit, self.context - len(prompt))
        state, cached = self._start(prompt)
        return kind(self, wish, room, alive, state, cached)

    def _start(self, prompt: Sequence[int]) -> tuple[torch.Tensor, int]:
        """Read a prompt; returns the state after it, and how many of its tokens had been read before."""
        self._network.length = 0
        cached, key, state = 0, "", torch.empty(0)
        for start in range(0, len(prompt), BLOCK):
            block = prompt[start : start + BLOCK]
            key = hashlib.sha256(f"{key} {block}".encode()).hexdigest()
            kept = self._kept.get(key)
            if kept is not None and start + BLOCK < len(prompt):
                self._network.put_back(kept)
                cached += BLOCK
            else:
                state = self._network.read(block)[-1]
                if len(block) == BLOCK and self._most_kept:
                    self._kept[key] = self._network.copy(start, start + BLOCK)
            if key in self._kept:
                self._kept.move_to_end(key)
        while len(self._kept) > self._most_kept:
            self._kept.popitem(last=False)
        return state, cached

    def read(self, tokens: Sequence[int]) -> torch.Tensor:
        """Read on; returns the state after each token."""
        return self._network.read(tokens) if tokens else torch.empty(0)

    def forget(self, count: int) -> None:
        """Have the last tokens not read."""
        self._network.length -= count

    def scores(self, state: torch.Tensor, among: torch.Tensor | None) -> torch.Tensor:
        """The scores of every token as the next one, or of those named."""
        return self._network.scores(state, among)

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
    state: torch.Tensor
    """After what was read."""
    cached: int = 0
    """Tokens of the prompt that had been read before."""
    written: list[int] = field(default_factory=list)
    cut: bool = False
    """Whether the room ended before the reply did."""

    def __post_init__(self) -> None:
        """Make the chance of this reply."""
        self._chance = torch.Generator().manual_seed(self.wish.seed)
        self._unread: list[int] = []

    @property
    def full(self) -> bool:
        """Whether there is no room left."""
        return self.room <= 0

    def put(self, tokens: Sequence[int]) -> None:
        """Write these tokens, as far as there is room; the model reads them when it is asked next."""
        self.cut = self.cut or len(tokens) > self.room
        tokens = tokens[: self.room]
        self.written += tokens
        self._unread += tokens
        self.room -= len(tokens)

    def pick(self, among: Sequence[int] | torch.Tensor | None = None) -> int:
        """The next token by the model: the likeliest, or drawn by the temperature; of all, or of some.

        Raises:
            Gone: nobody waits for the reply any more.
        """
        if among is not None and len(among) == 1:
            return int(among[0])
        if not self.alive():
            raise Gone
        if self._unread:
            self.state = self.model.read(self._unread)[-1]
            self._unread = []
        return self.chosen(among)

    def chosen(self, among: Sequence[int] | torch.Tensor | None) -> int:
        """What the model picks in the state that it is in."""
        scores = self.model.scores(self.state, None if among is None else torch.as_tensor(among))
        if self.wish.temperature <= 0:
            at = int(torch.argmax(scores))
        else:
            at = int(
                torch.multinomial(torch.softmax(scores / self.wish.temperature, dim=-1), 1, generator=self._chance)
            )
        return at if among is None else int(among[at])

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
