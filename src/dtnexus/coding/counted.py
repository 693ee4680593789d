"""Signals that are counted from the words of a conversation: no model, the same for every member."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.sentences import sentence_spans
from dtnexus.coding.signals import REPEATS_ITSELF, SIGNAL_NAMES

HALF: Final = 0.5
"""Share from which a counted signal is taken to hold."""
_WORDS: Final = re.compile(r"\w+").findall
_COLUMN: Final = SIGNAL_NAMES.index(REPEATS_ITSELF.name)

_Run = tuple[str, str, str]
"""Three words in a row. Two are shared by chance, four miss a short question that is asked again."""


def count(
    roles: Sequence[str], texts: Sequence[str], values: NDArray[np.float32], shown_in: NDArray[np.int32] | None = None
) -> None:
    """Fill the counted columns of a conversation's readings, shape (n_turns, n_signals); other turns stay as they are.

    `repeats_itself` of an agent turn is the share of its different runs of three words, without case and punctuation,
    that one of the agent's turns before it had too; 0 for a turn of fewer words. `shown_in` gets the sentence with the
    largest share.
    """
    said: set[_Run] = set()
    for turn, (role, text) in enumerate(zip(roles, texts, strict=True)):
        if role != REPEATS_ITSELF.role:
            continue
        runs = _runs(text)
        values[turn, _COLUMN] = share = _share(runs, said)
        if shown_in is not None and share >= HALF:
            shares = [_share(_runs(text[start:stop]), said) for start, stop in sentence_spans(text)]
            shown_in[turn, _COLUMN] = int(np.argmax(shares)) if shares else 0
        said |= runs


def _runs(text: str) -> set[_Run]:
    words = _WORDS(text.lower())
    return set(zip(words, words[1:], words[2:], strict=False))


def _share(runs: set[_Run], said: set[_Run]) -> float:
    return len(runs & said) / len(runs) if runs else 0.0
