"""A pen that guesses what the model will pick, writes on, and lets the model check many guesses at once.

The reply is the model's: the first wrong guess and everything after it is written anew. Guesses are made from the
reply alone, so that they too do not depend on what was asked before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import torch

from benchmarks.small_model.language import Gone, Pen

MOST_GUESSES: Final = 16
"""Guesses that are checked at once."""
_TAIL: Final = 3
"""Tokens that have to stand before a guess as they stood before."""


class _Enough(Exception):
    """So much is guessed that it should be checked."""


@dataclass(frozen=True, slots=True)
class _Guess:
    place: int
    """Tokens of the reply before it."""
    among: Sequence[int] | torch.Tensor | None
    token: int


@dataclass
class DraftPen(Pen):
    """Writes a reply whose writer can be let to write it again and again, as far as it is decided."""

    def __post_init__(self) -> None:
        """Nothing is decided yet."""
        super().__post_init__()
        self._whole_room = self.room
        self._decided: list[int] = []
        self._guesses: list[_Guess] = []
        self._most_guesses = 1
        self._picks = 0
        self._read = 0

    def compose(self, write: Callable[[], None]) -> None:
        """Let a writer write the whole reply with this pen.

        Raises:
            Gone: nobody waits for the reply any more.
        """
        done = False
        while not done:
            self.written, self.room, self.cut = [], self._whole_room, False
            self._picks, self._guesses = 0, []
            try:
                write()
                done = True
            except _Enough:
                done = False
            done = self._all_right() and done

    def pick(self, among: Sequence[int] | torch.Tensor | None = None) -> int:
        """The next token: as it was decided, otherwise a guess."""
        if among is not None and len(among) == 1:
            return int(among[0])
        self._picks += 1
        if self._picks <= len(self._decided):
            return self._decided[self._picks - 1]
        token = self._guess(among)
        if len(self._guesses) == self._most_guesses or (token is None and self._guesses):
            raise _Enough
        if token is None:
            self._most_guesses = 1  # nothing to go by: this one alone is asked for
            token = 0 if among is None else int(among[0])
        self._guesses.append(_Guess(len(self.written), among, token))
        return token

    def _guess(self, among: Sequence[int] | torch.Tensor | None) -> int | None:
        """What followed the last time that the reply stood as it stands now."""
        tail = self.written[-_TAIL:]
        for at in range(len(self.written) - 1, _TAIL - 1, -1):
            if self.written[at - _TAIL : at] == tail and (among is None or self.written[at] in among):
                return self.written[at]
        return None

    def _all_right(self) -> bool:
        """Let the model pick where it was guessed, up to the first wrong guess; what it picks is decided."""
        if not self.alive():
            raise Gone
        if not self._guesses:
            return True
        states = [self.state, *self.model.read(self.written[self._read : self._guesses[-1].place])]
        begin = self._read
        for guess in self._guesses:
            self._read, self.state = guess.place, states[guess.place - begin]
            self._decided.append(self.chosen(guess.among))
            if self._decided[-1] != guess.token:
                self.model.forget(len(states) - 1 - (guess.place - begin))
                self._most_guesses = 2
                return False
        self._most_guesses = min(2 * self._most_guesses, MOST_GUESSES)
        return True
