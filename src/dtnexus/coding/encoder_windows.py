"""A turn as the windows of tokens that the encoder reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dtnexus.coding.signals import SignalRole

WINDOW_TOKENS: Final = 224
"""Tokens of a turn that are read at once."""
OVERLAP_TOKENS: Final = 16
BEFORE_TOKENS: Final = 24
"""Tokens of the end of the turn before that go with the first window of a turn."""
_BEGIN: Final = 101
_SEPARATOR: Final = 102
_UNKNOWN: Final = 100
_ROLE_MARK: Final[dict[SignalRole, int]] = {"agent": 4005, "client": 7396}
"""The words "agent" and "client" in the vocabulary."""


@dataclass(frozen=True, slots=True)
class Window:
    """One window of a turn."""

    ids: tuple[int, ...]
    start: int
    """Where the turn itself begins (its role mark)."""


def windows_of(role: SignalRole, before: Sequence[int], turn: Sequence[int]) -> Iterator[Window]:
    """The windows of a turn of at least one token; a turn without tokens is one unknown token.

    Neighbouring windows share `OVERLAP_TOKENS`; the first has the end of the turn before.
    """
    head: tuple[int, ...] = (_BEGIN, *before[-BEFORE_TOKENS:], _SEPARATOR)
    tokens = tuple(turn) or (_UNKNOWN,)
    start = 0
    while True:
        part = tokens[start : start + WINDOW_TOKENS]
        yield Window((*head, _ROLE_MARK[role], *part, _SEPARATOR), len(head))
        if start + WINDOW_TOKENS >= len(tokens):
            return
        start += WINDOW_TOKENS - OVERLAP_TOKENS
        head = (_BEGIN, _SEPARATOR)
